"""The mathematics: gradients, padding, and that one step after the other is the same as all at once."""

from typing import Any, cast

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from nmt_cli.config import ModelConfig
from nmt_cli.model import (
    AdditiveAttention,
    Attention,
    Batch,
    DotAttention,
    Dropout,
    GeneralAttention,
    Layer,
    Look,
    Memory,
    Model,
    OracleAttention,
)
from nmt_cli.quantization import Int8Matrix
from nmt_cli.recurrence import (
    SharedCell,
    SharedEnergy,
    SharedGRU,
    SharedLinear,
    SharedLSTM,
    SharedRNN,
    SharedSum,
)
from nmt_cli.vocab import BOS_ID, EOS_ID, PAD_ID

VOCAB = 23
CELLS = ["rnn", "gru", "lstm"]
VARIANTS: dict[str, dict[str, Any]] = {
    **{
        f"{cell}-{attention}": {"cell": cell, "attention": attention, "decoder": "simple"}
        for cell in CELLS
        for attention in ("none", "additive", "dot", "general", "oracle")
    },
    **{f"{cell}-conditional": {"cell": cell} for cell in CELLS},
    **{f"{cell}-norm": {"cell": cell, "layer_norm": True} for cell in CELLS},
    **{f"{cell}-deep": {"cell": cell, "encoder_layers": 3, "decoder_layers": 3} for cell in CELLS},
    "one-direction": {"bidirectional": False, "hidden_size": 7, "encoder_layers": 2},
    "one-table": {"joint_embedding": True},
    "shortcut": {"source_shortcut": True, "encoder_layers": 2},
    "everything": {
        "cell": "lstm",
        "attention": "general",
        "decoder": "simple",
        "layer_norm": True,
        "encoder_layers": 2,
        "decoder_layers": 2,
        "source_shortcut": True,
    },
}
every_variant = pytest.mark.parametrize("variant", VARIANTS)


def make_model(variant: str = "gru-conditional", **settings: object) -> Model:
    torch.manual_seed(3)
    sizes = {"emb_size": 6, "hidden_size": 8, "attention_size": 5, "dropout": 0.0}
    config = ModelConfig.model_validate({**sizes, **VARIANTS[variant], **settings})
    model = Model(config, VOCAB, VOCAB).double().eval()
    for name, parameter in model.named_parameters():
        if "bias" in name or "gain" in name:  # at their initial values some mistakes would not show
            nn.init.normal_(parameter, std=0.5)
    return model


def make_batch(src_lengths: list[int], tgt_lengths: list[int], padding: int = 0) -> Batch:
    """Random sentences of these lengths, padded to the longest and `padding` beyond."""
    random = torch.Generator().manual_seed(5)

    def rows(lengths: list[int]) -> Tensor:
        ids = torch.randint(EOS_ID + 1, VOCAB, (len(lengths), max(lengths) + padding), generator=random)
        beyond = torch.arange(ids.shape[1]) >= torch.tensor(lengths)[:, None]
        return ids.masked_fill(beyond, PAD_ID)

    tgt_out = rows(tgt_lengths)
    tgt_in = torch.cat([torch.full((len(tgt_lengths), 1), BOS_ID), tgt_out[:, :-1]], dim=1)
    src = rows(src_lengths)
    # Links at random; every third target position has none, nor has padding.
    links = torch.rand(len(src), tgt_out.shape[1], src.shape[1], generator=random, dtype=torch.double) > 0.5
    links &= (src != PAD_ID)[:, None] & (tgt_out != PAD_ID)[:, :, None]
    links[:, 2::3] = False
    alignment = links.double() / links.sum(-1, keepdim=True).clamp(min=1)
    return Batch(src, torch.tensor(src_lengths), tgt_in, tgt_out, alignment)


def weights_of(model: Model, batch: Batch) -> Tensor | None:
    return model.trace(batch).weights


