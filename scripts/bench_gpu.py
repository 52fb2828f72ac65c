"""Measures training on a GPU: target tokens a second, how much of the time the GPU computes, and beside cuDNN's GRU.

    scripts/bench gpu                                          the embedded sample
    scripts/bench gpu --config configs/hi-en-large.yaml        what a configuration trains on, and its model

The same batches by CUDA graphs, as `nmt train` does on one GPU, and by Python; and the floor: cuDNN's GRU of the same
sizes over the same positions, without attention, words or output layer.
"""

import argparse
import time
from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor, nn

from nmt_cli.batching import TokenDataset, plan_epoch
from nmt_cli.config import Config, ModelConfig, load_config
from nmt_cli.graphs import LENGTH_STEP, GraphedPasses
from nmt_cli.model import Batch, Model
from nmt_cli.optimization import Objective, Optimizer
from nmt_cli.prepare import prepare, prepared_folder
from nmt_cli.tokenizer import Tokenizer

ROUNDS = 3  # over the batches; in the first two, shapes are seen and recorded
PROFILED = 8  # batches: a profile has a line for each of their kernels
DEVICE = torch.device("cuda")


def main() -> None:
    """Prepare, compute the same batches in all three ways, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--config", type=Path, default=Path("configs/quickstart.yaml"))
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE")
    parser.add_argument("--batches", type=int, default=60)
    options = parser.parse_args()
    if not torch.cuda.is_available():
        raise SystemExit("scripts/bench gpu: this machine has no usable GPU")
    config = load_config(options.config, options.set)
    prepare(config)
    batches, model = load(config, options.batches)
    tokens = sum(batch.tokens() for batch in batches)
    size = config.training.batch_tokens
    print(f"{torch.cuda.get_device_name()}, {model.parameter_count() / 1e6:.1f} million parameters, bfloat16")
    print(f"{len(batches)} batches of {size:,} target tokens, {1 - tokens / positions(batches):.0%} of them padding")
    floor, _ = measured(cudnn(config.model), batches)
    for name, graphed in ("by CUDA graphs", size), ("by Python", 0):
        seconds, busy = measured(update(config, model, graphed), batches)
        print(f"{name:15} {tokens / seconds:9,.0f} target tokens a second, GPU busy {busy:4.0%}, ", end="")
        print(f"{seconds / floor:.1f} times as long as cuDNN's GRU", flush=True)
    print(f"{torch.cuda.max_memory_reserved() / 2**30:.1f} GiB of GPU memory at most")


def load(config: Config, count: int) -> tuple[list[Batch], Model]:
    """Some batches of an epoch, in pinned memory, and a new model on the GPU."""
    folder = prepared_folder(config)
    data = TokenDataset(folder / "train.arrow", length_step=LENGTH_STEP)
    plan = plan_epoch(data, batch_tokens=config.training.batch_tokens, seed=1, epoch=0)[:count]
    batches = [Batch(*(part.pin_memory() for part in data.collate(indices)[:4])) for indices in plan]
    sizes = (len(Tokenizer.load(folder / f"{side}.model")) for side in ("source", "target"))
    return batches, Model(config.model, *sizes).to(DEVICE).train()


def positions(batches: list[Batch]) -> int:
    """Target positions, padding included."""
    return sum(batch.tgt_in.numel() for batch in batches)


def update(config: Config, model: Model, graphed: int) -> Callable[[Batch], None]:
    """A whole update; graphed: target tokens a batch, 0: without graphs."""
    objective = Objective(model, config.training)
    model.zero_grad()
    optimizer = Optimizer(model, config.training, keep_gradients=bool(graphed))
    graphs = GraphedPasses(objective, "bfloat16", graphed) if graphed else None

    def passes(batch: Batch) -> Tensor:
        if graphs is not None:
            return graphs(batch, 1)
        loss: Tensor
        with torch.autocast("cuda", torch.bfloat16):
            total, loss = objective(batch.to(DEVICE))
        total.backward()
        return loss

    def step(batch: Batch) -> None:
        passes(batch).item()
        optimizer.step(1 / batch.tokens(), 1e-4, 1)

    return step


def cudnn(config: ModelConfig) -> Callable[[Batch], None]:
    """cuDNN's GRUs forward and backward, over as many positions: the encoder's layers, and the decoder's two cells."""
    e, h = config.emb_size, config.hidden_size
    encoder = [nn.GRU(e if i == 0 else h, h // 2, bidirectional=True) for i in range(config.encoder_layers)]
    decoder = [nn.GRU(e, h), nn.GRU(h, h)]
    for cell in (*encoder, *decoder):
        cell.to(DEVICE, torch.bfloat16).flatten_parameters()

    def step(batch: Batch) -> None:
        for part, cells in (batch.src, encoder), (batch.tgt_in, decoder):
            x = torch.ones(part.shape[1], part.shape[0], e, device=DEVICE, dtype=torch.bfloat16)
            for cell in cells:
                x, _ = cell(x)
            x.sum().backward()

    return step


def measured(step: Callable[[Batch], None], batches: list[Batch]) -> tuple[float, float]:
    """Seconds that all the batches take, once everything is warm, and the share of it in which the GPU computes."""
    from torch.profiler import ProfilerActivity, profile

    for _ in range(ROUNDS):
        seconds = timed(step, batches)
    some = batches[:PROFILED]
    busy = timed(step, some)
    with profile(activities=[ProfilerActivity.CUDA]) as trace:  # makes what is around the kernels slower, not them
        timed(step, some)
    return seconds, sum(event.self_device_time_total for event in trace.key_averages()) / 1e6 / busy


def timed(step: Callable[[Batch], None], batches: list[Batch]) -> float:
    """Seconds."""
    torch.cuda.synchronize()
    start = time.perf_counter()
    for batch in batches:
        step(batch)
    torch.cuda.synchronize()
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
