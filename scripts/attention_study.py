"""The attention study: the model family under one budget, measured, written into docs/attention.md.

Each variant is trained by `nmt train`'s own code from configs/attention.yaml and a few overrides. What is done is kept
in runs/attention-…: a second call goes on where the first was stopped, and writes the page when nothing is left.
"""

import argparse
import itertools
import json
import logging
import os
import re
import shutil
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from pathlib import Path
from typing import Any, NamedTuple

PAGE = Path("docs/attention.md")
CONFIG = Path("configs/attention.yaml")
BINS = ((1, 10), (11, 20), (21, 30), (31, 10_000))  # words of the source
CELLS = ("rnn", "gru", "lstm")
ATTENTIONS = ("none", "additive", "dot", "general", "oracle")
SPEED_ROUNDS, SPEED_WARM_UP = 12, 4


class Variant(NamedTuple):
    """One model of the family."""

    grid: str
    name: str
    overrides: tuple[str, ...]

    @property
    def settings(self) -> Any:  # noqa: ANN401
        """The whole configuration."""
        from nmt_cli.config import load_config

        return load_config(CONFIG, (f"name=attention-{self.grid}-{self.name}", *self.overrides))


def sample_grid(extra: Sequence[str]) -> list[Variant]:
    """Attention × cell on the sample, and two more ways to attend."""

    def variant(name: str, *overrides: str) -> Variant:
        return Variant("sample", name, (*overrides, *extra))

    grid = [
        variant(f"{cell}-{attention}", f"model.cell={cell}", f"model.attention={attention}")
        for cell in ("gru", "lstm", "rnn")
        for attention in ATTENTIONS
    ]
    guided = variant("gru-additive-guided", "training.guided_attention=0.2")
    return [*grid, guided, variant("gru-additive-conditional", "model.decoder=conditional")]


def corpus_grid(folder: Path, extra: Sequence[str]) -> list[Variant]:
    """The story's three characters, and the guided one, on real prose and talk."""
    sources = f"[{{table: {folder}/train.tsv, where: {{kind: [prose, talk]}}}}]"
    names = "newsdev2014", "flores-dev"
    sets = ", ".join(f"{name}: {{src: {folder}/{name}.hi, tgt: {folder}/{name}.en}}" for name in names)
    common = (
        f"data.train={sources}",
        f"data.dev={{{sets}}}",
        "data.test={}",
        "tokenizer={vocab_size: 4000, model_type: unigram}",
        "model.emb_size=192",
        "model.hidden_size=256",
        "model.attention_size=192",
        "training.batch_tokens=1536",
        "training.learning_rate=2e-3",
        "training.warmup_steps=300",
        "training.max_epochs=1",
        "training.validate_every=400",
    )
    variants = {
        "gru-none": ("model.attention=none",),
        "gru-additive": (),
        "gru-additive-guided": ("training.guided_attention=0.2",),
        "gru-oracle": ("model.attention=oracle",),
    }
    return [Variant("corpus", name, (*common, *own, *extra)) for name, own in variants.items()]


# One variant: train it, measure it


def study(variant: Variant) -> str:
    """Train and measure one variant, unless that has been done; returns its name."""
    import torch

    from nmt_cli.prepare import prepared_folder
    from nmt_cli.train import train

    torch.set_num_threads(int(os.environ["OMP_NUM_THREADS"]))
    logging.getLogger("nmt_cli").setLevel(logging.ERROR)
    settings = variant.settings
    result = settings.run_folder / "study.json"
    wanted = settings.model_dump_json()
    if result.exists() and json.loads(result.read_text("utf-8"))["settings"] == wanted:
        return variant.name
    print(f"{variant.grid}: {variant.name} …", file=sys.stderr)
    shared = Path("runs") / f"attention-{variant.grid}" / "prepared"
    if not prepared_folder(settings).exists():
        shutil.copytree(shared, prepared_folder(settings), copy_function=os.link)
    train(settings)
    measured = measure(settings)
    result.write_text(json.dumps({"settings": wanted, **measured}, ensure_ascii=False), "utf-8")
    return variant.name


