"""Training: nothing is lost, and the same seed is the same run."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
import torch
from conftest import CONFIG, ROOT, Nmt, write_numbers
from safetensors.torch import load_file

from nmt_cli import train
from nmt_cli.batching import TokenDataset
from nmt_cli.checkpoint import load_model
from nmt_cli.config import load_config
from nmt_cli.distributed import Processes
from nmt_cli.prepare import prepare

CHECKPOINT = "runs/numbers/checkpoints/last.safetensors"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A task so small that a run takes seconds, with dropout so that random states matter."""
    write_numbers(tmp_path, {"train": 500, "dev": 20, "test": 20})
    config = CONFIG.replace("dropout: 0.0", "dropout: 0.2").replace("max_epochs: 5", "max_epochs: 4")
    config = config.replace("label_smoothing: 0.0", "validate_every: 7, checkpoint_minutes: 0.0001")
    (tmp_path / "config.yaml").write_text(config, encoding="utf-8")
    return tmp_path


def state(folder: Path) -> dict[str, bytes]:
    """Everything a checkpoint holds, bit for bit."""
    return {name: tensor.numpy().tobytes() for name, tensor in load_file(folder / CHECKPOINT).items()}


def metrics(folder: Path) -> list[dict[str, object]]:
    """The reports, without what depends on the clock."""
    lines = [json.loads(line) for line in (folder / "runs/numbers/metrics.jsonl").read_text("utf-8").splitlines()]
    return [{key: value for key, value in line.items() if key != "tokens_per_second"} for line in lines]


def train_until(folder: Path, steps: int, number: signal.Signals) -> None:
    """Start training, and send the signal when the checkpoint has come that far."""
    command = [sys.executable, "-m", "nmt_cli", "train", "-c", "config.yaml"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, cwd=folder, env=environment, stderr=subprocess.PIPE, text=True) as process:
        deadline = time.monotonic() + 120
        while steps_done(folder) < steps:
            assert process.poll() is None, process.stderr and process.stderr.read()
            assert time.monotonic() < deadline
            time.sleep(0.01)
        process.send_signal(number)
        assert process.stderr
        messages = process.stderr.read()
    assert process.returncode == (130 if number == signal.SIGTERM else -number), messages


def steps_done(folder: Path) -> int:
    path = folder / CHECKPOINT
    if not path.exists():
        return 0
    found = re.search(rb'\\"step\\": (\d+)', path.read_bytes()[:20_000])
    assert found
    return int(found[1])


def test_killed_and_resumed_ends_where_the_uninterrupted_run_ends(folder: Path, nmt: Nmt) -> None:
    """With everything that has a state of its own: dropout, an average, segmentations drawn at random."""
    config = (folder / "config.yaml").read_text("utf-8")
    config = config.replace("dropout: 0.2", "dropout: 0.2, word_dropout: 0.1")
    config = config.replace("training: {", "training: {ema: 0.9, subword_sampling: 0.3, accumulation: 2, ")
    (folder / "config.yaml").write_text(config, encoding="utf-8")
    assert nmt("train", "-c", "config.yaml").returncode == 0
    expected, reports = state(folder), metrics(folder)
    (folder / "runs").rename(folder / "uninterrupted")

    train_until(folder, 3, signal.SIGKILL)
    train_until(folder, 12, signal.SIGTERM)
    result = nmt("train", "-c", "config.yaml")
    assert result.returncode == 0
    assert "resuming runs/numbers at update" in result.stderr
    assert state(folder) == expected
    assert [line for line in metrics(folder) if "dev_bleu" in line] == [line for line in reports if "dev_bleu" in line]
    model = "runs/numbers/model/model.safetensors"
    assert (folder / model).read_bytes() == (folder / "uninterrupted" / model.removeprefix("runs/")).read_bytes()
    leftovers = [path for path in (folder / "runs").rglob(".*") if "partial" in path.name]
    assert leftovers == []


