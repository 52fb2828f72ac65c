"""Lines of text in, lines of text out.

Ties text, SentencePiece, model and search together; knows nothing of files or the command line.
"""

import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import torch

from nmt_cli.batching import pad
from nmt_cli.checkpoint import ModelFolder, load_model
from nmt_cli.errors import ModelError
from nmt_cli.search import beam_search
from nmt_cli.text import normalize
from nmt_cli.vocab import EOS_ID

_SENTENCE_END = re.compile(r"(?<=[।?!])\s+|(?<=[^\s.]{3}\.)\s+")
_CLAUSE_END = re.compile(r"(?<=[,;:])\s+")
_PIECES_PER_WORD = 4  # a segment of more pieces than this times `max_words` is cut, whatever its words
_WINDOW_BATCHES = 32  # batches read ahead, so that sentences of like length share one


class Translator:
    """A trained model, ready to translate.

    >>> translator = Translator.load("runs/quickstart/model")
    >>> translator.translate(["क्या आप चाय पिएँगे?", ""])
    ['Will you drink tea?', '']
    """

    def __init__(self, parts: ModelFolder) -> None:
        if parts.config.model.attention == "oracle":
            raise ModelError(
                f"{parts.config.name}: its attention is an oracle's, which needs the alignment of a translation that "
                "is still to be written: it can be trained and scored, not translate"
            )
        self._model = parts.model
        self._source, self._target = parts.source, parts.target
        self._search = parts.config.search
        self._max_words = parts.config.data.cleaning.max_words
        self.config = parts.config

    @classmethod
    def load(cls, folder: str | Path, device: str = "cpu") -> "Translator":
        """Load a model folder.

        Raises:
            ModelError: it is not a whole model folder, or of a model that cannot translate.
        """
        return cls(load_model(Path(folder), torch.device(device)))

    def translate(self, lines: Iterable[str], *, beam_size: int | None = None, batch_size: int = 64) -> list[str]:
        """The translation of each line: as many lines as came in, in their order; blank lines stay blank.

        Args:
            lines: any text; it is normalised as in training, and split at sentence ends where it is too long
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
        source = iter(lines)
        while chunk := list(itertools.islice(source, window or batch_size * _WINDOW_BATCHES)):
            segments = [self._segments(normalize(line)) for line in chunk]
            ids = [ids for line in segments for ids in line]
            translations = iter(self.translate_ids(ids, beam_size or self._search.beam_size, batch_size))
            for line in segments:
                yield " ".join(itertools.islice(translations, len(line)))

    def translate_ids(self, sources: Sequence[Sequence[int]], beam_size: int, batch_size: int) -> list[str]:
        """The translation of each sequence of source ids (without EOS), those of like length together."""
        order = sorted(range(len(sources)), key=lambda i: len(sources[i]))
        outputs: list[Sequence[int]] = [()] * len(sources)
        for start in range(0, len(order), batch_size):
            batch = order[start : start + batch_size]
            for i, tokens in zip(batch, self._best([sources[i] for i in batch], beam_size), strict=True):
                outputs[i] = tokens
        return self._target.decode(outputs)

    def _best(self, sources: Sequence[Sequence[int]], beam_size: int) -> list[list[int]]:
        device = next(self._model.parameters()).device
        lengths = torch.tensor([len(ids) + 1 for ids in sources])
        found = beam_search(
            self._model,
            pad([[*ids, EOS_ID] for ids in sources]).to(device),
            lengths.to(device),
            beam_size=beam_size,
            length_penalty=self._search.length_penalty,
            max_lengths=2 * lengths + 10,
        )
        return [hypotheses[0].tokens for hypotheses in found]

    def _segments(self, line: str) -> list[list[int]]:
        """The line as sequences of ids that are short enough for the model; none for a blank line."""
        parts = [line] if len(line.split()) <= self._max_words else split_long(line, self._max_words)
        limit = self._max_words * _PIECES_PER_WORD
        encoded = self._source.encode([part for part in parts if part])
        return [ids[start : start + limit] for ids in encoded for start in range(0, len(ids), limit)]


def split_long(line: str, max_words: int) -> list[str]:
    """Cut a line into parts of at most `max_words` words: at sentence ends, else after commas, else between words."""
    parts: list[str] = []
    for sentence in _SENTENCE_END.split(line):
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