def measure(settings: Any) -> dict[str, Any]:  # noqa: ANN401
    """Perplexity on the dev sets; BLEU of the test sets, or the dev sets where there are none, by length; AER."""
    import torch

    from nmt_cli.checkpoint import load_model
    from nmt_cli.metrics import bleu, chrf
    from nmt_cli.prepare import prepared_folder
    from nmt_cli.sources import read_pairs
    from nmt_cli.translate import Translator

    parts = load_model(settings.run_folder / "model")
    results: dict[str, Any] = {"parameters": parts.model.parameter_count()}
    lines = (settings.run_folder / "metrics.jsonl").read_text("utf-8").splitlines()
    curve = [entry for entry in map(json.loads, lines) if "dev_loss" in entry]
    results["curve"] = [(entry["step"], entry["dev_loss"]) for entry in curve]
    with torch.inference_mode():
        results |= teacher_forced(parts, prepared_folder(settings) / "dev.arrow")
    if settings.model.attention == "oracle":
        return results
    sets = settings.data.test or settings.data.dev
    pairs = [pair for each in sets.values() for pair in read_pairs(each, settings.data)]
    hypotheses = Translator(parts).translate([pair.src for pair in pairs])
    results["hypotheses"] = hypotheses
    scores = {}
    for low, high in (*BINS, (21, 10_000), (1, 10_000)):
        chosen = [i for i, pair in enumerate(pairs) if low <= len(pair.src.split()) <= high]
        some, references = [hypotheses[i] for i in chosen], [pairs[i].tgt for i in chosen]
        score = bleu(some, references)
        scores[f"{low}-{high}"] = {"lines": len(chosen), "bleu": score.score, "chrf": chrf(some, references).score}
        results["signature"] = score.signature
    return {**results, "scores": scores}


def teacher_forced(parts: Any, path: Path) -> dict[str, Any]:  # noqa: ANN401
    """Loss of each dev reference, and how far the attended words are from the aligner's."""
    from torch.nn import functional

    from nmt_cli.alignment import alignment_error_rate
    from nmt_cli.batching import TokenDataset, plan_epoch
    from nmt_cli.vocab import PAD_ID

    data = TokenDataset(path, alignments=True)
    ids = {side: data.column(side) for side in ("src", "tgt")}
    nats, tokens = [0.0] * len(data), [0] * len(data)
    attended: list[set[tuple[int, int]]] = []
    aligned: list[set[tuple[int, int]]] = []
    for indices in plan_epoch(data, batch_tokens=4096, seed=0, epoch=0):
        batch = data.collate(indices)
        trace = parts.model.trace(batch)
        logits = parts.model.decoder.logits(trace.readouts).float().transpose(1, 2)
        losses = functional.cross_entropy(logits, batch.tgt_out, ignore_index=PAD_ID, reduction="none").sum(1)
        for row, i in enumerate(indices.tolist()):
            nats[i], tokens[i] = losses[row].item(), len(ids["tgt"][i]) + 1
            if trace.weights is not None and batch.alignment is not None:
                words = word_numbers(parts.source, ids["src"][i]), word_numbers(parts.target, ids["tgt"][i])
                between = by_word(batch.alignment[row].numpy(), *words)
                aligned.append({(int(j), t) for t, row in enumerate(between) for j in row[:-1].nonzero()[0]})
                strongest = by_word(trace.weights[row].numpy(), *words).argmax(axis=1)
                attended.append({(int(j), t) for t, j in enumerate(strongest) if j < between.shape[1] - 1})
    results: dict[str, Any] = {"dev_nats": nats, "dev_tokens": tokens}
    return {**results, "aer": alignment_error_rate(attended, aligned)} if attended else results


def word_numbers(tokenizer: Any, ids: Sequence[int]) -> list[int]:  # noqa: ANN401
    """The number of the word that each token is part of."""
    return [number - 1 for number in itertools.accumulate(tokenizer.word_starts(ids))]


def by_word(weights: Any, src: Sequence[int], tgt: Sequence[int]) -> Any:  # noqa: ANN401
    """Weights between tokens as weights between words: (target words, source words and the end of the sentence).

    Args:
        weights: (T, S) of tokens, the end symbols and padding included
        src, tgt: the word that each token is of
    """
    import numpy as np

    columns = np.zeros((weights.shape[1], src[-1] + 2))
    columns[np.arange(len(src)), src] = 1
    columns[len(src), -1] = 1
    rows = np.zeros((tgt[-1] + 1, weights.shape[0]))
    rows[tgt, np.arange(len(tgt))] = 1
    return (rows / rows.sum(1, keepdims=True)) @ weights @ columns


