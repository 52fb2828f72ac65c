"""Measures `nmt translate`: that nothing but the search changes a byte, its speed, its start and its memory.

scripts/bench translate                                       the quickstart's model on the sample's test set
scripts/bench translate --model FOLDER --source FILE --reference FILE
scripts/bench translate --memory-lines 1000000                memory over as many lines as are promised
scripts/bench translate --peer runs/bench-train               beside JoeyNMT: the models of a scripts/bench train
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import joeynmt
import yaml
from bench_train import matrix_product

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
STARTS = 5  # of each program, one after the other in turns
FLAT = 1.1  # most growth of the peak memory when the lines become ten times as many


def nmt(model: Path, *arguments: str) -> list[str]:
    """The command line of nmt translate."""
    return [sys.executable, "-m", "nmt_cli", "translate", "--model", str(model), *arguments]


def run(command: list[str], text: bytes) -> bytes:
    """What the command writes when it reads the text."""
    return subprocess.run(command, input=text, stdout=subprocess.PIPE, env=ENVIRONMENT, check=True).stdout


def singly(model: Path, beam: str, text: bytes) -> bytes:
    """What comes out when each line is piped in only when the one before it has been answered."""
    command = nmt(model, "--stream", "--beam-size", beam)
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=ENVIRONMENT) as process:
        assert process.stdin and process.stdout
        output = []
        for line in text.splitlines(keepends=True):
            process.stdin.write(line)
            process.stdin.flush()
            output.append(process.stdout.readline())
        process.stdin.close()
    return b"".join(output)


def identical(model: Path, text: bytes, beam: str) -> bool:
    """Translate the same lines in every way there is, and compare."""
    lines = text.count(b"\n")
    ways: dict[str, Callable[[], bytes]] = {
        f"batches of {size}": lambda size=size: run(nmt(model, "--beam-size", beam, "--batch-size", size), text)  # type: ignore[misc]
        for size in ("64", "7", "1")
    }
    ways["lines piped singly"] = lambda: singly(model, beam, text)
    with tempfile.NamedTemporaryFile(suffix=".txt") as file:
        file.write(text)
        file.flush()
        ways["a file"] = lambda: run(nmt(model, "--beam-size", beam, file.name), b"")
        outputs = set()
        for name, way in ways.items():
            start = time.monotonic()
            outputs.add(way())
            seconds = time.monotonic() - start
            print(f"beam {beam}, {name}: {lines:,} lines, {lines / seconds:,.0f} a second, start included")
    print(f"beam {beam}: {'identical bytes' if len(outputs) == 1 else 'DIFFERENT OUTPUTS'}")
    return len(outputs) == 1


def precisions(model: Path, text: bytes, references: list[str]) -> None:
    """Sentences a second and BLEU at beam 5, in float32 and in 8-bit integers; and the multiply-adds that it takes."""
    from torch.utils.flop_counter import FlopCounterMode

    from nmt_cli import Translator
    from nmt_cli.metrics import bleu

    lines = text.decode().splitlines()
    times: dict[str, float] = {}
    for name in ("float32", "int8", "float32, again"):
        translator = Translator.load(model, overrides=[f"search.precision={name.split(',')[0]}"])
        translator.translate(lines[:64])
        start = time.monotonic()
        output = translator.translate(lines)
        times[name] = time.monotonic() - start
        score = bleu(output, references)
        print(f"{name}: {len(lines) / times[name]:,.0f} sentences a second, BLEU {score.score:.2f} ({score.signature})")
    best = min(times["float32"], times["float32, again"])
    print(f"int8: {best / times['int8']:.2f} times float32's speed")
    with FlopCounterMode(display=False) as counter:
        translator.translate(lines)
    products = counter.get_total_flops() / 2
    shares = (f"{products / best / matrix_product(name):.0%} of {name}'s" for name in ("float32", "bfloat16"))
    print(
        f"beam 5: {products / len(lines) / 1e6:,.0f} million multiply-adds a sentence, {' and '.join(shares)} matrix "
        "product"
    )


def cold_start(model: Path, text: bytes) -> None:
    """Seconds from nothing to the translation of one line, and to `import torch`: the fastest of each."""
    line = text.splitlines(keepends=True)[0]
    programs = {"import torch": [sys.executable, "-c", "import torch"], "one line translated": nmt(model)}
    seconds: dict[str, list[float]] = {name: [] for name in programs}
    for _ in range(STARTS):
        for name, command in programs.items():
            start = time.monotonic()
            run(command, line)
            seconds[name].append(time.monotonic() - start)
    best = {name: min(times) for name, times in seconds.items()}
    for name, value in best.items():
        print(f"cold start, {name}: {value:.2f} s")
    print(f"cold start: {best['one line translated'] / best['import torch']:.2f} times import torch")


def peak_memory(model: Path, lines: list[bytes], count: int) -> float:
    """Most memory, in MiB, that translating `count` lines takes; the lines come round and round."""
    command = nmt(model, "--beam-size", "1")
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, env=ENVIRONMENT)
    assert process.stdin
    for number in range(count):
        process.stdin.write(lines[number % len(lines)])
    process.stdin.close()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"nmt translate ended with exit code {process.returncode}")
    return usage.ru_maxrss / (1024 * 1024 if sys.platform == "darwin" else 1024)


def memory_is_flat(model: Path, text: bytes, count: int) -> bool:
    """Peak memory of a tenth of the lines, and of all of them."""
    lines = text.splitlines(keepends=True)
    few, many = (peak_memory(model, lines, number) for number in (count // 10, count))
    flat = many <= FLAT * few
    verdict = "flat" if flat else "GROWS"
    print(f"memory: {few:,.0f} MiB for {count // 10:,} lines, {many:,.0f} MiB for {count:,}: {verdict}")
    return flat


def seconds(command: list[str], text: str) -> tuple[float, list[str]]:
    """Time that a command takes beyond what it takes for a single line, and the lines that it prints."""
    times, outputs = [], []
    for part in (text.splitlines(keepends=True)[0], text):
        start = time.monotonic()
        outputs.append(run(command, part.encode()).decode())
        times.append(time.monotonic() - start)
    return times[1] - times[0], outputs[1].splitlines()


def beside_peer(folder: Path, text: str, references: list[str]) -> None:
    """Sentences a second of ours and JoeyNMT's at beam 5, batches of 64, and the BLEU of both; ours first and last."""
    from nmt_cli.metrics import bleu

    python = joeynmt.install(folder.parent / "bench-joeynmt")
    settings = yaml.safe_load((folder / "peer/config.yaml").read_text("utf-8"))
    settings["testing"] = {"beam_size": 5, "beam_alpha": 1.0, "batch_size": 64, "batch_type": "sentence"}
    (folder / "peer/translate.yaml").write_text(yaml.safe_dump(settings), encoding="utf-8")
    ours = nmt(folder / "runs/small/model", "--set", "search.copying=false")
    peer = [str(python), "-m", "joeynmt", "translate", str(folder / "peer/translate.yaml")]
    speeds = {}
    for name, command in {"nmt": ours, "JoeyNMT 2.3.0": peer, "nmt, again": ours}.items():
        taken, output = seconds(command, text)
        speeds[name] = len(output) / taken
        score = bleu(output, references)
        words = sum(len(line.split()) for line in output) / len(output)
        print(
            f"{name}: {speeds[name]:,.0f} sentences a second, {words:.1f} words each, BLEU {score.score:.1f} "
            f"({score.signature})"
        )
    print(f"beam 5: {speeds['nmt'] / speeds['JoeyNMT 2.3.0']:.1f} times JoeyNMT's speed")


