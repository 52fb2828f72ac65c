"""A lexicon: what rare words mean, told to a model beside the words themselves.

A small corpus has most words once or a few times, too seldom for a network to learn them: it guesses, or spells them by
ear. Aligning the corpus's words (scripts/rare_words) finds what they mean all the same, and a model can read that,
written after the word: `शव→ body`. It learns to use it as it learns everything else (Dinu et al. 2019, for
terminology).

Knows words; nothing of pieces or models.
"""

import re
from collections.abc import Callable, Iterable
from functools import cached_property, lru_cache
from pathlib import Path

from nmt_cli.errors import DataError
from nmt_cli.text import normalize, read_lines

MARK = "→"
_PUNCTUATION = "\"'.,;:!?()[]{}|।*-"
_LETTER = re.compile(r"[^\W\d_]")
_NASAL = re.compile("[ङञणनम]\u094d(?=[क-ह])")
_ENDINGS = re.compile("(?:िया[ँं]|ियो|ाए|ाओ|ए|ओ|[ािीेो])ं?$")
_SHORTEST = 4  # letters and signs of what is left of a word without its ending
_REMEMBERED_WORDS = 100_000


class Lexicon:
    """Words, and what they are translated as.

    A word that it does not have is looked for in other spellings (हिन्दी as हिंदी, ख़बर as खबर, Fan as fan), then with
    another ending (पटाखों as पटाखा). A word without a translation is known well enough: nothing is said of it, nor of
    words that are like it.

    Args:
        entries: each word, normalised, with its translation or ""; the first of a word counts
    """

    def __init__(self, entries: Iterable[tuple[str, str]]) -> None:
        self.entries: dict[str, str] = {}
        """The translation of each word."""
        for word, translation in entries:
            self.entries.setdefault(word, translation)

    @classmethod
    def read(cls, path: str | Path) -> "Lexicon":
        """A lexicon from a file of lines of a word, a tab and its translation, which may be missing; or blank ones.

        Raises:
            DataError: the file cannot be read, or a line is of another kind.
        """
        entries = []
        for number, line in enumerate(read_lines(path), start=1):
            if not line.strip():
                continue
            word, *rest = (normalize(part) for part in line.split("\t"))
            if len(rest) != 1 or len(word.split()) != 1:
                raise DataError(f"{path}, line {number}: not one word, a tab and its translation ({line[:60]!r})")
            entries.append((word, rest[0]))
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
        `थाने→ police→ station में`. A MARK of the text's own becomes `->`.
        """
        return " ".join(map(self._marked, text.replace(MARK, "->").split(" ")))

    def _marked(self, word: str) -> str:
        translation = self._translation(word.strip(_PUNCTUATION))
        return f"{MARK} ".join([word, *translation.split()]) if translation else word

    # A lexicon lives as long as its model.
    @lru_cache(maxsize=_REMEMBERED_WORDS)  # noqa: B019
    def _translation(self, word: str) -> str:
        if (translation := self.entries.get(word)) is not None:
            return translation
        if not _LETTER.search(word):
            return ""
        spelling = _spelling(word)
        return self._by_spelling[spelling] if spelling in self._by_spelling else self._by_stem.get(_stem(word), "")

    # Needed for words that are not in it, of which a short text may have none.
    @cached_property
    def _by_spelling(self) -> dict[str, str]:
        return self._by(_spelling)

    @cached_property
    def _by_stem(self) -> dict[str, str]:
        return self._by(_stem)

    def _by(self, key: Callable[[str], str]) -> dict[str, str]:
        found = {"": ""}
        for word, translation in self.entries.items():
            found.setdefault(key(word), translation)
        return found


def _spelling(word: str) -> str:
    """A word as others may write it: no nukta, and an anusvara for every nasal before a consonant; no capitals."""
    return _NASAL.sub("ं", word.lower().replace("\u093c", "").replace("ँ", "ं"))


def _stem(word: str) -> str:
    """A Hindi word's spelling without the ending that tells number, gender and case; empty where too little is left."""
    stem = _ENDINGS.sub("", _spelling(word))
    return stem if len(stem) >= _SHORTEST else ""
