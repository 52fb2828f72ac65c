"""SentencePiece: train it, turn text into ids and ids into text.

Knows nothing of pairs or models. Text comes in normalised (nmt_cli/text.py), so SentencePiece's own normalisation,
which splits Hindi words at a zero-width non-joiner, is off.
"""

import copy
import gzip
import io
import itertools
import math
import re
import zlib
from array import array
from bisect import bisect
from collections.abc import Iterable, Sequence
from functools import cached_property, lru_cache
from pathlib import Path
from random import Random

from sentencepiece import SentencePieceProcessor, SentencePieceTrainer

from nmt_cli.config import TokenizerConfig
from nmt_cli.errors import ConfigError, DataError, ModelError
from nmt_cli.lexicon import MARK, Lexicon
from nmt_cli.text import atomic_write
from nmt_cli.vocab import BOS_ID, EOS_ID, PAD_ID, UNK_ID

_SEGMENTATIONS = 32  # of a word that `sample` chooses from
_REMEMBERED_WORDS = 100_000  # with the segmentations of each, some 1.3 kB
_DRAWS = 3  # of a segmentation that is no longer than is wanted
_FEW = 16  # sentences that one core segments faster than several
_USER_DEFINED = 4  # in SentencePiece's file format, the type of a piece that is never divided
LEXICON = "lexicon.tsv.gz"
WORD_START = "\u2581"  # SentencePiece writes it for a space


