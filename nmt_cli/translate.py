"""Lines of text in, lines of text out.

Ties text, SentencePiece, models and search together; knows nothing of files or the command line.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from nmt_cli.batching import pad
from nmt_cli.checkpoint import ModelFolder, load_model
from nmt_cli.config import DEFAULT_MODEL, SearchConfig, model_path, override_search
from nmt_cli.errors import ConfigError, ModelError, NmtError
from nmt_cli.fidelity import Weights, is_foreign, kept_words, restore, with_capital, without_stray_quote
from nmt_cli.lexicon import MARK, Lexicon
from nmt_cli.model import Batch
from nmt_cli.search import Hypothesis, length_limits, search
from nmt_cli.text import normalize
from nmt_cli.tokenizer import WORD_START
from nmt_cli.vocab import BOS_ID, EOS_ID

# The end of a sentence for sure: a danda, or ? and ! that belong to no word in Latin script, such as Yahoo!
_SENTENCE_END = re.compile(r"(?:(?<=।)|(?<=[^\x00-\x7f][?!]))\s+(?=[^\s।?!])")
_LIKELY_END = re.compile(r"(?<=[।?!])\s+|(?<=[^\s.]{3}\.)\s+")
_CLAUSE_END = re.compile(r"(?<=[,;:])\s+")
# What other programs take for the end of a line.
_LINE_ENDS = re.compile("[\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_PIECES_PER_WORD = 4  # a segment of more pieces than this times `max_words` is cut, whatever its words
_WINDOW_BATCHES = 32  # batches read ahead, so that sentences of like length share one
_WINDOW_CHARS = 4_000_000  # most characters read ahead


@dataclass(frozen=True)
class Segment:
    """A piece of a line, short enough for the model."""

    text: str  # normalised; of an endless word the whole
    ids: list[int]  # without EOS
    start: int = 0  # its first piece's number in `text`


@dataclass(frozen=True)
class Translation:
    """A line and all that is known of its translation. What was not translated has neither score nor tokens."""

    source: str
    text: str
    score: float | None  # of its segments, the mean by length: log-probability a token, less what penalties take off
    tokens: list[tuple[str, float]]  # the pieces that the model wrote, EOS among them, each with its probability
    n_best: list[tuple[str, float]]  # the best translations and their scores, the first of them `text`
    alignment: list[tuple[int, int]]  # word of the (normalised) source, word of the translation; both from 0
    segments: list[tuple[Segment, Hypothesis]]  # of the best translation

    def to_json(self) -> dict[str, Any]:
        """Plain values for JSON: what `nmt translate --format json` writes."""
        return {
            "source": self.source,
            "translation": self.text,
            "score": None if self.score is None else round(self.score, 6),
            "tokens": [{"piece": piece, "probability": round(probability, 6)} for piece, probability in self.tokens],
            "n_best": [{"translation": text, "score": round(score, 6)} for text, score in self.n_best],
            "alignment": self.pharaoh(),
        }

    def pharaoh(self) -> str:
        """The alignment as `0-0 1-2 …`: number of the source word, number of the translation's, both from 0."""
        return " ".join(f"{source}-{target}" for source, target in self.alignment)


