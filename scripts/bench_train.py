"""Measures `nmt train` beside JoeyNMT: target tokens a second, dev loss, and the share of the machine's products.

    scripts/bench train                                                        on the embedded sample
    scripts/bench train --table train.tsv --dev dev.hi dev.en --sentences 6400

Same sentences, vocabularies, sizes and cores, one after the other in one run: ours, the peer, ours again.
"""

import argparse
import json
import math
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import joeynmt
import torch
import yaml

from nmt_cli.batching import TokenDataset, plan_epoch
from nmt_cli.config import Config, load_config
from nmt_cli.sources import read_pairs
from nmt_cli.text import normalize
from nmt_cli.train import choose_precision

ROOT = Path(__file__).resolve().parent.parent
SIZES = joeynmt.Sizes()
RATE = 1e-3  # both: Adam's


class Result(NamedTuple):
    """What one training run has shown."""

    speed: float  # target tokens a second
    loss: float  # of the dev set, nats a token
    products: float = math.nan  # multiply-adds a second, padding included
    useful: float = 1.0  # share of the target positions that are no padding


def main() -> None:
    """Prepare, train all in turn, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--table", type=Path, default=ROOT / "data/sample/train.tsv", help="columns hi, en")
    parser.add_argument("--dev", type=Path, nargs=2, help="aligned files; default: data/sample/dev.tsv")
    parser.add_argument("--sentences", type=int, default=6400, help="trained on once; a dozen times 64 at least")
    parser.add_argument("--vocabulary", type=int, default=4000)
    parser.add_argument("--precision", choices=["auto", "float32", "bfloat16"], default="auto", help="of ours")
    parser.add_argument("--folder", type=Path, default=ROOT / "runs/bench-train")
    options = parser.parse_args()
    folder = options.folder.resolve()
    config = prepare(options, folder)
    python = joeynmt.install(folder.parent / "bench-joeynmt")
    tokens = mean_target_tokens(folder)
    runs: dict[str, Callable[[], Result]] = {
        "nmt, its default batch": lambda: ours(folder, "default", config.training.batch_tokens),
        "nmt, 64 sentences": lambda: ours(folder, "small", round(64 * tokens)),
        "JoeyNMT 2.3.0, 64 sentences": lambda: peer(folder, python, config),
        "nmt, its default batch, again": lambda: ours(folder, "again", config.training.batch_tokens),
    }
    precision = choose_precision(config.training, torch.device("cpu"))
    peak = matrix_product(precision)
    results = {}
    for name, run in runs.items():
        print(f"{name} …", file=sys.stderr)
        results[name] = run()
    peak = max(peak, matrix_product(precision))
    report(results, peak, options.sentences, precision)


def report(results: dict[str, Result], peak: float, sentences: int, precision: str) -> None:
    """Print the table and the ratios."""
    threads = torch.get_num_threads()
    print(f"{sentences:,} sentences, {threads} threads, {precision}, matrix product {2 * peak / 1e9:.0f} GFLOP/s")
    joey = next(result for name, result in results.items() if name.startswith("JoeyNMT"))
    print(f"{'':30}  tokens/s  × peer  dev loss  of the product  padding")
    for name, result in results.items():
        share = "" if math.isnan(result.products) else f"{result.products / peak:14.0%}  {1 - result.useful:7.1%}"
        print(f"{name:30}  {result.speed:8,.0f}  {result.speed / joey.speed:6.1f}  {result.loss:8.3f}  {share}")


def prepare(options: argparse.Namespace, folder: Path) -> Config:
    """The corpus as both programs read it: ours prepared, and the very same pairs as text for the peer."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "peer").mkdir(parents=True)
    dev: dict[str, str] = {"table": str(ROOT / "data/sample/dev.tsv")}
    if options.dev:
        dev = {"src": str(options.dev[0].resolve()), "tgt": str(options.dev[1].resolve())}
    with options.table.open(encoding="utf-8") as stream:
        rows = [line for _, line in zip(range(options.sentences + 1), stream, strict=False)]
    (folder / "train.tsv").write_text("".join(rows), encoding="utf-8")
    settings = {
        "name": "default",
        "data": {"train": [{"table": "train.tsv"}], "dev": {"dev": dev}},
        "tokenizer": {"vocab_size": options.vocabulary, "model_type": "bpe"},
        "model": {"emb_size": SIZES.embedding, "hidden_size": SIZES.hidden, "dropout": 0.1},
        "training": {
            "max_epochs": 1,
            "learning_rate": RATE,
            "label_smoothing": 0.0,
            "warmup_steps": 0,
            "precision": options.precision,
        },
    }
    (folder / "bench.yaml").write_text(yaml.safe_dump(settings), encoding="utf-8")
    nmt(folder, "prepare", "--config", "bench.yaml", "--quiet")
    config = load_config(folder / "bench.yaml")
    import datasets

    prepared = folder / "runs/default/prepared"
    rows = datasets.Dataset.from_file(str(prepared / "text.arrow"))
    write_sides(folder / "peer" / "train", rows["src"], rows["tgt"])
    pairs = list(read_pairs(config.data.dev["dev"], config.data))
    write_sides(folder / "peer" / "dev", [normalize(p.src) for p in pairs], [normalize(p.tgt) for p in pairs])
    return config


