"""The script that trains candidates elsewhere: packed, trained without the corpus, brought back in pieces."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from conftest import CONFIG, ROOT, Nmt, write_numbers


def run(folder: Path, *arguments: str) -> str:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, str(ROOT / "scripts/candidates.py"), *arguments]
    result = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    return result.stdout


def test_candidates_train_without_the_corpus_and_come_back(tmp_path: Path, nmt: Nmt) -> None:
    here, there = tmp_path, tmp_path / "there"
    there.mkdir()
    write_numbers(here, {"train": 400, "dev": 20, "test": 20})
    (here / "a.yaml").write_text(CONFIG, encoding="utf-8")
    (here / "b.yaml").write_text(
        CONFIG.replace("name: numbers", "name: broken").replace("vocab_size: 32", "vocab_size: 31"), encoding="utf-8"
    )
    sampled = CONFIG.replace("name: numbers", "name: sampled").replace(
        "training: {", "training: {subword_sampling: 0.3, "
    )
    (here / "c.yaml").write_text(sampled, encoding="utf-8")
    run(here, "pack", "packed", "a.yaml", "b.yaml", "c.yaml")
    before = (here / "runs/sampled/prepared/train.arrow").read_bytes()
    shutil.copytree(here / "packed", there / "packed")
    (there / "packed/broken.tar.xz").write_bytes((there / "packed/numbers.tar.xz").read_bytes())  # of another name
    broken, numbers, from_text = run(there, "train", "packed", "out", "--minutes", "1").splitlines()
    assert "exit code 2" in broken
    assert "exit code 0" in numbers
    assert "exit code 0" in from_text
    assert (there / "runs/sampled/prepared/train.arrow").read_bytes() == before  # made again of the text
    shutil.rmtree(here / "runs")
    shutil.copytree(there / "out", here / "out")
    assert run(here, "unpack", "out") == "runs/numbers/model\nruns/sampled/model\n"
    assert nmt("translate", "--config", "a.yaml", stdin="एक\n").stdout.strip()
