"""Scores: sacreBLEU's own, on every way in."""

import json
import random
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


@pytest.fixture
def many(files: Path) -> Path:
    """Forty lines a file: sources of all lengths, translations alike but not the same."""
    draw = random.Random(3)
    lines = [draw.choices("the cat sat on a mat today , did he ?".split(), k=4 + i % 16) for i in range(40)]
    hypotheses = [[word for word in line if draw.random() < 0.85] for line in lines]
    others = [[*line[:3], "well", *line[4:]] for line in lines]
    for name, texts in (("ref.en", lines), ("hyp.en", hypotheses), ("other.en", others)):
        (files / name).write_text("".join(f"{' '.join(words)}\n" for words in texts), encoding="utf-8")
    (files / "src.hi").write_text("".join("शब्द " * len(line) + "\n" for line in lines), encoding="utf-8")
    return files


def test_scores_are_the_sacrebleu_command_s(files: Path, nmt: Nmt) -> None:
    command = [sys.executable, "-m", "sacrebleu", "ref.en", "-i", "hyp.en", "-m", "bleu", "chrf", "-w", "4"]
    peer = json.loads(subprocess.run(command, cwd=files, capture_output=True, text=True, check=True).stdout)
    result = nmt("evaluate", "--hypotheses", "hyp.en", "--reference", "ref.en", "--json")
    ours = json.loads(result.stdout)
    assert [round(ours[name]["score"], 4) for name in ("bleu", "chrf")] == [score["score"] for score in peer]
    assert [ours[name]["signature"] for name in ("bleu", "chrf")] == [score["signature"] for score in peer]
    assert set(ours["bleu"]) == {"name", "score", "signature", "mean", "margin"}


def test_every_metric_is_the_sacrebleu_command_s_to_the_last_digit(many: Path, nmt: Nmt) -> None:
    metrics = ["-m", "bleu", "chrf", "ter", "--confidence", "-w", "2", "-f", "text"]
    printed = ""
    for word_order in ("0", "2"):
        files = ["ref.en", "other.en", "-i", "hyp.en", "--chrf-word-order", word_order]
        command = [sys.executable, "-m", "sacrebleu", *files, *metrics]
        printed += subprocess.run(command, cwd=many, capture_output=True, text=True, check=True).stdout
    references = ["--reference", "ref.en", "--reference", "other.en"]
    found = json.loads(nmt("evaluate", "--hypotheses", "hyp.en", *references, "--ter", "--json").stdout)
    for key in ("bleu", "chrf", "chrf++", "ter"):
        score = found[key]
        assert f"{score['score']:.2f} (μ = {score['mean']:.2f} ± {score['margin']:.2f})" in printed
        assert score["signature"].startswith("nrefs:2|")
        assert all(part in printed for part in score["signature"].split("|"))


def test_comparisons_are_of_neighbours_and_of_the_evaluated_system(many: Path, nmt: Nmt) -> None:
    arguments = ["evaluate", "--hypotheses", "hyp.en", "--reference", "ref.en", "--source", "src.hi"]
    compared = ["--compare", "best=ref.en", "--compare", "worst=src.hi", "--compare", "twin=hyp.en"]
    found = json.loads(nmt(*arguments, *compared, "--json").stdout)
    assert list(found["systems"]) == ["best", "hyp.en", "twin", "worst"]
    pairs = {(pair["better"], pair["worse"]): pair["bleu"] for pair in found["comparisons"]}
    assert set(pairs) == {("best", "hyp.en"), ("hyp.en", "twin"), ("twin", "worst"), ("hyp.en", "worst")}
    assert pairs["best", "hyp.en"]["p_bootstrap"] < 0.01 > pairs["best", "hyp.en"]["p_randomization"]
    assert pairs["hyp.en", "twin"] == {"difference": 0, "p_bootstrap": 1, "p_randomization": 1}
    table = nmt(*arguments, *compared).stdout
    assert "twin - worst" in table
    assert f"{found['bleu']['score']:.1f} ± {found['bleu']['margin']:.1f}" in table


def test_lines_are_looked_at_one_by_one(many: Path, nmt: Nmt) -> None:
    odd = ["Ram has 12 cats.", "राम has ten cats.", "", "no way no way no way no way"]
    (many / "odd.en").write_text("\n".join(odd) + "\n", encoding="utf-8")
    (many / "odd.hi").write_text(
        "राम के पास १२ बिल्लियाँ हैं।\nराम के पास 10 बिल्लियाँ हैं।\n" + "शब्द " * 1000 + "\nनहीं\n", encoding="utf-8"
    )
    arguments = ["--source", "odd.hi", "--hypotheses", "odd.en", "--reference", "odd.en", "--examples", "1"]
    found = json.loads(nmt("evaluate", *arguments, "--json").stdout)
    assert (found["numbers_kept"], found["repetition"], found["copied"], found["empty"]) == (0.5, 0.25, 0.25, 1)
    assert [(part["words"], part["lines"]) for part in found["by_length"]] == [("0-9", 3), ("50+", 1)]
    assert found["examples"]["worst"][0]["line"] == 3
    assert found["length_ratio"] == 1


