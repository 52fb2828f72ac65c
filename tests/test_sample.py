"""Properties of the embedded sample corpus and of the grammar that writes it."""

from __future__ import annotations

import importlib.util
import re
import sys
import unicodedata
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parent.parent
SAMPLE = ROOT / "data" / "sample"
FILES = {"train": 18000, "dev": 500, "test": 1000}


def load() -> ModuleType:
    """Import scripts/make_sample.py, which is not part of a package."""
    folder = str(ROOT / "scripts")
    spec = importlib.util.spec_from_file_location("make_sample", ROOT / "scripts" / "make_sample.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["make_sample"] = module  # dataclasses look their module up
    sys.path.insert(0, folder)
    try:
        spec.loader.exec_module(module)
    finally:
        sys.path.remove(folder)
    return module


m = load()


def read(name: str) -> list[tuple[str, str]]:
    lines = (SAMPLE / f"{name}.tsv").read_text(encoding="utf-8").split("\n")
    assert lines[0] == "hi\ten" and lines[-1] == ""
    pairs = [tuple(line.split("\t")) for line in lines[1:-1]]
    assert all(len(p) == 2 for p in pairs)
    return [(p[0], p[1]) for p in pairs]


CORPUS = {name: read(name) for name in FILES}
ALL = [pair for pairs in CORPUS.values() for pair in pairs]


def bare(text: str) -> str:
    """Lower case without punctuation; an independent spelling of the generator's own key."""
    return " ".join(re.sub(r"[।,.?!'\-]", " ", text.lower()).split())


def test_regenerating_gives_the_same_bytes(tmp_path: Path) -> None:
    m.main(["--out", str(tmp_path)])
    for name in FILES:
        assert (tmp_path / f"{name}.tsv").read_bytes() == (SAMPLE / f"{name}.tsv").read_bytes()


def test_sizes() -> None:
    assert {name: len(pairs) for name, pairs in CORPUS.items()} == FILES
    assert (SAMPLE / "train.tsv").stat().st_size < 6_000_000
    assert b"\r" not in (SAMPLE / "train.tsv").read_bytes()


@pytest.mark.parametrize("side", [0, 1])
def test_no_sentence_occurs_twice_in_or_across_files(side: int) -> None:
    keys = [bare(pair[side]) for pair in ALL]
    assert len(set(keys)) == len(keys)


def test_lengths() -> None:
    for name, pairs in CORPUS.items():
        words = [len(hi.split()) for hi, _ in pairs]
        assert min(words) >= 3 and max(words) <= 48
        bins = ((3, 9), (10, 19), (20, 30), (31, 48))
        shares = [sum(lo <= w <= hi for w in words) / len(words) for lo, hi in bins]
        assert shares == pytest.approx([0.39, 0.29, 0.185, 0.135], abs=0.004), name
    test = [len(hi.split()) for hi, _ in CORPUS["test"]]
    assert sum(w > 30 for w in test) >= 130
    assert sum(20 <= w <= 30 for w in test) >= 180


def test_characters() -> None:
    for hi, en in ALL:
        assert re.fullmatch(r"[\u0900-\u0963\u0970-\u097f0-9 ,\-]+[।?!]", hi), hi
        assert re.fullmatch(r"[A-Z0-9][A-Za-z0-9 ,'\-]*[.?!]", en), en
        assert unicodedata.is_normalized("NFC", hi)
        assert (hi[-1] == "?") == (en[-1] == "?"), hi
        assert "  " not in hi + en


def test_lexicon_is_large_and_every_item_occurs() -> None:
    lexicon = m.lexicon()
    assert len(lexicon) >= 400
    assert len({k.split(" ", 1)[1] for k in lexicon}) >= 400
    counts: dict[str, int] = {}
    for hi, _ in CORPUS["train"]:
        words = re.sub(r"[।,?!]", "", hi).split()
        for size in (1, 2, 3):
            for i in range(len(words) - size + 1):
                gram = " ".join(words[i : i + size])
                counts[gram] = counts.get(gram, 0) + 1
    rare = [k for k, forms in lexicon.items() if sum(counts.get(f, 0) for f in forms) < 8]
    assert rare == []


# --------------------------------------------------------------------------- inflection, checked by hand


def noun(text: str) -> list[str]:
    item = m.read_noun(text, "thing")
    return [m.decline(item, n, o) for n in "sp" for o in (False, True)]


@pytest.mark.parametrize(
    ("entry", "forms"),
    [
        ("लड़का M boy", "लड़का लड़के लड़के लड़कों"),
        ("घर m house", "घर घर घर घरों"),
        ("लड़की f girl", "लड़की लड़की लड़कियाँ लड़कियों"),
        ("किताब f book", "किताब किताब किताबें किताबों"),
        ("कविता f poem", "कविता कविता कविताएँ कविताओं"),
        ("चिड़िया f bird", "चिड़िया चिड़िया चिड़ियाँ चिड़ियों"),
        ("मिठाई f sweet", "मिठाई मिठाई मिठाइयाँ मिठाइयों"),
        ("भाई m brother", "भाई भाई भाई भाइयों"),
        ("आलू m potato=potatoes", "आलू आलू आलू आलुओं"),
        ("डाकिया M postman=postmen", "डाकिया डाकिए डाकिए डाकियों"),
    ],
)
def test_noun_declension(entry: str, forms: str) -> None:
    assert noun(entry) == forms.split()


@pytest.mark.parametrize(
    ("stem", "forms"),
    [
        ("कर", "किया किए की कीं"),
        ("जा", "गया गए गई गईं"),
        ("ले", "लिया लिए ली लीं"),
        ("दे", "दिया दिए दी दीं"),
        ("पी", "पिया पिए पी पीं"),
        ("हो", "हुआ हुए हुई हुईं"),
        ("सो", "सोया सोए सोई सोईं"),
        ("लिख", "लिखा लिखे लिखी लिखीं"),
        ("छू", "छुआ छुए छुई छुईं"),
    ],
)
def test_perfective(stem: str, forms: str) -> None:
    assert [m.perfective(stem, m.Agr(g, n), True) for g in "mf" for n in "sp"] == forms.split()


def words(items: list[str]) -> str:
    return " ".join(items)


def test_future_and_imperative() -> None:
    cells = [m.Agr("m", "s", 1), m.Agr("m", "p", 2), m.Agr("f", "s"), m.Agr("f", "p")]
    assert words([m.future("कर", a) for a in cells]) == "करूँगा करोगे करेगी करेंगी"
    assert words([m.future("खा", a) for a in cells]) == "खाऊँगा खाओगे खाएगी खाएँगी"
    assert words([m.future("दे", a) for a in cells]) == "दूँगा दोगे देगी देंगी"
    polite = [m.imperative(s, True) for s in ("कर", "दे", "पी", "खा", "बैठ")]
    assert words(polite) == "कीजिए दीजिए पीजिए खाइए बैठिए"
    assert words([m.imperative(s, False) for s in ("ले", "पी", "जा", "लिख")]) == "लो पियो जाओ लिखो"


def test_english_morphology() -> None:
    verbs = ("go", "watch", "carry", "play", "have")
    assert words([m.third(v) for v in verbs]) == "goes watches carries plays has"
    verbs = ("swim", "write", "see", "be", "get")
    assert words([m.ing(v) for v in verbs]) == "swimming writing seeing being getting"
    articles = [m.article(w) for w in ("apple", "useful book", "honest man")]
    assert articles == ["an apple", "a useful book", "an honest man"]
    assert m.past_forms("write") == ("wrote", "written")
    assert m.past_forms("fix") == ("fixed", "fixed")
    assert m.grade("big", False, 1) == "biggest"
    assert m.grade("famous", True, 0) == "more famous"


# --------------------------------------------------------------------------- clauses, checked by hand

RAM, SITA = m.PEOPLE[0], m.PEOPLE[12]
GIRLS = m.described(m.LEX["person"][1], "p", None, ("", "the"))
MOTHER = m.kin_np(m.PRONOUNS["I"], m.LEX["elder"][0])


def say(subject: object, tense: str, line: str, neg: bool = False) -> tuple[str, str]:
    clause = m.Clause(subject, tense, m.make_pred(m.Dice(1), line), neg)
    hi, en = clause.both()
    return unicodedata.normalize("NFC", hi), en


@pytest.mark.parametrize(
    ("subject", "tense", "line", "neg", "hi", "en"),
    [
        (RAM, "past", "रिपोर्ट @लिख/fs|write the report", False, "राम ने रिपोर्ट लिखी", "Ram wrote the report"),
        (SITA, "past", "कप @धो/mp|wash cups", True, "सीता ने कप नहीं धोए", "Sita did not wash cups"),
        (RAM, "past", "सीता को @बुला|call Sita", False, "राम ने सीता को बुलाया", "Ram called Sita"),
        (GIRLS, "past", "घर @जा|go home", False, "लड़कियाँ घर गईं", "the girls went home"),
        (GIRLS, "perf", "घर @जा|go home", False, "लड़कियाँ घर गई हैं", "the girls have gone home"),
        (GIRLS, "past", "पानी @पी/ms|drink water", False, "लड़कियों ने पानी पिया", "the girls drank water"),
        (GIRLS, "hab", "घर @जा|go home", True, "लड़कियाँ घर नहीं जातीं", "the girls do not go home"),
        (SITA, "past", "पानी @ला/ms|bring water", False, "सीता पानी लाई", "Sita brought water"),
        (MOTHER, "fut", "घर @जा|go home", False, "मेरी माँ घर जाएँगी", "my mother will go home"),
        (RAM, "should", "किताबें @पढ़/fp|read", False, "राम को किताबें पढ़नी चाहिए", "Ram should read"),
        (RAM, "hadto", "घर @जा|go home", True, "राम को घर नहीं जाना पड़ा", "Ram did not have to go home"),
        (SITA, "hab", "P! समय @है/ms|have time", False, "सीता के पास समय नहीं है", "Sita does not have time"),
        (SITA, "was", "N बहुत थक~ हु^ @है|be very tired", False, "सीता बहुत थकी हुई थी", "Sita was very tired"),
        (m.PRONOUNS["I"], "cond", "N बीमार @है|be ill", False, "मैं बीमार होऊँगा", "I am ill"),
    ],
)
def test_clause(subject: object, tense: str, line: str, neg: bool, hi: str, en: str) -> None:
    assert say(subject, tense, line, neg) == (hi, en)


def test_ergative_never_meets_a_verb_that_refuses_it() -> None:
    """laanaa, bhuulnaa, bolnaa and verbs of motion keep a plain subject."""
    refusing = "लाया|लाए|लाई|लाईं|भूला|भूले|भूली|भूलीं|बोला|बोले|बोली|बोलीं|गया|गई|गईं|सोया|सोई|बैठा|बैठी|पहुँचा|पहुँची"
    subject = "( ने|^उसने|^मैंने|^हमने|^आपने|किसने) "
    pattern = re.compile(rf"{subject}(.* )?({refusing})( है| हैं| था| थे| थी| थीं)?[।?]$")
    short = [hi for hi, _ in ALL if len(hi.split()) < 10 and not re.search("जो |जिस|जिन|कि ", hi)]
    wrong = [hi for hi in short if pattern.search(hi)]
    assert pattern.search("राम ने पानी लाया।") and not pattern.search("राम ने सीता को बुलाया।")
    assert len(short) > 5000 and wrong == []


def test_ergative_subject_is_oblique_and_verb_perfective() -> None:
    subjects = [w for hi, _ in ALL for w in re.findall(r"(\S+) ने ", hi)]
    assert len(subjects) > 1000
    direct = {"लड़का", "बच्चा", "बेटा", "लड़कियाँ", "औरतें", "नर्सें", "मछुआरा", "रसोइया", "डाकिया"}
    assert not direct & {unicodedata.normalize("NFC", w) for w in subjects}
    for hi, _ in ALL:
        if re.search(r" ने |उसने|मैंने", hi) and len(hi.split()) < 10:
            assert not re.search(r"[ेो]गा[।?]| (?!जी)\S+ता है[।?]|रहा है[।?]", hi), hi


def test_pronoun_and_negation_match_across_languages() -> None:
    for hi, en in CORPUS["train"]:
        if re.match(r"मैं |मैंने |मुझे ", hi):
            assert re.search(r"\b(I|my|me)\b", en), (hi, en)
        if len(hi.split()) < 10:
            negative = bool(re.search(r"\b(not|cannot|never|nothing|without|rarely)\b", en))
            marked = bool(re.search(r"(^| )(नहीं|मत|न|बिना|शायद ही)( |।|\?|!)", hi))
            assert negative == marked, (hi, en)


def test_english_gender_follows_the_hindi_verb() -> None:
    for hi, en in ALL:
        if re.match(r"वह .* (रहा|रही) (है|था|थी)।$", hi) and re.match(r"(He|She) ", en):
            assert en.startswith("He") == (" रहा " in hi), (hi, en)


def test_long_sentences_join_clauses() -> None:
    links = "और|लेकिन|क्योंकि|इसलिए|कि|ताकि|जब|तब|हालाँकि|अगर|जो|जिस|जिन|से पहले|के बाद|नहीं तो|जबकि"
    long = [hi for hi, _ in ALL if len(hi.split()) > 30]
    assert all(len(re.findall(rf"(?:^| )(?:{links})(?= )", hi)) >= 2 for hi in long)
