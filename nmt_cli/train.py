"""The training loop: prepared corpus in, model folder out; what was begun is resumed.

runs/<name>/
  checkpoints/   last and best: enough to go on as if nothing had happened
  metrics.jsonl  one line a report
  model/         the best model so far, ready for nmt translate
"""

import json
import logging
import math
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from nmt_cli.batching import TokenDataset, plan_epoch
from nmt_cli.checkpoint import (
    ModelFolder,
    Progress,
    load_state,
    read_progress,
    save_card,
    save_model,
    save_state,
)
from nmt_cli.config import Config, TrainingConfig, differing_keys, save_config
from nmt_cli.errors import TrainingError
from nmt_cli.metrics import Score, bleu, chrf
from nmt_cli.model import Batch, Model
from nmt_cli.prepare import Manifest, prepare, prepared_folder
from nmt_cli.text import atomic_write
from nmt_cli.tokenizer import Tokenizer
from nmt_cli.translate import Translator
from nmt_cli.vocab import PAD_ID

log = logging.getLogger(__name__)

_REPORT_EVERY = 50  # updates between two lines in metrics.jsonl
_VALIDATION_BATCH = 64  # sentences translated together


@dataclass(frozen=True)
class Validation:
    """How well the model does on the dev sets."""

    loss: float  # nats a token, no smoothing
    scores: tuple[Score, ...]  # BLEU and chrF of greedy translations; none from an oracle, which cannot translate
    samples: list[tuple[str, str]]  # reference, translation

    @property
    def bleu(self) -> float:
        """The score that models are chosen by, before the loss."""
        return self.scores[0].score if self.scores else 0.0


class Clock:
    """Seconds spent on a run, those before a resumption included."""

    def __init__(self, before: float) -> None:
        self._start = time.monotonic() - before

    def seconds(self) -> float:
        """Seconds so far."""
        return time.monotonic() - self._start


def train(config: Config) -> Path:
    """Train the model of a configuration, or go on where an earlier call was stopped; prepares first if need be.

    Returns:
        the model folder

    Raises:
        ConfigError, DataError: from preparing the corpus.
        TrainingError: the run cannot start or go on.
        KeyboardInterrupt: on SIGINT or SIGTERM, after a checkpoint is written.
    """
    begun = read_progress(config.run_folder / "checkpoints" / "last.safetensors")
    if begun is not None:
        _check_unchanged(begun[1], config)
    manifest = prepare(config)
    save_config(config, config.run_folder / "config.yaml")
    with _stop_signals() as stopping:
        return _Run(config, manifest, begun[0] if begun else None).run(stopping)


def _check_unchanged(old: Config, config: Config) -> None:
    """Refuse to resume with settings under which the checkpoint makes no sense."""
    changed = [f"data.{key}" for key in differing_keys(old.data, config.data)]
    changed += [f"tokenizer.{key}" for key in differing_keys(old.tokenizer, config.tokenizer)]
    changed += [f"model.{key}" for key in differing_keys(old.model, config.model)]
    fixed = ("seed", "batch_tokens")  # the position in the data means something else with others
    changed += [f"training.{key}" for key in differing_keys(old.training, config.training) if key in fixed]
    if changed:
        raise TrainingError(
            f"{config.run_folder}: cannot resume with another {changed[0]}: put it back, choose another 'name', or "
            f"delete {config.run_folder} to begin anew"
        )


