"""The prepared folder: complete, reproducible, and never half-made."""

import json
import os
import re
import resource
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from conftest import CONFIG, ROOT, Nmt, write_numbers

from nmt_cli.batching import TokenDataset, plan_epoch
from nmt_cli.tokenizer import Tokenizer
from nmt_cli.vocab import EOS_ID


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
    assert set(first) == {"train.arrow", "text.arrow", "dev.arrow", "source.model", "target.model", "manifest.json"}
    manifest = json.loads(first["manifest.json"])
    assert manifest["pairs"] == 600
    assert manifest["tally"] == [{"source": "train.tsv", "kept": 600, "dropped": {}}]
    assert sum(manifest["src"]["lengths"]) == sum(manifest["tgt"]["lengths"]) == 600
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
    table = [line.split() for line in result.stderr.splitlines() if line.startswith(("source ", "train.tsv"))]
    assert table == [["source", "kept", "leak", "empty"], ["train.tsv", "600", "1", "1"]]
    lines = (folder / "dropped.tsv").read_text("utf-8").splitlines()
    assert lines == ["source\treason\tsrc\ttgt", f"train.tsv\tleak\t{leak}", "train.tsv\tempty\t\tnothing"]


@pytest.mark.parametrize(
    ("name", "content", "overrides", "expected"),
    [
        ("train.tsv", None, [], "nmt: train.tsv: no such file"),
        ("train.tsv", b"", [], "nmt: train.tsv, line 1: empty"),
        ("train.tsv", b"hi\ten\n", [], "no training pair is left after cleaning: the training sources hold no pairs"),
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
    assert not (folder / "runs").exists()


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


def test_weights_and_workers_need_no_preparing(folder: Path, nmt: Nmt) -> None:
    assert nmt("prepare", "-c", "config.yaml").returncode == 0
    changed = ["--set", "data.train.0.weight=2.5", "--set", "data.workers=1"]
    assert "up to date" in nmt("prepare", "-c", "config.yaml", *changed).stderr


def test_tags_stand_before_their_sentences(folder: Path, nmt: Nmt) -> None:
    (folder / "more.tsv").write_text("hi\ten\n" + "दस सौ दस सौ दस सौ दस सौ\thundred ten\n", encoding="utf-8")
    sources = '[{table: train.tsv}, {table: more.tsv, tag: "<legal>", weight: 3}]'
    result = nmt("prepare", "-c", "config.yaml", "--set", f"data.train={sources}")
    assert result.returncode == 0, result.stderr
    tokenizer = Tokenizer.load(folder / "runs/numbers/prepared/source.model")
    dataset = TokenDataset(folder / "runs/numbers/prepared/train.arrow")
    tag = tokenizer.piece_id("<legal>")
    rows = dataset.column("src")
    assert tag > EOS_ID
    assert (
        [row[0] == tag for row in rows]
        == [source == 1 for source in dataset.column("source")]
        == [False] * 600 + [True]
    )
    assert not any(tag in row[1:] for row in rows)
    epoch = plan_epoch(dataset, batch_tokens=256, seed=1, epoch=0, weights=[0.5, 3])
    counts = Counter(int(i) for batch in epoch for i in batch)
    assert counts[600] == 3
    assert 200 < sum(counts[i] for i in range(600)) < 400
    assert set(counts.values()) <= {1, 3}


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("{table: train.tsv, tag: '<s>'}", "tag <s> is one of the special symbols"),
        ("{table: train.tsv, tag: legal}", "'data.train.0.tag' cannot be 'legal'"),
        ("{table: train.tsv, weight: 0}", "'data.train.0.weight' cannot be 0"),
        ("{table: train.tsv, tag: '<x>'}", "train.tsv: the tag <x> occurs in the text itself"),
        ("{table: train.tsv, hub: a/b}", "give one of 'table', 'hub', or 'src' with 'tgt'"),
        (
            "{table: train.tsv, split: test, streaming: true}",
            "'configuration' and 'streaming' are about a 'hub' dataset",
        ),
        ("{table: cut.tsv.gz}", "cut.tsv.gz: damaged gzip file"),
    ],
)
def test_sources_that_cannot_be(folder: Path, nmt: Nmt, source: str, expected: str) -> None:
    with (folder / "train.tsv").open("a", encoding="utf-8") as stream:
        stream.write("एक <x> दो\ttwo one\n")
    (folder / "cut.tsv.gz").write_bytes(b"\x1f\x8b\x08\x00 cut short")
    result = nmt(
        "prepare", "-q", "-c", "config.yaml", "--set", f"data.train=[{source}]", "--set", "data.cleaning.markup=false"
    )
    assert result.returncode == 2
    assert expected in result.stderr
    assert result.stderr.count("\n") == 1
    assert not (folder / "runs").exists()


