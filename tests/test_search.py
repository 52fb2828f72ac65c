"""The search against brute force and against the model itself, alone and in batches."""

import itertools

import pytest
import torch

from nmt_cli.batching import pad
from nmt_cli.config import ModelConfig, SearchConfig
from nmt_cli.model import Batch, Model
from nmt_cli.search import Hypothesis, search
from nmt_cli.vocab import BOS_ID, EOS_ID

VOCAB = 7  # three words besides the special symbols


Settings = dict[str, float | str]


def make_model(vocab: int = VOCAB, seed: int = 11, settings: Settings | None = None) -> Model:
    torch.manual_seed(seed)
    sizes = {"emb_size": 8, "hidden_size": 8, "attention_size": 8, "dropout": 0.0}
    model = Model(ModelConfig.model_validate({**sizes, **(settings or {})}), vocab, vocab).double().eval()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.mul_(4)  # an untrained model's choices are close to ties: make it opinionated
    return model


def find(
    models: Model | list[Model],
    sentences: list[list[int]],
    limit: int,
    settings: Settings,
    *,
    shortest: int = 0,
    n_best: int | None = None,
    attention: bool = False,
) -> list[list[Hypothesis]]:
    config = SearchConfig.model_validate(settings)
    return search(
        models if isinstance(models, list) else [models],
        pad(sentences),
        torch.tensor([len(sentence) for sentence in sentences]),
        config,
        min_lengths=torch.full((len(sentences),), shortest),
        max_lengths=torch.full((len(sentences),), limit),
        n_best=n_best or config.beam_size,
        attention=attention,
    )


@torch.no_grad()
def forced(models: list[Model], source: list[int], tokens: list[int]) -> tuple[list[float], torch.Tensor]:
    """Log-probability of each token by the models' teacher-forced `forward`, and their attention (T, S)."""
    ids = torch.tensor([tokens])
    batch = Batch(torch.tensor([source]), torch.tensor([len(source)]), torch.tensor([[BOS_ID, *tokens[:-1]]]), ids)
    traces = [model.trace(batch) for model in models]
    mean = torch.stack(
        [model.decoder.logits(trace.readouts).log_softmax(-1) for model, trace in zip(models, traces, strict=True)]
    ).mean(0)
    nowhere = torch.zeros(1, len(tokens), len(source))
    looks = torch.stack([nowhere if trace.weights is None else trace.weights for trace in traces]).mean(0)[0]
    return mean[0].gather(1, ids.T)[:, 0].tolist(), looks


def ending(hypothesis: Hypothesis) -> list[int]:
    """The tokens that the model has scored: those of the translation, and EOS unless it was cut off."""
    return hypothesis.tokens + [EOS_ID] * (len(hypothesis.log_probs) - len(hypothesis.tokens))


def every_translation(limit: int) -> list[list[int]]:
    """All sequences the search may find: ending in EOS within the limit, or cut off at it."""
    words = range(EOS_ID + 1, VOCAB)
    ended = [[*w, EOS_ID] for n in range(1, limit) for w in itertools.product(words, repeat=n)]
    return ended + [list(w) for w in itertools.product(words, repeat=limit)]


def sentences_of(count: int, vocab: int = 30) -> list[list[int]]:
    random = torch.Generator().manual_seed(1)
    sizes = torch.randint(1, 9, (count,), generator=random).tolist()
    return [[*torch.randint(4, vocab, (size,), generator=random).tolist(), EOS_ID] for size in sizes]


