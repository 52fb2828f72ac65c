"""The mathematics: gradients, padding, and that one step after the other is the same as all at once."""

from typing import cast

import numpy as np
import pytest
import torch
from torch import Tensor

from nmt_cli.config import ModelConfig
from nmt_cli.model import Attention, Batch, BidirectionalGRU, Memory, Model
from nmt_cli.recurrence import SharedContext, SharedEnergy, SharedGRU, SharedLinear
from nmt_cli.vocab import BOS_ID, EOS_ID, PAD_ID

VOCAB = 23
DECODERS = ["simple", "conditional"]


def make_model(decoder: str = "conditional", layers: int = 1, dropout: float = 0.0) -> Model:
    torch.manual_seed(3)
    config = ModelConfig.model_validate(
        {
            "decoder": decoder,
            "emb_size": 6,
            "hidden_size": 8,
            "attention_size": 5,
            "encoder_layers": layers,
            "dropout": dropout,
        }
    )
    return Model(config, VOCAB, VOCAB).double().eval()


def make_batch(src_lengths: list[int], tgt_lengths: list[int], padding: int = 0) -> Batch:
    """Random sentences of these lengths, padded to the longest and `padding` beyond."""
    random = torch.Generator().manual_seed(5)

    def rows(lengths: list[int]) -> Tensor:
        ids = torch.randint(EOS_ID + 1, VOCAB, (len(lengths), max(lengths) + padding), generator=random)
        beyond = torch.arange(ids.shape[1]) >= torch.tensor(lengths)[:, None]
        return ids.masked_fill(beyond, PAD_ID)

    tgt_out = rows(tgt_lengths)
    tgt_in = torch.cat([torch.full((len(tgt_lengths), 1), BOS_ID), tgt_out[:, :-1]], dim=1)
    return Batch(rows(src_lengths), torch.tensor(src_lengths), tgt_in, tgt_out)


@pytest.mark.parametrize("decoder", DECODERS)
@pytest.mark.parametrize("layers", [1, 2])
def test_step_loop_equals_forward(decoder: str, layers: int) -> None:
    model, batch = make_model(decoder, layers), make_batch([5, 3, 1], [4, 6, 2])
    expected = model(batch)
    memory = model.encode(batch.src, batch.src_lengths)
    state = model.initial_state(memory)
    for t in range(batch.tgt_in.shape[1]):
        logits, state, weights = model.step(batch.tgt_in[:, t], state, memory)
        torch.testing.assert_close(logits, expected[:, t])
        torch.testing.assert_close(weights.sum(1), torch.ones(3, dtype=torch.double))
        assert (weights[~memory.mask] == 0).all()


@pytest.mark.parametrize("decoder", DECODERS)
@pytest.mark.parametrize("layers", [1, 2])
def test_gradients_match_finite_differences(decoder: str, layers: int) -> None:
    model, batch = make_model(decoder, layers), make_batch([4, 2], [3, 2])
    weighting = torch.randn(2, 3, VOCAB, dtype=torch.double)

    def loss() -> Tensor:
        total: Tensor = (model(batch) * weighting).sum()
        return total

    loss().backward()
    random = np.random.default_rng(0)
    for name, parameter in model.named_parameters():
        assert parameter.grad is not None, name
        flat, gradient = parameter.data.view(-1), parameter.grad.view(-1)
        for i in random.choice(len(flat), min(4, len(flat)), replace=False).tolist():
            value, epsilon = flat[i].item(), 1e-5
            with torch.no_grad():
                flat[i] = value + epsilon
                above = loss().item()
                flat[i] = value - epsilon
                below = loss().item()
                flat[i] = value
            expected = 0.0 if name.endswith("embedding.weight") and i < parameter.shape[1] else None
            if expected is None:  # the row of the padding symbol is excused: it is never trained
                assert gradient[i].item() == pytest.approx((above - below) / (2 * epsilon), abs=1e-6, rel=1e-5), name


@pytest.mark.parametrize("decoder", DECODERS)
def test_padding_and_neighbours_change_nothing(decoder: str) -> None:
    model, batch = make_model(decoder, layers=2), make_batch([5, 3, 1], [4, 6, 2], padding=3)
    together = model(batch)
    for i in range(3):
        source, target = int(batch.src_lengths[i]), int((batch.tgt_out[i] != PAD_ID).sum())
        alone = Batch(
            batch.src[i : i + 1, :source],
            batch.src_lengths[i : i + 1],
            batch.tgt_in[i : i + 1, :target],
            batch.tgt_out[i : i + 1, :target],
        )
        torch.testing.assert_close(model(alone)[0], together[i, :target])