def test_joint_vocabulary_and_bytes(folder: Path, nmt: Nmt) -> None:
    settings = [
        "tokenizer.joint=true",
        "tokenizer.byte_fallback=true",
        "tokenizer.vocab_size=310",
        "tokenizer.model_type=bpe",
    ]
    result = nmt("prepare", "-c", "config.yaml", *(part for key in settings for part in ("--set", key)))
    assert result.returncode == 0, result.stderr
    files = prepared(folder)
    assert files["source.model"] == files["target.model"]
    tokenizer = Tokenizer(files["source.model"])
    assert tokenizer.decode(tokenizer.encode(["एक two 😀"])) == ["एक two 😀"]


def test_held_out_sentences_never_train(folder: Path, nmt: Nmt) -> None:
    rows = (folder / "train.tsv").read_text("utf-8").splitlines()
    (folder / "mine.tsv").write_text("\n".join([rows[0], *rows[5:9]]) + "\n", encoding="utf-8")
    result = nmt("prepare", "-c", "config.yaml", "--set", "data.held_out=[{table: mine.tsv}]")
    assert re.search(r"^train\.tsv +596 +4$", result.stderr, re.MULTILINE)


def test_dev_sentences_taken_from_a_training_table_leave_training(folder: Path, nmt: Nmt) -> None:
    taken = ("--set", "data.dev.dev.table=train.tsv", "--set", "data.dev.dev.take=30")
    assert nmt("prepare", "-c", "config.yaml", *taken).returncode == 0
    manifest = json.loads(prepared(folder)["manifest.json"])
    assert (manifest["pairs"], manifest["dev_pairs"]) == (570, 30)


def test_what_was_prepared_serves_without_the_corpus(folder: Path, nmt: Nmt) -> None:
    """As on another machine that only the prepared folder was copied to."""
    assert nmt("prepare", "-c", "config.yaml").returncode == 0
    for name in ("train", "dev", "test"):
        (folder / f"{name}.tsv").unlink()
    result = nmt("train", "-c", "config.yaml", "--set", "training.max_epochs=1")
    assert result.returncode == 0
    assert "train.tsv is not here; what was prepared from it is" in result.stderr
    other = nmt("prepare", "-c", "config.yaml", "--set", "tokenizer.vocab_size=30")
    assert other.returncode == 2
    assert re.match(r"nmt: \w+\.tsv: no such file", other.stderr.splitlines()[-1])
    assert nmt("prepare", "-c", "config.yaml").returncode == 0


def test_killed_prepare_leaves_nothing_in_the_way(folder: Path, nmt: Nmt) -> None:
    partial = folder / "runs/numbers/.prepared.partial"
    partial.mkdir(parents=True)
    (partial / "train.arrow").write_bytes(b"half")
    assert nmt("prepare", "-c", "config.yaml").returncode == 0
    assert [path.name for path in (folder / "runs/numbers").iterdir()] == ["prepared"]
    assert "train.arrow" in prepared(folder)


def test_a_disk_that_takes_no_more_is_one_line_and_leaves_nothing(folder: Path) -> None:
    """The limit on file sizes stands in for a full disk: writing fails half-way."""
    result = subprocess.run(
        [sys.executable, "-m", "nmt_cli", "prepare", "-q", "-c", "config.yaml"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000)),
        check=False,
    )
    assert result.returncode == 2
    assert result.stderr.count("\n") == 1
    assert not (folder / "runs").exists()
