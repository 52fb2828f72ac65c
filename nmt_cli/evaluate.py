"""Score translations of test sets: how good they are, how surely better than others, where, and what is odd about them.

Knows lines, sets of lines and scores; nothing of how translations are found or how results look.
"""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nmt_cli.alignment import Links, check_range, read_links
from nmt_cli.config import DataConfig, SourceConfig
from nmt_cli.errors import DataError
from nmt_cli.metrics import (
    SAMPLES,
    SEED,
    TRIALS,
    Counts,
    Metric,
    Score,
    bootstrap_p,
    copies,
    interval,
    numbers_kept,
    randomization_p,
    repeats,
    resampled,
    shuffled,
)
from nmt_cli.sources import read_pairs, source_name
from nmt_cli.text import normalize, read_lines

_BOUNDS = (10, 20, 30, 40, 50)  # words at which a new class of lengths begins
METRICS = ("bleu", "chrf", "chrf++")


@dataclass(frozen=True)
class TestSet:
    """Sentences and their reference translations, as they stand in their files."""

    name: str
    sources: list[str] | None  # None: only the references are known
    references: list[list[str]]  # one or more translations of the whole set


@dataclass(frozen=True)
class Evaluation:
    """What an evaluation found, and each sentence that it looked at, as plain values."""

    results: dict[str, Any]
    sentences: dict[str, Any]  # columns: set, words, source, references, outputs and chrf by system


def configured_sets(data: DataConfig) -> list[TestSet]:
    """The test sets that a configuration names.

    Raises:
        DataError: it names none, or a file cannot be read or is empty.
    """
    if not data.test:
        raise DataError("the configuration names no test set under 'data.test': give --source and --reference")
    return [_read_set(name, source, data) for name, source in data.test.items()]


def _read_set(name: str, source: SourceConfig, data: DataConfig) -> TestSet:
    pairs = list(read_pairs(source, data))
    if not pairs:
        raise DataError(f"{source_name(source)}: empty; there is nothing to evaluate")
    return TestSet(name, [pair.src for pair in pairs], [[pair.tgt for pair in pairs]])


def file_sets(sources: Sequence[Path], references: Sequence[Path], count: int) -> list[TestSet]:
    """The test sets of line-aligned files.

    Args:
        sources: one a set, or none at all
        references: as many for each set as for the others: first the first set's, then the second's
        count: of sets

    Raises:
        DataError: the files do not fit together in number or length, or one cannot be read or is empty.
    """
    if sources and len(sources) != count:
        raise DataError(f"--source names {len(sources)} files for {count} test sets: give one a set, in their order")
    if not references or len(references) % count:
        raise DataError(
            f"--reference names {len(references)} files for {count} test sets: give each set as many, in their order"
        )
    size = len(references) // count
    groups = [references[start : start + size] for start in range(0, len(references), size)]
    names = _short_names(sources or [group[0] for group in groups])
    return [_read_files(name, source, group) for name, source, group in itertools.zip_longest(names, sources, groups)]


def _short_names(paths: Sequence[Path]) -> list[str]:
    """The files' names, with their folders where two would be the same."""
    names = [path.name for path in paths]
    return names if len(set(names)) == len(names) else [str(path) for path in paths]


def _read_files(name: str, source: Path | None, references: Sequence[Path]) -> TestSet:
    first, *others = references
    lines = list(read_lines(first))
    if not lines:
        raise DataError(f"{first}: empty; there is nothing to evaluate")
    rest = [read_as_long(path, len(lines), str(first)) for path in others]
    sources = None if source is None else read_as_long(source, len(lines), str(first))
    return TestSet(name, sources, [lines, *rest])


def read_as_long(path: Path, count: int, name: str) -> list[str]:
    """The lines of a file that must have as many as another.

    Args:
        path: the file
        count: how many lines the other has
        name: what messages call the other

    Raises:
        DataError: it cannot be read, or has more lines or less.
    """
    lines = list(read_lines(path))
    if len(lines) != count:
        raise DataError(
            f"{path} has {len(lines)} lines but {name} has {count}: line i of one must belong to line i of the other"
        )
    return lines


def read_outputs(paths: Sequence[Path], sets: Sequence[TestSet], option: str) -> list[list[str]]:
    """A system's translations of the sets from files, one a set in their order.

    Raises:
        DataError: there are more or fewer files than sets, or one cannot be read or has another number of lines.
    """
    if len(paths) != len(sets):
        names = ", ".join(test.name for test in sets)
        raise DataError(f"{option} names {len(paths)} files for {len(sets)} test sets: give one for each of {names}")
    return [read_as_long(path, len(test.references[0]), test.name) for path, test in zip(paths, sets, strict=True)]


