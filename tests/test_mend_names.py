"""The script that puts the names of pairs in order that were translated back."""

import os
import random
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT, run_nmt

sys.path.insert(0, str(ROOT / "scripts"))
from mend_names import Corpus, Mending
from name_pairs import hindi_sounds

ROWS = [
    *[("वह ओबामा से मिला।", "He met Obama."), ("वह दिल्ली और पटना आया।", "He came to Delhi and Patna.")] * 5,
    *[("वह फ्रांसीसी है।", "He is French.")] * 5,
    ("वह पटनां आया।", "He came to Patna."),
]


@pytest.mark.parametrize(
    ("hindi", "english", "mending"),
    [
        ("वह ओमाबा से मिला।", "He met Obama.", Mending({"ओमाबा": "Obama"}, 1, 1)),
        ("वह ओबामा से मिला।", "He met Obama.", Mending({}, 1, 1)),
        ("वह मारोना से मिला।", "He met Maradona.", Mending({"मारोना": "Maradona"}, 1, 1)),  # rare: spelt by ear
        ("वह फ्रांसीसी से मिला।", "He met French people.", Mending({}, 0, 0)),  # not by ear
        ("वह आया।", "He met Obama.", Mending({}, 0, 1)),  # no word was invented for it
        ("वह दिल्ली और ओमाबा आया।", "He met Obama in Delhi.", Mending({"ओमाबा": "Obama"}, 2, 2)),
        ("वह दिलली और ओबामा आया।", "He met Obama in Delhi.", Mending({"दिलली": "Delhi"}, 2, 2)),  # heard, but invented
        ("मारोना आया।", "Maradona came.", Mending({"मारोना": "Maradona"}, 1, 1)),  # a name though at the beginning
        ("कामे आया।", "Came he?", Mending({}, 0, 0)),  # none
        ("वह संगता से मिला।", "He met Sangeeta.", Mending({"संगता": "Sangeeta"}, 1, 1)),  # a word with an anusvara
    ],
)
def test_a_name_takes_the_place_of_the_invented_word_that_sounds_nearest(
    hindi: str, english: str, mending: Mending
) -> None:
    assert Corpus(ROWS).look(hindi, english) == mending
    assert not Corpus(ROWS, mending.words).look(hindi, english).words


def test_names_by_ear_have_the_spellings_of_the_corpus() -> None:
    corpus = Corpus(ROWS)
    assert corpus.spelt == {"Obama": {"ओबामा": 5}, "Delhi": {"दिल्ली": 5}, "Patna": {"पटना": 5, "पटनां": 1}}
    assert not corpus.is_by_ear("French")
    assert corpus.is_by_ear("Maradona")


def test_the_script_mends_a_table(tmp_path: Path) -> None:
    """With a model of single letters, which spells the names that the corpus does not have, not always the same way."""
    sample = ROOT / "data/sample/train.tsv"
    runs = tmp_path / "runs"
    runs.mkdir()

    def script(name: str, *arguments: object, text: str) -> str:
        return subprocess.run(
            [sys.executable, str(ROOT / "scripts" / name), *map(str, arguments)],
            input=text,
            env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"},
            capture_output=True,
            encoding="utf-8",
            check=True,
        ).stdout

    chance = random.Random(1)
    spelt = zip("kmrpnst", "कमरपनसत", strict=True)
    syllables = [(f"{en} {'aio'[n]}", f"{hi} {sign}") for en, hi in spelt for n, sign in enumerate("ािो")]
    syllables += [(latin, hindi[0]) for latin, hindi in syllables if latin.endswith("a")]  # a may be short or long
    names = [chance.choices(syllables, k=3) for _ in range(1500)]
    rows = [" ".join(hi for _, hi in name) + "\t" + " ".join(en for en, _ in name) for name in names]
    (runs / "letters.tsv").write_text("\n".join(["hi\ten", *rows, ""]), encoding="utf-8")
    settings = (
        "data.dev.names.take=20",
        "training.max_epochs=12",
        "tokenizer.vocab_size=40",
        "training.batch_tokens=512",
    )
    overrides = [part for setting in settings for part in ("--set", setting)]
    result = run_nmt(tmp_path, "train", "--config", str(ROOT / "configs/letters.yaml"), *overrides)
    assert result.returncode == 0, result.stderr
    pairs = [
        *[("वह ज़समरा से मिला।", "He met Samira.")] * 30,
        ("वह उसे से मिला।", "He met Samira."),  # cannot be heard: left out
        ("वह बुलेगा।", "He will call."),
    ]
    table = "hi\ten\n" + "".join(f"{left}\t{right}\n" for left, right in pairs)
    header, *found, last = script("mend_names.py", runs / "letters/model", sample, text=table).splitlines()
    assert (header, last) == ("hi\ten", "\t".join(pairs[-1]))
    assert len(found) == 30
    words = {line.removeprefix("वह ").removesuffix(" से मिला।\tHe met Samira.") for line in found}
    assert len(words) > 1, words
    assert all(hindi_sounds(word) == hindi_sounds("समीरा") for word in words), words
