"""The prepare command's work: sources in, SentencePiece models and Arrow files of token ids out.

runs/<name>/prepared/
  train.arrow          columns src, tgt: token ids without BOS and EOS; source: number of the training source
  text.arrow           the normalised text of the same rows; position: how many pairs the source has before it
  dev.arrow            columns src, tgt: token ids; reference: the target text as it stands in the file
  alignment.txt        the word alignments, where any are configured: a Pharaoh line for each row of text.arrow, then
                       of dev.arrow; train.arrow and dev.arrow have a column links then: positions of linked tokens,
                       target, source, target, source, …
  source.model, target.model, and lexicon.tsv.gz where there is one
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
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, replace
from functools import cache, partial
from pathlib import Path
from typing import Any

from nmt_cli.alignment import Links, align, check_range, format_links, read_links, require_eflomal, spread
from nmt_cli.config import (
    Config,
    DataConfig,
    SourceConfig,
    dump_config,
    model_path,
    with_initial_model,
)
from nmt_cli.corpus import Dropped, Kept, Selection, in_order
from nmt_cli.errors import ConfigError, DataError
from nmt_cli.lexicon import MARK, Lexicon
from nmt_cli.sources import Pair, read_pairs, source_files, source_name
from nmt_cli.text import NORMALIZATION, atomic_write
from nmt_cli.tokenizer import Tokenizer, load_tokenizers, save_tokenizers
from nmt_cli.vocab import UNK_ID

log = logging.getLogger(__name__)

FORMAT = 2  # raise it whenever the files of a prepared folder change their meaning
_CHUNK = 10_000  # pairs encoded and written at a time
_EXAMPLES = 3
Ids = Sequence[Sequence[int]]  # a sentence each
LENGTHS = (5, 10, 20, 40, 80)  # tokens: bounds of the length histogram


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
class Alignments:
    """What the word alignments of training and dev pairs are like."""

    origin: str  # eflomal, files, or both
    pairs: int = 0  # that have a link
    tgt_words: int = 0
    aligned_tgt_words: int = 0  # that have a link

    def with_links(self, links: Links, pair: Pair) -> "Alignments":
        """These counts and those of one more pair."""
        words, aligned = len(pair.tgt.split()), len({tgt for _, tgt in links})
        return Alignments(
            self.origin, self.pairs + bool(links), self.tgt_words + words, self.aligned_tgt_words + aligned
        )


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
    alignments: Alignments | None = None


def prepared_folder(config: Config) -> Path:
    """Where the prepared corpus of a run lives."""
    return config.run_folder / "prepared"


def prepare(config: Config, dropped: Path | None = None) -> Manifest:
    """Prepare the corpus of a configuration, unless that has been done from the same inputs and settings.

    Args:
        config: its `data` and `tokenizer` sections count
        dropped: file for a table of every pair that was left out, and why; asking for it prepares anew

    Raises:
        DataError: an input cannot be read, an alignment does not fit its pairs, or no pair is left after cleaning.
        ConfigError: the vocabulary is larger than the text supports, or the aligner is not installed.
    """
    config = with_initial_model(config)
    folder = prepared_folder(config)
    manifest = read_manifest(folder)
    inputs = _examine_inputs(config, manifest.inputs if manifest else {})
    fingerprint = _fingerprint(config, inputs)
    if manifest is not None and manifest.fingerprint == fingerprint and dropped is None:
        log.info("%s is up to date: %s training pairs", folder, f"{manifest.pairs:,}")
        return manifest
    with _folder_in_the_making(folder) as partial, _drop_writer(dropped) as on_drop:
        manifest = replace(_build(config, partial, on_drop), fingerprint=fingerprint, inputs=inputs)
        (partial / "manifest.json").write_text(json.dumps(asdict(manifest), indent=2, ensure_ascii=False), "utf-8")
    _report(manifest, folder)
    return manifest


def restore_ids(config: Config) -> None:
    """Write train.arrow once more from the text beside it, so that it need not travel; without word alignments.

    Raises:
        ModelError: a SentencePiece model is missing or damaged.
    """
    folder = prepared_folder(config)
    tokenizers = load_tokenizers(folder, told=config.model.told)
    tags = [source.tag for source in config.data.train]
    _write_ids(_read_text(folder / "text.arrow"), tokenizers, tags, folder / "train.arrow", None, config.data.workers)


def read_manifest(folder: Path) -> Manifest | None:
    """The manifest of a prepared folder; None when there is none that this version can use."""
    try:
        tree = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        tree["inputs"] = {path: Input(**entry) for path, entry in tree["inputs"].items()}
        tree |= {side: Side(**{**tree[side], "lengths": tuple(tree[side]["lengths"])}) for side in ("src", "tgt")}
        if tree.get("alignments") is not None:
            tree["alignments"] = Alignments(**tree["alignments"])
        return Manifest(**{**tree, "examples": [Pair(*pair) for pair in tree["examples"]]})
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None


def _examine_inputs(config: Config, known: dict[str, Input]) -> dict[str, Input]:
    """Hash every file that the configuration names, but for those whose size and time are what they were, and those
    that are not here: a prepared folder may be copied to a machine without the corpus.
    """
    data, lexicon = config.data, config.tokenizer.lexicon
    sources = [*data.train, *data.dev.values(), *data.test.values(), *data.held_out]
    paths = dict.fromkeys(path for source in sources for path in source_files(source))
    paths |= {} if lexicon is None else {lexicon: None}
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
        if known is None:
            raise DataError(f"{path}: no such file; correct its path in the configuration") from None
        log.info("%s is not here; what was prepared from it is", path)
        return known
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error.strerror})") from None


def _fingerprint(config: Config, inputs: dict[str, Input]) -> str:
    tree = dump_config(config)
    del tree["data"]["workers"]
    for source in tree["data"]["train"]:
        del source["weight"]  # counts when batches are made
    data = tree["data"]
    sources = [*data["train"], *data["held_out"], *data["dev"].values(), *data["test"].values()]
    # Absent where null: what was prepared before there were these keys is as good as ever without them.
    optional = [(source, key) for source in sources for key in ("alignment", "take")]
    for section, key in [(data, "aligner"), (tree["tokenizer"], "lexicon"), *optional]:
        if section[key] is None:
            del section[key]
    if (folder := tree["tokenizer"].pop("reuse")) is not None:
        source, target = _load_tokenizers(config, model_path(folder))
        reused = [source.serialized, target.serialized]
        if source.lexicon and config.tokenizer.lexicon is None:  # one of its own takes that one's place
            reused.append(source.lexicon.serialize())
        tree["tokenizer"]["reuse"] = [hashlib.sha256(content).hexdigest() for content in reused]
    hashes = {path: entry.sha256 for path, entry in inputs.items()}
    relevant = [FORMAT, NORMALIZATION, tree["data"], tree["tokenizer"], hashes]
    if config.model.told:
        relevant.append("told")
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
    if _needs_aligner(data):
        require_eflomal()
    dev_sets = _read_sets(data, data.dev)
    extra = (read_pairs(source, data) for source in data.held_out)
    held_out = itertools.chain.from_iterable([*dev_sets, *_read_sets(data, data.test), *extra])
    selection = Selection(data, held_out, on_drop)
    text = folder / "text.arrow"
    pairs = _write_text(_refuse_tags(_progress(selection, "cleaning", "pairs"), data), text)
    sizes = [counts.total() for counts in selection.tally] + [len(pairs) for pairs in dev_sets]
    tally = [
        {"source": source_name(source), "kept": counts.pop("kept", 0), "dropped": dict(counts.most_common())}
        for source, counts in zip(data.train, selection.tally, strict=True)
    ]
    if not pairs:
        raise DataError(f"no training pair is left after cleaning: {_reasons(tally)}")
    alignments = _write_alignments(data, sizes, dev_sets, folder)
    source, target = _make_tokenizers(config, text, pairs)
    if config.model.told and source.lexicon is None:
        raise ConfigError(
            "model.told is true and there is no lexicon: name one in tokenizer.lexicon, or leave told out"
        )
    tokenizers = (source.with_told(target) if config.model.told else source), target
    save_tokenizers(folder, *tokenizers)
    rows = _progress(_read_text(text), "encoding", "pairs", pairs)
    links = read_links(folder / "alignment.txt") if alignments else None
    tags = [source.tag for source in data.train]
    src, tgt = _write_ids(rows, tokenizers, tags, folder / "train.arrow", links, data.workers)
    dev = list(itertools.chain.from_iterable(dev_sets))
    _write_dev(dev, tokenizers, folder / "dev.arrow", links)
    chosen = set(random.Random(0).sample(range(pairs), min(_EXAMPLES, pairs)))
    examples = [row.pair for i, row in enumerate(_read_text(text)) if i in chosen]
    return Manifest("", {}, tally, pairs, len(dev), src, tgt, examples, alignments)


def _read_sets(data: DataConfig, sets: dict[str, SourceConfig]) -> list[list[Pair]]:
    """The pairs of each dev or test set, as they are."""
    read = []
    for name, source in sets.items():
        read.append(list(read_pairs(source, data)))
        if not read[-1]:
            raise DataError(f"{source_name(source)}: the set '{name}' is empty")
    return read


def _needs_aligner(data: DataConfig) -> bool:
    return data.aligner is not None and any(source.alignment is None for source in data.aligned_sources)


def _write_alignments(
    data: DataConfig, sizes: Sequence[int], dev: Sequence[Sequence[Pair]], folder: Path
) -> Alignments | None:
    """Write the word alignments of the training text and then of the dev sets to alignment.txt, if any are configured.

    Args:
        sizes: how many pairs each source has, dropped ones included; training sources, then dev sets
        dev: the pairs of each dev set
    """
    files = {n: source.alignment for n, source in enumerate(data.aligned_sources) if source.alignment is not None}
    if data.aligner is None and not files:
        return None
    for number, path in files.items():
        lines = sum(1 for _ in read_links(path))
        if lines != sizes[number]:
            raise DataError(
                f"{path} has {lines:,} lines but {source_name(data.aligned_sources[number])} has {sizes[number]:,} "
                "pairs: line i must align the words of pair i, blank where nothing is aligned"
            )

    def rows() -> Iterator[Kept]:
        yield from _read_text(folder / "text.arrow")
        for number, pairs in enumerate(dev, start=len(data.train)):
            yield from (Kept(number, position, pair.normalized()) for position, pair in enumerate(pairs))

    origins = [*([str(data.aligner)] if _needs_aligner(data) else []), *(["files"] if files else [])]
    alignments = Alignments(" and ".join(origins))
    given = {number: enumerate(read_links(path)) for number, path in files.items()}
    if _needs_aligner(data):
        log.info("aligning words (%s)", data.aligner)
    unknown = (row.pair for row in rows() if row.source not in files)
    with closing(align(unknown, folder)) as made, (folder / "alignment.txt").open("w", encoding="utf-8") as stream:
        for row in _progress(rows(), "aligning", "pairs"):
            if row.source in given:
                links = next(links for position, links in given[row.source] if position == row.position)
                check_range(links, row.pair, f"{files[row.source]}, line {row.position + 1}")
            else:
                links = next(made) if data.aligner else frozenset()
            stream.write(format_links(links) + "\n")
            alignments = alignments.with_links(links, row.pair)
    return alignments


def _refuse_tags(rows: Iterator[Kept], data: DataConfig) -> Iterator[Kept]:
    """The rows, none of which may contain a tag: it would be taken for the kind of text that the tag stands for."""
    tags = [source.tag for source in data.train if source.tag is not None]
    for row in rows:
        for tag in tags:
            if tag in row.pair.src:
                raise DataError(
                    f"{source_name(data.train[row.source])}: the tag {tag} occurs in the text itself "
                    f"({row.pair.src[:60]}): choose another"
                )
        yield row


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


def _write_text(rows: Iterator[Kept], path: Path) -> int:
    """Write rows to an Arrow file, a chunk at a time; returns how many there were."""
    import pyarrow

    count = 0
    place = [("source", pyarrow.uint16()), ("position", pyarrow.uint32())]
    with _arrow_writer(path, [*place, ("src", pyarrow.string()), ("tgt", pyarrow.string())]) as write:
        for chunk in _chunks(rows):
            write(*zip(*((row.source, row.position, *row.pair) for row in chunk), strict=True))
            count += len(chunk)
    return count


def _read_text(path: Path) -> Iterator[Kept]:
    import pyarrow

    # Read, not mapped: mapped pages would count as this process's memory, as many as the corpus is long.
    with pyarrow.OSFile(str(path)) as source:
        for batch in pyarrow.ipc.open_stream(source):
            columns = (batch.column(name).to_pylist() for name in ("source", "position", "src", "tgt"))
            yield from (
                Kept(number, position, Pair(src, tgt)) for number, position, src, tgt in zip(*columns, strict=True)
            )


def _make_tokenizers(config: Config, text: Path, pairs: int) -> tuple[Tokenizer, Tokenizer]:
    """Both sides' SentencePiece models: a model folder's, or trained on every n-th pair where there are many."""
    lexicon = None if config.tokenizer.lexicon is None else Lexicon.read(config.tokenizer.lexicon)
    if (folder := config.tokenizer.reuse) is not None:
        source, target = _load_tokenizers(config, model_path(folder))
        if lexicon and config.tokenizer.joint and source.piece_id(MARK) == UNK_ID:
            raise ConfigError(f"tokenizer.lexicon: the joint vocabulary of {folder} was made without one: leave it out")
        return source.with_lexicon(lexicon) if lexicon else source, target
    every = -(-pairs // config.tokenizer.sample_size)
    tags = list(dict.fromkeys(source.tag for source in config.data.train if source.tag is not None))
    languages = config.data.src_lang, config.data.tgt_lang

    def sample() -> Iterator[Pair]:
        return (row.pair for row in itertools.islice(_read_text(text), 0, None, every))

    if config.tokenizer.joint:
        log.info("training SentencePiece (%s + %s)", *languages)
        both = itertools.chain.from_iterable(sample())
        joint = Tokenizer.train(both, config.tokenizer, " and ".join(languages), tags, lexicon)
        return joint, Tokenizer(joint.serialized)
    log.info("training SentencePiece (%s)", languages[0])
    read = None if config.model.told else lexicon
    source = Tokenizer.train((pair.src for pair in sample()), config.tokenizer, languages[0], tags, read)
    source = source.with_lexicon(lexicon) if lexicon else source
    log.info("training SentencePiece (%s)", languages[1])
    return source, Tokenizer.train((pair.tgt for pair in sample()), config.tokenizer, languages[1])


def _load_tokenizers(config: Config, folder: Path) -> tuple[Tokenizer, Tokenizer]:
    """Both sides' SentencePiece models of a model folder, which have to know the tags of the training sources."""
    source, target = load_tokenizers(folder)
    for entry in config.data.train:
        if entry.tag is not None and source.piece_id(entry.tag) == UNK_ID:
            raise ConfigError(
                f"data.train: the vocabulary of {folder} has no tag {entry.tag}: leave it out, or use one that it has"
            )
    return source, target


