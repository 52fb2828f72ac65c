"""From token ids on disk to batches: alike in length, the same in every run.

Knows ids and lengths, and how to segment a text anew; nothing of models or optimisation.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from nmt_cli.errors import DataError
from nmt_cli.model import Batch
from nmt_cli.tokenizer import Tokenizer
from nmt_cli.vocab import BOS_ID, EOS_ID, PAD_ID

Indices = npt.NDArray[np.int64]
Sequences = Sequence[Sequence[int] | npt.NDArray[np.int64]]

LENGTH_STEP = 4
"""Lengths are padded to a multiple of this: matrix kernels for bfloat16 on CPUs are compiled anew for each shape."""

_TRIED = 1000  # sentences that are segmented at random to see how much longer they become
_ROOM = 1.02  # for those that become longer than most


class TokenDataset:
    """Pairs of token ids in an Arrow file, mapped into memory: only what is asked for is read.

    Args:
        path: a file that `prepare` wrote, columns src and tgt
        alignments: whether batches have the word alignments, column links
        length_step: lengths are padded to a multiple of this

    Raises:
        DataError: the file is missing or damaged, or has no alignments where they are wanted.
    """

    def __init__(self, path: Path, *, alignments: bool = False, length_step: int = LENGTH_STEP) -> None:
        rows = _open(path)
        if alignments and "links" not in rows.column_names:
            raise DataError(f"{path}: holds no word alignments; run nmt prepare again with data.aligner=eflomal")
        self._rows = rows.with_format("numpy", ["src", "tgt", *(["links"] if alignments else [])])
        table = self._rows.data
        self.length_step = length_step
        # The source is followed by EOS, the target by EOS or preceded by BOS: one id more than stored.
        self.src_lengths, self.tgt_lengths = (_list_lengths(table.column(name)) + 1 for name in ("src", "tgt"))

    def __len__(self) -> int:
        """The number of pairs."""
        return len(self.src_lengths)

    def target_counts(self, vocab_size: int) -> Tensor:
        """How often each piece (vocab_size,) is to be written, the end symbol once a pair."""
        counts = np.zeros(vocab_size, dtype=np.int64)
        for chunk in self._rows.data.column("tgt").chunks:
            counts += np.bincount(chunk.flatten(), minlength=vocab_size)
        counts[EOS_ID] += len(self)
        return torch.from_numpy(counts)

    def column_array(self, name: str) -> Indices:
        """A column of numbers."""
        values: Indices = self._rows.data.column(name).to_numpy().astype(np.int64)
        return values

    def column(self, name: str) -> list[Any]:
        """A whole column as a list, for sets that are small."""
        values: list[Any] = self._rows.data.column(name).to_pylist()
        return values

    def collate(self, indices: Indices, seed: int = 0) -> Batch:
        """The batch of these pairs, in this order, padded to a common length.

        Args:
            indices: which pairs
            seed: what is drawn at random follows from it; see `SamplingDataset`
        """
        rows = self._rows[indices]
        src_size, tgt_size = (
            _rounded_up(int(lengths[indices].max()), self.length_step)
            for lengths in (self.src_lengths, self.tgt_lengths)
        )
        sources, targets = self._segmented(rows, indices, seed, (src_size - 1, tgt_size - 1))
        alignment = self._alignment(rows["links"], indices, tgt_size, src_size) if "links" in rows else None
        return make_batch(sources, targets, src_size, tgt_size)._replace(alignment=alignment)

    def _segmented(
        self,
        rows: Any,  # noqa: ANN401
        indices: Indices,
        seed: int,
        most: tuple[int, int],
    ) -> tuple[Sequences, Sequences]:
        """The source and the target ids of the pairs, from their rows of the file, `most` of them a sentence."""
        return rows["src"], rows["tgt"]

    def _alignment(self, links: Sequence[Indices], indices: Indices, tgt_size: int, src_size: int) -> Tensor:
        """Where each target token looks, all its links alike, and EOS at EOS. Returns (B, T, S)."""
        looks = np.zeros((len(indices), tgt_size, src_size), dtype=np.float32)
        for row, flat in enumerate(links):
            places = np.asarray(flat, dtype=np.int64).reshape(-1, 2)  # target position, source position
            looks[row, places[:, 0], places[:, 1]] = 1
        looks[np.arange(len(indices)), self.tgt_lengths[indices] - 1, self.src_lengths[indices] - 1] = 1
        return torch.from_numpy(looks / looks.sum(axis=2, keepdims=True).clip(min=1))


class SamplingDataset(TokenDataset):
    """Pairs whose text is segmented anew, at random, whenever they come.

    Batches are planned before, for sentences as much longer than in their likeliest segmentations as some were when
    they were tried; what turns out longer than its batch is drawn again.

    Args:
        path: a file that `prepare` wrote, columns src and tgt
        text: the file of the same rows' text, columns src, tgt and source
        tokenizers: of source and target
        tags: the tag of each training source, None where there is none
        sampling: see TrainingConfig.subword_sampling
        length_step: see `TokenDataset`

    Raises:
        DataError: a file is missing or damaged.
    """

    def __init__(
        self,
        path: Path,
        text: Path,
        tokenizers: tuple[Tokenizer, Tokenizer],
        tags: Sequence[str | None],
        sampling: float,
        length_step: int = LENGTH_STEP,
    ) -> None:
        super().__init__(path, length_step=length_step)
        self._text = _open(text)
        self._tokenizers, self._sampling = tokenizers, sampling
        self._prefixes = [[] if tag is None else [tokenizers[0].piece_id(tag)] for tag in tags]
        tried = np.linspace(0, len(self) - 1, min(len(self), _TRIED), dtype=np.int64)
        sentences = self._text[tried]
        planned = []
        for tokenizer, side, likeliest in zip(
            tokenizers, ("src", "tgt"), (self.src_lengths, self.tgt_lengths), strict=True
        ):
            drawn = sum(len(ids) + 1 for ids in tokenizer.sample(sentences[side], sampling, seed=0))
            stretch = max(1.0, _ROOM * drawn / int(likeliest[tried].sum()))
            planned.append(np.ceil(stretch * likeliest).astype(np.int64))
        self.src_lengths, self.tgt_lengths = planned

    def _segmented(
        self,
        rows: Any,  # noqa: ANN401
        indices: Indices,
        seed: int,
        most: tuple[int, int],
    ) -> tuple[Sequences, Sequences]:
        """See `TokenDataset`."""
        text = self._text[indices]
        tags = max(map(len, self._prefixes))
        sources, targets = (
            tokenizer.sample(text[side], self._sampling, seed, room)
            for tokenizer, side, room in zip(self._tokenizers, ("src", "tgt"), (most[0] - tags, most[1]), strict=True)
        )
        return [self._prefixes[n] + ids for n, ids in zip(text["source"], sources, strict=True)], targets


def _open(path: Path) -> Any:  # noqa: ANN401
    """The rows of an Arrow file, mapped into memory."""
    import datasets

    try:
        return datasets.Dataset.from_file(str(path))
    except (OSError, ValueError):
        raise DataError(f"{path}: missing or damaged; run nmt prepare again") from None


def _list_lengths(column: object) -> Indices:
    """The length of each list of an Arrow column."""
    import pyarrow.compute

    lengths: Indices = pyarrow.compute.list_value_length(column).to_numpy().astype(np.int64)
    return lengths


def _rounded_up(length: int, step: int) -> int:
    return -(-length // step) * step


def pad(sequences: Sequences, size: int | None = None) -> Tensor:
    """The sequences as rows of one tensor (B, size), PAD_ID after each one's end; size: their longest, rounded up."""
    if size is None:
        size = _rounded_up(max(map(len, sequences)), LENGTH_STEP)
    rows = np.full((len(sequences), size), PAD_ID, dtype=np.int64)
    for row, sequence in zip(rows, sequences, strict=True):
        row[: len(sequence)] = sequence
    return torch.from_numpy(rows)


