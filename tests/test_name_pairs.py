"""The names of a corpus, in both scripts."""

import subprocess
import sys

import pytest
from conftest import ROOT

from nmt_cli.text import normalize

sys.path.insert(0, str(ROOT / "scripts"))
from name_pairs import english_sounds, hindi_sounds, names


@pytest.mark.parametrize(
    ("hindi", "english"),
    [
        ("दिल्ली", "Delhi"),
        ("अमृतसर", "Amritsar"),
        ("मुंबई", "Mumbai"),
        ("फिलिप", "Philip"),
        ("चंडीगढ़", "Chandigarh"),
        ("विक्टोरिया", "Victoria"),
        ("आयशा", "Ayesha"),
        ("जॉर्ज", "George"),
        ("गणेश", "Ganesh"),
        ("जुकरबर्ग", "Zuckerberg"),
    ],
)
def test_a_name_sounds_alike_in_both_scripts(hindi: str, english: str) -> None:
    assert hindi_sounds(normalize(hindi)) & english_sounds(english)
    assert not hindi_sounds(normalize(hindi)) & english_sounds("Kathmandu")


def test_only_names_that_are_told_apart() -> None:
    pairs = [
        ("वह विक्रम और मोहन से मिला।", "He met Vikram and Mohan."),  # of two consonants once: may be chance
        ("सुरेश और सुरेशा आए।", "Then Suresh came, with Suresha."),
        ("पटना बड़ा है।", "Patna is big."),  # any sentence begins with a capital
    ]
    assert names(pairs) == [("विक्रम", "Vikram")]
    assert names([*pairs, ("मोहन आया।", "Then Mohan came.")]) == [("मोहन", "Mohan"), ("विक्रम", "Vikram")]


def test_a_name_may_have_an_anusvara() -> None:
    assert names([("वह संगीता से मिला।", "He met Sangeeta.")]) == [("संगीता", "Sangeeta")]


def test_the_script_writes_a_table_of_all_names() -> None:
    corpus = (ROOT / "data/sample/train.tsv").read_text("utf-8")
    command = [sys.executable, str(ROOT / "scripts/name_pairs.py")]
    output = subprocess.run(command, input=corpus, capture_output=True, text=True, check=True, encoding="utf-8").stdout
    header, *rows = [line.split("\t") for line in output.splitlines()]
    assert header == ["hi", "en"]
    assert rows
    assert all(len(hindi.split()) == len(english.split()) <= 4 for hindi, english in rows)
    written = [word for hindi, _ in rows for word in hindi.split()]
    assert len(written) == len({*written})