def _write_ids(
    rows: Iterator[Kept],
    tokenizers: tuple[Tokenizer, Tokenizer],
    tags: Sequence[str | None],
    path: Path,
    links: Iterator[Links] | None = None,
    workers: int | None = None,
) -> tuple[Side, Side]:
    """Encode the training rows, each source's tag before its source sentences; returns counts of both sides.

    As many word alignments as there are rows are taken from `links`; the tokenizers lie beside `path`.
    """
    import pyarrow

    prefixes = [[] if tag is None else [tokenizers[0].piece_id(tag)] for tag in tags]
    ids = pyarrow.list_(pyarrow.int32())
    src, tgt = Side(), Side()
    fields = [("src", ids), ("tgt", ids), ("source", pyarrow.uint16()), *([("links", ids)] if links else [])]
    with _arrow_writer(path, fields) as write:
        for chunk, sources, targets in _encoded(_chunks(rows), tokenizers, path.parent, workers):
            numbers = [row.source for row in chunk]
            pairs = [row.pair for row in chunk]
            sources = [
                prefixes[number] + row if prefixes[number] else row
                for number, row in zip(numbers, sources, strict=True)
            ]
            src, tgt = src.with_rows(sources), tgt.with_rows(targets)
            columns = [_token_links(pairs, (sources, targets), tokenizers, links)] if links else []
            write(sources, targets, numbers, *columns)
    return src, tgt


