"""The script that makes training pairs of text in one language."""

import gzip
import os
import subprocess
import sys
from pathlib import Path

from conftest import ROOT

from nmt_cli import Translator
from nmt_cli.corpus import hash_key

sys.path.insert(0, str(ROOT / "scripts"))
from back_translate import is_sound


def test_it_writes_the_translations_that_are_sound(numbers: Path) -> None:
    rows = (numbers / "test.tsv").read_text("utf-8").splitlines()[1:31]
    lines = [row.split("\t")[0] for row in rows]
    result = subprocess.run(
        [sys.executable, str(ROOT / "scripts/back_translate.py"), str(numbers / "runs/numbers/model")],
        input="".join(f"{line}\n" for line in [*lines, "", "7"]),
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"},
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    header, *rows = result.stdout.splitlines()
    translator = Translator.load(numbers / "runs/numbers/model", overrides=["search.no_repeat_ngram=4"])
    found = zip(translator.translate(lines, beam_size=1), lines, strict=True)
    expected = [f"{translation}\t{line}" for translation, line in found if is_sound(line, translation)]
    assert (header, rows) == ("en\thi", [*expected, "7\t7"])
    assert len(expected) > 15
    assert result.stderr == f"{len(rows)} of 32 kept\n"


def test_it_finds_the_lines_whose_hindi_was_written(tmp_path: Path) -> None:
    written = {"Where is he?": "वह कहाँ है?", "It is raining.": "बारिश हो रही है।"}
    table = "".join(f"{hash_key(line):016x}\t{hindi}\n" for line, hindi in written.items())
    with gzip.open(tmp_path / "translated.tsv.gz", "wt", encoding="utf-8") as stream:
        stream.write(f"en_key\thi\n{table}")
    result = subprocess.run(
        [sys.executable, str(ROOT / "scripts/back_translate.py"), str(tmp_path / "translated.tsv.gz")],
        input="It is raining.\nit is raining.\nWhere is he?\n",
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"},
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert result.stdout == "hi\ten\nबारिश हो रही है।\tIt is raining.\nवह कहाँ है?\tWhere is he?\n"
    assert result.stderr == f"2 of 3 lines are in {tmp_path / 'translated.tsv.gz'}\n"


def test_what_is_sound() -> None:
    assert is_sound("In 2014 he sold 1,50,000 books.", "2014 में उसने 150,000 किताबें बेचीं।")
    assert not is_sound("In 2014 he sold books.", "उसने किताबें बेचीं।")
    assert not is_sound("He sold books.", "24 में उसने किताबें बेचीं।")
    assert not is_sound("He sold books.", "")
    assert is_sound('He sold "books".', "उसने किताबें बेचीं।")
    assert not is_sound("“He sold books.", "उसने किताबें बेचीं।")
    assert not is_sound("He sold books.", "वह और वह और वह और वह")
    assert not is_sound("He sold books.", "वह यहाँ वह जहाँ वह जहाँ यहाँ वह यहाँ यहाँ जहाँ यहाँ जहाँ")
