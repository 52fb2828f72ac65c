"""The steps of a GRU and of additive attention on GPUs, each a single kernel in Triton (Tillet et al. 2019).

What `recurrence` does in some fifteen operations, of which each reads and writes the GPU's memory, is done in one; the
mathematics, and what is kept for the way back, are the same. Triton comes with torch where it is for NVIDIA's GPUs on
Linux; elsewhere this module cannot be imported, and `recurrence` does it all.
"""

import torch
import triton
import triton.language as tl
from torch import Tensor

from nmt_cli.recurrence import Gradients, SharedEnergy, SharedGRU, share

_BLOCK = 256  # columns of a state that a program computes
_POSITIONS = 8  # source positions that a program looks at together


class FusedGRU(SharedGRU):
    """`SharedGRU` without layer normalisation."""

    def forward(self, gates: Tensor, state: Tensor, keep: Tensor | None) -> tuple[Tensor, tuple[Tensor, ...]]:
        """See `SharedCell.forward`."""
        state = state.contiguous()
        cast = (state if self._mask is None else state * self._mask).to(self._weight.dtype)
        product = cast @ self._weight.mT
        output, saved = torch.empty_like(state), state.new_empty(*state.shape[:-1], 4 * state.shape[-1])
        rows, size = state.shape[-2:]
        kept = state if keep is None else keep
        _gru_forward[(state.numel() // size, triton.cdiv(size, _BLOCK))](
            gates, *_strides(gates), product, self._bias, state, kept, *_strides(kept), output, saved, rows, size,
            keep is not None, self._bias is not None, _BLOCK
        )  # fmt: skip
        return output, (cast, saved, state, *([] if keep is None else [keep]))

    def backward(self, saved: tuple[Tensor, ...], gradient: Tensor) -> tuple[Tensor, Tensor]:
        """See `SharedCell.backward`."""
        cast, activations, state, *kept = saved
        gradient = gradient.contiguous()
        rows, size = state.shape[-2:]
        gates = gradient.new_empty(*gradient.shape[:-1], 3 * size)
        product = torch.empty_like(gates, dtype=self._weight.dtype)
        before = torch.empty_like(gradient)
        keep = kept[0] if kept else state
        _gru_backward[(state.numel() // size, triton.cdiv(size, _BLOCK))](
            gradient, activations, state, keep, *_strides(keep), gates, product, before, rows, size, bool(kept), _BLOCK
        )  # fmt: skip
        self._states.append(cast)
        self._products.append(product)
        through = product @ self._weight
        before += through if self._mask is None else through * self._mask
        return gates, before


class FusedEnergy(SharedEnergy):
    """`SharedEnergy`, which keeps nothing of the size of the keys for the way back, but computes tanh once more."""

    def __init__(self, keys: Tensor, v: Tensor) -> None:
        self._keys, self._v = keys.detach().contiguous(), v.detach()
        self._gradients = None
        self._handles = share(self._sums, keys, v)

    def forward(self, query: Tensor) -> tuple[Tensor, Tensor]:
        """The energies (B, S), and the query for the way back."""
        query = query.contiguous()
        batch, positions, size = self._keys.shape
        energies = query.new_empty(batch, positions)
        _energy_forward[(batch, triton.cdiv(positions, _POSITIONS))](
            query, self._keys, self._v, energies, positions, size, _POSITIONS, triton.next_power_of_2(size)
        )
        return energies, query

    def backward(self, query: Tensor, gradient: Tensor) -> Tensor:
        """See `SharedEnergy.backward`."""
        if self._gradients is None:
            self._gradients = torch.zeros_like(self._keys), torch.zeros_like(query)
        output = torch.empty_like(query)
        batch, positions, size = self._keys.shape
        _energy_backward[(batch,)](
            query, self._keys, self._v, gradient.contiguous(), output, *self._gradients, positions, size,
            triton.cdiv(positions, _POSITIONS), _POSITIONS, triton.next_power_of_2(size)
        )  # fmt: skip
        return output

    def _sums(self) -> Gradients:
        if self._gradients is None:
            return None, None
        keys, v = self._gradients
        self._gradients = None
        return keys, v.sum(0)


def _strides(x: Tensor) -> tuple[int, int]:
    """Of x (B, any) or (directions, B, any): from one direction to the next, and from one row to the next."""
    return x.stride(0) if x.dim() == 3 else 0, x.stride(-2)


@triton.jit
def _gru_forward(
    gates, gates_direction, gates_row, product, bias, state, keep, keep_direction, keep_row, output, saved, rows, size,
    KEEPS: tl.constexpr, BIASED: tl.constexpr, BLOCK: tl.constexpr
):  # fmt: skip
    row = tl.program_id(0).to(tl.int64)
    direction, place = row // rows, row % rows
    column = tl.program_id(1) * BLOCK + tl.arange(0, BLOCK)
    inside = column < size
    gates += direction * gates_direction + place * gates_row + column
    product += row * 3 * size + column
    reset = tl.load(product, inside, 0.0).to(tl.float32)
    update = tl.load(product + size, inside, 0.0).to(tl.float32)
    recurrent = tl.load(product + 2 * size, inside, 0.0).to(tl.float32)
    if BIASED:
        bias += direction * 3 * size + column
        reset += tl.load(bias, inside, 0.0)
        update += tl.load(bias + size, inside, 0.0)
        recurrent += tl.load(bias + 2 * size, inside, 0.0)
    reset = tl.sigmoid(reset + tl.load(gates, inside, 0.0))
    update = tl.sigmoid(update + tl.load(gates + size, inside, 0.0))
    candidate = 2 * tl.sigmoid(2 * (tl.load(gates + 2 * size, inside, 0.0) + reset * recurrent)) - 1
    before = tl.load(state + row * size + column, inside, 0.0)
    change = 1 - update
    if KEEPS:
        change *= tl.load(keep + direction * keep_direction + place * keep_row)
    tl.store(output + row * size + column, before + change * (candidate - before), inside)
    saved += row * 4 * size + column
    tl.store(saved, reset, inside)
    tl.store(saved + size, update, inside)
    tl.store(saved + 2 * size, candidate, inside)
    tl.store(saved + 3 * size, recurrent, inside)


@triton.jit
def _gru_backward(
    gradient, saved, state, keep, keep_direction, keep_row, gates, product, before, rows, size, KEEPS: tl.constexpr,
    BLOCK: tl.constexpr
):  # fmt: skip
    row = tl.program_id(0).to(tl.int64)
    column = tl.program_id(1) * BLOCK + tl.arange(0, BLOCK)
    inside = column < size
    place = row * size + column
    slope = tl.load(gradient + place, inside, 0.0)
    saved += row * 4 * size + column
    reset = tl.load(saved, inside, 0.0)
    update = tl.load(saved + size, inside, 0.0)
    candidate = tl.load(saved + 2 * size, inside, 0.0)
    recurrent = tl.load(saved + 3 * size, inside, 0.0)
    change = 1 - update
    if KEEPS:
        change *= tl.load(keep + (row // rows) * keep_direction + (row % rows) * keep_row)
    through = slope * change
    to_candidate = through * (1 - candidate * candidate)
    to_reset = to_candidate * recurrent * reset * (1 - reset)
    to_update = through * update * (tl.load(state + place, inside, 0.0) - candidate)
    tl.store(before + place, slope - through, inside)
    gates += row * 3 * size + column
    tl.store(gates, to_reset, inside)
    tl.store(gates + size, to_update, inside)
    tl.store(gates + 2 * size, to_candidate, inside)
    product += row * 3 * size + column
    kind = product.dtype.element_ty
    tl.store(product, to_reset.to(kind), inside)
    tl.store(product + size, to_update.to(kind), inside)
    tl.store(product + 2 * size, (to_candidate * reset).to(kind), inside)


@triton.jit
def _energy_forward(query, keys, v, energies, positions, size, POSITIONS: tl.constexpr, SIZE: tl.constexpr):
    sentence = tl.program_id(0).to(tl.int64)
    position = tl.program_id(1) * POSITIONS + tl.arange(0, POSITIONS)
    column = tl.arange(0, SIZE)
    inside = column < size
    cells = (position < positions)[:, None] & inside[None, :]
    weight = tl.load(v + column, inside, 0.0)
    asked = tl.load(query + sentence * size + column, inside, 0.0)
    key = tl.load(keys + (sentence * positions + position[:, None]) * size + column[None, :], cells, 0.0)
    squashed = 2 * tl.sigmoid(2 * (key + asked[None, :])) - 1
    tl.store(energies + sentence * positions + position, tl.sum(squashed * weight[None, :], 1), position < positions)


@triton.jit
def _energy_backward(
    query, keys, v, gradient, output, keys_gradient, v_gradient, positions, size, TIMES: tl.constexpr,
    POSITIONS: tl.constexpr, SIZE: tl.constexpr
):  # fmt: skip
    sentence = tl.program_id(0).to(tl.int64)
    column = tl.arange(0, SIZE)
    inside = column < size
    weight = tl.load(v + column, inside, 0.0)
    asked = tl.load(query + sentence * size + column, inside, 0.0)
    to_query = tl.zeros([SIZE], tl.float32)
    to_weight = tl.zeros([SIZE], tl.float32)
    for time in range(TIMES):
        position = time * POSITIONS + tl.arange(0, POSITIONS)
        cells = (position < positions)[:, None] & inside[None, :]
        place = (sentence * positions + position[:, None]) * size + column[None, :]
        slope = tl.load(gradient + sentence * positions + position, position < positions, 0.0)[:, None]
        squashed = 2 * tl.sigmoid(2 * (tl.load(keys + place, cells, 0.0) + asked[None, :])) - 1
        to_key = slope * weight[None, :] * (1 - squashed * squashed)
        tl.store(keys_gradient + place, tl.load(keys_gradient + place, cells, 0.0) + to_key, cells)
        to_query += tl.sum(to_key, 0)
        to_weight += tl.sum(slope * squashed, 0)
    place = sentence * size + column
    tl.store(output + place, to_query, inside)
    tl.store(v_gradient + place, tl.load(v_gradient + place, inside, 0.0) + to_weight, inside)
