"""What training minimises, and how an update changes the weights.

Knows models and batches of token ids; nothing of text, files or the order of the data.
"""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn
from torch.autograd.function import once_differentiable

from nmt_cli.config import TrainingConfig
from nmt_cli.model import Batch, Decoder, Model, Trace
from nmt_cli.recurrence import matmul_dtype
from nmt_cli.vocab import PAD_ID


def batch_loss(decoder: Decoder, trace: Trace, batch: Batch, label_smoothing: float) -> Tensor:
    """Cross-entropy in nats, summed over the target tokens of a batch.

    The output layer is part of it: the logits of a whole batch never exist.
    """
    readouts, targets = trace.readouts.flatten(0, 1), batch.tgt_out.flatten()
    if not targets.is_cuda:  # there the CPU would have to wait until it knew how many there are
        real = targets != PAD_ID
        readouts, targets = readouts[real], targets[real]
    arguments = readouts, decoder.embedding.weight, decoder.output_bias, targets, label_smoothing
    loss: Tensor = _OutputLoss.apply(*arguments, torch.is_grad_enabled())  # type: ignore[no-untyped-call]
    return loss


class _OutputLoss(torch.autograd.Function):
    """The output layer and its cross-entropy, a few rows at a time: logits, probabilities and gradients stay in the
    processor's cache, and are gone when the next rows come. The gradients are made on the way forth.
    """

    @staticmethod
    def forward(
        ctx: Any,  # noqa: ANN401
        readouts: Tensor,
        weight: Tensor,
        bias: Tensor,
        targets: Tensor,
        label_smoothing: float,
        learning: bool,
    ) -> Tensor:
        """The summed loss, to which padding adds nothing.

        Args:
            readouts: (N, E)
            weight: (V, E)
            bias: (V,)
            targets: (N,)
            label_smoothing: see TrainingConfig
            learning: whether gradients are wanted as well
        """
        size, uniform = len(weight), label_smoothing / len(weight)
        matrix = weight.to(matmul_dtype(weight))
        cast = readouts.to(matrix.dtype)
        loss = weight.new_zeros(())
        gradients = [torch.zeros_like(each) for each in (readouts, weight, bias)] if learning else []
        rows = max(1, _CHUNK[weight.device.type] // size)
        # A product in a smaller type cannot be added up in place: it is taken once, which converts it once.
        slopes = matrix.new_empty(len(targets), size) if learning and matrix.dtype != weight.dtype else None
        for number, (x, target) in enumerate(zip(cast.split(rows), targets.split(rows), strict=True)):
            logits = (x @ matrix.t()).to(weight.dtype).add_(bias)
            wanted = target[:, None]
            real = wanted != PAD_ID
            largest, best = logits.max(dim=1, keepdim=True)
            probabilities = logits.softmax(dim=1)
            normalizer = largest - probabilities.gather(1, best).log()  # log Σ exp(logits)
            losses = normalizer - (1 - label_smoothing) * logits.gather(1, wanted)
            if label_smoothing:
                losses -= uniform * logits.sum(dim=1, keepdim=True)
            loss += (losses * real).sum()
            if learning:
                probabilities.scatter_add_(1, wanted, probabilities.new_full(wanted.shape, label_smoothing - 1))
                slope = probabilities.sub_(uniform)
                if slope.is_cuda or not real.all():  # a GPU would have to be waited for
                    slope *= real
                place = slice(number * rows, number * rows + len(x))
                gradients[2].add_(slope.sum(dim=0))
                if slopes is None:
                    torch.mm(slope, matrix, out=gradients[0][place])
                    gradients[1].addmm_(slope.t(), x)
                else:
                    slopes[place] = slope
        if slopes is not None:
            gradients[0].copy_(slopes @ matrix)
            gradients[1].copy_(slopes.t() @ cast)
        ctx.save_for_backward(*gradients)
        return loss

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor | None, ...]:  # noqa: ANN401
        """The gradients, kept since the way forth."""
        return *(each * gradient for each in ctx.saved_tensors), None, None, None


