"""The script that has models translate a table anew and keeps what is nearest the table's own translations."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT

from nmt_cli import Translator
from nmt_cli.sources import Pair

sys.path.insert(0, str(ROOT / "scripts"))
from distil import nearest, nearness


def test_it_keeps_the_order_and_leaves_out_what_the_model_says_otherwise(numbers: Path, tmp_path: Path) -> None:
    rows = (numbers / "test.tsv").read_text("utf-8").splitlines()[:41]
    sources, targets = zip(*(row.split("\t") for row in rows[1:]), strict=True)
    # Every other line has a target that nothing like its translation could be.
    table = [f"{src}\t{'zzz' if i % 2 else tgt}" for i, (src, tgt) in enumerate(zip(sources, targets, strict=True))]
    (tmp_path / "pairs.tsv").write_text("".join(f"{row}\n" for row in [rows[0], *table]), encoding="utf-8")
    model = str(numbers / "runs/numbers/model")
    result = subprocess.run(
        [sys.executable, str(ROOT / "scripts/distil.py"), str(tmp_path / "pairs.tsv"), model, model, "--n-best", "3"],
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"},
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    header, *kept = result.stdout.splitlines()
    assert header == rows[0]
    assert [row.split("\t")[0] for row in kept] == list(sources[::2])
    translated = set(zip(sources, Translator.load(model).translate(sources), strict=True))
    assert sum(tuple(row.split("\t")) in translated for row in kept) >= 0.9 * len(kept)
    assert result.stderr == f"{len(kept)} of {len(table)} kept\n"


def test_of_a_beam_it_takes_what_is_nearest(numbers: Path) -> None:
    translator = Translator.load(numbers / "runs/numbers/model")
    lines = [row.split("\t")[0] for row in (numbers / "test.tsv").read_text("utf-8").splitlines()[1:21]]
    beams = [each.n_best for each in translator.explain(lines, beam_size=3, n_best=3)]
    second = [beam[1][0] for beam in beams]
    assert second != [beam[0][0] for beam in beams]
    found = list(nearest(translator, [Pair(*pair) for pair in zip(lines, second, strict=True)], 3))
    assert [pair.tgt for pair, _ in found] == second
    assert [score for _, score in found] == pytest.approx([100.0] * len(lines))


def test_nearness_orders_translations_and_ends_at_a_hundred() -> None:
    reference = "the cat sat on the mat today"
    lines = [reference, "the cat sat on a mat today", "a dog sat on the mat", "nobody"]
    scores = [nearness(line, reference) for line in lines]
    assert scores[0] == pytest.approx(100)
    assert scores == sorted(scores, reverse=True)
    assert len(set(scores)) == 4


def test_a_short_line_can_be_as_near_as_a_long_one() -> None:
    assert nearness("six seven hundred", "six seven hundred") == pytest.approx(100)
    assert nearness("six seven hundred hundred", "six seven hundred") < 100


@pytest.mark.parametrize("script", ["distil", "lower_risk", "likely_pairs", "back_translate"])
def test_what_cannot_be_read_is_said_in_one_line(script: str, numbers: Path, tmp_path: Path) -> None:
    model, nowhere = str(numbers / "runs/numbers/model"), str(tmp_path / "nowhere")
    arguments = {
        "distil": [f"{nowhere}.tsv", model],
        "lower_risk": [model, f"{nowhere}.tsv", str(tmp_path / "model")],
        "likely_pairs": [model, f"{nowhere}.tsv"],
        "back_translate": [nowhere],
    }
    result = subprocess.run(
        [sys.executable, str(ROOT / f"scripts/{script}.py"), *arguments[script]],
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"},
        capture_output=True,
        encoding="utf-8",
        check=False,
        stdin=subprocess.DEVNULL,
    )
    assert result.returncode
    assert result.stderr.startswith(f"error: {nowhere}")
    assert len(result.stderr.splitlines()) == 1
    assert not (tmp_path / "model").exists()
