"""Text as it comes and goes: normalisation, and reading and writing lines.

Knows nothing of corpora, tokens or models. The same `normalize` serves prepare, translate and evaluate, so a model
never meets a spelling it was not trained on.
"""

import gzip
import html
import os
import re
import unicodedata
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from nmt_cli.errors import DataError

NORMALIZATION = 1  # raise it whenever `normalize` changes: models remember the one they were trained with

LATIN = re.compile(r"[A-Za-z\u00AA-\u024F\u1E00-\u1EFF]")
SCRIPTS = {
    **dict.fromkeys(("hi", "mr", "ne", "sa", "mai", "bho", "kok"), re.compile(r"[\u0900-\u097F\uA8E0-\uA8FF]")),
    **dict.fromkeys(("bn", "as"), re.compile(r"[\u0980-\u09FF]")),
    "pa": re.compile(r"[\u0A00-\u0A7F]"),
    "gu": re.compile(r"[\u0A80-\u0AFF]"),
    "or": re.compile(r"[\u0B00-\u0B7F]"),
    "ta": re.compile(r"[\u0B80-\u0BFF]"),
    "te": re.compile(r"[\u0C00-\u0C7F]"),
    "kn": re.compile(r"[\u0C80-\u0CFF]"),
    "ml": re.compile(r"[\u0D00-\u0D7F]"),
    "ur": re.compile(r"[\u0600-\u06FF\u0750-\u077F]"),
    **dict.fromkeys(("en", "de", "fr", "es", "pt", "it", "nl"), LATIN),
}
"""The letters of each language whose script is known here, by its code."""

_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z]{2,31}\d{0,2});")
_SPACES = re.compile(r"\s+")
_PIPE_DANDA = re.compile(r"(?<=[\u0900-\u0963\u0966-\u097F?!\"')\]])( ?)\|{1,2}(?=[\s\"')\]]|$)")

_SINGLE = {
    **dict.fromkeys("“”„‟«»″", '"'),
    **dict.fromkeys("‘’‚‛′`´", "'"),
    **dict.fromkeys("‐‑‒–—―−", "-"),
    "…": "...",
    "॥": "।",
    # NFC decomposes क़–य़ but composes these three: one convention for all nukta letters, base + U+093C.
    "\u0929": "\u0928\u093c",
    "\u0931": "\u0930\u093c",
    "\u0934": "\u0933\u093c",
    **{chr(0x0966 + digit): str(digit) for digit in range(10)},
    # Zero-width space separates words in some texts; every other format or control character only gets in the way.
    "\u200b": " ",
    "\u2028": " ",
    "\u2029": " ",
}


def _is_debris(char: str) -> bool:
    """Format characters (ZWJ, ZWNJ, BOM, soft hyphen, direction marks), controls and unassigned code points."""
    return unicodedata.category(char) in ("Cc", "Cf", "Cs", "Co", "Cn") and not char.isspace()


_TABLE: dict[int, str | None] = {ord(char): replacement for char, replacement in _SINGLE.items()}
_SEEN: set[str] = set()


def _table_for(line: str) -> dict[int, str | None]:
    """The replacement table, extended by whatever debris the line's new characters turn out to be."""
    for char in set(line) - _SEEN:
        _SEEN.add(char)
        if ord(char) not in _TABLE and _is_debris(char):
            _TABLE[ord(char)] = None
    return _TABLE


def _normalize_once(line: str) -> str:
    if "&" in line:
        line = _ENTITY.sub(lambda match: html.unescape(match[0]), line)
    line = unicodedata.normalize("NFC", line)
    line = line.translate(_table_for(line))
    if "|" in line:
        line = _PIPE_DANDA.sub(r"\1।", line)
    return _SPACES.sub(" ", line).strip()


def normalize(line: str) -> str:
    """One spelling for everything that looks or means the same; the rules fit Hindi and English alike.

    | rule                                                          | example                    |
    |---------------------------------------------------------------|----------------------------|
    | HTML entities become characters                               | `चाय &amp; दूध` → `चाय & दूध` |
    | Unicode NFC, then every nukta letter as base + U+093C         | U+0931 → U+0930 U+093C     |
    | ZWJ, ZWNJ, BOM, soft hyphens, controls, direction marks go    | क + U+200D + ष → कष         |
    | `॥`, and `|` or `||` after Devanagari or a closing mark, are dandas | `वह गया |` → `वह गया ।`   |
    | Devanagari digits become ASCII digits                         | `१२३` → `123`              |
    | quotes, dashes and ellipses become ASCII                      | `“हाँ” – नहीं…` → `"हाँ" - नहीं...` |
    | any run of white space is one space, none at the ends         | `␣␣वह␣␣गया` → `वह गया`      |

    A colon stays a colon (`विषय:`): turning it into a visarga would be a guess. Idempotent.
    """
    while (result := _normalize_once(line)) != line:
        line = result
    return result


def decode_line(raw: bytes, name: str, number: int) -> str:
    """The text of one raw line, without its line end.

    Raises:
        DataError: the line is not UTF-8; the message names the file and the line.
    """
    try:
        return raw.rstrip(b"\n").removesuffix(b"\r").decode("utf-8")
    except UnicodeDecodeError as error:
        raise DataError(
            f"{name}, line {number}: not valid UTF-8 (byte {error.start + 1} of the line); "
            "convert the file, for instance with iconv -t utf-8"
        ) from None


def decode_lines(stream: Iterable[bytes], name: str) -> Iterator[str]:
    """The lines of a binary stream, or any raw lines, decoded one by one as they come; a leading BOM is dropped.

    Only a newline ends a line: characters such as U+2028 inside a line do not.
    """
    for number, raw in enumerate(stream, start=1):
        yield decode_line(raw.removeprefix(b"\xef\xbb\xbf") if number == 1 else raw, name, number)


def open_file(path: str | Path) -> BinaryIO:
    """Open a file, gzip-compressed when it ends in `.gz`, for reading bytes.

    Raises:
        DataError: it does not exist or cannot be read.
    """
    try:
        if str(path).endswith(".gz"):
            return cast("BinaryIO", gzip.open(path, "rb"))
        return Path(path).open("rb")
    except FileNotFoundError:
        raise DataError(f"{path}: no such file") from None
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error.strerror})") from None


def read_lines(path: str | Path) -> Iterator[str]:
    """The lines of a UTF-8 text file, gzip-compressed when it ends in `.gz`.

    Raises:
        DataError: the file is missing, unreadable, badly compressed or not UTF-8.
    """
    with open_file(path) as stream:
        try:
            yield from decode_lines(stream, str(path))
        except (gzip.BadGzipFile, EOFError, zlib.error) as error:
            raise DataError(f"{path}: damaged gzip file ({error}); compress it again") from None
        except OSError as error:
            raise DataError(f"{path}: cannot be read ({error.strerror})") from None


@contextmanager
def atomic_write(path: str | Path) -> Iterator[Path]:
    """A path beside `path` to write to; it takes the place of `path` on success and is deleted on failure."""
    target = Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(f".{target.name}.{os.getpid()}.partial")
    try:
        yield partial
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)
