"""Scores of translations, each with its signature.

Knows only lines of text; sacreBLEU does the counting.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from sacrebleu.metrics.bleu import BLEU
from sacrebleu.metrics.chrf import CHRF


@dataclass(frozen=True)
class Score:
    """A number that says how it was computed."""

    name: str
    score: float
    signature: str

    def __str__(self) -> str:
        """The score as it is printed: never without its signature."""
        return f"{self.name} {self.score:.1f}  ({self.signature})"

    def to_json(self) -> dict[str, str | float]:
        """Plain values for JSON."""
        return asdict(self)


def bleu(hypotheses: Sequence[str], references: Sequence[str]) -> Score:
    """Corpus BLEU (Papineni et al. 2002) as sacreBLEU computes it by default: mixed case, 13a.

    Raises:
        ValueError: there are no lines, or not as many references as hypotheses.
    """
    return _score("BLEU", BLEU(), hypotheses, references)


def chrf(hypotheses: Sequence[str], references: Sequence[str]) -> Score:
    """Corpus chrF2 (Popović 2015): character 6-grams, no word n-grams.

    Raises:
        ValueError: there are no lines, or not as many references as hypotheses.
    """
    return _score("chrF", CHRF(), hypotheses, references)


def _score(name: str, metric: BLEU | CHRF, hypotheses: Sequence[str], references: Sequence[str]) -> Score:
    if not hypotheses or len(hypotheses) != len(references):
        raise ValueError(f"{len(hypotheses)} hypotheses for {len(references)} references")
    result = metric.corpus_score(list(hypotheses), [list(references)])
    return Score(name, result.score, metric.get_signature().format())