@every_variant
def test_step_loop_equals_forward(variant: str) -> None:
    model, batch = make_model(variant), make_batch([5, 3, 1], [4, 6, 2])
    trace, expected = model.trace(batch), model(batch)
    memory = model.encode(batch.src, batch.src_lengths)
    state = model.initial_state(memory)
    oracle = isinstance(model.decoder.attention, OracleAttention)
    for t in range(batch.tgt_in.shape[1]):
        given = trace.weights[:, t] if oracle and trace.weights is not None else None
        logits, state, weights = model.step(batch.tgt_in[:, t], state, memory, given)
        torch.testing.assert_close(logits, expected[:, t])
        if trace.weights is not None:
            torch.testing.assert_close(weights, trace.weights[:, t])
    torch.testing.assert_close(state, trace.final)


@every_variant
def test_weights_are_a_distribution_over_the_real_tokens(variant: str) -> None:
    model, batch = make_model(variant), make_batch([5, 3, 1], [4, 6, 2], padding=2)
    weights = weights_of(model, batch)
    if model.decoder.attention is None:
        assert weights is None
        return
    assert weights is not None
    torch.testing.assert_close(weights.sum(-1), torch.ones(3, 8, dtype=torch.double))
    assert (weights.transpose(1, 2)[batch.src == PAD_ID] == 0).all()


@every_variant
def test_gradients_match_finite_differences(variant: str) -> None:
    model, batch = make_model(variant), make_batch([4, 2], [3, 2])
    generator = torch.Generator().manual_seed(1)
    logits_weighting = torch.randn(2, 3, VOCAB, dtype=torch.double, generator=generator)
    weights_weighting = torch.randn(2, 3, 4, dtype=torch.double, generator=generator)
    guided = isinstance(model.decoder.attention, Attention) and not isinstance(model.decoder.attention, OracleAttention)

    def loss() -> Tensor:
        trace = model.trace(batch)
        total = (model.decoder.logits(trace.readouts) * logits_weighting).sum()
        if guided and trace.weights is not None:  # what guided attention looks at
            total = total + (trace.weights * weights_weighting).sum()
        return total

    loss().backward()
    random = np.random.default_rng(0)
    for name, parameter in model.named_parameters():
        assert parameter.grad is not None, name
        flat, gradient = parameter.data.view(-1), parameter.grad.view(-1)
        for i in random.choice(len(flat), min(3, len(flat)), replace=False).tolist():
            if name.endswith("embedding.weight") and i < parameter.shape[1]:
                continue  # the row of the padding symbol is never trained
            value, epsilon = flat[i].item(), 1e-5
            with torch.no_grad():
                flat[i] = value + epsilon
                above = loss().item()
                flat[i] = value - epsilon
                below = loss().item()
                flat[i] = value
            assert gradient[i].item() == pytest.approx((above - below) / (2 * epsilon), abs=1e-6, rel=1e-5), name


@every_variant
def test_padding_and_neighbours_change_nothing(variant: str) -> None:
    model, batch = make_model(variant), make_batch([5, 3, 1], [4, 6, 2], padding=3)
    together = model(batch)
    for i in range(3):
        source, target = int(batch.src_lengths[i]), int((batch.tgt_out[i] != PAD_ID).sum())
        assert batch.alignment is not None
        alone = Batch(
            batch.src[i : i + 1, :source],
            batch.src_lengths[i : i + 1],
            batch.tgt_in[i : i + 1, :target],
            batch.tgt_out[i : i + 1, :target],
            batch.alignment[i : i + 1, :target, :source],
        )
        torch.testing.assert_close(model(alone)[0], together[i, :target])


def test_oracle_looks_where_the_alignment_says() -> None:
    model, batch = make_model("gru-oracle"), make_batch([5, 3, 1], [4, 6, 2])
    weights = weights_of(model, batch)
    assert weights is not None
    assert batch.alignment is not None
    silent = batch.alignment.sum(-1) == 0
    assert torch.equal(weights[~silent], batch.alignment[~silent])
    ends = functional.one_hot(batch.src_lengths - 1, 5)[:, None].expand(-1, 6, -1)
    assert torch.equal(weights[silent], ends[silent].double())
    contexts = model.trace(batch).contexts
    values = model.encode(batch.src, batch.src_lengths).values
    torch.testing.assert_close(contexts, weights @ values)
    with pytest.raises(ValueError, match="oracle"):
        model(batch._replace(alignment=None))


