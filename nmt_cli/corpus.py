"""From sources to sentence pairs: read, normalise, clean, leave out what would leak.

Knows files and pairs; nothing of tokens or models.
"""

import hashlib
import itertools
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from nmt_cli.config import DataConfig, SourceConfig
from nmt_cli.errors import DataError
from nmt_cli.text import normalize, read_lines


class Pair(NamedTuple):
    """A sentence and its translation."""

    src: str
    tgt: str

    def normalized(self) -> "Pair":
        """Both sides as `normalize` leaves them."""
        return Pair(normalize(self.src), normalize(self.tgt))


class Dropped(NamedTuple):
    """A pair that was left out of training, and why."""

    source: str
    reason: str
    pair: Pair


def source_name(source: SourceConfig) -> str:
    """How messages and tallies call a source."""
    return source.table or f"{source.src} + {source.tgt}"


def source_files(source: SourceConfig) -> list[str]:
    """The files a source is read from."""
    return [path for path in (source.table, source.src, source.tgt) if path is not None]


def read_pairs(source: SourceConfig, data: DataConfig) -> Iterator[Pair]:
    """The pairs of a source as they stand in its files, in order; nothing is dropped.

    Raises:
        DataError: a file is missing, empty, not UTF-8 or not aligned, or a column is not there.
    """
    return _read_table(source, data) if source.table is not None else _read_aligned(source)


def _read_table(source: SourceConfig, data: DataConfig) -> Iterator[Pair]:
    path = str(source.table)
    lines = read_lines(path)
    header = next(lines, "").split("\t")
    if header == [""]:
        raise DataError(f"{path}, line 1: empty; expected the names of the columns, such as hi<TAB>en")
    columns = source.columns or (data.src_lang, data.tgt_lang)
    for column in columns:
        if column not in header:
            raise DataError(
                f"{path}, line 1: no column '{column}'; its columns are {', '.join(header)}: "
                "name two of them in 'columns'"
            )
    src, tgt = (header.index(column) for column in columns)
    for number, line in enumerate(lines, start=2):
        fields = line.split("\t")
        if len(fields) != len(header):
            raise DataError(f"{path}, line {number}: {len(fields)} columns where the header has {len(header)}")
        yield Pair(fields[src], fields[tgt])


def _read_aligned(source: SourceConfig) -> Iterator[Pair]:
    lines = itertools.zip_longest(read_lines(str(source.src)), read_lines(str(source.tgt)))
    for number, (src, tgt) in enumerate(lines, start=1):
        if src is None or tgt is None:
            longer, shorter = (source.tgt, source.src) if src is None else (source.src, source.tgt)
            rest = sum(1 for _ in lines)
            raise DataError(
                f"{longer} has {number + rest} lines but {shorter} has {number - 1}: line i of one must translate "
                "line i of the other"
            )
        yield Pair(src, tgt)


def match_key(sentence: str) -> str:
    """What is left of a sentence when case, punctuation and spaces do not count; equal keys mean a leak."""
    return "".join(char for char in sentence.casefold() if unicodedata.category(char)[0] in "LMN")


def fault(pair: Pair, data: DataConfig) -> str | None:
    """The first cleaning rule that a training pair breaks, if any."""
    if not match_key(pair.src) or not match_key(pair.tgt):
        return "empty"
    words = sorted((len(pair.src.split()), len(pair.tgt.split())))
    if words[1] > data.max_words:
        return "too long"
    if words[1] > data.max_ratio * words[0] + 5:
        return "length ratio"
    if pair.src == pair.tgt:
        return "identical sides"
    return None


class Selection:
    """The training pairs worth learning from, with a tally of all others.

    Args:
        data: sources and rules
        held_out: pairs of the dev and test sets, as they stand in their files; a training pair that shares a
            sentence with them, on either side, is dropped
        on_drop: called with every pair that is left out
    """

    def __init__(
        self, data: DataConfig, held_out: Iterable[Pair], on_drop: Callable[[Dropped], None] | None = None
    ) -> None:
        self.tally: dict[str, Counter[str]] = {}
        self._data = data
        self._on_drop = on_drop
        self._held_out = {key for pair in held_out for side in pair.normalized() if (key := match_key(side))}
        self._seen: set[int] = set()

    def __iter__(self) -> Iterator[Pair]:
        """The kept pairs, in the order of the sources.

        Raises:
            DataError: a source cannot be read.
        """
        for source in self._data.train:
            name = source_name(source)
            tally = self.tally.setdefault(name, Counter())
            for raw in read_pairs(source, self._data):
                pair = raw.normalized()
                reason = self._reason(pair)
                tally[reason or "kept"] += 1
                if reason is None:
                    yield pair
                elif self._on_drop:
                    self._on_drop(Dropped(name, reason, pair))

    def _reason(self, pair: Pair) -> str | None:
        if reason := fault(pair, self._data):
            return reason
        if match_key(pair.src) in self._held_out or match_key(pair.tgt) in self._held_out:
            return "leak"
        digest = hashlib.blake2b("\t".join(pair).encode(), digest_size=8).digest()
        identity = int.from_bytes(digest, "little")
        if identity in self._seen:
            return "duplicate"
        self._seen.add(identity)
        return None