_Encoded = tuple[list[Kept], list[list[int]], list[list[int]]]


def _encoded(
    chunks: Iterator[list[Kept]], tokenizers: tuple[Tokenizer, Tokenizer], folder: Path, workers: int | None
) -> Iterator[_Encoded]:
    """The rows of each chunk with the ids of both sides."""
    if tokenizers[0].told is None:  # SentencePiece has threads of its own
        return (_encode(tokenizers, chunk) for chunk in chunks)
    _told_tokenizers.cache_clear()
    return in_order(partial(_encode_told, folder), chunks, workers)


def _encode(tokenizers: tuple[Tokenizer, Tokenizer], chunk: list[Kept]) -> _Encoded:
    source, target = tokenizers
    return chunk, source.encode([row.pair.src for row in chunk]), target.encode([row.pair.tgt for row in chunk])


def _encode_told(folder: Path, chunk: list[Kept]) -> _Encoded:
    return _encode(_told_tokenizers(folder), chunk)


@cache  # a worker process reads them once
def _told_tokenizers(folder: Path) -> tuple[Tokenizer, Tokenizer]:
    return load_tokenizers(folder, told=True)


def _token_links(
    pairs: Sequence[Pair], sides: tuple[Ids, Ids], tokenizers: tuple[Tokenizer, Tokenizer], links: Iterator[Links]
) -> list[list[int]]:
    """The token links of each pair, from the next word links; sides: the ids of the source and of the target."""
    column = []
    for pair, *rows in zip(pairs, *sides, strict=True):
        starts = [tokenizer.word_starts(row) for tokenizer, row in zip(tokenizers, rows, strict=True)]
        # SentencePiece takes its own sign for a space, ▁, where it stands in a text for a space too.
        fits = all(sum(side) == len(sentence.split()) for side, sentence in zip(starts, pair, strict=True))
        word_links = next(links)
        column.append(spread(word_links, *starts) if fits else [])
    return column