@contextmanager
def _stop_signals() -> Iterator[list[int]]:
    """A list that a first SIGINT or SIGTERM is put into, so that the loop can leave in order."""
    received: list[int] = []

    def note(number: int, _: Any) -> None:  # noqa: ANN401
        if received:
            raise KeyboardInterrupt
        received.append(number)

    before = {number: signal.signal(number, note) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield received
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def choose_device(config: TrainingConfig) -> torch.device:
    """The device that the configuration asks for.

    Raises:
        TrainingError: it asks for a GPU and there is none.
    """
    if config.device == "cuda" and not torch.cuda.is_available():
        raise TrainingError("training.device is cuda, but this machine has no usable GPU: set it to cpu or auto")
    if config.device == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    return torch.device(config.device)


def choose_precision(config: TrainingConfig, device: torch.device) -> str:
    """`float32` or `bfloat16`; where the configuration leaves it open, whichever multiplies faster on this device."""
    if config.precision != "auto":
        return config.precision
    if device.type == "cuda":
        return "bfloat16" if torch.cuda.is_bf16_supported(including_emulation=False) else "float32"
    seconds = {dtype: _product_seconds(dtype) for dtype in (torch.float32, torch.bfloat16)}
    return "bfloat16" if seconds[torch.bfloat16] < 0.7 * seconds[torch.float32] else "float32"


def _product_seconds(dtype: torch.dtype) -> float:
    """Least time of a few matrix products of the size of a recurrent step."""
    left, right = torch.ones(64, 512, dtype=dtype), torch.ones(512, 1536, dtype=dtype)
    times = []
    for _ in range(10):
        start = time.perf_counter()
        left @ right
        times.append(time.perf_counter() - start)
    return min(times)


def batch_loss(logits: Tensor, batch: Batch, label_smoothing: float) -> tuple[Tensor, int]:
    """Summed cross-entropy of a batch's logits in nats, and the number of target tokens it is summed over."""
    tokens = int((batch.tgt_out != PAD_ID).sum())
    loss = functional.cross_entropy(
        logits.float().flatten(0, 1),
        batch.tgt_out.flatten(),
        ignore_index=PAD_ID,
        label_smoothing=label_smoothing,
        reduction="sum",
    )
    return loss, tokens


def guidance_loss(weights: Tensor, alignment: Tensor) -> Tensor:
    """Summed cross-entropy of attention against a word alignment, in nats (Chen et al. 2016); silent rows add nothing.

    Args:
        weights, alignment: (B, T, S)
    """
    return -(alignment * weights.clamp(min=1e-9).log()).sum()


class _Run:
    """One call of `train`: everything it needs, opened once."""

    def __init__(self, config: Config, manifest: Manifest, begun: Progress | None) -> None:
        self.config = config
        self.settings = config.training
        self.folder = config.run_folder
        prepared = prepared_folder(config)
        self.source = Tokenizer.load(prepared / "source.model")
        self.target = Tokenizer.load(prepared / "target.model")
        self.oracle = config.model.attention == "oracle"
        guided = self.settings.guided_attention > 0
        self.data = TokenDataset(prepared / "train.arrow", alignments=self.oracle or guided)
        self.dev = TokenDataset(prepared / "dev.arrow", alignments=self.oracle)
        self.dev_references = self.dev.column("reference")
        self.device = choose_device(self.settings)
        torch.manual_seed(self.settings.seed)
        self.model = Model(config.model, len(self.source), len(self.target)).to(self.device)
        self.optimizer = torch.optim.Adam(self.model.parameters(), lr=self.settings.learning_rate, fused=True)
        self.progress = self._resume(manifest, begun)
        self.clock = Clock(self.progress.seconds)
        self.last_checkpoint = self.clock.seconds()
        self.planned_steps = self.settings.max_epochs * len(self._plan(0))
        self.plan = self._plan(self.progress.epoch)
        self.metrics = _Metrics(self.folder / "metrics.jsonl", self.progress.step)

    def _resume(self, manifest: Manifest, begun: Progress | None) -> Progress:
        """Where to begin: at the start, or with everything put back as it was at the last checkpoint."""
        if begun is None:
            return Progress(manifest.fingerprint, choose_precision(self.settings, self.device))
        if begun.fingerprint != manifest.fingerprint:
            raise TrainingError(
                f"{self.folder}: the training data is not what it was when this run began: "
                f"choose another 'name', or delete {self.folder / 'checkpoints'} to begin anew"
            )
        load_state(self.folder / "checkpoints" / "last.safetensors", self.model, self.optimizer)
        log.info("resuming %s at update %s", self.folder, f"{begun.step:,}")
        return begun

    def _plan(self, epoch: int) -> list[Any]:
        weights = [source.weight for source in self.config.data.train]
        seed, tokens = self.settings.seed, self.settings.batch_tokens
        return plan_epoch(self.data, batch_tokens=tokens, seed=seed, epoch=epoch, weights=weights)

    def run(self, stopping: list[int]) -> Path:
        """Train until one of the limits is reached; returns the model folder."""
        self._announce()
        with self._bar() as bar:
            while not self._done():
                self._update(self.data.collate(self.plan[self.progress.batch]), bar)
                if self._validation_due() or self._fraction_done() >= 1:
                    self._validate()
                elif self.clock.seconds() - self.last_checkpoint > 60 * self.settings.checkpoint_minutes:
                    self._checkpoint(best=False)
                if stopping:
                    self._checkpoint(best=False)
                    log.warning("stopped at update %s; the same command goes on from there", f"{self.progress.step:,}")
                    raise KeyboardInterrupt
        log.info(
            "%s: done after %s updates, %.1f minutes; best dev %s at update %s; model in %s",
            self.folder,
            f"{self.progress.step:,}",
            self.clock.seconds() / 60,
            f"loss {self.progress.best_loss:.3f}" if self.oracle else f"BLEU {self.progress.best_bleu:.1f}",
            f"{self.progress.best_step:,}",
            self.folder / "model",
        )
        return self.folder / "model"

    def _announce(self) -> None:
        log.info(
            "%s parameters, vocabularies %s and %s, %s pairs, %s, %s",
            f"{self.model.parameter_count():,}",
            f"{len(self.source):,}",
            f"{len(self.target):,}",
            f"{len(self.data):,}",
            self.device,
            self.progress.precision,
        )

    def _bar(self) -> Any:  # noqa: ANN401
        from tqdm import tqdm

        return tqdm(total=self.planned_steps, initial=self.progress.step, unit=" updates", disable=None, leave=False)

    def _fraction_done(self) -> float:
        """How much of the planned run is behind us, by updates or by time, whichever is further on."""
        fraction = self.progress.step / self.planned_steps
        if self.settings.max_minutes is not None:
            fraction = max(fraction, self.clock.seconds() / (60 * self.settings.max_minutes))
        return fraction

    def _done(self) -> bool:
        return (
            self.progress.epoch >= self.settings.max_epochs
            or (self._fraction_done() >= 1 and self.progress.step > 0)
            or self.progress.validations_since_best >= self.settings.patience
        )

    def _validation_due(self) -> bool:
        every = self.settings.validate_every
        return self.progress.step % every == 0 if every else self.progress.batch == 0

    def _autocast(self) -> torch.autocast:
        enabled = self.progress.precision == "bfloat16"
        return torch.autocast(self.device.type, torch.bfloat16, enabled=enabled)

    def _update(self, batch: Batch, bar: Any) -> None:  # noqa: ANN401
        """One update of the weights."""
        step = self.progress.step + 1
        warm_up = min(1.0, step / max(1, self.settings.warmup_steps))
        rate = self.settings.learning_rate * min(warm_up, max(0.0, 1 - self._fraction_done()))
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        self.model.train()
        batch = batch.to(self.device)
        with self._autocast():
            trace = self.model.trace(batch)
            loss, tokens = batch_loss(trace.logits, batch, self.settings.label_smoothing)
            objective = loss
            if self.settings.guided_attention and trace.weights is not None and batch.alignment is not None:
                objective = loss + self.settings.guided_attention * guidance_loss(trace.weights, batch.alignment)
        (objective / tokens).backward()
        norm = torch.nn.utils.clip_grad_norm_(self.model.parameters(), self.settings.clip_norm)
        self._check_finite(norm.item())
        self.optimizer.step()
        self.optimizer.zero_grad(set_to_none=True)
        self.progress = replace(self.progress, step=step, batch=self.progress.batch + 1)
        if self.progress.batch == len(self.plan):
            self.progress = replace(self.progress, epoch=self.progress.epoch + 1, batch=0)
            self.plan = self._plan(self.progress.epoch)
        self.metrics.add(loss.item(), tokens)
        bar.update()
        if step % _REPORT_EVERY == 0:
            report = self.metrics.write(step=step, epoch=self.progress.epoch, learning_rate=rate)
            bar.set_postfix(loss=f"{report['loss']:.2f}", tokens_per_second=f"{report['tokens_per_second']:,.0f}")

    def _check_finite(self, value: float) -> None:
        """Stop before weights that are no longer numbers reach a checkpoint."""
        if not math.isfinite(value):
            raise TrainingError(
                f"{self.folder}: the loss is no longer a number at update {self.progress.step}: lower "
                f"training.learning_rate ({self.settings.learning_rate}) or raise training.warmup_steps "
                f"({self.settings.warmup_steps})"
            )

    def _validate(self) -> None:
        """Score the model on the dev sets, keep it if it is the best so far, and write a checkpoint."""
        result = self._score_dev()
        score = result.bleu
        best = (score, -result.loss) > (self.progress.best_bleu, -self.progress.best_loss)
        waited = 0 if best else self.progress.validations_since_best + 1
        self.progress = replace(self.progress, validations_since_best=waited)
        if best:
            self.progress = replace(self.progress, best_bleu=score, best_loss=result.loss, best_step=self.progress.step)
        self.metrics.write_line(
            step=self.progress.step,
            epoch=self.progress.epoch,
            dev_loss=result.loss,
            **{f"dev_{score.name.lower()}": score.to_json() for score in result.scores},
        )
        log.info(
            "update %s, epoch %.1f, %.1f min: dev loss %.3f%s%s",
            f"{self.progress.step:,}",
            self.progress.epoch + self.progress.batch / len(self.plan),
            self.clock.seconds() / 60,
            result.loss,
            "".join(f", {score.name} {score.score:.1f}" for score in result.scores),
            " (best)" if best else "",
        )
        for reference, translation in result.samples:
            log.info("    %s\n  → %s", reference, translation)
        if best:
            # Before the checkpoint: if we are killed in between, the resumed run comes here again.
            self._export(result)
        self._checkpoint(best=best)
        self.metrics.reset()  # the time spent here is no training time

    def _score_dev(self) -> Validation:
        self.model.eval()
        total, tokens = 0.0, 0
        with torch.inference_mode(), self._autocast():
            for indices in plan_epoch(self.dev, batch_tokens=self.settings.batch_tokens, seed=0, epoch=0):
                batch = self.dev.collate(indices).to(self.device)
                loss, count = batch_loss(self.model(batch), batch, label_smoothing=0.0)
                total, tokens = total + loss.item(), tokens + count
        self._check_finite(total)
        if self.oracle:
            return Validation(total / tokens, (), [])
        translator = Translator(ModelFolder(self.model, self.config, self.source, self.target))
        hypotheses = translator.translate_ids(self.dev.column("src"), 1, _VALIDATION_BATCH)
        # The same two sentences at every validation, so that one sees them improve.
        chosen = np.random.default_rng(0).choice(len(self.dev), min(2, len(self.dev)), replace=False)
        samples = [(self.dev_references[i], hypotheses[i]) for i in chosen.tolist()]
        scores = bleu(hypotheses, self.dev_references), chrf(hypotheses, self.dev_references)
        return Validation(total / tokens, scores, samples)

    def _checkpoint(self, *, best: bool) -> None:
        self.progress = replace(self.progress, seconds=self.clock.seconds())
        save_state(self.folder / "checkpoints", self.model, self.optimizer, self.progress, self.config, best=best)
        self.last_checkpoint = self.clock.seconds()

    def _export(self, result: Validation) -> None:
        folder = self.folder / "model"
        weights = self.model.state_dict()
        save_model(folder, weights=weights, config=self.config, source=self.source, target=self.target)
        save_card(folder, _card(self.config, self.progress, result, len(self.data), self.model.parameter_count()))


class _Metrics:
    """metrics.jsonl, and the sums between two of its lines."""

    def __init__(self, path: Path, step: int) -> None:
        """Open the file for a run that stands at `step`; what a killed run wrote beyond it is taken back."""
        self._path = path
        if path.exists():
            kept = [line for line in path.read_text("utf-8").splitlines() if _step_of(line) <= step]
            with atomic_write(path) as partial:
                partial.write_text("".join(f"{line}\n" for line in kept), encoding="utf-8")
        self.reset()

    def reset(self) -> None:
        """Forget the updates since the last line."""
        self._loss, self._tokens, self._start = 0.0, 0, time.monotonic()

    def add(self, loss: float, tokens: int) -> None:
        """Count an update: its summed loss, and the target tokens it was over."""
        self._loss += loss
        self._tokens += tokens

    def write(self, **values: float) -> dict[str, float]:
        """Write a line with the mean loss and speed since the last one; returns what was written."""
        seconds = time.monotonic() - self._start
        speed = self._tokens / seconds
        line = {**values, "loss": self._loss / self._tokens, "tokens_per_second": speed}
        self.write_line(**line)
        self.reset()
        return line

    def write_line(self, **values: Any) -> None:  # noqa: ANN401
        """Append one line."""
        with self._path.open("a", encoding="utf-8") as stream:
            stream.write(json.dumps(values) + "\n")


def _step_of(line: str) -> float:
    """The step of a line of metrics.jsonl; infinity for one that a killed run left unfinished."""
    try:
        step: float = json.loads(line)["step"]
    except (ValueError, KeyError, TypeError):
        return math.inf
    return step


def _card(config: Config, progress: Progress, result: Validation, pairs: int, parameters: int) -> str:
    """The model card: what the model is, how good, and how to use it."""
    model = config.model
    scores = "\n".join(f"| {score.name} | {score.score:.1f} | `{score.signature}` |" for score in result.scores)
    return f"""# {config.name}

A {config.data.src_lang}→{config.data.tgt_lang} translation model: {model.cell.upper()} encoder and decoder, attention:
{model.attention}, {parameters:,} parameters, trained on {pairs:,} sentence pairs ({progress.step:,} updates).

| dev ({", ".join(config.data.dev)}), greedy search | score | signature |
|---|---|---|
| loss | {result.loss:.3f} | nats a token |
{scores}

    nmt translate --model FOLDER < input.txt > output.txt

`config.json` holds every setting of the run, `model.safetensors` the weights, `source.model` and `target.model` the
SentencePiece models.
"""
