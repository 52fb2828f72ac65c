"""A lexicon: what rare words and phrases mean, told to a model beside the words themselves.

A small corpus has most words once or a few times, too seldom for a network to learn them: it guesses, or spells them by
ear. Aligning the corpus's words (scripts/rare_words) finds what they mean all the same, and a model can read that,
written after the word: `शव→ body`. It learns to use it as it learns everything else (Dinu et al. 2019, for
terminology). So it does with phrases, whose words mean something else apart: `गनीमत रही→ fortunately`.

Knows words; nothing of pieces or models.
"""

import re
from collections.abc import Callable, Iterable
from functools import cached_property, lru_cache
from pathlib import Path

from nmt_cli.errors import DataError
from nmt_cli.text import normalize, read_lines

MARK = "→"
PUNCTUATION = "\"'.,;:!?()[]{}|।*-"  # what words of normalised text may begin and end with
_LETTER = re.compile(r"[^\W\d_]")
_NASAL = re.compile("[ङञणनम]\u094d(?=[क-ह])")
_ENDINGS = re.compile("(?:िया[ँं]|ियो|ाए|ाओ|ए|ओ|[ािीेो])ं?$", re.MULTILINE)
_SHORTEST = 4  # letters and signs of what is left of a word without its ending
LONGEST = 4  # words of a phrase
_NAMES = "ए बी सी डी ई एफ जी एच आई आइ जे के एल एम एन ओ पी क्यू आर एस टी यू वी डब्ल्यू डब्लू एक्स वाई जेड".split()
_LETTERS = dict(zip(_NAMES, "ABCDEFGHIIJKLMNOPQRSTUVWWXYZ", strict=True))
_LETTER_NAME = re.compile(f"(?:{'|'.join(sorted(_LETTERS, key=len, reverse=True))})(?![\u093e-\u094d])")
_ACRONYM = re.compile(f"(?:{_LETTER_NAME.pattern}){{2,}}")
_ALIKE = str.maketrans("ीूैौॉॅईऊऐऔऑणष", "िुेोाेइउएओआनश", "ः")
_DOUBLED = re.compile("(.)\u094d\\1")
_REMEMBERED_WORDS = 100_000


