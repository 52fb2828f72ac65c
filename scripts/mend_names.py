"""Mends the names in pairs that a model has translated back, which it has often spelt by chance.

    scripts/mend_names runs/letters/model runs/names.tsv ../shared/corpus/train.tsv < news.tsv > mended.tsv

Reads and writes a table of the columns hi and en. An English name that no Hindi word of its pair sounds like is put in
the place of the invented word that comes nearest: spelt as in names.tsv, or else by the model, which reads and writes
single letters (configs/letters.yaml). A word is invented when train.tsv does not have it. Left out are pairs in which
more than half of the names cannot be heard afterwards either.
"""

import argparse
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher
from pathlib import Path
from typing import NamedTuple

from name_pairs import english_sounds, hindi_sounds, read_table

from nmt_cli import Translator
from nmt_cli.text import normalize

WORD = re.compile(r"[\u0904-\u0963]{2,}")
NAME = re.compile(r"(?<=[a-z,] )[A-Z][a-z]{2,}\b")
FEW = 3  # a word that a corpus has less often is no word of it
ALIKE = 0.5  # least share of the consonants that an invented word has in common with its name


class Mending(NamedTuple):
    """What is to be done with a pair."""

    words: dict[str, str]  # an invented word, and the name that belongs in its place
    heard: int  # names that sound like a word, or will
    names: int


class Mender:
    """Finds the names of a pair that were spelt by chance.

    Args:
        spelt: names that are written by ear, and how
        hindi, english: how often a corpus has each word
    """

    def __init__(self, spelt: dict[str, str], hindi: Counter[str], english: Counter[str]) -> None:
        self.spelt, self._hindi, self._english = spelt, hindi, english

    def look(self, hindi: str, english: str) -> Mending:
        """What one pair needs."""
        words = {word: hindi_sounds(word) for word in WORD.findall(hindi)}
        names = {name: english_sounds(name) for name in NAME.findall(english) if self._is_by_ear(name)}
        unheard = {name: sounds for name, sounds in names.items() if not any(sounds & own for own in words.values())}
        invented = {word: sounds for word, sounds in words.items() if self._hindi[word] < FEW}
        for name in names.keys() - unheard.keys():
            invented = {word: own for word, own in invented.items() if not own & names[name]}
        likeness = sorted(
            (
                (_likeness(own, sounds), word, name)
                for name, sounds in unheard.items()
                for word, own in invented.items()
            ),
            reverse=True,
        )
        mended: dict[str, str] = {}
        for share, word, name in likeness:
            if share >= ALIKE and word not in mended and name not in mended.values():
                mended[word] = name
        return Mending(mended, len(names) - len(unheard) + len(mended), len(names))

    def _is_by_ear(self, name: str) -> bool:
        """Whether it is spelt in Hindi as it sounds: others, such as French or March, have Hindi words of their own."""
        return name in self.spelt or self._english[name] < FEW


def _likeness(some: set[str], others: set[str]) -> float:
    return max(SequenceMatcher(None, one, other).ratio() for one in some for other in others)


def spell(translator: Translator, names: Iterable[str]) -> dict[str, str]:
    """Each name as the model of single letters writes it."""
    names = list(names)
    letters = translator.translate([" ".join(name.lower()) for name in names], batch_size=256)
    return {
        name: word for name, line in zip(names, letters, strict=True) if WORD.fullmatch(word := line.replace(" ", ""))
    }


def mend(mender: Mender, translator: Translator, pairs: list[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """The pairs, of normalised Hindi, with their names in order, and without those whose names are not."""
    plans = [mender.look(hindi, english) for hindi, english in pairs]
    wanted = {name for plan in plans for name in plan.words.values()} - mender.spelt.keys()
    spelt = {**mender.spelt, **spell(translator, sorted(wanted))}
    kept = mended = 0
    for (hindi, english), plan in zip(pairs, plans, strict=True):
        if 2 * plan.heard < plan.names:
            continue
        words = {word: spelt[name] for word, name in plan.words.items() if name in spelt}
        kept, mended = kept + 1, mended + len(words)
        yield _replaced(hindi, words), english
    print(f"{kept:,} of {len(pairs):,} kept, {mended:,} names mended", file=sys.stderr)


def _replaced(text: str, words: dict[str, str]) -> str:
    return WORD.sub(lambda found: words.get(found[0], found[0]), text)


def main() -> None:
    """Read stdin."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path, help="folder of a model of single letters, English to Hindi")
    parser.add_argument("names", type=Path, help="table of scripts/name_pairs")
    parser.add_argument("corpus", type=Path, help="table whose words are no inventions")
    options = parser.parse_args()
    with options.names.open(encoding="utf-8") as stream:
        spelt = {n: w for hi, en in read_table(stream) for w, n in zip(hi.split(), en.split(), strict=True)}
    hindi, english = Counter[str](), Counter[str]()
    with options.corpus.open(encoding="utf-8") as stream:
        for hi, en in read_table(stream):
            hindi.update(WORD.findall(normalize(hi)))
            english.update(re.findall(r"[A-Z][a-z]{2,}", en))
    translator = Translator.load(options.model)
    print("hi", "en", sep="\t")
    pairs = [(normalize(hi), en) for hi, en in read_table(sys.stdin)]
    for pair in mend(Mender(spelt, hindi, english), translator, pairs):
        print(*pair, sep="\t")


if __name__ == "__main__":
    main()
