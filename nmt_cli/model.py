"""The translator: an encoder reads the sentence, attention looks back at it, a decoder writes the translation.

All of the mathematics, and nothing else: no text, no files, no training. The equations are those of Bahdanau, Cho and
Bengio (ICLR 2015); j runs over source positions, t over target positions:

    h_j    = encoder state of source token j               memory.values   (B, S, D)
    e_jt   = v·tanh(W s_{t-1} + U h_j)                     energy          (B, S)    U h_j is memory.keys
    α_jt   = softmax over j of e_jt                        weights         (B, S)
    c_t    = Σ_j α_jt h_j                                  context         (B, D)
    s_t    = GRU(s_{t-1}, [embedding(y_{t-1}); c_t])       state           (B, H)
    p(y_t) = softmax(W_o · readout(s_t, c_t, embedding(y_{t-1})))          logits (B, V)

Shapes: B batch, S source length, T target length, E embedding, H hidden, A attention, D memory, V vocabulary.
"""

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from nmt_cli.config import ModelConfig
from nmt_cli.recurrence import SharedContext, SharedEnergy, SharedGRU, SharedLinear
from nmt_cli.vocab import PAD_ID


class Memory(NamedTuple):
    """What the encoder leaves for the decoder."""

    values: Tensor  # (B, S, D) one state a source token
    keys: Tensor  # (B, S, A) U h_j: the part of the energy that no target position changes
    mask: Tensor  # (B, S) True at real tokens
    final: Tensor  # (B, D) the last state of each direction

    def select(self, rows: Tensor) -> "Memory":
        """The memory of these sentences, in this order, each as often as it is named. rows: (N,) indices."""
        return Memory(*(part.index_select(0, rows) for part in self))


class Batch(NamedTuple):
    """Sentence pairs as padded ids: what the model learns from."""

    src: Tensor  # (B, S)
    src_lengths: Tensor  # (B,)
    tgt_in: Tensor  # (B, T) begins with BOS_ID
    tgt_out: Tensor  # (B, T) the same shifted by one; ends with EOS_ID, then PAD_ID
    alignment: Tensor | None = None  # (B, T, S) where a word alignment looks: rows sum to 1, or to 0 where it is silent

    def to(self, device: torch.device) -> "Batch":
        """The same batch on a device."""
        src, src_lengths, tgt_in, tgt_out = (part.to(device) for part in self[:4])
        alignment = None if self.alignment is None else self.alignment.to(device)
        return Batch(src, src_lengths, tgt_in, tgt_out, alignment)


class GRU(nn.Module):
    """A gated recurrent unit (Cho et al. 2014), its two matrix products kept apart from its recurrence."""

    def __init__(self, input_size: int, hidden_size: int) -> None:
        super().__init__()
        self.hidden_size = hidden_size
        self.weight_x = nn.Parameter(torch.empty(3 * hidden_size, input_size))
        self.weight_h = nn.Parameter(torch.empty(3 * hidden_size, hidden_size))
        self.bias_x = nn.Parameter(torch.zeros(3 * hidden_size))
        self.bias_h = nn.Parameter(torch.zeros(3 * hidden_size))

    def gates(self, x: Tensor) -> Tensor:
        """The input's share of the gates, for all positions in one product. x: (…, input) → (…, 3H)."""
        return functional.linear(x, self.weight_x, self.bias_x).to(self.bias_x.dtype)

    def recurrence(self) -> SharedGRU:
        """The step (gates (B, 3H), state (B, H), keep (B, 1) or None) → next state (B, H)."""
        return SharedGRU(self.weight_h, self.bias_h)

    def stepwise(self) -> Callable[[Tensor, Tensor], Tensor]:
        """The step (input (B, input), state (B, H)) → next state (B, H), for inputs that come one by one."""
        product, step = SharedLinear(self.weight_x), self.recurrence()
        return lambda x, state: step(product(x) + self.bias_x, state)


class BidirectionalGRU(nn.Module):
    """Two GRUs that read a sentence from its two ends, step by step together: 0 forwards, 1 backwards."""

    def __init__(self, input_size: int, hidden_size: int) -> None:
        super().__init__()
        self.hidden_size = hidden_size
        self.weight_x = nn.Parameter(torch.empty(2, 3 * hidden_size, input_size))
        self.weight_h = nn.Parameter(torch.empty(2, 3 * hidden_size, hidden_size))
        self.bias_x = nn.Parameter(torch.zeros(2, 3 * hidden_size))
        self.bias_h = nn.Parameter(torch.zeros(2, 3 * hidden_size))

    def forward(self, x: Tensor, keep: Tensor) -> tuple[Tensor, Tensor]:
        """x: (B, S, input), keep: (B, S, 1) → all states, both directions (B, S, 2H), and each one's last (B, 2H).

        Padding leaves a state as it is, so it changes nothing.
        """
        gates = functional.linear(x, self.weight_x.flatten(0, 1), self.bias_x.flatten()).to(x.dtype)
        ahead, back = gates.chunk(2, dim=-1)
        steps = torch.stack([ahead, back.flip(1)]).unbind(dim=2)  # S times (2, B, 3H)
        keeps = torch.stack([keep, keep.flip(1)]).unbind(dim=2)  # S times (2, B, 1)
        gru = SharedGRU(self.weight_h, self.bias_h)
        state = x.new_zeros(2, x.shape[0], self.hidden_size)
        states = [state := gru(step, state, kept) for step, kept in zip(steps, keeps, strict=True)]
        forwards, backwards = torch.stack(states, dim=2).unbind()  # (B, S, H) each
        final = torch.cat([forwards[:, -1], backwards[:, -1]], dim=-1)
        return torch.cat([forwards, backwards.flip(1)], dim=-1), final


