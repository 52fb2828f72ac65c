"""The prepare command's work: sources in, SentencePiece models and Arrow files of token ids out.

runs/<name>/prepared/
  train.arrow          columns src, tgt: token ids without BOS and EOS
  dev.arrow            the same, and reference: the target text as it stands in the file
  source.model, target.model
  manifest.json        what went in (with hashes), what was kept, what was dropped and why
"""

import hashlib
import itertools
import json
import logging
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from nmt_cli.config import Config, dump_config
from nmt_cli.corpus import Dropped, Pair, Selection, read_pairs, source_files
from nmt_cli.errors import DataError
from nmt_cli.text import NORMALIZATION, atomic_write
from nmt_cli.tokenizer import Tokenizer
from nmt_cli.vocab import UNK_ID

log = logging.getLogger(__name__)

FORMAT = 1  # raise it whenever the files of a prepared folder change their meaning
_CHUNK = 10_000  # pairs normalised, encoded and written at a time


@dataclass(frozen=True)
class Manifest:
    """What a prepared folder holds and where it came from."""

    fingerprint: str
    inputs: dict[str, str]
    tally: dict[str, dict[str, int]]
    pairs: int
    dev_pairs: int
    src_tokens: int
    tgt_tokens: int
    src_unknown: int
    tgt_unknown: int


def prepared_folder(config: Config) -> Path:
    """Where the prepared corpus of a run lives."""
    return config.run_folder / "prepared"


def prepare(config: Config, dropped: Path | None = None) -> Manifest:
    """Prepare the corpus of a configuration, unless that has been done from the same inputs and settings.

    Args:
        config: its `data` and `tokenizer` sections count
        dropped: file for a table of every pair that was left out, and why; asking for it prepares anew

    Raises:
        DataError: an input cannot be read, or no pair is left after cleaning.
        ConfigError: the vocabulary is larger than the text supports.
    """
    folder = prepared_folder(config)
    inputs = _hash_inputs(config)
    fingerprint = _fingerprint(config, inputs)
    manifest = read_manifest(folder)
    if manifest is not None and manifest.fingerprint == fingerprint and dropped is None:
        log.info("%s is up to date: %s training pairs", folder, f"{manifest.pairs:,}")
        return manifest
    with _folder_in_the_making(folder) as partial, _drop_writer(dropped) as on_drop:
        manifest = _build(config, partial, fingerprint, inputs, on_drop)
    _report(manifest, folder)
    return manifest


def read_manifest(folder: Path) -> Manifest | None:
    """The manifest of a prepared folder; None when there is none that this version can use."""
    try:
        return Manifest(**json.loads((folder / "manifest.json").read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def _hash_inputs(config: Config) -> dict[str, str]:
    """The SHA-256 of every file that the configuration names, by path."""
    data = config.data
    sources = [*data.train, *data.dev.values(), *data.test.values()]
    return {path: _sha256(path) for path in dict.fromkeys(path for source in sources for path in source_files(source))}


def _sha256(path: str) -> str:
    try:
        with Path(path).open("rb") as stream:
            digest = hashlib.sha256()
            while block := stream.read(1 << 20):
                digest.update(block)
            return digest.hexdigest()
    except FileNotFoundError:
        raise DataError(f"{path}: no such file; the configuration names it under 'data'") from None
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error.strerror})") from None


def _fingerprint(config: Config, inputs: dict[str, str]) -> str:
    tree = dump_config(config)
    relevant = [FORMAT, NORMALIZATION, tree["data"], tree["tokenizer"], inputs]
    return hashlib.sha256(json.dumps(relevant, sort_keys=True).encode()).hexdigest()


