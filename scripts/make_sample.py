#!/usr/bin/env python3
"""Write the embedded Hindi-English sample corpus.

The corpus is produced by a small hand-written grammar: tables of words, of predicates and of
sentence patterns, and the inflection rules of the two
languages.  Every sentence is a random walk through these tables with a fixed seed, so the
same files come out on every machine.

Usage: python scripts/make_sample.py [--out data/sample]

The tables live in ``sample_lexicon.py`` next to this file, which also says how to read and extend
them.  The corpus is dedicated to the public domain (CC0 1.0).
"""

from __future__ import annotations

import argparse
import random
import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from sample_lexicon import (
    ADJ_OF,
    ADJECTIVES,
    BASIC,
    CITIES,
    DOUBLE,
    ENDS,
    FALLBACKS,
    FIXED,
    FIXED_MORE,
    GRADES,
    HOURS,
    IRREGULAR,
    LONGER,
    MEDIUM,
    MIDDLES,
    NAMES,
    NE_STEMS,
    NOUNS,
    NUMBERS,
    ODD,
    OPENINGS,
    PET_ACTS,
    PLACES,
    PURPOSES,
    SPOTS,
    THERE,
    TIME_OF,
    TIMES,
    TOPICS,
    WIDER,
    WORLD,
)

T = TypeVar("T")

SEED = 20240517
SIZES = {"train": 18000, "dev": 500, "test": 1000}
# (shortest, longest, share): Hindi words per sentence and the part of each file they fill.
BINS = ((3, 9, 0.39), (10, 19, 0.29), (20, 30, 0.185), (31, 48, 0.135))

# --------------------------------------------------------------------------- Hindi inflection

VOWEL_ENDS = "ािीुूेैोौआईऊएओ"


@dataclass(frozen=True)
class Agr:
    """What a Hindi verb agrees with: gender m/f, number s/p, person 1/2/3 (2 is the tum form)."""

    gender: str = "m"
    number: str = "s"
    person: int = 3


DEFAULT = Agr()


def ending(agr: Agr, forms: str = "ा े ी ी") -> str:
    """Pick from masculine singular, masculine plural, feminine singular, feminine plural."""
    return forms.split()[(0 if agr.gender == "m" else 2) + (agr.number == "p")]


def perfective(stem: str, agr: Agr, nasal: bool = False) -> str:
    """Perfective participle; ``nasal`` marks a feminine plural with no auxiliary after it."""
    irregular = {"कर": "कि", "ले": "लि", "दे": "दि", "जा": "ग", "पी": "पि", "सी": "सि"}
    feminine = {"कर": "की", "ले": "ली", "दे": "दी", "पी": "पी", "सी": "सी"}
    fem_plural = "ं" if nasal and agr.number == "p" else ""
    if stem in feminine and agr.gender == "f":
        return feminine[stem] + fem_plural
    if stem in irregular:
        return irregular[stem] + ending(agr, "या ए ई ई") + (fem_plural if agr.gender == "f" else "")
    base = {"हो": "हु", "छू": "छु"}.get(stem, stem)
    forms = "ा े ी ी"
    if base != stem:
        forms = "आ ए ई ई"
    elif stem[-1] in VOWEL_ENDS:
        forms = "या ए ई ई"
    return base + ending(agr, forms) + (fem_plural if agr.gender == "f" else "")


def subjunctive(stem: str, agr: Agr) -> str:
    """Subjunctive, to which the future adds its gender ending."""
    index = 0 if agr.person == 1 and agr.number == "s" else 1 if agr.person == 2 else 3 if agr.number == "p" else 2
    if stem in ("दे", "ले"):
        return stem[0] + ["ूँ", "ो", "े", "ें"][index]
    if stem == "हो":
        return ["होऊँ", "हो", "हो", "हों"][index]
    base = {"पी": "पि", "सी": "सि", "छू": "छु"}.get(stem, stem)
    vowel = base[-1] in VOWEL_ENDS
    return base + ("ऊँ ओ ए एँ" if vowel else "ूँ ो े ें").split()[index]


def future(stem: str, agr: Agr) -> str:
    """Future."""
    return subjunctive(stem, agr) + ending(agr, "गा गे गी गी")


def be_present(agr: Agr) -> str:
    """Present of the copula."""
    if agr.person == 2:
        return "हो"
    if agr.person == 1 and agr.number == "s":
        return "हूँ"
    return "हैं" if agr.number == "p" else "है"


def be_past(agr: Agr) -> str:
    """Past of the copula."""
    return ending(agr, "था थे थी थीं")


def participle(stem: str, agr: Agr, nasal: bool = False) -> str:
    """Habitual participle, nasal in the feminine plural when it ends the verb group."""
    return stem + "त" + ending(agr, "ा े ी ीं" if nasal else "ा े ी ी")


def infinitive(stem: str, agr: Agr) -> str:
    """Infinitive agreeing with an object, as in ``kitaab parhnii chaahie``."""
    return stem + ending(agr, "ना ने नी नी")


def imperative(stem: str, polite: bool) -> str:
    """Imperative for tum or, if ``polite``, for aap."""
    special = {"कर": "कीजिए", "ले": "लीजिए", "दे": "दीजिए", "पी": "पीजिए", "सी": "सीजिए"}
    if polite:
        vowel = stem[-1] in VOWEL_ENDS
        return special.get(stem) or {"छू": "छु"}.get(stem, stem) + ("इए" if vowel else "िए")
    short = {"ले": "लो", "दे": "दो", "पी": "पियो", "सी": "सियो", "छू": "छुओ"}
    return short.get(stem) or stem + ("ओ" if stem[-1] in VOWEL_ENDS else "ो")


def conjunctive(stem: str) -> str:
    """The ``having done`` form."""
    return stem + ("के" if stem == "कर" else "कर")


def join(*words: str) -> str:
    """Words with single blanks between them, empty ones left out."""
    return " ".join(w for w in words if w)


# Tenses that put the subject in the dative or, with the stems in NE_STEMS, in the ergative.
DATIVE_TENSES = ("should", "haveto", "hadto", "willhaveto", "supposed")
ERGATIVE_TENSES = ("past", "perf", "plup")


def obligation(stem: str, tense: str, agr: Agr) -> str:
    """Infinitive plus chaahie, honaa or parnaa, all agreeing with the object."""
    tail = {
        "should": "चाहिए",
        "haveto": be_present(agr),
        "hadto": "पड़" + ending(agr, "ा े ी ीं"),
        "willhaveto": subjunctive("पड़", agr) + ending(agr, "गा गे गी गी"),
        "supposed": be_past(agr),
    }
    return join(infinitive(stem, agr), tail[tense])


def modal(stem: str, tense: str, agr: Agr, neg: bool) -> str:
    """Groups made of a bare stem or an infinitive and a second verb."""
    no = "नहीं" if neg else ""
    be = "" if neg else be_present(agr)
    if tense in ("want", "wanted"):
        last = be if tense == "want" else be_past(agr)
        return join(stem + "ना", no, participle("चाह", agr, neg and tense == "want"), last)
    parts = {
        "can": lambda: join(no, stem, participle("सक", agr, neg), be),
        "could": lambda: join(no, stem, perfective("सक", agr, True)),
        "ableto": lambda: join(no, stem, future("सक", agr)),
        "already": lambda: join(stem, perfective("चुक", agr), be_present(agr)),
        "began": lambda: join(stem + "ने", perfective("लग", agr, True)),
        "try": lambda: join(stem + "ने की कोशिश", no, "कर", "रह" + ending(agr), be_present(agr)),
    }
    return parts[tense]()


def group(stem: str, tense: str, agr: Agr, neg: bool) -> str:
    """The whole Hindi verb group."""
    if tense in DATIVE_TENSES:
        return join("नहीं" if neg else "", obligation(stem, tense, agr))
    if tense in ("want", "wanted", "can", "could", "ableto", "already", "began", "try"):
        return modal(stem, tense, agr, neg)
    no = "नहीं" if neg else ""
    going = "रह" + ending(agr)
    parts: dict[str, Callable[[], str]] = {
        "hab": lambda: join(no, participle(stem, agr, neg), "" if neg else be_present(agr)),
        "prog": lambda: join(no, stem, going, be_present(agr)),
        "pastprog": lambda: join(no, stem, going, be_past(agr)),
        "past": lambda: join(no, perfective(stem, agr, True)),
        "perf": lambda: join(no, perfective(stem, agr), be_present(agr)),
        "plup": lambda: join(no, perfective(stem, agr), be_past(agr)),
        "pasthab": lambda: join(no, participle(stem, agr), be_past(agr)),
        "may": lambda: join("न" if neg else "", subjunctive(stem, agr)),
    }
    if tense in ("fut", "would", "cond"):
        return join(no, future(stem, agr))
    return parts["may" if tense in ("socan", "socould") else tense]()


def copula(tense: str, agr: Agr, neg: bool) -> str:
    """The Hindi stative verb in the tenses it has."""
    kind = STATIVE_TENSE[tense]
    form = {"hab": be_present(agr), "past": be_past(agr), "fut": future("हो", agr)}[kind]
    return join("नहीं" if neg else "", form)


STATIVE_TENSE = {
    "hab": "hab",
    "prog": "hab",
    "is": "hab",
    "past": "past",
    "was": "past",
    "pastprog": "past",
    "plup": "past",
    "fut": "fut",
    "cond": "fut",
    "would": "fut",
    "pasthab": "past",
    "perf": "hab",
}


# --------------------------------------------------------------------------- English inflection


def third(verb: str) -> str:
    """Third person singular present."""
    if verb in ("have", "be"):
        return {"have": "has", "be": "is"}[verb]
    if verb.endswith(("s", "sh", "ch", "x", "o", "z")):
        return verb + "es"
    if verb.endswith("y") and verb[-2] not in "aeou":
        return verb[:-1] + "ies"
    return verb + "s"


