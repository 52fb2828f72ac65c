"""The processes that train together: one alone, or as many as torchrun has started.

Knows nothing of models or data. torch.distributed does the work: gloo between CPUs, NCCL between GPUs.
"""

import atexit
import gc
import logging
import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

import torch
from torch import distributed, nn
from torch.nn.parallel import DistributedDataParallel

T = TypeVar("T")
_PATIENCE = timedelta(hours=6)  # the others wait while the first prepares the corpus or validates


@dataclass(frozen=True)
class Processes:
    """All the processes of a training run, as one of them sees them."""

    rank: int = 0
    """The number of this one; 0 is the first, the only one that writes files."""
    size: int = 1

    @property
    def first(self) -> bool:
        """Whether this is the process that writes files, validates and reports."""
        return self.rank == 0

    def totals(self, values: list[float], device: torch.device) -> list[float]:
        """The sums over all processes of what each of them gives."""
        if self.size == 1:
            return values
        summed = torch.tensor(values, dtype=torch.float64, device=device)
        distributed.all_reduce(summed)
        totals: list[float] = summed.tolist()
        return totals

    def from_first(self, value: T) -> T:
        """What the first process gives, for all of them."""
        if self.size == 1:
            return value
        values: list[Any] = [value]
        distributed.broadcast_object_list(values)
        shared: T = values[0]
        return shared

    def parallel(self, module: nn.Module) -> nn.Module:
        """The module, its gradients being the mean over all processes after every backward pass."""
        return module if self.size == 1 else DistributedDataParallel(module)

    def exchange(self, module: nn.Module, now: bool) -> AbstractContextManager[None]:
        """Within, a backward pass exchanges its gradients and all before it now, or leaves that to a later one."""
        return nullcontext() if now or not isinstance(module, DistributedDataParallel) else module.no_sync()


def own_device(device: str) -> torch.device:
    """The device that this process has for itself: under torchrun each its own GPU. device: cpu or cuda."""
    return torch.device(device, int(os.environ.get("LOCAL_RANK", 0))) if device == "cuda" else torch.device(device)


def spare_cores() -> int:
    """How many worker processes find a core that this one and its like leave to them; one at least."""
    return max(1, (os.cpu_count() or 1) // int(os.environ.get("LOCAL_WORLD_SIZE", 1)) - 2)


@contextmanager
def join_processes(device: torch.device) -> Iterator[Processes]:
    """Meet the other processes that torchrun has started, if it has; only the first one's log is heard."""
    size = int(os.environ.get("WORLD_SIZE", 1))
    if size == 1:
        yield Processes()
        return
    # Imported with a group at hand, as by DistributedDataParallel, these functions would have it as a default for ever.
    import torch.distributed.nn.functional
    from torch.distributed.distributed_c10d import PrefixStore
    from torch.distributed.rendezvous import rendezvous

    # The group's threads end when nothing refers to it any more. One that asked for Python's lock while the interpreter
    # is being taken down would abort the process; an exception keeps what is in its frames until then.
    atexit.register(gc.collect)
    if device.type == "cuda":
        torch.cuda.set_device(device)
    # torchrun's store outlives the processes: without the restart's number they would find the addresses of the dead.
    store, rank, _ = next(rendezvous("env://"))
    store = PrefixStore(f"restart-{os.environ.get('TORCHELASTIC_RESTART_COUNT', 0)}", store)
    store.set_timeout(_PATIENCE)
    backend = "nccl" if device.type == "cuda" else "gloo"
    distributed.init_process_group(backend, store=store, rank=rank, world_size=size, timeout=_PATIENCE)
    processes = Processes(rank, size)
    if not processes.first:
        logging.getLogger("nmt_cli").setLevel(logging.ERROR)
    try:
        yield processes
    finally:
        distributed.destroy_process_group()
