"""Translates the sources of a table, and keeps of each line's translations the one nearest the table's own.

    scripts/distil pairs.tsv runs/a/model runs/b/model > distilled.tsv

Several models translate together, and what they make of it teaches one (sequence-level interpolation, Kim and Rush
2016). With the model itself it is self-training in which the table's own translation has the say. Nearest is what has
the highest mean of BLEU and chrF, of the line alone. Left out are lines whose nearest has less than --least, where
the table says something else, and those that are caught in a loop.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from sacrebleu import sentence_bleu, sentence_chrf

from nmt_cli import Translator
from nmt_cli.config import SourceConfig
from nmt_cli.errors import NmtError
from nmt_cli.metrics import repeats
from nmt_cli.sources import Pair, read_pairs


def nearness(translation: str, reference: str) -> float:
    """How near a translation is to a reference: the mean of BLEU and chrF, both of the line alone; 0 to 100."""
    # Of n-grams longer than the line nothing is asked: corpus BLEU would give a translation of three words nothing.
    return (sentence_bleu(translation, [reference]).score + sentence_chrf(translation, [reference]).score) / 2


def nearest(translator: Translator, pairs: Sequence[Pair], n_best: int) -> Iterator[tuple[Pair, float]]:
    """Each source with the one of its `n_best` translations that is nearest its target, and how near that is."""
    beams = translator.explain((pair.src for pair in pairs), beam_size=n_best, n_best=n_best, alignment=False)
    for pair, translation in zip(pairs, beams, strict=True):
        scored = [(nearness(text, pair.tgt), text) for text, _ in translation.n_best]
        score, best = max(scored, key=lambda each: each[0])  # of equals the likeliest
        yield Pair(pair.src, best), score


def main() -> None:
    """Write the nearest translations of a table's sources to stdout."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("table", type=Path, help="pairs in columns named as the models' languages")
    parser.add_argument("models", nargs="+", help="model folders, or names of shipped models, that translate together")
    parser.add_argument("--n-best", type=int, default=5, help="translations to choose from (default: 5)")
    parser.add_argument("--least", type=float, default=25, help="nearness that is asked for, 0 to 100 (default: 25)")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="override a search setting")
    options = parser.parse_args()
    translator = Translator.load(*options.models, overrides=options.set)
    data = translator.config.data
    pairs = [pair.normalized() for pair in read_pairs(SourceConfig(table=str(options.table)), data)]
    print(data.src_lang, data.tgt_lang, sep="\t")
    kept = 0
    for pair, score in nearest(translator, pairs, options.n_best):
        if score >= options.least and not repeats(pair.tgt):
            kept += 1
            print(*pair, sep="\t", flush=True)
    print(f"{kept:,} of {len(pairs):,} kept", file=sys.stderr)


if __name__ == "__main__":
    try:
        main()
    except NmtError as error:
        sys.exit(f"error: {error}")