def past_forms(verb: str) -> tuple[str, str]:
    """Past tense and past participle."""
    if verb in IRREGULAR:
        return IRREGULAR[verb]
    if verb.endswith("e"):
        form = verb + "d"
    elif verb.endswith("y") and verb[-2] not in "aeou":
        form = verb[:-1] + "ied"
    else:
        form = verb + (verb[-1] if verb in DOUBLE else "") + "ed"
    return form, form


def ing(verb: str) -> str:
    """Present participle."""
    if verb == "tie":
        return "tying"
    if verb.endswith("e") and not verb.endswith(("ee", "be")):
        return verb[:-1] + "ing"
    return verb + (verb[-1] if verb in DOUBLE else "") + "ing"


def plural(word: str) -> str:
    """Regular plural of a noun."""
    if word.endswith(("s", "sh", "ch", "x")):
        return word + "es"
    return word[:-1] + "ies" if word.endswith("y") and word[-2] not in "aeou" else word + "s"


def article(phrase: str) -> str:
    """The phrase with ``a`` or ``an`` before it."""
    vowel = phrase[0] in "aeiou" and not phrase.startswith(("useful", "one"))
    return ("an " if vowel or phrase.startswith("honest") else "a ") + phrase


def grade(adj: str, more: bool, degree: int) -> str:
    """Comparative (degree 0) or superlative (1) of an adjective."""
    if more:
        return ("more ", "most ")[degree] + adj
    if adj in GRADES:
        return GRADES[adj].split()[degree]
    return adj + ("er", "est")[degree] if not adj.endswith("e") else adj + ("r", "st")[degree]


@dataclass(frozen=True)
class English:
    """An English verb group, kept in parts so that ``not`` and inversion can be applied.

    ``aux`` is empty for the simple tenses; ``do`` and ``bare`` then serve negation and questions.
    """

    aux: str
    main: str
    do: str = ""
    bare: str = ""

    def plain(self, subject: str, adverb: str, neg: bool) -> str:
        """Statement order; the adverb stands between auxiliary and main verb."""
        if not neg:
            return join(subject, self.aux, adverb, self.main)
        aux = "cannot" if self.aux == "can" else join(self.aux or self.do, "not")
        return join(subject, aux, adverb, self.main if self.aux else self.bare)

    def asked(self, subject: str, neg: bool = False) -> str:
        """Question order."""
        return join(self.aux or self.do, subject, "not" if neg else "", self.main if self.aux else self.bare)


def pick_be(pn: str, past: bool) -> str:
    """Finite form of ``be`` for a person-number such as ``3s``."""
    if past:
        return "was" if pn in ("1s", "3s") else "were"
    return {"1s": "am", "3s": "is"}.get(pn, "are")


def simple(verb: str, pn: str, past: bool, tail: str = "") -> English:
    """A simple tense, with do-support at hand; ``be`` is its own auxiliary."""
    if verb == "be":
        return English(pick_be(pn, past), tail)
    finite = past_forms(verb)[0] if past else third(verb) if pn == "3s" else verb
    do = "did" if past else "does" if pn == "3s" else "do"
    return English("", join(finite, tail), do, join(verb, tail))


def english(verb: str, tense: str, pn: str) -> English:
    """The English verb group of a tense."""
    have = "has" if pn == "3s" else "have"
    done, doing = past_forms(verb)[1], ing(verb)
    if tense in ("hab", "cond", "past"):
        return simple(verb, pn, tense == "past")
    if tense in ("want", "wanted"):
        return simple("want", pn, tense == "wanted", "to " + verb)
    if tense in ("haveto", "hadto"):
        return simple("have", pn, tense == "hadto", "to " + verb)
    table = {
        "prog": (pick_be(pn, False), doing),
        "pastprog": (pick_be(pn, True), doing),
        "perf": (have, done),
        "plup": ("had", done),
        "already": (have, "already " + done),
        "fut": ("will", verb),
        "would": ("would", verb),
        "can": ("can", verb),
        "could": ("could", verb),
        "socan": ("can", verb),
        "socould": ("could", verb),
        "should": ("should", verb),
        "may": ("may", verb),
        "ableto": ("will", "be able to " + verb),
        "willhaveto": ("will", "have to " + verb),
        "supposed": (pick_be(pn, True), "supposed to " + verb),
        "try": (pick_be(pn, False), "trying to " + verb),
    }
    if tense in table:
        return English(*table[tense])
    if tense == "began":
        return simple("begin", pn, True, "to " + verb)
    return English("", "used to " + verb, "did", "use to " + verb)  # pasthab


# --------------------------------------------------------------------------- nouns and noun phrases


@dataclass(frozen=True)
class Noun:
    """One line of the noun table."""

    hi: str
    kind: str
    en: str
    en_plural: str
    group: str

    @property
    def gender(self) -> str:
        """m or f."""
        return self.kind.lower()

    @property
    def mass(self) -> bool:
        """Whether it is never counted."""
        return self.en_plural == "~"


def read_noun(text: str, klass: str) -> Noun:
    """Parse one entry of the noun table."""
    hi, kind, rest = text.strip().split(" ", 2)
    en, _, irregular = rest.partition("=")
    if en.endswith("~"):
        return Noun(hi, kind, en[:-1].replace("~", " "), "~", klass)
    many = (irregular or plural(en)).replace("~", " ")
    return Noun(hi, kind, en.replace("~", " "), many, klass)


def lengthen(hi: str, tail_y: str, tail: str) -> str:
    """Add a plural ending; final long vowels i and u shorten before it."""
    if hi.endswith("ी"):
        return hi[:-1] + "ि" + tail_y
    if hi.endswith("ि"):
        return hi + tail_y
    if hi.endswith("ई"):
        return hi[:-1] + "इ" + tail_y
    if hi.endswith("ू"):
        return hi[:-1] + "ु" + tail
    return hi + tail


def decline(noun: Noun, number: str, oblique: bool) -> str:
    """The four forms of a Hindi noun."""
    hi = noun.hi
    if number == "s":
        if noun.kind == "M" and oblique:
            return hi[:-2] + "ए" if hi.endswith("या") else hi[:-1] + "े"
        return hi
    if noun.kind == "M":
        if hi.endswith("या") and not oblique:
            return hi[:-2] + "ए"
        return hi[:-1] + ("ों" if oblique else "े")
    if noun.kind == "f" and hi.endswith("िया"):
        return hi[:-1] + ("ों" if oblique else "ाँ")
    if oblique:
        vowel = hi[-1] in "ाूोऊओ"
        return lengthen(hi, "यों", "ओं" if vowel else "ों")
    if noun.kind == "f":
        return lengthen(hi, "याँ", "एँ" if hi[-1] in VOWEL_ENDS else "ें")
    return hi


@dataclass(frozen=True)
class Adj:
    """One adjective; those in -aa inflect."""

    hi: str
    en: str
    more: bool

    def form(self, gender: str, number: str, oblique: bool = False) -> str:
        """The form that goes with a noun."""
        if not self.hi.endswith("ा"):
            return self.hi
        if self.hi.endswith("या"):  # nayaa, nae, naii
            last = "ई" if gender == "f" else "या" if number == "s" and not oblique else "ए"
            return self.hi[:-2] + last
        if gender == "f":
            return self.hi[:-1] + "ी"
        return self.hi[:-1] + ("ा" if number == "s" and not oblique else "े")


def read_adj(text: str) -> Adj:
    """Parse one entry of the adjective table."""
    hi, en = text.split()
    return Adj(hi, en.rstrip("*"), en.endswith("*"))


LEX = {klass: [read_noun(t, klass) for t in text.split(";")] for klass, text in NOUNS.items()}
LEX.update({klass: [n for part in parts.split() for n in LEX[part]] for klass, parts in WIDER.items()})
ADJ = {klass: [read_adj(t) for t in text.split("; ")] for klass, text in ADJECTIVES.items()}
NUMBER = [(n.split()[0], n.split()[1]) for n in NUMBERS.split("; ")]
PLACE = [line.split("|") for line in PLACES.strip().split("\n")]
CITY = [c.split() for c in CITIES.split("; ")]
HOUR = [h.split() for h in HOURS.split("; ")]
TIME = {k: [t.split("|") for t in v.split("; ")] for k, v in TIMES.items()}
SPOT = [s.split("|") for s in SPOTS.split("; ")]


@dataclass(frozen=True)
class NP:
    """A noun phrase in all the shapes a sentence may need."""

    hi: str
    obl: str
    agr: Agr
    en: str
    pn: str = "3s"
    obj: str = ""  # English object form, when it differs
    poss: str = "his"  # English possessive pronoun that refers back to it
    pronoun: str = "he"  # its anaphor: a key of PRONOUNS
    erg: str = ""
    dat: str = ""
    gen: str = ""  # genitive without its ending
    mine: str = ""  # English possessive of the phrase itself

    def case(self, name: str) -> str:
        """Hindi with a postposition: erg, dat, se, ka, ke, ki or a whole word such as ``ke paas``."""
        if name == "erg":
            return self.erg or self.obl + " ने"
        if name == "dat":
            return self.dat or self.obl + " को"
        if name == "se":
            return self.obl + ("से" if self.gen else " से")
        stem = self.gen or self.obl + " क"
        return stem + {"ka": "ा", "ke": "े", "ki": "ी"}[name]

    @property
    def english_object(self) -> str:
        """English form after a verb or preposition."""
        return self.obj or self.en

    @property
    def possessive(self) -> str:
        """``my``, ``Ram's`` or ``the boys'``."""
        return self.mine or self.en + ("'" if self.pn == "3p" and self.en.endswith("s") else "'s")


def _pronoun(row: str, agr: Agr) -> NP:
    """Build a pronoun from ``hi obl erg dat gen | en obj poss pn anaphor``."""
    left, right = row.split(" | ")
    hi, obl, erg, dat, gen = left.split()
    en, obj, poss, pn, anaphor = right.split()
    return NP(hi, obl, agr, en, pn, obj, poss, anaphor, erg, dat, gen, poss)


