"""Scores of translations, each with its signature; how sure they are; what is odd about single lines.

Knows only lines of text; sacreBLEU does the counting.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray
from sacrebleu.metrics.base import Metric as Counting
from sacrebleu.metrics.bleu import BLEU
from sacrebleu.metrics.chrf import CHRF
from sacrebleu.metrics.ter import TER

Counts = NDArray[np.float64]  # (N, K): what a metric counts in each of N lines; its score needs the K sums alone

SAMPLES = 1_000  # of the bootstrap: sacreBLEU's number, as are the two below
TRIALS = 10_000  # of the randomisation test
SEED = 12345
_ROWS = 64  # samples drawn at a time: a multiple of 32, so that the generator's random bits are used as in one draw

_COUNTING: dict[str, tuple[str, Callable[[Sequence[Sequence[str]]], Counting]]] = {
    "bleu": ("BLEU", lambda references: BLEU(references=references)),
    "chrf": ("chrF", lambda references: CHRF(references=references)),
    "chrf++": ("chrF++", lambda references: CHRF(word_order=2, references=references)),
    "ter": ("TER", lambda references: TER(references=references)),
}


@dataclass(frozen=True)
class Score:
    """A number that says how it was computed; where it was resampled, with the middle and half the width of its 95 %
    interval.
    """

    name: str
    score: float
    signature: str
    mean: float | None = None
    margin: float | None = None

    def __str__(self) -> str:
        """The score as it is printed: never without its signature."""
        return f"{self.name} {self.score:.1f}  ({self.signature})"

    def to_json(self) -> dict[str, str | float]:
        """Plain values for JSON."""
        return {key: value for key, value in asdict(self).items() if value is not None}


class Metric:
    """One of sacreBLEU's metrics over a set of references.

    Args:
        key: `bleu` (Papineni et al. 2002; mixed case, 13a), `chrf` (Popović 2015; character 6-grams), `chrf++`
            (Popović 2017; word 2-grams too) or `ter` (Snover et al. 2006; edits, lower is better)
        references: one or more whole translations of the set, each with all N lines

    Raises:
        ValueError: there are no lines, or the references differ in their number.
    """

    def __init__(self, key: str, references: Sequence[Sequence[str]]) -> None:
        if not references or len({len(lines) for lines in references}) > 1 or not references[0]:
            raise ValueError(f"references of {[len(lines) for lines in references]} lines")
        self.lines = len(references[0])
        self.name, counting = _COUNTING[key]
        self._counting = counting(references)

    @property
    def signature(self) -> str:
        """How it counts, in sacreBLEU's words."""
        return self._counting.get_signature().format()

    def count(self, hypotheses: Sequence[str]) -> Counts:
        """What the metric counts in each line, (N, K).

        Raises:
            ValueError: there are not as many lines as in the references.
        """
        if len(hypotheses) != self.lines:
            raise ValueError(f"{len(hypotheses)} hypotheses for {self.lines} references")
        return np.array(self._counting._extract_corpus_statistics(hypotheses, None), dtype=np.float64)

    def score(self, sums: NDArray[np.float64]) -> float:
        """The score that belongs to summed counts (K,)."""
        return float(self._counting._compute_score_from_stats(sums.tolist()).score)

    def scores(self, sums: NDArray[np.float64]) -> NDArray[np.float64]:
        """The scores of each of M rows of sums (M, K), or of single lines: (M,)."""
        return np.array([self.score(row) for row in sums])


def bleu(hypotheses: Sequence[str], references: Sequence[str]) -> Score:
    """Corpus BLEU as sacreBLEU computes it by default.

    Raises:
        ValueError: there are no lines, or not as many references as hypotheses.
    """
    return _score("bleu", hypotheses, references)


def chrf(hypotheses: Sequence[str], references: Sequence[str]) -> Score:
    """Corpus chrF as sacreBLEU computes it by default.

    Raises:
        ValueError: there are no lines, or not as many references as hypotheses.
    """
    return _score("chrf", hypotheses, references)


