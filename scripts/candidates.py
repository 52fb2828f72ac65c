"""Trains several configurations on a machine that is at hand for a short while, such as a rented GPU without a network.

    scripts/candidates pack packed configs/a.yaml configs/b.yaml     here: what was prepared, small enough to carry
    scripts/candidates train packed out --minutes 27                 there: all in turn, each its share of the minutes
    scripts/candidates unpack out                                    here again: runs/<name>/model of every candidate

Only the package's own dependencies are needed there, neither the corpus nor an installation. The models come back in
bfloat16 and in pieces, after every candidate what it has so far.
"""

import argparse
import io
import subprocess
import sys
import tarfile
import time
from pathlib import Path

from ship import shrink

from nmt_cli.config import load_config, save_config
from nmt_cli.prepare import prepare, prepared_folder, restore_ids

NMT = [sys.executable, "-m", "nmt_cli"]
# The text is read only where segmentations are drawn anew; then the likeliest ones can be made of it on the spot.
LEFT_OUT = {False: ("alignment.txt", "text.arrow"), True: ("alignment.txt", "train.arrow")}
PIECE = 15 * 2**20  # bytes of a file that brings a model back


def pack(folder: Path, configs: list[Path]) -> None:
    """Write each configuration, and its prepared corpus as <name>.tar.xz."""
    folder.mkdir(parents=True, exist_ok=True)
    for path in configs:
        config = load_config(path)
        prepare(config)
        save_config(config, folder / f"{config.name}.yaml")
        with tarfile.open(folder / f"{config.name}.tar.xz", "w:xz") as archive:
            for file in sorted(prepared_folder(config).iterdir()):
                if file.name not in LEFT_OUT[config.training.subword_sampling is not None]:
                    archive.add(file, file.name)
    total = sum(file.stat().st_size for file in folder.iterdir())
    print(f"{folder}: {total / 2**20:.1f} MiB")


def train(folder: Path, out: Path, minutes: float) -> None:
    """Train one configuration after the other; one that fails leaves its time to the rest."""
    out.mkdir(parents=True, exist_ok=True)
    end = time.monotonic() + 60 * minutes
    paths = sorted(folder.glob("*.yaml"))
    for number, path in enumerate(paths):
        config = load_config(path)
        prepared_folder(config).mkdir(parents=True, exist_ok=True)
        with tarfile.open(folder / f"{config.name}.tar.xz") as archive:
            archive.extractall(prepared_folder(config), filter="data")
        if config.training.subword_sampling is not None:
            restore_ids(config)
        share = (end - time.monotonic()) / 60 / (len(paths) - number)
        settings = ["--config", str(path), "--set", f"training.max_minutes={share:.2f}"]
        with (out / f"{config.name}.log").open("wb") as log:
            code = subprocess.run([*NMT, "train", *settings], stdout=log, stderr=log, check=False).returncode
        print(f"{config.name}: {share:.1f} minutes, exit code {code}", flush=True)
        if (config.run_folder / "model").is_dir():
            bring(config.run_folder, out / config.name)


def bring(run: Path, to: Path) -> None:
    """Write a run's model and metrics.jsonl as <to>.tar.00, <to>.tar.01 and so on."""
    shrink([run / "model"], run / "small")
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        archive.add(run / "small", "model")
        archive.add(run / "metrics.jsonl", "metrics.jsonl")
    data = packed.getvalue()
    for number, start in enumerate(range(0, len(data), PIECE)):
        to.with_name(f"{to.name}.tar.{number:02}").write_bytes(data[start : start + PIECE])


def unpack(out: Path) -> None:
    """Put the pieces together: runs/<name>/model."""
    for first in sorted(out.glob("*.tar.00")):
        name = first.name.removesuffix(".tar.00")
        data = b"".join(piece.read_bytes() for piece in sorted(out.glob(f"{name}.tar.[0-9][0-9]")))
        with tarfile.open(fileobj=io.BytesIO(data)) as archive:
            archive.extractall(Path("runs") / name, filter="data")
        print(f"runs/{name}/model")


def main() -> None:
    """Do what is asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    packing = commands.add_parser("pack")
    packing.add_argument("folder", type=Path)
    packing.add_argument("configs", type=Path, nargs="+")
    training = commands.add_parser("train")
    training.add_argument("folder", type=Path)
    training.add_argument("out", type=Path)
    training.add_argument("--minutes", type=float, required=True, help="for all of them together")
    commands.add_parser("unpack").add_argument("out", type=Path)
    options = parser.parse_args()
    if options.command == "pack":
        pack(options.folder, options.configs)
    elif options.command == "train":
        train(options.folder, options.out, options.minutes)
    else:
        unpack(options.out)


if __name__ == "__main__":
    main()
