"""Greedy and beam search, and sampling, over a model's `step`, or over several models' together.

Knows ids and tensors; nothing of text.

Shapes: B sentences still in the search, K hypotheses of each, in B·K rows; S source length, V vocabulary, T steps.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from nmt_cli.config import SearchConfig
from nmt_cli.model import Memory, Model
from nmt_cli.vocab import BOS_ID, EOS_ID, PAD_ID, UNK_ID

# CPU kernels compute in another order where a matrix has fewer rows (3 with AVX2, 15 with AVX-512) or a softmax fewer
# columns than this: with as many or more, a sentence's numbers are the same to the last bit whatever is beside it.
_MIN_ROWS, _MIN_COLUMNS = 16, 8
_UNSEEN = 1e-9  # attention that a source token has at least, for the logarithm
_ALWAYS_ALLOWED = 10  # tokens that a translation may have however short its source is


@dataclass(frozen=True)
class Hypothesis:
    """A finished translation."""

    tokens: list[int]  # without BOS and EOS
    log_probs: list[float]  # of each token, and of EOS unless the translation was cut off at its limit
    score: float  # log_prob / len(log_probs) ** length_penalty, less the coverage penalty
    weights: Tensor | None = None  # (len(log_probs), at least S) attention, where it was asked for

    @property
    def log_prob(self) -> float:
        """Log-probability of the whole translation."""
        return math.fsum(self.log_probs)


def length_limits(src_lengths: Tensor, settings: SearchConfig) -> tuple[Tensor, Tensor]:
    """Fewest and most tokens that the settings allow translations of sources of these lengths: (B,) → (B,), (B,)."""
    shortest = (settings.min_length_ratio * src_lengths).ceil().long()
    return shortest, (settings.max_length_ratio * src_lengths).ceil().long() + _ALWAYS_ALLOWED


@torch.inference_mode()
def search(
    models: Sequence[Model],
    src: Tensor,
    src_lengths: Tensor,
    settings: SearchConfig,
    *,
    min_lengths: Tensor,
    max_lengths: Tensor,
    n_best: int = 1,
    attention: bool = False,
) -> list[list[Hypothesis]]:
    """The best translations of each sentence; with `beam_size` 1, greedy search.

    Each step extends the K best hypotheses of a sentence by every word and keeps the K best that do not end; those
    that end among the K best are finished. A sentence leaves the batch when K hypotheses are finished, when nothing
    could come to stand among its `n_best`, or when `max_lengths` tokens are reached, where the hypotheses are cut off
    as they stand.

    Args:
        models: in evaluation mode, of one vocabulary; their log-probabilities and attention are averaged
        src: (B, S) ids, padded
        src_lengths: (B,)
        settings: K and the rest; see `SearchConfig`
        min_lengths, max_lengths: (B,) fewest and most tokens a translation, without EOS; most is at least 1
        n_best: translations wanted a sentence, at most K
        attention: whether hypotheses are to have their attention weights

    Returns:
        for each sentence its hypotheses, best first, at most `n_best` and at least one
    """
    beams = _Beams(models, src, src_lengths, settings, (min_lengths, max_lengths), n_best, attention=attention)
    while len(beams.alive):
        beams.advance()
    return [sorted(found, key=lambda hypothesis: -hypothesis.score)[:n_best] for found in beams.finished]


class _Beams:
    """The hypotheses of a batch, and how they came to be: of every step the rows, their words and where they came from.

    Sentences that have ended may stay in the batch for a while to fill it up to `_MIN_ROWS`.
    """

    def __init__(
        self,
        models: Sequence[Model],
        src: Tensor,
        src_lengths: Tensor,
        settings: SearchConfig,
        limits: tuple[Tensor, Tensor],
        n_best: int,
        *,
        attention: bool,
    ) -> None:
        sentences = len(src)
        self.models, self.settings, self.attention = models, settings, attention
        self.finished: list[list[Hypothesis]] = [[] for _ in range(sentences)]
        rows = torch.arange(max(sentences, _MIN_ROWS), device=src.device).clamp(max=sentences - 1)
        src, lengths = src[rows], src_lengths.to(src.device)[rows]
        src = functional.pad(src, (0, max(0, _MIN_COLUMNS - src.shape[1])), value=PAD_ID)
        self.alive = rows  # (B,) which sentence a block of K rows belongs to
        self.over = torch.arange(len(rows), device=src.device) >= sentences  # (B,)
        self.shortest, self.longest = (limit.to(src.device)[rows] for limit in limits)
        self.memories: list[Memory] = []
        self.states: list[Tensor] = []
        for model in models:
            memory = model.encode(src, lengths)
            self.states.append(model.initial_state(memory))
            self.memories.append(model.prepared(memory))
        # The first words all follow BOS: one row a sentence is enough, unless each row is to draw its own.
        width = settings.beam_size if settings.sampling else 1
        self.states = [state.repeat_interleave(width, dim=0) for state in self.states]
        self.token = torch.full((len(rows) * width,), BOS_ID, device=src.device)
        self.totals = torch.zeros(len(rows), width, device=src.device)  # (B, K) log-probabilities
        self.seen = torch.zeros(len(rows), width, src.shape[1], device=src.device)  # (B, K, S) attention, summed
        self.real = self.memories[0].mask  # (B, S) source tokens that are no padding
        self.counts = torch.zeros_like(rows)  # (B,) finished hypotheses
        self.kept = torch.full((len(rows), n_best), -torch.inf, device=src.device)  # (B, n_best) their best scores
        self.words: list[Tensor] = []  # of every step the words of the rows that it left (B·K,),
        self.parents: list[Tensor] = []  # the rows before it that they came from (B·K,),
        self.sums: list[Tensor] = []  # their log-probabilities (B·K,),
        self.looks: list[Tensor] = []  # and the attention of the rows before it
        self.chances = _chances(src, lengths, settings, self.longest) if settings.sampling else None

    def advance(self) -> None:
        """One word further."""
        size, step = self.settings.beam_size, len(self.words) + 1
        log_probs, weights = self._predict()
        self._forbid(log_probs, step)
        best, parent, word = self._candidates(log_probs, step)
        ends = word == EOS_ID
        real = best[:, :size].isfinite() & ~self.over[:, None]
        ended = ends[:, :size] & real
        live, order = best.masked_fill(ends, -torch.inf).topk(min(size, best.shape[1]))
        self._finish(ended, parent, word, best, weights)
        self.counts += ended.sum(dim=1)
        cut = (step >= self.longest) & (self.counts < size) & ~self.over
        parent, word = parent.gather(1, order), word.gather(1, order)
        cut_rows = cut[:, None] & live.isfinite()
        # A model whose numbers are no numbers any more still owes every sentence a translation.
        cut_rows[:, 0] |= cut & (self.counts == 0)
        self._finish(cut_rows, parent, word, live, weights)
        self.over |= cut | (self.counts >= size) | self._settled(live)
        self._go_on(parent, word, live, weights)

    def _predict(self) -> tuple[Tensor, Tensor]:
        """Log-probabilities of the next word (B·K, V), and attention (B·K, S), averaged over the models."""
        all_log_probs, all_weights = [], []
        for n, model in enumerate(self.models):
            logits, self.states[n], weights = model.step(self.token, self.states[n], self.memories[n])
            all_log_probs.append(logits.to(torch.promote_types(logits.dtype, torch.float32)).log_softmax(dim=-1))
            if weights is not None:
                all_weights.append(weights)
        nowhere = self.seen.new_zeros(len(self.token), self.seen.shape[2])
        return _mean(all_log_probs), _mean(all_weights) if all_weights else nowhere

    def _forbid(self, log_probs: Tensor, step: int) -> None:
        """Leave no way to what is no word, to repetition, to an end that comes too soon."""
        log_probs[:, [PAD_ID, UNK_ID, BOS_ID]] = -torch.inf
        end = log_probs[:, EOS_ID].clone()
        too_short = (self.shortest >= step).repeat_interleave(len(log_probs) // len(self.alive))
        log_probs[:, EOS_ID] = -torch.inf if step == 1 else end.masked_fill(too_short, -torch.inf)
        size = self.settings.no_repeat_ngram
        if size and step > size:
            windows = self._trace(torch.arange(len(log_probs), device=end.device))[0].unfold(1, size, 1)
            recent = windows[:, -1, 1:]  # the last n-1 words, (B·K, n-1)
            row, place = (windows[:, :, :-1] == recent[:, None]).all(dim=2).nonzero(as_tuple=True)
            log_probs[row, windows[row, place, -1]] = -torch.inf
            row = row.unique()
            stuck = row[log_probs[row].isneginf().all(dim=1)]
            log_probs[stuck, EOS_ID] = end[stuck]

    def _candidates(self, log_probs: Tensor, step: int) -> tuple[Tensor, Tensor, Tensor]:
        """What may follow: log-probabilities, rows 0…K-1 that they extend, words; (B, at most 2K) each, best first."""
        width, vocab = self.totals.shape[1], log_probs.shape[1]
        log_probs = log_probs.view(-1, width, vocab)
        if self.chances is not None:
            word = _draw(log_probs, self.chances[self.alive, step - 1], self.settings)
            parent = torch.arange(width, device=word.device).expand_as(word)
            return self.totals + log_probs.gather(2, word[:, :, None])[:, :, 0], parent, word
        # The best of all are among the best of each row: less to add up and to look through.
        log_probs, words = log_probs.topk(min(2 * self.settings.beam_size, vocab))
        totals = (log_probs + self.totals[:, :, None]).flatten(1)
        best, index = totals.topk(min(2 * self.settings.beam_size, totals.shape[1]))
        return best, index // words.shape[2], words.flatten(1).gather(1, index)

    def _finish(self, chosen: Tensor, parent: Tensor, word: Tensor, totals: Tensor, weights: Tensor) -> None:
        """Add the chosen ones (B, ≤ all columns) of the candidates to their sentences' finished hypotheses."""
        block, column = chosen.nonzero(as_tuple=True)
        if not len(block):
            return
        parent, word, total = parent[block, column], word[block, column], totals[block, column]
        rows = block * self.totals.shape[1] + parent
        tokens, sums, looks = self._trace(rows)
        sums = torch.cat([sums, total[:, None]], dim=1)
        lengths = sums.shape[1]
        score = total / lengths**self.settings.length_penalty
        if self.settings.coverage_penalty:
            seen = (self.seen.flatten(0, 1)[rows] + weights[rows]).clamp(_UNSEEN, 1).log()
            score += self.settings.coverage_penalty * (seen * self.real[block]).sum(dim=1)
        scores = torch.full(chosen.shape, -torch.inf, dtype=score.dtype, device=score.device)
        scores[block, column] = score
        self.kept = torch.cat([self.kept.to(score.dtype), scores], dim=1).topk(self.kept.shape[1]).values
        if self.attention:
            looks = torch.cat([looks, weights[rows][:, None]], dim=1)
        shares = sums.diff(dim=1, prepend=sums.new_zeros(len(sums), 1))
        for at, (sentence, last) in enumerate(zip(self.alive[block].tolist(), word.tolist(), strict=True)):
            found = tokens[at].tolist() + [last] * (last != EOS_ID)
            look = looks[at] if self.attention else None
            self.finished[sentence].append(Hypothesis(found, shares[at].tolist(), float(score[at]), look))

    def _trace(self, rows: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """How these rows came to be: words (rows, T), log-probabilities so far (rows, T), attention (rows, T, S)."""
        words, sums, looks = [], [], []
        for step in reversed(range(len(self.words))):
            words.append(self.words[step][rows])
            sums.append(self.sums[step][rows])
            rows = self.parents[step][rows]
            if self.attention:
                looks.append(self.looks[step][rows])
        first = self.totals.new_zeros(len(rows), 0)
        return (
            torch.stack(words[::-1], dim=1) if words else first.long(),
            torch.stack(sums[::-1], dim=1) if sums else first,
            torch.stack(looks[::-1], dim=1) if looks else first[:, :, None].expand(-1, -1, self.seen.shape[2]),
        )

    def _settled(self, live: Tensor) -> Tensor:
        """(B,) whether no hypothesis can come to stand among the `n_best`, however surely it went on.

        Log-probabilities only fall, so a hypothesis ends with no better score than what it has now over its longest
        possible length; the coverage penalty can only lower that.
        """
        if self.settings.sampling:
            return self.over
        bound = live[:, 0] / self.longest**self.settings.length_penalty
        return self.kept[:, -1] >= bound

    def _go_on(self, parent: Tensor, word: Tensor, totals: Tensor, weights: Tensor) -> None:
        """Keep these hypotheses (B, K) of the sentences that are not over, and of others as many as fill the batch."""
        blocks, width = torch.arange(len(self.alive), device=word.device), self.totals.shape[1]
        if going := int((~self.over).sum()):
            going = max(going, min(len(blocks), -(-_MIN_ROWS // word.shape[1])))
        if going < len(blocks):
            blocks = self.over.int().argsort(stable=True)[:going]
            self.alive, self.over, self.counts, self.kept = (
                each[blocks] for each in (self.alive, self.over, self.counts, self.kept)
            )
            self.real, self.shortest, self.longest = (each[blocks] for each in (self.real, self.shortest, self.longest))
            self.memories = [memory.select(blocks) for memory in self.memories]
        rows = (blocks[:, None] * width + parent[blocks]).flatten()
        self.totals, self.token = totals[blocks], word[blocks].flatten()
        self.states = [state.index_select(0, rows) for state in self.states]
        if self.settings.coverage_penalty:
            self.seen = (self.seen.flatten(0, 1) + weights)[rows].unflatten(0, self.totals.shape)
        self.words.append(self.token)
        self.parents.append(rows)
        self.sums.append(self.totals.flatten())
        if self.attention:
            self.looks.append(weights)


def _mean(parts: list[Tensor]) -> Tensor:
    return parts[0] if len(parts) == 1 else torch.stack(parts).mean(dim=0)


def _chances(src: Tensor, lengths: Tensor, settings: SearchConfig, longest: Tensor) -> Tensor:
    """A number in [0, 1) for every word that may be drawn (B, T, K), the same for a sentence wherever it stands."""
    steps = int(longest.max())
    drawn = [
        np.random.default_rng([settings.seed, *ids[:length]]).random((steps, settings.beam_size))
        for ids, length in zip(src.tolist(), lengths.tolist(), strict=True)
    ]
    return torch.from_numpy(np.stack(drawn)).to(src.device)


def _draw(log_probs: Tensor, chances: Tensor, settings: SearchConfig) -> Tensor:
    """A word for each row. log_probs: (B, K, V), chances: (B, K) → (B, K)."""
    likeliest, words = (log_probs / settings.temperature).sort(dim=-1, descending=True, stable=True)
    probs = likeliest.softmax(dim=-1)
    if settings.top_k:
        probs[..., settings.top_k :] = 0
    before = probs.cumsum(dim=-1) - probs
    probs = probs.masked_fill(before >= settings.top_p * probs.sum(dim=-1, keepdim=True), 0)
    reached = probs.double().cumsum(dim=-1)
    chosen = torch.searchsorted(reached, chances[..., None] * reached[..., -1:], right=True)
    possible = (probs > 0).sum(dim=-1, keepdim=True) - 1
    return words.gather(-1, torch.minimum(chosen, possible.clamp(min=0)))[..., 0]
