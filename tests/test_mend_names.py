"""The script that puts the names of pairs in order that were translated back."""

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from conftest import ROOT, run_nmt

sys.path.insert(0, str(ROOT / "scripts"))
from mend_names import Mender, Mending

SPELT = {"Obama": "ओबामा", "Delhi": "दिल्ली"}
ENGLISH = Counter({"French": 10, "Maradona": 1})
HINDI = Counter({word: 5 for word in "वह फ्रांसीसी से मिला और आया".split()})


@pytest.mark.parametrize(
    ("hindi", "english", "mending"),
    [
        ("वह ओमाबा से मिला।", "He met Obama.", Mending({"ओमाबा": "Obama"}, 1, 1)),
        ("वह ओबामा से मिला।", "He met Obama.", Mending({}, 1, 1)),
        ("वह मारोना से मिला।", "He met Maradona.", Mending({"मारोना": "Maradona"}, 1, 1)),  # rare: spelt by ear
        ("वह फ्रांसीसी से मिला।", "He met French people.", Mending({}, 0, 0)),  # not by ear
        ("वह आया।", "He met Obama.", Mending({}, 0, 1)),  # no word was invented for it
        ("वह दिलली और ओमाबा से मिला।", "He met Obama in Delhi.", Mending({"ओमाबा": "Obama"}, 2, 2)),
    ],
)
def test_a_name_takes_the_place_of_the_invented_word_that_sounds_nearest(
    hindi: str, english: str, mending: Mending
) -> None:
    assert Mender(SPELT, HINDI, ENGLISH).look(hindi, english) == mending


def test_the_script_mends_a_table(tmp_path: Path) -> None:
    """With a model of single letters, which spells the names that the corpus does not have."""
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

    for name, arguments in (("names", ()), ("letters", ("--letters",))):
        found = script("name_pairs.py", *arguments, text=sample.read_text("utf-8"))
        (runs / f"{name}.tsv").write_text(found, encoding="utf-8")
    settings = ("data.dev.names.take=5", "training.max_epochs=60", "tokenizer.vocab_size=60")
    overrides = [part for setting in settings for part in ("--set", setting)]
    result = run_nmt(tmp_path, "train", "--config", str(ROOT / "configs/letters.yaml"), *overrides)
    assert result.returncode == 0, result.stderr
    _, *rows = (runs / "letters.tsv").read_text("utf-8").splitlines()
    hindi, english = (side.replace(" ", "") for side in rows[0].split("\t"))
    pairs = [
        (f"वह {hindi[0]}ज़{hindi[1:]} से मिला।", f"He met {english.capitalize()}."),
        ("वह क्ज़मोरपा से मिला।", "He met Kamorpa."),
        ("वह उसे से मिला।", "He met Kamorpa."),  # cannot be heard: left out
        ("वह बुलेगा।", "He will call."),
    ]
    table = "hi\ten\n" + "".join(f"{left}\t{right}\n" for left, right in pairs)
    header, known, unknown, *rest = script(
        "mend_names.py", runs / "letters/model", runs / "names.tsv", sample, text=table
    ).splitlines()
    assert header == "hi\ten"
    assert known == f"वह {hindi} से मिला।\t{pairs[0][1]}"
    assert unknown.endswith(f" से मिला।\t{pairs[1][1]}")
    assert rest == ["\t".join(pairs[3])]
