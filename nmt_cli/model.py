"""The translator: an encoder reads the sentence, attention looks back at it, a decoder writes the translation.

All of the mathematics, and nothing else: no text, no files, no training. The equations are those of Bahdanau, Cho and
Bengio (ICLR 2015); j runs over source positions, t over target positions:

    h_j    = encoder state of source token j               memory.values   (B, S, D)
    e_jt   = v·tanh(W s_{t-1} + U h_j)                     energy          (B, S)    U h_j is memory.keys
    α_jt   = softmax over j of e_jt                        weights         (B, S)
    c_t    = Σ_j α_jt h_j                                  context         (B, D)
    s_t    = GRU(s_{t-1}, [embedding(y_{t-1}); c_t])       state           (B, H)
    p(y_t) = softmax(W_o · readout(s_t, c_t, embedding(y_{t-1})))          logits (B, V)

Every variant is a class or a line here: other cells than the GRU, other energies, weights that are given instead of
computed (`OracleAttention`), and no attention at all (`VanillaDecoder`), which is what attention was invented against.

Shapes: B batch, S source length, T target length, E embedding, H hidden, A attention, D memory, V vocabulary,
G·H the gates of a cell, N the decoder's state: the numbers of all its layers.
"""

import copy
import itertools
from collections.abc import Callable, Iterable
from functools import cache
from types import ModuleType
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from nmt_cli.config import ModelConfig
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
from nmt_cli.vocab import PAD_ID


class Memory(NamedTuple):
    """What the encoder leaves for the decoder."""

    values: Tensor  # (B, S, D) one state a source token
    keys: Tensor  # (B, S, A) U h_j: the part of the energy that no target position changes
    mask: Tensor  # (B, S) True at real tokens
    final: Tensor  # (B, D) the last state of each direction
    products: Tensor | None = None  # (B, S, G·H + E) h_j times all that reads the context; see `Model.prepared`

    def select(self, rows: Tensor) -> "Memory":
        """The memory of these sentences, in this order, each as often as it is named. rows: (N,) indices."""
        return Memory(*(None if part is None else part.index_select(0, rows) for part in self))  # type: ignore[arg-type]


class Batch(NamedTuple):
    """Sentence pairs as padded ids: what the model learns from."""

    src: Tensor  # (B, S)
    src_lengths: Tensor  # (B,)
    tgt_in: Tensor  # (B, T) begins with BOS_ID
    tgt_out: Tensor  # (B, T) the same shifted by one; ends with EOS_ID, then PAD_ID
    alignment: Tensor | None = None  # (B, T, S) where a word alignment looks: rows sum to 1, or to 0 where it is silent

    def to(self, device: torch.device) -> "Batch":
        """The same batch on a device."""
        src, src_lengths, tgt_in, tgt_out = (part.to(device, non_blocking=True) for part in self[:4])
        alignment = None if self.alignment is None else self.alignment.to(device, non_blocking=True)
        return Batch(src, src_lengths, tgt_in, tgt_out, alignment)

    def tokens(self) -> int:
        """How many target tokens there are to learn from."""
        return int(torch.count_nonzero(self.tgt_out))  # PAD_ID is 0


class Look(NamedTuple):
    """One glance at the source."""

    context: Tensor  # (B, D) c_t
    weights: Tensor  # (B, S) α_t
    energy: Tensor  # (B, S) e_t; of given weights, their logarithm


class Trace(NamedTuple):
    """All that happens while a translation is written, step by step; the last three are None without attention."""

    readouts: Tensor  # (B, T, E) what the output layer makes logits of
    states: Tensor  # (B, T, H) s_t, of the topmost layer
    final: Tensor  # (B, N) the state after the last word
    contexts: Tensor | None  # (B, T, D)
    weights: Tensor | None  # (B, T, S)
    energies: Tensor | None  # (B, T, S)


@cache
def _kernels() -> ModuleType | None:
    """What a GPU does a step with in one kernel, where Triton is at hand."""
    try:
        from nmt_cli import kernels
    except ImportError:
        return None
    return kernels


