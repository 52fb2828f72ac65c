"""The script that makes training pairs of rare words: from aligned pairs to a lexicon, to lists, into other sentences."""

import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from conftest import ROOT

from nmt_cli.lexicon import Lexicon

sys.path.insert(0, str(ROOT / "scripts"))
from rare_words import FREQUENT, Aligned, Swapper, back, lexicon, lists, mend, rare_words


def pair(hindi: str, english: str, links: str) -> Aligned:
    found = {tuple(map(int, link.split("-"))) for link in links.split()}
    return hindi.split(), english.split(), {(i, j) for i, j in found}


def test_a_translation_is_seen_twice_or_rare() -> None:
    pairs = [
        *[pair("और", " ".join(f"word{n}" for n in range(300)), "")] * (FREQUENT + 1),  # the most frequent words
        *[pair("शव मिला।", "The body was found.", "0-1 1-3 1-2")] * 3,
        *[pair("शव", "the corpse", "0-1")] * 2,
        pair("थाने में शव", "A cadaver inside the police station", "0-4 0-5 1-2 2-1"),  # once in six
        pair("वह थाने गया", "He saw the police station", "0-0 1-3 1-4 2-1"),
        pair("कोमल आई", "Komal came", "0-0 1-1"),  # any sentence begins with a capital
        pair("अब कोमल आई", "Now Komal came", "0-0 1-1 2-2"),
        pair("दो तीन", "two and two", "0-0 0-2 1-1"),  # not in a row
        pair("चार पाँच", "four", "0-0 1-0"),  # not of one word alone
        pair("12 abc", "12 abc", "0-0 1-1"),
    ]
    found = lexicon(pairs)
    assert found[:3] == [("और", ""), ("शव", "body"), ("शव", "corpse")]
    assert {("थाने", "police station"), ("कोमल", "Komal")} <= {*found}
    assert "cadaver" not in {translation for _, translation in found}
    assert not {"दो", "चार", "पाँच", "12"} & {word for word, _ in found}


def test_what_is_written_counts_first() -> None:
    pairs = [
        *[pair("और", " ".join(f"word{n}" for n in range(300)), "")] * (FREQUENT + 1),  # the most frequent words
        *[pair("शव मिला।", "The Body was found.", "0-1 1-3 1-2")] * 3,
        *[pair("शव", "a corpse", "0-1")] * 2,
    ]
    written = [("शव", "remains"), ("शव", "corpse"), ("पटाखा", "firecracker"), ("और", "and")]
    found = lexicon(pairs, written)
    assert found[:5] == [("और", ""), ("और", "and"), ("शव", "corpse"), ("शव", "remains"), ("शव", "Body")]
    assert found[-1] == ("पटाखा", "firecracker")


WORDS = {
    "शव": ["body", "corpse"],
    "मुनाफे": ["profits"],
    "थाने": ["police station"],
    "दरोगा": ["inspector"],
    "कोमल": ["Komal"],
    "गीता": ["Geeta"],
}


def test_invented_words_are_mended() -> None:
    entries = [*((word, each) for word, found in WORDS.items() for each in found), ("पुलिस", ""), ("लाश", "body")]
    entries.insert(0, ("मृत देह", "body"))  # a phrase is not put in a word's place
    pairs = [
        pair("पुलिस ने शैव को देखा।", "Police saw the body.", "0-0 2-3 4-1"),
        pair("पुलिस ने लाश को देखा।", "Police saw the body.", "0-0 2-3 4-1"),  # no invention
        pair("पोलिस शैव", "Police body", "0-1 1-1"),  # which of them?
        pair("शैव लाश", "body thing", "0-0 1-1"),  # it is there already
        pair("ठाने, में", "in Police station", "0-1 0-2 1-0"),
        pair("शैव", "-", "0-0"),
    ]
    assert [hindi for hindi, _ in mend(pairs, entries)] == [
        "पुलिस ने शव को देखा।",
        "पुलिस ने लाश को देखा।",
        "पोलिस शैव",
        "शैव लाश",
        "थाने, में",
        "शैव",
    ]


def test_the_way_back_has_the_most_frequent_word_of_each_translation(tmp_path: Path) -> None:
    pairs = [("लाश मिली, शव मिला।", "The body was found.")] * (FREQUENT + 1) + [("शव", "corpse")]
    entries = [("शव", "body"), ("लाश", "corpse"), ("शव", "Corpse"), ("मिला", ""), ("मृत शरीर", "dead body")]
    entries += [("लाश पाई", "dead body"), ("एक", "one two three four five")]
    found = list(back(pairs, entries))
    assert found[:4] == [("the", ""), ("body", ""), ("was", ""), ("found", "")]
    assert found[4:] == [("body", "शव"), ("corpse", "शव"), ("dead body", "मृत शरीर")]
    (tmp_path / "lexicon.tsv").write_text("शव\tcorpse\n", encoding="utf-8")
    assert run("back", tmp_path / "lexicon.tsv", text="hi\ten\nशव\tcorpse\n").stdout == "corpse\tशव\n"


