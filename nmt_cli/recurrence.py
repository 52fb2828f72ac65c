"""Operations that a recurrence repeats at every time step, with the gradient of what the steps share taken once.

Knows nothing of words, models or training: tensors in, tensors out. Plain autograd would multiply out, store and add
a gradient of each weight matrix, of the attention keys and of the values at *every* step. These functions compute
the same sums, but keep each step's small factors and multiply them out in one large product when backpropagation
leaves the loop. Under autocast the matrix products run in the autocast type and all else in float32.

Shapes: B batch, S source length, T steps, H hidden size, G gates, A attention size, D memory size, N and K
any.
"""

from collections.abc import Callable
from typing import Any
from weakref import WeakMethod

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from nmt_cli.quantization import Int8Matrix


def matmul_dtype(tensor: Tensor) -> torch.dtype:
    """The type for matrix products with `tensor`: autocast's where autocast is on, else the tensor's own."""
    device = tensor.device.type
    return torch.get_autocast_dtype(device) if torch.is_autocast_enabled(device) else tensor.dtype


Gradients = tuple[Tensor | None, ...]


def _apply(function: type[torch.autograd.Function], *arguments: object) -> Tensor:
    output: Tensor = function.apply(*arguments)
    return output


def share(gradients: Callable[[], Gradients], *operands: Tensor) -> tuple[Tensor, ...]:
    """Handles of the operands, to be given to every step.

    Args:
        gradients: the method of an operation that is called once, when all steps are behind. Only weakly held: an
            operation keeps its handles, and what keeps each other across autograd's graph is never freed
        operands: what all steps share
    """
    handles: tuple[Tensor, ...] = _Shared.apply(WeakMethod(gradients), *operands)  # type: ignore[no-untyped-call]
    return handles


class _Shared(torch.autograd.Function):
    """Identity into the loop; on the way back, after every step's backward, asks for the operands' whole gradients."""

    @staticmethod
    def forward(
        ctx: Any,  # noqa: ANN401
        gradients: "WeakMethod[Callable[[], Gradients]]",
        *operands: Tensor,
    ) -> tuple[Tensor, ...]:
        ctx.set_materialize_grads(False)
        ctx.gradients = gradients
        return tuple(operand.view_as(operand) for operand in operands)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, *_: Tensor | None) -> Gradients:  # noqa: ANN401
        gradients = ctx.gradients()
        assert gradients is not None  # the steps, which have just been here, keep their operation alive
        return None, *gradients()


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
        (self._handle,) = share(self._weight_gradient, weight)

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


class SharedSum:
    """α ↦ Σ_j α_j h_j, applied once a step; the gradient of the rows h is one batched product over all steps.

    Given the transposed rows, it is the dot product with each of them, q ↦ q·h_j.

    Args:
        rows: (B, S, D) h
    """

    def __init__(self, rows: Tensor) -> None:
        self._dtype = rows.dtype
        self._rows = rows.to(matmul_dtype(rows)).detach()
        self._weights: list[Tensor] = []
        self._gradients: list[Tensor] = []
        (self._handle,) = share(self._rows_gradient, rows)

    def __call__(self, weights: Tensor) -> Tensor:
        """weights: (B, S) → (B, D)."""
        return _apply(_SumStep, weights, self._handle, self)

    def forward(self, weights: Tensor) -> tuple[Tensor, Tensor]:
        """The sum (B, D), and the weights in the type they were multiplied in."""
        cast = weights.to(self._rows.dtype)
        return torch.bmm(cast[:, None], self._rows)[:, 0].to(weights.dtype), cast

    def backward(self, cast: Tensor, gradient: Tensor) -> Tensor:
        """The gradient of the weights (B, S) from that of the sum (B, D); keeps both factors of the rows'."""
        cast_gradient = gradient.to(self._rows.dtype)
        self._weights.append(cast)
        self._gradients.append(cast_gradient)
        return torch.bmm(self._rows, cast_gradient[:, :, None])[:, :, 0].to(gradient.dtype)

    def _rows_gradient(self) -> Gradients:
        weights, gradients = torch.stack(self._weights, dim=2), torch.stack(self._gradients, dim=1)
        self._weights, self._gradients = [], []
        return (torch.bmm(weights, gradients).to(self._dtype),)  # (B, S, T) (B, T, D) → (B, S, D)


class _SumStep(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, weights: Tensor, handle: Tensor, total: SharedSum) -> Tensor:  # noqa: ANN401
        output, cast = total.forward(weights)
        ctx.total = total
        ctx.save_for_backward(cast)
        return output

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None, None]:  # noqa: ANN401
        return ctx.total.backward(*ctx.saved_tensors, gradient), None, None