@pytest.mark.filterwarnings("ignore:'pin_memory'")
def test_worker_processes_make_the_same_batches_as_a_thread(
    folder: Path, nmt: Nmt, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the same order, beyond the end of an epoch: a GPU is fed by them."""
    monkeypatch.chdir(folder)
    config = load_config("config.yaml", ["training.subword_sampling=0.3", "training.accumulation=2"])
    run = train._Run(config, prepare(config), None, torch.device("cpu"), Processes())
    with closing(run._loaded_by_a_thread()) as ones, closing(run._loaded_by_processes()) as others:
        for _ in range(2 * len(run._plan(0)) // run.batches_an_update):
            (ours, batches), (theirs, others_batches) = next(ones), next(others)
            assert (ours.epoch, ours.batch) == (theirs.epoch, theirs.batch)
            for one, other in zip(batches, others_batches, strict=True):
                assert all(torch.equal(a, b) for a, b in zip(one[:4], other[:4], strict=True))
    assert ours.epoch == 2


def test_finished_run_stays_finished_and_can_be_lengthened(folder: Path, nmt: Nmt) -> None:
    shorter = ["train", "-c", "config.yaml", "--set", "training.max_epochs=1"]
    assert nmt(*shorter).returncode == 0
    before = state(folder)
    again = nmt(*shorter)
    assert again.returncode == 0
    assert state(folder) == before
    assert nmt("train", "-c", "config.yaml", "--set", "training.max_epochs=2").returncode == 0
    assert state(folder) != before
    steps = [line["step"] for line in metrics(folder)]
    assert steps == sorted(steps)  # type: ignore[type-var]


def test_resume_refuses_what_makes_no_sense(folder: Path, nmt: Nmt) -> None:
    short = ["train", "-c", "config.yaml", "--set", "training.max_epochs=1"]
    assert nmt(*short).returncode == 0
    for key, value in (("model.hidden_size", "32"), ("training.seed", "9"), ("tokenizer.vocab_size", "30")):
        result = nmt(*short, "--set", f"{key}={value}")
        assert result.returncode == 2
        assert f"cannot resume with another {key}" in result.stderr
        assert result.stderr.count("\n") == 1
    with (folder / "train.tsv").open("a", encoding="utf-8") as stream:
        stream.write("दो दो दो दो दो दो दो दो\ttwo\n")
    result = nmt(*short)
    assert result.returncode == 2
    assert "the training data is not what it was" in result.stderr
    checkpoint = folder / CHECKPOINT
    checkpoint.write_bytes(checkpoint.read_bytes()[:1000])
    result = nmt(*short)
    assert (result.returncode, result.stderr.count("\n")) == (2, 1)
    assert "last.safetensors: damaged" in result.stderr


def test_best_model_is_the_best_validation(folder: Path, nmt: Nmt) -> None:
    assert nmt("train", "-c", "config.yaml").returncode == 0
    scores = [line["dev_bleu"]["score"] for line in metrics(folder) if "dev_bleu" in line]  # type: ignore[index]
    card = (folder / "runs/numbers/model/README.md").read_text("utf-8")
    assert f"| BLEU | {max(scores):.1f} | `nrefs:1|case:mixed" in card


def test_patience_and_minutes_end_a_run(folder: Path, nmt: Nmt) -> None:
    unable = ["--set", "training.learning_rate=1e-9", "--set", "training.max_epochs=50", "--set", "training.patience=2"]
    assert nmt("train", "-c", "config.yaml", *unable).returncode == 0
    validations = [line for line in metrics(folder) if "dev_bleu" in line]
    assert 2 < len(validations) < 20
    minutes = ["--set", "name=timed", "--set", "training.max_epochs=1000", "--set", "training.max_minutes=0.02"]
    assert nmt("train", "-c", "config.yaml", *minutes).returncode == 0
    assert (folder / "runs/timed/model/model.safetensors").exists()


def test_diverging_run_says_what_to_lower(folder: Path, nmt: Nmt) -> None:
    result = nmt(
        "train", "-q", "-c", "config.yaml", "--set", "training.learning_rate=1e38", "--set", "training.warmup_steps=0"
    )
    assert result.returncode == 2
    assert re.search(r"the loss is no longer a number at update \d+: lower training.learning_rate", result.stderr)


def test_cuda_that_is_not_there(folder: Path, nmt: Nmt) -> None:
    import torch

    if torch.cuda.is_available():
        pytest.skip("this machine has a GPU")
    result = nmt("train", "-q", "-c", "config.yaml", "--set", "training.device=cuda")
    assert result.returncode == 2
    assert "this machine has no usable GPU" in result.stderr


def write_alignments(folder: Path) -> None:
    """The task's true alignments: number words in the opposite order."""
    for name in ("train", "dev"):
        rows = [line.split("\t")[0].split() for line in (folder / f"{name}.tsv").read_text("utf-8").splitlines()[1:]]
        lines = [" ".join(f"{i}-{len(words) - 1 - i}" for i in range(len(words))) for words in rows]
        (folder / f"{name}.links").write_text("\n".join(lines) + "\n", encoding="utf-8")
    config = (folder / "config.yaml").read_text("utf-8")
    for name in ("train", "dev"):
        config = config.replace(f"table: {name}.tsv", f"table: {name}.tsv, alignment: {name}.links")
    (folder / "config.yaml").write_text(config, encoding="utf-8")


def dev_losses(folder: Path) -> list[object]:
    return [line["dev_loss"] for line in metrics(folder) if "dev_loss" in line]


def test_oracle_trains_and_is_scored_but_does_not_translate(folder: Path, nmt: Nmt) -> None:
    write_alignments(folder)
    result = nmt("train", "-c", "config.yaml", "--set", "model.attention=oracle")
    assert result.returncode == 0, result.stderr
    assert "BLEU" not in result.stderr
    losses = dev_losses(folder)
    assert losses[-1] < losses[0]  # type: ignore[operator]
    refused = nmt("translate", "-c", "config.yaml", stdin="एक दो\n")
    assert refused.returncode == 2
    assert re.fullmatch(r"nmt: .*oracle.*\n", refused.stderr)


def test_oracle_s_weights_help(tmp_path: Path, folder: Path, nmt: Nmt) -> None:
    """Knowing where to look, the same few updates lead further than having to find out, and than not looking."""
    write_alignments(folder)
    losses = {}
    for attention in ("none", "additive", "oracle"):
        # 54 updates: after the 36 of four epochs none of them has left its first weights far behind.
        overrides = [f"name={attention}", f"model.attention={attention}", "model.decoder=simple", "model.dropout=0.0"]
        overrides.append("training.max_epochs=6")
        result = nmt("train", "-c", "config.yaml", *(word for each in overrides for word in ("--set", each)))
        assert result.returncode == 0, result.stderr
        lines = (tmp_path / f"runs/{attention}/metrics.jsonl").read_text("utf-8").splitlines()
        losses[attention] = min(entry["dev_loss"] for entry in map(json.loads, lines) if "dev_loss" in entry)
    assert losses["oracle"] < 0.8 * losses["additive"], losses
    assert losses["oracle"] < 0.8 * losses["none"], losses


def test_guided_attention_goes_where_the_alignment_points(folder: Path, nmt: Nmt) -> None:
    write_alignments(folder)
    longer = ["training.max_epochs=30", "training.validate_every=50", "training.patience=50", "model.dropout=0.0"]
    shares = []
    for weight in (0, 1):
        overrides = [*longer, f"training.guided_attention={weight}", f"name=g{weight}"]
        result = nmt("train", "-c", "config.yaml", *(word for each in overrides for word in ("--set", each)))
        assert result.returncode == 0, result.stderr
        model = load_model(folder / f"runs/g{weight}/model").model
        batch = TokenDataset(folder / f"runs/g{weight}/prepared/dev.arrow", alignments=True).collate(np.arange(20))
        weights = model.trace(batch).weights
        assert weights is not None
        assert batch.alignment is not None
        shares.append((weights * (batch.alignment > 0)).sum().item() / (batch.alignment.sum(-1) > 0).sum().item())
    assert shares[1] > max(0.6, shares[0] + 0.1), shares


def torchrun(folder: Path, *overrides: str) -> dict[str, Any]:
    """The arguments that make subprocess train in two processes."""
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2", "--max-restarts=1"]
    settings = [part for override in overrides for part in ("--set", override)]
    return {
        "args": [*command, "-m", "nmt_cli", "train", "-c", "config.yaml", *settings],
        "cwd": folder,
        "env": {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"},
        "stdout": subprocess.PIPE,
        "stderr": subprocess.PIPE,
        "text": True,
    }


def test_two_processes_do_what_one_does_with_twice_the_batches(folder: Path, nmt: Nmt) -> None:
    """The same updates, dropout included; and what two have begun one goes on with."""
    one = ["train", "-c", "config.yaml", "--set", "training.accumulation=2"]
    assert nmt(*one).returncode == 0
    expected, reports = load_file(folder / CHECKPOINT), metrics(folder)
    (folder / "runs").rename(folder / "alone")

    def together(epochs: int) -> str:
        result = subprocess.run(**torchrun(folder, f"training.max_epochs={epochs}"), check=False)
        assert result.returncode == 0, result.stderr
        return str(result.stderr)

    messages = together(4)
    assert messages.count("parameters, vocabularies") == 1
    found = load_file(folder / CHECKPOINT)
    assert found.keys() == expected.keys()
    for name, tensor in expected.items():
        torch.testing.assert_close(found[name], tensor, rtol=1e-3, atol=1e-4)
    assert [line["step"] for line in metrics(folder)] == [line["step"] for line in reports]
    assert dev_losses(folder) == pytest.approx([line["dev_loss"] for line in reports if "dev_loss" in line], rel=1e-4)
    assert "resuming runs/numbers at update" in together(5)
    assert nmt(*one, "--set", "training.max_epochs=6").returncode == 0


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="finds the processes under /proc")
@pytest.mark.parametrize("rank", [0, 1])
def test_two_processes_are_restarted_when_one_is_killed(folder: Path, rank: int) -> None:
    settings = torchrun(folder)
    assert subprocess.run(**settings, check=False).returncode == 0
    expected = state(folder)
    (folder / "runs").rename(folder / "undisturbed")
    with subprocess.Popen(**settings) as process:
        deadline = time.monotonic() + 120
        while steps_done(folder) < 3:
            assert time.monotonic() < deadline
            time.sleep(0.01)
        workers = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text("utf-8").split()
        os.kill(int(workers[rank]), signal.SIGKILL)
        _, errors = process.communicate(timeout=120)
    assert (process.returncode, errors.count("resuming runs/numbers at update")) == (0, 1), errors
    assert state(folder) == expected


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="finds the processes under /proc")
def test_two_processes_that_are_told_to_stop_keep_what_they_have(folder: Path) -> None:
    """As by Ctrl-C, which comes twice to each: from the terminal, and from torchrun."""
    with subprocess.Popen(**torchrun(folder, "training.max_epochs=1000")) as process:
        deadline = time.monotonic() + 120
        while steps_done(folder) < 3:
            assert time.monotonic() < deadline
            time.sleep(0.01)
        for worker in Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text("utf-8").split():
            for number in (signal.SIGINT, signal.SIGTERM):  # two of a kind would be one
                os.kill(int(worker), number)
        process.terminate()
        _, errors = process.communicate(timeout=120)
    assert f"stopped at update {steps_done(folder)}; the same command goes on" in errors


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="finds the threads under /proc")
@pytest.mark.parametrize("failing", [False, True])
def test_the_threads_of_two_processes_end_before_the_interpreter(folder: Path, failing: bool) -> None:
    """One that came back to Python while the interpreter is taken down would abort a process that has done its work."""
    (folder / "watched.py").write_text(
        "import atexit, os, pathlib\n"
        "def report():\n"
        "    names = [path.read_text() for path in pathlib.Path('/proc/self/task').glob('*/comm')]\n"
        "    os.write(1, ' '.join(['threads:', *names]).encode())\n"  # at once: the other process writes as well
        "atexit.register(report)\n"  # the first to be registered is the last to be called
        "from nmt_cli import train\n"
        "from nmt_cli.__main__ import main\n"
        "def fail(*_):\n"
        "    raise KeyboardInterrupt\n"
        f"if {failing}:\n"
        "    train._Run._validate = fail\n"
        "main()\n",
        encoding="utf-8",
    )
    settings = torchrun(folder)
    command = settings.pop("args")
    at = command.index("-m", 3)
    result = subprocess.run([*command[:at], "watched.py", *command[at + 2 :]], **settings, check=False)
    assert (result.returncode != 0) == failing, result.stderr
    assert result.stdout.count("threads: ") >= 2
    assert "gloo" not in result.stdout