def speed(variants: Sequence[Variant]) -> dict[str, float]:
    """Target tokens a second of each variant's updates, all of them on the same batches in turn, in one process."""
    import torch

    from nmt_cli.batching import TokenDataset, plan_epoch
    from nmt_cli.model import Model
    from nmt_cli.optimization import batch_loss
    from nmt_cli.prepare import prepared_folder
    from nmt_cli.tokenizer import Tokenizer
    from nmt_cli.train import choose_device, choose_precision

    first = variants[0].settings
    folder = prepared_folder(first)
    vocabularies = [len(Tokenizer.load(folder / f"{side}.model")) for side in ("source", "target")]
    data = TokenDataset(folder / "train.arrow", alignments=True)
    device = choose_device(first.training)
    bfloat16 = choose_precision(first.training, device) == "bfloat16"
    models = {variant.name: Model(variant.settings.model, *vocabularies).to(device) for variant in variants}
    optimizers = {name: torch.optim.Adam(model.parameters(), fused=True) for name, model in models.items()}
    seconds: dict[str, list[float]] = {name: [] for name in models}
    plan = plan_epoch(data, batch_tokens=first.training.batch_tokens, seed=0, epoch=0)
    lengths = [int(data.tgt_lengths[indices].sum()) for indices in plan[:SPEED_ROUNDS]]
    for repetition in range(2):  # the first time, kernels are made for each batch's shape
        for indices in plan[:SPEED_ROUNDS]:
            batch = data.collate(indices)
            tokens, batch = batch.tokens(), batch.to(device)
            for name, model in models.items():
                start = time.perf_counter()
                with torch.autocast(device.type, torch.bfloat16, enabled=bfloat16):
                    loss = batch_loss(model.decoder, model.trace(batch), batch, 0.1)
                (loss / tokens).backward()
                torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0).item()
                optimizers[name].step()
                optimizers[name].zero_grad(set_to_none=True)
                if repetition:
                    seconds[name].append(time.perf_counter() - start)
    return {name: sum(lengths) / sum(times) for name, times in seconds.items()}


# What came out


def results_of(variant: Variant) -> dict[str, Any]:
    """What `study` has measured."""
    results: dict[str, Any] = json.loads((variant.settings.run_folder / "study.json").read_text("utf-8"))
    return results


def perplexity(results: dict[str, Any]) -> float:
    """Of the dev references, a token."""
    import math

    return math.exp(sum(results["dev_nats"]) / sum(results["dev_tokens"]))


def table(variants: Sequence[Variant], speeds: dict[str, float]) -> str:
    """Variants down, what was measured across."""
    names = [f"{low}-{high}" if high < 1000 else f">{low - 1}" for low, high in BINS]
    rows = [
        ["variant", "parameters", "tokens/s", "dev perplexity", "BLEU", *(f"BLEU {name}" for name in names), "AER"],
        ["---", *["---:"] * (5 + len(names))],
    ]
    for variant in variants:
        results = results_of(variant)
        scores = results.get("scores")
        cells = ["–"] * (1 + len(BINS))
        if scores:
            cells = [f"{scores[f'{low}-{high}']['bleu']:.1f}" for low, high in ((1, 10_000), *BINS)]
        aer = "–" if "aer" not in results or variant.name.endswith("oracle") else f"{results['aer']:.2f}"
        rate = f"{speeds[variant.name]:,.0f}"
        rows.append([variant.name, f"{results['parameters']:,}", rate, f"{perplexity(results):.2f}", *cells, aer])
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def signature(variants: Sequence[Variant]) -> str:
    """How BLEU was computed, and on how many lines of each length."""
    results = next(results for results in map(results_of, variants) if "scores" in results)
    lines = [f"{results['scores'][f'{low}-{high}']['lines']:,}" for low, high in BINS]
    return f"BLEU: beam 5, `{results['signature']}`; lines by length: {', '.join(lines)}."


def figures(grid: str, variants: Sequence[Variant]) -> Iterator[tuple[str, str]]:
    """Draw BLEU by source length and the learning curves; yields each picture's description and file."""
    import matplotlib as mpl
    from matplotlib import pyplot

    mpl.rcParams.update({"svg.hashsalt": "nmt", "axes.spines.top": False, "axes.spines.right": False, "font.size": 9})
    cells = [cell for cell in CELLS if any(variant.name.startswith(f"{cell}-") for variant in variants)]
    colours = {"none": "0.55", "additive": "C0", "dot": "C1", "general": "C2", "oracle": "k"}

    def draw(path: str, label: str, line: Callable[[Any, str, dict[str, Any], Any], None]) -> str:
        figure, axes = pyplot.subplots(1, len(cells), figsize=(1 + 3 * len(cells), 3), sharey=True, squeeze=False)
        for axis, cell in zip(axes[0], cells, strict=True):
            for variant in variants:
                own, _, attention = variant.name.partition("-")
                if own == cell:
                    colour = colours.get(attention, "C3" if "guided" in attention else "C4")
                    style = {"color": colour, "label": attention}
                    line(axis, attention, results_of(variant), style)
            axis.set_title(cell.upper())
            axis.grid(axis="y", alpha=0.3)
        axes[0][0].set_ylabel(label)
        axes[0][0].legend(frameon=False, fontsize=8)
        file = PAGE.parent / f"attention-{grid}-{path}.svg"
        figure.tight_layout()
        figure.savefig(file, metadata={"Date": None})
        pyplot.close(figure)
        return file.name

    def by_length(axis: Any, _: str, results: dict[str, Any], style: Any) -> None:  # noqa: ANN401
        if "scores" in results:
            axis.plot([results["scores"][f"{low}-{high}"]["bleu"] for low, high in BINS], marker="o", **style)
            axis.set_xticks(range(len(BINS)), [f"{low}-{high}" if high < 1000 else f">{low - 1}" for low, high in BINS])
            axis.set_xlabel("words of the source")

    def curve(axis: Any, _: str, results: dict[str, Any], style: Any) -> None:  # noqa: ANN401
        axis.plot(*zip(*results["curve"], strict=True), marker=".", **style)
        axis.set_xlabel("updates")

    yield "BLEU by source length", draw("length", "BLEU", by_length)
    yield "Learning curves: dev loss, nats a token", draw("curves", "dev loss", curve)