class SharedEnergy:
    """q ↦ v·tanh(q + k_j), applied once a step; the gradients of the keys k and of v are summed in place.

    tanh is computed as 2σ(2x) − 1: the vectorised σ is several times as fast on CPUs, and exact to float32's last
    digits at the sizes that matter here.

    Args:
        keys: (B, S, A)
        v: (A,)
    """

    def __init__(self, keys: Tensor, v: Tensor) -> None:
        self._doubled_keys, self._v = 2 * keys.detach(), v.detach()
        self._gradients: tuple[Tensor, Tensor] | None = None
        self._handles = share(self._sums, keys, v)

    def __call__(self, query: Tensor) -> Tensor:
        """query: (B, A) → (B, S)."""
        return _apply(_EnergyStep, query, *self._handles, self)

    def forward(self, query: Tensor) -> tuple[Tensor, Tensor]:
        """The energies (B, S), and σ(2(q + k)) (B, S, A) for the way back."""
        sigma = (self._doubled_keys + (2 * query)[:, None]).sigmoid_()
        energies = torch.mv(sigma.flatten(0, 1), 2 * self._v).view(sigma.shape[:2])
        return energies - self._v.sum(), sigma

    def backward(self, sigma: Tensor, gradient: Tensor) -> Tensor:
        """The gradient of the query (B, A) from that of the energies (B, S); adds up the keys' and v's."""
        v_gradient = 2 * torch.mv(sigma.flatten(0, 1).t(), gradient.flatten()) - gradient.sum()
        slope = torch.addcmul(sigma, sigma, sigma, value=-1)  # a quarter of tanh's
        query_gradient = torch.bmm(gradient[:, None], slope)[:, 0] * (4 * self._v)
        if self._gradients is None:
            self._gradients = slope.mul_(gradient[:, :, None]), v_gradient
        else:
            self._gradients[0].addcmul_(slope, gradient[:, :, None])
            self._gradients[1].add_(v_gradient)
        return query_gradient

    def _sums(self) -> Gradients:
        if self._gradients is None:
            return None, None
        keys_gradient, v_gradient = self._gradients
        self._gradients = None
        return keys_gradient.mul_(4 * self._v), v_gradient


class _EnergyStep(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, query: Tensor, keys: Tensor, v: Tensor, energy: SharedEnergy) -> Tensor:  # noqa: ANN401
        with torch.autocast(query.device.type, enabled=False):  # on GPUs it would take the energies' product too
            output, sigma = energy.forward(query)
        ctx.energy = energy
        ctx.save_for_backward(sigma)
        return output

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None, None, None]:  # noqa: ANN401
        return ctx.energy.backward(*ctx.saved_tensors, gradient), None, None, None