def make_batch(
    sources: Sequences, targets: Sequences, src_size: int | None = None, tgt_size: int | None = None
) -> Batch:
    """The batch of pairs whose ids, without BOS and EOS, are given, in this order; sizes: see `pad`."""
    src = pad([np.append(ids, EOS_ID) for ids in sources], src_size)
    tgt_in = pad([np.append(BOS_ID, ids) for ids in targets], tgt_size)
    tgt_out = pad([np.append(ids, EOS_ID) for ids in targets], tgt_size)
    return Batch(src, torch.tensor([len(ids) + 1 for ids in sources]), tgt_in, tgt_out)


def plan_epoch(
    dataset: TokenDataset,
    *,
    batch_tokens: int,
    seed: int,
    epoch: int,
    weights: Sequence[float] = (),
    together: int = 1,
) -> list[Indices]:
    """The pairs of the dataset in random batches of similar source and of similar target length.

    Args:
        batch_tokens: most target tokens a batch, padding included; a longer sentence is a batch of its own
        seed, epoch: the order follows from both
        weights: how often the pairs of each training source come, 2.5 being twice and for a random half of them a
            third time; all once when empty
        together: the batches that make one update. They are alike as well: of processes that have a batch each,
            none waits for another's longer sentences.

    Returns:
        the indices of each batch
    """
    random = np.random.default_rng([seed, epoch])
    pairs = _repeat(dataset.column_array("source"), weights, random) if weights else np.arange(len(dataset))
    length_step = dataset.length_step
    steps = [-(-lengths[pairs] // length_step) for lengths in (dataset.src_lengths, dataset.tgt_lengths)]
    order = np.lexsort((random.permutation(len(pairs)), steps[0], steps[1]))
    batches = []
    start = 0
    while start < len(order):
        # Ascending target lengths: what fits of the next bucket's length fits for sure.
        longest = steps[1][order[start]] * length_step
        rows = max(1, batch_tokens // longest)
        stop = min(start + rows, len(order))
        while stop > start + 1 and (stop - start) * steps[1][order[stop - 1]] * length_step > batch_tokens:
            stop -= 1
        batches.append(pairs[order[start:stop]])
        start = stop
    updates = [batches[i : i + together] for i in range(0, len(batches), together)]
    last = [updates.pop()] if len(batches) % together else []  # anywhere else it would break the rest apart
    return [batch for update in [*(updates[i] for i in random.permutation(len(updates))), *last] for batch in update]


def _repeat(sources: Indices, weights: Sequence[float], random: np.random.Generator) -> Indices:
    """Every pair as often as its source's weight says, the fraction by chance."""
    wanted = np.asarray(weights)[sources]
    times = np.floor(wanted).astype(np.int64)
    times += random.random(len(wanted)) < wanted - times
    return np.repeat(np.arange(len(wanted)), times)