class Translator:
    """A trained model, or several that translate together.

    >>> translator = Translator.load("runs/quickstart/model")
    >>> translator.translate(["क्या आप चाय पिएँगे?", ""])
    ['Will you drink tea?', '']

    Args:
        parts: the model
        others: more models, of the same SentencePiece models: their log-probabilities are averaged
        settings: how to search; None: as the first model's configuration says

    Raises:
        ModelError: a model cannot translate, or not with these others.
    """

    def __init__(self, parts: ModelFolder, *others: ModelFolder, settings: SearchConfig | None = None) -> None:
        self.parts, self.config = parts, parts.config  # of the first model
        self.settings = settings or parts.config.search
        for each in (parts, *others):
            _check_usable(each, parts, self.settings)
        self._models = [parts.model, *(other.model for other in others)]
        self._device = next(parts.model.parameters()).device
        if self.settings.precision == "int8" and self._device.type == "cpu":
            self._models = [model.quantized() for model in self._models]
        self._source, self._target = parts.source, parts.target
        self._max_words = parts.config.data.cleaning.max_words
        self._language = parts.config.data.src_lang
        self._looks = any(each.config.model.attention != "none" for each in (parts, *others))

    @classmethod
    def load(
        cls,
        *folders: str | Path,
        device: str = "cpu",
        overrides: Sequence[str] = (),
        glossary: str | Path | None = None,
    ) -> "Translator":
        """Load a model folder, or several to translate together.

        Args:
            folders: of which any may be the name of a shipped model; none: the default one
            device: "cpu", "cuda" …
            overrides: settings of the search other than the (first) model's, such as "search.length_penalty=0.6"
            glossary: file of lines of one to four source words, a tab and their translation, which the model is told
                beside them

        Raises:
            ModelError: one is not a whole model folder, or cannot translate, or not with the others, or not with a
                glossary.
            ConfigError: an override is of no such setting, or of a value that does not fit.
            DataError: the glossary cannot be read.
        """
        parts = [load_model(model_path(folder), torch.device(device)) for folder in folders or (DEFAULT_MODEL,)]
        if glossary is not None:
            terms = Lexicon.read(glossary)
            parts = [_with_glossary(each, terms) for each in parts]
        return cls(*parts, settings=override_search(parts[0].config, overrides))

    def translate(self, lines: Iterable[str], *, beam_size: int | None = None, batch_size: int = 64) -> list[str]:
        """The translation of each line: as many lines as came in, in their order; blank lines stay blank.

        Args:
            lines: any text; it is normalised as in training, and translated sentence by sentence
            beam_size: hypotheses kept at every step; None: as the model's configuration says
            batch_size: sentences translated together; it changes the speed and nothing else
        """
        return list(self.stream(lines, beam_size=beam_size, batch_size=batch_size))

    def stream(
        self,
        lines: Iterable[str],
        *,
        beam_size: int | None = None,
        batch_size: int = 64,
        window: int | None = None,
    ) -> Iterator[str]:
        """As `translate`, a window of lines at a time, so that endless input needs no more memory than a window.

        Args:
            lines, beam_size, batch_size: as in `translate`
            window: lines read before the first is written; None: enough to fill batches well
        """
        for translation in self.explain(
            lines, beam_size=beam_size, batch_size=batch_size, window=window, alignment=False
        ):
            yield translation.text

    def explain(
        self,
        lines: Iterable[str],
        *,
        beam_size: int | None = None,
        batch_size: int = 64,
        window: int | None = None,
        n_best: int = 1,
        alignment: bool = True,
    ) -> Iterator[Translation]:
        """As `stream`, with scores, probabilities and alignments.

        When interrupted, or when `lines` raises an NmtError, the translations that are finished come first.

        Args:
            lines, beam_size, batch_size, window: as in `stream`
            n_best: translations a line, at most `beam_size`; of a line of several segments, the i-th of each
            alignment: whether alignments and attention are wanted

        Raises:
            ConfigError: `n_best` is more than `beam_size`.
        """
        settings = self.settings.model_copy(update={"beam_size": beam_size or self.settings.beam_size})
        if n_best > settings.beam_size:
            raise ConfigError(
                f"{n_best} translations a line are more than a beam of {settings.beam_size} can hold: "
                f"set --beam-size {n_best} or more"
            )
        for chunk in _windows(lines, window or batch_size * _WINDOW_BATCHES):
            segments = self._segments(chunk)
            every = [segment for line in segments for segment in line]
            found: list[list[Hypothesis]] = [[] for _ in every]
            interrupted = None
            try:
                self._search(every, found, settings, batch_size, n_best=n_best, attention=alignment)
            except KeyboardInterrupt as interrupt:
                interrupted = interrupt
            start = 0
            for line, parts in zip(chunk, segments, strict=True):
                hypotheses = found[start : start + len(parts)]
                start += len(parts)
                if not all(hypotheses):
                    break
                yield self._translation(line, parts, hypotheses, alignment=alignment)
            if interrupted:
                raise interrupted

    def translate_ids(self, sources: Sequence[Sequence[int]], beam_size: int, batch_size: int) -> list[str]:
        """The translation of each sequence of source ids (without EOS), as the model writes it."""
        segments = [Segment("", list(ids)) for ids in sources]
        found: list[list[Hypothesis]] = [[] for _ in segments]
        self._search(segments, found, self.settings.model_copy(update={"beam_size": beam_size}), batch_size)
        return self._target.decode([hypotheses[0].tokens for hypotheses in found])

    def _segments(self, lines: list[str]) -> list[list[Segment]]:
        """Each line in segments; none of a line that has nothing to translate."""
        texts = [self._split(normalize(line)) for line in lines]
        encoded = iter(self._source.encode([text for parts in texts for text in parts]))
        limit = self._max_words * _PIECES_PER_WORD
        return [
            [
                Segment(text, ids[start : start + limit], start)
                for text, ids in zip(parts, encoded, strict=False)
                for start in range(0, len(ids), limit)
            ]
            for parts in texts
        ]

    def _split(self, line: str) -> list[str]:
        if not line or (self.settings.copying and is_foreign(line, self._language)):
            return []
        sentences: list[str] = []
        for sentence in _SENTENCE_END.split(line) if self.settings.split_sentences else [line]:
            if sentences and is_foreign(sentence, self._language):
                sentences[-1] += f" {sentence}"
            else:
                sentences.append(sentence)
        return [part for sentence in sentences for part in split_long(sentence, self._max_words)]

    def _search(
        self,
        segments: Sequence[Segment],
        found: list[list[Hypothesis]],
        settings: SearchConfig,
        batch_size: int,
        *,
        n_best: int = 1,
        attention: bool = False,
    ) -> None:
        """Fill `found` with the translations of each segment, those of like length together."""
        order = sorted(range(len(segments)), key=lambda i: len(segments[i].ids))
        for start in range(0, len(order), batch_size):
            batch = order[start : start + batch_size]
            lengths = torch.tensor([len(segments[i].ids) + 1 for i in batch])
            shortest, longest = length_limits(lengths, settings)
            results = search(
                self._models,
                pad([[*segments[i].ids, EOS_ID] for i in batch]).to(self._device),
                lengths.to(self._device),
                settings,
                min_lengths=shortest,
                max_lengths=longest,
                n_best=n_best,
                attention=attention or any(self._copies(segments[i]) for i in batch),
            )
            for i, hypotheses in zip(batch, results, strict=True):
                found[i] = hypotheses

    def _copies(self, segment: Segment) -> bool:
        return self.settings.copying and self._looks and bool(kept_words(segment.text.split(), self._language))

    def _translation(
        self, line: str, segments: list[Segment], found: list[list[Hypothesis]], *, alignment: bool
    ) -> Translation:
        if not segments:
            text = self._untranslated(line)
            return Translation(line, text, None, [], [], [], [])
        n_best = []
        for rank in range(max(map(len, found))):
            ranked = [hypotheses[min(rank, len(hypotheses) - 1)] for hypotheses in found]
            texts = [self._written(*pair) for pair in zip(segments, ranked, strict=True)]
            if self.settings.capitalize:
                texts[0] = with_capital(line, texts[0])
            n_best.append((" ".join(texts), _mean_score(ranked)))
        best = [(segment, hypotheses[0]) for segment, hypotheses in zip(segments, found, strict=True)]
        tokens = [token for _, hypothesis in best for token in self._tokens(hypothesis)] if alignment else []
        links = self._alignment(best) if alignment and self._looks else []
        return Translation(line, n_best[0][0], n_best[0][1], tokens, n_best, links, best)

    def _untranslated(self, line: str) -> str:
        """A line that has nothing to translate: as it came, but for Devanagari digits and what would end it."""
        normalized = normalize(line)
        return (_LINE_ENDS.sub(" ", line) if is_foreign(line, self._language) else normalized) if normalized else ""

    def _written(self, segment: Segment, hypothesis: Hypothesis) -> str:
        """The text of a translation, with what must come through unchanged."""
        if not self._copies(segment):
            return self._decoded(segment, hypothesis)
        return " ".join(self._words(segment, hypothesis)[1])

    def _decoded(self, segment: Segment, hypothesis: Hypothesis) -> str:
        (text,) = self._target.decode([hypothesis.tokens])
        return without_stray_quote(segment.text, text) if self.settings.copying else text

    def _words(self, segment: Segment, hypothesis: Hypothesis) -> tuple[list[str], list[str], list[int]]:
        """The words of a segment, those of its translation, and the source word that each of these comes from."""
        pieces = self._pieces(segment)
        source, source_words = _words_of(pieces)
        if self._source.lexicon:
            source = [word.partition(MARK)[0] or word for word in source]
        _, target_words = _words_of(self._target.spelled(hypothesis.tokens))
        target = self._decoded(segment, hypothesis).split()
        if not target or len(target) != 1 + max(target_words):  # bytes that are no text, for instance
            return source, target, []
        assert hypothesis.weights is not None
        weights = _by_words(hypothesis.weights.float().cpu().numpy(), target_words, source_words)
        if self._copies(segment):
            return source, *restore(source, target, weights, self._language)
        return source, target, weights.argmax(axis=1).tolist()

    def _pieces(self, segment: Segment) -> list[str]:
        """The pieces that the model reads, without EOS."""
        return self._source.pieces(segment.text)[segment.start : segment.start + len(segment.ids)]

    def _alignment(self, best: list[tuple[Segment, Hypothesis]]) -> list[tuple[int, int]]:
        links = []
        source_start = target_start = 0
        for segment, hypothesis in best:
            source, target, words = self._words(segment, hypothesis)
            links += [(source_start + place, target_start + at) for at, place in enumerate(words)]
            source_start += len(source)
            target_start += len(target)
        return links

    def _tokens(self, hypothesis: Hypothesis) -> list[tuple[str, float]]:
        ids = [*hypothesis.tokens, EOS_ID][: len(hypothesis.log_probs)]
        return list(zip(self._target.spelled(ids), np.exp(hypothesis.log_probs).tolist(), strict=True))

    @torch.inference_mode()
    def attention(self, translation: Translation) -> list[dict[str, Any]]:
        """What happened while each segment of a line was translated, as plain values for JSON.

        Returns:
            for each segment `source` and `target`, the pieces that the model read (S) and wrote (T), EOS among them;
            `alpha` (T, S) the attention weights, `e` (T, S) the energies that they are the softmax of, `s` (T, H) the
            decoder's states after each piece, of the first model where there are several; without attention `alpha`
            and `e` are null
        """
        model, records = self.parts.model, []
        for segment, hypothesis in translation.segments:
            source, target = [*segment.ids, EOS_ID], [*hypothesis.tokens, EOS_ID][: len(hypothesis.log_probs)]
            src, tgt_in, tgt_out = (torch.tensor([ids]) for ids in (source, [BOS_ID, *target[:-1]], target))
            batch = Batch(src, torch.tensor([len(source)]), tgt_in, tgt_out).to(self._device)
            trace = model.trace(batch)
            pieces = self._pieces(segment)
            records.append(
                {
                    "source": [*pieces, *self._source.spelled([EOS_ID])],
                    "target": self._target.spelled(target),
                    "alpha": _rounded(trace.weights),
                    "e": _rounded(trace.energies),
                    "s": _rounded(trace.states),
                }
            )
        return records