_CHUNK = {"cpu": 2**20, "cuda": 2**27}  # numbers in the logits of the rows taken at a time


def guidance_loss(weights: Tensor, alignment: Tensor) -> Tensor:
    """Summed cross-entropy of attention against a word alignment, in nats (Chen et al. 2016); silent rows add nothing.

    Args:
        weights, alignment: (B, T, S)
    """
    return -(alignment * weights.clamp(min=1e-9).log()).sum()


class Objective(nn.Module):
    """What is minimised, summed over the target tokens of a batch.

    Args:
        model: the translator
        settings: label smoothing, and the weight of guided attention
    """

    def __init__(self, model: Model, settings: TrainingConfig) -> None:
        super().__init__()
        self.model = model
        self.label_smoothing, self.guided_attention = settings.label_smoothing, settings.guided_attention

    def forward(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """The objective, and the loss that is its main part, both in nats."""
        trace = self.model.trace(batch)
        loss = batch_loss(self.model.decoder, trace, batch, self.label_smoothing)
        if self.guided_attention and trace.weights is not None and batch.alignment is not None:
            return loss + self.guided_attention * guidance_loss(trace.weights, batch.alignment), loss.detach()
        return loss, loss.detach()


class Optimizer:
    """Adam with decoupled weight decay (Kingma and Ba 2015; Loshchilov and Hutter 2019), and the weights' average.

    Args:
        model: whose weights to change
        settings: the learning rate and all else of the optimisation
        keep_gradients: zero the gradients after an update, where they are, instead of dropping them; see `graphs`
    """

    def __init__(self, model: Model, settings: TrainingConfig, *, keep_gradients: bool = False) -> None:
        self._settings, self._keep_gradients = settings, keep_gradients
        self._weights = list(model.parameters())
        self.adam = torch.optim.AdamW(
            self._weights, lr=settings.learning_rate, weight_decay=settings.weight_decay, fused=True
        )
        self.average = [weight.detach().clone() for weight in self._weights] if settings.ema else []
        """The exponential moving average of each weight; empty when the settings ask for none."""

    def rate(self, step: int, done: float) -> float:
        """The learning rate of update `step`, the first being 1, when the share `done` of the run is behind us."""
        warm_up = min(1.0, step / max(1, self._settings.warmup_steps))
        return self._settings.learning_rate * min(warm_up, max(0.0, 1 - done))

    def step(self, scale: float, rate: float, step: int) -> float:
        """Change the weights by their gradients, which are gone or zero afterwards.

        Args:
            scale: what to multiply the gradients with, such as one divided by the tokens they are summed over
            rate: the learning rate
            step: the number of the update

        Returns:
            the norm of the scaled gradients before they were clipped (Pascanu et al. 2013); where it is no number, the
            weights are left as they are
        """
        gradients = [weight.grad for weight in self._weights if weight.grad is not None]
        norm = scale * torch.nn.utils.get_total_norm(gradients).item()
        if math.isfinite(norm):
            torch._foreach_mul_(gradients, scale * min(1.0, self._settings.clip_norm / (norm + 1e-6)))
            for group in self.adam.param_groups:
                group["lr"] = rate
            self.adam.step()
            if self.average:
                # The first weights are random: they should not count for long.
                decay = min(self._settings.ema, (1 + step) / (10 + step))
                torch._foreach_lerp_(self.average, [weight.detach() for weight in self._weights], 1 - decay)
        self.adam.zero_grad(set_to_none=not self._keep_gradients)
        return norm

    @contextmanager
    def averaged(self) -> Iterator[None]:
        """Within, the model has the averaged weights, if there are any."""
        self._swap()
        try:
            yield
        finally:
            self._swap()

    def _swap(self) -> None:
        for weight, average in zip(self._weights, self.average, strict=False):
            weight.data, average.data = average.data, weight.data
