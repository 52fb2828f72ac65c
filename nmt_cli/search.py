"""Greedy and beam search over a model's `step`.

Knows ids and tensors; nothing of text.

Shapes: B sentences still in the search, K beam, N = B·K rows of the decoder, V vocabulary.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from nmt_cli.model import Memory, Model
from nmt_cli.vocab import BOS_ID, EOS_ID, PAD_ID, UNK_ID


@dataclass(frozen=True)
class Hypothesis:
    """A finished translation."""

    tokens: list[int]  # without BOS and EOS
    log_prob: float  # of the tokens and EOS, a sum
    score: float  # log_prob / (number of tokens, EOS counted) ** length_penalty


@torch.inference_mode()
def beam_search(
    model: Model,
    src: Tensor,
    src_lengths: Tensor,
    *,
    beam_size: int,
    length_penalty: float,
    max_lengths: Tensor,
) -> list[list[Hypothesis]]:
    """The best translations of each sentence; with `beam_size` 1, greedy search.

    Each step extends the K best hypotheses of a sentence by every word and keeps the K best that do not end; those
    that end among the K best are finished. A sentence leaves the batch when K hypotheses are finished or when
    `max_lengths` tokens are reached, where the hypotheses are cut off as they stand.

    Args:
        model: in evaluation mode
        src: (B, S) ids, padded
        src_lengths: (B,)
        beam_size: K
        length_penalty: exponent of the length that log-probabilities are divided by
        max_lengths: (B,) most tokens a translation, at least 1

    Returns:
        for each sentence its finished hypotheses, best first, at least one
    """
    memory = model.encode(src, src_lengths)
    state = model.initial_state(memory)
    device, sentences = src.device, src.shape[0]
    finished: list[list[Hypothesis]] = [[] for _ in range(sentences)]
    alive = torch.arange(sentences, device=device)  # (B,) which sentence each block of K rows belongs to
    rows = alive.repeat_interleave(beam_size)
    memory, state = memory.select(rows), state.index_select(0, rows)
    token = torch.full((len(rows),), BOS_ID, device=device)
    history = torch.empty(sentences, beam_size, 0, dtype=torch.long, device=device)
    # At first all K rows of a sentence are alike: only one of them may be extended.
    log_probs = torch.full((sentences, beam_size), -torch.inf, device=device)
    log_probs[:, 0] = 0
    limits = max_lengths.to(device)
    length = 0
    while len(alive):
        length += 1
        logits, state, _ = model.step(token, state, memory)
        allowed = _allowed_log_probs(logits, first=length == 1)
        totals = log_probs[:, :, None] + allowed.view(len(alive), beam_size, -1)
        vocab = totals.shape[-1]
        best, index = totals.flatten(1).topk(min(2 * beam_size, beam_size * vocab))  # (B, 2K), best first
        parent, word = index // vocab, index % vocab
        ends = word == EOS_ID
        _collect(finished, alive, history, parent, best, ends, beam_size=beam_size, power=length_penalty)
        # Of the 2K best at most K end, one a row: the first K of the others go on.
        keep = torch.sort(ends.int(), dim=1, stable=True).indices[:, :beam_size]
        parent, word, log_probs = parent.gather(1, keep), word.gather(1, keep), best.gather(1, keep)
        history = torch.cat([history.gather(1, parent[:, :, None].expand(-1, -1, length - 1)), word[:, :, None]], 2)
        full = torch.tensor([len(finished[i]) >= beam_size for i in alive.tolist()], device=device)
        cut = (length >= limits[alive]) & ~full
        _cut_off(finished, alive, history, log_probs, cut, power=length_penalty)
        going = (~(full | cut)).nonzero()[:, 0]
        rows = (going[:, None] * beam_size + parent[going]).flatten()
        state, token = state.index_select(0, rows), word[going].flatten()
        if len(going) < len(alive):
            memory = _thin(memory, going, beam_size)
            alive, history, log_probs = alive[going], history[going], log_probs[going]
    return [sorted(hypotheses, key=lambda found: -found.score)[:beam_size] for hypotheses in finished]


def _allowed_log_probs(logits: Tensor, *, first: bool) -> Tensor:
    """Log-probabilities (N, V), with no way to a symbol that is no part of a translation, nor to an empty one."""
    log_probs = logits.float().log_softmax(dim=-1)
    log_probs[:, [PAD_ID, UNK_ID, BOS_ID, EOS_ID] if first else [PAD_ID, UNK_ID, BOS_ID]] = -torch.inf
    return log_probs


def _collect(
    finished: list[list[Hypothesis]],
    alive: Tensor,
    history: Tensor,
    parent: Tensor,
    best: Tensor,
    ends: Tensor,
    *,
    beam_size: int,
    power: float,
) -> None:
    """Add the hypotheses that end, and are among their sentence's K best, to the finished ones."""
    length = history.shape[2] + 1
    ended = ends[:, :beam_size] & best[:, :beam_size].isfinite()
    for i, rank in ended.nonzero().tolist():
        log_prob = best[i, rank].item()
        tokens = history[i, parent[i, rank]].tolist()
        finished[int(alive[i])].append(Hypothesis(tokens, log_prob, log_prob / length**power))


def _cut_off(
    finished: list[list[Hypothesis]], alive: Tensor, history: Tensor, log_probs: Tensor, cut: Tensor, *, power: float
) -> None:
    """Finish the hypotheses of the sentences that have reached their limit, as they stand."""
    for i in cut.nonzero()[:, 0].tolist():
        for tokens, log_prob in zip(history[i].tolist(), log_probs[i].tolist(), strict=True):
            if log_prob > -torch.inf or not finished[int(alive[i])]:
                finished[int(alive[i])].append(Hypothesis(tokens, log_prob, log_prob / len(tokens) ** power))


def _thin(memory: Memory, going: Tensor, beam_size: int) -> Memory:
    """The memory of the sentences that go on, K rows each."""
    rows = going[:, None] * beam_size + torch.arange(beam_size, device=going.device)
    return memory.select(rows.flatten())
