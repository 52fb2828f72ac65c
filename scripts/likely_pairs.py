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

from nmt_cli.batching import pad
from nmt_cli.checkpoint import ModelFolder, load_model
from nmt_cli.config import DataConfig, SourceConfig, TrainingConfig, model_path
from nmt_cli.model import Batch
from nmt_cli.sources import Pair, read_pairs
from nmt_cli.train import choose_precision
from nmt_cli.vocab import BOS_ID, EOS_ID, PAD_ID

LENGTHS = (4, 6, 8, 10, 13, 16, 20, 25, 30, 40)  # target tokens: what is longer is compared with what is as long
BATCH_TOKENS, BATCH_PAIRS = 3000, 128

Floats = npt.NDArray[np.float64]
Lengths = npt.NDArray[np.int64]


def losses(folder: ModelFolder, pairs: Sequence[Pair]) -> tuple[Floats, Lengths]:
    """The loss of each pair's target given its source (N,), nats a token, and how many tokens it has (N,)."""
    normal = [pair.normalized() for pair in pairs]
    sources = [[*ids, EOS_ID] for ids in folder.source.encode([pair.src for pair in normal])]
    targets = [[*ids, EOS_ID] for ids in folder.target.encode([pair.tgt for pair in normal])]
    lengths = np.array(list(map(len, targets)), dtype=np.int64)
    reduced = choose_precision(TrainingConfig(), torch.device("cpu")) == "bfloat16"
    order, summed, start = np.lexsort((np.array(list(map(len, sources))), lengths)), np.zeros(len(pairs)), 0
    while start < len(order):
        stop = start + max(1, min(BATCH_PAIRS, BATCH_TOKENS // int(lengths[order[start]])))
        rows = order[start:stop]
        src, tgt_out = pad([sources[i] for i in rows]), pad([targets[i] for i in rows])
        src_lengths = torch.tensor([len(sources[i]) for i in rows])
        tgt_in = pad([[BOS_ID, *targets[i][:-1]] for i in rows])
        with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16, enabled=reduced):
            logits = folder.model(Batch(src, src_lengths, tgt_in, tgt_out))
        loss = cross_entropy(logits.float().mT, tgt_out, reduction="none", ignore_index=PAD_ID)
        summed[rows] = loss.sum(dim=1).numpy()
        start = stop
    return summed / lengths, lengths


def likeliest(loss: Floats, lengths: Lengths, share: float) -> npt.NDArray[np.bool_]:
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
    languages = folder.config.data.src_lang, folder.config.data.tgt_lang
    source = SourceConfig(table=str(options.table), columns=languages)
    pairs = list(read_pairs(source, DataConfig(train=(source,), dev={"table": source})))
    loss, lengths = losses(folder, pairs)
    kept = likeliest(loss, lengths, options.share)
    print(*languages, sep="\t")
    for i in np.flatnonzero(kept):
        print(pairs[i].src, pairs[i].tgt, sep="\t")
    said = f"{loss.mean():.2f} nats a token, of those kept {loss[kept].mean():.2f}"
    print(f"{kept.sum():,} of {len(pairs):,} kept ({said})", file=sys.stderr)


if __name__ == "__main__":
    main()