def _with_glossary(parts: ModelFolder, glossary: Lexicon) -> ModelFolder:
    source = parts.source
    if source.lexicon is None:
        raise ModelError(
            f"{parts.config.name}: was trained without tokenizer.lexicon, so that it does not know what a glossary is: "
            "leave --glossary out"
        )
    return replace(parts, source=source.with_lexicon(glossary | source.lexicon))


def _check_usable(each: ModelFolder, first: ModelFolder, settings: SearchConfig) -> None:
    name, attention = each.config.name, each.config.model.attention
    if attention == "oracle":
        raise ModelError(
            f"{name}: its attention is an oracle's, which needs the alignment of a translation that is still to be "
            "written: it can be trained and scored, not translate"
        )
    if attention == "none" and settings.coverage_penalty:
        raise ModelError(f"{name}: search.coverage_penalty needs attention, which this model has none of: set it to 0")
    if each.config.model.told != first.config.model.told:
        raise ModelError(f"{first.config.name} and {name}: their model.told differs: they cannot translate together")
    own, others = (each.source, each.target), (first.source, first.target)
    if any(mine.serialized != theirs.serialized for mine, theirs in zip(own, others, strict=True)):
        raise ModelError(
            f"{first.config.name} and {name}: their SentencePiece models differ; only models with the same "
            "source.model and target.model translate together (tokenizer.reuse makes such)"
        )


