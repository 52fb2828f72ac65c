"""The training loop: prepared corpus in, model folder out; what was begun is resumed.

runs/<name>/
  checkpoints/   last and best: enough to go on as if nothing had happened
  metrics.jsonl  one line a report
  curve.svg      the same as a picture
  model/         the best model so far, ready for nmt translate

Every batch of an epoch has random numbers of its own, drawn from the seed and its place in the epoch: dropout is the
same whether a run was stopped in between or not, and whether one process took all batches or several shared them.
"""

import json
import logging
import math
import signal
import time
from collections import deque
from collections.abc import Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch

from nmt_cli.batching import LENGTH_STEP, Indices, SamplingDataset, TokenDataset, plan_epoch
from nmt_cli.checkpoint import (
    TOLD,
    ModelFolder,
    Progress,
    fit_told,
    load_model,
    load_state,
    read_progress,
    save_card,
    save_model,
    save_state,
    with_added_pieces,
)
from nmt_cli.config import Config, TrainingConfig, differing_keys, model_path, save_config, with_initial_model
from nmt_cli.curve import learning_curve
from nmt_cli.distributed import Processes, join_processes, own_device, spare_cores
from nmt_cli.errors import TrainingError
from nmt_cli.graphs import LENGTH_STEP as GRAPHED_LENGTH_STEP
from nmt_cli.graphs import GraphedPasses
from nmt_cli.metrics import Score, bleu, chrf
from nmt_cli.model import Batch, Model
from nmt_cli.optimization import Objective, Optimizer, batch_loss
from nmt_cli.prepare import Manifest, prepare, prepared_folder
from nmt_cli.text import atomic_write
from nmt_cli.tokenizer import load_tokenizers
from nmt_cli.translate import Translator

log = logging.getLogger(__name__)

_REPORT_EVERY = 20  # updates between two lines in metrics.jsonl
_VALIDATION_BATCH = 64  # sentences translated together
_AHEAD = 2  # updates whose batches are made ready while the present one is computed


@dataclass(frozen=True)
class Validation:
    """How well the model does on the dev sets."""

    loss: float  # nats a token, no smoothing
    scores: tuple[Score, ...]  # BLEU and chrF of greedy translations; none from an oracle, which cannot translate
    samples: list[tuple[str, str]]  # reference, translation

    def score(self, metric: str) -> float:
        """What models are chosen by, the higher the better. metric: see TrainingConfig.metric."""
        named = {score.name.lower(): score.score for score in self.scores}
        return named.get(metric, -self.loss)


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
    config = with_initial_model(config)
    device = choose_device(config.training)
    with join_processes(device) as processes:
        if processes.first:
            begun = _begin(config)
        processes.from_first(None)  # the others wait for the prepared corpus
        if not processes.first:
            begun = _begin(config)
        with _stop_signals(alone=processes.size == 1) as stopping, _memory_explained(config):
            return _Run(config, *begun, device, processes).run(stopping)


def _begin(config: Config) -> tuple[Manifest, Progress | None]:
    """Prepare what is not prepared yet, and see how far the run has come."""
    begun = read_progress(config.run_folder / "checkpoints" / "last.safetensors")
    if begun is not None:
        _check_unchanged(begun[1], config)
    manifest = prepare(config)
    save_config(config, config.run_folder / "config.yaml")
    return manifest, None if begun is None else begun[0]


def _check_unchanged(old: Config, config: Config) -> None:
    """Refuse to resume with settings under which the checkpoint makes no sense."""
    changed = [f"data.{key}" for key in differing_keys(old.data, config.data)]
    changed += [f"tokenizer.{key}" for key in differing_keys(old.tokenizer, config.tokenizer)]
    changed += [f"model.{key}" for key in differing_keys(old.model, config.model)]
    # The position in the data, and where the weights came from, mean something else with others.
    fixed = ("seed", "batch_tokens", "init_from", "metric")
    changed += [f"training.{key}" for key in differing_keys(old.training, config.training) if key in fixed]
    if changed:
        raise TrainingError(
            f"{config.run_folder}: cannot resume with another {changed[0]}: put it back, choose another 'name', or "
            f"delete {config.run_folder} to begin anew"
        )


