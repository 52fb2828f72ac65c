"""Measures `nmt prepare`: encoding speed against bare SentencePiece, peak memory against corpus size, leaks left.

    scripts/bench prepare                                         on the embedded sample
    scripts/bench prepare --corpus train.tsv --test news.hi news.en --pairs 200000 2000000

Larger corpora are made by repeating the given one with numbers put into it, so that no pair is a duplicate.
"""

import argparse
import itertools
import json
import os
import re
import subprocess
import sys
import tempfile
import time
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median

import yaml

from nmt_cli import prepare
from nmt_cli.config import load_config
from nmt_cli.tokenizer import Tokenizer

ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    """Make the corpora, prepare them, print what came out."""
    parser = argparse.ArgumentParser(description="Measure nmt prepare.")
    parser.add_argument("--corpus", type=Path, default=ROOT / "data/sample/train.tsv", help="table with columns hi, en")
    parser.add_argument("--test", type=Path, action="append", nargs=2, default=[], help="aligned files held out")
    parser.add_argument("--pairs", type=int, nargs=2, default=[20_000, 200_000], help="sizes for the memory test")
    options = parser.parse_args()
    tests = [tuple(path.resolve() for path in pair) for pair in options.test]
    corpus = options.corpus.resolve()
    with tempfile.TemporaryDirectory() as name:
        os.chdir(name)
        measure_leaks_and_speed(corpus, tests)
        measure_memory(corpus, options.pairs)


def write_config(name: str, table: Path, tests: list[tuple[Path, ...]]) -> Path:
    """A configuration with this table for training, and these pairs of files held out."""
    dev = ROOT / "data/sample/dev.tsv"
    held_out = {f"test{i}": {"src": str(src), "tgt": str(tgt)} for i, (src, tgt) in enumerate(tests)}
    data = {"train": [{"table": str(table)}], "dev": {"dev": {"table": str(dev)}}, "test": held_out}
    tree = {"name": name, "data": data, "tokenizer": {"vocab_size": 2000, "model_type": "bpe"}}
    path = Path(f"{name}.yaml")
    path.write_text(yaml.safe_dump(tree), encoding="utf-8")
    return path


def run(config: Path) -> tuple[float, int]:
    """Run `nmt prepare`; returns seconds, and the peak of the memory of all its processes in bytes."""
    start, peak = time.monotonic(), 0
    with subprocess.Popen([sys.executable, "-m", "nmt_cli", "prepare", "-q", "-c", str(config)]) as process:
        while process.poll() is None:
            peak = max(peak, tree_memory(process.pid))
            time.sleep(0.05)
    if process.returncode:
        sys.exit(process.returncode)
    return time.monotonic() - start, peak


def tree_memory(pid: int) -> int:
    """Bytes that a process and its descendants hold, shared pages counted once (Linux)."""
    total = 0
    try:
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
        total += 1024 * int(re.search(r"^Pss:\s+(\d+)", rollup, re.MULTILINE)[1])  # type: ignore[index]
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except (OSError, TypeError):
        return total  # it has just ended
    return total + sum(tree_memory(int(child)) for child in children)


def measure_leaks_and_speed(corpus: Path, tests: list[tuple[Path, ...]]) -> None:
    """Prepare the corpus itself; count leaks by another key than the program's; race its encoding."""
    config = load_config(write_config("whole", corpus, tests))
    seconds, _ = run(Path("whole.yaml"))
    folder = prepare.prepared_folder(config)
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    print(
        f"{corpus.name}: {manifest['pairs']:,} pairs kept in {seconds:.0f} s; dropped {manifest['tally'][0]['dropped']}"
    )
    start = time.monotonic()
    subprocess.run([sys.executable, "-m", "nmt_cli", "prepare", "-q", "-c", "whole.yaml"], check=True)
    print(f"unchanged, prepared again: {time.monotonic() - start:.2f} s")
    if tests:
        forbidden = {
            key for pair in tests for path in pair for line in path.open(encoding="utf-8") if (key := bare(line))
        }
        text = folder / "text.arrow"
        leaks = sum(bare(side) in forbidden for row in prepare._read_text(text) for side in row.pair)
        print(f"leaks left: {leaks} sentences of {len(forbidden):,} held out")
    race(folder)


def bare(line: str) -> str:
    """A sentence without case, punctuation, symbols and spaces, by other means than the program's own key."""
    text = unicodedata.normalize("NFKD", line).lower()
    return "".join(char for char in text if not re.match(r"[PSZC]", unicodedata.category(char)))


def race(folder: Path) -> None:
    """Encode the prepared text with bare SentencePiece and with prepare's own step, in turns."""
    tokenizers = Tokenizer.load(folder / "source.model"), Tokenizer.load(folder / "target.model")
    rows = list(itertools.islice(prepare._read_text(folder / "text.arrow"), 200_000))
    sides = [row.pair.src for row in rows], [row.pair.tgt for row in rows]

    def bare_encode() -> None:
        for tokenizer, side in zip(tokenizers, sides, strict=True):
            tokenizer._processor.encode(side, num_threads=os.cpu_count())

    def own_encode() -> None:
        prepare._write_ids(iter(rows), tokenizers, [None], Path("race.arrow"))

    times = [[seconds(step) for step in (bare_encode, own_encode)] for _ in range(5)]
    bare_time, own_time = (median(column) for column in zip(*times, strict=True))
    speed = len(rows) / own_time
    print(f"encoding: {speed:,.0f} pairs/s, {bare_time / own_time:.2f} of SentencePiece's own batch encode")


def seconds(step: Callable[[], None]) -> float:
    """How long a call takes."""
    start = time.monotonic()
    step()
    return time.monotonic() - start


def measure_memory(corpus: Path, sizes: list[int]) -> None:
    """Prepare a smaller and a larger corpus and compare their peaks."""
    peaks = []
    for size in sizes:
        table = Path(f"{size}.tsv")
        with table.open("w", encoding="utf-8") as stream:
            stream.writelines(perturbed(corpus, size))
        took, peak = run(write_config(f"size{size}", table, []))
        peaks.append(peak)
        print(f"{size:,} pairs: peak {peak / 2**20:,.0f} MiB, {took:.0f} s")
        table.unlink()
    print(f"peak ratio: {peaks[1] / peaks[0]:.2f}")


def perturbed(corpus: Path, size: int) -> Iterator[str]:
    """A table of `size` pairs: the corpus again and again, each time with another number in every pair."""
    with corpus.open(encoding="utf-8") as stream:
        header, *rows = stream.read().split("\n")[:-1]
    names = header.split("\t")
    columns = names.index("hi"), names.index("en")
    yield "hi\ten\n"
    for number in range(size):
        cells = rows[number % len(rows)].split("\t")
        yield "\t".join(f"{number // len(rows)} {cells[column]}" for column in columns) + "\n"


if __name__ == "__main__":
    main()