def _windows(lines: Iterable[str], size: int) -> Iterator[list[str]]:
    """The lines, `size` at a time or fewer where they are long; what came before an error comes before it here too."""
    chunk: list[str] = []
    chars = 0
    try:
        for line in lines:
            chunk.append(line)
            chars += len(line)
            if len(chunk) >= size or chars >= _WINDOW_CHARS:
                yield chunk
                chunk, chars = [], 0
    except NmtError:
        if chunk:
            yield chunk
        raise
    if chunk:
        yield chunk


def _words_of(pieces: Sequence[str]) -> tuple[list[str], list[int]]:
    """The words that pieces make up, and the number of the word that each piece belongs to."""
    words: list[str] = []
    numbers = []
    starts = True
    for piece in pieces:
        starts = starts or piece.startswith(WORD_START)
        letters = piece.removeprefix(WORD_START)
        if letters and starts:
            words.append("")
        if letters:
            starts = False
            words[-1] += letters
        # A space alone belongs to the word that it begins.
        numbers.append(len(words) - (not starts))
    return words, [min(number, len(words) - 1) for number in numbers]


def _by_words(weights: Weights, target: Sequence[int], source: Sequence[int]) -> Weights:
    """Attention between words (T, S) from attention between pieces, each piece's word being given."""
    totals = np.zeros((max(target) + 1, max(source) + 1), dtype=np.float32)
    np.add.at(totals, np.ix_(target, source), weights[: len(target), : len(source)])
    means: Weights = totals / np.bincount(target).clip(min=1).astype(np.float32)[:, None]
    return means