def main() -> None:
    """Measure everything; exit code 1 when a promise is broken."""
    parser = argparse.ArgumentParser(description="Measure nmt translate.")
    parser.add_argument("--model", type=Path, default=ROOT / "runs/quickstart/model")
    parser.add_argument("--source", type=Path, help="text file; default: the Hindi side of data/sample/test.tsv")
    parser.add_argument("--reference", type=Path, help="its translation; default: the English side")
    parser.add_argument("--memory-lines", type=int, default=20_000, help="lines that memory is measured over")
    parser.add_argument(
        "--peer", type=Path, help="folder of scripts/bench train: compare the models in it, and no more"
    )
    options = parser.parse_args()
    rows = [row.split("\t") for row in (ROOT / "data/sample/test.tsv").read_text("utf-8").splitlines()[1:]]
    sample = "".join(f"{row[0]}\n" for row in rows)
    if options.peer:
        beside_peer(options.peer.resolve(), sample, [row[1] for row in rows])
        return
    if bool(options.source) != bool(options.reference):
        parser.error("--source and --reference go together")
    text = options.source.read_bytes() if options.source else sample.encode()
    references = [row[1] for row in rows]
    if options.reference:
        references = options.reference.read_text("utf-8").splitlines()
    kept = [identical(options.model, text, beam) for beam in ("1", "5")]
    precisions(options.model, text, references)
    cold_start(options.model, text)
    kept.append(memory_is_flat(options.model, text, options.memory_lines))
    sys.exit(not all(kept))


if __name__ == "__main__":
    main()