class SharedCell:
    """The recurrent part of a cell, applied once a step: from the input's share x of its gates to the next state.

    Subclasses say what happens between U h and the next state. Several cells that step together, such as the two
    directions of an encoder, stand in a leading dimension of everything: (…, G·H, H) and so on; G gates.

    Args:
        weight: (G·H, H) U
        bias: (G·H,) b, added to U h
        gain: (G·H,) normalises U h and scales it by this before the bias is added: layer normalisation (Ba, Kiros and
            Hinton 2016)
        mask: (B, H) multiplies the state before U does: dropout, alike at every step (Gal and Ghahramani 2016)
        quantized: U as integers, to multiply with instead
    """

    STATES = 1  # vectors of H numbers that make up the state; the first is the output

    def __init__(
        self,
        weight: Tensor,
        bias: Tensor | None = None,
        gain: Tensor | None = None,
        mask: Tensor | None = None,
        quantized: Int8Matrix | None = None,
    ) -> None:
        self._dtype = weight.dtype
        self._weight = weight.detach().to(matmul_dtype(weight))
        self._quantized = quantized
        self._bias = None if bias is None else bias.detach().unsqueeze(-2)
        self._gain = None if gain is None else gain.detach().unsqueeze(-2)
        self._mask = mask
        self._states: list[Tensor] = []
        self._products: list[Tensor] = []  # gradients of U h
        self._bias_gradient: Tensor | None = None  # apart from the products' only where a gain stands between
        self._gain_gradient: Tensor | None = None
        parameters = [parameter for parameter in (weight, bias, gain) if parameter is not None]
        self._handles = share(self._parameter_gradients, *parameters)

    def __call__(self, gates: Tensor, state: Tensor, keep: Tensor | None = None) -> Tensor:
        """The next state.

        Args:
            gates: (B, G·H) the input's share x of the gates
            state: (B, STATES·H)
            keep: (B, 1) 1 where the sentence has a token at this position; where 0, the state stays as it is

        Returns:
            (B, STATES·H)
        """
        return _apply(_CellStep, gates, state, keep, self, *self._handles)

    def forward(self, gates: Tensor, state: Tensor, keep: Tensor | None) -> tuple[Tensor, tuple[Tensor, ...]]:
        """The next state, and what the way back needs."""
        hidden = state[..., : self._weight.shape[-1]]
        cast = (hidden if self._mask is None else hidden * self._mask).to(self._weight.dtype)
        product = cast @ self._weight.mT if self._quantized is None else self._quantized.product(cast)
        recurrent = product.to(gates.dtype)
        normalization: tuple[Tensor, ...] = ()
        if self._gain is not None:
            product = recurrent
            recurrent, mean, deviation = torch.native_layer_norm(product, product.shape[-1:], None, None, _EPSILON)
            normalization = product, mean, deviation
            recurrent = recurrent * self._gain
        if self._bias is not None:
            recurrent += self._bias
        output, saved = self.advance(gates, recurrent, state, keep)
        return output, (cast, *normalization, *saved)

    def backward(self, saved: tuple[Tensor, ...], gradient: Tensor) -> tuple[Tensor, Tensor]:
        """The gradients of the gates and of the state; keeps the factors of the parameters'."""
        cast, *saved_rest = saved
        normalization = [saved_rest.pop(0) for _ in range(0 if self._gain is None else 3)]
        gates, recurrent, state = self.retreat(tuple(saved_rest), gradient)
        if self._gain is not None:
            recurrent = self._through_normalization(recurrent, *normalization)
        product = recurrent.to(self._weight.dtype)
        self._states.append(cast)
        self._products.append(product)
        through = product @ self._weight
        state[..., : through.shape[-1]] += through if self._mask is None else through * self._mask
        return gates, state

    def advance(
        self, gates: Tensor, recurrent: Tensor, state: Tensor, keep: Tensor | None
    ) -> tuple[Tensor, tuple[Tensor, ...]]:
        """The next state from x, U h + b and the state; and what `retreat` needs."""
        raise NotImplementedError

    def retreat(self, saved: tuple[Tensor, ...], gradient: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """The gradients of x, of U h + b, and of the state but for its way through U; the last may be written to."""
        raise NotImplementedError

    def _through_normalization(self, gradient: Tensor, product: Tensor, mean: Tensor, deviation: Tensor) -> Tensor:
        assert self._gain is not None
        normalized = (product - mean) * deviation  # `deviation` is its reciprocal
        gain = (gradient * normalized).sum(-2)
        bias = gradient.sum(-2)
        self._gain_gradient = gain if self._gain_gradient is None else self._gain_gradient + gain
        self._bias_gradient = bias if self._bias_gradient is None else self._bias_gradient + bias
        scaled = gradient * self._gain
        mean_part = scaled.mean(-1, keepdim=True)
        slope_part = normalized * (scaled * normalized).mean(-1, keepdim=True)
        return (scaled - mean_part - slope_part) * deviation

    def _parameter_gradients(self) -> Gradients:
        states, products = torch.cat(self._states, dim=-2), torch.cat(self._products, dim=-2)
        self._states, self._products = [], []
        gradients: list[Tensor | None] = [(products.mT @ states).to(self._dtype)]
        if self._bias is not None:
            gradients.append(self._bias_gradient if self._gain is not None else self._summed(products))
        if self._gain is not None:
            gradients.append(self._gain_gradient)
        self._gain_gradient = self._bias_gradient = None
        return tuple(gradients)

    def _summed(self, products: Tensor) -> Tensor:
        """Their sum over all rows, (…, N, G·H) → (…, G·H)."""
        if products.dtype == self._dtype or products.is_cuda:
            return products.sum(-2, dtype=self._dtype)
        # On CPUs it would convert all of them first.
        summed = products.new_ones(*products.shape[:-2], 1, products.shape[-2]) @ products
        return summed.squeeze(-2).to(self._dtype)


_EPSILON = 1e-5  # keeps a constant vector's normalisation from dividing by nothing


class _CellStep(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any,  # noqa: ANN401
        gates: Tensor,
        state: Tensor,
        keep: Tensor | None,
        cell: SharedCell,
        *handles: Tensor,
    ) -> Tensor:
        output, saved = cell.forward(gates, state, keep)
        ctx.cell, ctx.handles = cell, len(handles)
        ctx.save_for_backward(*saved)
        return output

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor | None, ...]:  # noqa: ANN401
        return *ctx.cell.backward(ctx.saved_tensors, gradient), None, None, *[None] * ctx.handles


def _tanh(x: Tensor) -> Tensor:
    """tanh in place, as 2σ(2x) - 1; see `SharedEnergy`."""
    return x.mul_(2).sigmoid_().mul_(2).sub_(1)


