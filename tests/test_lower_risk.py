"""The script that makes those of a model's translations likelier that are nearest the right ones."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from conftest import ROOT

from nmt_cli import Translator
from nmt_cli.checkpoint import load_model
from nmt_cli.config import TrainingConfig, override_search
from nmt_cli.metrics import bleu
from nmt_cli.search import Hypothesis
from nmt_cli.sources import Pair

sys.path.insert(0, str(ROOT / "scripts"))
import lower_risk
from lower_risk import SHARPNESS, LowerRisk, candidates, examples


def test_the_weights_are_the_gradient_of_the_risk() -> None:
    lengths, likely, near = [3, 5, 2, 4], [-0.5, -0.3, -0.9, -0.4], [0.2, 0.6, 0.9, 0.1]
    beam = [Hypothesis([7] * (n - 1), [each] * n, 0.0) for n, each in zip(lengths, likely, strict=True)]
    means = torch.tensor(likely, dtype=torch.float64, requires_grad=True)
    (-(SHARPNESS * means).softmax(0) @ torch.tensor(near, dtype=torch.float64)).backward()
    assert means.grad is not None
    found = {len(each.tokens) + 1: each.weight for each in candidates([beam], [near])}
    # The weighted loss of a translation of n tokens is -weight · n · (its mean log-probability).
    assert [-found[n] * n for n in lengths] == pytest.approx(means.grad.tolist())


def test_the_risk_alone_brings_translations_nearer(numbers: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lower_risk, "USUAL", 0.0)
    folder = load_model(numbers / "runs/numbers/model")
    lines = [row.split("\t")[0] for row in (numbers / "test.tsv").read_text("utf-8").splitlines()[1:33]]
    # What it is to learn: to write its second choice.
    beams = Translator.load(numbers / "runs/numbers/model").explain(lines, beam_size=4, n_best=4)
    pairs = [Pair(line, beam.n_best[1][0]) for line, beam in zip(lines, beams, strict=True)]
    settings = override_search(folder.config, ["search.beam_size=4"])
    run = LowerRisk(folder, settings, TrainingConfig(learning_rate=3e-4, warmup_steps=0))
    given = examples(folder, pairs)
    near = [run.update(given, 0.0)[0] for _ in range(25)]
    assert np.mean(near[-3:]) > near[0] + 0.05


def test_it_writes_a_model_that_translates_as_well(numbers: Path, tmp_path: Path) -> None:
    model, table = numbers / "runs/numbers/model", numbers / "test.tsv"
    arguments = [model, table, tmp_path / "model", "--minutes", 0.1, "--n-best", 3]
    result = subprocess.run(
        [sys.executable, str(ROOT / "scripts/lower_risk.py"), *map(str, arguments)],
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"},
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert not result.stderr or result.stderr.startswith("update 20: nearness ")
    sources, references = zip(*(row.split("\t") for row in table.read_text("utf-8").splitlines()[1:101]), strict=True)
    before, after = (
        bleu(Translator.load(folder).translate(sources), references) for folder in (model, tmp_path / "model")
    )
    assert after.score > before.score - 2
    changed = [load_model(folder).model.decoder.output_bias for folder in (model, tmp_path / "model")]
    assert not torch.equal(*changed)
