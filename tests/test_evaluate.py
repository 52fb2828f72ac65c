"""Scores: sacreBLEU's own, on every way in."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import Nmt, run_nmt

from nmt_cli.metrics import bleu, chrf

REFERENCES = ["The cat sat on the mat.", "It is raining today.", "He didn't come, did he?"]
HYPOTHESES = ["The cat sat on a mat.", "It rains today.", "He did not come, did he?"]


@pytest.fixture
def files(tmp_path: Path) -> Path:
    (tmp_path / "ref.en").write_text("\n".join(REFERENCES) + "\n", encoding="utf-8")
    (tmp_path / "hyp.en").write_text("\n".join(HYPOTHESES) + "\n", encoding="utf-8")
    return tmp_path


def test_scores_are_the_sacrebleu_command_s(files: Path, nmt: Nmt) -> None:
    command = [sys.executable, "-m", "sacrebleu", "ref.en", "-i", "hyp.en", "-m", "bleu", "chrf", "-w", "4"]
    peer = json.loads(subprocess.run(command, cwd=files, capture_output=True, text=True, check=True).stdout)
    result = nmt("evaluate", "--hypotheses", "hyp.en", "--reference", "ref.en", "--json")
    ours = json.loads(result.stdout)
    assert [round(ours[name]["score"], 4) for name in ("bleu", "chrf")] == [score["score"] for score in peer]
    assert [ours[name]["signature"] for name in ("bleu", "chrf")] == [score["signature"] for score in peer]
    assert set(ours["bleu"]) == {"name", "score", "signature"}


def test_table_shows_scores_with_signatures(files: Path, nmt: Nmt) -> None:
    result = nmt("evaluate", "--hypotheses", "hyp.en", "--reference", "ref.en")
    assert f"{bleu(HYPOTHESES, REFERENCES).score:.1f}" in result.stdout
    assert f"{chrf(HYPOTHESES, REFERENCES).score:.1f}" in result.stdout
    assert bleu(HYPOTHESES, REFERENCES).signature in result.stdout
    assert chrf(HYPOTHESES, REFERENCES).signature in result.stdout


def test_model_on_files_equals_its_translations_scored(numbers: Path, tmp_path: Path, nmt: Nmt) -> None:
    rows = [line.split("\t") for line in (numbers / "test.tsv").read_text("utf-8").splitlines()[1:41]]
    (tmp_path / "a.hi").write_text("".join(f"{row[0]}\n" for row in rows), encoding="utf-8")
    (tmp_path / "a.en").write_text("".join(f"{row[1]}\n" for row in rows), encoding="utf-8")
    model = ["--model", str(numbers / "runs/numbers/model")]
    direct = nmt("evaluate", *model, "--source", "a.hi", "--reference", "a.en", "--json")
    assert nmt("translate", *model, "a.hi", "-o", "hyp.en").returncode == 0
    scored = nmt("evaluate", "--hypotheses", "hyp.en", "--reference", "a.en", "--json")
    one, other = json.loads(direct.stdout), json.loads(scored.stdout)
    assert [one[name] for name in ("lines", "bleu", "chrf")] == [other[name] for name in ("lines", "bleu", "chrf")]


def test_model_folder_knows_its_test_sets(numbers: Path) -> None:
    by_config = run_nmt(numbers, "evaluate", "--config", "config.yaml", "--json").stdout
    assert by_config == run_nmt(numbers, "evaluate", "--model", "runs/numbers/model", "--json").stdout


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--hypotheses", "hyp.en"], "--hypotheses needs --reference"),
        (["--hypotheses", "short.en", "--reference", "ref.en"], "short.en has 1 lines but ref.en has 3"),
        (["--hypotheses", "empty", "--reference", "empty"], "empty: empty; there is nothing to evaluate"),
        (["--hypotheses", "none", "--reference", "ref.en"], "none: no such file"),
        (["--hypotheses", "hyp.en", "--reference", "latin"], "latin, line 1: not valid UTF-8"),
        (["--source", "ref.en"], "--source and --reference go together"),
    ],
)
def test_mistakes_are_one_line(files: Path, nmt: Nmt, arguments: list[str], expected: str) -> None:
    (files / "short.en").write_text("One.\n")
    (files / "empty").write_text("")
    (files / "latin").write_bytes(b"caf\xe9\n")
    result = nmt("evaluate", *arguments)
    assert (result.returncode, result.stdout) == (2, "")
    assert expected in result.stderr
    assert result.stderr.count("\n") == 1
