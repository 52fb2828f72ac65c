"""Makes what a model needs to learn a corpus's rare words, which it otherwise guesses, or spells by ear like a name.

    scripts/rare_words lexicon < train.tsv > lexicon.tsv             what they mean: for tokenizer.lexicon
    scripts/rare_words mend lexicon.tsv < back.tsv > mended.tsv      pairs translated back, without invented words
    scripts/rare_words lists lexicon.tsv names.tsv > words.tsv       pairs of one to four rare words
    scripts/rare_words swap lexicon.tsv < pairs.tsv > swapped.tsv    pairs with rare words in the place of others
    scripts/rare_words back lexicon.tsv < train.tsv > en-hi.tsv      the lexicon of the way back

Tables of the columns hi and en; all but `lists` and `back` align words with eflomal (pip install nmt-cli[align]).

A word and the one to three English words that are aligned with it alone count as a translation, if this is seen twice
and makes up a tenth of the word's occurrences, or if all these words are rare. The most frequent one comes first, and
is what a model is told, unless data/lexicon.tsv says what the word means. Words that are frequent enough to be learned
from the corpus begin with an empty translation.

A model that translates back invents words for what it does not know. `mend` puts the lexicon's word in the place of one
that the lexicon lacks, where they are aligned with the same English word alone.

A model that knows its corpus by heart learns little from being told what it knows. So `swap` puts rare words into
sentences where nothing else says what they mean, as Fadaee et al. (2017) do to have them seen more often; and to
translate a line of `lists`, which has the names of name_pairs as well, one has to know which word is a name.
"""

import argparse
import re
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from random import Random

from name_pairs import WRITTEN, lines, read_table

from nmt_cli.alignment import Links, align
from nmt_cli.errors import NmtError
from nmt_cli.lexicon import LONGEST as LONGEST_TERM
from nmt_cli.lexicon import PUNCTUATION
from nmt_cli.text import normalize, read_lines

FREQUENT = 400  # a word seen more often is learned without a lexicon
COMMON = 300  # most frequent English words: they are linked to anything
SHARE = 0.1  # of a word's occurrences that a translation must have
LONGEST = 3  # words of a translation
_MOST = 16  # times that a word is put somewhere
_TRIES = 40  # for a place
_EVERY = 7  # words of a sentence, of which one is replaced
_HINDI = re.compile(r"[\u0900-\u0963]{2,}")
_ENGLISH = re.compile(r"[A-Za-z][A-Za-z'-]*[A-Za-z]")
_SUFFIXES = ("ing", "ed", "ly", "s")

Aligned = tuple[list[str], list[str], Links]
"""The words of a pair, and which of them belong together."""
RareWords = Mapping[str, Sequence[str]]
"""Hindi words with their translations, the most frequent one first."""


def aligned(rows: Iterable[tuple[str, str]]) -> Iterator[Aligned]:
    """The words of pairs (Hindi, English), normalised, and their alignment by eflomal."""
    pairs = [(normalize(hindi), normalize(english)) for hindi, english in rows]
    with tempfile.TemporaryDirectory() as scratch:
        for (hindi, english), links in zip(pairs, align(pairs, Path(scratch)), strict=True):
            yield hindi.split(), english.split(), links


def _bare(words: Iterable[str]) -> list[str]:
    return [word.strip(PUNCTUATION) for word in words]


def _apart(links: Links) -> Iterator[tuple[int, list[int]]]:
    """Hindi words, and the English words in a row that belong to this one alone."""
    there, back = defaultdict(list), Counter[int]()
    for i, j in sorted(links):
        there[i].append(j)
        back[j] += 1
    for i, places in there.items():
        if places[-1] - places[0] == len(places) - 1 <= LONGEST - 1 and all(back[j] == 1 for j in places):
            yield i, places


def lexicon(pairs: Iterable[Aligned], written: Iterable[tuple[str, str]] = ()) -> list[tuple[str, str]]:
    """Each Hindi word, the most frequent ones first, with each translation, as it is mostly written in a sentence.

    Args:
        pairs: the corpus
        written: translations that count before those which are found; also of words that the corpus does not have
    """
    known: dict[str, list[str]] = defaultdict(list)
    for word, translation in written:
        known[word].append(translation)
    cased: dict[str, Counter[str]] = defaultdict(Counter)
    counts, english_counts = Counter[str](), Counter[str]()
    seen: dict[str, Counter[str]] = defaultdict(Counter)
    for hindi, english, links in pairs:
        sources, targets = _bare(hindi), _bare(english)
        counts.update(filter(_HINDI.fullmatch, sources))
        english_counts.update(map(str.lower, targets))
        for word in targets[1:]:
            cased[word.lower()][word] += 1
        for i, places in _apart(links):
            words = [targets[j] for j in places]
            if _HINDI.fullmatch(sources[i]) and all(map(_ENGLISH.fullmatch, words)):
                seen[sources[i]][" ".join(words).lower()] += 1
    common = {word for word, _ in english_counts.most_common(COMMON)}
    entries = []
    for word, count in counts.most_common():
        if count > FREQUENT:
            entries.append((word, ""))
        translations = sorted(known.pop(word, ()), key=lambda translation: -seen[word][translation.lower()])
        for translation, times in seen[word].most_common():
            words = translation.split()
            are_rare = count <= 2 and min(english_counts[w] for w in words) <= 20
            is_likely = times >= max(2, SHARE * count)
            if (is_likely or are_rare) and not common.issuperset(words) and all(cased[w] for w in words):
                translations.append(" ".join(cased[w].most_common(1)[0][0] for w in words))
        entries += ((word, translation) for translation in dict.fromkeys(translations))
    return [*entries, *((word, translation) for word, found in known.items() for translation in found)]


