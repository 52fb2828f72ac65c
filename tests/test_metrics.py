"""Metrics: resampling and significance are sacreBLEU's own, oddities of lines are found."""

import random
from collections.abc import Sequence

import numpy as np
import pytest
from sacrebleu.metrics.bleu import BLEU
from sacrebleu.metrics.chrf import CHRF
from sacrebleu.metrics.ter import TER
from sacrebleu.significance import PairedTest

from nmt_cli.metrics import (
    Metric,
    bootstrap_p,
    copies,
    interval,
    numbers,
    numbers_kept,
    randomization_p,
    repeats,
    resampled,
    shuffled,
)


def noisy(lines: list[str], share: float) -> list[str]:
    """The lines with some of their words doubled or gone."""
    draw = random.Random(share)
    return [
        " ".join(w for word in line.split() for w in [word] * draw.choice([0, 2]) ** (draw.random() < share))
        for line in lines
    ]


WORDS = "the a cat dog sat ran on over under mat tree house big small quickly , and 12 children .".split()
REFERENCES = [" ".join(random.Random(i).choices(WORDS, k=4 + i % 13)) for i in range(150)]
OURS, THEIRS = noisy(REFERENCES, 0.2), noisy(REFERENCES, 0.23)


@pytest.mark.parametrize(
    ("key", "peer"), [("bleu", BLEU()), ("chrf", CHRF()), ("chrf++", CHRF(word_order=2)), ("ter", TER())]
)
def test_scores_intervals_and_p_values_are_sacrebleu_s(key: str, peer: BLEU | CHRF | TER) -> None:
    metric = Metric(key, [REFERENCES])
    ours, theirs = metric.count(OURS), metric.count(THEIRS)
    difference = metric.score(ours.sum(0)) - metric.score(theirs.sum(0))
    first, second = (metric.scores(part) for part in np.split(resampled(np.hstack([ours, theirs])), 2, axis=1))
    moved = shuffled(ours - theirs)
    exchanged = metric.scores(ours.sum(0) - moved) - metric.scores(theirs.sum(0) + moved)

    systems: list[tuple[str, Sequence[str]]] = [("ours", OURS), ("theirs", THEIRS)]
    (bootstrapped, *_), (randomized, *_) = (
        [
            column
            for name, column in PairedTest(systems, {key: peer}, [REFERENCES], kind)()[1].items()
            if name != "System"
        ]
        for kind in ("bs", "ar")
    )
    assert metric.score(ours.sum(0)) == pytest.approx(bootstrapped[0].score)  # type: ignore[union-attr]
    assert interval(first) == pytest.approx((bootstrapped[0].mean, bootstrapped[0].ci), abs=1e-4)  # type: ignore[union-attr]
    assert bootstrap_p(difference, first - second) == pytest.approx(bootstrapped[1].p_value, abs=2e-3)  # type: ignore[union-attr]
    assert randomization_p(difference, exchanged) == pytest.approx(randomized[1].p_value, abs=2e-4)  # type: ignore[union-attr]
    assert metric.signature == peer.get_signature().format().split("|bs:")[0].replace("|seed:12345", "").replace(
        "|ar:10000", ""
    )


def test_a_system_does_not_differ_from_itself() -> None:
    same = np.zeros(1000)
    assert bootstrap_p(0.0, same) == randomization_p(0.0, same) == 1


def test_several_references_count_the_best_of_each_line() -> None:
    alone, both = Metric("bleu", [REFERENCES]), Metric("bleu", [REFERENCES, OURS])
    assert alone.score(alone.count(OURS).sum(0)) < 100
    assert both.score(both.count(OURS).sum(0)) == pytest.approx(100)
    assert both.signature.startswith("nrefs:2|")


def test_unequal_lines_are_refused() -> None:
    bad: list[list[list[str]]] = [[], [[]], [["a"], ["a", "b"]]]
    for references in bad:
        with pytest.raises(ValueError, match="references"):
            Metric("bleu", references)
    with pytest.raises(ValueError, match="1 hypotheses for 2 references"):
        Metric("bleu", [["a", "b"]]).count(["a"])


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("१,००,००० रुपये", ["100000"]),
        ("100,000 rupees and 3.5 %", ["100000", "35"]),
        ("no 7s here: 10:30, 2014.", ["7", "1030", "2014"]),
        ("none", []),
    ],
)
def test_numbers_are_found_whatever_their_digits_and_separators(line: str, expected: list[str]) -> None:
    assert sorted(numbers(line).elements()) == sorted(expected)


def test_numbers_kept_counts_each_as_often_as_it_stands_there() -> None:
    assert numbers_kept(["५ और ५", "बारह", "१२"], ["5 and 6", "12", "twelve"]) == (1, 3)


@pytest.mark.parametrize(
    ("line", "caught"),
    [
        ("the big cat the big cat the big cat", True),
        ("the big cat the big cat", False),
        ("no no no no no", True),
        ("", False),
    ],
)
def test_loops_are_repetition(line: str, caught: bool) -> None:
    assert repeats(line) is caught


@pytest.mark.parametrize(("line", "left"), [("He is राम.", True), ("It cost ५ rupees ।", False), ("café", False)])
def test_devanagari_left_over_is_a_copy(line: str, left: bool) -> None:
    assert copies(line) is left