@contextmanager
def _stop_signals(*, alone: bool) -> Iterator[list[int]]:
    """A list that a first SIGINT or SIGTERM is put into, so that the loop can leave in order.

    Args:
        alone: a second one ends the process at once. Under torchrun it means nothing: Ctrl-C comes from the terminal
            and from torchrun as well, which kills those that take longer than half a minute to leave
    """
    received: list[int] = []

    def note(number: int, _: Any) -> None:  # noqa: ANN401
        if received and alone:
            raise KeyboardInterrupt
        received.append(number)

    before = {number: signal.signal(number, note) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield received
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _memory_explained(config: Config) -> Iterator[None]:
    """Say what to lower when a batch does not fit into the memory."""
    try:
        yield
    except (MemoryError, RuntimeError) as error:
        # On CPUs torch has no error of its own for it.
        if not isinstance(error, MemoryError | torch.OutOfMemoryError) and "allocate memory" not in str(error):
            raise
        training = config.training
        raise TrainingError(
            f"{config.run_folder}: out of memory: lower training.batch_tokens ({training.batch_tokens}) and raise "
            f"training.accumulation ({training.accumulation}) by as much, or lower data.cleaning.max_words"
        ) from None


def choose_device(config: TrainingConfig) -> torch.device:
    """The device that the configuration asks for; under torchrun each process's own.

    Raises:
        TrainingError: it asks for a GPU and there is none.
    """
    if config.device == "cuda" and not torch.cuda.is_available():
        raise TrainingError("training.device is cuda, but this machine has no usable GPU: set it to cpu or auto")
    if config.device == "auto":
        return own_device("cuda" if torch.cuda.is_available() else "cpu")
    return own_device(config.device)


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
    for _ in range(4):  # where bfloat16 is emulated each takes as long as a hundred others
        start = time.perf_counter()
        left @ right
        times.append(time.perf_counter() - start)
    return min(times)


class _Share(NamedTuple):
    """A batch of an update that this process takes."""

    indices: Indices
    seed: int
    weight: int  # 0 where there are fewer batches left than processes: it is computed for company only


class _Group(NamedTuple):
    """The batches of one update: this process's own, and where the run stands after all of them."""

    shares: list[_Share]
    epoch: int
    batch: int


_Loaded = tuple[_Group, list[Batch]]


@dataclass(frozen=True)
class _Loader:
    """What makes the batches of a group ready; a worker process gets a copy of it."""

    data: TokenDataset

    def __getitem__(self, group: _Group) -> _Loaded:
        return group, [self.data.collate(share.indices, share.seed) for share in group.shares]


class _Run:
    """One call of `train`: everything it needs, opened once."""

    def __init__(
        self, config: Config, manifest: Manifest, begun: Progress | None, device: torch.device, processes: Processes
    ) -> None:
        self.config = config
        self.settings = config.training
        self.folder = config.run_folder
        self.device, self.processes = device, processes
        # DistributedDataParallel exchanges the gradients of several processes in the midst of a backward pass.
        self.graphed = device.type == "cuda" and processes.size == 1
        prepared = prepared_folder(config)
        self.source, self.target = load_tokenizers(prepared, told=config.model.told)
        self.oracle = config.model.attention == "oracle"
        self.data = self._training_data(prepared)
        self.dev = TokenDataset(prepared / "dev.arrow", alignments=self.oracle)
        self.dev_references = self.dev.column("reference")
        torch.manual_seed(self.settings.seed)
        self.model = Model(config.model, len(self.source), len(self.target)).to(device)
        if begun is None:
            self._first_weights()
        self.objective = processes.parallel(Objective(self.model, self.settings))
        self.optimizer = Optimizer(self.model, self.settings, keep_gradients=self.graphed)
        # What is measured, such as the precision, has to be the same in all processes.
        self.progress = processes.from_first(self._resume(manifest, begun))
        self.graphs = self._graphs() if self.graphed else None
        self.clock = Clock(self.progress.seconds)
        self.last_checkpoint = self.clock.seconds()
        self.batches_an_update = self.settings.accumulation * processes.size
        self.epoch_batches = len(self._plan(0))
        self.planned_steps = self.settings.max_epochs * -(-self.epoch_batches // self.batches_an_update)
        self.done = self._share_done(self.clock.seconds())
        self.metrics = _Metrics(self.folder, self.progress, self.settings) if processes.first else None

    def _first_weights(self) -> None:
        """The first weights: random ones that know how often the words are, or those of `training.init_from`."""
        if self.settings.init_from is None:
            self.model.decoder.expect(self.data.target_counts(len(self.target)))
            return
        weights = load_model(model_path(self.settings.init_from)).model.state_dict()
        self.model.load_state_dict(with_added_pieces(weights, self.model.state_dict()))
        if self.config.model.told and not any(name.startswith(TOLD) for name in weights):
            with torch.no_grad():
                fit_told(self.model, self.source, self.target)

    def _graphs(self) -> GraphedPasses:
        assert isinstance(self.objective, Objective)
        return GraphedPasses(self.objective, self.progress.precision, self.settings.batch_tokens)

    def _training_data(self, prepared: Path) -> TokenDataset:
        length_step = GRAPHED_LENGTH_STEP if self.graphed else LENGTH_STEP
        if self.settings.subword_sampling is None:
            alignments = self.oracle or self.settings.guided_attention > 0
            return TokenDataset(prepared / "train.arrow", alignments=alignments, length_step=length_step)
        return SamplingDataset(
            prepared / "train.arrow",
            prepared / "text.arrow",
            (self.source, self.target),
            [source.tag for source in self.config.data.train],
            self.settings.subword_sampling,
            length_step,
        )

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

    def _plan(self, epoch: int) -> list[Indices]:
        weights = [source.weight for source in self.config.data.train]
        return plan_epoch(
            self.data,
            batch_tokens=self.settings.batch_tokens,
            seed=self.settings.seed,
            epoch=epoch,
            weights=weights,
            together=self.batches_an_update,
        )

    def _groups(self) -> Iterator[_Group]:
        """The batches of the updates to come, without end."""
        epoch = self.progress.epoch
        plan = self._plan(epoch)
        start = min(self.progress.batch, len(plan) - 1)  # begun on another device, an epoch may have had more batches
        while True:
            stop = min(start + self.batches_an_update, len(plan))
            shares = [self._share(plan, epoch, place, 1) for place in range(start, stop)]
            own = shares[self.processes.rank :: self.processes.size] or [shares[0]._replace(weight=0)]
            start = stop
            if stop == len(plan):
                epoch, start = epoch + 1, 0
                plan = self._plan(epoch)
            yield _Group(own, epoch, start)

    def _share(self, plan: list[Indices], epoch: int, place: int, weight: int) -> _Share:
        (seed,) = np.random.SeedSequence([self.settings.seed, epoch, place]).generate_state(1).tolist()
        return _Share(plan[place], seed, weight)

    def _loaded(self) -> Generator[_Loaded, None, None]:
        """The groups with their batches, made ready ahead of time."""
        # A GPU learns faster than one core segments words.
        return self._loaded_by_processes() if self.device.type == "cuda" else self._loaded_by_a_thread()

    def _loaded_by_processes(self) -> Generator[_Loaded, None, None]:
        yield from torch.utils.data.DataLoader[Any](
            _Loader(self.data),  # type: ignore[arg-type]
            sampler=self._groups(),
            batch_size=None,
            num_workers=spare_cores(),
            collate_fn=_as_is,
            pin_memory=True,  # the GPU copies from there by itself
            worker_init_fn=_leave_signals_to_the_first,
        )

    def _loaded_by_a_thread(self) -> Generator[_Loaded, None, None]:
        loader = _Loader(self.data)
        with ThreadPoolExecutor(1) as thread:
            coming: deque[Future[_Loaded]] = deque()
            for group in self._groups():
                coming.append(thread.submit(loader.__getitem__, group))
                if len(coming) > _AHEAD:
                    yield coming.popleft().result()

    def run(self, stopping: list[int]) -> Path:
        """Train until one of the limits is reached; returns the model folder."""
        self._announce()
        with closing(self._loaded()) as loaded, self._bar() as bar:
            while not self._finished():
                stopped = self._update(*next(loaded), bool(stopping), bar)
                if self._validation_due() or self.done >= 1:
                    self._validate()
                elif self._checkpoint_due():
                    self._checkpoint(best=False)
                if stopped:
                    self._checkpoint(best=False)
                    log.warning("stopped at update %s; the same command goes on from there", f"{self.progress.step:,}")
                    raise KeyboardInterrupt
        log.info(
            "%s: done after %s updates, %.1f minutes; best dev %s at update %s; model in %s",
            self.folder,
            f"{self.progress.step:,}",
            self.clock.seconds() / 60,
            self._best(),
            f"{self.progress.best_step:,}",
            self.folder / "model",
        )
        return self.folder / "model"

    def _best(self) -> str:
        if self.oracle or self.settings.metric == "loss":
            return f"loss {self.progress.best_loss:.3f}"
        return f"{ {'bleu': 'BLEU', 'chrf': 'chrF'}[self.settings.metric] } {self.progress.best_score:.1f}"

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

        return tqdm(
            total=self.planned_steps,
            initial=self.progress.step,
            unit=" updates",
            disable=None if self.processes.first else True,
            leave=False,
        )

    def _share_done(self, seconds: float) -> float:
        """How much of the planned run is behind us, by updates or by time, whichever is further on."""
        done = self.progress.step / self.planned_steps
        if self.settings.max_minutes is not None:
            done = max(done, seconds / (60 * self.settings.max_minutes))
        return done

    def _finished(self) -> bool:
        return (
            self.progress.epoch >= self.settings.max_epochs
            or (self.done >= 1 and self.progress.step > 0)
            or self.progress.validations_since_best >= self.settings.patience
        )

    def _validation_due(self) -> bool:
        every = self.settings.validate_every
        return self.progress.step % every == 0 if every else self.progress.batch == 0

    def _checkpoint_due(self) -> bool:
        every = self.settings.checkpoint_every
        late = self.clock.seconds() - self.last_checkpoint > 60 * self.settings.checkpoint_minutes
        return late or (every is not None and self.progress.step % every == 0)

    def _autocast(self) -> torch.autocast:
        enabled = self.progress.precision == "bfloat16"
        return torch.autocast(self.device.type, torch.bfloat16, enabled=enabled)

    def _update(self, group: _Group, batches: list[Batch], stopping: bool, bar: Any) -> bool:  # noqa: ANN401
        """One update of the weights; returns whether any process has been asked to stop."""
        step = self.progress.step + 1
        self.model.train()
        summed, counted = 0.0, 0
        for last, share, batch in zip(range(1 - len(batches), 1), group.shares, batches, strict=True):
            passed = self._passes(batch, share, last == 0) if self.graphs is None else self.graphs(batch, share.seed)
            summed, counted = summed + share.weight * passed.item(), counted + share.weight * batch.tokens()
        clock = self.clock.seconds() if self.processes.first else 0.0
        loss, tokens, seconds, stopped = self.processes.totals([summed, counted, clock, stopping], self.device)
        rate = self.optimizer.rate(step, self._share_done(seconds))
        # Of several processes the gradients are the mean, not the sum.
        self._check_finite(self.optimizer.step(self.processes.size / tokens, rate, step))
        self.progress = replace(self.progress, step=step, epoch=group.epoch, batch=group.batch)
        self.done = self._share_done(seconds)
        bar.update()
        if self.metrics is not None:
            self.metrics.add(loss, tokens)
            if step % _REPORT_EVERY == 0 or self._validation_due() or self.done >= 1:
                report = self.metrics.write(step=step, epoch=self.progress.epoch, learning_rate=rate)
                speed = f"{report['tokens_per_second']:,.0f}"
                bar.set_postfix(loss=f"{report['loss']:.2f}", tokens_per_second=speed, learning_rate=f"{rate:.1e}")
        return stopped > 0

    def _passes(self, batch: Batch, share: _Share, last: bool) -> torch.Tensor:
        """The forward and backward pass of a batch; returns its summed loss."""
        loss: torch.Tensor
        torch.manual_seed(share.seed)
        with self.processes.exchange(self.objective, last):
            with self._autocast():
                objective, loss = self.objective(batch.to(self.device))
            (objective * share.weight).backward()
        return loss

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
        if self.processes.first:
            with self.optimizer.averaged():
                # Before the checkpoint: if we are killed in between, the resumed run comes here again.
                self._judge(self._score_dev())
        self.progress = self.processes.from_first(self.progress)
        self._checkpoint(best=self.progress.best_step == self.progress.step)
        if self.metrics is not None:
            self.metrics.restart_clock()  # the time spent here is no training time

    def _judge(self, result: Validation) -> None:
        """Report the scores, and export the model when they are the best so far."""
        assert self.metrics is not None
        progress, score = self.progress, result.score(self.settings.metric)
        best = (score, -result.loss) > (progress.best_score, -progress.best_loss)
        waited = 0 if best else progress.validations_since_best + 1
        self.progress = replace(progress, validations_since_best=waited)
        if best:
            self.progress = replace(self.progress, best_score=score, best_loss=result.loss, best_step=progress.step)
        self.metrics.write_line(
            step=progress.step,
            epoch=progress.epoch,
            dev_loss=result.loss,
            **{f"dev_{score.name.lower()}": score.to_json() for score in result.scores},
        )
        log.info(
            "update %s, epoch %.1f, %.1f min: dev loss %.3f%s%s",
            f"{progress.step:,}",
            progress.epoch + progress.batch / self.epoch_batches,
            self.clock.seconds() / 60,
            result.loss,
            "".join(f", {score.name} {score.score:.1f}" for score in result.scores),
            " (best)" if best else "",
        )
        for reference, translation in result.samples:
            log.info("    %s\n  → %s", reference, translation)
        if best:
            self._export(result)

    def _score_dev(self) -> Validation:
        self.model.eval()
        total, tokens = 0.0, 0
        with torch.inference_mode(), self._autocast():
            for indices in plan_epoch(self.dev, batch_tokens=self.settings.batch_tokens, seed=0, epoch=0):
                batch = self.dev.collate(indices)
                tokens += batch.tokens()
                batch = batch.to(self.device)
                loss = batch_loss(self.model.decoder, self.model.trace(batch), batch, label_smoothing=0.0)
                total += loss.item()
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
        if self.metrics is None:
            return
        loss, tokens = self.metrics.unreported
        self.progress = replace(
            self.progress, seconds=self.clock.seconds(), unreported_loss=loss, unreported_tokens=tokens
        )
        save_state(self.folder / "checkpoints", self.model, self.optimizer, self.progress, self.config, best=best)
        self.last_checkpoint = self.clock.seconds()

    def _export(self, result: Validation) -> None:
        folder = self.folder / "model"
        weights = self.model.state_dict()
        save_model(folder, weights=weights, config=self.config, source=self.source, target=self.target)
        save_card(folder, _card(self.config, self.progress, result, len(self.data), self.model.parameter_count()))


def _as_is(loaded: Any) -> Any:  # noqa: ANN401
    return loaded


def _leave_signals_to_the_first(_: int) -> None:
    """In a worker process: Ctrl-C reaches it too, but batches are still wanted while the run is brought to its end."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


class _Metrics:
    """metrics.jsonl and what is made of it, and the sums between two of its lines."""

    def __init__(self, folder: Path, progress: Progress, settings: TrainingConfig) -> None:
        """Open the file for a run that has come so far; what a killed run wrote beyond that is taken back."""
        step = progress.step
        self._folder, self._path = folder, folder / "metrics.jsonl"
        self._board = _tensorboard(folder / "tensorboard", step) if settings.tensorboard else None
        if self._path.exists():
            kept = [line for line in self._path.read_text("utf-8").splitlines() if _step_of(line) <= step]
            with atomic_write(self._path) as partial:
                partial.write_text("".join(f"{line}\n" for line in kept), encoding="utf-8")
        self._loss, self._tokens = progress.unreported_loss, progress.unreported_tokens
        self.restart_clock()

    @property
    def unreported(self) -> tuple[float, float]:
        """The summed loss since the last line, and the tokens it is over."""
        return self._loss, self._tokens

    def restart_clock(self) -> None:
        """Measure the speed of the updates from here on."""
        self._timed_tokens, self._start = 0.0, time.monotonic()

    def add(self, loss: float, tokens: float) -> None:
        """Count an update: its summed loss, and the target tokens it was over."""
        self._loss += loss
        self._tokens += tokens
        self._timed_tokens += tokens

    def write(self, **values: float) -> dict[str, float]:
        """Write a line with the mean loss and speed since the last one; returns what was written."""
        seconds = time.monotonic() - self._start
        speed = self._timed_tokens / seconds
        line = {**values, "loss": self._loss / self._tokens, "tokens_per_second": speed}
        self.write_line(**line)
        self._loss, self._tokens = 0.0, 0.0
        self.restart_clock()
        return line

    def write_line(self, **values: Any) -> None:  # noqa: ANN401
        """Append one line, and redraw the picture when it is of a validation."""
        with self._path.open("a", encoding="utf-8") as stream:
            stream.write(json.dumps(values) + "\n")
        if self._board is not None:
            for name, value in values.items():
                number = value["score"] if isinstance(value, dict) else value
                self._board.add_scalar(name, number, values["step"])
            self._board.flush()
        if "dev_loss" in values:
            lines = [json.loads(line) for line in self._path.read_text("utf-8").splitlines()]
            with atomic_write(self._folder / "curve.svg") as partial:
                partial.write_text(learning_curve(lines), encoding="utf-8")


def _tensorboard(folder: Path, step: int) -> Any:  # noqa: ANN401
    try:
        from torch.utils.tensorboard import SummaryWriter
    except ImportError:
        raise TrainingError(
            "training.tensorboard is true, but TensorBoard is not installed: pip install tensorboard"
        ) from None
    return SummaryWriter(str(folder), purge_step=step + 1)


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
