"""Keeps the pairs of a table whose target a model finds likeliest, given its source.

    scripts/likely_pairs hi-en news.tsv --share 0.6 > likely.tsv

Of text that a weak model translated back, these are the pairs whose Hindi says what the English says (compare
Junczys-Dowmunt 2018, whose two models judge both ways). What counts is the loss a target token; a share of the short
pairs and the same share of the long ones are kept, in their order.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch.nn.functional import cross_entropy

from nmt_cli.batching import Indices, make_batch
from nmt_cli.checkpoint import ModelFolder, load_model
from nmt_cli.config import SourceConfig, TrainingConfig, model_path
from nmt_cli.errors import NmtError
from nmt_cli.sources import Pair, read_pairs
from nmt_cli.train import choose_precision
from nmt_cli.vocab import PAD_ID

LENGTHS = (4, 6, 8, 10, 13, 16, 20, 25, 30, 40)  # target tokens: what is longer is compared with what is as long
BATCH_TOKENS, BATCH_PAIRS = 3000, 128

Floats = npt.NDArray[np.float64]


def losses(folder: ModelFolder, pairs: Sequence[Pair]) -> tuple[Floats, Indices]:
    """The loss of each pair's target given its source (N,), nats a token, and how many tokens it has (N,)."""
    normal = [pair.normalized() for pair in pairs]
    sources = folder.source.encode([pair.src for pair in normal])
    targets = folder.target.encode([pair.tgt for pair in normal])
    lengths = np.array(list(map(len, targets)), dtype=np.int64) + 1  # EOS
    reduced = choose_precision(TrainingConfig(), torch.device("cpu")) == "bfloat16"
    order, summed, start = np.lexsort((np.array(list(map(len, sources))), lengths)), np.zeros(len(pairs)), 0
    while start < len(order):
        stop = start + max(1, min(BATCH_PAIRS, BATCH_TOKENS // int(lengths[order[start]])))
        rows = order[start:stop]
        batch = make_batch([sources[i] for i in rows], [targets[i] for i in rows])
        with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16, enabled=reduced):
            logits = folder.model(batch)
        loss = cross_entropy(logits.float().mT, batch.tgt_out, reduction="none", ignore_index=PAD_ID)
        summed[rows] = loss.sum(dim=1).numpy()
        start = stop
    return summed / lengths, lengths


def likeliest(loss: Floats, lengths: Indices, share: float) -> npt.NDArray[np.bool_]:
    """Which pairs (N,) are among the share of those of about their length that have the least loss."""
    kept = np.zeros(len(loss), dtype=bool)
    group = np.digitize(lengths, LENGTHS)
    for number in np.unique(group):
        alike = group == number
        kept |= alike & (loss <= np.quantile(loss[alike], share))
    return kept


def main() -> None:
    """Write the likeliest pairs of a table to stdout."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", help="model folder, or name of a shipped model, that translates as the pairs do")
    parser.add_argument("table", type=Path, help="pairs in columns named as the model's languages")
    parser.add_argument("--share", type=float, default=0.6, help="how much to keep (default: 0.6)")
    options = parser.parse_args()
    folder = load_model(model_path(options.model))
    data = folder.config.data
    pairs = list(read_pairs(SourceConfig(table=str(options.table)), data))
    loss, lengths = losses(folder, pairs)
    kept = likeliest(loss, lengths, options.share)
    print(data.src_lang, data.tgt_lang, sep="\t")
    for i in np.flatnonzero(kept):
        print(pairs[i].src, pairs[i].tgt, sep="\t")
    said = f"{loss.mean():.2f} nats a token, of those kept {loss[kept].mean():.2f}"
    print(f"{kept.sum():,} of {len(pairs):,} kept ({said})", file=sys.stderr)


if __name__ == "__main__":
    try:
        main()
    except NmtError as error:
        sys.exit(f"error: {error}")
