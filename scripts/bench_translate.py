"""Measures `nmt translate`: that the batch size changes no byte, and what it does to the speed.

scripts/bench translate                                       the quickstart's model on the sample's test set
scripts/bench translate --model FOLDER --source FILE
"""

import argparse
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    """Translate the same lines with batches of 1 and of 64 through the command line, and compare."""
    parser = argparse.ArgumentParser(description="Measure nmt translate.")
    parser.add_argument("--model", type=Path, default=ROOT / "runs/quickstart/model")
    parser.add_argument("--source", type=Path, help="text file; default: the Hindi side of data/sample/test.tsv")
    options = parser.parse_args()
    if options.source:
        text = options.source.read_bytes()
    else:
        rows = (ROOT / "data/sample/test.tsv").read_text("utf-8").splitlines()[1:]
        text = "".join(row.split("\t")[0] + "\n" for row in rows).encode()
    lines = text.count(b"\n")
    outputs, times = [], []
    for batch_size in ("64", "1"):
        start = time.monotonic()
        command = [
            sys.executable,
            "-m",
            "nmt_cli",
            "translate",
            "--model",
            str(options.model),
            "--batch-size",
            batch_size,
        ]
        outputs.append(subprocess.run(command, input=text, stdout=subprocess.PIPE, check=True).stdout)
        times.append(time.monotonic() - start)
        print(f"batch size {batch_size:>2}: {lines:,} lines, {lines / times[-1]:,.0f} a second")
    same = outputs[0] == outputs[1]
    print(f"output: {'identical' if same else 'DIFFERENT'}; batches of 64 are {times[1] / times[0]:.1f} times as fast")
    sys.exit(not same)


if __name__ == "__main__":
    main()