class Tokenizer:
    """One language's SentencePiece model, and what is said of rare words beside them.

    Args:
        serialized: the model's bytes
        name: what messages call it
        lexicon: whose translations become pieces of the words that they belong to
        told: the other language's, if it is to divide these translations; their ids then come after this one's own

    Raises:
        ModelError: these bytes are not a SentencePiece model with this project's special symbols.
    """

    def __init__(
        self,
        serialized: bytes,
        name: str = "SentencePiece model",
        *,
        lexicon: Lexicon | None = None,
        told: "Tokenizer | None" = None,
    ) -> None:
        self.serialized, self.lexicon, self.told = serialized, lexicon, told
        self._processor = SentencePieceProcessor()
        try:
            self._processor.LoadFromSerializedProto(serialized)
        except RuntimeError:
            raise ModelError(f"{name}: not a SentencePiece model") from None
        specials = [self._processor.pad_id(), self._processor.unk_id(), self._processor.bos_id()]
        if [*specials, self._processor.eos_id()] != [PAD_ID, UNK_ID, BOS_ID, EOS_ID]:
            raise ModelError(f"{name}: its special symbols have other ids than this project's; not one of its models")

    @classmethod
    def load(cls, path: Path, lexicon: Lexicon | None = None) -> "Tokenizer":
        """Load a model file.

        Raises:
            ModelError: the file is missing or not a SentencePiece model.
        """
        try:
            return cls(path.read_bytes(), str(path), lexicon=lexicon)
        except OSError as error:
            raise ModelError(f"{path}: cannot be read ({error.strerror})") from None

    @classmethod
    def train(
        cls,
        sentences: Iterable[str],
        config: TokenizerConfig,
        side: str,
        tags: Sequence[str] = (),
        lexicon: Lexicon | None = None,
    ) -> "Tokenizer":
        """Train a model on normalised sentences; `side` names them in messages, `tags` become pieces of their own.

        With a lexicon, it is trained on what that makes of the sentences.

        Raises:
            ConfigError: the text has fewer pieces than `vocab_size` asks for, or more characters than it has room for.
            DataError: there is no text.
        """
        model = io.BytesIO()
        tags = [*tags, MARK] if lexicon else list(tags)
        try:
            SentencePieceTrainer.train(
                sentence_iterator=map(lexicon.mark, sentences) if lexicon else iter(sentences),
                model_writer=model,
                vocab_size=config.vocab_size,
                model_type=config.model_type,
                normalization_rule_name="identity",
                # One character in 2,000 of the running text, foreign scripts and emoji mostly, gets no piece.
                character_coverage=0.9995,
                split_digits=True,
                byte_fallback=config.byte_fallback,
                user_defined_symbols=tags,
                pad_id=PAD_ID,
                unk_id=UNK_ID,
                bos_id=BOS_ID,
                eos_id=EOS_ID,
                minloglevel=2,
            )
        except RuntimeError as error:
            raise _explain(str(error), config, side) from None
        return cls(model.getvalue(), lexicon=lexicon)

    def with_lexicon(self, lexicon: Lexicon) -> "Tokenizer":
        """This one with a lexicon; MARK becomes its last piece where it has none."""
        serialized = self.serialized
        if self.piece_id(MARK) == UNK_ID:
            # Messages of Protocol Buffers are joined by writing one after the other. Fields of a piece: text, type.
            text = MARK.encode()
            piece = bytes([10, len(text), *text, 24, _USER_DEFINED])
            serialized += bytes([10, len(piece), *piece])
        return Tokenizer(serialized, lexicon=lexicon, told=self.told)

    def with_told(self, told: "Tokenizer") -> "Tokenizer":
        """This one with another that divides what the lexicon says."""
        other = copy.copy(self)  # of the same SentencePiece model, which need not be read once more
        other.told = told
        return other

    def __len__(self) -> int:
        """The number of its own pieces, special symbols included."""
        return int(self._processor.vocab_size())

    def encode(self, sentences: Sequence[str]) -> list[list[int]]:
        """The ids of each sentence, without BOS and EOS; uses all cores where no other divides what is told."""
        marked = list(map(self._marked, sentences))
        if self.told is not None:
            return [[i for word in _words(text) for i in self._ids(*word)] for text in marked]
        ids: list[list[int]] = self._processor.encode(marked, num_threads=_threads(marked))
        return ids

    # A tokenizer lives as long as the run: nothing is kept alive for too long.
    @lru_cache(maxsize=_REMEMBERED_WORDS)  # noqa: B019
    def _ids(self, word: str, is_told: bool) -> list[int]:
        """The likeliest pieces of a word, which pieces never reach beyond, or of one of the other language."""
        if is_told and self.told is not None:
            stem = word.removesuffix(MARK)
            ids = [len(self) + i for i in self.told._ids(stem, False)]
            return ids if stem == word else [*ids, self.piece_id(MARK)]
        return list(self._processor.encode(word))

    def _marked(self, sentence: str) -> str:
        return self.lexicon.mark(sentence) if self.lexicon else sentence

    def sample(self, sentences: Sequence[str], sampling: float, seed: int, most: int | None = None) -> list[list[int]]:
        """The ids of a random segmentation of each sentence (Kudo 2018); the same seed draws the same ones everywhere,
        which SentencePiece's own sampling does not promise.

        Args:
            sentences: normalised
            sampling: the power to which the segmentations' probabilities are raised
            seed: any number
            most: ids a sentence; one that comes out longer thrice has its likeliest segmentation, however long
        """
        random = Random(seed)
        sampled = []
        for sentence in sentences:
            ways = [self._segmentations(*word, sampling) for word in _words(self._marked(sentence))]
            for _ in range(_DRAWS):
                ids: list[int] = []
                for pieces, starts, reached in ways:
                    # The last sum is rounded: chance times it may be beyond.
                    way = min(bisect(reached, random.random() * reached[-1]), len(reached) - 1)
                    ids.extend(pieces[starts[way] : starts[way + 1]])
                if most is None or len(ids) <= most:
                    break
            else:
                (ids,) = self.encode([sentence])
            sampled.append(ids)
        return sampled

    @lru_cache(maxsize=_REMEMBERED_WORDS)  # noqa: B019
    def _segmentations(
        self, word: str, is_told: bool, sampling: float
    ) -> tuple["array[int]", "array[int]", "array[float]"]:
        """The likeliest segmentations of a word: the ids of all of them, where each begins and the last one ends, and
        their summed probabilities.
        """
        if is_told and self.told is not None:
            ids = self._ids(word, is_told)
            return array("i", ids), array("i", [0, len(ids)]), array("d", [1.0])
        ways: list[list[int]] = self._processor.nbest_encode(word, nbest_size=_SEGMENTATIONS)
        scores = [sum([self._scores[i] for i in ids]) for ids in ways]
        best = max(scores)
        return (
            array("i", itertools.chain.from_iterable(ways)),
            array("i", itertools.accumulate(map(len, ways), initial=0)),
            array("d", itertools.accumulate(math.exp(sampling * (score - best)) for score in scores)),
        )

    @cached_property
    def _scores(self) -> list[float]:
        """The logarithm of each piece's probability."""
        return [self._processor.get_score(i) for i in range(len(self))]

    def decode(self, ids: Sequence[Sequence[int]]) -> list[str]:
        """The text of each sequence of ids; special symbols leave nothing behind."""
        if self.told is not None:
            pieces = ("".join(self.spelled([i for i in sequence if i > EOS_ID])) for sequence in ids)
            return [text.replace(WORD_START, " ").strip() for text in pieces]
        lines: list[str] = self._processor.decode(
            [[i for i in sequence if i > EOS_ID] for sequence in ids], num_threads=_threads(ids)
        )
        return lines

    def pieces(self, sentence: str) -> list[str]:
        """The pieces of a sentence, one an id, in its own letters even where the model has no such piece.

        A word's translation by the lexicon is part of the word, after MARK: it begins with no WORD_START.
        """
        processor = self._processor
        if self.lexicon is None:
            return list(processor.encode(sentence, out_type=str))
        pieces: list[str] = []
        for word, is_told in _words(self._marked(sentence)):
            if is_told and self.told is not None:
                new = [*self.told.pieces(word.removesuffix(MARK)), *([MARK] if word.endswith(MARK) else ())]
            else:
                new = processor.encode(word, out_type=str)
            pieces += [*(piece.removeprefix(WORD_START) for piece in new[:1]), *new[1:]] if is_told else new
        return pieces

    def spelled(self, ids: Sequence[int]) -> list[str]:
        """The piece of each id."""
        own = len(self)
        return [
            str(self._processor.id_to_piece(i)) if i < own or self.told is None else self.told.spelled([i - own])[0]
            for i in ids
        ]

    def word_starts(self, ids: Sequence[int]) -> list[bool]:
        """Of each id of a sentence, whether a word of the text begins with its piece."""
        own = len(self)
        return [
            i < own and self._starts[i] and before != self._mark for i, before in zip(ids, [-1, *ids], strict=False)
        ]

    @cached_property
    def _starts(self) -> list[bool]:
        return [piece.startswith(WORD_START) for piece in self.spelled(range(len(self)))]

    @cached_property
    def _mark(self) -> int | None:
        return self.piece_id(MARK) if self.lexicon else None

    def piece_id(self, piece: str) -> int:
        """The id of a piece, such as a tag; UNK_ID when there is no such piece."""
        return int(self._processor.piece_to_id(piece))


