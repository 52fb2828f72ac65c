"""Translate test sets, score the translations.

Knows lines, sets of lines and scores; nothing of how translations are found.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nmt_cli.config import DataConfig, SourceConfig
from nmt_cli.errors import DataError
from nmt_cli.metrics import Score, bleu, chrf
from nmt_cli.sources import read_pairs, source_name
from nmt_cli.text import read_lines


@dataclass(frozen=True)
class TestSet:
    """Sentences and their reference translations, as they stand in their files."""

    name: str
    sources: list[str]
    references: list[str]


@dataclass(frozen=True)
class Evaluation:
    """The scores of one system on one test set."""

    lines: int
    bleu: Score
    chrf: Score

    def to_json(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {"lines": self.lines, "bleu": self.bleu.to_json(), "chrf": self.chrf.to_json()}


def score(hypotheses: Sequence[str], references: Sequence[str]) -> Evaluation:
    """BLEU and chrF of hypotheses against references, line by line."""
    return Evaluation(len(hypotheses), bleu(hypotheses, references), chrf(hypotheses, references))


def configured_sets(data: DataConfig) -> list[TestSet]:
    """The test sets that a configuration names.

    Raises:
        DataError: it names none, or a file cannot be read or is empty.
    """
    if not data.test:
        raise DataError("the configuration names no test set under 'data.test': give --source and --reference")
    return [_read_set(name, source, data) for name, source in data.test.items()]


def file_set(source: Path, reference: Path, data: DataConfig) -> TestSet:
    """The test set of two line-aligned files.

    Raises:
        DataError: a file cannot be read or is empty, or they differ in length.
    """
    return _read_set(source.name, SourceConfig(src=str(source), tgt=str(reference)), data)


def _read_set(name: str, source: SourceConfig, data: DataConfig) -> TestSet:
    pairs = list(read_pairs(source, data))
    if not pairs:
        raise DataError(f"{source_name(source)}: empty; there is nothing to evaluate")
    return TestSet(name, [pair.src for pair in pairs], [pair.tgt for pair in pairs])


def read_hypotheses(path: Path, references: Sequence[str], reference_name: str) -> list[str]:
    """The lines of a file of translations.

    Raises:
        DataError: it cannot be read, or has not as many lines as there are references.
    """
    hypotheses = list(read_lines(path))
    if len(hypotheses) != len(references):
        raise DataError(
            f"{path} has {len(hypotheses)} lines but {reference_name} has {len(references)}: line i of one must "
            "belong to line i of the other"
        )
    return hypotheses


def evaluate(sets: Sequence[TestSet], translate: Callable[[list[str]], list[str]]) -> dict[str, Any]:
    """Translate and score every set, and all of them together.

    Returns:
        `lines`, `bleu` and `chrf` over all lines, and the same for each set by name in `sets`
    """
    hypotheses = [translate(test.sources) for test in sets]
    each = {test.name: score(lines, test.references) for test, lines in zip(sets, hypotheses, strict=True)}
    everything = score(
        [line for lines in hypotheses for line in lines], [line for test in sets for line in test.references]
    )
    return {**everything.to_json(), "sets": {name: result.to_json() for name, result in each.items()}}