class Lexicon:
    """Words and phrases, and what they are translated as.

    A word that it does not have is looked for in other spellings (हिन्दी as हिंदी, ख़बर as खबर, Fan as fan), then with
    another ending (पटाखों as पटाखा), then as one that sounds alike (टैक्सास as टेक्सास); and the names of letters
    (एमएसआरटीसी) are taken for an acronym. A word without a translation is known well enough: nothing is said of it, nor
    of words that are like it. A phrase is looked for as it is and in other spellings, the longest one first; where one
    is found, nothing is said of its words apart.

    Args:
        entries: each word or phrase of up to `LONGEST` words, normalised, with its translation or ""; the first of it
            counts
    """

    def __init__(self, entries: Iterable[tuple[str, str]]) -> None:
        self.entries: dict[str, str] = {}
        """The translation of each word and phrase."""
        for word, translation in entries:
            self.entries.setdefault(word, translation)

    @classmethod
    def read(cls, path: str | Path) -> "Lexicon":
        """A lexicon from a file: of blank lines, and lines of a word or phrase, a tab and perhaps its translation.

        Raises:
            DataError: the file cannot be read, or a line is of another kind.
        """
        entries = []
        for number, line in enumerate(read_lines(path), start=1):
            if not line.strip():
                continue
            term, *rest = (normalize(part) for part in line.split("\t"))
            if len(rest) != 1 or not 1 <= len(term.split()) <= LONGEST:
                expected = f"one to {LONGEST} words, a tab and their translation"
                raise DataError(f"{path}, line {number}: not {expected} ({line[:60]!r})")
            entries.append((term, rest[0]))
        return cls(entries)

    def serialize(self) -> bytes:
        """Such a file."""
        return "".join(f"{word}\t{translation}\n" for word, translation in self.entries.items()).encode()

    @classmethod
    def deserialize(cls, serialized: bytes) -> "Lexicon":
        """What `serialize` was given.

        Raises:
            ValueError: it has not made this.
        """
        parts = serialized.decode().replace("\n", "\t").split("\t")
        if parts.pop() or len(parts) % 2:
            raise ValueError("cut short")
        lexicon = cls([])
        lexicon.entries = dict(zip(parts[::2], parts[1::2], strict=True))  # a loop would delay every start
        return lexicon

    def __or__(self, other: "Lexicon") -> "Lexicon":
        """Both; this one's translations count where both have a word."""
        return Lexicon([*self.entries.items(), *other.entries.items()])

    def mark(self, text: str) -> str:
        """Normalised text, with MARK and the next word of its translation after a word, as often as there are such:
        `थाने→ police→ station में`; a phrase's after its last word. A MARK of the text's own becomes `->`.
        """
        words = text.replace(MARK, "->").split(" ")
        marked: list[str] = []
        while len(marked) < len(words):
            word, longest = self._marked(words[len(marked)])
            phrase = self._phrase(words[len(marked) : len(marked) + longest]) if longest > 1 else None
            marked += phrase or [word]
        return " ".join(marked)

    # A lexicon lives as long as its model.
    @lru_cache(maxsize=_REMEMBERED_WORDS)  # noqa: B019
    def _marked(self, word: str) -> tuple[str, int]:
        """A word, marked, and the number of words of the longest phrase that it may begin."""
        spelled, _, ends = self._spelled(word)
        return _told(word, self._translation(word.strip(PUNCTUATION))), 1 if ends else self._longest.get(spelled, 1)

    def _phrase(self, words: list[str]) -> list[str] | None:
        """The words of the longest phrase that these begin with, marked."""
        phrase, found = self._spelled(words[0])[0], None
        for length, word in enumerate(words[1:], start=2):
            spelled, begins, ends = self._spelled(word)
            phrase = f"{phrase} {spelled}"
            if not begins and (translation := self._phrases.get(phrase)) is not None:
                found = [*words[: length - 1], _told(word, translation)]
            if begins or ends:
                break
        return found

    @lru_cache(maxsize=_REMEMBERED_WORDS)  # noqa: B019
    def _spelled(self, word: str) -> tuple[str, bool, bool]:
        """A word's spelling without punctuation, and whether there is some before and after it."""
        bare = word.strip(PUNCTUATION)
        return _spelling(bare), not word.startswith(bare), not word.endswith(bare)

    def _translation(self, word: str) -> str:
        if (translation := self.entries.get(word)) is not None:
            return translation
        if not _LETTER.search(word):
            return ""
        for table, key in ((self._by_spelling, _spelling), (self._by_stem, _stems)):
            if (like := key(word)) in table:
                return table[like]
        return _acronym(word) or self._by_sound.get(_sound(word), "")

    @cached_property
    def _phrases(self) -> dict[str, str]:
        """The translation of each phrase by its spelling; the first one's counts."""
        phrases = [term for term in reversed(self.entries) if " " in term]
        translations = map(self.entries.__getitem__, phrases)
        return dict(zip(_spelling("\n".join(phrases)).split("\n"), translations, strict=False))

    @cached_property
    def _longest(self) -> dict[str, int]:
        """The number of words of the longest phrase that begins with a word."""
        longest: dict[str, int] = {}
        for phrase in self._phrases:
            first, _, rest = phrase.partition(" ")
            longest[first] = max(longest.get(first, 0), 2 + rest.count(" "))
        return longest

    # Needed for words that are not in it, of which a short text may have none.
    @cached_property
    def _by_spelling(self) -> dict[str, str]:
        return self._by(_spelling)

    @cached_property
    def _by_stem(self) -> dict[str, str]:
        return self._by(_stems, _SHORTEST)

    @cached_property
    def _by_sound(self) -> dict[str, str]:
        return self._by(_sound)

    def _by(self, likeness: Callable[[str], str], shortest: int = 1) -> dict[str, str]:
        """The translation of each word by what words that are like it have in common; the first one's counts."""
        words = [word for word in reversed(self.entries) if " " not in word]
        keys = likeness("\n".join(words)).split("\n")  # at once: one by one, it would delay many a start
        translations = map(self.entries.__getitem__, words)
        return {key: each for key, each in zip(keys, translations, strict=False) if len(key) >= shortest}


def _told(word: str, translation: str) -> str:
    return f"{MARK} ".join([word, *translation.split()])


# What words that are like each other have in common: of a word, or of many with a line each.


def _spelling(words: str) -> str:
    """One of the ways to write it: no nukta, and an anusvara for every nasal before a consonant; no capitals."""
    return _NASAL.sub("ं", words.lower().replace("\u093c", "").replace("ँ", "ं"))


def _stems(words: str) -> str:
    """The spelling without the ending that tells a Hindi word's number, gender and case."""
    return _ENDINGS.sub("", _spelling(words))


def _sound(words: str) -> str:
    """The spelling with long vowels as short ones, and one consonant for those that sound alike or are doubled."""
    return _DOUBLED.sub(r"\1", _spelling(words).translate(_ALIKE))


def _acronym(word: str) -> str:
    """The Latin letters whose names in Devanagari make up a word; empty for any other."""
    spelling = _spelling(word)
    if not _ACRONYM.fullmatch(spelling):
        return ""
    return _LETTER_NAME.sub(lambda name: _LETTERS[name[0]], spelling)