@contextmanager
def _folder_in_the_making(folder: Path) -> Iterator[Path]:
    """A fresh folder beside `folder`, put in its place on success and deleted on failure."""
    partial = folder.with_name(f".{folder.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    existed = folder.parent.exists()
    partial.mkdir(parents=True)
    try:
        yield partial
        shutil.rmtree(folder, ignore_errors=True)
        partial.rename(folder)
    except BaseException:
        shutil.rmtree(partial if existed else folder.parent, ignore_errors=True)
        raise


@contextmanager
def _drop_writer(path: Path | None) -> Iterator[Any]:
    """A callable that writes dropped pairs to a tab-separated file; None when there is no such file."""
    if path is None:
        yield None
        return
    with atomic_write(path) as partial, partial.open("w", encoding="utf-8") as stream:
        stream.write("source\treason\tsrc\ttgt\n")

        def write(dropped: Dropped) -> None:
            stream.write("\t".join([dropped.source, dropped.reason, *dropped.pair]) + "\n")

        yield write


def _build(config: Config, folder: Path, fingerprint: str, inputs: dict[str, str], on_drop: Any) -> Manifest:  # noqa: ANN401
    data = config.data
    dev = _held_out(config, data.dev)
    held_out = itertools.chain(dev, _held_out(config, data.test))
    selection = Selection(data, held_out, on_drop)
    text = folder / "text.arrow"
    pairs = _write_text(_progress(selection, "reading", "pairs"), text)
    tally = {name: dict(counts) for name, counts in selection.tally.items()}
    if not pairs:
        raise DataError(f"no training pair is left after cleaning: {_reasons(tally)}")
    tokenizers = _train_tokenizers(config, text, pairs)
    for tokenizer, name in zip(tokenizers, ("source.model", "target.model"), strict=True):
        (folder / name).write_bytes(tokenizer.serialized)
    counts = _write_ids(_progress(_read_text(text), "encoding", "pairs", pairs), tokenizers, folder / "train.arrow")
    _write_ids(iter(dev), tokenizers, folder / "dev.arrow", references=True)
    text.unlink()
    manifest = Manifest(fingerprint, inputs, tally, pairs, len(dev), **counts)
    (folder / "manifest.json").write_text(json.dumps(asdict(manifest), indent=2, ensure_ascii=False), "utf-8")
    return manifest


def _held_out(config: Config, sets: dict[str, Any]) -> list[Pair]:
    """All pairs of the dev or the test sets, as they are."""
    pairs: list[Pair] = []
    for name, source in sets.items():
        before = len(pairs)
        pairs += list(read_pairs(source, config.data))
        if len(pairs) == before:
            raise DataError(f"{' and '.join(source_files(source))}: the set '{name}' is empty")
    return pairs


def _reasons(tally: dict[str, dict[str, int]]) -> str:
    total = Counter[str]()
    for counts in tally.values():
        total.update(counts)
    dropped = [f"{count:,} {reason}" for reason, count in total.most_common() if reason != "kept"]
    return ", ".join(dropped) or "the training files hold no pairs"


def _progress(items: Iterable[Any], what: str, unit: str, total: int | None = None) -> Iterator[Any]:
    from tqdm import tqdm

    bar = tqdm(items, what, total, unit=f" {unit}", disable=None, leave=False)
    return iter(bar)


def _chunks(items: Iterator[Pair]) -> Iterator[list[Pair]]:
    while chunk := list(itertools.islice(items, _CHUNK)):
        yield chunk


def _write_text(pairs: Iterator[Pair], path: Path) -> int:
    """Write pairs to an Arrow file, a chunk at a time; returns how many there were."""
    import pyarrow

    schema = pyarrow.schema([("src", pyarrow.string()), ("tgt", pyarrow.string())])
    count = 0
    with pyarrow.OSFile(str(path), "wb") as sink, pyarrow.ipc.new_stream(sink, schema) as writer:
        for chunk in _chunks(pairs):
            columns = [pyarrow.array(side) for side in zip(*chunk, strict=True)]
            writer.write_batch(pyarrow.record_batch(columns, schema=schema))
            count += len(chunk)
    return count


def _read_text(path: Path) -> Iterator[Pair]:
    import pyarrow

    with pyarrow.memory_map(str(path)) as source:
        for batch in pyarrow.ipc.open_stream(source):
            yield from map(Pair, batch.column("src").to_pylist(), batch.column("tgt").to_pylist())


def _train_tokenizers(config: Config, text: Path, pairs: int) -> tuple[Tokenizer, Tokenizer]:
    """Both sides' SentencePiece models, from every n-th pair where there are many."""
    every = -(-pairs // config.tokenizer.sample_size)
    tokenizers = []
    for side, language in enumerate((config.data.src_lang, config.data.tgt_lang)):
        log.info("training SentencePiece (%s)", language)
        sentences = (pair[side] for pair in itertools.islice(_read_text(text), 0, None, every))
        tokenizers.append(Tokenizer.train(sentences, config.tokenizer, language))
    return tokenizers[0], tokenizers[1]


def _write_ids(
    pairs: Iterator[Pair], tokenizers: tuple[Tokenizer, Tokenizer], path: Path, *, references: bool = False
) -> dict[str, int]:
    """Encode pairs into an Arrow file that `datasets` maps into memory; returns counts of tokens and unknowns."""
    import pyarrow

    ids = pyarrow.list_(pyarrow.int32())
    fields = [("src", ids), ("tgt", ids)]
    if references:
        fields.append(("reference", pyarrow.string()))
    schema = pyarrow.schema(fields)
    counts = Counter(src_tokens=0, tgt_tokens=0, src_unknown=0, tgt_unknown=0)
    with pyarrow.OSFile(str(path), "wb") as sink, pyarrow.ipc.new_stream(sink, schema) as writer:
        for chunk in _chunks(pairs):
            sides = [list(side) for side in zip(*(pair.normalized() for pair in chunk), strict=True)]
            encoded = [tokenizer.encode(side) for tokenizer, side in zip(tokenizers, sides, strict=True)]
            for name, rows in zip(("src", "tgt"), encoded, strict=True):
                counts[f"{name}_tokens"] += sum(map(len, rows))
                counts[f"{name}_unknown"] += sum(row.count(UNK_ID) for row in rows)
            columns = [*encoded, [pair.tgt for pair in chunk]] if references else encoded
            arrays = [pyarrow.array(column, field.type) for column, field in zip(columns, schema, strict=True)]
            writer.write_batch(pyarrow.record_batch(arrays, schema=schema))
    return dict(counts)


def _report(manifest: Manifest, folder: Path) -> None:
    """What a person wants to know of a prepared corpus, on the log."""
    for source, counts in manifest.tally.items():
        dropped = ", ".join(f"{count:,} {reason}" for reason, count in counts.items() if reason != "kept")
        log.info("%s: %s pairs kept; dropped: %s", source, f"{counts.get('kept', 0):,}", dropped or "none")
    log.info(
        "%s: %s training pairs (%s + %s tokens, unknown %.2f %% + %.2f %%), %s dev pairs",
        folder,
        f"{manifest.pairs:,}",
        f"{manifest.src_tokens:,}",
        f"{manifest.tgt_tokens:,}",
        100 * manifest.src_unknown / max(1, manifest.src_tokens),
        100 * manifest.tgt_unknown / max(1, manifest.tgt_tokens),
        f"{manifest.dev_pairs:,}",
    )