def read_alignments(paths: Sequence[Path], sets: Sequence[TestSet], outputs: Sequence[Sequence[str]]) -> list[Links]:
    """The word alignments of the sources and their translations, all sets' one after the other; none without files.

    Raises:
        DataError: the files do not fit the sets in number or length, or one is malformed or names words that a
            sentence does not have.
    """
    if paths:
        if any(test.sources is None for test in sets):
            raise DataError("--alignment needs --source: the text whose words it links")
        read_outputs(paths, sets, "--alignment")
    found: list[Links] = []
    for path, test, translations in zip(paths, sets, outputs, strict=False):
        pairs = zip(test.sources or [], translations, strict=True)
        for number, (links, pair) in enumerate(zip(read_links(path), pairs, strict=True), start=1):
            check_range(links, (normalize(pair[0]), normalize(pair[1])), f"{path}, line {number}")
            found.append(links)
    return found


def named_files(items: Sequence[str]) -> dict[str, list[Path]]:
    """Files by the name of their system, from `NAME=FILE` items.

    Raises:
        DataError: an item is not of that form.
    """
    files: dict[str, list[Path]] = {}
    for item in items:
        name, _, file = item.partition("=")
        if not name or not file:
            raise DataError(
                f"--compare {item}: write NAME=FILE, a name for the system and the file of its translations"
            )
        files.setdefault(name, []).append(Path(file))
    return files


@dataclass(frozen=True)
class _Scope:
    """What there is to say something about: a test set, or all of them one after the other."""

    sources: list[str] | None
    references: list[list[str]]
    outputs: dict[str, list[str]]  # by system
    metrics: dict[str, Metric]
    counts: dict[str, dict[str, Counts]]  # by metric, then system

    def score(self, metric: str, system: str, rows: NDArray[np.intp] | slice = slice(None)) -> float:
        """A system's score on all lines, or some of them."""
        return self.metrics[metric].score(self.counts[metric][system][rows].sum(0))

    def sentence_scores(self, system: str) -> NDArray[np.float64]:
        """chrF of each line by itself, (N,)."""
        return self.metrics["chrf"].scores(self.counts["chrf"][system])

    def words(self) -> NDArray[np.intp]:
        """The words of each source line, or of the reference where there is no source: (N,)."""
        return np.array([len(line.split()) for line in self.sources or self.references[0]])


def evaluate(
    sets: Sequence[TestSet], systems: Mapping[str, Sequence[list[str]]], *, ter: bool = False, examples: int = 0
) -> Evaluation:
    """Score the systems on every set, and on all of them together.

    Args:
        sets: at least one
        systems: each one's translations of every set, by name; the first one is evaluated, the others are compared
        ter: TER too, which takes long
        examples: how many of the best and of the worst sentences to show

    Returns:
        of the results: `lines` and the first system's scores over all lines; `systems`, everybody's, from the highest
        BLEU to the lowest; `comparisons` of neighbours in that order and of the first system with the others; the same
        by name of the set in `sets`
    """
    scopes = [
        _counted(test, {name: outputs[number] for name, outputs in systems.items()}, ter)
        for number, test in enumerate(sets)
    ]
    everything = scopes[0] if len(scopes) == 1 else _joined(scopes)
    results = _results(everything, examples)
    each = [results] if len(scopes) == 1 else [_results(scope, examples) for scope in scopes]
    named = {test.name: result for test, result in zip(sets, each, strict=True)}
    return Evaluation({**results, "sets": named}, _sentences(sets, everything))


def _counted(test: TestSet, outputs: dict[str, list[str]], ter: bool) -> _Scope:
    metrics = {key: Metric(key, test.references) for key in (*METRICS, *(["ter"] if ter else []))}
    counts = {key: {name: metric.count(lines) for name, lines in outputs.items()} for key, metric in metrics.items()}
    return _Scope(test.sources, test.references, outputs, metrics, counts)


def _joined(scopes: Sequence[_Scope]) -> _Scope:
    first = scopes[0]
    sources = [line for scope in scopes for line in scope.sources or ()]
    return _Scope(
        sources if first.sources is not None else None,
        [list(itertools.chain(*parts)) for parts in zip(*(scope.references for scope in scopes), strict=True)],
        {name: [line for scope in scopes for line in scope.outputs[name]] for name in first.outputs},
        first.metrics,
        {
            key: {name: np.concatenate([scope.counts[key][name] for scope in scopes]) for name in systems}
            for key, systems in first.counts.items()
        },
    )


