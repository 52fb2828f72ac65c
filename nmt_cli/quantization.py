"""Matrices of 8-bit integers: on disk, where they are small, and for CPUs that multiply them faster than floats.

Knows nothing of words, models or training: tensors in, tensors out.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

# CPUs without VNNI add up products of bytes with signed bytes in 16 bits, two by two: those hold 2 * 255 * 63.
_LARGEST, _LARGEST_WEIGHT = 127, 63
_SCALE = ".scale"  # ends the names of what `packed` multiplies with


class Int8Matrix:
    """A matrix W whose rows are integers of 7 bits, each row with a scale of its own: x Wᵀ without gradients.

    Each row of x is rounded to 8 bits, by its own largest number (vector-wise quantisation, Dettmers et al. 2022). Sums
    of products of integers are exact: what comes of a row depends on no other row.

    `functional.linear`, and so every `nn.Linear`, takes it in a weight's place.

    Args:
        weight: (N, K)
    """

    def __init__(self, weight: Tensor) -> None:
        rows, scale = _rounded(weight.detach(), _LARGEST_WEIGHT)
        self.shape, self._columns, self._scale = weight.shape, rows.t(), scale[:, 0]

    def product(self, x: Tensor, bias: Tensor | None = None) -> Tensor:
        """x Wᵀ + b. x: (…, K), bias: (N,) → (…, N)."""
        rows, scale = _rounded(x.flatten(0, -2), _LARGEST)
        product = torch._int_mm(rows, self._columns).to(x.dtype).mul_(scale)
        product = product.mul_(self._scale) if bias is None else torch.addcmul(bias, product, self._scale)
        return product.view(*x.shape[:-1], -1)

    @classmethod
    def __torch_function__(
        cls,
        function: Callable[..., Any],
        _: Iterable[type],
        arguments: Sequence[Any] = (),
        named: Mapping[str, Any] | None = None,
    ) -> Any:  # noqa: ANN401
        """How torch calls a function that is given one of these for a tensor."""
        if function is not functional.linear:
            return NotImplemented
        x, matrix, *bias = arguments
        return matrix.product(x, *bias, **(named or {}))


def packed(weights: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The weights as they are stored in a quarter of the size.

    Args:
        weights: in float32

    Returns:
        matrices (…, N, K) as integers of 8 bits, each row with a scale of its own, (…, N) under the matrix' name and
        ".scale"; vectors in bfloat16
    """
    stored = {}
    for name, weight in weights.items():
        if weight.dim() == 1:
            stored[name] = weight.to(torch.bfloat16)
            continue
        rows, scale = _rounded(weight.flatten(0, -2), _LARGEST)
        stored[name] = rows.view(weight.shape)
        stored[name + _SCALE] = scale.view(weight.shape[:-1])
    return stored


def unpacked(stored: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The weights in float32 of those that `packed` made of them; any others as they are.

    Raises:
        RuntimeError: there are not as many scales as rows.
    """
    return {
        name: weight * stored[name + _SCALE].unsqueeze(-1) if name + _SCALE in stored else weight
        for name, weight in stored.items()
        if not name.endswith(_SCALE)
    }


def _rounded(x: Tensor, largest: int) -> tuple[Tensor, Tensor]:
    """The rows of x (M, K) as integers from -largest to largest, and the scales (M, 1) to multiply those with."""
    scale = x.abs().amax(dim=1, keepdim=True).clamp_(min=torch.finfo(x.dtype).tiny) / largest
    return (x / scale).round_().to(torch.int8), scale
