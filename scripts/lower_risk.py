"""Trains a model on with its own translations: those nearest the table's become likelier, the others less likely.

    scripts/lower_risk runs/mine/model pairs.tsv runs/mine-risk/model --minutes 20

Minimum risk training (Shen et al. 2016) on the n best of a beam, beside the usual loss (Edunov et al. 2018). With r_k
the nearness (0 to 1; see `distil`) of a translation and l_k its log-probability a token,

    Q_k = softmax over k of (sharpness · l_k)      risk = -Σ_k Q_k r_k

The gradient by l_k is -sharpness · Q_k (r_k - Σ Q r): that is what the log-probabilities are weighted with.
"""

import argparse
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from distil import nearness
from torch import Tensor
from torch.nn.functional import cross_entropy

from nmt_cli.batching import make_batch
from nmt_cli.checkpoint import ModelFolder, load_model, save_model
from nmt_cli.config import SearchConfig, SourceConfig, TrainingConfig, model_path, override_search
from nmt_cli.errors import DataError, NmtError
from nmt_cli.model import Batch, Dropout, Memory
from nmt_cli.optimization import Optimizer, batch_loss
from nmt_cli.search import Hypothesis, length_limits, search
from nmt_cli.sources import Pair, read_pairs
from nmt_cli.train import choose_precision
from nmt_cli.vocab import PAD_ID

SHARPNESS, RISK, USUAL = 10.0, 5.0, 0.4  # of Q; weights of the risk and of the usual loss, a token's
KEPT = 4  # translations of each sentence that are learned from: those with the largest weights
SENTENCES, POOL = 32, 32  # a batch; batches made of sentences that were shuffled together and sorted by length
LONGEST = 70  # tokens a side
REFRESH = 4  # updates after which the model that translates is made anew, of 8-bit integers
DROPOUT = 0.1


class Example(NamedTuple):
    """A sentence and its translation, to learn from."""

    source: list[int]  # without EOS
    target: list[int]  # without EOS
    reference: str


class Candidate(NamedTuple):
    """A translation to learn from."""

    sentence: int  # its number in the batch
    tokens: list[int]  # without EOS
    weight: float  # what the sum of its log-probabilities counts


def candidates(beams: Sequence[Sequence[Hypothesis]], near: Sequence[Sequence[float]]) -> list[Candidate]:
    """The translations of each sentence that the risk depends on most.

    Args:
        beams: of each sentence its hypotheses
        near: how near each is to the reference, 0 to 1
    """
    chosen = []
    for sentence, (beam, scores) in enumerate(zip(beams, near, strict=True)):
        likely = np.array([hypothesis.log_prob / len(hypothesis.log_probs) for hypothesis in beam])
        share = np.exp(SHARPNESS * (likely - likely.max()))
        share /= share.sum()
        weights = SHARPNESS * share * (np.array(scores) - share @ np.array(scores))
        for k in np.argsort(-abs(weights))[:KEPT].tolist():
            tokens = beam[k].tokens
            chosen.append(Candidate(sentence, tokens, weights[k].item() / (len(tokens) + 1)))
    return chosen


def examples(folder: ModelFolder, pairs: Sequence[Pair]) -> list[Example]:
    """The ids of pairs, which are normalised, without those of too many tokens."""
    sources = folder.source.encode([pair.src for pair in pairs])
    targets = folder.target.encode([pair.tgt for pair in pairs])
    every = map(Example, sources, targets, (pair.tgt for pair in pairs))
    return [each for each in every if max(len(each.source), len(each.target)) <= LONGEST]