def _write_dev(
    pairs: Sequence[Pair], tokenizers: tuple[Tokenizer, Tokenizer], path: Path, links: Iterator[Links] | None
) -> None:
    """Encode the dev pairs beside their references as they stand, and with the links that are left."""
    import pyarrow

    ids = pyarrow.list_(pyarrow.int32())
    normalized = [pair.normalized() for pair in pairs]
    fields = [("src", ids), ("tgt", ids), ("reference", pyarrow.string()), *([("links", ids)] if links else [])]
    sources = tokenizers[0].encode([pair.src for pair in normalized])
    targets = tokenizers[1].encode([pair.tgt for pair in normalized])
    with _arrow_writer(path, fields) as write:
        columns = [_token_links(normalized, (sources, targets), tokenizers, links)] if links else []
        write(sources, targets, [pair.tgt for pair in pairs], *columns)


def _report(manifest: Manifest, folder: Path) -> None:
    """What a person wants to know of a prepared corpus, on the log."""
    for line in _tally_table(manifest.tally):
        log.info("%s", line)
    log.info("%s: %s training pairs, %s dev pairs", folder, f"{manifest.pairs:,}", f"{manifest.dev_pairs:,}")
    if found := manifest.alignments:
        share = found.aligned_tgt_words / max(1, found.tgt_words)
        log.info("alignments: %s, %s pairs, %.2f of the target words aligned", found.origin, f"{found.pairs:,}", share)
    bounds = [f"{low + 1}-{high}" for low, high in zip((0, *LENGTHS), LENGTHS, strict=False)] + ["more"]
    log.info("  %-8s%12s%10s  sentences by tokens:%s", "", "tokens", "unknown", "".join(f"{b:>8}" for b in bounds))
    for name, side in (("source", manifest.src), ("target", manifest.tgt)):
        shares = "".join(f"{100 * count / manifest.pairs:7.1f}%" for count in side.lengths)
        unknown = f"{100 * side.unknown / max(1, side.tokens):.2f}%"
        log.info("  %-8s%12s%10s  %20s%s", name, f"{side.tokens:,}", unknown, "", shares)
    for pair in manifest.examples:
        log.info("  %s\n  = %s", pair.src, pair.tgt)


_LABEL = 60  # characters of a source's name in the table


def _tally_table(tally: Sequence[dict[str, Any]]) -> list[str]:
    """Sources down, pairs kept and pairs dropped by reason across."""
    reasons = dict.fromkeys(reason for entry in tally for reason in entry["dropped"])
    rows = [["source", "kept", *reasons]]
    for entry in tally:
        counts = [entry["kept"], *(entry["dropped"].get(reason, 0) for reason in reasons)]
        source = entry["source"] if len(entry["source"]) <= _LABEL else f"{entry['source'][: _LABEL - 1]}…"
        rows.append([source, *(f"{count:,}" for count in counts)])
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            [row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))]
        )
        for row in rows
    ]