def test_encoder_agrees_with_torch() -> None:
    """Our recurrence, with its padding rule, against torch's GRU over packed sequences."""
    model, batch = make_model(), make_batch([5, 3, 1], [2, 2, 2], padding=2)
    layer = cast("BidirectionalGRU", model.encoder.layers[0])
    peer = torch.nn.GRU(6, 4, batch_first=True, bidirectional=True).double()
    with torch.no_grad():
        layer.bias_h.uniform_(-1, 1)
        for direction, suffix in enumerate(("", "_reverse")):
            names = {"weight_x": "weight_ih", "weight_h": "weight_hh", "bias_x": "bias_ih", "bias_h": "bias_hh"}
            for ours, theirs in names.items():
                getattr(peer, f"{theirs}_l0{suffix}").copy_(getattr(layer, ours)[direction])
        embedded = model.encoder.embedding(batch.src)
        packed = torch.nn.utils.rnn.pack_padded_sequence(embedded, batch.src_lengths, batch_first=True)
        expected, _ = torch.nn.utils.rnn.pad_packed_sequence(peer(packed)[0], batch_first=True)
        memory = model.encode(batch.src, batch.src_lengths)
    for i, length in enumerate(batch.src_lengths.tolist()):
        torch.testing.assert_close(memory.values[i, :length], expected[i, :length])
        torch.testing.assert_close(memory.final[i], torch.cat([expected[i, length - 1, :4], expected[i, 0, 4:]]))


def test_attention_is_the_equations() -> None:
    """e_j = v·tanh(W s + U h_j), α = softmax(e), c = Σ α h, transcribed into NumPy."""
    torch.manual_seed(1)
    attention = Attention(query_size=4, memory_size=6, attention_size=5).double()
    torch.nn.init.normal_(attention.v)
    values, state = torch.randn(1, 3, 6, dtype=torch.double), torch.randn(1, 4, dtype=torch.double)
    memory = Memory(values, attention.key(values), torch.ones(1, 3, dtype=torch.bool), values[:, 0])
    context, weights = attention.looker(memory)(state)

    W, U, v = (
        attention.query.weight.detach().numpy(),
        attention.key.weight.detach().numpy(),
        attention.v.detach().numpy(),
    )
    b, h, s = attention.key.bias.detach().numpy(), values[0].numpy(), state[0].numpy()
    e = np.array([v @ np.tanh(W @ s + U @ h_j + b) for h_j in h])
    alpha = np.exp(e) / np.exp(e).sum()
    c = sum(a * h_j for a, h_j in zip(alpha, h, strict=True))
    np.testing.assert_allclose(weights[0].detach().numpy(), alpha, atol=1e-12)
    np.testing.assert_allclose(context[0].detach().numpy(), c, atol=1e-12)


def test_shared_operations_have_autograd_s_gradients() -> None:
    """The gradients that are taken once after the loop, against plain autograd's through every step."""
    torch.manual_seed(2)
    weight, values, keys, v = (
        torch.randn(*shape, dtype=torch.double, requires_grad=True) for shape in ((4, 6), (2, 3, 6), (2, 3, 4), (4,))
    )
    start = torch.randn(2, 6, dtype=torch.double, requires_grad=True)
    inputs = (weight, values, keys, v, start)

    def chain(linear: object, energy: object, context: object) -> Tensor:
        x = start
        for _ in range(3):
            x = context(energy(linear(x)).softmax(-1)) + 0.1 * x  # type: ignore[operator]
        return x.pow(2).sum()

    plain = chain(
        lambda x: x @ weight.t(),
        lambda q: torch.tanh(q[:, None] + keys) @ v,
        lambda a: torch.einsum("bs,bsd->bd", a, values),
    )
    shared = chain(SharedLinear(weight), SharedEnergy(keys, v), SharedContext(values))
    torch.testing.assert_close(shared, plain)
    for ours, theirs in zip(torch.autograd.grad(shared, inputs), torch.autograd.grad(plain, inputs), strict=True):
        torch.testing.assert_close(ours, theirs)


@pytest.mark.parametrize("kept", [None, [[1.0], [0.0]]])
def test_gru_step_gradients(kept: list[list[float]] | None) -> None:
    torch.manual_seed(2)
    inputs = [torch.randn(*shape, dtype=torch.double, requires_grad=True) for shape in ((2, 9), (2, 3), (9, 3), (9,))]
    keep = None if kept is None else torch.tensor(kept, dtype=torch.double)

    def two_steps(gates: Tensor, state: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
        gru = SharedGRU(weight, bias)
        return gru(gates, gru(gates, state, keep), keep)

    assert torch.autograd.gradcheck(two_steps, inputs)
    if keep is not None:
        gates, state, weight, bias = inputs
        assert torch.equal(SharedGRU(weight, bias)(gates, state, keep)[1], state[1])


def test_bfloat16_has_no_nan_for_one_token_sources() -> None:
    model, batch = make_model().float(), make_batch([1, 1], [3, 2], padding=3)
    with torch.autocast("cpu", torch.bfloat16):
        logits = model(batch)
    logits.float().sum().backward()
    assert logits.isfinite().all()
    assert all(p.grad is not None and p.grad.isfinite().all() for p in model.parameters())


def test_parameter_count_is_the_formula() -> None:
    def gru(x: int, h: int) -> int:
        return 3 * h * (x + h + 2)

    E, H, A, V = 6, 8, 5, VOCAB
    common = 2 * V * E + 2 * gru(E, H // 2) + (H * H + H) + (H * A + A + H * A + A) + gru(E, H) + 3 * E * E + V
    common += (E * H - E * E + E) + (E * H - E * E)  # readout: state with bias, context
    assert make_model("simple").parameter_count() == common + 3 * H * H
    assert make_model("conditional").parameter_count() == common + gru(H, H)
