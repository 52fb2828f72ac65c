"""The GPU's kernels, which Triton interprets here: they do what `recurrence` does."""

import os

import pytest
import torch
from torch import Tensor

os.environ["TRITON_INTERPRET"] = "1"  # read when Triton is imported
pytest.importorskip("triton", reason="comes with torch only where it is for NVIDIA's GPUs")

from nmt_cli.kernels import FusedEnergy, FusedGRU
from nmt_cli.recurrence import SharedEnergy, SharedGRU


@pytest.mark.parametrize("directions", [(), (2,)], ids=["decoder", "encoder"])
@pytest.mark.parametrize("kept", [True, False])
@pytest.mark.parametrize("size", [5, 300])
def test_gru(directions: tuple[int, ...], kept: bool, size: int) -> None:
    """Gates as they come out of a tensor of all steps, a state that some sentences keep, dropout of the state."""
    random = torch.Generator().manual_seed(3)

    def draw(*shape: int) -> Tensor:
        return torch.randn(*directions, *shape, generator=random)

    given = draw(3 * size, size) * size**-0.5, draw(3 * size), draw(4, 3, 3 * size), draw(4, size)
    keep = (draw(4, 3, 1) > 0).float() if kept else None
    mask, slope = (draw(4, size) > 0).float(), draw(4, size)
    found = []
    for kind in (SharedGRU, FusedGRU):
        weight, bias, gates, state = inputs = [part.clone().requires_grad_() for part in given]
        step = kind(weight, bias, None, mask)
        for t in range(3):
            state = step(gates.select(-2, t), state, None if keep is None else keep.select(-2, t))
        (state * slope).sum().backward()
        found.append([state, *(part.grad for part in inputs)])
    for ours, theirs in zip(*found, strict=True):
        torch.testing.assert_close(ours, theirs, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(("positions", "size"), [(1, 3), (8, 16), (13, 40)])
def test_energy(positions: int, size: int) -> None:
    random = torch.Generator().manual_seed(3)
    given = [torch.randn(*shape, generator=random) for shape in ((4, positions, size), (size,), (4, size))]
    slopes = torch.randn(2, 4, positions, generator=random)
    found = []
    for kind in (SharedEnergy, FusedEnergy):
        keys, v, query = inputs = [part.clone().requires_grad_() for part in given]
        energy = kind(keys, v)
        first = energy(query)
        second = energy(query * 0.5 + 1)
        (first * slopes[0] + second * slopes[1]).sum().backward()
        found.append([first, second, *(part.grad for part in inputs)])
    for ours, theirs in zip(*found, strict=True):
        torch.testing.assert_close(ours, theirs, rtol=1e-4, atol=1e-5)