class LowerRisk:
    """The updates of a model.

    Args:
        folder: the model, which is changed
        settings: of the search; `beam_size` translations of each sentence are compared
        training: of the optimiser
    """

    def __init__(self, folder: ModelFolder, settings: SearchConfig, training: TrainingConfig) -> None:
        self.folder, self.settings, self.model = folder, settings, folder.model
        self.optimizer = Optimizer(self.model, training)
        self.reduced = choose_precision(training, torch.device("cpu")) == "bfloat16"
        self.searched, self.step = self.model, 0

    def update(self, given: Sequence[Example], done: float) -> tuple[float, float]:
        """One update; returns the mean nearness of the likeliest translations before it, and the usual loss a token.

        Args:
            given: what to learn from
            done: the share of the run that is behind us, for the learning rate
        """
        if self.step % REFRESH == 0:
            self.searched = self.model.eval().quantized()
        self.step += 1
        batch = make_batch([each.source for each in given], [each.target for each in given])
        beams = self._translated(batch)
        near = [self._nearness(beam, each.reference) for beam, each in zip(beams, given, strict=True)]
        chosen = candidates(beams, near)
        self.model.eval()  # the translations are as likely as the search found them
        with torch.autocast("cpu", torch.bfloat16, enabled=self.reduced):
            memory = self.model.encode(batch.src, batch.src_lengths)
            rows = torch.tensor([each.sentence for each in chosen])
            # Their sources are read once a sentence, above.
            made = make_batch([[]] * len(chosen), [each.tokens for each in chosen])
            summed = self._losses(memory.select(rows), made)
        (RISK / len(given) * (summed * torch.tensor([each.weight for each in chosen])).sum()).backward()
        self.model.train()
        with torch.autocast("cpu", torch.bfloat16, enabled=self.reduced):
            usual = batch_loss(self.model.decoder, self.model.trace(batch), batch, label_smoothing=0.0) / batch.tokens()
        (USUAL * usual).backward()
        self.optimizer.step(1.0, self.optimizer.rate(self.step, done), self.step)
        return float(np.mean([scores[0] for scores in near])), usual.item()

    def _translated(self, batch: Batch) -> list[list[Hypothesis]]:
        shortest, longest = length_limits(batch.src_lengths, self.settings)
        return search(
            [self.searched],
            batch.src,
            batch.src_lengths,
            self.settings,
            min_lengths=shortest,
            max_lengths=longest,
            n_best=self.settings.beam_size,
        )

    def _losses(self, memory: Memory, made: Batch) -> Tensor:
        """The loss of each translation (B,), nats, given what was read; the sources of the batch are not looked at."""
        trace = self.model.decoder(made.tgt_in, self.model.initial_state(memory), memory)
        logits = self.model.decoder.logits(trace.readouts).float()
        return cross_entropy(logits.mT, made.tgt_out, reduction="none", ignore_index=PAD_ID).sum(dim=1)

    def _nearness(self, beam: Sequence[Hypothesis], reference: str) -> list[float]:
        texts = self.folder.target.decode([hypothesis.tokens for hypothesis in beam])
        return [nearness(text, reference) / 100 for text in texts]


def batches(every: Sequence[Example], seed: int) -> Iterator[list[Example]]:
    """Batches of sentences of similar length, without end."""
    random = np.random.default_rng(seed)
    while True:
        order = random.permutation(len(every))
        for start in range(0, len(order), SENTENCES * POOL):
            pool = sorted(order[start : start + SENTENCES * POOL].tolist(), key=lambda i: len(every[i].target))
            starts = range(0, len(pool), SENTENCES)
            for place in random.permutation(len(starts)).tolist():
                yield [every[i] for i in pool[starts[place] : starts[place] + SENTENCES]]


def main() -> None:
    """Train for so many minutes, and write the model folder."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", help="model folder, or name of a shipped model, to begin with")
    parser.add_argument("table", type=Path, help="pairs in columns named as the model's languages")
    parser.add_argument("folder", type=Path, help="model folder to write")
    parser.add_argument("--minutes", type=float, default=20, help="how long, the learning rate falling (default: 20)")
    parser.add_argument("--learning-rate", type=float, default=6e-5, help="its first (default: 6e-5)")
    parser.add_argument("--n-best", type=int, default=8, help="translations compared (default: 8)")
    parser.add_argument("--seed", type=int, default=1, help="of the order and of the dropout (default: 1)")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="override a search setting")
    options = parser.parse_args()
    torch.manual_seed(options.seed)
    folder = load_model(model_path(options.model))
    for module in folder.model.modules():
        if isinstance(module, Dropout):
            module.share = DROPOUT
    overrides = [f"search.beam_size={options.n_best}", *options.set]
    training = TrainingConfig(learning_rate=options.learning_rate, warmup_steps=20)
    run = LowerRisk(folder, override_search(folder.config, overrides), training)
    pairs = [pair.normalized() for pair in read_pairs(SourceConfig(table=str(options.table)), folder.config.data)]
    given = examples(folder, pairs)
    if not given:
        raise DataError(f"{options.table}: no pairs of at most {LONGEST} tokens a side: name a table that has some")
    start, reports = time.monotonic(), []
    for batch in batches(given, options.seed):
        done = (time.monotonic() - start) / (60 * options.minutes)
        if done >= 1:
            break
        reports.append(run.update(batch, done))
        if run.step % 20 == 0:
            near, loss = np.mean(reports[-20:], axis=0)
            print(f"update {run.step:,}: nearness {100 * near:.1f}, loss {loss:.3f}", file=sys.stderr, flush=True)
    weights = folder.model.state_dict()
    save_model(options.folder, weights=weights, config=folder.config, source=folder.source, target=folder.target)


if __name__ == "__main__":
    try:
        main()
    except NmtError as error:
        sys.exit(f"error: {error}")
