"""The script that puts a model into the package."""

import sys
from pathlib import Path

import pytest
import torch
from conftest import ROOT
from safetensors.torch import load_file, save_file

from nmt_cli.checkpoint import load_model, save_model
from nmt_cli.config import SHIPPED
from nmt_cli.errors import ModelError

sys.path.insert(0, str(ROOT / "scripts"))
from ship import shrink


def test_of_several_models_it_ships_the_mean(numbers: Path, tmp_path: Path) -> None:
    """In bfloat16, with the search that was asked for; of models that have nothing in common there is none."""
    first, second, mean = numbers / "runs/numbers/model", tmp_path / "second", tmp_path / "mean"
    parts = load_model(first)
    before = parts.model.state_dict()
    weights = {name: 3 * weight for name, weight in before.items()}
    save_model(second, weights=weights, config=parts.config, source=parts.source, target=parts.target)
    shrink([first, second], mean, ["search.beam_size=2"])
    found = load_model(mean)
    assert found.config.search.beam_size == 2
    for name, weight in found.model.state_dict().items():
        torch.testing.assert_close(weight, (2 * before[name]).to(torch.bfloat16).float())
    shrink([first, second], mean, shares=[0.75, 0.25])
    for name, weight in load_model(mean).model.state_dict().items():
        torch.testing.assert_close(weight, (1.5 * before[name]).to(torch.bfloat16).float())
    with pytest.raises(SystemExit, match=r"one for each of 2 models"):
        shrink([first, second], tmp_path / "none", shares=[0.5])
    with pytest.raises(SystemExit, match=r"second: another vocabulary or architecture than the last model has"):
        shrink([second, SHIPPED / "hi-en"], tmp_path / "none")
    assert not (tmp_path / "none").exists()


def test_integers_are_a_quarter_of_the_size_and_nearly_the_same(numbers: Path, tmp_path: Path) -> None:
    """Every weight of a matrix is at most half a step of its row away."""
    folder = numbers / "runs/numbers/model"
    shrink([folder], tmp_path, int8=True)
    before, after = load_model(folder).model.state_dict(), load_model(tmp_path).model.state_dict()
    for name, weight in before.items():
        largest = weight.abs().amax(-1, keepdim=True) if weight.dim() > 1 else weight.abs()
        assert ((after[name] - weight).abs() <= largest / 250).all(), name
    size, small = ((place / "model.safetensors").stat().st_size for place in (folder, tmp_path))
    assert small < 0.35 * size  # rows are short here: their scales count
    weights = load_file(tmp_path / "model.safetensors")
    weights["decoder.attention.query.weight.scale"] = torch.ones(3)
    save_file(weights, tmp_path / "model.safetensors")
    with pytest.raises(ModelError, match=r"model.safetensors: damaged"):
        load_model(tmp_path)