CELLS: dict[str, tuple[type[SharedCell], int]] = {"rnn": (SharedRNN, 1), "gru": (SharedGRU, 3), "lstm": (SharedLSTM, 4)}
"""Each cell's step, and how many gates of H numbers it computes, its candidate among them."""

LONGEST_MEMORY = 16
"""Steps after which the units of a new GRU that remember longest have forgotten most of what they knew."""


class Dropout(nn.Module):
    """Zeroes a share of the numbers in training (Srivastava et al. 2014); on request the same ones at every position
    (Gal and Ghahramani 2016).
    """

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.share, self.variational = config.dropout, config.variational_dropout

    def forward(self, x: Tensor) -> Tensor:
        """x: (B, T, any) → the same shape."""
        if not (self.training and self.share):
            return x
        if x.is_cuda and not self.variational:
            return functional.dropout(x, self.share)
        return x * self._mask(x[:, :1] if self.variational else x)

    def recurrent(self, state: Tensor) -> Tensor | None:
        """What to multiply the recurrent state (…, B, H) with at every step; None: nothing is dropped."""
        return self._mask(state) if self.variational and self.training and self.share else None

    def _mask(self, like: Tensor) -> Tensor:
        """What to multiply numbers of this shape with: zero, or what makes up for those that are dropped."""
        if like.is_cuda:
            return functional.dropout(torch.ones_like(like), self.share)
        # 16 random bits decide, from every 64 that are drawn four times: as many as numbers take three times as long.
        drawn = torch.empty(-(-like.numel() // 4), dtype=torch.int64).random_(-(2**63), None).view(torch.int16)
        kept = drawn[: like.numel()].view(like.shape) >= int(self.share * 2**16) - 2**15
        return kept.to(like.dtype).mul_(1 / (1 - self.share))


class Embedding(nn.Embedding):
    """Word vectors; in training a share of the words is left out, its vectors zero (Sennrich et al. 2016)."""

    def __init__(self, config: ModelConfig, vocab_size: int) -> None:
        super().__init__(vocab_size, config.emb_size, padding_idx=PAD_ID)
        self.dropout = config.word_dropout

    def forward(self, tokens: Tensor) -> Tensor:
        """tokens: (B, T) → (B, T, E)."""
        embedded = super().forward(tokens)
        if not (self.training and self.dropout):
            return embedded
        return embedded * (torch.rand(*tokens.shape, 1, device=tokens.device) >= self.dropout)


class Cell(nn.Module):
    """A recurrent cell, its two matrix products kept apart from its recurrence.

    Args:
        config: its kind, normalisation and dropout
        input_size: numbers that it reads a step
        hidden_size: H
        directions: several cells side by side, all of them stepping together; none: a single one without that dimension
    """

    def __init__(self, config: ModelConfig, input_size: int, hidden_size: int, *directions: int) -> None:
        super().__init__()
        self.step, gates = CELLS[config.cell]
        self.hidden_size, self.state_size = hidden_size, self.step.STATES * hidden_size
        size = gates * hidden_size
        self.weight_x = nn.Parameter(torch.empty(*directions, size, input_size))
        self.weight_h = nn.Parameter(torch.empty(*directions, size, hidden_size))
        self.bias_x = nn.Parameter(torch.zeros(*directions, size))
        # Only the GRU multiplies the state's share with a gate: elsewhere one bias does what two would.
        self.bias_h = nn.Parameter(torch.zeros(*directions, size)) if config.cell == "gru" else None
        self.gain_x = nn.Parameter(torch.ones(*directions, size)) if config.layer_norm else None
        self.gain_h = nn.Parameter(torch.ones(*directions, size)) if config.layer_norm else None
        self.quantized_h: Int8Matrix | None = None  # see `Model.quantized`
        self.dropout = Dropout(config)

    def gates(self, x: Tensor) -> Tensor:
        """The input's share of the gates, for all positions in one product. x: (…, input) → (…, G·H)."""
        return self.normalized(functional.linear(x, self.weight_x))

    def normalized(self, product: Tensor) -> Tensor:
        """The input's share of the gates from W x (…, G·H)."""
        product = product.to(self.bias_x.dtype)
        if self.gain_x is not None:
            product = functional.layer_norm(product, product.shape[-1:]) * self.gain_x
        return product + self.bias_x

    def recurrence(self, state: Tensor) -> SharedCell:
        """The step: gates (B, G·H), state (B, state_size), keep (B, 1) or None → next state.

        Args:
            state: (B, state_size) the first one
        """
        mask = self.dropout.recurrent(state[..., : self.hidden_size])
        if state.is_cuda and self.step is SharedGRU and self.gain_h is None and (kernels := _kernels()):
            fused: SharedCell = kernels.FusedGRU(self.weight_h, self.bias_h, None, mask)
            return fused
        return self.step(self.weight_h, self.bias_h, self.gain_h, mask, self.quantized_h)


class Layer(Cell):
    """Cells that read a whole sequence: one from its beginning and, with two directions, one from its end."""

    def __init__(self, config: ModelConfig, input_size: int, hidden_size: int, directions: int) -> None:
        super().__init__(config, input_size, hidden_size, directions)
        self.directions = directions

    def forward(self, x: Tensor, keep: Tensor | None, state: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Read x (B, T, input) from an initial state (directions, B, state_size), zero if there is none.

        Args:
            x: the sequences
            keep: (B, T, 1) 1 at real tokens: padding leaves a state as it is, so it changes nothing; None: no padding
            state: the state before the first token

        Returns:
            the outputs of all directions (B, T, directions·H), and the last states (directions, B, state_size)
        """
        products = functional.linear(x, self.weight_x.flatten(0, 1)).unflatten(-1, (self.directions, -1))
        gates = self._turn(self.normalized(products))
        keeps: Iterable[Tensor | None] = itertools.repeat(None)
        if keep is not None:
            keeps = self._turn(keep[:, :, None].expand(-1, -1, self.directions, -1)).unbind(2)
        if state is None:
            state = x.new_zeros(self.directions, x.shape[0], self.state_size)
        step = self.recurrence(state)
        states = [state := step(gate, state, kept) for gate, kept in zip(gates.unbind(2), keeps, strict=False)]
        ahead, *back = torch.stack(states, dim=2)[..., : self.hidden_size].unbind()  # (B, T, H) each
        return torch.cat([ahead, *(each.flip(1) for each in back)], dim=-1), state

    def _turn(self, x: Tensor) -> Tensor:
        """(B, T, directions, any) → (directions, B, T, any), the second direction's last position first."""
        ahead, *back = x.unbind(2)
        return torch.stack([ahead, *(each.flip(1) for each in back)])


class Encoder(nn.Module):
    """Embeds the source tokens and reads them, layer upon layer with residual connections (He et al. 2016)."""

    def __init__(self, config: ModelConfig, vocab_size: int) -> None:
        super().__init__()
        self.embedding = None if config.joint_embedding else Embedding(config, vocab_size)
        self.told = nn.Linear(config.emb_size, config.emb_size) if config.told else None
        directions = 2 if config.bidirectional else 1
        sizes = [config.emb_size] + [config.hidden_size] * (config.encoder_layers - 1)
        self.layers = nn.ModuleList(Layer(config, size, config.hidden_size // directions, directions) for size in sizes)
        self.shortcut = nn.Linear(config.emb_size, config.hidden_size, bias=False) if config.source_shortcut else None
        self.dropout = Dropout(config)

    def forward(self, embedded: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """embedded: (B, S, E), mask: (B, S) → the states h (B, S, D) and the last state of each direction (B, D)."""
        x = self.dropout(embedded)
        keep = mask.to(x.dtype)[:, :, None]
        words = None if self.shortcut is None else self.shortcut(x)
        for depth, layer in enumerate(self.layers):
            states, last = layer(x, keep)
            x = x + self.dropout(states) if depth else self.dropout(states)
        if words is not None:
            x = x + words
        return x, torch.cat(last[..., : layer.hidden_size].unbind(), dim=-1)


class Attention(nn.Module):
    """What all kinds of attention share: energies become weights, weights a context."""

    def keys(self, values: Tensor) -> Tensor:
        """The part of the energies that no target position changes. values: (B, S, D) → (B, S, any)."""
        return values

    def energies(self, memory: Memory) -> Callable[[Tensor], Tensor]:
        """The function of one step: query (B, H) → e_t (B, S)."""
        raise NotImplementedError

    def beam_energies(self, query: Tensor, memory: Memory) -> Tensor:
        """e_t of K hypotheses a sentence, for search: query (B, K, H) → (B, K, S)."""
        return query @ memory.keys.mT

    def beam_look(self, query: Tensor, memory: Memory) -> Look:
        """One glance of K hypotheses a sentence, in consecutive rows, at a prepared memory.

        Args:
            query: (B·K, H)
            memory: of B sentences; see `Model.prepared`

        Returns:
            B·K rows; the context is its products (B·K, G·H + E)
        """
        assert memory.products is not None
        energy = self.beam_energies(query.unflatten(0, (len(memory.mask), -1)), memory)
        weights = energy.masked_fill(~memory.mask[:, None], -torch.inf).softmax(dim=-1)
        return Look(*(part.flatten(0, 1) for part in (weights @ memory.products, weights, energy)))

    def looker(self, memory: Memory) -> Callable[[Tensor, Tensor | None], Look]:
        """The function of one step: query (B, H), and for the oracle the weights (B, S) → context and weights."""
        if memory.products is not None:
            return lambda query, _: self.beam_look(query, memory)
        energies, contexts = self.energies(memory), SharedSum(memory.values)
        padding = ~memory.mask

        def look(query: Tensor, _: Tensor | None) -> Look:
            energy = energies(query)  # e_jt
            weights = energy.masked_fill(padding, -torch.inf).softmax(dim=-1)  # α_jt
            return Look(contexts(weights), weights, energy)  # c_t = Σ_j α_jt h_j

        return look


class AdditiveAttention(Attention):
    """e_jt = v·tanh(W s_{t-1} + U h_j): a small network scores every position (Bahdanau et al. 2015)."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.query = nn.Linear(config.hidden_size, config.attention_size, bias=False)  # W
        self.key = nn.Linear(config.hidden_size, config.attention_size)  # U
        self.v = nn.Parameter(torch.empty(config.attention_size))

    def keys(self, values: Tensor) -> Tensor:
        """U h_j (B, S, A)."""
        keys: Tensor = self.key(values)
        return keys

    def energies(self, memory: Memory) -> Callable[[Tensor], Tensor]:
        """See `Attention.energies`."""
        kind = SharedEnergy
        if memory.keys.is_cuda and (kernels := _kernels()):
            kind = kernels.FusedEnergy
        project, score = SharedLinear(self.query.weight), kind(memory.keys, self.v)
        return lambda query: score(project(query))

    def beam_energies(self, query: Tensor, memory: Memory) -> Tensor:
        """See `Attention.beam_energies`; tanh as in `SharedEnergy`."""
        doubled = 2 * self.query(query)[:, :, None] + (2 * memory.keys)[:, None]  # (B, K, S, A)
        energies: Tensor = 2 * (doubled.sigmoid_() @ self.v) - self.v.sum()
        return energies


class DotAttention(Attention):
    """e_jt = s_{t-1}·h_j: nothing to learn (Luong et al. 2015, with Bahdanau's query)."""

    def energies(self, memory: Memory) -> Callable[[Tensor], Tensor]:
        """See `Attention.energies`."""
        return SharedSum(memory.keys.mT)


class GeneralAttention(DotAttention):
    """e_jt = s_{t-1}·W h_j: a matrix between the two (Luong et al. 2015)."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.key = nn.Linear(config.hidden_size, config.hidden_size, bias=False)  # W

    def keys(self, values: Tensor) -> Tensor:
        """W h_j (B, S, H)."""
        keys: Tensor = self.key(values)
        return keys


class OracleAttention(Attention):
    """α_jt is given: somebody who knows the translation says where to look."""

    def looker(self, memory: Memory) -> Callable[[Tensor, Tensor | None], Look]:
        """See `Attention.looker`."""
        contexts = SharedSum(memory.values)

        def look(_: Tensor, given: Tensor | None) -> Look:
            if given is None:
                raise ValueError("attention is oracle: the weights of every step have to be given")
            return Look(contexts(given), given, given.log())

        return look


def _attention(config: ModelConfig) -> Attention | None:
    if config.attention == "additive":
        return AdditiveAttention(config)
    if config.attention == "general":
        return GeneralAttention(config)
    return {"none": None, "dot": DotAttention(), "oracle": OracleAttention()}[config.attention]


Advance = Callable[[Tensor, Tensor, Tensor | None], tuple[Tensor, Look | None]]


class Decoder(nn.Module):
    """Writes the translation token by token, looking at the memory before each."""

    def __init__(self, config: ModelConfig, vocab_size: int) -> None:
        super().__init__()
        emb_size, hidden_size = config.emb_size, config.hidden_size
        self.embedding = Embedding(config, vocab_size)
        self.attention = _attention(config)
        self.word_cell = Cell(config, emb_size, hidden_size)
        self.upper_layers = nn.ModuleList(
            Layer(config, hidden_size, hidden_size, 1) for _ in range(config.decoder_layers - 1)
        )
        self.bridge = nn.Linear(hidden_size, config.decoder_layers * self.word_cell.state_size)
        self.readout_state = nn.Linear(hidden_size, emb_size)
        self.readout_context = None if self.attention is None else nn.Linear(hidden_size, emb_size, bias=False)
        self.readout_word = nn.Linear(emb_size, emb_size, bias=False)
        self.output_bias = nn.Parameter(torch.zeros(vocab_size))
        self.quantized_output: Int8Matrix | None = None  # see `Model.quantized`
        self.dropout = Dropout(config)

    def initial_state(self, memory: Memory) -> Tensor:
        """s_0 (B, N), all layers', from the encoder's final states."""
        return torch.tanh(self.bridge(memory.final)).to(memory.final.dtype)

    def recurrence(self, memory: Memory, state: Tensor) -> Advance:
        """The function of one step t: the gates' share of y_{t-1} (B, G·H), s_{t-1}, and for the oracle α_t → s_t, c_t.

        Args:
            memory: what the encoder left
            state: (B, state_size) s_0, of the first layer
        """
        raise NotImplementedError

    @property
    def context_weight(self) -> Tensor:
        """(G·H, D) what the recurrence multiplies the context with."""
        raise NotImplementedError

    def context_product(self, memory: Memory) -> Callable[[Tensor], Tensor]:
        """The function from a context to its product (B, G·H) with `context_weight`, which a prepared memory has."""
        if memory.products is None:
            return SharedLinear(self.context_weight)
        size = len(self.context_weight)
        return lambda products: products[..., :size]

    def products(self, memory: Memory) -> Tensor | None:
        """(B, S, G·H + E) the products of every h_j with all that reads the context; None without attention."""
        if self.readout_context is None:
            return None
        return functional.linear(memory.values, torch.cat([self.context_weight, self.readout_context.weight]))

    def forward(self, tokens: Tensor, state: Tensor, memory: Memory, alignment: Tensor | None = None) -> Trace:
        """Read the words y_{t-1} one after the other, predicting the one after each.

        Args:
            tokens: (B, T) ids
            state: (B, N) before the first of them
            memory: what the encoder left
            alignment: (B, T, S) the oracle's weights
        """
        embedded = self.dropout(self.embedding(tokens))
        first, *upper = state.split(self.word_cell.state_size, dim=-1)
        advance = self.recurrence(memory, first)
        given = itertools.repeat(None) if alignment is None else alignment.unbind(1)
        states, looks = [], []
        for gates, weights in zip(self.word_cell.gates(embedded).unbind(1), given, strict=False):
            first, look = advance(gates, first, weights)
            states.append(first)
            looks.append(look)
        x = torch.stack(states, dim=1)[..., : self.word_cell.hidden_size]
        final = [first]
        for layer, before in zip(self.upper_layers, upper, strict=True):
            outputs, last = layer(self.dropout(x), None, before[None])
            x = x + outputs
            final.append(last[0])
        contexts, weights, energies = (
            [torch.stack(parts, dim=1) for parts in zip(*looks, strict=True)] if self.attention else [None] * 3
        )
        read = None if contexts is None else self.context_readout(contexts, memory)
        return Trace(self.readout(x, read, embedded), x, torch.cat(final, dim=-1), contexts, weights, energies)

    def context_readout(self, contexts: Tensor, memory: Memory) -> Tensor:
        """The contexts' share of the readout (B, T, E), which a prepared memory has in place of the contexts."""
        assert self.readout_context is not None
        if memory.products is not None:
            return contexts[..., len(self.context_weight) :]
        read: Tensor = self.readout_context(contexts)
        return read

    def readout(self, states: Tensor, read: Tensor | None, embedded: Tensor) -> Tensor:
        """What is known of the next words (B, T, E), from the states (B, T, H), the contexts' share and the previous
        words (B, T, E both).
        """
        summed = self.readout_state(states) + self.readout_word(embedded)
        if read is not None:
            summed = summed + read
        read_out: Tensor = self.dropout(torch.tanh(summed))
        return read_out

    def expect(self, counts: Tensor) -> None:
        """Begin with the words' frequencies, which the first hundred updates would learn else while attention waits.

        Args:
            counts: (V,) how often each piece is written in the text to learn from; never counts as once
        """
        counts = counts.clamp(min=1)
        with torch.no_grad():
            self.output_bias.copy_((counts / counts.sum()).log())

    def logits(self, readouts: Tensor) -> Tensor:
        """The output layer, (…, E) → (…, V). Its rows are the target embeddings (Press & Wolf 2017)."""
        if self.quantized_output is not None:
            return self.quantized_output.product(readouts, self.output_bias)
        return functional.linear(readouts, self.embedding.weight, self.output_bias)


class VanillaDecoder(Decoder):
    """No attention (Sutskever et al. 2014): all that is known of the source is s_0, the sentence in one vector."""

    def recurrence(self, memory: Memory, state: Tensor) -> Advance:
        """See `Decoder.recurrence`."""
        read = self.word_cell.recurrence(state)
        return lambda gates, state, _: (read(gates, state), None)


class SimpleDecoder(Decoder):
    """Bahdanau's order: the previous state is the query, one cell takes the previous word and the context."""

    def __init__(self, config: ModelConfig, vocab_size: int) -> None:
        super().__init__(config, vocab_size)
        # Two summed products are the product with the concatenation [embedding(y_{t-1}); c_t].
        self.context_gates = nn.Linear(config.hidden_size, self.word_cell.weight_x.shape[0], bias=False)

    @property
    def context_weight(self) -> Tensor:
        """See `Decoder.context_weight`."""
        return self.context_gates.weight

    def recurrence(self, memory: Memory, state: Tensor) -> Advance:
        """See `Decoder.recurrence`."""
        assert self.attention is not None
        look, read = self.attention.looker(memory), self.word_cell.recurrence(state)
        gates_of_context = self.context_product(memory)
        size = self.word_cell.hidden_size

        def advance(gates: Tensor, state: Tensor, given: Tensor | None) -> tuple[Tensor, Look | None]:
            seen = look(state[..., :size], given)  # c_t, from s_{t-1}
            return read(gates + gates_of_context(seen.context), state), seen

        return advance


class ConditionalDecoder(Decoder):
    """Nematus' cGRU (Sennrich et al. 2017): a first cell takes the previous word and makes the query, a second takes
    the context.
    """

    def __init__(self, config: ModelConfig, vocab_size: int) -> None:
        super().__init__(config, vocab_size)
        self.context_cell = Cell(config, config.hidden_size, config.hidden_size)

    @property
    def context_weight(self) -> Tensor:
        """See `Decoder.context_weight`."""
        return self.context_cell.weight_x

    def recurrence(self, memory: Memory, state: Tensor) -> Advance:
        """See `Decoder.recurrence`."""
        assert self.attention is not None
        look, read_word = self.attention.looker(memory), self.word_cell.recurrence(state)
        product, read_context = self.context_product(memory), self.context_cell.recurrence(state)
        size = self.word_cell.hidden_size

        def advance(gates: Tensor, state: Tensor, given: Tensor | None) -> tuple[Tensor, Look | None]:
            middle = read_word(gates, state)
            seen = look(middle[..., :size], given)
            return read_context(self.context_cell.normalized(product(seen.context)), middle), seen

        return advance


DECODERS = {"simple": SimpleDecoder, "conditional": ConditionalDecoder}


class Model(nn.Module):
    """The encoder-attention-decoder.

    Args:
        config: sizes and variants
        src_vocab_size, tgt_vocab_size: number of pieces a side, special symbols included
        initialize: whether to draw its first weights; not for one whose weights are loaded, which then starts sooner
    """

    def __init__(
        self, config: ModelConfig, src_vocab_size: int, tgt_vocab_size: int, *, initialize: bool = True
    ) -> None:
        super().__init__()
        self.encoder = Encoder(config, src_vocab_size)
        decoder = VanillaDecoder if config.attention == "none" else DECODERS[config.decoder]
        self.decoder: Decoder = decoder(config, tgt_vocab_size)
        if initialize:
            self.apply(_initialize)
            # A word's vector has norm one: without this, the states hardly say at first which words were read.
            for reader in (self.encoder.layers[0], self.decoder.word_cell):
                reader.weight_x.data *= config.emb_size**0.5

    def encode(self, src: Tensor, src_lengths: Tensor) -> Memory:
        """Read the source. src: (B, S) ids, padded; src_lengths: (B,) real tokens, at least one each."""
        mask = torch.arange(src.shape[1], device=src.device) < src_lengths[:, None]
        values, final = self.encoder(self._embedded(src), mask)
        attention = self.decoder.attention
        keys = values if attention is None else attention.keys(values).to(values.dtype)
        return Memory(values, keys, mask, final)

    def _embedded(self, src: Tensor) -> Tensor:
        """(B, S) → (B, S, E): ids beyond the source's own are the target's."""
        told = self.encoder.told
        own = self.decoder.embedding if self.encoder.embedding is None else self.encoder.embedding
        if told is None:
            embedded: Tensor = own(src)
            return embedded
        is_told = src >= own.num_embeddings
        vectors = told(self.decoder.embedding(torch.where(is_told, src - own.num_embeddings, PAD_ID)))
        return torch.where(is_told[:, :, None], vectors, own(torch.where(is_told, PAD_ID, src)))

    def initial_state(self, memory: Memory) -> Tensor:
        """The decoder's state before the first word, (B, N)."""
        return self.decoder.initial_state(memory)

    def prepared(self, memory: Memory) -> Memory:
        """The memory for a search: what a step would multiply its context with, the h_j are multiplied with here, once
        a sentence, for a sum of products is the product of the sum. `step` then takes K rows a sentence, one after
        the other, and reads the memory where it is. Nothing learns through it.
        """
        return memory._replace(products=self.decoder.products(memory))

    def quantized(self) -> "Model":
        """This model for searching on a CPU: what each step multiplies with is 8-bit integers. Nothing learns through
        it.
        """
        model = copy.deepcopy(self)
        decoder = model.decoder
        decoder.quantized_output = Int8Matrix(decoder.embedding.weight)
        for name, module in decoder.named_modules():
            if isinstance(module, Cell) and not isinstance(module, Layer):
                module.quantized_h = Int8Matrix(module.weight_h)
            if name in ("word_cell", "attention.query", "readout_state", "readout_word"):
                weight = "weight_x" if isinstance(module, Cell) else "weight"
                matrix = Int8Matrix(getattr(module, weight))
                delattr(module, weight)
                setattr(module, weight, matrix)
        return model

    def step(
        self, token: Tensor, state: Tensor, memory: Memory, given: Tensor | None = None
    ) -> tuple[Tensor, Tensor, Tensor | None]:
        """One word further.

        Args:
            token: (B,) y_{t-1}
            state: (B, N) s_{t-1}
            memory: what `encode` left
            given: (B, S) α_t, for the oracle

        Returns:
            logits (B, V), s_t (B, N), and α_t (B, S), None without attention
        """
        alignment = None if given is None else given[:, None]
        trace: Trace = self.decoder(token[:, None], state, memory, alignment)
        logits = self.decoder.logits(trace.readouts[:, 0])
        return logits, trace.final, None if trace.weights is None else trace.weights[:, 0]

    def trace(self, batch: Batch) -> Trace:
        """All that happens at every target position, given the words before it (teacher forcing)."""
        memory = self.encode(batch.src, batch.src_lengths)
        alignment = None
        if isinstance(self.decoder.attention, OracleAttention) and batch.alignment is not None:
            alignment = _completed(batch.alignment.to(memory.values.dtype), batch.src_lengths)
        trace: Trace = self.decoder(batch.tgt_in, self.initial_state(memory), memory, alignment)
        return trace

    def forward(self, batch: Batch) -> Tensor:
        """The logits (B, T, V) of every target position, given the words before it."""
        return self.decoder.logits(self.trace(batch).readouts)

    def parameter_count(self) -> int:
        """How many numbers training adjusts."""
        return sum(parameter.numel() for parameter in self.parameters())


def _completed(alignment: Tensor, src_lengths: Tensor) -> Tensor:
    """An alignment (B, T, S) whose silent rows look at the source's last token, the end symbol."""
    end = functional.one_hot(src_lengths - 1, alignment.shape[2])
    return alignment + (1 - alignment.sum(-1, keepdim=True)) * end[:, None]


def _initialize(module: nn.Module) -> None:
    """Orthogonal recurrent matrices (Saxe et al. 2014), Glorot-uniform others (Glorot and Bengio 2010), embeddings of
    unit expected norm, an LSTM that forgets little at first (Jozefowicz et al. 2015), a GRU whose units remember
    for one to LONGEST_MEMORY steps at first (Tallec and Ollivier 2018).
    """
    if isinstance(module, Cell):
        for unit in module.weight_x.data.view(-1, *module.weight_x.shape[-2:]):
            nn.init.xavier_uniform_(unit)
        for gate in module.weight_h.data.view(-1, module.hidden_size, module.hidden_size):
            nn.init.orthogonal_(gate)
        # Of the gate that keeps the state: rows r, z, n of a GRU; i, f, o, g of an LSTM.
        keeping = module.bias_x.data[..., module.hidden_size : 2 * module.hidden_size]
        if module.step is SharedGRU:
            keeping.uniform_(1, LONGEST_MEMORY).log_()
        elif module.step is SharedLSTM:
            keeping.fill_(1)
    elif isinstance(module, nn.Linear):
        nn.init.xavier_uniform_(module.weight)
        if module.bias is not None:
            nn.init.zeros_(module.bias)
    elif isinstance(module, nn.Embedding):
        nn.init.normal_(module.weight, std=module.embedding_dim**-0.5)
        module.weight.data[PAD_ID] = 0
    elif isinstance(module, AdditiveAttention):
        nn.init.uniform_(module.v, -(len(module.v) ** -0.5), len(module.v) ** -0.5)
