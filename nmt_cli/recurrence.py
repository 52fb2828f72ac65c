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


Gradients = tuple[Tensor | None, ...]


def _apply(function: type[torch.autograd.Function], *arguments: object) -> Tensor:
    output: Tensor = function.apply(*arguments)
    return output


def _share(gradients: Callable[[], Gradients], *operands: Tensor) -> tuple[Tensor, ...]:
    """Handles of the operands, to be given to every step; `gradients` is called once, when all steps are behind."""
    handles: tuple[Tensor, ...] = _Shared.apply(gradients, *operands)  # type: ignore[no-untyped-call]
    return handles


class _Shared(torch.autograd.Function):
    """Identity into the loop; on the way back, after every step's backward, asks for the operands' whole gradients."""

    @staticmethod
    def forward(ctx: Any, gradients: Callable[[], Gradients], *operands: Tensor) -> tuple[Tensor, ...]:  # noqa: ANN401
        ctx.set_materialize_grads(False)
        ctx.gradients = gradients
        return tuple(operand.view_as(operand) for operand in operands)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, *_: Tensor | None) -> Gradients:  # noqa: ANN401
        return None, *ctx.gradients()


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
        (self._handle,) = _share(self._weight_gradient, weight)

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

    def _weight_gradient(self) -> Gradients:
        gradient = torch.cat(self._gradients).t() @ torch.cat(self._inputs)
        self._inputs, self._gradients = [], []
        return (gradient.to(self._dtype),)


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
        (self._handle,) = _share(self._values_gradient, values)

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

    def _values_gradient(self) -> Gradients:
        weights, gradients = torch.stack(self._weights, dim=2), torch.stack(self._gradients, dim=1)
        self._weights, self._gradients = [], []
        return (torch.bmm(weights, gradients).to(self._dtype),)  # (B, S, T) (B, T, D) → (B, S, D)


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
        self._gradients: tuple[Tensor, Tensor] | None = None
        self._handles = _share(self._sums, keys, v)

    def __call__(self, query: Tensor) -> Tensor:
        """query: (B, A) → (B, S)."""
        return _apply(_EnergyStep, query, *self._handles, self)

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
        if self._gradients is None:
            self._gradients = key_gradient, v_gradient
        else:
            for total, addend in zip(self._gradients, (key_gradient, v_gradient), strict=True):
                total += addend
        return query_gradient

    def _sums(self) -> Gradients:
        gradients, self._gradients = self._gradients, None
        return gradients or (None, None)


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


class SharedGRU:
    """A gated recurrent unit (Cho et al. 2014) from the input's share of its gates on, applied once a step.

    h' = u·h + (1 - u)·tanh(x_c + r·(U_c h + b_c))   with r, u = σ(x + U h + b)

    Several units that step together, such as the two directions of an encoder, stand in a leading dimension of
    everything: (…, 3H, H) and so on.

    Args:
        weight: (3H, H) U, rows in the order reset r, update u, candidate c
        bias: (3H,) b
    """

    def __init__(self, weight: Tensor, bias: Tensor) -> None:
        self._dtype = weight.dtype
        self._weight = weight.detach().to(matmul_dtype(weight))
        self._bias = bias.detach().to(matmul_dtype(bias)).unsqueeze(-2)
        self._states: list[Tensor] = []
        self._gradients: list[Tensor] = []
        self._handles = _share(self._parameter_gradients, weight, bias)

    def __call__(self, gates: Tensor, state: Tensor, keep: Tensor | None = None) -> Tensor:
        """The next state.

        Args:
            gates: (B, 3H) the input's share x of the gates
            state: (B, H)
            keep: (B, 1) 1 where the sentence has a token at this position; where 0, the state stays as it is

        Returns:
            (B, H)
        """
        return _apply(_GRUStep, gates, state, keep, *self._handles, self)

    def forward(self, gates: Tensor, state: Tensor, keep: Tensor | None) -> tuple[Tensor, tuple[Tensor, ...]]:
        """The next state, and what the way back needs."""
        size = state.shape[-1]
        cast = state.to(self._weight.dtype)
        recurrent = (cast @ self._weight.mT).add_(self._bias).to(gates.dtype)
        reset_update = (gates[..., : 2 * size] + recurrent[..., : 2 * size]).sigmoid_()
        reset, update = reset_update[..., :size], reset_update[..., size:]
        recurrent = recurrent[..., 2 * size :]
        candidate = torch.addcmul(gates[..., 2 * size :], reset, recurrent).mul_(2).sigmoid_().mul_(2).sub_(1)
        change = 1 - update
        if keep is not None:
            change *= keep
        difference = candidate - state
        saved = (reset, update, candidate, change, recurrent, difference, cast)
        return torch.addcmul(state, change, difference), saved

    def backward(self, saved: tuple[Tensor, ...], gradient: Tensor) -> tuple[Tensor, Tensor]:
        """The gradients of the gates (B, 3H) and the state (B, H); keeps the factors of the weight's and the bias's."""
        reset, update, candidate, change, recurrent, difference, cast = saved
        size = reset.shape[-1]
        gates = gradient.new_empty(*gradient.shape[:-1], 3 * size)
        through = gradient * change
        d_candidate = torch.addcmul(through, through, candidate * candidate, value=-1, out=gates[..., 2 * size :])
        # The update gate's slope u(1 - u), where kept, is change·u.
        torch.mul(through, update, out=gates[..., size : 2 * size]).mul_(difference).neg_()
        torch.mul(d_candidate, recurrent, out=gates[..., :size]).mul_(reset).mul_(1 - reset)
        recurrent_gates = gates.to(self._weight.dtype, copy=True)
        recurrent_gates[..., 2 * size :].mul_(reset)
        self._states.append(cast)
        self._gradients.append(recurrent_gates)
        return gates, (gradient - through).add_(recurrent_gates @ self._weight)

    def _parameter_gradients(self) -> Gradients:
        states, gradients = torch.cat(self._states, dim=-2), torch.cat(self._gradients, dim=-2)
        self._states, self._gradients = [], []
        return (gradients.mT @ states).to(self._dtype), gradients.sum(-2, dtype=self._dtype)


class _GRUStep(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any,  # noqa: ANN401
        gates: Tensor,
        state: Tensor,
        keep: Tensor | None,
        weight: Tensor,
        bias: Tensor,
        gru: SharedGRU,
    ) -> Tensor:
        output, saved = gru.forward(gates, state, keep)
        ctx.gru = gru
        ctx.save_for_backward(*saved)
        return output

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor | None, ...]:  # noqa: ANN401
        return *ctx.gru.backward(ctx.saved_tensors, gradient), None, None, None, None