PRONOUNS = {
    "I": _pronoun("मैं मुझ मैंने मुझे मेर | I me my 1s I", Agr("m", "s", 1)),
    "Ifem": _pronoun("मैं मुझ मैंने मुझे मेर | I me my 1s Ifem", Agr("f", "s", 1)),
    "we": _pronoun("हम हम हमने हमें हमार | we us our 1p we", Agr("m", "p", 3)),
    "tum": _pronoun("तुम तुम तुमने तुम्हें तुम्हार | you you your 2 tum", Agr("m", "p", 2)),
    "aap": _pronoun("आप आप आपने आपको आपक | you you your 2 aap", Agr("m", "p", 3)),
    "he": _pronoun("वह उस उसने उसे उसक | he him his 3s he", Agr("m", "s", 3)),
    "she": _pronoun("वह उस उसने उसे उसक | she her her 3s she", Agr("f", "s", 3)),
    "they": _pronoun("वे उन उन्होंने उन्हें उनक | they them their 3p they", Agr("m", "p", 3)),
    "theyfem": _pronoun("वे उन उन्होंने उन्हें उनक | they them their 3p theyfem", Agr("f", "p", 3)),
    "hehon": _pronoun("वे उन उन्होंने उन्हें उनक | he him his 3s hehon", Agr("m", "p", 3)),
    "shehon": _pronoun("वे उन उन्होंने उन्हें उनक | she her her 3s shehon", Agr("f", "p", 3)),
}


def referent(gender: str, number: str) -> tuple[str, str]:
    """Anaphor key and English possessive for a third person."""
    if number == "p":
        return ("they" if gender == "m" else "theyfem"), "their"
    return ("he", "his") if gender == "m" else ("she", "her")


def name_np(text: str) -> NP:
    """A person's name."""
    hi, gender, en = text.split()
    anaphor, poss = referent(gender, "s")
    return NP(hi, hi, Agr(gender, "s"), en, poss=poss, pronoun=anaphor)


PEOPLE = [name_np(n) for n in NAMES.split("; ")]


def noun_np(noun: Noun, number: str, hi_mod: tuple[str, str] = ("", ""), en_mod: str = "", en: str = "") -> NP:
    """A noun with Hindi modifiers (direct, oblique) and English modifier or whole English text."""
    anaphor, poss = referent(noun.gender, number)
    word = noun.en_plural if number == "p" and not noun.mass else noun.en
    return NP(
        join(hi_mod[0], decline(noun, number, False)),
        join(hi_mod[1], decline(noun, number, True)),
        Agr(noun.gender, number),
        en or join(en_mod, word),
        "3p" if number == "p" else "3s",
        "",
        poss,
        anaphor,
    )


def kin_np(owner: NP, noun: Noun) -> NP:
    """Somebody's relative; elders take the honorific plural in Hindi."""
    elder = noun.group == "elder"
    number = "p" if elder else "s"
    tail = "ी" if noun.gender == "f" else "े" if elder else "ा"
    oblique_tail = "ी" if noun.gender == "f" else "े"
    stem = owner.gen or owner.obl + " क"
    anaphor, poss = referent(noun.gender, "s")
    return NP(
        join(stem + tail, noun.hi),
        join(stem + oblique_tail, noun.hi if elder else decline(noun, "s", True)),
        Agr(noun.gender, number),
        join(owner.possessive, noun.en),
        "3s",
        "",
        poss,
        anaphor + ("hon" if elder else ""),
    )


OWN = NP("", "", DEFAULT, "", gen="अपन", mine="<own>")

# --------------------------------------------------------------------------- random choices