class SharedRNN(SharedCell):
    """The plain recurrent unit (Elman 1990): h' = tanh(x + U h + b)."""

    def advance(
        self, gates: Tensor, recurrent: Tensor, state: Tensor, keep: Tensor | None
    ) -> tuple[Tensor, tuple[Tensor, ...]]:
        """See `SharedCell.advance`."""
        output = _tanh(gates + recurrent)
        if keep is None:
            return output, (output,)
        return torch.addcmul(state, keep, output - state), (output, keep)

    def retreat(self, saved: tuple[Tensor, ...], gradient: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """See `SharedCell.retreat`."""
        output, *kept = saved
        through = gradient * kept[0] if kept else gradient
        gates = torch.addcmul(through, through, output * output, value=-1)
        return gates, gates, gradient - through


class SharedGRU(SharedCell):
    """A gated recurrent unit (Cho et al. 2014), the reset gate behind the product as in cuDNN.

    h' = u·h + (1 - u)·tanh(x_c + r·(U_c h + b_c))   with r, u = σ(x + U h + b); rows in the order r, u, candidate c
    """

    def advance(
        self, gates: Tensor, recurrent: Tensor, state: Tensor, keep: Tensor | None
    ) -> tuple[Tensor, tuple[Tensor, ...]]:
        """See `SharedCell.advance`."""
        size = state.shape[-1]
        reset_update = (gates[..., : 2 * size] + recurrent[..., : 2 * size]).sigmoid_()
        reset, update = reset_update[..., :size], reset_update[..., size:]
        recurrent = recurrent[..., 2 * size :]
        candidate = _tanh(torch.addcmul(gates[..., 2 * size :], reset, recurrent))
        change = 1 - update
        if keep is not None:
            change *= keep
        difference = candidate - state
        saved = (reset, update, candidate, change, recurrent, difference)
        return torch.addcmul(state, change, difference), saved

    def retreat(self, saved: tuple[Tensor, ...], gradient: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """See `SharedCell.retreat`."""
        reset, update, candidate, change, recurrent, difference = saved
        size = reset.shape[-1]
        gates = gradient.new_empty(*gradient.shape[:-1], 3 * size)
        through = gradient * change
        d_candidate = torch.addcmul(through, through, candidate * candidate, value=-1, out=gates[..., 2 * size :])
        # The update gate's slope u(1 - u), where kept, is change·u.
        torch.mul(through, update, out=gates[..., size : 2 * size]).mul_(difference).neg_()
        torch.mul(d_candidate, recurrent, out=gates[..., :size]).mul_(reset).mul_(1 - reset)
        recurrent_gates = gates.to(self._weight.dtype if self._gain is None else gates.dtype, copy=True)
        recurrent_gates[..., 2 * size :].mul_(reset)
        return gates, recurrent_gates, gradient - through


class SharedLSTM(SharedCell):
    """Long short-term memory (Hochreiter and Schmidhuber 1997; Gers et al. 2000); the state is [h; c].

    c' = f·c + i·tanh(x_g + (U h + b)_g),  h' = o·tanh(c')   with i, f, o = σ(x + U h + b); rows in the order i, f, o, g
    """

    STATES = 2

    def advance(
        self, gates: Tensor, recurrent: Tensor, state: Tensor, keep: Tensor | None
    ) -> tuple[Tensor, tuple[Tensor, ...]]:
        """See `SharedCell.advance`."""
        summed = gates + recurrent
        size = summed.shape[-1] // 4
        before = state[..., size:]
        in_forget_out = summed[..., : 3 * size].sigmoid_()
        candidate = _tanh(summed[..., 3 * size :])
        i, f, o = in_forget_out.chunk(3, dim=-1)
        cell = torch.addcmul(f * before, i, candidate)
        squashed = _tanh(cell.clone())
        output = torch.cat([o * squashed, cell], dim=-1)
        saved = (in_forget_out, candidate, before, squashed)
        if keep is None:
            return output, saved
        return torch.addcmul(state, keep, output - state), (*saved, keep)

    def retreat(self, saved: tuple[Tensor, ...], gradient: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """See `SharedCell.retreat`."""
        in_forget_out, candidate, before, squashed, *kept = saved
        i, f, o = in_forget_out.chunk(3, dim=-1)
        through = gradient * kept[0] if kept else gradient
        hidden, cell = through.chunk(2, dim=-1)
        cell = torch.addcmul(cell, hidden * o, 1 - squashed * squashed)
        sigmoids = torch.cat([cell * candidate, cell * before, hidden * squashed], dim=-1)
        sigmoids *= in_forget_out * (1 - in_forget_out)
        gates = torch.cat([sigmoids, cell * i * (1 - candidate * candidate)], dim=-1)
        state = gradient - through
        state[..., f.shape[-1] :] += cell * f
        return gates, gates, state
