"""An update's passes as CUDA graphs: a GPU that need not wait for Python.

A recurrent network is thousands of small operations one after the other, each of which takes Python longer to ask for
than the GPU to do. A CUDA graph is asked for once and replayed as a whole, from the same memory to the same memory:
one a shape of batch, so that there had better be few.
"""

from collections.abc import Iterable
from contextlib import suppress

import torch
from torch import Tensor

from nmt_cli.model import Batch
from nmt_cli.optimization import Objective

LENGTH_STEP = 8
"""Lengths are padded to a multiple of this where there are graphs, for fewer shapes than `batching.LENGTH_STEP`."""


class GraphedPasses:
    """Forward and backward pass of the objective; a shape's first batch is computed as usual, its second recorded.

    Args:
        objective: on the GPU; its parameters' gradients stay where they are from now on, and are added to
        precision: bfloat16 or float32, of the matrix products
        batch_tokens: a batch of fewer gets empty sentences: see TrainingConfig
    """

    def __init__(self, objective: Objective, precision: str, batch_tokens: int) -> None:
        self._objective, self._batch_tokens = objective, batch_tokens
        self._reduced = precision == "bfloat16"
        self._stream, self._pool = torch.cuda.Stream(), torch.cuda.graph_pool_handle()
        self._inputs: dict[tuple[int, ...], Batch] = {}
        self._graphs: dict[tuple[int, ...], tuple[torch.cuda.CUDAGraph, Tensor]] = {}
        for weight in objective.parameters():
            weight.grad = torch.zeros_like(weight)

    def __call__(self, batch: Batch, seed: int) -> Tensor:
        """Add the gradients of a batch to those that are there; returns its summed loss, which the next call changes.

        Args:
            batch: in the CPU's memory, pinned
            seed: of the dropout
        """
        src, tgt = batch.src.shape[1], batch.tgt_in.shape[1]
        shape = max(len(batch.src), self._batch_tokens // tgt), src, tgt
        known = shape in self._inputs
        self._stream.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(self._stream):
            if not known:
                self._inputs[shape] = _empty(batch, shape[0])
            inputs = self._inputs[shape]
            for own, given in _pairs(inputs, batch):
                own[: len(given)].copy_(given, non_blocking=True)
                own[len(given) :] = 0
            inputs.src_lengths[len(batch.src) :] = 1
            if known and shape not in self._graphs:
                self._graphs[shape] = self._recorded(inputs)
            torch.manual_seed(seed)
            if known:
                graph, loss = self._graphs[shape]
                graph.replay()
            else:
                loss = self._passes(inputs)
        torch.cuda.current_stream().wait_stream(self._stream)
        return loss

    def _passes(self, inputs: Batch) -> Tensor:
        loss: Tensor
        # What autocast has converted is not for the next batch: by then the weights have changed.
        with torch.autocast("cuda", torch.bfloat16, enabled=self._reduced, cache_enabled=False):
            objective, loss = self._objective(inputs)
        objective.backward()
        return loss

    def _recorded(self, inputs: Batch) -> tuple[torch.cuda.CUDAGraph, Tensor]:
        graph = torch.cuda.CUDAGraph()
        # Other threads, which make the next batches ready, may do as they please in the meantime.
        graph.capture_begin(self._pool, capture_error_mode="thread_local")
        try:
            loss = self._passes(inputs)
        except BaseException:
            with suppress(RuntimeError):  # that it cannot be ended now is not what went wrong
                graph.capture_end()
            raise
        graph.capture_end()
        return graph, loss


def _empty(batch: Batch, rows: int) -> Batch:
    parts = (
        None if part is None else torch.zeros(rows, *part.shape[1:], dtype=part.dtype, device="cuda") for part in batch
    )
    return Batch(*parts)  # type: ignore[arg-type]


def _pairs(first: Batch, second: Batch) -> Iterable[tuple[Tensor, Tensor]]:
    return ((a, b) for a, b in zip(first, second, strict=True) if a is not None and b is not None)
