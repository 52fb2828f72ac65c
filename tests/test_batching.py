"""Batches: every pair once, alike in length, the same for the same seed."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
import torch

from nmt_cli.batching import SamplingDataset, TokenDataset, pad, plan_epoch
from nmt_cli.errors import DataError
from nmt_cli.tokenizer import Tokenizer
from nmt_cli.vocab import BOS_ID, EOS_ID, PAD_ID, UNK_ID


@pytest.fixture
def dataset(tmp_path: Path) -> TokenDataset:
    random = np.random.default_rng(4)
    sides = [[random.integers(4, 50, random.integers(1, 40)).tolist() for _ in range(500)] for _ in range(2)]
    table = pa.table(dict(zip(("src", "tgt"), (pa.array(side, pa.list_(pa.int32())) for side in sides), strict=True)))
    with pa.OSFile(str(tmp_path / "x.arrow"), "wb") as sink, pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table, max_chunksize=128)
    return TokenDataset(tmp_path / "x.arrow")


def test_every_pair_once_within_the_budget(dataset: TokenDataset) -> None:
    batches = plan_epoch(dataset, batch_tokens=256, seed=1, epoch=0)
    assert sorted(np.concatenate(batches).tolist()) == list(range(500))
    padded = real = 0
    for indices in batches:
        batch = dataset.collate(indices)
        assert batch.tgt_in.numel() <= 256
        padded += batch.tgt_in.numel() + batch.src.numel()
        real += int((batch.tgt_out != PAD_ID).sum() + batch.src_lengths.sum())
    assert real / padded > 0.75


def test_order_follows_from_seed_and_epoch(dataset: TokenDataset) -> None:
    def order(seed: int, epoch: int) -> list[int]:
        return [int(i) for batch in plan_epoch(dataset, batch_tokens=256, seed=seed, epoch=epoch) for i in batch]

    assert order(1, 0) == order(1, 0)
    assert len({tuple(order(seed, epoch)) for seed, epoch in ((1, 0), (1, 1), (2, 0))}) == 3


def test_the_batches_of_an_update_are_alike(dataset: TokenDataset) -> None:
    def longest(together: int) -> list[int]:
        plan = plan_epoch(dataset, batch_tokens=256, seed=1, epoch=0, together=together)
        assert sorted(np.concatenate(plan).tolist()) == list(range(500))
        return [int(dataset.tgt_lengths[batch].max()) for batch in plan]

    def spread(lengths: list[int]) -> float:
        return float(np.mean([max(lengths[i : i + 4]) - min(lengths[i : i + 4]) for i in range(0, len(lengths), 4)]))

    assert len(longest(4)) % 4  # the last update has fewer, and no other
    assert spread(longest(4)) < 0.2 * spread(longest(1))


def test_a_long_sentence_is_a_batch_of_its_own(dataset: TokenDataset) -> None:
    batches = plan_epoch(dataset, batch_tokens=8, seed=1, epoch=0)
    assert sorted(np.concatenate(batches).tolist()) == list(range(500))
    assert {len(batch) for batch in batches if dataset.tgt_lengths[batch].max() > 8} == {1}


def test_every_target_piece_is_counted(dataset: TokenDataset) -> None:
    batch = dataset.collate(np.arange(500))
    counted = torch.bincount(batch.tgt_out.flatten(), minlength=60)
    counted[PAD_ID] = 0
    assert dataset.target_counts(60).tolist() == counted.tolist()


def test_collate_frames_the_sentences(dataset: TokenDataset) -> None:
    rows = dataset.column("src"), dataset.column("tgt")
    batch = dataset.collate(np.array([7, 3]))
    for row, i in enumerate((7, 3)):
        src, tgt = rows[0][i], rows[1][i]
        assert batch.src[row].tolist()[: len(src) + 1] == [*src, EOS_ID]
        assert batch.src_lengths[row] == len(src) + 1
        assert batch.tgt_in[row].tolist()[: len(tgt) + 1] == [BOS_ID, *tgt]
        assert batch.tgt_out[row].tolist()[: len(tgt) + 1] == [*tgt, EOS_ID]
        assert set(batch.tgt_out[row].tolist()[len(tgt) + 1 :]) <= {PAD_ID}


def test_pad() -> None:
    assert pad([[5], [6, 7, 8, 9, 10]]).tolist() == [[5, 0, 0, 0, 0, 0, 0, 0], [6, 7, 8, 9, 10, 0, 0, 0]]


def test_damaged_file(tmp_path: Path) -> None:
    (tmp_path / "x.arrow").write_bytes(b"no arrow")
    for name in ("x.arrow", "none.arrow"):
        with pytest.raises(DataError, match=r"missing or damaged; run nmt prepare again"):
            TokenDataset(tmp_path / name)


def test_sampled_segmentations_are_of_the_same_text_and_follow_from_the_seed(numbers: Path) -> None:
    """Also behind a tag, which is no text."""
    folder = numbers / "runs/numbers/prepared"
    plain = TokenDataset(folder / "train.arrow")
    tokenizers = [Tokenizer.load(folder / f"{side}.model") for side in ("source", "target")]
    sampling = SamplingDataset(
        folder / "train.arrow", folder / "text.arrow", (tokenizers[0], tokenizers[1]), ["<unk>"], 0.1
    )
    indices = np.arange(50)
    best, first, again, other = (plain.collate(indices), *(sampling.collate(indices, seed) for seed in (7, 7, 8)))
    assert torch.equal(first.src, again.src)
    assert torch.equal(first.tgt_out, again.tgt_out)
    assert not torch.equal(first.src, other.src)
    assert (first.src_lengths > best.src_lengths + 1).any()  # more tokens, not only the tag
    assert (first.src[:, 0] == UNK_ID).all()
    assert tokenizers[0].decode(first.src[:, 1:].tolist()) == tokenizers[0].decode(best.src.tolist())
    assert tokenizers[1].decode(first.tgt_out.tolist()) == tokenizers[1].decode(best.tgt_out.tolist())
    lengths = (first.src != PAD_ID).sum(dim=1)
    assert torch.equal(first.src_lengths, lengths)
    for indices in plan_epoch(sampling, batch_tokens=400, seed=1, epoch=0):
        batch = sampling.collate(indices, 9)
        assert batch.tgt_in.numel() <= 400 or len(indices) == 1  # however they are segmented
        assert batch.tgt_in.shape == sampling.collate(indices, 10).tgt_in.shape
