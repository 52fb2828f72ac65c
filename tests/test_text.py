"""One spelling for everything that looks or means the same."""

import gzip
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nmt_cli.errors import DataError
from nmt_cli.text import atomic_write, normalize, read_lines

NASTY = st.text(
    st.one_of(
        st.sampled_from("।॥|&;#x‌‍​﻿­ ऩऱऴक़़ड़०९“”’–…amp lt\t\u2028\x00\ud800"),
        st.characters(),
        st.characters(min_codepoint=0x900, max_codepoint=0x97F),
    ),
    max_size=40,
)


@given(NASTY)
def test_normalize_is_idempotent_and_clean(line: str) -> None:
    once = normalize(line)
    assert normalize(once) == once
    assert once == once.strip()
    assert "  " not in once
    assert not any(unicodedata.category(char) in ("Cc", "Cf", "Cs") for char in once)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("चाय &amp;amp; दूध &#2325;", "चाय & दूध क"),
        ("AT&T R&D;x &nosuch;", "AT&T R&D;x &nosuch;"),
        ("\u0958\u0931\u0929", "\u0915\u093c\u0930\u093c\u0928\u093c"),
        ("क्\u200dष क्\u200cष", "क्ष क्ष"),
        ("\ufeffवह\u200bगया\u00ad", "वह गया"),
        ("वह गया |", "वह गया ।"),
        ("वह गया| क्या?", "वह गया। क्या?"),
        ("यह श्लोक है॥ वह ||", "यह श्लोक है। वह ।"),
        ("a | b, ls | wc", "a | b, ls | wc"),
        ("१२३,४५६.७", "123,456.7"),
        ("“हाँ” – ‘नहीं’…", "\"हाँ\" - 'नहीं'..."),
        ("  वह\u00a0\tगया  ", "वह गया"),
        ("विषय: समय 10:30", "विषय: समय 10:30"),
        ("\u2028 \x00", ""),
    ],
)
def test_rules(raw: str, expected: str) -> None:
    assert normalize(raw) == expected


def test_read_lines_splits_at_newlines_only(tmp_path: Path) -> None:
    text = "पहली\r\nदूसरी\u2028यहीं\x0bतक\n\nअंतिम"
    (tmp_path / "a.txt").write_bytes(b"\xef\xbb\xbf" + text.encode())
    with gzip.open(tmp_path / "a.txt.gz", "wb") as stream:
        stream.write(text.encode())
    expected = ["पहली", "दूसरी\u2028यहीं\x0bतक", "", "अंतिम"]
    assert list(read_lines(tmp_path / "a.txt")) == list(read_lines(tmp_path / "a.txt.gz")) == expected


def test_read_lines_names_file_and_line(tmp_path: Path) -> None:
    (tmp_path / "bad.txt").write_bytes("ठीक\n".encode() + b"\xff\xfe\n")
    with pytest.raises(DataError, match=r"bad\.txt, line 2: not valid UTF-8"):
        list(read_lines(tmp_path / "bad.txt"))
    with pytest.raises(DataError, match=r"none\.txt: no such file"):
        list(read_lines(tmp_path / "none.txt"))
    (tmp_path / "cut.gz").write_bytes(gzip.compress(b"x" * 100_000)[:-20])
    with pytest.raises(DataError, match=r"cut\.gz: damaged gzip file"):
        list(read_lines(tmp_path / "cut.gz"))
    (tmp_path / "plain.gz").write_bytes(b"plain text\n")
    with pytest.raises(DataError, match=r"plain\.gz: damaged gzip file"):
        list(read_lines(tmp_path / "plain.gz"))


def test_atomic_write_leaves_all_or_nothing(tmp_path: Path) -> None:
    target = tmp_path / "folder" / "file"
    with atomic_write(target) as partial:
        partial.write_text("whole")
    with pytest.raises(RuntimeError), atomic_write(target) as partial:
        partial.write_text("half")
        raise RuntimeError
    assert target.read_text() == "whole"
    assert list(target.parent.iterdir()) == [target]