def looks(variant: Variant, number: int) -> str:
    """Where a model looked while reading a dev sentence, as a table in per cent."""
    import torch

    from nmt_cli.batching import TokenDataset
    from nmt_cli.checkpoint import load_model
    from nmt_cli.prepare import prepared_folder

    settings = variant.settings
    parts = load_model(settings.run_folder / "model")
    data = TokenDataset(prepared_folder(settings) / "dev.arrow")
    import numpy as np

    with torch.inference_mode():
        weights = parts.model.trace(data.collate(np.array([number]))).weights
    assert weights is not None
    ids = [data.column(side)[number] for side in ("src", "tgt")]
    sides = zip((parts.source, parts.target), ids, strict=True)
    words = [tokenizer.decode([side])[0].split() for tokenizer, side in sides]
    between = by_word(weights[0].numpy(), word_numbers(parts.source, ids[0]), word_numbers(parts.target, ids[1]))
    rows = [["", *words[0], "end"], ["---", *["---:"] * (len(words[0]) + 1)]]
    for word, row in zip(words[1], 100 * between, strict=True):
        best = row.argmax()
        rows.append([word, *(f"**{x:.0f}**" if j == best else f"{x:.0f}" if x >= 1 else "" for j, x in enumerate(row))])
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def write_page(blocks: dict[str, str]) -> None:
    """Replace what stands between `<!-- name -->` and `<!-- /name -->` in the page; the words around it are ours."""
    page = PAGE.read_text("utf-8")
    for name, text in blocks.items():
        found = re.search(rf"<!-- {name} -->\n.*?<!-- /{name} -->", page, re.DOTALL)
        if found is None:
            raise SystemExit(f"{PAGE}: it has no <!-- {name} --> … <!-- /{name} --> to write into")
        page = page[: found.start()] + f"<!-- {name} -->\n{text}\n<!-- /{name} -->" + page[found.end() :]
    PAGE.write_text(page, "utf-8")


def run_grid(variants: Sequence[Variant], jobs: int) -> None:
    """Train and measure the variants that are not done, a few at a time."""
    from nmt_cli.prepare import prepare

    prepare(variants[0].settings.model_copy(update={"name": f"attention-{variants[0].grid}"}))
    os.environ["OMP_NUM_THREADS"] = str(max(1, (os.cpu_count() or 1) // jobs))
    with ProcessPoolExecutor(jobs, get_context("spawn")) as pool:
        futures = [pool.submit(study, variant) for variant in variants]
        for done, future in enumerate(as_completed(futures), start=1):
            print(f"{variants[0].grid}: {future.result()} done ({done}/{len(variants)})", file=sys.stderr)


def main() -> None:
    """Run a grid, then write its part of the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path, help="study this folder's train.tsv instead of the sample")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="variants trained at a time")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="override a setting of all")
    parser.add_argument("--only", nargs="+", metavar="NAME", help="these variants, such as gru-none, instead of all")
    parser.add_argument("--no-page", action="store_true", help="train and measure only")
    arguments = parser.parse_args()
    variants = corpus_grid(arguments.corpus, arguments.set) if arguments.corpus else sample_grid(arguments.set)
    if unknown := set(arguments.only or ()) - {variant.name for variant in variants}:
        parser.error(f"no variant {', '.join(sorted(unknown))}; there are {', '.join(v.name for v in variants)}")
    variants = [variant for variant in variants if not arguments.only or variant.name in arguments.only]
    logging.basicConfig(format="%(message)s", level=logging.INFO)
    start = time.monotonic()
    run_grid(variants, arguments.jobs)
    print(f"{(time.monotonic() - start) / 60:.0f} minutes", file=sys.stderr)
    if arguments.no_page:
        return
    grid = variants[0].grid
    pictures = [f"![{text}]({file})" for text, file in figures(grid, variants)]
    parts = [table(variants, speed(variants)), signature(variants), *pictures]
    write_page({grid: "\n\n".join(parts)})


if __name__ == "__main__":
    main()
