"""Operations that a recurrence repeats at every time step, with the gradient of what the steps share taken once.

Knows nothing of words, models or training: tensors in, tensors out. Plain autograd would multiply out, store and add
a gradient of each weight matrix, of the attention keys and of the values at *every* step. These functions compute
the same sums, but keep each step's small factors and multiply them out in one large product when backpropagation
leaves the loop. Under autocast the matrix products run in the autocast type and all else in float32.

Shapes: B batch, S source length, T steps, H state size, A attention size, D memory size, N and K any.
"""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable


def matmul_dtype(tensor: Tensor) -> torch.dtype:
    """The type for matrix products with `tensor`: autocast's where autocast is on, else the tensor's own."""
    device = tensor.device.type
    return torch.get_autocast_dtype(device) if torch.is_autocast_enabled(device) else tensor.dtype


def _apply(function: type[torch.autograd.Function], *arguments: object) -> Tensor:
    output: Tensor = function.apply(*arguments)
    return output


class _Shared(torch.autograd.Function):
    """Identity into the loop; on the way back, after every step's backward, asks for the operand's whole gradient."""

    @staticmethod
    def forward(ctx: Any, operand: Tensor, gradient: Callable[[], Tensor | None]) -> Tensor:  # noqa: ANN401
        ctx.set_materialize_grads(False)
        ctx.gradient = gradient
        return operand.view_as(operand)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, *_: Tensor | None) -> tuple[Tensor | None, None]:  # noqa: ANN401
        return ctx.gradient(), None


class SharedLinear:
    """x ↦ x Wᵀ, applied once a step; W's gradient is one product over all steps.

    Args:
        weight: (N, K)
    """

    def __init__(self, weight: Tensor) -> None:
        self._dtype = weight.dtype
        self._inputs: list[Tensor] = []
        self._gradients: list[Tensor] = []
        self._operand = weight.to(matmul_dtype(weight)).detach()
        self._handle = _apply(_Shared, weight, self._weight_gradient)

    def __call__(self, x: Tensor) -> Tensor:
        """x: (B, K) → (B, N)."""
        return _apply(_LinearStep, x, self._handle, self)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """The product (B, N), and x in the type it was multiplied in."""
        cast = x.to(self._operand.dtype)
        return (cast @ self._operand.t()).to(x.dtype), cast

    def backward(self, cast: Tensor, gradient: Tensor) -> Tensor:
        """The gradient of x (B, K) from that of the output (B, N); keeps both factors of W's."""
        cast_gradient = gradient.to(self._operand.dtype)
        self._inputs.append(cast)
        self._gradients.append(cast_gradient)
        return (cast_gradient @ self._operand).to(gradient.dtype)

    def _weight_gradient(self) -> Tensor | None:
        inputs, gradients, self._inputs, self._gradients = self._inputs, self._gradients, [], []
        if not inputs:
            return None
        return (torch.cat(gradients).t() @ torch.cat(inputs)).to(self._dtype)


class _LinearStep(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, handle: Tensor, linear: SharedLinear) -> Tensor:  # noqa: ANN401
        output, cast = linear.forward(x)
        ctx.linear = linear
        ctx.save_for_backward(cast)
        return output

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None, None]:  # noqa: ANN401
        return ctx.linear.backward(*ctx.saved_tensors, gradient), None, None


class SharedContext:
    """α ↦ Σ_j α_j h_j, applied once a step; the gradient of the values h is one batched product over all steps.

    Args:
        values: (B, S, D)
    """

    def __init__(self, values: Tensor) -> None:
        self._dtype = values.dtype
        self._values = values.to(matmul_dtype(values)).detach()
        self._weights: list[Tensor] = []
        self._gradients: list[Tensor] = []
        self._handle = _apply(_Shared, values, self._values_gradient)

    def __call__(self, weights: Tensor) -> Tensor:
        """weights: (B, S) → (B, D)."""
        return _apply(_ContextStep, weights, self._handle, self)

    def forward(self, weights: Tensor) -> tuple[Tensor, Tensor]:
        """The context (B, D), and the weights in the type they were multiplied in."""
        cast = weights.to(self._values.dtype)
        return torch.bmm(cast[:, None], self._values)[:, 0].to(weights.dtype), cast

    def backward(self, cast: Tensor, gradient: Tensor) -> Tensor:
        """The gradient of the weights (B, S) from that of the context (B, D); keeps both factors of the values'."""
        cast_gradient = gradient.to(self._values.dtype)
        self._weights.append(cast)
        self._gradients.append(cast_gradient)
        return torch.bmm(self._values, cast_gradient[:, :, None])[:, :, 0].to(gradient.dtype)

    def _values_gradient(self) -> Tensor | None:
        weights, gradients, self._weights, self._gradients = self._weights, self._gradients, [], []
        if not weights:
            return None
        product = torch.bmm(torch.stack(weights, dim=2), torch.stack(gradients, dim=1))  # (B, S, T) (B, T, D)
        return product.to(self._dtype)


class _ContextStep(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, weights: Tensor, handle: Tensor, context: SharedContext) -> Tensor:  # noqa: ANN401
        output, cast = context.forward(weights)
        ctx.context = context
        ctx.save_for_backward(cast)
        return output

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None, None]:  # noqa: ANN401
        return ctx.context.backward(*ctx.saved_tensors, gradient), None, None


