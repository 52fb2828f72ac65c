"""Mends the names in pairs that a model has translated back, which it has often spelt by chance.

    scripts/mend_names runs/letters/model ../shared/corpus/train.tsv < news.tsv > mended.tsv

Reads and writes a table of the columns hi and en. The invented word that comes nearest to what an English name sounds
like is written anew, as train.tsv has the name, or else as a model does that reads and writes single letters
(configs/letters.yaml): differently every time, for a name has several spellings, and whoever has seen one alone does
not know it by another. A word is invented when neither train.tsv nor data/lexicon.tsv has it. Left out are pairs in
which more than half of the names cannot be heard afterwards.
"""

import argparse
import random
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from functools import cache
from pathlib import Path
from typing import NamedTuple

from name_pairs import ENGLISH_NAME, HINDI_WORD, WRITTEN, english_sounds, heard, hindi_sounds, read_table

from nmt_cli import Translator
from nmt_cli.text import normalize

FEW = 3  # a word that a corpus has less often is no word of it
ALIKE = 0.5  # least share of the consonants that an invented word has in common with its name
_DRAWN, _TEMPERATURE = 4, 0.6  # spellings of the model besides its best one

Spellings = dict[str, Counter[str]]


class Mending(NamedTuple):
    """What is to be done with a pair."""

    words: dict[str, str]  # an invented word, and the name that belongs in its place
    heard: int  # names that sound like a word, or will
    names: int


class Corpus:
    """The words of pairs, and the names that are spelt by ear in them.

    Args:
        rows: the pairs (Hindi, English)
        written: more words that are none of a model's inventions
    """

    def __init__(self, rows: Iterable[tuple[str, str]], written: Iterable[str] = ()) -> None:
        self._words, self._capital, self._small = Counter[str](), Counter[str](), Counter[str]()
        audible = Counter[str]()
        spelt: Spellings = defaultdict(Counter)
        for hindi, english in rows:
            self._words.update({*HINDI_WORD.findall(hindi)})
            self._small.update(re.findall(r"\b[a-z]{3,}", english))
            for name, alike in heard(hindi, english):
                self._capital[name] += 1
                audible[name] += bool(alike)
                if len(alike) == 1:
                    spelt[name][alike[0]] += 1
        self._words.update(dict.fromkeys(written, FEW))
        self.spelt = {name: words for name, words in spelt.items() if 2 * audible[name] >= self._capital[name]}
        """How it spells those names that mostly sound like a word beside them."""

    def is_by_ear(self, name: str) -> bool:
        """Whether a name is spelt in Hindi as it sounds: others, such as French, have Hindi words of their own."""
        return name in self.spelt or self._capital[name] < FEW

    def _names(self, english: str) -> set[str]:
        """The names of a sentence, the word at its beginning among them where it is seldom written small."""
        first = re.findall(r"^\W*([A-Z][a-z]{2,})\b", english)
        return {*ENGLISH_NAME.findall(english), *(w for w in first if self._capital[w] >= self._small[w.lower()])}

    def look(self, hindi: str, english: str) -> Mending:
        """What a pair needs that was translated back."""
        names = {name for name in self._names(english) if self.is_by_ear(name)}
        words = {*HINDI_WORD.findall(hindi)}
        invented = {word for word in words if self._words[word] < FEW}
        known = {name for name in names if any(hindi_sounds(word) & english_sounds(name) for word in words - invented)}
        likeness = sorted(((_likeness(word, name), word, name) for name in names for word in invented), reverse=True)
        taken: dict[str, str] = {}
        for share, word, name in likeness:
            # What a word of the corpus sounds like is not looked for among others, unless one is just the same.
            if share >= (1 if name in known else ALIKE) and word not in taken and name not in taken.values():
                taken[word] = name
        return Mending(taken, len(known | {*taken.values()}), len(names))


@cache
def _likeness(word: str, name: str) -> float:
    return max(
        SequenceMatcher(None, one, other).ratio() for one in hindi_sounds(word) for other in english_sounds(name)
    )


def spell(model: Path, names: Sequence[str]) -> Spellings:
    """Each name as the model of single letters writes it: its best spelling, and some that are drawn at random."""
    spaced = [" ".join(name.lower()) for name in names]
    found: Spellings = {name: Counter() for name in names}
    drawing = ["search.sampling=true", "search.beam_size=1", f"search.temperature={_TEMPERATURE}"]
    for overrides in ([], *([*drawing, f"search.seed={seed}"] for seed in range(_DRAWN))):
        lines = Translator.load(model, overrides=overrides).translate(spaced, batch_size=256)
        for name, line in zip(names, lines, strict=True):
            word = line.replace(" ", "")
            best = next(iter(found[name]), word)
            if HINDI_WORD.fullmatch(word) and hindi_sounds(word) & (hindi_sounds(best) | english_sounds(name)):
                found[name][word] += 1
    return found


def mend(corpus: Corpus, model: Path, pairs: list[tuple[str, str]], seed: int = 1) -> Iterator[tuple[str, str]]:
    """The pairs, of normalised Hindi, with their names in order, and without those whose names are not."""
    plans = [corpus.look(hindi, english) for hindi, english in pairs]
    wanted = {name for plan in plans for name in plan.words.values()}
    rare = [name for name in sorted(wanted) if corpus.spelt.get(name, Counter()).total() < FEW]
    spelt = {**corpus.spelt, **spell(model, rare)}
    chance = random.Random(seed)
    kept = mended = 0
    for (hindi, english), plan in zip(pairs, plans, strict=True):
        if 2 * plan.heard < plan.names:
            continue
        words = {
            word: chance.choices([*spelt[name]], [*spelt[name].values()])[0]
            for word, name in plan.words.items()
            if spelt[name] and word not in spelt[name]
        }
        kept, mended = kept + 1, mended + len(words)
        yield _replaced(hindi, words), english
    print(f"{kept:,} of {len(pairs):,} kept, {mended:,} names mended", file=sys.stderr)


def _replaced(text: str, words: dict[str, str]) -> str:
    return HINDI_WORD.sub(lambda found: words.get(found[0], found[0]), text)


def main() -> None:
    """Read stdin."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path, help="folder of a model of single letters, English to Hindi")
    parser.add_argument("corpus", type=Path, help="table whose words are no inventions")
    options = parser.parse_args()
    with options.corpus.open(encoding="utf-8") as stream, WRITTEN.open(encoding="utf-8") as words:
        written = (word for hindi, _ in read_table(words) for word in HINDI_WORD.findall(hindi))
        corpus = Corpus(((normalize(hindi), english) for hindi, english in read_table(stream)), written)
    print("hi", "en", sep="\t")
    for pair in mend(corpus, options.model, [(normalize(hindi), english) for hindi, english in read_table(sys.stdin)]):
        print(*pair, sep="\t")


if __name__ == "__main__":
    main()
