"""The same pairs from every format, and a name for whatever is wrong with a file."""

import csv
import gzip
import json
from pathlib import Path
from typing import Any

import datasets
import pyarrow as pa
import pytest
from pyarrow import parquet

from nmt_cli.config import DataConfig, SourceConfig
from nmt_cli.errors import DataError
from nmt_cli.sources import Pair, read_pairs

DATA = DataConfig.model_validate({"train": ({"table": "x.tsv"},), "dev": {"d": {"table": "x.tsv"}}})
PAIRS = [Pair("पानी, “साफ़”।", 'Water, "clean".'), Pair("चाय।", "Tea."), Pair("", "Nothing.")]
KINDS = ["prose", "talk", "prose"]


def read(**settings: object) -> list[Pair]:
    return list(read_pairs(SourceConfig.model_validate(settings), DATA))


def write(path: Path, *lines: str) -> str:
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return str(path)


@pytest.fixture
def tables(tmp_path: Path) -> dict[str, str]:
    """The pairs in every format of a table, with a third column."""
    rows = [{"kind": kind, "hi": pair.src, "en": pair.tgt} for kind, pair in zip(KINDS, PAIRS, strict=True)]
    with (tmp_path / "t.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, ["kind", "hi", "en"])
        writer.writeheader()
        writer.writerows(rows)
    write(tmp_path / "t.tsv", "kind\thi\ten", *("\t".join(row.values()) for row in rows))
    write(tmp_path / "t.jsonl", *(json.dumps(row, ensure_ascii=False) for row in rows))
    parquet.write_table(pa.Table.from_pylist(rows), tmp_path / "t.parquet")
    for name in ("t.tsv", "t.csv", "t.jsonl"):
        (tmp_path / f"{name}.gz").write_bytes(gzip.compress((tmp_path / name).read_bytes()))
    return {path.name: str(path) for path in tmp_path.iterdir()}


def test_every_table_holds_the_same_pairs(tables: dict[str, str]) -> None:
    assert len(tables) == 7
    for path in tables.values():
        assert read(table=path) == PAIRS, path
        assert read(table=path, columns=("en", "hi")) == [Pair(tgt, src) for src, tgt in PAIRS], path
        assert read(table=path, where={"kind": ("talk", "news")}) == PAIRS[1:2], path
        with pytest.raises(DataError, match="no column 'de'; its columns are kind, hi, en"):
            read(table=path, columns=("hi", "de"))
        with pytest.raises(DataError, match="no column 'sort'"):
            read(table=path, where={"sort": ("x",)})


def test_a_sample_is_random_fixed_and_in_order(tmp_path: Path) -> None:
    path = write(tmp_path / "t.tsv", "hi\ten", *(f"{i}\t{i}" for i in range(1000)))
    drawn = [int(pair.src) for pair in read(table=path, take=200)]
    assert len(drawn) == len(set(drawn)) == 200
    assert drawn == sorted(drawn) == [int(pair.src) for pair in read(table=path, take=200)]
    assert 60 < sum(number < 500 for number in drawn) < 140  # from everywhere
    assert len(read(table=path, take=5000)) == 1000


def test_aligned_files(tmp_path: Path) -> None:
    (tmp_path / "a.hi.gz").write_bytes(gzip.compress("".join(f"{pair.src}\r\n" for pair in PAIRS).encode()))
    english = write(tmp_path / "a.en", *(pair.tgt for pair in PAIRS))
    assert read(src=str(tmp_path / "a.hi.gz"), tgt=english) == PAIRS
    shorter = write(tmp_path / "b.en", "One.")
    with pytest.raises(DataError, match=r"a\.hi\.gz has 3 lines but .*b\.en has 1"):
        read(src=str(tmp_path / "a.hi.gz"), tgt=shorter)


@pytest.mark.parametrize("layout", ["translation", "columns"])
@pytest.mark.parametrize("form", ["saved", "saved dict", "parquet folder", "streamed"])
def test_datasets_as_the_hub_has_them(tmp_path: Path, layout: str, form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The layout of cfilt/iitb-english-hindi: one column `translation` with a key for each language."""
    monkeypatch.setenv("HF_HOME", str(tmp_path / "cache"))
    rows: list[dict[str, Any]] = [{"en": pair.tgt, "hi": pair.src} for pair in PAIRS]
    whole = datasets.Dataset.from_list([{"translation": row} for row in rows] if layout == "translation" else rows)
    folder = tmp_path / "corpus"
    if form == "saved":
        whole.save_to_disk(str(folder))
    elif form == "saved dict":
        datasets.DatasetDict({"train": whole}).save_to_disk(str(folder))
        with pytest.raises(DataError, match="no split 'test'; it has train"):
            read(hub=str(folder), split="test")
    else:
        folder.mkdir()
        whole.to_parquet(str(folder / "train.parquet"))
    assert read(hub=str(folder), streaming=form == "streamed") == PAIRS
    with pytest.raises(DataError, match="no column 'de'"):
        read(hub=str(folder), columns=("hi", "de"))


def test_hub_out_of_reach_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("datasets.config.HF_HUB_OFFLINE", True)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(DataError) as caught:
        read(hub="nobody/no-such-corpus")
    assert "nobody/no-such-corpus: cannot be had from the hub" in str(caught.value)
    assert "name its files as 'table'" in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("t.tsv", b"", "line 1: empty"),
        ("t.tsv", "hi\ten\nक\n".encode(), "line 2: 1 columns where the header has 2"),
        ("t.tsv", "hi\ten\nक\ta\tb\n".encode(), "line 2: 3 columns where the header has 2"),
        ("t.tsv", b"hi\ten\na\tb\n\xff\tb\n", "line 3: not valid UTF-8"),
        ("t.csv", b"", "line 1: empty"),
        ("t.csv", 'hi,en\n"क\nख",a\nग\n'.encode(), "line 4: 1 columns where the header has 2"),
        ("t.csv", b'hi,en\n"a"b,c\n', "line 2: not valid CSV"),
        ("t.jsonl", b'{"hi": "a", "en": "b"}\n{"hi": \n', "line 2: not valid JSON"),
        ("t.jsonl", b"[1]\n", "line 1: not a JSON object"),
        ("t.jsonl", b'{"hi": "a", "en": "b"}\n{"hi": "a"}\n', "line 2: 'en' is missing"),
        ("t.jsonl", b'{"hi": "a", "en": 5}\n', "line 1: 'en' is not text but 5"),
        ("t.parquet", b"PAR1 no", "not a Parquet file"),
        ("t.xlsx", b"PK", "a table is one of .tsv, .csv, .jsonl, .parquet; '.xlsx' is none of them"),
        ("t.tsv.gz", b"not gzip", "damaged gzip file"),
    ],
)
def test_broken_tables_are_named(tmp_path: Path, name: str, content: bytes, expected: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(DataError) as caught:
        read(table=str(tmp_path / name))
    assert expected in str(caught.value)
    assert name in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["none.tsv", "none.csv", "none.jsonl", "none.parquet", "none.tsv.gz"])
def test_missing_tables(tmp_path: Path, name: str) -> None:
    with pytest.raises(DataError, match="no such file"):
        read(table=str(tmp_path / name))