class SharedEnergy:
    """q ↦ v·tanh(q + k_j), applied once a step; the gradients of the keys k and of v are summed in place.

    tanh is computed as 2σ(2x) − 1: the vectorised σ is several times as fast on CPUs, and exact to float32's last
    digits at the sizes that matter here.

    Args:
        keys: (B, S, A)
        v: (A,)
    """

    def __init__(self, keys: Tensor, v: Tensor) -> None:
        self._keys, self._v = keys.detach(), v.detach()
        self._key_gradients: Tensor | None = None
        self._v_gradients: Tensor | None = None
        self._keys_handle = _apply(_Shared, keys, lambda: self._take("_key_gradients"))
        self._v_handle = _apply(_Shared, v, lambda: self._take("_v_gradients"))

    def __call__(self, query: Tensor) -> Tensor:
        """query: (B, A) → (B, S)."""
        return _apply(_EnergyStep, query, self._keys_handle, self._v_handle, self)

    def forward(self, query: Tensor) -> tuple[Tensor, Tensor]:
        """The energies (B, S), and σ(2(q + k)) (B, S, A) for the way back."""
        sigma = (self._keys + query[:, None]).mul_(2).sigmoid_()
        energies = torch.mv(sigma.flatten(0, 1), 2 * self._v).view(sigma.shape[:2])
        return energies - self._v.sum(), sigma

    def backward(self, sigma: Tensor, gradient: Tensor) -> Tensor:
        """The gradient of the query (B, A) from that of the energies (B, S); adds up the keys' and v's."""
        v_gradient = 2 * torch.mv(sigma.flatten(0, 1).t(), gradient.flatten()) - gradient.sum()
        key_gradient = torch.addcmul(sigma, sigma, sigma, value=-1).mul_(gradient[:, :, None]).mul_(4 * self._v)
        query_gradient = key_gradient.sum(dim=1)
        if self._key_gradients is None or self._v_gradients is None:
            self._key_gradients, self._v_gradients = key_gradient, v_gradient
        else:
            self._key_gradients += key_gradient
            self._v_gradients += v_gradient
        return query_gradient

    def _take(self, name: str) -> Tensor | None:
        gradient: Tensor | None = getattr(self, name)
        setattr(self, name, None)
        return gradient


class _EnergyStep(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, query: Tensor, keys: Tensor, v: Tensor, energy: SharedEnergy) -> Tensor:  # noqa: ANN401
        output, sigma = energy.forward(query)
        ctx.energy = energy
        ctx.save_for_backward(sigma)
        return output

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None, None, None]:  # noqa: ANN401
        return ctx.energy.backward(*ctx.saved_tensors, gradient), None, None, None


class _GRUStep(torch.autograd.Function):
    """The element-wise half of a GRU: eight small kernels forward and one gates-sized gradient back."""

    @staticmethod
    def forward(ctx: Any, gates_x: Tensor, gates_h: Tensor, state: Tensor, keep: Tensor | None) -> Tensor:  # noqa: ANN401
        size = state.shape[-1]
        reset_update = (gates_x[..., : 2 * size] + gates_h[..., : 2 * size]).sigmoid_()
        reset, update = reset_update.split(size, dim=-1)
        recurrent = gates_h[..., 2 * size :]
        candidate = torch.addcmul(gates_x[..., 2 * size :], reset, recurrent).mul_(2).sigmoid_().mul_(2).sub_(1)
        change = (1 - update) if keep is None else (1 - update).mul_(keep)
        ctx.save_for_backward(reset, update, candidate, change, recurrent, state, keep)
        return torch.addcmul(state, change, candidate - state)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, Tensor, Tensor, None]:  # noqa: ANN401
        reset, update, candidate, change, recurrent, state, _ = ctx.saved_tensors
        size = state.shape[-1]
        gates_x = gradient.new_empty(*gradient.shape[:-1], 3 * size)
        d_reset, d_update, d_candidate = gates_x.split(size, dim=-1)
        through = gradient * change
        torch.mul(through, torch.addcmul(torch.ones_like(candidate), candidate, candidate, value=-1), out=d_candidate)
        # d change / d (pre-activation of the update gate) = -keep·u(1 - u) = -change·u
        torch.mul(through, update, out=d_update).mul_(state - candidate)
        torch.mul(d_candidate, recurrent, out=d_reset).mul_(reset).mul_(1 - reset)
        gates_h = gates_x.clone()
        gates_h[..., 2 * size :].mul_(reset)
        return gates_x, gates_h, gradient - through, None


def gru_step(gates_x: Tensor, gates_h: Tensor, state: Tensor, keep: Tensor | None = None) -> Tensor:
    """The next state of a GRU from its two sums of gates (reset, update, candidate; Cho et al. 2014).

    Args:
        gates_x: (B, 3H) the input's share, W x + b
        gates_h: (B, 3H) the state's share, U h + b
        state: (B, H)
        keep: (B, 1) 1 where the sentence has a token at this position; where 0, the state stays as it is

    Returns:
        (B, H) h' = u·h + (1 - u)·tanh(W x + r·(U h))
    """
    return _apply(_GRUStep, gates_x, gates_h, state, keep)