@pytest.mark.parametrize("settings", [{}, {"length_penalty": 0.0}, {"coverage_penalty": 0.7}, {"no_repeat_ngram": 2}])
@pytest.mark.parametrize("n_best", [1, 4])
def test_wide_beam_finds_the_best_of_all(settings: Settings, n_best: int) -> None:
    # One model where one translation is asked for, two together where several are.
    models, source, limit = [make_model(seed=11 + n) for n in range(min(n_best, 2))], [5, 4, 6, EOS_ID], 4

    def score(tokens: list[int]) -> float:
        log_probs, looks = forced(models, source, tokens)
        penalty: float = looks.sum(0).clamp(max=1).log().sum().item() * float(settings.get("coverage_penalty", 0))
        power: float = len(tokens) ** float(settings.get("length_penalty", 1))
        return sum(log_probs) / power + penalty

    allowed = [
        tokens
        for tokens in every_translation(limit)
        if "no_repeat_ngram" not in settings or len(set(itertools.pairwise(tokens))) == len(tokens) - 1
    ]
    scores = {tuple(tokens): score(tokens) for tokens in allowed}
    best = sorted(scores, key=lambda tokens: -scores[tokens])[:n_best]
    (found,) = find(models, [source], limit, {"beam_size": 200, **settings}, n_best=n_best)
    assert [tuple(ending(hypothesis)) for hypothesis in found] == best
    assert [hypothesis.score for hypothesis in found] == pytest.approx([scores[tokens] for tokens in best])


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
        (found,) = find(model, [source], 12, {"beam_size": 1})
        assert found[0].tokens == [token for token in tokens[1:] if token != EOS_ID]


VARIANTS: list[Settings] = [
    {},
    {"decoder": "simple", "attention": "dot"},
    {"attention": "general", "cell": "lstm", "layer_norm": True, "decoder_layers": 2},
    {"decoder": "simple", "attention": "none", "cell": "rnn"},
]


@pytest.mark.parametrize("beam_size", [1, 5])
@pytest.mark.parametrize("variant", VARIANTS)
def test_batch_equals_single_and_scores_are_the_model_s(beam_size: int, variant: Settings) -> None:
    models = [make_model(vocab=30, settings=variant)]
    if not variant:
        models.append(make_model(vocab=30, seed=12, settings={"hidden_size": 6}))
    sentences = sentences_of(13)
    together = find(models, sentences, 15, {"beam_size": beam_size}, attention=True)
    for sentence, found in zip(sentences, together, strict=True):
        (alone,) = find(models, [sentence], 15, {"beam_size": beam_size})
        (best,) = find(models, [sentence], 15, {"beam_size": beam_size}, n_best=1)
        assert [h.tokens for h in alone] == [h.tokens for h in found]
        assert best[0] == alone[0]  # to stop early when only one is wanted costs nothing
        for hypothesis in found:
            log_probs, weights = forced(models, sentence, ending(hypothesis))
            assert hypothesis.log_probs == pytest.approx(log_probs)
            assert hypothesis.score == pytest.approx(sum(log_probs) / len(log_probs))
            assert hypothesis.weights is not None
            torch.testing.assert_close(hypothesis.weights[:, : len(sentence)], weights, check_dtype=False)


def test_single_precision_is_the_same_to_the_last_bit_in_any_batch() -> None:
    sizes: Settings = {"emb_size": 64, "hidden_size": 128, "attention_size": 32}
    model, sentences = make_model(vocab=300, settings=sizes).float(), sentences_of(40)
    for beam_size in (1, 5):
        together = find(model, sentences, 15, {"beam_size": beam_size})
        for size in (1, 7):
            parts = [find(model, sentences[at : at + size], 15, {"beam_size": beam_size}) for at in range(0, 40, size)]
            assert list(itertools.chain.from_iterable(parts)) == together


def test_integers_are_the_same_in_any_batch() -> None:
    sizes: Settings = {"emb_size": 64, "hidden_size": 128, "attention_size": 32}
    model, sentences = make_model(vocab=300, settings=sizes).float(), sentences_of(40)
    exact, quantized = find(model, sentences, 15, {"beam_size": 5}), model.quantized()
    together = find(quantized, sentences, 15, {"beam_size": 5})
    for size in (1, 7):
        parts = [find(quantized, sentences[at : at + size], 15, {"beam_size": 5}) for at in range(0, 40, size)]
        assert list(itertools.chain.from_iterable(parts)) == together
    assert find(model, sentences, 15, {"beam_size": 5}) == exact != together  # the model itself is what it was


