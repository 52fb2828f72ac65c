"""Makes training pairs of text in the target language alone (Sennrich et al. 2016), with a model of the way back.

    scripts/back_translate runs/en-hi/model < news.en > news.tsv
    scripts/back_translate data/translated.tsv.gz < news.en > news.tsv    those alone whose Hindi was written for them

Reads English and writes a table of the columns hi and en, the English as it was. Left out are lines that open a
quotation without closing it, and those whose translation is caught in a loop, says the same few words over and over,
or has other numbers than the line. data/translated.tsv.gz has translations without the lines, which are others' text:
by the key of each line it finds the ones that it is given.
"""

import argparse
import sys
from collections.abc import Iterable, Iterator
from itertools import tee
from pathlib import Path

import torch

from nmt_cli import Translator
from nmt_cli.config import DataConfig, SourceConfig
from nmt_cli.corpus import hash_key
from nmt_cli.errors import NmtError
from nmt_cli.metrics import numbers, repeats
from nmt_cli.sources import read_pairs
from nmt_cli.text import normalize

DISTINCT, COUNTED = 0.6, 12  # share of different words, in translations of so many words or more
BATCH = {"cpu": 256, "cuda": 1024}  # sentences


def is_sound(line: str, translation: str) -> bool:
    """Whether a translation is worth learning from."""
    words = translation.split()
    if normalize(line).count('"') % 2:
        return False
    monotonous = len(words) >= COUNTED and len({*words}) < DISTINCT * len(words)
    return bool(words) and not monotonous and not repeats(translation) and numbers(line) == numbers(translation)


def sound_pairs(lines: Iterable[str], translations: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Translations and their lines, of those that are sound; says how many were."""
    kept = total = 0
    for line, translation in zip(lines, translations, strict=True):
        total += 1
        if is_sound(line, translation):
            kept += 1
            yield translation, line
    print(f"{kept:,} of {total:,} kept", file=sys.stderr)


def written_pairs(lines: Iterable[str], table: Path) -> Iterator[tuple[str, str]]:
    """Lines with the translations that a table has by their `hash_key`, sixteen digits; says how many it had.

    Raises:
        DataError: see `read_pairs`
    """
    source = SourceConfig(table=str(table), columns=("en_key", "hi"))
    translations = dict(read_pairs(source, DataConfig(train=(source,), dev={"table": source})))
    kept = total = 0
    for line in lines:
        total += 1
        if translation := translations.get(f"{hash_key(line):016x}"):
            kept += 1
            yield translation, line
    print(f"{kept:,} of {total:,} lines are in {table}", file=sys.stderr)


def main() -> None:
    """Translate stdin."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path, help="folder of a model of the way back, or a table")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="override a search setting")
    options = parser.parse_args()
    lines: Iterator[str] = (line.rstrip("\n").replace("\t", " ") for line in sys.stdin)
    if options.model.is_file():
        languages, pairs = ("hi", "en"), written_pairs(lines, options.model)
    else:
        overrides = ["search.beam_size=1", "search.no_repeat_ngram=4", *options.set]
        device = "cuda" if torch.cuda.is_available() else "cpu"
        translator = Translator.load(options.model, device=device, overrides=overrides)
        data = translator.config.data
        lines, read = tee(lines)
        languages = data.tgt_lang, data.src_lang
        pairs = sound_pairs(lines, translator.stream(read, batch_size=BATCH[device]))
    print(*languages, sep="\t")
    for pair in pairs:
        print(*pair, sep="\t")


if __name__ == "__main__":
    try:
        main()
    except NmtError as error:
        sys.exit(f"error: {error}")
