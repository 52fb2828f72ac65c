"""What a model looks at while it writes a translation: every step's numbers, in plain lists.

Knows a model folder and one sentence pair; nothing of how the translation was found or how the numbers are drawn.
Shapes: S source pieces, T target pieces, the end sign among both.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

from nmt_cli.alignment import Link, Links
from nmt_cli.checkpoint import ModelFolder
from nmt_cli.errors import ModelError
from nmt_cli.model import Batch
from nmt_cli.text import normalize
from nmt_cli.vocab import BOS_ID, EOS_ID

_CANDIDATES = 5
_SENTENCES, _WORDS = 40, 50  # what a page has room for


@dataclass(frozen=True)
class Explanation:
    """The steps t of one translation, in the names of nmt_cli/model.py."""

    source: list[str]  # S pieces; "▁" begins a word
    target: list[str]  # T pieces: y_t
    energies: list[list[float]]  # T × S: e_t
    weights: list[list[float]]  # T × S: α_t
    state_norms: list[float]  # T: ‖s_{t-1}‖
    context_norms: list[float]  # T: ‖c_t‖
    probabilities: list[float]  # T: p(y_t)
    candidates: list[list[tuple[str, float]]]  # T: the likeliest next pieces with their probabilities
    links: list[Link] = field(default_factory=list)  # (source word, target word): an alignment made by others
    line: int | None = None  # where the sentence stands in its file, counted from 0


def explain(
    parts: ModelFolder, source: str, translation: str, *, links: Iterable[Link] = (), line: int | None = None
) -> Explanation:
    """Follow the model as it writes a given translation, its own or anybody's.

    Args:
        parts: a model with attention
        source, translation: as text; both are normalised. All of the T × S numbers are kept: mind long sentences.
        links: between words of the normalised texts, to be shown beside the model's own
        line: where the sentence stands in its file

    Raises:
        ModelError: the model has no attention of its own.
    """
    kind = parts.config.model.attention
    if kind in ("none", "oracle"):
        raise ModelError(f"{parts.config.name}: model.attention is '{kind}', so there is no attention to look at")
    source, translation = normalize(source), normalize(translation)
    (src,), (tgt,) = parts.source.encode([source]), parts.target.encode([translation])
    src, tgt = [*src, EOS_ID], [*tgt, EOS_ID]
    device = next(parts.model.parameters()).device
    before = torch.tensor([[BOS_ID, *tgt[:-1]]])
    batch = Batch(torch.tensor([src]), torch.tensor([len(src)]), before, torch.tensor([tgt]))
    with torch.inference_mode():
        batch = batch.to(device)
        trace = parts.model.trace(batch)
        first = parts.model.initial_state(parts.model.encode(batch.src, batch.src_lengths))
        chances = parts.model.decoder.logits(trace.readouts[0]).float().softmax(-1)
    assert trace.energies is not None and trace.weights is not None and trace.contexts is not None
    # The query is a state of the decoder's first layer; of deeper decoders the later states are their topmost's.
    states = torch.cat([first[:, None, : trace.states.shape[-1]], trace.states[:, :-1]], dim=1)
    end = parts.target.spelled([EOS_ID])
    return Explanation(
        source=parts.source.pieces(source) + end,
        target=parts.target.pieces(translation) + end,
        energies=_plain(trace.energies[0]),
        weights=_plain(trace.weights[0]),
        state_norms=_plain(states[0].norm(dim=-1)),
        context_norms=_plain(trace.contexts[0].norm(dim=-1)),
        probabilities=_plain(chances.gather(1, batch.tgt_out[0, :, None])[:, 0]),
        candidates=_likeliest(parts, chances),
        links=sorted(links),
        line=line,
    )


def explain_some(
    parts: ModelFolder, pairs: Sequence[tuple[str, str]], scores: Sequence[float], links: Sequence[Links] = ()
) -> list[Explanation]:
    """Explanations of up to 40 sentences, from the worst to the best and evenly between; blank and long ones left out.

    Args:
        parts: a model with attention
        pairs: sources and their translations
        scores: how good each is
        links: an alignment of each, or none at all

    Raises:
        ModelError: the model has no attention of its own.
    """
    short = [number for number, pair in enumerate(pairs) if all(0 < len(side.split()) <= _WORDS for side in pair)]
    short.sort(key=lambda number: scores[number])
    count = min(_SENTENCES, len(short))
    chosen = [short[place * (len(short) - 1) // max(1, count - 1)] for place in range(count)]
    return [explain(parts, *pairs[number], links=links[number] if links else (), line=number) for number in chosen]


def _likeliest(parts: ModelFolder, chances: Tensor) -> list[list[tuple[str, float]]]:
    found = chances.topk(min(_CANDIDATES, chances.shape[1]))
    return [
        list(zip(parts.target.spelled(numbers), values, strict=True))
        for numbers, values in zip(found.indices.tolist(), found.values.tolist(), strict=True)
    ]


def _plain(numbers: Tensor) -> Any:  # noqa: ANN401
    return numbers.float().tolist()