def back(pairs: Iterable[tuple[str, str]], entries: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """A lexicon of the other direction: of each translation, in small letters, that of its words or phrases whose
    rarest word the pairs have most often; English words that are frequent in the pairs begin with an empty one.
    """
    hindi, english = Counter[str](), Counter[str]()
    for source, target in pairs:
        hindi.update(_bare(normalize(source).split()))
        english.update(_bare(normalize(target).lower().split()))
    yield from ((word, "") for word, count in english.most_common() if count > FREQUENT and _ENGLISH.fullmatch(word))
    found: dict[str, list[str]] = defaultdict(list)
    for term, translation in entries:
        if 1 <= len(translation.split()) <= LONGEST_TERM:
            found[translation.lower()].append(term)
    for translation, terms in found.items():
        yield translation, max(terms, key=lambda term: min(hindi[word] for word in term.split()))


def rare_words(entries: Iterable[tuple[str, str]]) -> RareWords:
    """Those words of a lexicon, not its phrases, that a model is told about."""
    words: dict[str, list[str]] = defaultdict(list)
    for word, translation in entries:
        if " " not in word:
            words[word].append(translation)
    return {word: translations for word, translations in words.items() if translations[0]}


def mend(pairs: Iterable[Aligned], entries: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """The pairs, in which Hindi words that no entry has are those of the English words that they are aligned with, as
    far as entries have these; says how many there were.
    """
    known: dict[str, list[str]] = defaultdict(list)
    words = set()
    for word, translation in entries:
        words.add(word)
        if translation and " " not in word:
            known[translation.lower()].append(word)
    mended = 0
    for hindi, english, links in pairs:
        sources, bare, targets = [*hindi], _bare(hindi), _bare(english)
        for i, places in _apart(links):
            found = known.get(" ".join(targets[j] for j in places).lower(), ())
            word = bare[i]
            if found and _HINDI.fullmatch(word) and word not in words and not {*bare}.intersection(found):
                sources[i] = hindi[i].replace(word, found[0])
                mended += 1
        yield " ".join(sources), " ".join(english)
    print(f"{mended:,} words mended", file=sys.stderr)


def _drawn(chance: Random, translations: Sequence[str]) -> str:
    """One of them, each half as often as the one before."""
    return chance.choices(translations, [0.5**rank for rank in range(len(translations))])[0]


def lists(words: RareWords, names: Iterable[tuple[str, str]], seed: int = 1) -> Iterator[tuple[str, str]]:
    """Every rare word, and names, a few a line, in random order."""
    chance = Random(seed)
    items = [(word, _drawn(chance, translations)) for word, translations in words.items()]
    for hindi, english in names:
        items += zip(hindi.split(), english.split(), strict=True)
    return lines(items, seed)


class Swapper:
    """Puts rare words in the place of others.

    A name takes the place of a name. Another translation goes where the words on both its sides are such as it
    has been seen beside, and where a word with the same ending was, in English and in Hindi: grammar is mostly kept.

    Args:
        words: what to choose from
        sentences: English, in which words are seen beside others
    """

    def __init__(self, words: RareWords, sentences: Iterable[Sequence[str]], seed: int = 1) -> None:
        self._chance, self._used = Random(seed), Counter[str]()
        self._hindi: dict[str, list[str]] = defaultdict(list)
        for word, translations in words.items():
            for translation in translations:
                self._hindi[translation].append(word)
        self._names = [(word, name) for name, found in self._hindi.items() if name[0].isupper() for word in found]
        self._by_first: dict[str, list[str]] = defaultdict(list)
        self._by_last: dict[str, list[str]] = defaultdict(list)
        for translation in self._hindi:
            if not translation[0].isupper():
                self._by_first[translation.split()[0]].append(translation)
                self._by_last[translation.split()[-1]].append(translation)
        after: dict[str, set[str]] = defaultdict(set)
        before: dict[str, set[str]] = defaultdict(set)
        for sentence in sentences:
            small = [word.lower() for word in _bare(sentence)]
            for left, right in pairwise(small):
                if right in self._by_first:
                    after[left].add(right)
                if left in self._by_last:
                    before[right].add(left)
        self._after, self._before = after, before
        self._after_list = {word: sorted(found) for word, found in after.items()}
        self._before_list = {word: sorted(found) for word, found in before.items()}

    def swap(self, hindi: Sequence[str], english: Sequence[str], links: Links) -> tuple[str, str] | None:
        """The pair with some words exchanged, at most one of seven; None where there is no place for any."""
        sources, targets = [*hindi], [*english]
        left, touched = max(1, round(len(english) / _EVERY)), set[int]()
        places = [(i, where[0]) for i, where in _apart(links) if len(where) == 1 and where[0] > 0]
        for i, j in self._chance.sample(places, len(places)):
            word, translation = _bare([hindi[i], english[j]])
            if not left or {j - 1, j, j + 1} & touched or not _HINDI.fullmatch(word):
                continue
            new = self._name(translation) if translation[:1].isupper() else self._word(word, english, j)
            if new:
                sources[i] = hindi[i].replace(word, new[0])
                targets[j] = english[j].replace(translation, new[1])
                self._used[new[0]] += 1
                touched.add(j)
                left -= 1
        return (" ".join(sources), " ".join(targets)) if touched else None

    def _wanted(self, word: str) -> bool:
        """More seldom, the more often it has been put somewhere."""
        return self._used[word] < _MOST and self._chance.random() < 1 / (1 + self._used[word] / 4)

    def _name(self, old: str) -> tuple[str, str] | None:
        if _ENGLISH.fullmatch(old) and old[1:].islower() and self._names:
            for word, name in self._chance.choices(self._names, k=_TRIES):
                if self._wanted(word):
                    return word, name
        return None

    def _word(self, old: str, english: Sequence[str], place: int) -> tuple[str, str] | None:
        left, translation, right = (_bare([*english, ""])[k].lower() for k in (place - 1, place, place + 1))
        after, before = self._after_list.get(left), self._before_list.get(right)
        is_last = place == len(english) - 1
        if not _ENGLISH.fullmatch(translation) or not after or not (before or is_last):
            return None
        for _ in range(_TRIES):
            if not before or len(after) <= len(before):
                new = self._chance.choice(self._by_first[self._chance.choice(after)])
            else:
                new = self._chance.choice(self._by_last[self._chance.choice(before)])
            fits = new.split()[0] in self._after[left] and (is_last or new.split()[-1] in self._before[right])
            if not fits or any(new.endswith(suffix) != translation.endswith(suffix) for suffix in _SUFFIXES):
                continue
            word = self._chance.choice(self._hindi[new])
            if word != old and _ending(word) == _ending(old) and self._wanted(word):
                return word, new
        return None


def _ending(word: str) -> str:
    """The sign for a vowel at its end, which tells gender, number and case."""
    return word[-1] if "\u0900" <= word[-1] <= "\u0903" or "\u093e" <= word[-1] <= "\u094c" else ""


def _lines(options: argparse.Namespace) -> Iterator[tuple[str, str]]:
    if options.command == "lexicon":
        with options.written.open(encoding="utf-8") as stream:
            written = [*read_table(stream)]
        yield from lexicon(aligned(read_table(sys.stdin)), written)
        return
    entries = [line.partition("\t")[::2] for line in read_lines(options.lexicon)]
    if options.command == "back":
        yield from back(read_table(sys.stdin), entries)
        return
    yield "hi", "en"
    if options.command == "mend":
        yield from mend(aligned(read_table(sys.stdin)), entries)
        return
    words = rare_words(entries)
    if options.command == "lists":
        with options.names.open(encoding="utf-8") as stream:
            yield from lists(words, read_table(stream))
        return
    pairs = [*aligned(read_table(sys.stdin))]
    swapper = Swapper(words, (english for _, english, _ in pairs))
    yield from filter(None, (swapper.swap(*pair) for pair in pairs))


def main() -> None:
    """Do what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    making = commands.add_parser("lexicon", help="of the pairs on stdin")
    making.add_argument("--written", type=Path, default=WRITTEN, help="a table of words that counts first")
    mending = commands.add_parser("mend", help="invented words in the pairs on stdin")
    listing = commands.add_parser("lists", help="of rare words and names")
    swapping = commands.add_parser("swap", help="rare words with others in the pairs on stdin")
    reversing = commands.add_parser("back", help="the lexicon of the way back, frequent words being those of stdin")
    for command in (mending, listing, swapping, reversing):
        command.add_argument("lexicon", type=Path)
    listing.add_argument("names", type=Path, help="what name_pairs wrote")
    try:
        for line in _lines(parser.parse_args()):
            print(*line, sep="\t")
    except (NmtError, OSError) as error:
        sys.exit(f"rare_words: {error}")


if __name__ == "__main__":
    main()