def write_sides(prefix: Path, src: Any, tgt: Any) -> None:  # noqa: ANN401
    """Write PREFIX.hi and PREFIX.en."""
    for language, lines in (("hi", src), ("en", tgt)):
        prefix.with_suffix(f".{language}").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def nmt(folder: Path, *arguments: str) -> None:
    """Run the real command in the folder."""
    subprocess.run([sys.executable, "-m", "nmt_cli", *arguments], cwd=folder, check=True)


def mean_target_tokens(folder: Path) -> float:
    """Of a training sentence, its end symbol counted."""
    return float(TokenDataset(folder / "runs/default/prepared/train.arrow").tgt_lengths.mean())


def ours(folder: Path, name: str, batch_tokens: int) -> Result:
    """Train one epoch with `nmt train`."""
    if name != "default":
        shutil.copytree(folder / "runs/default/prepared", folder / f"runs/{name}/prepared")
    overrides = [f"name={name}", f"training.batch_tokens={batch_tokens}"]
    arguments = [part for override in overrides for part in ("--set", override)]
    nmt(folder, "train", "--config", "bench.yaml", "--quiet", *arguments)
    lines = [json.loads(line) for line in (folder / f"runs/{name}/metrics.jsonl").read_text("utf-8").splitlines()]
    speeds = [line["tokens_per_second"] for line in lines if "tokens_per_second" in line]
    speed = len(speeds) / sum(1 / speed for speed in speeds)
    (loss,) = [line["dev_loss"] for line in lines if "dev_loss" in line]
    config = load_config(folder / "bench.yaml", overrides)
    products, useful = multiply_adds(config, TokenDataset(folder / f"runs/{name}/prepared/train.arrow"))
    return Result(speed, loss, speed * products, useful)


def multiply_adds(config: Config, data: TokenDataset) -> tuple[float, float]:
    """Multiply-adds a target token, forward and backward, and the share of target positions that are no padding.

    Only the model's matrix products count, at the sizes that they are computed at.
    """
    model, vocabulary = config.model, config.tokenizer.vocab_size
    e, h, a = model.emb_size, model.hidden_size, model.attention_size
    total, positions = 0, 0
    for indices in plan_epoch(data, batch_tokens=config.training.batch_tokens, seed=1, epoch=0):
        batch = data.collate(indices)
        rows, src, tgt = *batch.src.shape, batch.tgt_in.shape[1]
        encoder = src * (2 * 3 * (h // 2) * (e + h // 2) + h * a)  # both directions, and the keys
        cells = 3 * h * (e + h) + 3 * h * (h + h)  # over the previous word, then over the context
        attention = h * a + src * (a + h)  # query, energies, context
        readout = (h + h + e) * e
        total += 3 * rows * (encoder + tgt * (cells + attention + readout))
        positions += rows * tgt
    tokens = int(data.tgt_lengths.sum())
    return total / tokens + 3 * e * vocabulary, tokens / positions  # no padding comes as far as the output layer


def peer(folder: Path, python: Path, config: Config) -> Result:
    """Train one epoch with JoeyNMT."""
    place = folder / "peer"
    prepared = folder / "runs/default/prepared"
    updates = sum(1 for _ in (place / "train.en").open(encoding="utf-8")) // 64
    path = joeynmt.write_config(
        place,
        models={"hi": prepared / "source.model", "en": prepared / "target.model"},
        sizes=SIZES,
        training={
            "learning_rate": RATE,
            "scheduling": "exponential",  # plateau, the default, does not start with this torch
            "decrease_factor": 0.999999,
            "learning_rate_min": 1e-9,
            "clip_grad_norm": config.training.clip_norm,
            "normalization": "tokens",
            "batch_size": 64,
            "batch_type": "sentence",
            "epochs": 1,
            "validation_freq": updates,
            "logging_freq": updates,
            "early_stopping_metric": "loss",
        },
        testing={"beam_size": 1, "batch_size": 64, "max_output_length": 100, "eval_metrics": []},
    )
    log = joeynmt.run(python, ["train", path, "--skip-test"])
    (folder / "peer.log").write_text(log, encoding="utf-8")
    speeds = joeynmt.found(r"Tokens per Sec:\s+([\d.]+)", log)
    losses = joeynmt.found(r"\bppl:\s+([\d.]+)", log)
    return Result(speeds[-1], math.log(losses[-1]))


def matrix_product(precision: str) -> float:
    """The most multiply-adds a second that this machine's matrix product reaches. precision: float32 or bfloat16."""
    left, right = (torch.randn(1536, 1536).to(getattr(torch, precision)) for _ in range(2))
    times = []
    for _ in range(12):
        start = time.perf_counter()
        left @ right
        times.append(time.perf_counter() - start)
    return 1536**3 / min(times)


if __name__ == "__main__":
    main()