def _words(marked: str) -> list[tuple[str, bool]]:
    """The words of what a lexicon's `mark` returns, each with its MARK, and whether it is one of a translation."""
    words = marked.split()
    return [(word, before.endswith(MARK)) for word, before in zip(words, ["", *words], strict=False)]


def load_tokenizers(folder: Path, *, told: bool = False) -> tuple[Tokenizer, Tokenizer]:
    """The source's and the target's, from a model folder or a prepared one: source.model, target.model, and LEXICON, or
    lexicon.tsv, which older versions wrote.

    Args:
        folder: where they are
        told: whether what the lexicon says is divided as the target is (`model.told`)

    Raises:
        ModelError: a file is missing or damaged.
    """
    path = next((path for name in (LEXICON, "lexicon.tsv") if (path := folder / name).exists()), None)
    try:
        lexicon = None if path is None else Lexicon.deserialize(_whole(path))
    except (OSError, ValueError, EOFError, zlib.error) as error:
        raise ModelError(f"{path}: damaged ({error}); copy the folder again") from None
    source, target = Tokenizer.load(folder / "source.model", lexicon), Tokenizer.load(folder / "target.model")
    return source.with_told(target) if told else source, target


def _whole(path: Path) -> bytes:
    content = path.read_bytes()
    return gzip.decompress(content) if path.suffix == ".gz" else content


def save_tokenizers(folder: Path, source: Tokenizer, target: Tokenizer) -> None:
    """Write what `load_tokenizers` reads; each file takes its place whole."""
    contents = {"source.model": source.serialized, "target.model": target.serialized}
    if source.lexicon:
        contents[LEXICON] = gzip.compress(source.lexicon.serialize(), mtime=0)
    for name in {"lexicon.tsv", LEXICON} - {*contents}:
        (folder / name).unlink(missing_ok=True)  # of a model that was here before
    for name, content in contents.items():
        with atomic_write(folder / name) as partial:
            partial.write_bytes(content)


def _threads(sequences: Sequence[object]) -> int:
    """All cores (-1), unless there is so little to do that starting threads would take longer."""
    return 1 if len(sequences) < _FEW else -1


def _explain(message: str, config: TokenizerConfig, side: str) -> ConfigError | DataError:
    if limit := re.search(r"Vocabulary size too high .*<= (\d+)", message):
        return ConfigError(
            f"tokenizer.vocab_size: {config.vocab_size} is more than the {side} text supports; "
            f"set it to {limit[1]} or less"
        )
    if re.search(r"smaller than required_chars", message) and (needed := re.search(r"(\d+) vs (\d+)", message)):
        return ConfigError(
            f"tokenizer.vocab_size: {config.vocab_size} has no room for the {needed[2]} characters of the {side} text"
        )
    if "sentences_.empty()" in message or "Input corpus" in message:
        return DataError(f"no {side} text to train SentencePiece on")
    return DataError(f"SentencePiece cannot train on the {side} text: {' '.join(message.split())}")
