"""The script that leaves out the pairs which a model finds unlikely."""

import os
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from conftest import ROOT

from nmt_cli.checkpoint import load_model
from nmt_cli.sources import Pair

sys.path.insert(0, str(ROOT / "scripts"))
from likely_pairs import likeliest, losses


def test_it_keeps_the_translations_and_not_other_sentences(numbers: Path, tmp_path: Path) -> None:
    pairs = [row.split("\t") for row in (numbers / "test.tsv").read_text("utf-8").splitlines()[1:81]]
    true = [f"{src}\t{tgt}" for src, tgt in pairs]
    # A sentence of as many words: their number alone shows nothing.
    by_length = sorted(pairs, key=lambda pair: len(pair[1].split()))
    false = [f"{src}\t{tgt}" for (src, _), (_, tgt) in pairwise(by_length)]
    rows = [row for both in zip(true, false, strict=False) for row in both]
    (tmp_path / "pairs.tsv").write_text("".join(f"{row}\n" for row in ["hi\ten", *rows]), encoding="utf-8")
    model = str(numbers / "runs/numbers/model")
    result = subprocess.run(
        [sys.executable, str(ROOT / "scripts/likely_pairs.py"), model, str(tmp_path / "pairs.tsv"), "--share", "0.5"],
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"},
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    header, *kept = result.stdout.splitlines()
    assert header == "hi\ten"
    assert 75 <= len(kept) <= 90
    assert [row for row in rows if row in {*kept}] == kept
    assert sum(row in {*true} for row in kept) >= 0.95 * len(kept)
    assert result.stderr.startswith(f"{len(kept)} of {len(rows)} kept (")


def test_a_pair_has_the_same_loss_whatever_is_beside_it(numbers: Path) -> None:
    folder = load_model(numbers / "runs/numbers/model")
    pairs = [Pair(*row.split("\t")) for row in (numbers / "test.tsv").read_text("utf-8").splitlines()[1:41]]
    together, lengths = losses(folder, pairs)
    alone = [losses(folder, [pair])[0].item() for pair in pairs]
    assert together == pytest.approx(alone, abs=0.02)  # products are rounded to bfloat16
    assert lengths.tolist() == [len(ids) + 1 for ids in folder.target.encode([pair.tgt for pair in pairs])]


def test_short_and_long_pairs_are_judged_apart() -> None:
    loss, lengths = np.array([1.0, 2, 3, 4, 0.1, 0.2, 0.3, 0.4]), np.array([3, 3, 3, 3, 50, 50, 50, 50])
    assert likeliest(loss, lengths, 0.5).tolist() == [True, True, False, False] * 2
    assert likeliest(loss, lengths, 1.0).all()
