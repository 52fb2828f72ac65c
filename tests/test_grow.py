"""Larger models that compute what they did."""

import subprocess
import sys
from pathlib import Path

import pytest
import torch
from conftest import ROOT
from test_model import make_batch

from nmt_cli.checkpoint import load_model


def grow(folder: Path, to: Path, **sizes: int) -> "subprocess.CompletedProcess[str]":
    settings = [part for name, size in sizes.items() for part in ("--set", f"model.{name}={size}")]
    command = [sys.executable, str(ROOT / "scripts/grow.py"), str(folder), str(to), *settings]
    return subprocess.run(command, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("layers", [1, 2])
def test_a_larger_model_computes_the_same(numbers: Path, tmp_path: Path, layers: int) -> None:
    """And all that is new can learn. A new layer adds nothing to the encoder's states, but s_0 begins anew."""
    folder = numbers / "runs/numbers/model"
    done = grow(folder, tmp_path / "large", emb_size=40, hidden_size=90, attention_size=33, encoder_layers=layers)
    small, large = load_model(folder).model, load_model(tmp_path / "large").model
    assert f"{large.parameter_count():,} parameters, {small.parameter_count():,} before" in done.stdout, done.stderr
    batch = make_batch([5, 3, 1], [4, 6, 2])
    if layers == 1:
        torch.testing.assert_close(large(batch), small(batch), rtol=1e-4, atol=1e-4)
    values = [model.encode(batch.src, batch.src_lengths).values.unflatten(-1, (2, -1)) for model in (small, large)]
    torch.testing.assert_close(values[1][..., :32], values[0], rtol=1e-4, atol=1e-5)
    large(batch).logsumexp(-1).sum().backward()
    learning = dict(large.named_parameters())
    new = {
        "decoder.attention.v": (-1,),
        "decoder.readout_state.weight": (-5, -5),
        "decoder.word_cell.weight_h": (9, -5),
    }
    for name, place in new.items():
        gradient = learning[name].grad
        assert gradient is not None
        assert gradient[place] != 0, name
    if layers == 2:
        gradient = learning["encoder.layers.1.weight_x"].grad
        assert gradient is not None
        assert gradient[:, -45:].abs().max() > 0


@pytest.mark.parametrize(
    ("setting", "message"), [({"hidden_size": 60}, "is less than"), ({"decoder_layers": 2}, "only")]
)
def test_what_cannot_grow(numbers: Path, tmp_path: Path, setting: dict[str, int], message: str) -> None:
    done = grow(numbers / "runs/numbers/model", tmp_path / "large", **setting)
    assert done.returncode
    assert message in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert not (tmp_path / "large").exists()