def _results(scope: _Scope, examples: int) -> dict[str, Any]:
    sampled = {key: _sampled(metric, scope.counts[key]) for key, metric in scope.metrics.items()}
    order = sorted(scope.outputs, key=lambda name: -scope.score("bleu", name))
    systems = {name: _system(scope, name, {key: sampled[key][name] for key in sampled}) for name in order}
    first = next(iter(scope.outputs))
    results = {
        "system": first,
        "lines": len(scope.references[0]),
        **systems[first],
        "resampling": f"bs:{SAMPLES}|ar:{TRIALS}|seed:{SEED}",
        "systems": systems,
        "comparisons": _comparisons(scope, order, sampled),
    }
    return {**results, "examples": _examples(scope, first, examples)} if examples else results


def _sampled(metric: Metric, counts: dict[str, Counts]) -> dict[str, NDArray[np.float64]]:
    """Every system's scores of the bootstrap's samples, (1000,) each."""
    sums = np.split(resampled(np.hstack(list(counts.values()))), len(counts), axis=1)
    return {name: metric.scores(part) for name, part in zip(counts, sums, strict=True)}


def _system(scope: _Scope, name: str, sampled: dict[str, NDArray[np.float64]]) -> dict[str, Any]:
    scores = {
        key: Score(metric.name, scope.score(key, name), metric.signature, *interval(sampled[key])).to_json()
        for key, metric in scope.metrics.items()
    }
    lines, (ours, theirs) = scope.outputs[name], scope.counts["bleu"][name][:, :2].sum(0)
    kept, there = (0, 0) if scope.sources is None else numbers_kept(scope.sources, lines)
    return {
        **scores,
        "length_ratio": float(ours / theirs) if theirs else None,
        "numbers_kept": kept / there if there else None,
        "repetition": sum(map(repeats, lines)) / len(lines),
        "copied": sum(map(copies, lines)) / len(lines),
        "empty": sum(not line.strip() for line in lines),
        "by_length": _by_length(scope, name),
    }


def _by_length(scope: _Scope, name: str) -> list[dict[str, Any]]:
    """BLEU and chrF of the lines of each class of lengths that there are."""
    classes, found = np.digitize(scope.words(), _BOUNDS), []
    for number, (low, high) in enumerate(itertools.pairwise((0, *_BOUNDS, None))):
        rows = np.flatnonzero(classes == number)
        if len(rows):
            label = f"{low}+" if high is None else f"{low}-{high - 1}"
            scores = {key: scope.score(key, name, rows) for key in ("bleu", "chrf")}
            found.append({"words": label, "lines": len(rows), **scores})
    return found


def _comparisons(
    scope: _Scope, order: Sequence[str], sampled: Mapping[str, Mapping[str, NDArray[np.float64]]]
) -> list[dict[str, Any]]:
    """Neighbours in the ranking, then the evaluated system with every other; the better one is named first."""
    first = next(iter(scope.outputs))
    pairs = list(itertools.pairwise(order))
    pairs += [pair for pair in itertools.combinations(order, 2) if first in pair and pair not in pairs]
    found: list[dict[str, Any]] = [{"better": better, "worse": worse} for better, worse in pairs]
    for key, metric in scope.metrics.items() if pairs else ():
        counts = scope.counts[key]
        moved = shuffled(np.hstack([counts[better] - counts[worse] for better, worse in pairs]))
        for pair, (better, worse), part in zip(found, pairs, np.split(moved, len(pairs), axis=1), strict=True):
            difference = scope.score(key, better) - scope.score(key, worse)
            exchanged = metric.scores(counts[better].sum(0) - part) - metric.scores(counts[worse].sum(0) + part)
            pair[key] = {
                "difference": difference,
                "p_bootstrap": bootstrap_p(difference, sampled[key][better] - sampled[key][worse]),
                "p_randomization": randomization_p(difference, exchanged),
            }
    return found


def _examples(scope: _Scope, name: str, count: int) -> dict[str, list[dict[str, Any]]]:
    scores = scope.sentence_scores(name)
    order = np.argsort(-scores, kind="stable").tolist()

    def shown(number: int) -> dict[str, Any]:
        return {
            "line": number + 1,
            "chrf": float(scores[number]),
            "source": scope.sources and scope.sources[number],
            "references": [lines[number] for lines in scope.references],
            "output": scope.outputs[name][number],
        }

    return {"best": [shown(i) for i in order[:count]], "worst": [shown(i) for i in order[::-1][:count]]}


def _sentences(sets: Sequence[TestSet], scope: _Scope) -> dict[str, Any]:
    return {
        "set": [number for number, test in enumerate(sets) for _ in test.references[0]],
        "words": scope.words().tolist(),
        "source": scope.sources,
        "references": scope.references,
        "outputs": scope.outputs,
        "chrf": {name: scope.sentence_scores(name).round(1).tolist() for name in scope.outputs},
    }