class Encoder(nn.Module):
    """Embeds the source tokens and reads them in both directions, layer upon layer with residual connections."""

    def __init__(self, config: ModelConfig, vocab_size: int) -> None:
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, config.emb_size, padding_idx=PAD_ID)
        sizes = [config.emb_size] + [config.hidden_size] * (config.encoder_layers - 1)
        self.layers = nn.ModuleList(BidirectionalGRU(size, config.hidden_size // 2) for size in sizes)
        self.dropout = nn.Dropout(config.dropout)

    def forward(self, src: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """src: (B, S) ids, mask: (B, S) → the states h (B, S, D) and the last state of each direction (B, D)."""
        x = self.dropout(self.embedding(src))
        keep = mask.to(x.dtype)[:, :, None]
        for depth, layer in enumerate(self.layers):
            states, final = layer(x, keep)
            x = x + self.dropout(states) if depth else self.dropout(states)
        return x, final


class Attention(nn.Module):
    """Additive attention (Bahdanau et al. 2015): a small network scores every source position against the query."""

    def __init__(self, query_size: int, memory_size: int, attention_size: int) -> None:
        super().__init__()
        self.query = nn.Linear(query_size, attention_size, bias=False)  # W
        self.key = nn.Linear(memory_size, attention_size)  # U
        self.v = nn.Parameter(torch.empty(attention_size))

    def looker(self, memory: Memory) -> Callable[[Tensor], tuple[Tensor, Tensor]]:
        """The function of one step: query (B, H) → context c_t (B, D) and weights α_t (B, S)."""
        project = SharedLinear(self.query.weight)
        energies = SharedEnergy(memory.keys, self.v)
        contexts = SharedContext(memory.values)
        padding = ~memory.mask

        def look(query: Tensor) -> tuple[Tensor, Tensor]:
            energy = energies(project(query))  # e_jt = v·tanh(W s_{t-1} + U h_j)
            weights = energy.masked_fill(padding, -torch.inf).softmax(dim=-1)  # α_jt
            return contexts(weights), weights  # c_t = Σ_j α_jt h_j

        return look


class Decoder(nn.Module):
    """Writes the translation token by token, looking at the memory before each."""

    def __init__(self, config: ModelConfig, vocab_size: int) -> None:
        super().__init__()
        emb_size, hidden_size, memory_size = config.emb_size, config.hidden_size, config.hidden_size
        self.embedding = nn.Embedding(vocab_size, emb_size, padding_idx=PAD_ID)
        self.bridge = nn.Linear(memory_size, hidden_size)
        self.attention = Attention(hidden_size, memory_size, config.attention_size)
        self.word_cell = GRU(emb_size, hidden_size)
        self.readout_state = nn.Linear(hidden_size, emb_size)
        self.readout_context = nn.Linear(memory_size, emb_size, bias=False)
        self.readout_word = nn.Linear(emb_size, emb_size, bias=False)
        self.output_bias = nn.Parameter(torch.zeros(vocab_size))
        self.dropout = nn.Dropout(config.dropout)

    def initial_state(self, memory: Memory) -> Tensor:
        """s_0 (B, H) from the encoder's final states."""
        return torch.tanh(self.bridge(memory.final)).to(memory.final.dtype)

    def embed(self, tokens: Tensor) -> Tensor:
        """tokens: (B, T) ids → (B, T, E)."""
        embedded: Tensor = self.dropout(self.embedding(tokens))
        return embedded

    def recurrence(self, memory: Memory) -> Callable[[Tensor, Tensor], tuple[Tensor, Tensor, Tensor]]:
        """The function of one step t: the gates' share of y_{t-1} (B, 3H) and s_{t-1} (B, H) → s_t, c_t, α_t."""
        raise NotImplementedError

    def readout(self, states: Tensor, contexts: Tensor, embedded: Tensor) -> Tensor:
        """Logits (B, T, V) of states (B, T, H), contexts (B, T, D) and previous words (B, T, E).

        The output layer's rows are the target embeddings (Press & Wolf 2017).
        """
        summed = self.readout_state(states) + self.readout_context(contexts) + self.readout_word(embedded)
        return functional.linear(self.dropout(torch.tanh(summed)), self.embedding.weight, self.output_bias)


class SimpleDecoder(Decoder):
    """Bahdanau's order: the previous state is the query, one GRU takes the previous word and the context."""

    def __init__(self, config: ModelConfig, vocab_size: int) -> None:
        super().__init__(config, vocab_size)
        # Two summed products are the product with the concatenation [embedding(y_{t-1}); c_t].
        self.context_gates = nn.Linear(config.hidden_size, 3 * config.hidden_size, bias=False)

    def recurrence(self, memory: Memory) -> Callable[[Tensor, Tensor], tuple[Tensor, Tensor, Tensor]]:
        """See `Decoder.recurrence`."""
        look, read = self.attention.looker(memory), self.word_cell.recurrence()
        gates_of_context = SharedLinear(self.context_gates.weight)

        def advance(gates: Tensor, state: Tensor) -> tuple[Tensor, Tensor, Tensor]:
            context, weights = look(state)  # c_t, from s_{t-1}
            return read(gates + gates_of_context(context), state), context, weights

        return advance


class ConditionalDecoder(Decoder):
    """Nematus' cGRU (Sennrich et al. 2017): a first GRU takes the previous word and makes the query, a second takes
    the context.
    """

    def __init__(self, config: ModelConfig, vocab_size: int) -> None:
        super().__init__(config, vocab_size)
        self.context_cell = GRU(config.hidden_size, config.hidden_size)

    def recurrence(self, memory: Memory) -> Callable[[Tensor, Tensor], tuple[Tensor, Tensor, Tensor]]:
        """See `Decoder.recurrence`."""
        look, read_word = self.attention.looker(memory), self.word_cell.recurrence()
        read_context = self.context_cell.stepwise()

        def advance(gates: Tensor, state: Tensor) -> tuple[Tensor, Tensor, Tensor]:
            query = read_word(gates, state)
            context, weights = look(query)
            return read_context(context, query), context, weights

        return advance


DECODERS = {"simple": SimpleDecoder, "conditional": ConditionalDecoder}


class Model(nn.Module):
    """The encoder-attention-decoder.

    Args:
        config: sizes and variants
        src_vocab_size, tgt_vocab_size: number of pieces a side, special symbols included
    """

    def __init__(self, config: ModelConfig, src_vocab_size: int, tgt_vocab_size: int) -> None:
        super().__init__()
        self.encoder = Encoder(config, src_vocab_size)
        self.decoder: Decoder = DECODERS[config.decoder](config, tgt_vocab_size)
        self.apply(_initialize)

    def encode(self, src: Tensor, src_lengths: Tensor) -> Memory:
        """Read the source. src: (B, S) ids, padded; src_lengths: (B,) real tokens, at least one each."""
        mask = torch.arange(src.shape[1], device=src.device) < src_lengths[:, None]
        values, final = self.encoder(src, mask)
        return Memory(values, self.decoder.attention.key(values).to(values.dtype), mask, final)

    def initial_state(self, memory: Memory) -> Tensor:
        """The decoder's state before the first word, (B, H)."""
        return self.decoder.initial_state(memory)

    def step(self, token: Tensor, state: Tensor, memory: Memory) -> tuple[Tensor, Tensor, Tensor]:
        """One word further. token: (B,) y_{t-1}; state: (B, H) s_{t-1} → logits (B, V), s_t (B, H), α_t (B, S)."""
        embedded = self.decoder.embed(token[:, None])
        gates = self.decoder.word_cell.gates(embedded)[:, 0]
        state, context, weights = self.decoder.recurrence(memory)(gates, state)
        return self.decoder.readout(state[:, None], context[:, None], embedded)[:, 0], state, weights

    def forward(self, batch: Batch) -> Tensor:
        """The logits (B, T, V) of every target position, given the words before it (teacher forcing)."""
        memory = self.encode(batch.src, batch.src_lengths)
        state = self.initial_state(memory)
        embedded = self.decoder.embed(batch.tgt_in)
        advance = self.decoder.recurrence(memory)
        states, contexts = [], []
        for gates in self.decoder.word_cell.gates(embedded).unbind(dim=1):
            state, context, _ = advance(gates, state)
            states.append(state)
            contexts.append(context)
        return self.decoder.readout(torch.stack(states, dim=1), torch.stack(contexts, dim=1), embedded)

    def parameter_count(self) -> int:
        """How many numbers training adjusts."""
        return sum(parameter.numel() for parameter in self.parameters())


def _initialize(module: nn.Module) -> None:
    """Orthogonal recurrent matrices (Saxe et al. 2014), Glorot-uniform others, embeddings of unit expected norm."""
    if isinstance(module, GRU | BidirectionalGRU):
        for unit in module.weight_x.data.view(-1, *module.weight_x.shape[-2:]):
            nn.init.xavier_uniform_(unit)
        for gate in module.weight_h.data.view(-1, module.hidden_size, module.hidden_size):
            nn.init.orthogonal_(gate)
    elif isinstance(module, nn.Linear):
        nn.init.xavier_uniform_(module.weight)
        if module.bias is not None:
            nn.init.zeros_(module.bias)
    elif isinstance(module, nn.Embedding):
        nn.init.normal_(module.weight, std=module.embedding_dim**-0.5)
        module.weight.data[PAD_ID] = 0
    elif isinstance(module, Attention):
        nn.init.uniform_(module.v, -(len(module.v) ** -0.5), len(module.v) ** -0.5)