def test_nothing_but_words_comes_out_and_lengths_keep_their_limits() -> None:
    for found in find(make_model(), [[4, EOS_ID], [6, 6, 5, EOS_ID]], 6, {"beam_size": 3}, shortest=3):
        assert 1 <= len(found) <= 3
        for hypothesis in found:
            assert 3 <= len(hypothesis.tokens) <= 6
            assert min(hypothesis.tokens) > EOS_ID


def test_no_ngram_comes_twice() -> None:
    for found in find(
        make_model(), [[4, EOS_ID], [6, 6, 5, EOS_ID]], 30, {"beam_size": 3, "no_repeat_ngram": 2}, shortest=8
    ):
        for hypothesis in found:
            pairs = list(itertools.pairwise(hypothesis.tokens))
            assert len(set(pairs)) == len(pairs)
            assert len(hypothesis.tokens) <= 10  # three words make nine pairs


def test_numbers_that_are_none_still_give_a_translation() -> None:
    model = make_model()
    with torch.no_grad():
        model.decoder.output_bias.fill_(torch.nan)
    assert [len(found) for found in find(model, [[4, EOS_ID], [5, 6, EOS_ID]], 3, {"beam_size": 2}, n_best=1)] == [1, 1]


def test_sampling_follows_the_model_the_seed_and_the_sentence() -> None:
    model, draws = make_model(vocab=10), 4000
    source = [7, 9, EOS_ID]
    (found,) = find(model, [source], 2, {"beam_size": draws, "sampling": True})
    expected = torch.tensor(first_words(model, source)).exp().tolist()
    counts = [sum(h.tokens[0] == word for h in found) / draws for word in range(10)]
    assert counts == pytest.approx(expected, abs=0.03)
    for hypothesis in found[:3]:
        assert hypothesis.log_probs == pytest.approx(forced([model], source, ending(hypothesis))[0])
    sentences = sentences_of(9, 10)
    settings: Settings = {"beam_size": 2, "sampling": True}
    model = model.float()
    together = find(model, sentences, 9, settings)
    alone = [find(model, [sentence], 9, settings)[0] for sentence in sentences]
    assert [[h.tokens for h in found] for found in together] == [[h.tokens for h in found] for found in alone]
    assert together != find(model, sentences, 9, {"seed": 2, **settings})


def first_words(model: Model, source: list[int]) -> list[float]:
    """Log-probabilities of the first word, of those that may come."""
    memory = model.encode(torch.tensor([source]), torch.tensor([len(source)]))
    with torch.no_grad():
        logits = model.step(torch.tensor([BOS_ID]), model.initial_state(memory), memory)[0][0]
    logits[: EOS_ID + 1] = -torch.inf
    return logits.log_softmax(0).tolist()


@pytest.mark.parametrize("settings", [{"top_k": 1}, {"top_p": 1e-6}, {"temperature": 1e-4}])
def test_sampling_from_the_likeliest_alone_is_greedy(settings: Settings) -> None:
    model, sentences = make_model(vocab=30), sentences_of(6)
    greedy = find(model, sentences, 12, {"beam_size": 1})
    drawn = find(model, sentences, 12, {"beam_size": 1, "sampling": True, **settings})
    assert [h[0].tokens for h in drawn] == [h[0].tokens for h in greedy]


def test_top_k_and_top_p_leave_the_unlikely_out() -> None:
    model, source = make_model(vocab=30), [7, 9, EOS_ID]
    order = torch.tensor(first_words(model, source)).argsort(descending=True).tolist()
    probs = torch.tensor(first_words(model, source)).exp().sort(descending=True).values.cumsum(0)
    (few,) = find(model, [source], 1, {"beam_size": 300, "sampling": True, "top_k": 3})
    assert {h.tokens[0] for h in few} <= set(order[:3])
    (likely,) = find(model, [source], 1, {"beam_size": 300, "sampling": True, "top_p": 0.6})
    assert {h.tokens[0] for h in likely} <= set(order[: int((probs < 0.6).sum()) + 1])
