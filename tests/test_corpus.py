"""Cleaning, and what must never reach training."""

import random
import unicodedata
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nmt_cli.config import DataConfig
from nmt_cli.corpus import CHUNK, Dropped, Kept, KeySet, Selection, fault, match_key, script_share
from nmt_cli.sources import Pair


def data_config(folder: Path, cleaning: dict[str, object] | None = None, workers: int = 1) -> DataConfig:
    settings = {
        "train": ({"table": str(folder / "train.tsv")},),
        "dev": {"dev": {"table": str(folder / "dev.tsv")}},
        "cleaning": cleaning or {},
        "workers": workers,
    }
    return DataConfig.model_validate(settings)


def write(path: Path, *lines: str) -> None:
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


BROKEN = {
    "duplicate": ["मैं\u200d घर जाता हूँ।\tI go home."],
    "near duplicate": ["मैं घर जाता हूँ !\tI GO HOME"],
    "empty": ["\tNothing.", "।\tDanda.", "कुछ\t..."],
    "too long": ["क " * 101 + "\tk"],
    "length ratio": ["क\t" + "a " * 9],
    "identical sides": ["ठीक है\tठीक है"],
    "wrong script": ["This is English\tThis is English too", "यह हिंदी है\tयह भी"],
    "markup": ["वह <b>गया</b>\tHe went", "वह {{नाम}} गया\tHe went", "वह गया &nbsp\tHe went", "वह गया\tHe\\n went"],
    "leak": ["राम आया!\tSomebody came.", "कोई आया\train, CAME", "ज़रा सुनो\tnew"],
}
HELD_OUT = [Pair("राम, आया।", "Ram came"), Pair("और", "“Rain” came."), Pair("\u091c\u093cरा सुनो।", "z")]


def test_every_rule_drops_and_is_counted(tmp_path: Path) -> None:
    rows = {"kept": ["मैं घर जाता हूँ।\tI go home."], **BROKEN}
    write(tmp_path / "train.tsv", "hi\ten", *(row for group in rows.values() for row in group))
    dropped: list[Dropped] = []
    selection = Selection(data_config(tmp_path), HELD_OUT, dropped.append)
    assert list(selection) == [Kept(0, 0, Pair("मैं घर जाता हूँ।", "I go home."))]
    assert selection.tally == [{reason: len(group) for reason, group in rows.items()}]
    assert Counter(item.reason for item in dropped) == {reason: len(group) for reason, group in BROKEN.items()}


@pytest.mark.parametrize(
    ("setting", "reason"),
    [
        ({"identical": False, "min_script": 0.0}, "identical sides"),
        ({"markup": False}, "markup"),
        ({"leaks": False}, "leak"),
        ({"duplicates": False, "near_duplicates": False}, "duplicate"),
        ({"near_duplicates": False}, "near duplicate"),
        ({"min_script": 0.0, "identical": False}, "wrong script"),
        ({"max_words": 200, "max_ratio": 200.0}, "too long"),
        ({"max_ratio": 200.0}, "length ratio"),
    ],
)
def test_every_rule_can_be_turned_off(tmp_path: Path, setting: dict[str, object], reason: str) -> None:
    write(tmp_path / "train.tsv", "hi\ten", "मैं घर जाता हूँ।\tI go home.", *BROKEN[reason])
    selection = Selection(data_config(tmp_path, setting), HELD_OUT)
    assert len(list(selection)) == 1 + len(BROKEN[reason])


@pytest.mark.parametrize(
    "pair",
    [
        Pair("यदि x < 5 और y > 3 हो", "If x < 5 and y > 3"),
        Pair("WhatsApp पर लिखिए", "Write on WhatsApp"),
        Pair("100 %", "100 %"[::-1]),
        Pair("C:\\नया खोलिए", "Open C:\\new"),
        Pair("एटी&टी", "AT&T; R&D"),
    ],
)
def test_harmless_signs_are_no_reason(tmp_path: Path, pair: Pair) -> None:
    assert fault(pair, data_config(tmp_path)) is None


def test_script_share() -> None:
    assert script_share("यह ठीक है।", "hi") == 1
    assert script_share("OK है", "hi") == pytest.approx(0.5)
    assert script_share("123 !", "hi") == 1
    assert script_share("Привет", "en") == 0
    assert script_share("Привет", "ru") == 1


def test_planted_leaks_are_all_gone(tmp_path: Path) -> None:
    """Every disguise a leak may wear, on either side; checked by another key than the program's."""
    generator = random.Random(3)
    letters = "कखगघचछजझटठडढतथदधनपफबभमयरलवशसह"

    def words(alphabet: str) -> str:
        return " ".join("".join(generator.choices(alphabet, k=4)) for _ in range(6))

    held_out = [Pair(f"{words(letters)}।", f"{words('abcdefgh').capitalize()}.") for _ in range(50)]
    disguises: list[Callable[[str], str]] = [
        str.upper,
        lambda text: text.replace(" ", "  "),
        lambda text: f"“{text}”",
        lambda text: text.rstrip(".।"),
        lambda text: text.replace(" ", ", "),
        lambda text: text.replace("क", "\u200dक"),
        lambda text: text.replace(".", "").replace("।", " |"),
        lambda text: f" {text} !!!",
    ]
    rows = [f"{words(letters)}\t{words('abcdefgh')}" for _ in range(200)]
    for src, tgt in held_out:
        rows += [f"{generator.choice(disguises)(src)}\t{words('abcdefgh')}" for _ in range(3)]
        rows += [f"{words(letters)}\t{generator.choice(disguises)(tgt)}" for _ in range(3)]
    generator.shuffle(rows)
    write(tmp_path / "train.tsv", "hi\ten", *rows)
    kept = [row.pair for row in Selection(data_config(tmp_path), held_out)]

    def bare(text: str) -> str:
        return "".join(char for char in text.lower() if char in letters or char in "abcdefgh")

    forbidden = {bare(side) for pair in held_out for side in pair}
    assert len(kept) == 200
    assert not any(bare(side) in forbidden for pair in kept for side in pair)


def test_workers_change_nothing(tmp_path: Path) -> None:
    generator = random.Random(1)
    rows = [
        f"{generator.choice(['नाम', 'काम', 'राम'])} {generator.randrange(30_000)}\tname {generator.randrange(30_000)}"
        for _ in range(6 * CHUNK)
    ]
    write(tmp_path / "train.tsv", "hi\ten", *rows, *rows[:100])
    results = []
    for workers in (1, 2):
        selection = Selection(data_config(tmp_path, workers=workers), [])
        results.append((list(selection), selection.tally))
    assert results[0] == results[1]
    assert results[0][1][0]["duplicate"] >= 100


@given(st.lists(st.lists(st.integers(0, 40) | st.integers(0, 2**64 - 1), max_size=12), max_size=12))
def test_key_set_is_a_set(batches: list[list[int]]) -> None:
    ours, theirs = KeySet(), set[int]()
    for batch in batches:
        expected = []
        for key in batch:
            expected.append(key not in theirs)
            theirs.add(key)
        assert ours.add_new(batch) == expected


def test_match_key_forgets_what_a_leak_may_change() -> None:
    assert match_key("“राम ने कहा, 'चलो!'”") == match_key("राम ने कहा चलो")
    assert match_key("The U.S. -- THE us") == "theustheus"
    assert match_key("कि") != match_key("की")
    assert match_key("।?! — …") == ""
    assert all(unicodedata.category(char)[0] in "LMN" for char in match_key("क़ी-1, a_b"))
