"""A small task, learned once through the real command line, for every test that needs a trained model."""

import os
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

# The task: number words, in the opposite order. A model without attention or with a wrong mask does not solve it.
WORDS = dict(
    zip(
        "एक दो तीन चार पाँच छह सात आठ नौ दस सौ हज़ार".split(),
        "one two three four five six seven eight nine ten hundred thousand".split(),
        strict=True,
    )
)

CONFIG = """\
name: numbers
data:
  train: [{table: train.tsv}]
  dev: {dev: {table: dev.tsv}}
  test: {test: {table: test.tsv}}
tokenizer: {vocab_size: 32}
model: {emb_size: 32, hidden_size: 64, attention_size: 32, dropout: 0.0}
training: {batch_tokens: 512, learning_rate: 6e-3, warmup_steps: 50, max_epochs: 5, label_smoothing: 0.0, precision: float32}
search: {beam_size: 3}
"""

Nmt = Callable[..., "subprocess.CompletedProcess[str]"]


def run_nmt(folder: Path, *arguments: str, stdin: str | None = "") -> "subprocess.CompletedProcess[str]":
    """Run the real command in a folder."""
    return subprocess.run(
        [sys.executable, "-m", "nmt_cli", *arguments],
        cwd=folder,
        input=stdin,
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"},
        check=False,
    )


def write_numbers(folder: Path, sizes: dict[str, int]) -> None:
    """Tables of the task, no sentence in two of them."""
    drawn, generator = set(), random.Random(1)
    for name, size in sizes.items():
        rows = ["hi\ten"]
        while len(rows) <= size:
            words = generator.choices(list(WORDS), k=generator.randint(1, 7))
            sentence = " ".join(words)
            if sentence not in drawn:
                drawn.add(sentence)
                rows.append(f"{sentence}\t{' '.join(WORDS[word] for word in reversed(words))}")
        (folder / f"{name}.tsv").write_text("\n".join(rows) + "\n", encoding="utf-8")


@pytest.fixture(scope="session")
def numbers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a configuration, its data, and the trained run; not to be changed."""
    folder = tmp_path_factory.mktemp("numbers")
    write_numbers(folder, {"train": 4000, "dev": 60, "test": 200})
    (folder / "config.yaml").write_text(CONFIG, encoding="utf-8")
    result = run_nmt(folder, "train", "--config", "config.yaml")
    assert result.returncode == 0, result.stderr
    return folder


@pytest.fixture
def nmt(tmp_path: Path) -> Nmt:
    """Run `nmt` in this test's own folder."""
    return lambda *arguments, stdin="": run_nmt(tmp_path, *arguments, stdin=stdin)
