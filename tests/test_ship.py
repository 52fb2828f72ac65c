"""The script that puts a model into the package."""

import sys
from pathlib import Path

import pytest
import torch
from conftest import ROOT

from nmt_cli.checkpoint import load_model, save_model
from nmt_cli.config import SHIPPED

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
    with pytest.raises(SystemExit, match=r"hi-en: another vocabulary or architecture than .*second has"):
        shrink([second, SHIPPED / "hi-en"], tmp_path / "none")
    assert not (tmp_path / "none").exists()