def _mean_score(hypotheses: Sequence[Hypothesis]) -> float:
    lengths = [len(hypothesis.log_probs) for hypothesis in hypotheses]
    total = sum(hypothesis.score * length for hypothesis, length in zip(hypotheses, lengths, strict=True))
    return total / sum(lengths)


def _rounded(values: torch.Tensor | None) -> list[list[float]] | None:
    """(1, T, any) → T lists."""
    return None if values is None else [[round(x, 4) for x in row] for row in values[0].tolist()]


def split_long(line: str, max_words: int) -> list[str]:
    """Cut a line into parts of at most `max_words` words: at sentence ends, else after commas, else between words."""
    if len(line.split()) <= max_words:
        return [line]
    parts: list[str] = []
    for sentence in _LIKELY_END.split(line):
        if len(sentence.split()) <= max_words:
            _join_or_append(parts, sentence, max_words)
            continue
        for clause in _CLAUSE_END.split(sentence):
            words = clause.split()
            for start in range(0, len(words), max_words):
                _join_or_append(parts, " ".join(words[start : start + max_words]), max_words)
    return parts


def _join_or_append(parts: list[str], text: str, max_words: int) -> None:
    """Lengthen the last part by `text` where both together are short enough."""
    if parts and len(parts[-1].split()) + len(text.split()) <= max_words:
        parts[-1] = f"{parts[-1]} {text}"
    else:
        parts.append(text)