def test_fine_tuning_begins_with_the_model_it_is_given(numbers: Path, folder: Path, nmt: Nmt) -> None:
    """The numbers' model in a new run: other data, the same vocabulary, its skill from the first update on."""
    base = numbers / "runs/numbers/model"
    (folder / "tune.yaml").write_text(
        "name: tuned\n"
        "data: {train: [{table: train.tsv}], dev: {dev: {table: dev.tsv}}}\n"
        "model: {dropout: 0.1}\n"
        f"training: {{init_from: '{base}', max_epochs: 1, learning_rate: 1e-4, validate_every: 1}}\n",
        encoding="utf-8",
    )
    result = nmt("train", "-c", "tune.yaml")
    assert result.returncode == 0, result.stderr
    run = folder / "runs/tuned"
    for side in ("source", "target"):
        assert (run / f"model/{side}.model").read_bytes() == (base / f"{side}.model").read_bytes()
    lines = [json.loads(line) for line in (run / "metrics.jsonl").read_text("utf-8").splitlines()]
    assert next(line["dev_bleu"]["score"] for line in lines if "dev_bleu" in line) > 90
    before, after = (load_file(path / "model.safetensors") for path in (base, run / "model"))
    assert not all(torch.equal(after[name], tensor) for name, tensor in before.items())
    settings = load_model(run / "model").config.model
    assert (settings.hidden_size, settings.dropout) == (64, 0.1)
    refused = nmt("train", "-c", "tune.yaml", "--set", "model.hidden_size=32", "--set", "name=other")
    assert refused.returncode == 2
    assert "model.hidden_size is 32, but training.init_from" in refused.stderr
    assert refused.stderr.count("\n") == 1
    missing = nmt("train", "-c", "tune.yaml", "--set", "training.init_from=nowhere", "--set", "name=other")
    assert (missing.returncode, missing.stderr.count("\n")) == (2, 1)


