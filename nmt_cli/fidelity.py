"""What must come through a translation unchanged: numbers, URLs, e-mail addresses, words in Latin script; and what must
not come in.

Small models translate such words like any other, which is badly. Attention knows better where they belong than the
decoder knows how to spell them, so they are copied along it (Luong et al. 2015, for unknown words).

What of that there can be depends on the source language's script: a word in Latin script stands out in Hindi, and is a
word like any other in English.

Knows words and attention between them; nothing of how translations are found. T target words, S source words.
"""

import re
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from nmt_cli.text import LATIN, SCRIPTS

Weights = npt.NDArray[np.float32]

_NUMBER = r"\d+(?:[.,:/-]\d+)*"
# The path of a URL may be in Devanagari, dandas apart; what follows the host's name without a slash is the next word.
_URL = r"(?:https?://|www\.)(?:[^\s।/]+/[^\s।]*[\w/\u0900-\u0963\u0966-\u097f]|[^\s।/]*[\w/])"
_ADDRESS = rf"{_URL}|[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
_KEPT = re.compile(rf"{_ADDRESS}|\w*[A-Za-z](?:[\w&'.+-]*\w)?|{_NUMBER}", re.ASCII)
_KEPT_OF_LATIN = re.compile(rf"{_ADDRESS}|(?<!\w){_NUMBER}(?!\w)", re.ASCII)
_TAG = re.compile(r"<\w+>")  # tells the model something, says nothing
_ANY_NUMBER = re.compile(_NUMBER)
# Hindi counts in units that English does not have, and the other way round: `5 लाख` is 500,000 and not 5.
_UNIT = re.compile(r"(?:सौ|हज\u093c?ार|लाख|करोड\u093c?|अरब|खरब|hundred|thousand|million|billion|trillion)")
_SPELT = dict(enumerate("zero one two three four five six seven eight nine ten eleven twelve".split()))
_OPENING = re.compile(r"[^\w\s]*")
_END = re.compile(r"[.?!।|][^\w\s]*\s*$")
_CORE = re.compile(r"^(\W*)(.*?)(\W*)$", re.DOTALL)  # a word without the punctuation around it


def is_foreign(line: str, language: str) -> bool:
    """Whether the line has no letter of this language's script, or none at all: nothing to translate."""
    script = SCRIPTS.get(language)
    return script.search(line) is None if script else not any(map(str.isalpha, line))


def kept_words(source: Sequence[str], language: str) -> list[tuple[int, str]]:
    """What must come through unchanged, and the number of the source word that has it.

    Words in Latin script are kept where `language`, the source's, is known to have another.
    """
    kept = _KEPT_OF_LATIN if SCRIPTS.get(language, LATIN) is LATIN else _KEPT
    return [
        (at, found)
        for at, (word, following) in enumerate(pairwise([*source, ""]))
        if not _TAG.fullmatch(word)
        for found in kept.findall(word)
        if not (_ANY_NUMBER.fullmatch(found) and _UNIT.match(following))
    ]


def without_stray_quote(source: str, target: str) -> str:
    """The translation without a quotation mark at its start that is never closed, where the source has none.

    Models pick such marks up from text that was split into sentences in the middle of a quotation.
    """
    stray = target.startswith('"') and target.count('"') == 1 and '"' not in source and "'" not in source
    return target[1:] if stray and not target[1:2].isspace() else target


def with_capital(source: str, target: str) -> str:
    """The translation of a sentence, beginning with a capital unless its first word is one of the source's as it is.

    A source without an end mark is no sentence.
    """
    at = _OPENING.match(target).end()  # type: ignore[union-attr]
    if not _END.search(source) or not target[at:] or target.split()[0] in source.split():
        return target
    return target[:at] + target[at].upper() + target[at + 1 :]


def restore(
    source: Sequence[str], target: Sequence[str], weights: Weights, language: str
) -> tuple[list[str], list[int]]:
    """The translation with everything in it that must come through unchanged.

    What is missing takes the place of the word that looked at it most: of a number that the source does not have, or
    of a word that looked nowhere else as much; where there is none, it is put before the word that looked at it most.

    Args:
        source: S words, at least one
        target: T words, at least one
        weights: (T, S) how much each target word looked at each source word
        language: the source's code

    Returns:
        the words, at least T, and the number of the source word that each comes from
    """
    kept = kept_words(source, language)
    restored, links = list(target), weights.argmax(axis=1).tolist()
    added: list[list[tuple[str, int]]] = [[] for _ in target]
    free = {at for at, word in enumerate(target) if not any(_has(word, item) for _, item in kept)}
    for place, item in kept:
        if any(_has(word, item) for word in (*restored, *(word for words in added for word, _ in words))):
            continue
        is_number = _ANY_NUMBER.fullmatch(item) is not None
        wrong = [at for at in free if is_number and _ANY_NUMBER.search(target[at])]
        looking = [at for at in free if links[at] == place and any(map(str.isalnum, target[at]))]
        if choice := wrong or looking:
            at = max(choice, key=lambda at: (weights[at, place], -at))
            free.remove(at)
            restored[at], links[at] = _replace(restored[at], item), place
        else:
            added[int(weights[:, place].argmax())].append((item, place))
    pairs = [pair for at in range(len(target)) for pair in (*added[at], (restored[at], links[at]))]
    return [word for word, _ in pairs], [link for _, link in pairs]


def _has(word: str, item: str) -> bool:
    """Whether an output word is this item: to the letter, a number also with other separators or spelt out."""
    if not _ANY_NUMBER.fullmatch(item):
        return item in _KEPT.findall(word)
    if item.isdigit() and _SPELT.get(int(item)) == word.lower().strip(".,;:!?\"')("):
        return True
    digits = re.sub(r"\D", "", item)
    return any(re.sub(r"\D", "", number) == digits for number in _ANY_NUMBER.findall(word))


def _replace(word: str, item: str) -> str:
    """The word with the item for its letters, or for its number, the punctuation around it left alone."""
    if _ANY_NUMBER.fullmatch(item) and _ANY_NUMBER.search(word):
        return _ANY_NUMBER.sub(item, word, count=1)
    start, _, end = _CORE.fullmatch(word).groups()  # type: ignore[union-attr]
    return f"{start}{item}{end}"
