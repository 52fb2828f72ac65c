"""The prepared folder: complete, reproducible, and never half-made."""

import json
from pathlib import Path

import pytest
from conftest import CONFIG, Nmt, write_numbers

from nmt_cli.tokenizer import Tokenizer


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_numbers(tmp_path, {"train": 600, "dev": 30, "test": 30})
    (tmp_path / "config.yaml").write_text(CONFIG, encoding="utf-8")
    return tmp_path


def prepared(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted((folder / "runs/numbers/prepared").iterdir())}


def test_prepare_is_complete_and_reproducible(folder: Path, nmt: Nmt) -> None:
    assert nmt("prepare", "-c", "config.yaml").returncode == 0
    first = prepared(folder)
    assert set(first) == {"train.arrow", "dev.arrow", "source.model", "target.model", "manifest.json"}
    manifest = json.loads(first["manifest.json"])
    assert manifest["pairs"] == 600
    assert manifest["tally"] == {"train.tsv": {"kept": 600}}
    assert set(manifest["inputs"]) == {"train.tsv", "dev.tsv", "test.tsv"}

    again = nmt("prepare", "-c", "config.yaml")
    assert "up to date" in again.stderr
    assert again.stdout == ""
    changed = nmt("prepare", "-c", "config.yaml", "--set", "tokenizer.vocab_size=30")
    assert "up to date" not in changed.stderr
    assert prepared(folder) != first
    assert nmt("prepare", "-c", "config.yaml").returncode == 0
    assert prepared(folder) == first


def test_changed_input_is_noticed_and_drops_are_written(folder: Path, nmt: Nmt) -> None:
    assert nmt("prepare", "-c", "config.yaml").returncode == 0
    leak = (folder / "test.tsv").read_text("utf-8").splitlines()[1]
    with (folder / "train.tsv").open("a", encoding="utf-8") as stream:
        stream.write(f"{leak}\n\tnothing\n")
    result = nmt("prepare", "-c", "config.yaml", "--dropped", "dropped.tsv")
    assert "600 pairs kept; dropped: 1 leak, 1 empty" in result.stderr
    lines = (folder / "dropped.tsv").read_text("utf-8").splitlines()
    assert lines == ["source\treason\tsrc\ttgt", f"train.tsv\tleak\t{leak}", "train.tsv\tempty\t\tnothing"]


@pytest.mark.parametrize(
    ("name", "content", "overrides", "expected"),
    [
        ("train.tsv", None, [], "nmt: train.tsv: no such file"),
        ("train.tsv", b"", [], "nmt: train.tsv, line 1: empty"),
        ("train.tsv", b"hi\ten\n", [], "no training pair is left after cleaning: the training files hold no pairs"),
        ("train.tsv", b"hi\ten\nA\tA\n\tB\n", [], "no training pair is left after cleaning: 1 identical sides, 1 empty"),
        ("dev.tsv", b"hi\ten\n", [], "dev.tsv: the set 'dev' is empty"),
        ("train.tsv", b"hi\ten\nab\t\xff\n", [], "nmt: train.tsv, line 2: not valid UTF-8"),
        (None, None, ["tokenizer.vocab_size=4000"], "tokenizer.vocab_size: 4000 is more than the hi text supports; set it to"),
        (None, None, ["tokenizer.vocab_size=16"], "tokenizer.vocab_size: 16 has no room for"),
    ],
)  # fmt: skip
def test_bad_input_is_one_line_and_leaves_nothing(
    folder: Path, nmt: Nmt, name: str | None, content: bytes | None, overrides: list[str], expected: str
) -> None:
    if name is not None and content is not None:
        (folder / name).write_bytes(content)
    elif name is not None:
        (folder / name).unlink()
    result = nmt("prepare", "-q", "-c", "config.yaml", *(part for key in overrides for part in ("--set", key)))
    assert result.returncode == 2
    assert result.stdout == ""
    assert expected in result.stderr
    assert result.stderr.count("\n") == 1
    assert not (folder / "runs" / "numbers").exists()


def test_failure_keeps_what_was_prepared_before(folder: Path, nmt: Nmt) -> None:
    assert nmt("prepare", "-c", "config.yaml").returncode == 0
    before = prepared(folder)
    with (folder / "train.tsv").open("a", encoding="utf-8") as stream:
        stream.write("broken line\n")
    assert nmt("prepare", "-c", "config.yaml").returncode == 2
    assert prepared(folder) == before
    assert [path.name for path in (folder / "runs/numbers").iterdir()] == ["prepared"]


def test_tokenizer_round_trips_what_it_was_trained_on(folder: Path, nmt: Nmt) -> None:
    assert nmt("prepare", "-c", "config.yaml").returncode == 0
    rows = [line.split("\t") for line in (folder / "train.tsv").read_text("utf-8").splitlines()[1:]]
    for side, name in enumerate(("source.model", "target.model")):
        tokenizer = Tokenizer.load(folder / "runs/numbers/prepared" / name)
        sentences = [row[side] for row in rows]
        assert tokenizer.decode(tokenizer.encode(sentences)) == sentences
        assert tokenizer.encode(["", " "]) == [[], []]
        assert len(tokenizer) == 32
