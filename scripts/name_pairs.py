"""Makes training pairs of the names in a corpus: the same name in Devanagari and in Latin letters.

    scripts/name_pairs < train.tsv > names.tsv
    scripts/name_pairs --letters < train.tsv > letters.tsv     one a line, letter by letter: for configs/letters.yaml

Reads a table with the columns hi and en; writes one of the same columns whose lines are one to four names. News is full
of names that a small corpus has once or never, and that have to be spelt by ear: these lines teach that and nothing
else. A name is a capitalised English word inside a sentence, and the one Hindi word of its pair that has the same
consonants.
"""

import argparse
import csv
import random
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import TextIO

from nmt_cli.text import normalize

WRITTEN = Path(__file__).parent.parent / "data/lexicon.tsv"
HINDI_WORD = re.compile(r"[\u0900-\u0963]{2,}")
ENGLISH_NAME = re.compile(r"(?<=[a-z,] )[A-Z][a-z]{2,}\b")  # a sentence begins with a capital anyway
MOST_A_LINE = 4
_FEWEST = 2  # consonants of a name
_NUKTA = "\u093c"
_CONSONANTS = dict(zip("कखगघङचछजझञटठडढणतथदधनंँपफबभमरृऋलवशषस", "kkggnCCjjnttddnttddnnnppbbmrrrlvsss", strict=True))
_VOWELS = "अआइईउऊऋएऐऑओऔ"
_SPELLINGS = [  # English letters and what they sound like; h, y and vowels are left out in the end
    (r"sch|sh|ti(?=on|a)|c(?=[eiy])", "s"),
    (r"ch", "C"),
    (r"ph|f", "p"),
    (r"ck|q|c", "k"),
    (r"x", "ks"),
    (r"w", "v"),
    (r"z", "j"),
    (r"m(?=[pb])", "n"),
    (r"[aeiouyh']", ""),
]


@cache
def hindi_sounds(word: str) -> frozenset[str]:
    """The consonants of a word in Devanagari, alike ones as one, `*` for a vowel at its start; ड़ may be r or d."""
    start = "*" if word[0] in _VOWELS else ""
    return frozenset(
        start + _without_doubles("".join(_CONSONANTS.get(sign, "") for sign in spelling))
        for spelling in (word, re.sub(f"[डढ]{_NUKTA}", "र", word))
    )


@cache
def english_sounds(word: str) -> frozenset[str]:
    """The consonants of an English word as `hindi_sounds` has them; `g` before e and i may be j."""
    start = "*" if word[0] in "AEIOU" else ""
    found = set()
    for sounds in (word.lower(), re.sub(r"g(?=[eiy])", "j", word.lower())):
        for pattern, sound in _SPELLINGS:
            sounds = re.sub(pattern, sound, sounds)
        found.add(start + _without_doubles(sounds))
    return frozenset(found)


def _without_doubles(sounds: str) -> str:
    return re.sub(r"(.)\1+", r"\1", sounds)


def heard(hindi: str, english: str) -> Iterator[tuple[str, list[str]]]:
    """Each name of a pair, and the Hindi words that sound like it."""
    words = {*HINDI_WORD.findall(hindi)}
    for name in dict.fromkeys(ENGLISH_NAME.findall(english)):
        yield name, [word for word in words if hindi_sounds(word) & english_sounds(name)]


def names(rows: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """The names of the pairs (Hindi, English), each with its most frequent spelling."""
    counts: Counter[tuple[str, str]] = Counter()
    for hindi, english in rows:
        for name, words in heard(hindi, english):
            if len(words) == 1 and max(map(len, hindi_sounds(words[0]) & english_sounds(name))) >= _FEWEST:
                counts[words[0], name] += 1
    best: dict[str, str] = {}
    for (word, name), count in counts.most_common():
        if count > 1 or min(map(len, hindi_sounds(word))) > _FEWEST:  # so few are alike by chance too easily
            best.setdefault(word, name)
    return sorted(best.items())


def lines(pairs: list[tuple[str, str]], seed: int = 1) -> Iterator[tuple[str, str]]:
    """All of them in random order, a few a line."""
    chance, start = random.Random(seed), 0
    pairs = chance.sample(pairs, len(pairs))
    while start < len(pairs):
        some = pairs[start : start + chance.randint(1, MOST_A_LINE)]
        start += len(some)
        yield " ".join(word for word, _ in some), " ".join(name for _, name in some)


def read_table(stream: TextIO) -> Iterator[tuple[str, str]]:
    """The pairs (Hindi, English) of a table."""
    for row in csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE):
        yield row["hi"], row["en"]


def letters(pairs: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Each of them, its letters as words: a translator of these spells by ear."""
    return ((" ".join(word), " ".join(name.lower())) for word, name in pairs)


def main() -> None:
    """Read stdin."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--letters", action="store_true", help="a name a line, its letters apart")
    options = parser.parse_args()
    found = names((normalize(hindi), normalize(english)) for hindi, english in read_table(sys.stdin))
    print("hi", "en", sep="\t")
    for pair in letters(found) if options.letters else lines(found):
        print(*pair, sep="\t")


if __name__ == "__main__":
    main()
