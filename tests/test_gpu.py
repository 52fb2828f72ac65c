"""On a GPU: graphs and single kernels compute what operations one by one compute."""

import pytest
import torch
from test_model import make_batch
from torch import Tensor

from nmt_cli import model as models
from nmt_cli.config import ModelConfig, TrainingConfig
from nmt_cli.graphs import GraphedPasses
from nmt_cli.model import Batch, Model
from nmt_cli.optimization import Objective, Optimizer

pytestmark = pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")

VOCAB = 60  # more than make_batch draws from
BATCHES = [([5, 3, 1], [4, 6, 2]), ([7, 3], [9, 8]), ([2, 5, 4], [6, 3, 1])]


def make_objective(**settings: object) -> Objective:
    torch.manual_seed(3)
    sizes = {"emb_size": 12, "hidden_size": 16, "attention_size": 10, "encoder_layers": 2, "dropout": 0.0}
    return Objective(Model(ModelConfig.model_validate({**sizes, **settings}), VOCAB, VOCAB).cuda(), TrainingConfig())


def batch(number: int, padding: int = 0) -> Batch:
    src, tgt = BATCHES[number]
    return make_batch(src, tgt, padding)._replace(alignment=None)


def gradients(objective: Objective) -> list[Tensor]:
    return [weight.grad.clone() for weight in objective.parameters() if weight.grad is not None]


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_replayed_passes_are_those_of_the_first_time(precision: str) -> None:
    """Each shape is computed as it comes, then recorded, then replayed: to the bit, dropout included."""
    objective = make_objective(dropout=0.3, word_dropout=0.1)
    passes = GraphedPasses(objective, precision, 32)
    found: dict[int, list[list[Tensor]]] = {number: [] for number in range(len(BATCHES))}
    for number in (0, 1, 0, 0, 2, 1, 2, 0, 1, 2):
        objective.zero_grad(set_to_none=False)
        loss = passes(batch(number), seed=number)
        found[number].append([loss.clone(), *gradients(objective)])
    for first, *others in found.values():
        for other in others:
            assert all(torch.equal(one, another) for one, another in zip(first, other, strict=True))


def with_told(plain: Batch) -> Batch:
    """Every third source id is one of the target's."""
    return plain._replace(src=torch.where(plain.src % 3 == 2, plain.src + VOCAB, plain.src))


@pytest.mark.parametrize("told", [False, True])
def test_empty_sentences_add_nothing(told: bool) -> None:
    objective = make_objective(told=told)
    batches = [with_told(batch(number)) if told else batch(number) for number in range(len(BATCHES))]
    expected = []
    for one in batches:
        objective.zero_grad()
        total, loss = objective(one.to(torch.device("cuda")))
        total.backward()
        expected.append([loss, *gradients(objective)])
    del total  # keeps the passes' stream for the gradients
    passes = GraphedPasses(objective, "float32", 100)
    for number in (0, 1, 2, 0, 1, 2):
        objective.zero_grad(set_to_none=False)
        found = [passes(batches[number], seed=1), *gradients(objective)]
        for ours, theirs in zip(found, expected[number], strict=True):
            torch.testing.assert_close(ours, theirs, rtol=1e-3, atol=1e-4)


def test_kernels_do_what_their_operations_do(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("triton")
    objective = make_objective()
    found = []
    for kernels in (models._kernels(), None):
        monkeypatch.setattr(models, "_kernels", lambda kernels=kernels: kernels)
        objective.zero_grad()
        total, _ = objective(batch(0, padding=3).to(torch.device("cuda")))
        total.backward()
        found.append([total, *gradients(objective)])
    for one, other in zip(*found, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-3, atol=1e-4)


def test_recorded_updates_learn() -> None:
    objective = make_objective()
    optimizer = Optimizer(objective.model, TrainingConfig(), keep_gradients=True)
    passes = GraphedPasses(objective, "bfloat16", 32)
    losses = []
    for step in range(1, 61):
        losses.append(float(passes(batch(step % 3), seed=step)))
        optimizer.step(0.1, 1e-2, step)
    assert sum(losses[-3:]) < 0.3 * sum(losses[:3])
