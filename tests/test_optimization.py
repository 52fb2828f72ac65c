"""Updates: the same gradients however the batches are cut, and an average that follows the weights."""

import copy
import gc

import pytest
import torch
from test_model import make_batch, make_model
from torch import Tensor
from torch.nn import functional

from nmt_cli import optimization
from nmt_cli.batching import pad
from nmt_cli.config import TrainingConfig
from nmt_cli.model import Batch
from nmt_cli.optimization import Objective, Optimizer
from nmt_cli.recurrence import SharedCell, SharedEnergy, SharedLinear, SharedSum
from nmt_cli.vocab import PAD_ID


def joined(first: Batch, second: Batch) -> Batch:
    """Both batches as one."""

    def rows(name: str) -> Tensor:
        return pad([row[row != 0].tolist() for batch in (first, second) for row in getattr(batch, name)])

    return Batch(rows("src"), torch.cat([first.src_lengths, second.src_lengths]), rows("tgt_in"), rows("tgt_out"))


def test_accumulated_batches_do_what_one_large_batch_does() -> None:
    """By tokens, not by batches: the two are of very different size."""
    batches = make_batch([5, 3, 1], [4, 6, 2]), make_batch([2], [9])
    settings = TrainingConfig(clip_norm=0.5, weight_decay=0.1)
    moments = []
    for parts in (batches, (joined(*batches),)):
        model = make_model("gru-conditional").train()
        objective, optimizer = Objective(model, settings), Optimizer(model, settings)
        tokens = 0
        for batch in parts:
            objective(batch)[0].backward()
            tokens += batch.tokens()
        norm = optimizer.step(1 / tokens, 1e-2, 1)
        assert norm > settings.clip_norm  # else clipping would not have been tried
        # A tenth of the first gradient: the weights themselves show little more than its sign.
        moments.append([optimizer.adam.state[parameter]["exp_avg"] for parameter in model.parameters()])
    for one, other in zip(*moments, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-4, atol=1e-7)


@pytest.mark.parametrize("label_smoothing", [0.0, 0.1])
@pytest.mark.parametrize("reduced", [False, True], ids=["float32", "bfloat16"])
def test_loss_is_cross_entropy_of_the_logits(
    label_smoothing: float, reduced: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Loss and gradients are those of the logits laid out whole, wherever the rows are cut and whatever the products'
    type.
    """
    batch = make_batch([5, 3, 1], [4, 6, 2], padding=2)
    gradients, losses = [], []
    for rows in (0, 1, 5, 100):
        model = make_model("gru-conditional")
        if rows:
            monkeypatch.setitem(optimization._CHUNK, "cpu", rows * model.decoder.embedding.num_embeddings)
            trace = model.trace(batch)
            with torch.autocast("cpu", torch.bfloat16, enabled=reduced):
                loss = optimization.batch_loss(model.decoder, trace, batch, label_smoothing)
            assert batch.tokens() == 4 + 6 + 2
        else:
            logits, targets = model(batch).flatten(0, 1), batch.tgt_out.flatten()
            loss = functional.cross_entropy(
                logits, targets, ignore_index=PAD_ID, label_smoothing=label_smoothing, reduction="sum"
            )
        (3 * loss).backward()
        losses.append(loss)
        gradients.append([parameter.grad for parameter in model.parameters()])
    rtol, atol = (2e-2, 5e-2) if reduced else (1.3e-6, 1e-5)
    for loss, found in zip(losses[1:], gradients[1:], strict=True):
        torch.testing.assert_close(loss, losses[0], rtol=rtol, atol=atol)
        for one, other in zip(found, gradients[0], strict=True):
            torch.testing.assert_close(one, other, rtol=rtol, atol=atol)


def test_padding_that_comes_along_changes_nothing() -> None:
    """On a GPU it is not sorted out before."""
    random = torch.Generator().manual_seed(2)
    weight, bias = torch.randn(9, 4, generator=random), torch.randn(9, generator=random)
    readouts, targets = torch.randn(6, 4, generator=random), torch.tensor([5, PAD_ID, 8, PAD_ID, PAD_ID, 4])
    found = []
    for rows in (torch.arange(6), torch.tensor([0, 2, 5])):
        inputs = [part.clone().requires_grad_() for part in (readouts[rows], weight, bias)]
        loss = optimization._OutputLoss.apply(*inputs, targets[rows], 0.1, True)  # type: ignore[no-untyped-call]
        loss.backward()
        found.append([loss, *(part.grad for part in inputs)])
    found[0][1] = found[0][1][[0, 2, 5]]
    for ours, theirs in zip(*found, strict=True):
        torch.testing.assert_close(ours, theirs)


def test_average_follows_the_weights_and_stands_in_for_them() -> None:
    model, batch = make_model("gru-additive"), make_batch([5, 3], [4, 6])
    settings = TrainingConfig(ema=0.8)
    objective, optimizer = Objective(model, settings), Optimizer(model, settings)
    expected = [weight.detach().clone() for weight in model.parameters()]
    for step in range(1, 60):
        objective(batch)[0].backward()
        optimizer.step(0.1, 1e-2, step)
        decay = min(0.8, (1 + step) / (10 + step))
        expected = [
            decay * old + (1 - decay) * new.detach() for old, new in zip(expected, model.parameters(), strict=True)
        ]
    trained = copy.deepcopy(model.state_dict())
    with optimizer.averaged():
        for weight, average in zip(model.parameters(), expected, strict=True):
            torch.testing.assert_close(weight.detach(), average)
    assert all(torch.equal(weight, trained[name]) for name, weight in model.state_dict().items())


@pytest.mark.parametrize("broken", [float("nan"), float("inf")])
def test_broken_gradients_reach_no_weight(broken: float) -> None:
    model = make_model("gru-additive")
    optimizer = Optimizer(model, TrainingConfig())
    before = copy.deepcopy(model.state_dict())
    for weight in model.parameters():
        weight.grad = torch.full_like(weight, broken)
    assert not torch.isfinite(torch.tensor(optimizer.step(1.0, 1e-2, 1)))
    assert all(torch.equal(weight, before[name]) for name, weight in model.state_dict().items())


def test_rate_rises_in_the_warm_up_and_falls_to_nothing() -> None:
    optimizer = Optimizer(make_model("gru-none"), TrainingConfig(learning_rate=0.1, warmup_steps=10))
    rates = [optimizer.rate(step, (step - 1) / 100) for step in range(1, 102)]
    assert max(rates) == pytest.approx(optimizer.rate(10, 0.09))
    assert rates[:9] == sorted(rates[:9])
    assert rates[10:] == sorted(rates[10:], reverse=True)
    assert rates[-1] == 0


def test_updates_leave_nothing_behind() -> None:
    """What an update's operations hold, such as the attention keys, is freed with its graph."""
    model, batch = make_model("gru-conditional"), make_batch([5, 3], [4, 6])
    objective, optimizer = Objective(model, TrainingConfig()), Optimizer(model, TrainingConfig())
    for step in range(1, 4):
        objective(batch)[0].backward()
        optimizer.step(0.1, 1e-3, step)
    kinds = SharedCell, SharedEnergy, SharedLinear, SharedSum
    assert not [
        found for found in gc.get_objects() if type(found) in kinds or type(found) in SharedCell.__subclasses__()
    ]
