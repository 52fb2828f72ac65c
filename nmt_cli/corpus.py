"""Which sentence pairs are worth learning from: normalised, cleaned, without duplicates and without leaks.

Knows pairs and rules; nothing of file formats, tokens or models. Rules that look at one pair run in worker processes;
what a pair has in common with others is decided in one place, in the order of the sources, so that the result does not
depend on the number of workers.
"""

import hashlib
import itertools
import os
import re
import signal
import unicodedata
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from nmt_cli.config import CleaningConfig, DataConfig
from nmt_cli.sources import Pair, read_pairs, source_name
from nmt_cli.text import SCRIPTS

CHUNK = 5000  # pairs a worker takes at a time
_INLINE = 4  # chunks that are done before workers are started: small corpora are cleaned sooner than those start

Keys = npt.NDArray[np.uint64]

_MARKUP = re.compile(
    r"</?[a-zA-Z][^<>]{0,200}>"  # tags
    r"|\{\{|\}\}|\[\[|\]\]"  # templates and wiki links
    r"|&(?:[a-zA-Z]{2,8}|#\d{2,5})(?:;|\b(?=\s*$))"  # entities that nobody resolved
    r"|\\[nrtu](?![a-zA-Z])"  # escapes
)


class Dropped(NamedTuple):
    """A pair that was left out of training, and why."""

    source: str
    reason: str
    pair: Pair


class Kept(NamedTuple):
    """A pair that is worth learning from, and where it comes from."""

    source: int  # number of the training source
    position: int  # how many pairs that source has before it
    pair: Pair


class Judged(NamedTuple):
    """A normalised pair, the first rule of its own that it breaks, and what duplicates and leaks are told by."""

    pair: Pair
    reason: str | None
    exact: int  # key of the pair
    near: int  # key of what is left of it without case, punctuation and spaces
    sides: tuple[int, int]  # key of what is left of each side


def match_key(sentence: str) -> str:
    """What is left of a sentence when case, punctuation and spaces do not count; equal keys mean a leak."""
    return "".join(char for char in sentence.casefold() if unicodedata.category(char)[0] in "LMN")


def hash_key(text: str) -> int:
    """64 bits of a text, the same in every process."""
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little")


def fault(pair: Pair, data: DataConfig) -> str | None:
    """The first cleaning rule that a training pair, neither side of it empty, breaks by itself, if any."""
    rules = data.cleaning
    shorter, longer = sorted((len(pair.src.split()), len(pair.tgt.split())))
    if longer > rules.max_words:
        return "too long"
    if longer > rules.max_ratio * shorter + 5:
        return "length ratio"
    if rules.identical and pair.src == pair.tgt:
        return "identical sides"
    if min(map(script_share, pair, (data.src_lang, data.tgt_lang))) < rules.min_script:
        return "wrong script"
    if rules.markup and (_MARKUP.search(pair.src) or _MARKUP.search(pair.tgt)):
        return "markup"
    return None


def script_share(sentence: str, language: str) -> float:
    """The share of a sentence's letters in its language's script; 1 without letters, or for scripts not known here."""
    script = SCRIPTS.get(language)
    letters = "".join(char for char in sentence if unicodedata.category(char)[0] in "LM")
    return len(script.findall(letters)) / len(letters) if script and letters else 1.0


def judge(raw: Sequence[Pair], data: DataConfig) -> list[Judged]:
    """Normalise pairs and apply the rules that look at one pair only."""
    judged = []
    for pair in (pair.normalized() for pair in raw):
        bare = match_key(pair.src), match_key(pair.tgt)
        keys = hash_key("\t".join(pair)), hash_key("\t".join(bare)), (hash_key(bare[0]), hash_key(bare[1]))
        judged.append(Judged(pair, fault(pair, data) if all(bare) else "empty", *keys))
    return judged


class KeySet:
    """A growing set of 64-bit keys in 8 bytes each; Python's own set would take twelve times as much."""

    def __init__(self) -> None:
        self._runs: list[Keys] = []  # sorted, each at least twice as long as the next

    def add_new(self, keys: Sequence[int]) -> list[bool]:
        """Add keys; says of each whether it is new, here and within `keys`."""
        values = np.array(keys, dtype=np.uint64)
        fresh = np.zeros(len(values), dtype=bool)
        unique, first = np.unique(values, return_index=True)
        known = np.zeros(len(unique), dtype=bool)
        for run in self._runs:
            known |= run[np.searchsorted(run, unique).clip(max=len(run) - 1)] == unique
        fresh[first[~known]] = True
        self._append(unique[~known])
        return fresh.tolist()

    def _append(self, run: Keys) -> None:
        if not len(run):
            return
        self._runs.append(run)
        while len(self._runs) > 1 and len(self._runs[-2]) < 2 * len(self._runs[-1]):
            merged = np.concatenate([self._runs.pop(), self._runs.pop()])
            merged.sort()
            self._runs.append(merged)