def test_scores_by_length_are_those_of_the_lines_alone(many: Path, nmt: Nmt) -> None:
    arguments = ["--source", "src.hi", "--hypotheses", "hyp.en", "--reference", "ref.en", "--json"]
    short = json.loads(nmt("evaluate", *arguments).stdout)["by_length"][0]
    rows = [
        [(many / name).read_text("utf-8").splitlines()[i] for i in range(40)] for name in ("src.hi", "hyp.en", "ref.en")
    ]
    kept = [i for i, line in enumerate(rows[0]) if len(line.split()) < 10]
    assert 0 < short["lines"] == len(kept) < 40
    assert short["bleu"] == pytest.approx(bleu(*([side[i] for i in kept] for side in rows[1:])).score)
    assert short["chrf"] == pytest.approx(chrf(*([side[i] for i in kept] for side in rows[1:])).score)


def test_several_sets_are_scored_apart_and_together(many: Path, nmt: Nmt) -> None:
    sets = ["--reference", "ref.en", "--reference", "other.en", "--hypotheses", "hyp.en", "--hypotheses", "hyp.en"]
    compared = ["--compare", "b=other.en", "--compare", "b=other.en"]
    found = json.loads(nmt("evaluate", *sets, *compared, "--json").stdout)
    alone = json.loads(nmt("evaluate", "--reference", "ref.en", "--hypotheses", "hyp.en", "--json").stdout)
    assert found["lines"] == 80
    assert list(found["sets"]) == ["ref.en", "other.en"]
    assert found["sets"]["ref.en"]["bleu"] == alone["bleu"]
    assert found["sets"]["other.en"]["systems"]["b"]["bleu"]["score"] == pytest.approx(100)
    table = nmt("evaluate", *sets, *compared).stdout
    assert [line.split()[0] for line in table.splitlines()[1:7]] == ["ref.en"] * 2 + ["other.en"] * 2 + ["all"] * 2


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
        (
            ["--hypotheses", "hyp.en", "--reference", "ref.en", "--set", "search.beam_size=1"],
            "--hypotheses has been translated: leave one out",
        ),
        (["--hypotheses", "short.en", "--reference", "ref.en"], "short.en has 1 lines but ref.en has 3"),
        (["--hypotheses", "empty", "--reference", "empty"], "empty: empty; there is nothing to evaluate"),
        (["--hypotheses", "none", "--reference", "ref.en"], "none: no such file"),
        (["--hypotheses", "hyp.en", "--reference", "latin"], "latin, line 1: not valid UTF-8"),
        (["--hypotheses", "hyp.en", "--reference", "ref.en", "--compare", "x"], "--compare x: write NAME=FILE"),
        (
            ["--hypotheses", "hyp.en", "--reference", "ref.en", "--compare", "x=short.en"],
            "short.en has 1 lines but ref.en",
        ),
        (["--hypotheses", "hyp.en", "--reference", "ref.en", "--compare", "hyp.en=ref.en"], "has this name already"),
        (
            ["--hypotheses", "hyp.en", "--reference", "ref.en", "--reference", "short.en"],
            "short.en has 1 lines but ref.en",
        ),
        (
            ["--hypotheses", "hyp.en", "--reference", "ref.en", "--source", "short.en"],
            "short.en has 1 lines but ref.en",
        ),
        (
            ["--hypotheses", "hyp.en", "--hypotheses", "hyp.en", "--reference", "ref.en"],
            "--reference names 1 files for 2",
        ),
        (
            ["--hypotheses", "hyp.en", "--hypotheses", "hyp.en", "--reference", "ref.en", "--source", "ref.en"],
            "--hypotheses names 2",
        ),
        (["--model", "nowhere", "--source", "ref.en", "--reference", "ref.en"], "nowhere"),
        (
            ["--hypotheses", "hyp.en", "--reference", "ref.en", "--alignment", "ref.en"],
            "--alignment needs --source",
        ),
        (
            ["--hypotheses", "hyp.en", "--reference", "ref.en", "--source", "ref.en", "--alignment", "links"],
            "links, line 2: the link 0-9 is out of range: the target sentence has 3 words",
        ),
        (["--source", "ref.en"], "--source and --reference go together"),
    ],
)
def test_mistakes_are_one_line(files: Path, nmt: Nmt, arguments: list[str], expected: str) -> None:
    (files / "short.en").write_text("One.\n")
    (files / "empty").write_text("")
    (files / "links").write_text("0-0\n0-9\n\n")
    (files / "latin").write_bytes(b"caf\xe9\n")
    result = nmt("evaluate", *arguments)
    assert (result.returncode, result.stdout) == (2, "")
    assert expected in result.stderr
    assert result.stderr.count("\n") == 1
