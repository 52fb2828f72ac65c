"""The prepare command's work: sources in, SentencePiece models and Arrow files of token ids out.

runs/<name>/prepared/
  train.arrow          columns src, tgt: token ids without BOS and EOS; source: number of the training source
  text.arrow           the normalised text of the same rows
  dev.arrow            columns src, tgt: token ids; reference: the target text as it stands in the file
  source.model, target.model
  manifest.json        what went in (with hashes), what was kept, what was dropped and why
"""

import hashlib
import itertools
import json
import logging
import random
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from nmt_cli.config import Config, DataConfig, dump_config
from nmt_cli.corpus import Dropped, Selection
from nmt_cli.errors import DataError
from nmt_cli.sources import Pair, read_pairs, source_files, source_name
from nmt_cli.text import NORMALIZATION, atomic_write
from nmt_cli.tokenizer import Tokenizer
from nmt_cli.vocab import UNK_ID

log = logging.getLogger(__name__)

FORMAT = 2  # raise it whenever the files of a prepared folder change their meaning
_CHUNK = 10_000  # pairs encoded and written at a time
_EXAMPLES = 3
LENGTHS = (5, 10, 20, 40, 80)  # tokens: bounds of the length histogram

Row = tuple[int, Pair]  # number of the training source, pair


@dataclass(frozen=True)
class Input:
    """A file that went into a prepared folder."""

    sha256: str
    size: int  # bytes
    modified: int  # nanoseconds since 1970


@dataclass(frozen=True)
class Side:
    """What one language's token ids are like."""

    tokens: int = 0
    unknown: int = 0
    lengths: tuple[int, ...] = ()  # sentences of up to LENGTHS[0] tokens, more up to LENGTHS[1], …, still more

    def with_rows(self, rows: Sequence[Sequence[int]]) -> "Side":
        """These counts and those of more sentences."""
        histogram = list(self.lengths or [0] * (len(LENGTHS) + 1))
        for row in rows:
            histogram[sum(len(row) > limit for limit in LENGTHS)] += 1
        unknown = sum(row.count(UNK_ID) for row in rows)
        return Side(self.tokens + sum(map(len, rows)), self.unknown + unknown, tuple(histogram))


@dataclass(frozen=True)
class Manifest:
    """What a prepared folder holds and where it came from."""

    fingerprint: str
    inputs: dict[str, Input]
    tally: list[dict[str, Any]]  # a training source each: its name, pairs kept, pairs dropped by reason
    pairs: int
    dev_pairs: int
    src: Side
    tgt: Side
    examples: list[Pair]


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
    manifest = read_manifest(folder)
    inputs = _examine_inputs(config.data, manifest.inputs if manifest else {})
    fingerprint = _fingerprint(config, inputs)
    if manifest is not None and manifest.fingerprint == fingerprint and dropped is None:
        log.info("%s is up to date: %s training pairs", folder, f"{manifest.pairs:,}")
        return manifest
    with _folder_in_the_making(folder) as partial, _drop_writer(dropped) as on_drop:
        manifest = replace(_build(config, partial, on_drop), fingerprint=fingerprint, inputs=inputs)
        (partial / "manifest.json").write_text(json.dumps(asdict(manifest), indent=2, ensure_ascii=False), "utf-8")
    _report(manifest, folder)
    return manifest


def read_manifest(folder: Path) -> Manifest | None:
    """The manifest of a prepared folder; None when there is none that this version can use."""
    try:
        tree = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        tree["inputs"] = {path: Input(**entry) for path, entry in tree["inputs"].items()}
        tree |= {side: Side(**{**tree[side], "lengths": tuple(tree[side]["lengths"])}) for side in ("src", "tgt")}
        return Manifest(**{**tree, "examples": [Pair(*pair) for pair in tree["examples"]]})
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None


def _examine_inputs(data: DataConfig, known: dict[str, Input]) -> dict[str, Input]:
    """Hash every file that the configuration names, but for those whose size and time are what they were."""
    sources = [*data.train, *data.dev.values(), *data.test.values(), *data.held_out]
    paths = dict.fromkeys(path for source in sources for path in source_files(source))
    return {path: _examine(path, known.get(path)) for path in paths}


def _examine(path: str, known: Input | None) -> Input:
    try:
        status = Path(path).stat()
        if known is not None and (known.size, known.modified) == (status.st_size, status.st_mtime_ns):
            return known
        with Path(path).open("rb") as stream:
            digest = hashlib.sha256()
            while block := stream.read(1 << 20):
                digest.update(block)
        return Input(digest.hexdigest(), status.st_size, status.st_mtime_ns)
    except FileNotFoundError:
        raise DataError(f"{path}: no such file; the configuration names it under 'data'") from None
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error.strerror})") from None


def _fingerprint(config: Config, inputs: dict[str, Input]) -> str:
    tree = dump_config(config)
    del tree["data"]["workers"]
    for source in tree["data"]["train"]:
        del source["weight"]  # counts when batches are made
    hashes = {path: entry.sha256 for path, entry in inputs.items()}
    relevant = [FORMAT, NORMALIZATION, tree["data"], tree["tokenizer"], hashes]
    return hashlib.sha256(json.dumps(relevant, sort_keys=True).encode()).hexdigest()