def test_frequent_words_are_not_rare() -> None:
    entries = [("तेल", ""), ("तेल", "oil"), *((word, each) for word, found in WORDS.items() for each in found)]
    assert rare_words([*entries, ("दो शब्द", "two words")]) == WORDS  # nor are phrases


def test_lists_have_every_rare_word_and_the_names() -> None:
    rows = [*lists(WORDS, [("दिल्ली पटना", "Delhi Patna")])]
    words = Counter(word for hindi, _ in rows for word in hindi.split())
    assert words == Counter([*WORDS, "दिल्ली", "पटना"])
    assert " ".join(english for _, english in rows).count("police station") == 1
    assert all(1 <= len(hindi.split()) <= 4 for hindi, _ in rows)


SENTENCES = [
    pair("उसने रीना को माल, दिया।", "He gave Reena the weapon, quickly.", "0-0 1-2 3-4 4-1"),
    pair("शव मिला", "the body, quickly", "0-1"),
    pair("शव मिला", "a corpse quickly", "0-1"),
    pair("दरोगा मिला", "the inspector quickly", "0-1"),
    pair("मुनाफे मिले", "the profits quickly", "0-1"),
]


def test_a_rare_word_goes_where_it_has_been_seen_beside_its_neighbours() -> None:
    seen = set()
    for seed in range(60):
        seen.add(Swapper(WORDS, (english for _, english, _ in SENTENCES), seed).swap(*SENTENCES[0]))
    assert seen == {
        ("उसने रीना को शव, दिया।", "He gave Reena the body, quickly."),  # दरोगा has another ending, profits an s
        ("उसने कोमल को माल, दिया।", "He gave Komal the weapon, quickly."),
        ("उसने गीता को माल, दिया।", "He gave Geeta the weapon, quickly."),
    }


def test_no_word_is_put_somewhere_too_often() -> None:
    swapper = Swapper({"शव": ["body"]}, (english for _, english, _ in SENTENCES))
    swaps = [swapper.swap(*SENTENCES[0]) for _ in range(2000)]
    assert sum(swap is not None for swap in swaps) == 16


def run(*arguments: str | Path, text: str = "") -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, str(ROOT / "scripts/rare_words.py"), *map(str, arguments)]
    return subprocess.run(command, input=text, capture_output=True, encoding="utf-8", check=False)


def test_lists_of_tables(tmp_path: Path) -> None:
    (tmp_path / "lexicon.tsv").write_text("तेल\t\nतेल\toil\nशव\tbody\nशव\tcorpse\n", encoding="utf-8")
    (tmp_path / "names.tsv").write_text("hi\ten\nगीता\tGeeta\n", encoding="utf-8")
    header, *rows = run("lists", tmp_path / "lexicon.tsv", tmp_path / "names.tsv").stdout.splitlines()
    assert header == "hi\ten"
    assert sorted(" ".join(row.split("\t")[0] for row in rows).split()) == ["गीता", "शव"]


def test_the_sample_makes_a_lexicon_and_swapped_pairs(tmp_path: Path) -> None:
    pytest.importorskip("eflomal")
    corpus = (ROOT / "data/sample/train.tsv").read_text("utf-8")
    few = "".join(corpus.splitlines(keepends=True)[:3000])
    (tmp_path / "none.tsv").write_text("hi\ten\n", encoding="utf-8")
    found = run("lexicon", "--written", tmp_path / "none.tsv", text=few).stdout
    (tmp_path / "lexicon.tsv").write_text(found, encoding="utf-8")
    assert sum(map(bool, Lexicon.read(tmp_path / "lexicon.tsv").entries.values())) > 100
    rows = [row.split("\t") for row in run("swap", tmp_path / "lexicon.tsv", text=few).stdout.splitlines()[1:]]
    assert len(rows) > 300
    known = {row.split("\t")[0] for row in few.splitlines()}
    assert sum(hindi in known for hindi, _ in rows) < len(rows) / 4


def test_what_is_written_in_the_data_counts_first(tmp_path: Path) -> None:
    pytest.importorskip("eflomal")
    (tmp_path / "lexicon.tsv").write_text(run("lexicon", text="hi\ten\nशव मिला\tA corpse was found\n").stdout, "utf-8")
    entries = Lexicon.read(tmp_path / "lexicon.tsv").entries
    assert (entries["शव"], entries["कोषाध्यक्ष"]) == ("body", "treasurer")
    # Told to a model as it stands: no notes, no alternatives.
    assert all(len(each.split()) <= (5 if " " in word else 3) for word, each in entries.items())
    assert not any({*"/()[]=;"}.intersection(each) for each in entries.values())


def test_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "eflomal.py").write_text("raise ImportError\n", encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    result = run("lexicon", text="hi\ten\nवह आया\tHe came\n")
    assert result.returncode == 1
    assert result.stderr == "rare_words: data.aligner: eflomal is not installed; run pip install nmt-cli[align]\n"