class Dice:
    """Random choices built on ``random()`` alone, whose output is the same in every version."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed).random

    def chance(self, p: float) -> bool:
        """True with probability p."""
        return self._random() < p

    def below(self, n: int) -> int:
        """An integer from 0 to n - 1."""
        return int(self._random() * n)

    def pick(self, items: Sequence[T]) -> T:
        """One of the items."""
        return items[self.below(len(items))]

    def weigh(self, table: str) -> str:
        """One key of a table such as ``past 3; fut 1``."""
        rows = [row.split() for row in table.split("; ")]
        point = self._random() * sum(float(w) for _, w in rows)
        for key, weight in rows:
            point -= float(weight)
            if point < 0:
                return key
        return rows[-1][0]

    def shuffle(self, items: list[tuple[str, str]]) -> None:
        """Fisher-Yates."""
        for i in range(len(items) - 1, 0, -1):
            j = self.below(i + 1)
            items[i], items[j] = items[j], items[i]


Seg = tuple[str, str]  # Hindi and English of one stretch of a sentence


def adjective_for(d: Dice, noun: Noun) -> Adj | None:
    """An adjective that makes sense with the noun."""
    banned = ODD.get(noun.hi, "").split()
    if noun.group == "person":
        banned.append("प्रसिद्ध")
    options = [a for a in ADJ.get(ADJ_OF.get(noun.group, ""), []) if a.hi not in banned]
    return d.pick(options) if options else None


def described(noun: Noun, number: str, adj: Adj | None, det: Seg | tuple[str, str, str] = ("", "")) -> NP:
    """Determiner, adjective and noun; the determiner is (Hindi direct, [Hindi oblique,] English)."""
    direct, oblique, en = det if len(det) == 3 else (det[0], det[0], det[1])
    gender = noun.gender
    hi = [
        join(direct, adj.form(gender, number) if adj else ""),
        join(oblique, adj.form(gender, number, True) if adj else ""),
    ]
    word = noun.en_plural if number == "p" and not noun.mass else noun.en
    phrase = join(adj.en if adj else "", word)
    text = article(phrase) if en == "a" else join(en, phrase)
    return noun_np(noun, number, (hi[0], hi[1]), en=text)


def plural_only(noun: Noun) -> bool:
    """Clothes and shoes."""
    return noun.en_plural.endswith("+")


def trim(noun: Noun) -> Noun:
    """Without the mark of a plural-only noun, whose singular English is the plural."""
    return replace(noun, en_plural=noun.en_plural.rstrip("+")) if plural_only(noun) else noun


DEMONSTRATIVES = {
    "s": (("यह", "इस", "this"), ("वह", "उस", "that")),
    "p": (("ये", "इन", "these"), ("वे", "उन", "those")),
}


def owned(noun: Noun, number: str, owner: NP, adj: Adj | None = None) -> NP:
    """Noun with a possessor in front."""
    stem = owner.gen or owner.obl + " क"
    agr = Agr(noun.gender, number)
    oblique = stem + ("ी" if noun.gender == "f" else "े")
    return described(noun, number, adj, (stem + ending(agr), oblique, owner.possessive))


def object_np(d: Dice, klass: str, option: str = "", own: bool = True) -> NP:
    """A direct object: bare or with numeral, adjective, demonstrative or possessor."""
    noun = d.pick(LEX[klass])
    if option == "b":
        return noun_np(noun, "s")
    if option == "g":
        return noun_np(trim(noun), "s" if noun.mass else "p")
    adj = adjective_for(d, noun) if d.chance(0.4) else None
    if noun.mass:
        return described(noun, "s", adj)
    if plural_only(noun):
        noun, option = trim(noun), "p"
    number = option or ("p" if d.chance(0.35) else "s")
    if own and klass in OWNABLE and d.chance(0.3):
        return owned(noun, number, OWN, adj)
    if d.chance(0.08):
        return described(noun, number, adj, d.pick(DEMONSTRATIVES[number]))
    if number == "p":
        return described(noun, number, adj, few(d) if d.chance(0.3) else ("", ""))
    return described(noun, number, adj, ("एक" if d.chance(0.5) else "", "a"))


def few(d: Dice) -> Seg:
    """A number, mostly a small one."""
    return d.pick(NUMBER if d.chance(0.4) else NUMBER[:4])


OWNABLE = ("read", "wear", "thing", "toy", "device", "own", "vehicle")


def kin_noun(d: Dice) -> Noun:
    """A relative or friend."""
    return d.pick(LEX["kin"] + LEX["elder"])


def definite(d: Dice, klass: str, number: str = "") -> NP:
    """``the boys``: a bare Hindi noun, definite in English."""
    noun = d.pick(LEX[klass])
    return described(noun, number or ("p" if d.chance(0.4) else "s"), None, ("", "the"))


def person_np(d: Dice, number: str = "") -> NP:
    """Somebody a thing is done to or with; <own> refers to the subject."""
    kind = d.weigh("name 30; own 25; noun 30; my 15")
    if kind == "name":
        return d.pick(PEOPLE)
    if kind == "own":
        return kin_np(OWN, kin_noun(d))
    if kind == "noun":
        return definite(d, "any", number)
    return kin_np(PRONOUNS[d.pick(("I", "aap", "we"))], kin_noun(d))


def hour(d: Dice, part: str = "") -> Seg:
    """A time of day, the hour in words or in digits."""
    low, high, hi, en = {
        "m": (5, 11, "सुबह", "in the morning"),
        "e": (4, 8, "शाम को", "in the evening"),
        "n": (8, 11, "रात को", "at night"),
        "a": (1, 3, "दोपहर को", "in the afternoon"),
    }[part or d.pick("mea")]
    number = low + d.below(high - low + 1)
    words = HOUR[number - 1] if d.chance(0.5) else [str(number), str(number)]
    return f"{hi} {words[0]} बजे", f"at {words[1]} {en}"


# --------------------------------------------------------------------------- predicates and clauses


@dataclass(frozen=True)
class Pred:
    """A predicate with its slots filled."""

    case: str  # N plain, D dative, P ke paas, G ke, K agreeing genitive, W its own subject
    pre: str
    stem: str
    agr: Agr
    verb: str
    post: str
    neg: bool = False
    subject: NP | None = None
    first: Pred | None = None  # what is done first: ``going to the market``
    ne: bool = False  # whether a perfective takes the ergative marker


SLOT = re.compile(r"\{(\w+)(?:\.(\w+))?(?::(\w+))?(?::(\w))?\}")


# Rows of PLACE where one strolls or sits (p) and where one works (j).
INDOORS_OR_OUT = {"p": (4, 5, 6, 11, 12, 13), "j": (3, 8, 10, 12, 15, 16, 17)}


def fill_slot(d: Dice, name: str, klass: str, option: str, filled: dict[str, NP | Seg]) -> None:
    """Choose a value for one slot unless it already has one."""
    if name in filled:
        return
    if name in ("g", "l"):
        place = d.pick(PLACE)
        filled.setdefault("g", (place[0], place[2]))
        filled.setdefault("l", (place[1], place[3]))
    elif name in INDOORS_OR_OUT:
        place = PLACE[d.pick(INDOORS_OR_OUT[name])]
        filled[name] = (place[1], place[3])
    elif name == "c":
        hi, en = d.pick(CITY)
        filled[name] = (hi, en)
    elif name in ("h", "hm", "hn"):
        filled[name] = hour(d, name[1:])
    elif name.startswith("spot"):
        hi, en = d.pick(SPOT)
        filled[name] = (hi, en)
    elif name == "r":
        filled[name] = person_np(d)
    elif name == "k":
        filled[name] = kin_np(OWN, kin_noun(d))
    else:
        filled[name] = object_np(d, klass, option)


def put(text: str, filled: dict[str, NP | Seg], side: int) -> str:
    """Write the chosen values into one side of a predicate."""

    def value(match: re.Match[str]) -> str:
        name = match[1]
        if name in ("mine", "kmine"):
            owner = filled["r" if name == "mine" else "k"]
            assert isinstance(owner, NP)
            return owner.possessive
        item = filled[name]
        if not isinstance(item, NP):
            return item[side]
        if side:
            return item.english_object
        return item.case(match[2]) if match[2] else item.hi if name == "o" else item.obl

    return " ".join(SLOT.sub(value, text).split())


def read_gn(text: str) -> Agr:
    """``fp`` and the like."""
    return Agr(text[0], text[1])


def make_pred(d: Dice, line: str, fixed: dict[str, NP | Seg] | None = None) -> Pred:
    """Fill a predicate line; ``fixed`` presets slots, as questions need."""
    hi, en = line.split("|")
    case, neg = "N", False
    if re.match(r"[NDPGW]!? ", hi):
        case, neg, hi = hi[0], hi[1] == "!", hi.split(" ", 1)[1]
    filled = dict(fixed or {})
    for match in SLOT.finditer(hi):
        if match[1] == "o":
            own = not re.search("@(खरीद|ला|चुन|माँग|बना|सी|ले|लगा|दे)", hi)
            filled.setdefault("o", object_np(d, match[3], match[4] or "", own))
        fill_slot(d, match[1], match[3] or "", match[4] or "", filled)
    subject = None
    if " : " in hi:
        subject, hi, en = world_subject(hi, en)
    pre, _, verb = hi.rpartition("@")
    stem, _, gn = verb.partition("/")
    obj = filled.get("o")
    marked = bool(re.search(r"\{o[^}]*\} (से|की ज़रूरत)", hi))  # the noun in {o} has a postposition
    agr = read_gn(gn) if gn else obj.agr if isinstance(obj, NP) and "{o" in pre and not marked else DEFAULT
    if isinstance(obj, NP) and marked:
        filled["o"] = replace(obj, hi=obj.obl)
    word, _, post = en.partition(" ")
    ne = stem in NE_STEMS and not (stem == "खेल" and (marked or "{o" not in hi))
    return Pred(case, put(pre, filled, 0), stem, agr, word, put(post, filled, 1), neg, subject, None, ne)


def world_subject(hi: str, en: str) -> tuple[NP, str, str]:
    """Split a predicate that brings its own subject."""
    hi_subject, hi_rest = hi.split(" : ")
    en_subject, en_rest = en.split(" : ")
    word, gn = hi_subject.rsplit("/", 1)
    agr = read_gn(gn)
    pn = "3p" if agr.number == "p" and en_subject != "it" else "3s"
    return NP(word, word, agr, en_subject, pn), hi_rest, en_rest


def chain(first: Pred, last: Pred) -> Pred:
    """``having done the first, does the second``."""
    return replace(last, first=first)


@dataclass(frozen=True)
class Clause:
    """A finite clause about to be written."""

    subject: NP
    tense: str
    pred: Pred
    neg: bool = False
    time: Seg = ("", "")
    front: bool = False
    freq: Seg = ("", "")

    def __post_init__(self) -> None:
        """A predicate may bring its own subject, and may be negative in itself."""
        if self.pred.subject:
            object.__setattr__(self, "subject", self.pred.subject)
        if self.pred.neg:
            object.__setattr__(self, "neg", not self.neg)

    @property
    def stative(self) -> bool:
        """Whether the Hindi verb is the copula."""
        return self.pred.stem == "है"

    @property
    def real(self) -> str:
        """The tense, with ``was`` and ``is`` resolved for the kind of predicate."""
        if self.tense in ("was", "is"):
            past = self.tense == "was"
            return ("past" if past else "hab") if self.stative else ("pastprog" if past else "prog")
        return STATIVE_TENSE[self.tense] if self.stative and self.tense not in ("cond", "would") else self.tense

    def subject_case(self) -> tuple[str, Agr]:
        """Hindi subject with its marker, and what the verb agrees with."""
        np, pred = self.subject, self.pred
        if pred.case == "K":  # raam kii do bahanen
            return (np.gen or np.obl + " क") + ending(pred.agr), pred.agr
        if pred.case in "PG":
            return join(np.case("ke"), "पास" if pred.case == "P" else ""), pred.agr
        if pred.case == "D" or self.real in DATIVE_TENSES:
            return np.case("dat"), pred.agr
        if self.real in ERGATIVE_TENSES and pred.ne:
            return np.case("erg"), pred.agr
        return np.hi, np.agr

    def hindi(self) -> str:
        """The Hindi side."""
        subject, agr = self.subject_case()
        own = self.subject.agr
        pre = join(inner(self.pred), self.pred.pre)
        if self.subject.gen:  # one's own is apnaa, never meraa
            pre = re.sub(rf"(^| ){self.subject.gen}(?=[ाेी] )", r"\1अपन", pre)
        pre = pre.replace("~", ending(own)).replace("^", ending(own, "आ ए ई ई"))
        verb = (copula if self.stative else group3(self.pred.stem))(self.real, agr, self.neg)
        when = self.time[0]
        return join(when if self.front else "", subject, "" if self.front else when, self.freq[0], pre, verb)

    def verb(self) -> English:
        """The English verb group, both verbs of a chain included."""
        one = english(self.pred.verb, self.real, self.subject.pn)
        if not self.pred.first:
            return one
        start = english(self.pred.first.verb, self.real, self.subject.pn)
        tail = join(self.pred.first.post, "and", follow_up(self.pred.verb, self.real, self.subject.pn))
        return replace(start, main=join(start.main, tail), bare=join(start.bare, tail))

    def english(self) -> str:
        """The English side of a statement."""
        text = self.verb().plain(self.subject.en, self.freq[1], self.neg)
        when = self.time[1]
        body = join(when if self.front else "", text, self.pred.post, "" if self.front else when)
        return body.replace("<own>", self.subject.poss)

    def question(self) -> str:
        """The English side with the verb before the subject."""
        body = join(self.verb().asked(self.subject.en, self.neg), self.pred.post, self.time[1])
        return body.replace("<own>", self.subject.poss)

    def both(self) -> Seg:
        """Hindi and English."""
        return self.hindi(), self.english()


def inner(pred: Pred) -> str:
    """The conjunctive participle phrase of a chain."""
    return join(pred.first.pre, conjunctive(pred.first.stem)) if pred.first else ""


def group3(stem: str) -> Callable[[str, Agr, bool], str]:
    """``group`` with the stem supplied."""
    return lambda tense, agr, neg: group(stem, tense, agr, neg)


def follow_up(verb: str, tense: str, pn: str) -> str:
    """The form of a second verb that shares the auxiliary of the first."""
    if tense in ("hab", "past", "cond"):
        return simple(verb, pn, tense == "past").main
    if tense in ("prog", "pastprog"):
        return ing(verb)
    return past_forms(verb)[1] if tense in ("perf", "plup", "already") else verb


# --------------------------------------------------------------------------- short sentences

LINES = [line.split("|", 1) for line in BASIC.strip().split("\n")]
ALL_TENSES = (
    "hab 26; prog 12; pastprog 8; past 16; perf 8; plup 4; pasthab 6; fut 14; can 5; could 3; "
    "want 5; wanted 4; should 6; "
    "haveto 5; hadto 4; willhaveto 3; supposed 2; already 4; began 3; try 3; may 4; ableto 3"
)
KIND_TENSES = {
    "all": ALL_TENSES,
    "one": "past 24; perf 10; fut 18; want 8; wanted 5; can 4; should 6; haveto 4; hadto 5; "
    "willhaveto 3; already 4; may 4; could 3; prog 5; plup 4; supposed 2; ableto 3",
    "state": "hab 3; pasthab 1",
    "slip": "past 6; perf 2; plup 1",
}
NEVER_NEGATED = ("already", "began", "try", "supposed", "may", "perf", "plup")
FREQUENCIES = (("अक्सर", "often"), ("हमेशा", "always"), ("कभी-कभी", "sometimes"), ("शायद ही कभी", "rarely"))


def subject_np(d: Dice) -> NP:
    """A subject for an everyday sentence."""
    kind = d.weigh("name 34; pronoun 30; one 12; many 12; kin 12")
    if kind == "name":
        return d.pick(PEOPLE)
    if kind == "pronoun":
        return PRONOUNS[d.pick(("I", "I", "Ifem", "we", "tum", "aap", "he", "she", "they"))]
    if kind == "kin":
        return kin_np(d.pick((*PEOPLE[::6], *(PRONOUNS[k] for k in ("I", "aap", "we", "tum")))), kin_noun(d))
    number = "s" if kind == "one" else "p"
    noun = d.pick(LEX["any"])
    det: Seg | tuple[str, str, str] = ("", "the")
    if d.chance(0.3):
        det = d.pick(DEMONSTRATIVES[number])
    elif number == "p" and d.chance(0.3):
        det = d.pick(NUMBER[:5])
    return described(noun, number, adjective_for(d, noun) if d.chance(0.25) else None, det)


def shows_gender(clause: Clause) -> bool:
    """False when the Hindi leaves open whether ``vah`` is he or she."""
    if clause.subject.en not in ("he", "she"):
        return True
    return (
        clause.subject_case()[0] == clause.subject.hi
        and clause.real != "may"
        and not (clause.stative and clause.real in ("hab",))
    )


def basic_clause(d: Dice, fixed: dict[str, NP | Seg] | None = None, wanted: str = "", plain: bool = False) -> Clause:
    """A random everyday clause; ``wanted`` is text its predicate line must contain."""
    kind, line = d.pick([row for row in LINES if wanted in row[1]] if wanted else LINES)
    pred = make_pred(d, line, fixed)
    tense = d.weigh(KIND_TENSES[kind])
    if "{r.dat}" in line and tense in DATIVE_TENSES:  # avoid two datives in a row
        tense = "fut"
    neg = tense == "could" or (tense not in NEVER_NEGATED and d.chance(0.14))
    time, front, freq = ("", ""), False, ("", "")
    if tense == "hab" and not neg and d.chance(0.4):
        freq = d.pick(FREQUENCIES)
    elif tense == "perf" and d.chance(0.3):
        freq = ("अभी-अभी", "just")
    elif tense in TIME_OF and "{h" not in line and not neg and d.chance(0.7) and not plain and kind != "state":
        hi, en = d.pick(TIME[TIME_OF[tense]])
        time, front = (hi, en), d.chance(0.35)
    clause = Clause(subject_np(d), tense, pred, neg, time, front, freq)
    return clause if shows_gender(clause) else replace(clause, subject=d.pick(PEOPLE))


def statement(d: Dice) -> Seg:
    """A plain statement."""
    clause = basic_clause(d)
    hi, en = clause.both()
    return ("शायद " + hi if clause.tense == "may" else hi) + "।", en + "."


def never(d: Dice) -> Seg:
    """``never`` is kabhii with the negated verb."""
    _, line = d.pick([row for row in LINES if row[0] == "all" and "{h" not in row[1]])
    clause = Clause(d.pick([*PEOPLE, PRONOUNS["I"], PRONOUNS["they"]]), "hab", make_pred(d, line), True)
    en = replace(clause, neg=False, freq=("", "never"))
    return replace(clause, freq=("कभी", "")).hindi() + "।", en.english() + "."


def asked_clause(d: Dice, fixed: dict[str, NP | Seg] | None = None, wanted: str = "") -> Clause:
    """A clause fit for a question: no first person, no negation."""
    while True:
        clause = replace(basic_clause(d, fixed, wanted, True), neg=False, freq=("", ""))
        if clause.subject.pn in ("2", "3s", "3p") and clause.tense not in (
            "may",
            "supposed",
            "could",
            "began",
        ):
            return clause


def yes_no(d: Dice) -> Seg:
    """Question with kyaa."""
    clause = asked_clause(d)
    return "क्या " + clause.hindi() + "?", clause.question() + "?"


WH_ADVERBS = (
    ("कब", "When"),
    ("क्यों", "Why"),
    ("कैसे", "How"),
    ("किसके साथ", "With whom"),
    ("कितने बजे", "At what time"),
)


def wh_adverb(d: Dice) -> Seg:
    """When, why, how."""
    hi, en = d.pick(WH_ADVERBS)
    while True:
        clause = asked_clause(d, wanted={"कैसे": "{o", "किसके साथ": "{l}"}.get(hi, ""))
        if not re.search("बजे|साथ|से प्यार|में रह|जान", clause.hindi()):
            break
    question = f"{en} {clause.question()}?"
    if hi in ("कब", "क्यों", "कैसे"):  # right before the verb
        return replace(clause, pred=replace(clause.pred, pre=join(clause.pred.pre, hi))).hindi() + "?", question
    return replace(clause, time=(hi, "")).hindi() + "?", question


def wh_where(d: Dice) -> Seg:
    """Where."""
    slot = d.pick("glpj")
    clause = asked_clause(d, {k: ("कहाँ", "") for k in "glpj"}, "{" + slot + "}")
    return clause.hindi() + "?", f"Where {clause.question()}?"


def wh_what(d: Dice) -> Seg:
    """What, which, how many."""
    _, line = d.pick([r for r in LINES if "{o:" in r[1] and ":b}" not in r[1] and " से @" not in r[1]])
    klass = line.split("{o:")[1].split("}")[0].split(":")[0]
    noun = trim(d.pick(LEX[klass]))
    number, which = ("s", d.pick(("what", "which")))
    if not noun.mass and d.chance(0.4):
        number, which = "p", "many"
    agr = Agr(noun.gender, number)
    hi, en = {
        "what": ("क्या", "What"),
        "which": (join("कौन स" + ending(agr), decline(noun, number, False)), "Which " + noun.en),
        "many": (join("कितन" + ending(agr), decline(noun, number, False)), "How many " + noun.en_plural),
    }[which]
    if which == "what":
        agr = DEFAULT
    clause = asked_clause(d, {"o": NP(hi, hi, agr, "")}, line)
    return clause.hindi() + "?", f"{en} {clause.question()}?"


WHO = NP("कौन", "किस", DEFAULT, "who", "3s", "", "their", "he", "किसने", "किसको", "किसक")


def wh_who(d: Dice) -> Seg:
    """Who as subject keeps statement order in English."""
    clause = replace(asked_clause(d), subject=WHO)
    return clause.hindi() + "?", clause.english() + "?"


def wh_whom(d: Dice) -> Seg:
    """Whom: the Hindi stays in place, the English is fronted."""
    line = d.pick([r[1] for r in LINES if "{r." in r[1] and "{mine}" not in r[1]])
    whom = NP("किस", "किस", DEFAULT, "", dat="किसको", gen="किसक")
    clause = asked_clause(d, {"r": whom}, line)
    return clause.hindi() + "?", f"Whom {clause.question()}?"


def thing(d: Dice, klasses: str = "read wear thing toy furniture device vehicle") -> Noun:
    """A thing one can own."""
    return trim(d.pick(LEX[d.pick(klasses.split())]))


def number_of(d: Dice, noun: Noun, p: float = 0.3) -> str:
    """Number for a noun; clothes are always plural."""
    return "s" if noun.mass else "p" if (noun.en == noun.en_plural and noun.group == "wear") or d.chance(p) else "s"


def topic_np(d: Dice, noun: Noun) -> NP:
    """A definite thing: demonstrative, possessor or the bare noun."""
    number = number_of(d, noun)
    shared = noun.group in ("wild", "nature", "flower", "show", "song")  # nobody's own
    kind = d.weigh("this 4; the 3" if shared else "this 4; mine 4; name 2; the 3")
    if kind == "this":
        return described(noun, number, None, d.pick(DEMONSTRATIVES[number]))
    if kind == "the":
        return described(noun, number, None, ("", "the"))
    keys = ("I", "we", "tum", "aap", "they")
    return owned(noun, number, d.pick(PEOPLE) if kind == "name" else PRONOUNS[d.pick(keys)])


def is_adjective(d: Dice) -> Seg:
    """``My house is big.``"""
    classes = [k for k in ADJ_OF if k not in ("person", "worker", "kin")]
    noun = trim(d.pick(LEX[d.pick([*classes, *(["task", "nature", "building", "wild"] * 3)])]))
    adj = adjective_for(d, noun) or ADJ["task"][0]
    if noun.group == "wear" and d.chance(0.5):
        adj = d.pick(ADJ["washing"])
    elif noun.hi in ("गिलास", "कप", "थाली", "टोकरी", "बाल्टी", "डिब्बा", "थैला") and d.chance(0.5):
        adj = ADJ["holding"][0]
    np = topic_np(d, noun)
    very = adj.en not in UNGRADED and d.chance(0.4)
    pre = join("बहुत" if very else "", adj.form(np.agr.gender, np.agr.number))
    post = join("very" if pre.startswith("बहुत") else "", adj.en)
    pred = Pred("N", pre, "है", DEFAULT, "be", post)
    clause = Clause(np, d.weigh("hab 5; past 2"), pred, d.chance(0.15))
    if d.chance(0.15):
        return "क्या " + clause.hindi() + "?", clause.question() + "?"
    return clause.hindi() + "।", clause.english() + "."


def is_person(d: Dice) -> Seg:
    """``The farmer is honest``, ``Sita is happy``."""
    while True:
        np, mood = subject_np(d), d.chance(0.6)
        adj = d.pick(ADJ["mood" if mood else "person"])
        very = d.chance(0.4) and adj.en not in ("ready", "alone", "safe")
        pre = join("बहुत" if very else "", adj.form(np.agr.gender, np.agr.number))
        pred = Pred("N", pre, "है", DEFAULT, "be", join("very" if very else "", adj.en))
        clause = Clause(np, d.weigh("hab 5; past 4; fut 1"), pred, d.chance(0.15))
        if shows_gender(clause) and adj.en not in np.en:
            return clause.hindi() + "।", clause.english() + "."


MALE_WORK = [n for n in LEX["worker"] if n.gender == "m"]
FEMALE_WORK = [n for n in LEX["worker"] if n.gender == "f"]


def is_worker(d: Dice) -> Seg:
    """``Ram is a farmer.``"""
    while True:
        np = subject_np(d)
        if np.pn == "3s" and not np.en.startswith("the"):
            break
    noun = d.pick(MALE_WORK if np.agr.gender == "m" else FEMALE_WORK)
    adj = adjective_for(d, noun) if d.chance(0.5) else None
    predicate = described(noun, "s", adj, ("एक", "a"))
    hi = predicate.hi
    if np.agr.number == "p" and noun.gender == "m":  # honorific subjects make the adjective plural
        hi = join("एक", adj.form("m", "p") if adj else "", decline(noun, "p", False))
    clause = Clause(np, d.weigh("hab 5; past 3"), Pred("N", hi, "है", DEFAULT, "be", predicate.en))
    if not shows_gender(clause):
        return is_worker(d)
    return clause.hindi() + "।", clause.english() + "."


def this_is(d: Dice) -> Seg:
    """``This is my book``, ``Whose book is this?``"""
    noun = thing(d)
    number = number_of(d, noun)
    hi, _, en = d.pick(DEMONSTRATIVES[number])
    be_hi, be_en = be_present(Agr("m", number)), pick_be("3p" if number == "p" else "3s", False)
    if d.chance(0.2):
        word = noun.en_plural if number == "p" else noun.en
        whose = "किसक" + ending(Agr(noun.gender, number))
        return f"{hi} {whose} {decline(noun, number, False)} {be_hi}?", f"Whose {word} {be_en} {en}?"
    owner = d.pick(PEOPLE + [PRONOUNS[k] for k in ("I", "we", "tum", "aap", "they")] * 2)
    np = owned(noun, number, owner, adjective_for(d, noun) if d.chance(0.5) else None)
    no = d.chance(0.25)
    return join(hi, np.hi, "नहीं" if no else "", be_hi) + "।", join(en, be_en, "not" if no else "", np.en) + "."


def is_where(d: Dice) -> Seg:
    """``The book is on the table``, ``There are two books on the table``."""
    noun = trim(d.pick(LEX[d.pick(("read", "thing", "toy"))]))
    number = number_of(d, noun)
    spot = d.pick(SPOT)
    if noun.hi in spot[0] or noun.hi[:-1] in spot[0]:
        return is_where(d)
    adj = adjective_for(d, noun) if d.chance(0.4) else None
    tense = d.weigh("hab 3; past 1")
    if d.chance(0.5):
        np = described(noun, number, adj, ("", "the"))
        clause = Clause(np, tense, Pred("N", spot[0], "है", DEFAULT, "be", spot[1]), d.chance(0.2))
        if d.chance(0.15):
            where = replace(clause, neg=False, pred=replace(clause.pred, pre="कहाँ", post=""))
            return where.hindi() + "?", f"Where {where.question()}?"
        return clause.hindi() + "।", clause.english() + "."
    np = described(noun, number, adj, ("एक", "a") if number == "s" else d.pick(NUMBER))
    there = NP(spot[0], spot[0], np.agr, "there", np.pn)
    clause = Clause(there, tense, Pred("N", np.hi, "है", DEFAULT, "be", join(np.en, spot[1])))
    return clause.hindi() + "।", clause.english() + "."


def has_thing(d: Dice) -> Seg:
    """Possession of things and of relatives."""
    np = d.pick(PEOPLE + [PRONOUNS[k] for k in ("I", "we", "tum", "aap", "they")] * 3)
    tense = d.weigh("hab 4; past 1")
    if d.chance(0.3):
        noun, count = d.pick(LEX["kin"][:5]), d.pick(NUMBER[:4])
        has = described(noun, "p", None, count)
        pred = Pred("K", has.hi, "है", has.agr, "have", has.en)
    else:
        noun = d.pick(LEX[d.pick(("read", "thing", "toy", "device", "vehicle", "pet"))])
        number = number_of(d, noun)
        det = ("एक", "a") if number == "s" else d.pick(NUMBER)
        has = described(noun, number, adjective_for(d, noun) if d.chance(0.5) else None, det)
        pred = Pred("P", has.hi, "है", has.agr, "have", has.en)
    clause = Clause(np, tense, pred)
    if d.chance(0.25) and np.pn != "1s":
        return "क्या " + clause.hindi() + "?", clause.question() + "?"
    return clause.hindi() + "।", clause.english() + "."


def age(d: Dice) -> Seg:
    """Ages, in digits or words."""
    while True:
        np = subject_np(d)
        if np.pn == "3s" and np.agr.person == 3 and np.en not in ("he", "she") and "old man" not in np.en:
            break
    young = bool(re.search("boy|girl|child|student", np.en))
    grown = not young and bool(re.search("the |this|that", np.en))
    elder = np.agr.number == "p"
    low, width = (50, 35) if elder else (7, 9) if young else (25, 35) if grown else (7, 35)
    years = str(low + d.below(width))
    if not elder and not grown and d.chance(0.3):
        hi, en = d.pick(NUMBER[5:])
    else:
        hi = en = years
    pred = Pred("N", f"{hi} साल क~", "है", DEFAULT, "be", f"{en} years old")
    clause = Clause(np, "hab", pred)
    return clause.hindi() + "।", clause.english() + "."


def price(d: Dice) -> Seg:
    """Prices, in digits."""
    noun = thing(d, "wear thing toy furniture device")
    number = number_of(d, noun, 0.1)
    np = described(noun, number, adjective_for(d, noun) if d.chance(0.3) else None, d.pick(DEMONSTRATIVES[number]))
    rupees = str((1 + d.below(40)) * 25)
    if d.chance(0.25):
        agr = ending(np.agr)
        hi = f"{np.hi} कितने क{agr} {be_present(np.agr)}?"
        return hi, f"How much {'do' if number == 'p' else 'does'} {np.en} cost?"
    if d.chance(0.5):
        return f"{np.obl} की कीमत {rupees} रुपये है।", f"The price of {np.en} is {rupees} rupees."
    pred = Pred("N", f"{rupees} रुपये क~", "है", DEFAULT, "cost", f"{rupees} rupees")
    clause = Clause(np, "hab", pred)
    return clause.hindi() + "।", clause.english() + "."


# Adjectives not compared and not used with "very".
UNGRADED = (
    "red", "blue", "white", "black", "yellow", "green", "brown", "empty", "round", "wet", "dry", "hungry",
    "dirty", "fresh",
)  # fmt: skip


def compare(d: Dice) -> Seg:
    """Comparative: A than-B adjective."""
    if d.chance(0.5):
        one, two = d.pick(PEOPLE), d.pick(PEOPLE)
        if d.chance(0.4):
            two = kin_np(OWN, d.pick(LEX["kin"][:5]))
        adj = d.pick([a for a in ADJ["person"] if a.en != "famous"])
    else:
        noun = trim(d.pick(LEX[d.pick(("read", "wear", "thing", "vehicle", "building", "nature", "pet", "device"))]))
        number = number_of(d, noun, 0.2)
        near, far = DEMONSTRATIVES[number]
        one, two = described(noun, number, None, near), described(noun, number, None, far)
        adj = adjective_for(d, noun) or ADJ["task"][0]
    if one == two or adj.en in UNGRADED:
        return compare(d)
    pre = join(two.case("se"), adj.form(one.agr.gender, one.agr.number))
    pred = Pred("N", pre, "है", DEFAULT, "be", f"{grade(adj.en, adj.more, 0)} than {two.english_object}")
    clause = Clause(one, d.weigh("hab 4; past 1"), pred, d.chance(0.1))
    return clause.hindi() + "।", clause.english() + "."


GROUPS = (
    ("गाँव", "in the village"),
    ("शहर", "in the city"),
    ("देश", "in the country"),
    ("दुनिया", "in the world"),
)


def superlative(d: Dice) -> Seg:
    """``This is the oldest tree in the village.``"""
    person = d.chance(0.4)
    noun = trim(d.pick(LEX[d.pick(("person", "worker") if person else ("building", "nature", "vehicle", "read"))]))
    adj = adjective_for(d, noun) or ADJ["task"][0]
    if adj.en in UNGRADED or noun.en in ("room", "home", "path", "newspaper", "letter", "old man"):
        return superlative(d)
    group_hi, group_en = d.pick(GROUPS[:2] if noun.group == "building" else GROUPS)
    whole = described(noun, "s", adj)
    head = "क" + ending(whole.agr)
    who, _, en = d.pick(DEMONSTRATIVES["s"])
    if person:
        people = [p for p in PEOPLE if p.agr.gender == noun.gender]
        pick = d.pick(people)
        who, en = pick.hi, pick.en
    text = f"{en} is the {grade(adj.en, adj.more, 1)} {noun.en} {group_en}."
    return f"{who} {group_hi} {head} सबसे {whole.hi} है।", text


NEEDS = "drink fruit thing read wear"


def feels(d: Dice) -> Seg:
    """Dative subjects: liking, needing, knowing, hunger, cold."""
    np = d.pick(PEOPLE + [PRONOUNS[k] for k in ("I", "we", "tum", "aap", "they")] * 3 + [definite(d, "any")] * 5)
    line = d.pick(FEELINGS)
    pred = make_pred(d, "D " + line)
    tense = d.weigh("hab 3; past 2")
    clause = Clause(np, tense, pred, d.chance(0.2))
    if d.chance(0.2) and np.pn != "1s":
        asked = replace(clause, neg=False)
        return "क्या " + asked.hindi() + "?", asked.question() + "?"
    return clause.hindi() + "।", clause.english() + "."


FEELINGS = (
    "{o:fruit:g} पसंद @है|like {o}",
    "{o:drink:g} पसंद @है|like {o}",
    "{o:read:g} पसंद @है|like {o}",
    "{o:game:b} पसंद @है|like {o}",
    "{o:study:b} पसंद @है|like {o}",
    "{o:animal:g} पसंद @है|like {o}",
    "भूख लगी @है/fs|be hungry",
    "प्यास लगी @है/fs|be thirsty",
    "बुखार @है/ms|have a fever",
    "{r.ka} नाम पता @है/ms|know {mine} name",
    "{o:goods} की ज़रूरत @है/fs|need {o}",
    "{r.ka} घर पसंद @है/ms|like {mine} house",
    "अंधेरे से डर @है/ms|fear the dark",
    "{c} पसंद @है/ms|like {c}",
    "सर्दी लगी @है/fs|be cold",
)


def want_thing(d: Dice) -> Seg:
    """chaahie with a noun."""
    np = d.pick(PEOPLE + [PRONOUNS[k] for k in ("I", "we", "tum", "aap", "they")] * 3)
    obj = object_np(d, d.pick(NEEDS.split()))
    if "<own>" in obj.en:
        return want_thing(d)
    past = d.chance(0.15)
    verb = simple("need", np.pn, past)
    tail = be_past(obj.agr) if past else ""
    if d.chance(0.2) and np.pn != "1s":
        return join("क्या", np.case("dat"), obj.hi, "चाहिए", tail) + "?", f"{verb.asked(np.en)} {obj.en}?"
    return join(np.case("dat"), obj.hi, "चाहिए", tail) + "।", f"{np.en} {verb.main} {obj.en}."


def command(d: Dice) -> Seg:
    """Imperatives: polite with kripayaa or plain, negative with mat or na."""
    while True:
        kind, line = d.pick(LINES)
        pred = make_pred(d, line)
        if kind not in ("state", "slip") and not re.search("मैच|झूठ|नौकरी|पहुँच", pred.stem + pred.pre):
            break
    polite, no = d.chance(0.55), d.chance(0.3)
    hi = join(pred.pre, ("न" if polite else "मत") if no else "", imperative(pred.stem, polite))
    en = join(pred.verb, pred.post).replace("<own>", "your")
    en = ("do not " if no else "") + en
    if polite:
        return "कृपया " + hi + "।", f"please {en}."
    return hi + ("!" if d.chance(0.2) else "।"), en + "."


def exclaim(d: Dice) -> Seg:
    """``What a beautiful flower!``"""
    noun = trim(d.pick(LEX[d.pick(("flower", "building", "nature", "animal", "toy", "read", "show", "bake"))]))
    adj = adjective_for(d, noun) or ADJ["task"][0]
    np = described(noun, "s", adj)
    hi, _, en = d.pick(DEMONSTRATIVES["s"])
    if d.chance(0.5):
        return f"कितन{ending(np.agr)} {np.hi}!", f"what {article(f'{adj.en} {noun.en}')}!"
    return f"{hi} कितन{ending(np.agr)} {np.hi} है!", f"what {article(f'{adj.en} {noun.en}')} {en} is!"


def nature(d: Dice) -> Seg:
    """Weather and timetables."""
    line = d.pick(WORLD.strip().split("\n"))
    pred = make_pred(d, "W " + line)
    tense = d.weigh("hab 4; prog 3; past 3; fut 3; pastprog 2" if "{h}" not in line else "hab 5; past 3; fut 4")
    time: Seg = ("", "")
    if d.chance(0.6):
        hi, en = d.pick(TIME[TIME_OF[tense]])
        time = (hi, en) if "{h}" not in line or (tense == "hab" and "हर" not in hi) else ("", "")
    clause = Clause(pred.subject or WHO, tense, pred, tense != "hab" and d.chance(0.15), time, d.chance(0.5))
    return clause.hindi() + "।", clause.english() + "."


def animals(d: Dice) -> Seg:
    """What pets do."""
    noun = d.pick(LEX["pet"][:4])
    number = "p" if d.chance(0.4) else "s"
    det = d.pick((("", "", "the"), *DEMONSTRATIVES[number]))
    np = replace(described(noun, number, adjective_for(d, noun) if d.chance(0.5) else None, det))
    np = replace(np, poss="its" if number == "s" else "their")
    line = d.pick(PET_ACTS.strip().split("\n")).split("|", 1)[1]
    clause = Clause(np, d.weigh("hab 3; prog 4; pastprog 2; past 2; fut 1"), make_pred(d, line), d.chance(0.15))
    return clause.hindi() + "।", clause.english() + "."


def introduce(d: Dice) -> Seg:
    """Names and homes."""
    name, place = d.pick(PEOPLE), d.pick(CITY)
    if d.chance(0.5):
        owner = kin_np(PRONOUNS[d.pick(("I", "we", "aap"))], d.pick(LEX["kin"]))
        while owner.agr.gender != name.agr.gender:
            owner = kin_np(PRONOUNS[d.pick(("I", "we", "aap"))], d.pick(LEX["kin"]))
        return f"{owner.case('ka')} नाम {name.hi} है।", f"{owner.possessive} name is {name.en}."
    pred = Pred("N", f"{place[0]} से", "है", DEFAULT, "be", f"from {place[1]}")
    clause = Clause(d.pick((name, definite(d, "any"))), d.weigh("hab 3; past 1"), pred)
    return clause.hindi() + "।", clause.english() + "."


# --------------------------------------------------------------------------- compound sentences


def rows(text: str) -> list[str]:
    """The lines of a table."""
    return [line for line in text.strip("\n").split("\n") if "||" in line or "@" in line]


class Scene:
    """One topic with its people and events, on which a compound sentence draws."""

    def __init__(self, d: Dice) -> None:
        self.d = d
        acts, reasons, obstacles = TOPICS[d.pick(sorted(TOPICS))]
        self._lines = {"act": rows(acts), "r": rows(reasons), "o": rows(obstacles), "f": rows(FALLBACKS)}
        self._lines.update(p=rows(PURPOSES), there=rows(THERE))
        self._named: set[str] = set()
        self._preds: dict[str, Pred] = {}
        self._people: dict[str, NP] = {}

    def person(self, key: str) -> NP:
        """The noun phrase a subject letter stands for."""
        if key not in self._people:
            self._people[key] = self._new_person(key)
        return self._people[key]

    def _new_person(self, key: str) -> NP:
        d = self.d
        if key in "abcq" and key != "A":
            return PRONOUNS[self.person({"a": "A", "b": "B", "c": "C", "q": "Q"}[key]).pronoun]
        if key == "A" and "R" in self._people:
            return PRONOUNS[self._people["R"].pronoun]
        if key == "A":
            kind = d.weigh("name 60; I 10; we 4; kin 12; noun 14")
            if kind in ("I", "we"):
                return PRONOUNS[kind]
            if kind == "kin":
                return kin_np(PRONOUNS[d.pick(("I", "aap"))], kin_noun(d))
            return d.pick(PEOPLE) if kind == "name" else definite(d, "any")
        if key == "B":
            first = self.person("A").pronoun
            elders = [] if first.endswith("hon") else LEX["elder"]
            return kin_np(PRONOUNS[first], d.pick(LEX["kin"][:5] + elders))
        if key == "C":
            return d.pick(PEOPLE)
        if key == "R":
            return self._relative()
        return replace(PRONOUNS[self.person("R").pronoun], en="")

    def _relative(self) -> NP:
        """``the boy who``: jo with the noun, jis or jin in the oblique."""
        noun = self.d.pick(LEX["any"])
        number = "p" if self.d.chance(0.35) else "s"
        det = ("जो", "जिन" if number == "p" else "जिस", "the")
        np = described(noun, number, None, det)
        return replace(np, en=np.en + " who")

    def pred(self, key: str) -> Pred:
        """The predicate a name stands for; acts are never used twice."""
        if "+" in key:
            one, two = key.split("+")
            return chain(self.pred(one), self.pred(two))
        if key not in self._preds:
            self._preds[key] = self._new_pred(key)
        return self._preds[key]

    def _new_pred(self, key: str) -> Pred:
        if key == "kinof":
            owner = PRONOUNS[self.d.pick(("I", "we", "aap"))]
            np = owned(self._same_gender_kin(), self.person("R").agr.number, owner)
            return Pred("N", np.hi, "है", DEFAULT, "be", np.en)
        if key in FIXED or key in FIXED_MORE:
            return make_pred(self.d, FIXED.get(key) or FIXED_MORE[key])
        lines = self._lines["act" if key in "vwxyz" else key]
        line = lines.pop(self.d.below(len(lines)))
        return make_pred(self.d, line)

    def _same_gender_kin(self) -> Noun:
        gender = self.person("R").agr.gender
        return self.d.pick([n for n in LEX["kin"] if n.gender == gender])

    def introduced(self, letter: str, pred: Pred) -> str:
        """A pronoun gives way to its noun as long as the sentence has not named the person."""
        full = letter.upper()
        if letter in "abc" and full not in self._named:
            letter = full
        if not pred.subject and letter == full:
            self._named.add(full)
        return letter

    def token(self, text: str) -> Seg:
        """Hindi and English of one token."""
        words = text.split()
        if words[0] == "t":
            hi, en = self.d.pick(TIME[words[1]])
            return hi, en
        pred = self.pred(words[2])
        np = self.person(self.introduced(words[0], pred))
        if words[1] == "inf":
            self._named.discard(words[0])
            en = join(ing(pred.verb), pred.post).replace("<own>", np.poss)
            return join(pred.pre, pred.stem + "ने"), en
        return Clause(np, words[1], pred, len(words) > 3).both()


TOKEN = re.compile(r"\{([^}]+)\}")


def realise(d: Dice, pattern: str) -> Seg:
    """Fill a pattern; tokens are worked out once, left to right in the Hindi."""
    scene = Scene(d)
    done: dict[str, Seg] = {}
    hi, en = pattern.split("||")
    for side in (hi, en):
        for text in TOKEN.findall(side):
            if text not in done:
                done[text] = scene.token(text)
    return TOKEN.sub(lambda m: done[m[1]][0], hi), TOKEN.sub(lambda m: done[m[1]][1], en)


def medium(d: Dice) -> Seg:
    """Two clauses."""
    return realise(d, d.pick([r for r in rows(MEDIUM) if "||" in r]))


def longer(d: Dice) -> Seg:
    """Three clauses."""
    return realise(d, d.pick(rows(LONGER)))


def longest(d: Dice, with_end: bool = True) -> Seg:
    """Opening, middle and end of one little story."""
    opening = d.pick(rows(OPENINGS))
    outcome = opening[0]
    parts = [opening, d.pick([r for r in rows(MIDDLES) if r[0] == outcome])]
    if with_end:
        parts.append(d.pick([r for r in rows(ENDS) if r[0] == outcome]))
    hi, en = (" ".join(p[2:].split("||")[side].strip() for p in parts) for side in (0, 1))
    return realise(d, f"{hi} || {en}" if with_end else f"{hi}। || {en}.")


def shorter_story(d: Dice) -> Seg:
    """Opening and middle only."""
    return longest(d, False)


def thing_that(d: Dice) -> Seg:
    """``The book that Ram bought is interesting.``"""
    noun = trim(d.pick(LEX[d.pick(("read", "wear", "thing", "toy", "vehicle", "device"))]))
    number = number_of(d, noun)
    adj = adjective_for(d, noun) or ADJ["task"][0]
    det = ("जो", "जिन" if number == "p" else "जिस", "the")
    np = described(noun, number, None, det)
    who, verb = (
        d.pick(PEOPLE + [PRONOUNS[k] for k in ("I", "we", "tum", "aap")] * 3),
        d.pick(("खरीद buy", "चुन choose", "देख see", "बेच sell", "माँग ask~for")),
    )
    stem, en_verb = verb.split()
    place = d.pick((("", ""), ("बाज़ार में", "in the market"), ("कल", "yesterday"), ("पिछले हफ़्ते", "last week")))
    hi = join(np.hi, who.case("erg"), place[0], perfective(stem, np.agr, True))
    base, _, tail = en_verb.partition("~")
    en = join(np.en, "that", who.en, past_forms(base)[0], tail, place[1])
    very = adj.en not in UNGRADED and d.chance(0.5)
    be = pick_be(np.pn, False)
    that = "वे" if number == "p" else "वह"
    pre = join("बहुत" if very else "", adj.form(np.agr.gender, number), be_present(np.agr))
    return f"{hi}, {that} {pre}।", join(en, be, "very" if very else "", adj.en) + "."


# --------------------------------------------------------------------------- the files

SHORT: dict[Callable[[Dice], Seg], int] = {
    statement: 48,
    never: 2,
    yes_no: 8,
    wh_adverb: 6,
    wh_where: 3,
    wh_what: 6,
    wh_who: 3,
    wh_whom: 3,
    is_adjective: 13,
    is_person: 10,
    is_worker: 4,
    this_is: 5,
    is_where: 6,
    has_thing: 5,
    age: 3,
    price: 4,
    compare: 5,
    superlative: 5,
    feels: 7,
    want_thing: 4,
    command: 7,
    exclaim: 3,
    nature: 9,
    animals: 5,
    introduce: 2,
}
FAMILIES: tuple[tuple[tuple[Callable[[Dice], Seg], int], ...], ...] = (
    tuple(SHORT.items()),
    ((statement, 12), (medium, 70), (thing_that, 8), (yes_no, 3)),
    ((longer, 60), (shorter_story, 40)),
    ((longest, 100),),
)


def key(text: str) -> str:
    """What two sentences must not share: letters, marks and digits only, lower case."""
    return "".join(c for c in text.lower() if c.isalnum() or unicodedata.category(c)[0] == "M")


def tidy(pair: Seg) -> Seg:
    """Spacing, capital letters and one Unicode form."""
    hi, en = (re.sub(r"\s+([,।?!.])", r"\1", " ".join(side.split())) for side in pair)
    return unicodedata.normalize("NFC", hi), en[0].upper() + en[1:]


PEOPLE_WORDS = tuple(w for n in LEX["any"] for w in (f"the {n.en}", f"the {n.en_plural}"))
CLUMSY = re.compile("|".join(("<own>", r"\{", r"\b(\w+) \1\b(?<!had had)", "कि कि")))


def sensible(pair: Seg) -> bool:
    """False when a person is named twice or a word is doubled by chance."""
    words = re.findall(r"\w+", pair[1])
    names = [w for w in words if w in NAME_SET]
    if len(names) != len(dict.fromkeys(names)) or CLUMSY.search(pair[1]):
        return False
    if any(pair[0].count(w) > 1 for w in ONCE):
        return False
    if "homework" in pair[1] and re.search("father|mother|uncle|aunt|teacher", pair[1]):
        return False
    if YOUNG.search(pair[1]) and GROWN_UP.search(pair[1]):
        return False
    low = pair[1].lower()
    return not any(len(re.findall(rf"\b{w}\b", low)) > 1 for w in PEOPLE_WORDS if w in low)


# Words that read badly twice in a sentence.
ONCE = ("हालाँकि", "क्योंकि", "ताकि", "अगले हफ़्ते", "अगले दिन", "बहुत खुश ", "बहुत दुखी ", "खुश हो")
# Children have no customers and no daughters.
YOUNG = re.compile(r"\b(boys?|girls?|child|children|students?)\b(?!'s room)")
GROWN_UP = re.compile(
    r"\b(his|her|their|own) (old |new )?(son|daughter)|manager|customers|office|tractor|\bjobs?\b|"
    r"drive|drove|driving|stove|report"
)
NAME_SET = frozenset(p.en for p in PEOPLE)


def bin_sizes(total: int) -> list[int]:
    """How many sentences of each length class a file of this size has."""
    sizes = [round(total * share) for _, _, share in BINS]
    sizes[0] += total - sum(sizes)
    return sizes


def fill_bin(d: Dice, index: int, want: int, seen: set[str]) -> list[Seg]:
    """Distinct sentences of one length class."""
    low, high, _ = BINS[index]
    makers = [maker for maker, weight in FAMILIES[index] for _ in range(weight)]
    out: list[Seg] = []
    while len(out) < want:
        pair = tidy(d.pick(makers)(d))
        keys = (key(pair[0]), key(pair[1]))
        if low <= len(pair[0].split()) <= high and sensible(pair) and not seen.intersection(keys):
            seen.update(keys)
            out.append(pair)
    return out


def generate() -> dict[str, list[Seg]]:
    """All three files; every length class is dealt out to each in its share."""
    d, seen = Dice(SEED), set[str]()
    files: dict[str, list[Seg]] = {name: [] for name in SIZES}
    for index in range(len(BINS)):
        quota = {name: bin_sizes(size)[index] for name, size in SIZES.items()}
        pool = fill_bin(d, index, sum(quota.values()), seen)
        d.shuffle(pool)
        for name, count in quota.items():
            files[name] += pool[:count]
            pool = pool[count:]
    for pairs in files.values():
        d.shuffle(pairs)
    return files


def lexicon() -> dict[str, tuple[str, ...]]:
    """Every Hindi lemma, tagged by table, with the forms it may take in a sentence."""
    forms: dict[str, tuple[str, ...]] = {}
    for klass in NOUNS:
        for noun in LEX[klass]:
            cells = [decline(noun, n, o) for n in ("s", "p") for o in (False, True)]
            forms[f"noun {noun.hi}"] = tuple(dict.fromkeys(cells))
    for adjs in ADJ.values():
        for adj in adjs:
            forms[f"adjective {adj.hi}"] = tuple(
                dict.fromkeys((adj.form("m", "s"), adj.form("m", "p"), adj.form("f", "s")))
            )
    single = [("name", [p.hi for p in PEOPLE]), ("number", [hi for hi, _ in NUMBER])]
    single += [("city", [hi for hi, _ in CITY]), ("place", [row[0].split()[0] for row in PLACE])]
    single += [("time", [hi for times in TIME.values() for hi, _ in times]), ("word", PARTICLES.split())]
    for table, words in single:
        forms.update({f"{table} {w}": (w,) for w in words})
    for stem in verb_stems():
        forms[f"verb {stem}ना"] = verb_forms(stem)
    return {k: tuple(unicodedata.normalize("NFC", f) for f in v) for k, v in forms.items()}


PARTICLES = (
    "और लेकिन क्योंकि इसलिए अगर तो जब तब कि ताकि हालाँकि फिर भी जबकि जो जिस जिन जहाँ वहाँ नहीं मत न क्या कौन कहाँ "
    "कब क्यों कैसे किसने किसको किसके में पर से को का के की ने लिए साथ पास नीचे पीछे ऊपर सामने अंदर बगल बिना ख़िलाफ़ बाद "
    "पहले मैं हम तुम आप वह वे यह ये मुझे "
    "हमें तुम्हें मेरा हमारा तुम्हारा अपना सबसे बहुत अक्सर हमेशा कभी-कभी शायद कृपया या धीरे-धीरे चुपचाप ध्यान ज़ोर चाहिए"
)


def verb_stems() -> list[str]:
    """Every verb stem of the predicate tables, in order of first use."""
    text = "\n".join([BASIC, PET_ACTS, WORLD, FALLBACKS, PURPOSES, THERE, *FIXED.values(), *FIXED_MORE.values()])
    text += "\n".join("\n".join(parts) for parts in TOPICS.values())
    stems = dict.fromkeys(re.findall(r"@([^/|\n]+)", text))
    return [s for s in stems if s != "है"]


def verb_forms(stem: str) -> tuple[str, ...]:
    """All forms a verb takes in the corpus."""
    cells = [Agr(g, n, p) for g in "mf" for n in "sp" for p in (1, 2, 3)]
    forms = [
        stem,
        conjunctive(stem),
        stem + "ना",
        stem + "ने",
        stem + "नी",
        imperative(stem, True),
        imperative(stem, False),
    ]
    for agr in cells:
        forms += [
            perfective(stem, agr),
            perfective(stem, agr, True),
            subjunctive(stem, agr),
            future(stem, agr),
        ]
        forms += [participle(stem, agr), participle(stem, agr, True)]
    return tuple(dict.fromkeys(forms))


def write(files: dict[str, list[Seg]], folder: Path) -> None:
    """Write the tables with LF line ends on every platform."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, pairs in files.items():
        text = "hi\ten\n" + "".join(f"{hi}\t{en}\n" for hi, en in pairs)
        (folder / f"{name}.tsv").write_bytes(text.encode("utf-8"))


def main(argv: Sequence[str] | None = None) -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    default = Path(__file__).resolve().parent.parent / "data" / "sample"
    parser.add_argument("--out", type=Path, default=default, help="folder for the three files")
    write(generate(), parser.parse_args(argv).out)


if __name__ == "__main__":
    main()
