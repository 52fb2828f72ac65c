"""Sources, cleaning and what must never reach training."""

import gzip
import unicodedata
from pathlib import Path

import pytest

from nmt_cli.config import DataConfig
from nmt_cli.corpus import Dropped, Pair, Selection, match_key, read_pairs
from nmt_cli.errors import DataError


def data_config(folder: Path, **settings: object) -> DataConfig:
    base = {"train": ({"table": str(folder / "train.tsv")},), "dev": {"dev": {"table": str(folder / "dev.tsv")}}}
    return DataConfig.model_validate({**base, **settings})


def write(path: Path, *lines: str) -> None:
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def pairs_of(config: DataConfig) -> list[Pair]:
    return [pair for source in config.train for pair in read_pairs(source, config)]


def test_tables_and_files_hold_the_same_pairs(tmp_path: Path) -> None:
    write(tmp_path / "train.tsv", "id\tenglish\thindi", "1\tWater.\tपानी।", "2\tTea.\tचाय।")
    write(tmp_path / "a.hi", "पानी।", "चाय।")
    with gzip.open(tmp_path / "a.en.gz", "wb") as stream:
        stream.write(b"Water.\r\nTea.\r\n")
    table = {"table": str(tmp_path / "train.tsv"), "columns": ("hindi", "english")}
    files = {"src": str(tmp_path / "a.hi"), "tgt": str(tmp_path / "a.en.gz")}
    expected = [Pair("पानी।", "Water."), Pair("चाय।", "Tea.")]
    assert pairs_of(data_config(tmp_path, train=(table,))) == expected
    assert pairs_of(data_config(tmp_path, train=(files,))) == expected
    swapped = data_config(tmp_path, train=({**table, "columns": ("english", "hindi")},))
    assert pairs_of(swapped) == [Pair(tgt, src) for src, tgt in expected]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([], "line 1: empty"),
        (["hindi\tenglish", "क\ta"], "line 1: no column 'hi'; its columns are hindi, english"),
        (["hi\ten", "क\ta", "ख"], "line 3: 1 columns where the header has 2"),
        (["hi\ten", "क\ta\tb"], "line 2: 3 columns where the header has 2"),
    ],
)
def test_broken_tables_are_named(tmp_path: Path, lines: list[str], expected: str) -> None:
    write(tmp_path / "train.tsv", *lines)
    with pytest.raises(DataError, match=expected):
        pairs_of(data_config(tmp_path))


def test_files_of_different_length_are_counted(tmp_path: Path) -> None:
    write(tmp_path / "a.hi", "क", "ख", "ग", "घ")
    write(tmp_path / "a.en", "a", "b")
    config = data_config(tmp_path, train=({"src": str(tmp_path / "a.hi"), "tgt": str(tmp_path / "a.en")},))
    with pytest.raises(DataError, match=r"a\.hi has 4 lines but .*a\.en has 2"):
        pairs_of(config)


def test_every_rule_drops_and_is_counted(tmp_path: Path) -> None:
    rows = {
        "kept": ["मैं घर जाता हूँ।\tI go home."],
        "duplicate": ["मैं\u200d घर जाता हूँ।\tI go home."],
        "empty": ["\tNothing.", "।\tDanda.", "कुछ\t..."],
        "too long": ["क " * 101 + "\tk"],
        "length ratio": ["क\t" + "a " * 9],
        "identical sides": ["OK\tOK"],
        "leak": ["राम आया!\tSomebody came.", "कोई आया\train, CAME", "ज़रा सुनो\tnew"],
    }
    write(tmp_path / "train.tsv", "hi\ten", *(row for group in rows.values() for row in group))
    write(tmp_path / "dev.tsv", "hi\ten")
    held_out = [Pair("राम, आया।", "Ram came"), Pair("और", "“Rain” came."), Pair("\u091c\u093cरा सुनो।", "z")]
    dropped: list[Dropped] = []
    selection = Selection(data_config(tmp_path), held_out, dropped.append)
    assert list(selection) == [Pair("मैं घर जाता हूँ।", "I go home.")]
    (tally,) = selection.tally.values()
    assert tally == {reason: len(group) for reason, group in rows.items()}
    assert sum(tally.values()) == len(dropped) + 1


def test_match_key_forgets_what_a_leak_may_change() -> None:
    assert match_key("“राम ने कहा, 'चलो!'”") == match_key("राम ने कहा चलो")
    assert match_key("The U.S. -- THE us") == "theustheus"
    assert match_key("कि") != match_key("की")
    assert match_key("।?! — …") == ""
    assert all(unicodedata.category(char)[0] in "LMN" for char in match_key("क़ी-1, a_b"))