def _score(key: str, hypotheses: Sequence[str], references: Sequence[str]) -> Score:
    metric = Metric(key, [references])
    return Score(metric.name, metric.score(metric.count(hypotheses).sum(0)), metric.signature)


def resampled(counts: Counts) -> NDArray[np.float64]:
    """The sums of 1,000 bootstrap samples of the lines (Koehn 2004), the very samples that sacreBLEU draws: (1000, K).

    Args:
        counts: (N, K) of any number of systems and metrics side by side: all of them get the same samples
    """
    lines, random = len(counts), np.random.default_rng(SEED)

    def drawn(rows: int) -> NDArray[np.float64]:
        """How often each line is in each sample."""
        places = random.choice(lines, size=(rows, lines)) + lines * np.arange(rows)[:, None]
        return np.bincount(places.ravel(), minlength=rows * lines).reshape(rows, lines).astype(np.float64)

    return np.concatenate([drawn(rows) @ counts for rows in _portions(SAMPLES)])


def shuffled(differences: Counts) -> NDArray[np.float64]:
    """What 10,000 random exchanges of lines between two systems move from one's sums to the other's: (10000, K).

    Approximate randomisation (Riezler and Maxwell 2005), with the very exchanges that sacreBLEU draws.

    Args:
        differences: (N, K) counts of one system less those of another; of any number of pairs side by side
    """
    lines, random = len(differences), np.random.default_rng(SEED)
    draws = (random.integers(2, size=(rows, lines), dtype=bool) for rows in _portions(TRIALS))
    return np.concatenate([drawn.astype(np.float64) @ differences for drawn in draws])


def _portions(samples: int) -> Iterator[int]:
    yield from (min(_ROWS, samples - done) for done in range(0, samples, _ROWS))


def interval(scores: NDArray[np.float64]) -> tuple[float, float]:
    """The mean of the scores of samples, and half the width of the interval that holds 95 % of them."""
    ordered = np.sort(scores)
    outside = len(ordered) // 40
    return float(scores.mean()), float(ordered[len(ordered) - outside - 1] - ordered[outside]) / 2


def bootstrap_p(difference: float, sampled: NDArray[np.float64]) -> float:
    """The chance that two equal systems differ as much as `difference`, from the differences in their samples."""
    sizes = np.abs(sampled)
    return _p_value(sizes - sizes.mean(), abs(difference))


def randomization_p(difference: float, exchanged: NDArray[np.float64]) -> float:
    """The same from the differences that remain when lines change systems at random."""
    return _p_value(np.abs(exchanged), abs(difference))


def _p_value(chance: NDArray[np.float64], observed: float) -> float:
    # sacreBLEU calls it certain that two equal scores differ: its comparison leaves out what is just as large.
    return float((np.sum(chance > observed) + 1) / (len(chance) + 1)) if observed else 1.0


_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
_DEVANAGARI = re.compile(r"[\u0900-\u0963\u0970-\u097F]")  # digits and dandas are no words
_REPEATS = 3


def numbers(line: str) -> "Counter[str]":
    """The numbers of a line, in ASCII digits and without separators: 1,00,000 is 100,000 is १००,०००."""
    found = _NUMBER.findall(line)
    return Counter("".join(str(unicodedata.decimal(char)) for char in word if char.isdecimal()) for word in found)


def numbers_kept(sources: Sequence[str], hypotheses: Sequence[str]) -> tuple[int, int]:
    """How many of the sources' numbers their translations have, and how many there are."""
    pairs = [(numbers(source), numbers(line)) for source, line in zip(sources, hypotheses, strict=True)]
    return sum((ours & theirs).total() for ours, theirs in pairs), sum(ours.total() for ours, _ in pairs)


def repeats(line: str) -> bool:
    """Whether a line says some three words three times or more, as translations that are caught in a loop do."""
    words = line.split()
    triples = Counter(zip(words, words[1:], words[2:], strict=False))
    return max(triples.values(), default=0) >= _REPEATS


def copies(line: str) -> bool:
    """Whether a line has Devanagari words in it, copied and not translated."""
    return _DEVANAGARI.search(line) is not None