@contextmanager
def _folder_in_the_making(folder: Path) -> Iterator[Path]:
    """A fresh folder beside `folder`, put in its place on success and deleted on failure."""
    partial = folder.with_name(f".{folder.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    created = next(path for path in [*reversed(partial.parents), partial] if not path.exists())
    partial.mkdir(parents=True)
    try:
        yield partial
        shutil.rmtree(folder, ignore_errors=True)
        partial.rename(folder)
    except BaseException:
        shutil.rmtree(created, ignore_errors=True)
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


def _build(config: Config, folder: Path, on_drop: Any) -> Manifest:  # noqa: ANN401
    data = config.data
    dev = _read_sets(data, data.dev)
    extra = itertools.chain.from_iterable(read_pairs(source, data) for source in data.held_out)
    selection = Selection(data, itertools.chain(dev, _read_sets(data, data.test), extra), on_drop)
    text = folder / "text.arrow"
    pairs = _write_text(_refuse_tags(_progress(selection, "cleaning", "pairs"), data), text)
    tally = [
        {"source": source_name(source), "kept": counts.pop("kept", 0), "dropped": dict(counts.most_common())}
        for source, counts in zip(data.train, selection.tally, strict=True)
    ]
    if not pairs:
        raise DataError(f"no training pair is left after cleaning: {_reasons(tally)}")
    tokenizers = _train_tokenizers(config, text, pairs)
    for tokenizer, name in zip(tokenizers, ("source.model", "target.model"), strict=True):
        (folder / name).write_bytes(tokenizer.serialized)
    rows = _progress(_read_text(text), "encoding", "pairs", pairs)
    src, tgt = _write_ids(rows, tokenizers, [source.tag for source in data.train], folder / "train.arrow")
    _write_dev(dev, tokenizers, folder / "dev.arrow")
    chosen = set(random.Random(0).sample(range(pairs), min(_EXAMPLES, pairs)))
    examples = [pair for i, (_, pair) in enumerate(_read_text(text)) if i in chosen]
    return Manifest("", {}, tally, pairs, len(dev), src, tgt, examples)


def _read_sets(data: DataConfig, sets: dict[str, Any]) -> list[Pair]:
    """All pairs of the dev or the test sets, as they are."""
    pairs: list[Pair] = []
    for name, source in sets.items():
        before = len(pairs)
        pairs += read_pairs(source, data)
        if len(pairs) == before:
            raise DataError(f"{source_name(source)}: the set '{name}' is empty")
    return pairs


def _refuse_tags(rows: Iterator[Row], data: DataConfig) -> Iterator[Row]:
    """The rows, none of which may contain a tag: it would be taken for the kind of text that the tag stands for."""
    tags = [source.tag for source in data.train if source.tag is not None]
    for number, pair in rows:
        for tag in tags:
            if tag in pair.src:
                raise DataError(
                    f"{source_name(data.train[number])}: the tag {tag} occurs in the text itself ({pair.src[:60]}): "
                    "choose another"
                )
        yield number, pair


def _reasons(tally: Sequence[dict[str, Any]]) -> str:
    total = Counter[str]()
    for entry in tally:
        total.update(entry["dropped"])
    dropped = [f"{count:,} {reason}" for reason, count in total.most_common()]
    return ", ".join(dropped) or "the training sources hold no pairs"


def _progress(items: Iterable[Any], what: str, unit: str, total: int | None = None) -> Iterator[Any]:
    from tqdm import tqdm

    return iter(tqdm(items, what, total, unit=f" {unit}", disable=None, leave=False))


def _chunks(items: Iterator[Any]) -> Iterator[list[Any]]:
    while chunk := list(itertools.islice(items, _CHUNK)):
        yield chunk


@contextmanager
def _arrow_writer(path: Path, fields: Sequence[tuple[str, Any]]) -> Iterator[Any]:
    """A function that appends a batch of columns to an Arrow file that `datasets` can map into memory."""
    import pyarrow

    schema = pyarrow.schema(fields)
    with pyarrow.OSFile(str(path), "wb") as sink, pyarrow.ipc.new_stream(sink, schema) as writer:

        def write(*columns: Any) -> None:  # noqa: ANN401
            arrays = [pyarrow.array(column, field.type) for column, field in zip(columns, schema, strict=True)]
            writer.write_batch(pyarrow.record_batch(arrays, schema=schema))

        yield write


def _write_text(rows: Iterator[Row], path: Path) -> int:
    """Write rows to an Arrow file, a chunk at a time; returns how many there were."""
    import pyarrow

    count = 0
    fields = [("source", pyarrow.uint16()), ("src", pyarrow.string()), ("tgt", pyarrow.string())]
    with _arrow_writer(path, fields) as write:
        for chunk in _chunks(rows):
            write([n for n, _ in chunk], [pair.src for _, pair in chunk], [pair.tgt for _, pair in chunk])
            count += len(chunk)
    return count


def _read_text(path: Path) -> Iterator[Row]:
    import pyarrow

    # Read, not mapped: mapped pages would count as this process's memory, as many as the corpus is long.
    with pyarrow.OSFile(str(path)) as source:
        for batch in pyarrow.ipc.open_stream(source):
            columns = (batch.column(name).to_pylist() for name in ("source", "src", "tgt"))
            yield from ((number, Pair(src, tgt)) for number, src, tgt in zip(*columns, strict=True))


def _train_tokenizers(config: Config, text: Path, pairs: int) -> tuple[Tokenizer, Tokenizer]:
    """Both sides' SentencePiece models, from every n-th pair where there are many."""
    every = -(-pairs // config.tokenizer.sample_size)
    tags = list(dict.fromkeys(source.tag for source in config.data.train if source.tag is not None))
    languages = config.data.src_lang, config.data.tgt_lang

    def sample() -> Iterator[Pair]:
        return (pair for _, pair in itertools.islice(_read_text(text), 0, None, every))

    if config.tokenizer.joint:
        log.info("training SentencePiece (%s + %s)", *languages)
        both = itertools.chain.from_iterable(sample())
        joint = Tokenizer.train(both, config.tokenizer, " and ".join(languages), tags)
        return joint, joint
    log.info("training SentencePiece (%s)", languages[0])
    source = Tokenizer.train((pair.src for pair in sample()), config.tokenizer, languages[0], tags)
    log.info("training SentencePiece (%s)", languages[1])
    return source, Tokenizer.train((pair.tgt for pair in sample()), config.tokenizer, languages[1])


def _write_ids(
    rows: Iterator[Row], tokenizers: tuple[Tokenizer, Tokenizer], tags: Sequence[str | None], path: Path
) -> tuple[Side, Side]:
    """Encode the training rows, each source's tag before its source sentences; returns counts of both sides."""
    import pyarrow

    prefixes = [[] if tag is None else [tokenizers[0].piece_id(tag)] for tag in tags]
    ids = pyarrow.list_(pyarrow.int32())
    src, tgt = Side(), Side()
    with _arrow_writer(path, [("src", ids), ("tgt", ids), ("source", pyarrow.uint16())]) as write:
        for chunk in _chunks(rows):
            numbers = [number for number, _ in chunk]
            sources = tokenizers[0].encode([pair.src for _, pair in chunk])
            targets = tokenizers[1].encode([pair.tgt for _, pair in chunk])
            sources = [
                prefixes[number] + row if prefixes[number] else row
                for number, row in zip(numbers, sources, strict=True)
            ]
            src, tgt = src.with_rows(sources), tgt.with_rows(targets)
            write(sources, targets, numbers)
    return src, tgt


def _write_dev(pairs: Sequence[Pair], tokenizers: tuple[Tokenizer, Tokenizer], path: Path) -> None:
    """Encode the dev pairs beside their references as they stand."""
    import pyarrow

    ids = pyarrow.list_(pyarrow.int32())
    normalized = [pair.normalized() for pair in pairs]
    with _arrow_writer(path, [("src", ids), ("tgt", ids), ("reference", pyarrow.string())]) as write:
        write(
            tokenizers[0].encode([pair.src for pair in normalized]),
            tokenizers[1].encode([pair.tgt for pair in normalized]),
            [pair.tgt for pair in pairs],
        )


def _report(manifest: Manifest, folder: Path) -> None:
    """What a person wants to know of a prepared corpus, on the log."""
    for line in _tally_table(manifest.tally):
        log.info("%s", line)
    log.info("%s: %s training pairs, %s dev pairs", folder, f"{manifest.pairs:,}", f"{manifest.dev_pairs:,}")
    bounds = [f"{low + 1}-{high}" for low, high in zip((0, *LENGTHS), LENGTHS, strict=False)] + ["more"]
    log.info("  %-8s%12s%10s  sentences by tokens:%s", "", "tokens", "unknown", "".join(f"{b:>8}" for b in bounds))
    for name, side in (("source", manifest.src), ("target", manifest.tgt)):
        shares = "".join(f"{100 * count / manifest.pairs:7.1f}%" for count in side.lengths)
        unknown = f"{100 * side.unknown / max(1, side.tokens):.2f}%"
        log.info("  %-8s%12s%10s  %20s%s", name, f"{side.tokens:,}", unknown, "", shares)
    for pair in manifest.examples:
        log.info("  %s\n  = %s", pair.src, pair.tgt)


def _tally_table(tally: Sequence[dict[str, Any]]) -> list[str]:
    """Sources down, pairs kept and pairs dropped by reason across."""
    reasons = dict.fromkeys(reason for entry in tally for reason in entry["dropped"])
    rows = [["source", "kept", *reasons]]
    for entry in tally:
        counts = [entry["kept"], *(entry["dropped"].get(reason, 0) for reason in reasons)]
        rows.append([entry["source"], *(f"{count:,}" for count in counts)])
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            [row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))]
        )
        for row in rows
    ]