def test_without_attention_only_the_final_state_counts() -> None:
    """What the decoder writes hangs on the encoder's last state alone: other memories of that state change nothing."""
    model, batch = make_model("gru-none"), make_batch([5, 3, 1], [4, 6, 2])
    memory = model.encode(batch.src, batch.src_lengths)
    state = model.initial_state(memory)
    scrambled = memory._replace(values=torch.randn_like(memory.values), keys=torch.randn_like(memory.keys))
    token = batch.tgt_in[:, 0]
    assert torch.equal(model.step(token, state, memory)[0], model.step(token, state, scrambled)[0])


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("directions", [1, 2])
def test_encoder_agrees_with_torch(cell: str, directions: int) -> None:
    """Our recurrence, with its padding rule, against torch's own over packed sequences."""
    model = make_model(f"{cell}-additive", bidirectional=directions == 2)
    batch = make_batch([5, 3, 1], [2, 2, 2], padding=2)
    layer = cast("Layer", model.encoder.layers[0])
    H = 8 // directions
    rows = {"lstm": [0, 1, 3, 2]}.get(cell, list(range(layer.weight_x.shape[1] // H)))  # torch: i, f, g, o; ours: o, g
    peers = {"rnn": nn.RNN, "gru": nn.GRU, "lstm": nn.LSTM}
    peer = peers[cell](6, H, batch_first=True, bidirectional=directions == 2).double()
    embedding = model.encoder.embedding
    assert embedding is not None
    with torch.no_grad():
        for direction in range(directions):
            suffix = "_reverse" if direction else ""
            names = {"weight_x": "weight_ih", "weight_h": "weight_hh", "bias_x": "bias_ih", "bias_h": "bias_hh"}
            for ours, theirs in names.items():
                parameter = getattr(layer, ours)
                value = torch.zeros(len(rows) * H) if parameter is None else parameter[direction]
                blocks = value.unflatten(0, (len(rows), H))[rows]
                getattr(peer, f"{theirs}_l0{suffix}").copy_(blocks.flatten(0, 1))
        packed = torch.nn.utils.rnn.pack_padded_sequence(embedding(batch.src), batch.src_lengths, batch_first=True)
        expected, _ = torch.nn.utils.rnn.pad_packed_sequence(peer(packed)[0], batch_first=True)
        memory = model.encode(batch.src, batch.src_lengths)
    for i, length in enumerate(batch.src_lengths.tolist()):
        torch.testing.assert_close(memory.values[i, :length], expected[i, :length])
        final = torch.cat([expected[i, length - 1, :H], expected[i, 0, H:]])
        torch.testing.assert_close(memory.final[i], final)


def look_once(attention: Attention) -> tuple[Memory, Tensor, Look]:
    torch.manual_seed(1)
    for parameter in attention.parameters():
        nn.init.normal_(parameter)
    values, state = torch.randn(1, 3, 6, dtype=torch.double), torch.randn(1, 6, dtype=torch.double)
    memory = Memory(values, attention.keys(values), torch.ones(1, 3, dtype=torch.bool), values[:, 0])
    return memory, state, attention.looker(memory)(state, None)


def test_additive_attention_is_the_equations() -> None:
    """e_j = v·tanh(W s + U h_j), α = softmax(e), c = Σ α h, transcribed into NumPy."""
    attention = AdditiveAttention(ModelConfig(hidden_size=6, attention_size=5)).double()
    memory, state, look = look_once(attention)

    W, U, v = (
        attention.query.weight.detach().numpy(),
        attention.key.weight.detach().numpy(),
        attention.v.detach().numpy(),
    )
    b, h, s = attention.key.bias.detach().numpy(), memory.values[0].numpy(), state[0].numpy()
    e = np.array([v @ np.tanh(W @ s + U @ h_j + b) for h_j in h])
    alpha = np.exp(e) / np.exp(e).sum()
    c = sum(a * h_j for a, h_j in zip(alpha, h, strict=True))
    np.testing.assert_allclose(look.energy[0].detach().numpy(), e, atol=1e-12)
    np.testing.assert_allclose(look.weights[0].detach().numpy(), alpha, atol=1e-12)
    np.testing.assert_allclose(look.context[0].detach().numpy(), c, atol=1e-12)


def test_dot_and_general_attention_are_their_equations() -> None:
    memory, state, look = look_once(DotAttention())
    np.testing.assert_allclose(look.energy[0].numpy(), memory.values[0].numpy() @ state[0].numpy(), atol=1e-12)
    general = GeneralAttention(ModelConfig(hidden_size=6)).double()
    memory, state, look = look_once(general)
    W = general.key.weight.detach().numpy()
    expected = [state[0].numpy() @ W @ h_j for h_j in memory.values[0].numpy()]
    np.testing.assert_allclose(look.energy[0].detach().numpy(), expected, atol=1e-12)


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
    shared = chain(SharedLinear(weight), SharedEnergy(keys, v), SharedSum(values))
    torch.testing.assert_close(shared, plain)
    for ours, theirs in zip(torch.autograd.grad(shared, inputs), torch.autograd.grad(plain, inputs), strict=True):
        torch.testing.assert_close(ours, theirs)


@pytest.mark.parametrize("cell", [SharedRNN, SharedGRU, SharedLSTM])
@pytest.mark.parametrize("kept", [None, [[1.0], [0.0]]])
@pytest.mark.parametrize("extras", [(), ("gain",), ("mask",), ("gain", "mask")])
def test_cell_gradients(cell: type[SharedCell], kept: list[list[float]] | None, extras: tuple[str, ...]) -> None:
    torch.manual_seed(2)
    G, H = {SharedRNN: 1, SharedGRU: 3, SharedLSTM: 4}[cell], 3
    shapes = [(2, G * H), (2, cell.STATES * H), (G * H, H), (G * H,), (G * H,)]
    inputs = [torch.randn(*shape, dtype=torch.double, requires_grad=True) for shape in shapes]
    keep = None if kept is None else torch.tensor(kept, dtype=torch.double)
    mask = torch.tensor([[2.0, 0.0, 2.0], [0.0, 2.0, 2.0]], dtype=torch.double) if "mask" in extras else None

    def two_steps(gates: Tensor, state: Tensor, weight: Tensor, bias: Tensor, gain: Tensor) -> Tensor:
        step = cell(weight, bias, gain if "gain" in extras else None, mask)
        return step(gates, step(gates, state, keep), keep)

    assert torch.autograd.gradcheck(two_steps, inputs if "gain" in extras else [*inputs[:4], inputs[4].detach()])
    if keep is not None:
        gates, state, weight, bias, _ = inputs
        assert torch.equal(cell(weight, bias)(gates, state, keep)[1], state[1])


def test_integer_matrices_multiply_row_by_row() -> None:
    torch.manual_seed(1)
    weight, bias = torch.randn(30, 50), torch.randn(30)
    x = torch.cat([torch.randn(2, 6, 50), 1000 * torch.randn(2, 1, 50), torch.zeros(2, 1, 50)], dim=1)
    matrix, exact = Int8Matrix(weight), functional.linear(x, weight, bias)
    product = matrix.product(x, bias)
    # Each number is rounded by half a step at most: a 127th of its row's largest, and a 63rd of the weights'.
    steps = x.abs().amax(-1, keepdim=True) / 127, weight.abs().amax(1) / 63
    bound = 0.5 * (steps[0] * weight.abs().sum(1) + x.abs().sum(-1, keepdim=True) * steps[1])
    assert ((product - exact).abs() <= 1.02 * bound + 1e-5).all()
    assert (product - exact).abs().max() > 1e-3
    for row in range(2):
        assert torch.equal(matrix.product(x[row, :1]), matrix.product(x)[row, :1])
    largest = Int8Matrix(torch.ones(4, 512)).product(torch.ones(20, 512))  # a sum that 16 bits do not hold
    torch.testing.assert_close(largest, torch.full((20, 4), 512.0))
    linear = nn.Linear(50, 30)
    del linear.weight
    linear.weight = matrix  # type: ignore[assignment]
    assert torch.equal(linear(x), matrix.product(x, linear.bias))


@pytest.mark.parametrize("variant", [name for name in VARIANTS if "oracle" not in name])
def test_quantized_steps_are_close(variant: str) -> None:
    model, batch = make_model(variant).float(), make_batch([5, 3, 1], [4, 6, 2])
    memory = model.prepared(model.encode(batch.src, batch.src_lengths))
    state, tokens = model.initial_state(memory), batch.tgt_in[:, 0]
    exact, close = (each.step(tokens, state, memory)[0] for each in (model, model.quantized()))
    assert not torch.equal(exact, close)
    torch.testing.assert_close(close, exact, atol=0.1, rtol=0.1)


def test_normalized_gates_are_layer_normalization() -> None:
    torch.manual_seed(2)
    x, h = torch.randn(2, 4, dtype=torch.double), torch.randn(2, 4, dtype=torch.double)
    U, gain, b = torch.randn(4, 4).double(), torch.randn(4).double(), torch.randn(4).double()
    expected = torch.tanh(x + functional.layer_norm(h @ U.t(), (4,), gain, b))
    torch.testing.assert_close(SharedRNN(U, b, gain)(x, h), expected)


@pytest.mark.parametrize("share", [0.001, 0.15, 0.5, 0.999])
def test_dropout_drops_its_share_each_number_by_itself(share: float) -> None:
    torch.manual_seed(3)
    dropped = Dropout(ModelConfig(dropout=share))(torch.ones(1000, 1, 1001))
    gone = dropped == 0
    assert gone.double().mean().item() == pytest.approx(share, abs=4 * (share * (1 - share) / 1e6) ** 0.5 + 2**-16)
    torch.testing.assert_close(dropped[~gone], torch.full_like(dropped[~gone], 1 / (1 - share)))
    for distance in (1, 2, 3, 4, 1001):
        both = (gone.flatten()[distance:] & gone.flatten()[:-distance]).double().mean().item()
        assert both == pytest.approx(share**2, abs=4e-3 * share + 1e-5)


def test_variational_dropout_is_the_same_at_every_position() -> None:
    config = ModelConfig(dropout=0.5, variational_dropout=True)
    torch.manual_seed(1)
    varied, fixed = Dropout(ModelConfig(dropout=0.5)), Dropout(config)
    x = torch.ones(3, 7, 20)
    assert not (varied(x) == varied(x)[:, :1]).all()
    dropped = fixed(x)
    assert (dropped == dropped[:, :1]).all()
    assert not (dropped == dropped[:1]).all()
    assert dropped.mean().item() == pytest.approx(1, abs=0.4)
    assert fixed.recurrent(torch.ones(2, 5)) is not None
    fixed.eval()
    assert torch.equal(fixed(x), x)
    assert fixed.recurrent(torch.ones(2, 5)) is None
    model = make_model(dropout=0.5, variational_dropout=True)
    model.train()(make_batch([4, 2], [3, 2])).sum().backward()
    assert all(parameter.grad is not None for parameter in model.parameters())


@every_variant
def test_bfloat16_has_no_nan_for_one_token_sources(variant: str) -> None:
    model, batch = make_model(variant).float(), make_batch([1, 1], [3, 2], padding=3)
    with torch.autocast("cpu", torch.bfloat16):
        trace = model.trace(batch)
        logits = model.decoder.logits(trace.readouts)
    logits.float().sum().backward()
    assert logits.isfinite().all()
    assert all(p.grad is not None and p.grad.isfinite().all() for p in model.parameters())
    if trace.weights is not None:
        assert trace.weights.dtype == torch.float32
        torch.testing.assert_close(trace.weights.sum(-1), torch.ones(2, 6))


@every_variant
def test_parameter_count_is_the_formula(variant: str) -> None:
    config = ModelConfig.model_validate({"emb_size": 6, "hidden_size": 8, "attention_size": 5, **VARIANTS[variant]})
    E, H, A, V = config.emb_size, config.hidden_size, config.attention_size, VOCAB
    G, N = {"rnn": 1, "gru": 3, "lstm": 4}[config.cell], 2 if config.cell == "lstm" else 1
    biases = (2 if config.cell == "gru" else 1) + (2 if config.layer_norm else 0)

    def cell(x: int, h: int) -> int:
        return G * h * (x + h + biases)

    directions = 2 if config.bidirectional else 1
    encoder = directions * cell(E, H // directions)
    encoder += (config.encoder_layers - 1) * directions * cell(H, H // directions)
    encoder += E * H if config.source_shortcut else 0
    L = config.decoder_layers
    decoder = cell(E, H) + (L - 1) * cell(H, H) + (H + 1) * L * N * H  # with the bridge
    attention = {"additive": 2 * H * A + 2 * A, "general": H * H}.get(config.attention, 0)
    context = {"simple": G * H * H, "conditional": cell(H, H)}[config.decoder] + E * H
    readout = E * H + E + E * E + V
    tables = (1 if config.joint_embedding else 2) * V * E
    expected = tables + encoder + decoder + attention + readout + (0 if config.attention == "none" else context)
    assert make_model(variant).parameter_count() == expected


@pytest.mark.parametrize("emb_size", [64, 512])
def test_the_first_states_tell_words_apart(emb_size: int) -> None:
    """Whatever the size of the vectors, the input's share of the gates is neither nothing nor all."""
    torch.manual_seed(3)
    model = Model(ModelConfig(emb_size=emb_size, hidden_size=128), 200, 200)
    for cell, embedding in (
        (cast("Layer", model.encoder.layers[0]), cast("nn.Embedding", model.encoder.embedding)),
        (model.decoder.word_cell, model.decoder.embedding),
    ):
        gates = functional.linear(embedding.weight, cell.weight_x.flatten(0, -2))
        assert 0.4 < gates.std(dim=0).mean() < 1.6


def test_first_expectations_are_the_frequencies() -> None:
    model, batch = make_model(), make_batch([5, 3], [4, 6])
    counts = torch.randint(0, 1000, (VOCAB,), generator=torch.Generator().manual_seed(7))
    counts[[0, 5]] = 0
    model.decoder.expect(counts)
    nn.init.zeros_(model.decoder.embedding.weight)  # nothing but the bias speaks
    frequencies = counts.clamp(min=1) / counts.clamp(min=1).sum()
    torch.testing.assert_close(model(batch).softmax(-1), frequencies.double().expand(2, 6, -1), rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("attention", ["additive", "none"])
def test_reversal_at_length_30_takes_attention(attention: str) -> None:
    """What attention was invented for: one vector does not hold 30 words in their order; looking back does."""
    torch.manual_seed(1)
    sizes = {"emb_size": 32, "hidden_size": 64, "attention_size": 32, "dropout": 0.0}
    model = Model(ModelConfig.model_validate({"attention": attention, "decoder": "simple", **sizes}), 14, 14)
    optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
    random = torch.Generator().manual_seed(2)

    def reversal(length: int) -> Batch:
        words, end = torch.randint(4, 14, (32, length), generator=random), torch.full((32, 1), EOS_ID)
        tgt_in = torch.cat([torch.full((32, 1), BOS_ID), words.flip(1)], dim=1)
        return Batch(
            torch.cat([words, end], 1), torch.full((32,), length + 1), tgt_in, torch.cat([words.flip(1), end], 1)
        )

    for step in range(450):
        batch = reversal((10, 20, 30)[step % 3])
        functional.cross_entropy(model(batch).transpose(1, 2), batch.tgt_out).backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad()
    unseen = reversal(30)
    right = (model(unseen).argmax(-1) == unseen.tgt_out).float().mean().item()
    assert right > 0.98 if attention == "additive" else right < 0.6