def test_picture_shows_the_run(numbers: Path) -> None:
    picture = ElementTree.parse(numbers / "runs/numbers/curve.svg").getroot()
    texts = {element.text for element in picture.iter("{http://www.w3.org/2000/svg}text")}
    assert {"training", "dev", "BLEU", "chrF"} <= texts
    lines = [json.loads(line) for line in (numbers / "runs/numbers/metrics.jsonl").read_text("utf-8").splitlines()]
    drawn = [len(line.get("points", "").split()) for line in picture.iter("{http://www.w3.org/2000/svg}polyline")]
    validations = sum("dev_bleu" in line for line in lines)
    assert drawn == [len(lines) - validations, validations, validations, validations]


def test_another_metric_chooses_another_model(folder: Path, nmt: Nmt) -> None:
    assert nmt("train", "-c", "config.yaml", "--set", "training.metric=loss").returncode == 0
    losses = dev_losses(folder)
    card = (folder / "runs/numbers/model/README.md").read_text("utf-8")
    assert f"| loss | {min(losses):.3f} |" in card  # type: ignore[type-var]


@pytest.mark.skipif(not hasattr(signal, "SIGXFSZ"), reason="no limits on file sizes here")
def test_full_disk_keeps_the_last_checkpoint(folder: Path, nmt: Nmt) -> None:
    short = ["train", "-q", "-c", "config.yaml", "--set"]
    assert nmt(*short, "training.max_epochs=1").returncode == 0
    before = state(folder)
    code = (
        "import resource, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); "
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000)); "
        "sys.argv = ['nmt', *sys.argv[1:]]; from nmt_cli.__main__ import main; main()"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", code, *short, "training.max_epochs=2"]
    full = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert full.returncode == 2, full.stderr
    assert full.stderr.count("\n") == 1
    assert "cannot be written" in full.stderr
    assert state(folder) == before
    assert not [path for path in (folder / "runs").rglob(".*") if "partial" in path.name]
    assert nmt(*short, "training.max_epochs=2").returncode == 0


def test_run_folder_that_cannot_be_made(folder: Path, nmt: Nmt) -> None:
    (folder / "runs").write_text("in the way", encoding="utf-8")
    refused = nmt("train", "-c", "config.yaml")
    assert (refused.returncode, refused.stderr.count("\n")) == (2, 1), refused.stderr
    assert "nmt: runs" in refused.stderr
    assert "make that place writable" in refused.stderr
