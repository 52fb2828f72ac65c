"""The search: greedy and beam against brute force, alone and in batches."""

import itertools

import pytest
import torch

from nmt_cli.config import ModelConfig
from nmt_cli.model import Model
from nmt_cli.search import Hypothesis, beam_search
from nmt_cli.vocab import BOS_ID, EOS_ID, PAD_ID

VOCAB = 7  # three words besides the special symbols


def make_model(vocab: int = VOCAB) -> Model:
    torch.manual_seed(11)
    settings = {"emb_size": 8, "hidden_size": 8, "attention_size": 8, "dropout": 0.0}
    model = Model(ModelConfig.model_validate(settings), vocab, vocab).double().eval()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.mul_(4)  # an untrained model's choices are close to ties: make it opinionated
    return model


def search(
    model: Model, sentences: list[list[int]], beam_size: int, limit: int, length_penalty: float = 1.0
) -> list[list[Hypothesis]]:
    longest = max(map(len, sentences))
    src = torch.tensor([sentence + [PAD_ID] * (longest - len(sentence)) for sentence in sentences])
    return beam_search(
        model,
        src,
        torch.tensor([len(sentence) for sentence in sentences]),
        beam_size=beam_size,
        length_penalty=length_penalty,
        max_lengths=torch.full((len(sentences),), limit),
    )


def log_prob(model: Model, source: list[int], tokens: list[int]) -> float:
    """Log-probability of a translation, one step at a time."""
    memory = model.encode(torch.tensor([source]), torch.tensor([len(source)]))
    state, total = model.initial_state(memory), 0.0
    for before, after in itertools.pairwise([BOS_ID, *tokens]):
        logits, state, _ = model.step(torch.tensor([before]), state, memory)
        total += logits.log_softmax(-1)[0, after].item()
    return total


def every_translation(limit: int) -> list[list[int]]:
    """All sequences the search may find: ending in EOS within the limit, or cut off at it."""
    words = range(EOS_ID + 1, VOCAB)
    ended = [[*w, EOS_ID] for n in range(1, limit) for w in itertools.product(words, repeat=n)]
    return ended + [list(w) for w in itertools.product(words, repeat=limit)]


@pytest.mark.parametrize("length_penalty", [0.0, 1.0])
def test_wide_beam_finds_the_best_of_all(length_penalty: float) -> None:
    model, source, limit = make_model(), [5, 4, 6, EOS_ID], 4
    with torch.no_grad():
        scored = {tuple(t): log_prob(model, source, t) / len(t) ** length_penalty for t in every_translation(limit)}
    best = max(scored, key=lambda tokens: scored[tokens])
    (found,) = search(model, [source], beam_size=200, limit=limit, length_penalty=length_penalty)
    assert found[0].tokens == [token for token in best if token != EOS_ID]
    assert found[0].score == pytest.approx(scored[best])
    assert [h.score for h in found] == sorted((h.score for h in found), reverse=True)


@torch.no_grad()
def test_beam_of_one_is_greedy() -> None:
    model = make_model(vocab=30)
    for source in ([7, 9, EOS_ID], [25, EOS_ID], [4, 4, 5, 20, 21, EOS_ID]):
        memory = model.encode(torch.tensor([source]), torch.tensor([len(source)]))
        state, tokens = model.initial_state(memory), [BOS_ID]
        while len(tokens) <= 12 and tokens[-1] != EOS_ID:
            logits, state, _ = model.step(torch.tensor(tokens[-1:]), state, memory)
            logits[:, : EOS_ID + (len(tokens) == 1)] = -torch.inf
            tokens.append(int(logits.argmax()))
        (found,) = search(model, [source], beam_size=1, limit=12)
        assert found[0].tokens == [token for token in tokens[1:] if token != EOS_ID]


@pytest.mark.parametrize("beam_size", [1, 5])
def test_batch_equals_single_and_scores_are_the_model_s(beam_size: int) -> None:
    model = make_model(vocab=30)
    random = torch.Generator().manual_seed(1)
    sentences = [
        [*torch.randint(4, 30, (int(torch.randint(1, 9, (1,), generator=random)),), generator=random).tolist(), EOS_ID]
        for _ in range(13)
    ]
    together = search(model, sentences, beam_size, limit=15)
    for sentence, found in zip(sentences, together, strict=True):
        (alone,) = search(model, [sentence], beam_size, limit=15)
        assert [h.tokens for h in alone] == [h.tokens for h in found]
        for hypothesis in found:
            ending = [EOS_ID] if len(hypothesis.tokens) < 15 else []
            with torch.no_grad():
                expected = log_prob(model, sentence, hypothesis.tokens + ending)
            assert hypothesis.log_prob == pytest.approx(expected)
            assert hypothesis.score == pytest.approx(expected / (len(hypothesis.tokens) + len(ending)))


def test_nothing_but_words_comes_out() -> None:
    for found in search(make_model(), [[4, EOS_ID], [6, 6, 5, EOS_ID]], beam_size=3, limit=6):
        assert 1 <= len(found) <= 3
        for hypothesis in found:
            assert 1 <= len(hypothesis.tokens) <= 6
            assert min(hypothesis.tokens) > EOS_ID