class Selection:
    """The training pairs worth learning from, with a tally of all others.

    Args:
        data: sources and rules
        held_out: pairs as they stand in dev, test and held-out sets; a training pair that shares a sentence with
            them, on either side, is dropped
        on_drop: called with every pair that is left out
    """

    def __init__(
        self, data: DataConfig, held_out: Iterable[Pair], on_drop: Callable[[Dropped], None] | None = None
    ) -> None:
        self.tally: list[Counter[str]] = [Counter() for _ in data.train]  # by source: reasons, and "kept"
        self._data = data
        self._on_drop = on_drop
        self._held_out = {hash_key(key) for pair in held_out for side in pair.normalized() if (key := match_key(side))}
        self._exact, self._near = KeySet(), KeySet()

    def __iter__(self) -> Iterator[Kept]:
        """Every pair that is kept, in the order of the sources.

        Raises:
            DataError: a source cannot be read.
        """
        for number, judged in in_order(_judge_numbered, self._chunks(), self._data.workers):
            reasons = self._reasons(judged)
            first = self.tally[number].total()
            self.tally[number].update(reason or "kept" for reason in reasons)
            for position, (item, reason) in enumerate(zip(judged, reasons, strict=True), start=first):
                if reason is None:
                    yield Kept(number, position, item.pair)
                elif self._on_drop:
                    self._on_drop(Dropped(source_name(self._data.train[number]), reason, item.pair))

    def _chunks(self) -> Iterator[tuple[int, list[Pair], DataConfig]]:
        for number, source in enumerate(self._data.train):
            pairs = iter(read_pairs(source, self._data))
            while chunk := list(itertools.islice(pairs, CHUNK)):
                yield number, chunk, self._data

    def _reasons(self, judged: Sequence[Judged]) -> list[str | None]:
        """Why each pair of a chunk is dropped, those that are duplicates or leaks included."""
        rules: CleaningConfig = self._data.cleaning
        reasons = [item.reason for item in judged]
        if rules.leaks:
            for i, item in enumerate(judged):
                if reasons[i] is None and not self._held_out.isdisjoint(item.sides):
                    reasons[i] = "leak"
        if rules.duplicates:
            _mark_repeated(reasons, "duplicate", self._exact, [item.exact for item in judged])
        if rules.near_duplicates:
            _mark_repeated(reasons, "near duplicate", self._near, [item.near for item in judged])
        return reasons


def _mark_repeated(reasons: list[str | None], reason: str, seen: KeySet, keys: Sequence[int]) -> None:
    """Give the reason to every pair without one whose key was there before."""
    undecided = [i for i, decided in enumerate(reasons) if decided is None]
    for i, new in zip(undecided, seen.add_new([keys[i] for i in undecided]), strict=True):
        if not new:
            reasons[i] = reason


def _judge_numbered(chunk: tuple[int, list[Pair], DataConfig]) -> tuple[int, list[Judged]]:
    number, raw, data = chunk
    return number, judge(raw, data)


def in_order(function: Callable[[Any], Any], items: Iterable[Any], workers: int | None) -> Iterator[Any]:
    """`map` over worker processes, in order, with no more than a few items under way: memory stays bounded."""
    items = iter(items)
    for item in itertools.islice(items, _INLINE):
        yield function(item)
    count = workers or os.cpu_count() or 1
    first = next(items, None)
    if first is None:
        return
    items = itertools.chain([first], items)
    if count == 1:
        yield from map(function, items)
        return
    # Not forked: the parent may run threads of torch's, which a forked child would wait for in vain.
    # Ctrl-C reaches every process: the workers leave it to the parent.
    ignore = (signal.SIGINT, signal.SIG_IGN)
    with ProcessPoolExecutor(count, get_context("spawn"), initializer=signal.signal, initargs=ignore) as pool:
        pending: deque[Future[Any]] = deque()
        for item in items:
            pending.append(pool.submit(function, item))
            if len(pending) > 2 * count:
                yield pending.popleft().result()
        while pending:
            yield pending.popleft().result()
