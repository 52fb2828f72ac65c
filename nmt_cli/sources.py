"""Sentence pairs as they stand in their sources: line-aligned files, tables of four formats, datasets on the hub.

Knows formats; nothing is judged, changed or left out here but what `where` and `take` leave out.
"""

import csv
import io
import itertools
import json
import logging
from collections.abc import Iterator, Mapping
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from nmt_cli.config import DataConfig, SourceConfig
from nmt_cli.errors import DataError
from nmt_cli.text import normalize, read_lines

Row = Mapping[str, Any]


class Pair(NamedTuple):
    """A sentence and its translation."""

    src: str
    tgt: str

    def normalized(self) -> "Pair":
        """Both sides as `normalize` leaves them."""
        return Pair(normalize(self.src), normalize(self.tgt))


def source_name(source: SourceConfig) -> str:
    """How messages and tallies call a source."""
    place = source.table or source.hub or f"{source.src} + {source.tgt}"
    conditions = [f"{column}={'|'.join(values)}" for column, values in source.where.items()]
    if source.take is not None:
        conditions.append(f"take={source.take}")
    return " ".join([place, *conditions])


def source_files(source: SourceConfig) -> list[str]:
    """The files a source is read from, its alignment's among them; a dataset on the hub has no others."""
    return [path for path in (source.table, source.src, source.tgt, source.alignment) if path is not None]


def read_pairs(source: SourceConfig, data: DataConfig) -> Iterator[Pair]:
    """The pairs of a source as they stand there, in order; of those of its `where` as many as it is to `take`.

    Raises:
        DataError: it cannot be read, is not UTF-8 or not aligned, or a column is not there.
    """
    pairs = _read(source, data)
    return pairs if source.take is None else _sample(pairs, source.take)


def _sample(pairs: Iterator[Pair], size: int) -> Iterator[Pair]:
    """So many pairs, drawn with the same chance each and left in their order (reservoir sampling, Vitter 1985)."""
    random = Random(0)
    kept: list[tuple[int, Pair]] = []
    for number, pair in enumerate(pairs):
        place = number if number < size else random.randrange(number + 1)
        if place < size:
            kept[place : place + 1] = [(number, pair)]
    return (pair for _, pair in sorted(kept))


def _read(source: SourceConfig, data: DataConfig) -> Iterator[Pair]:
    if source.src is not None:
        yield from _read_aligned(source)
        return
    columns = source.columns or (data.src_lang, data.tgt_lang)
    rows = _read_table(Path(str(source.table))) if source.table is not None else _read_hub(source)
    for place, row in rows:
        if place.first:
            _check_columns(place, row, [*columns, *source.where])
        if all(str(_cell(row, column)) in values for column, values in source.where.items()):
            yield Pair(*(_text(place, row, column) for column in columns))


class _Place(NamedTuple):
    """Where a row is, for messages."""

    name: str
    row: int  # counted as an editor counts lines, where there are lines
    unit: str
    first: bool

    def __str__(self) -> str:
        return f"{self.name}, {self.unit} {self.row}"


def _cell(row: Row, column: str) -> Any:  # noqa: ANN401
    """A cell by column name; failing that, by key of the `translation` column that the hub's parallel corpora have."""
    if column in row:
        return row[column]
    translation = row.get("translation")
    return translation.get(column) if isinstance(translation, Mapping) else None


def _text(place: _Place, row: Row, column: str) -> str:
    text = _cell(row, column)
    if not isinstance(text, str):
        raise DataError(f"{place}: '{column}' is {'missing' if text is None else f'not text but {text!r}'}")
    return text


def _check_columns(place: _Place, row: Row, columns: list[str]) -> None:
    for column in columns:
        if _cell(row, column) is None and column not in row:
            translation = row.get("translation")
            known = [*row, *(translation if isinstance(translation, Mapping) else ())]
            raise DataError(
                f"{place.name}: no column '{column}'; its columns are {', '.join(known)}: name two of them in 'columns'"
            )


def _read_aligned(source: SourceConfig) -> Iterator[Pair]:
    lines = itertools.zip_longest(read_lines(str(source.src)), read_lines(str(source.tgt)))
    for number, (src, tgt) in enumerate(lines, start=1):
        if src is None or tgt is None:
            longer, shorter = (source.tgt, source.src) if src is None else (source.src, source.tgt)
            rest = sum(1 for _ in lines)
            raise DataError(
                f"{longer} has {number + rest} lines but {shorter} has {number - 1}: line i of one must translate "
                "line i of the other"
            )
        yield Pair(src, tgt)


def _read_table(path: Path) -> Iterator[tuple[_Place, Row]]:
    suffix = Path(path.name.removesuffix(".gz")).suffix
    readers = {".tsv": _read_tsv, ".csv": _read_csv, ".jsonl": _read_jsonl, ".parquet": _read_parquet}
    if suffix not in readers:
        raise DataError(f"{path}: a table is one of {', '.join(readers)}; '{suffix}' is none of them")
    yield from readers[suffix](path)


def _read_tsv(path: Path) -> Iterator[tuple[_Place, Row]]:
    lines = read_lines(path)
    header = next(lines, "").split("\t")
    if header == [""]:
        raise DataError(f"{path}, line 1: empty; expected the names of the columns, such as hi<TAB>en")
    for number, line in enumerate(lines, start=2):
        cells = line.split("\t")
        if len(cells) != len(header):
            raise DataError(f"{path}, line {number}: {len(cells)} columns where the header has {len(header)}")
        yield _Place(str(path), number, "line", number == 2), dict(zip(header, cells, strict=True))


def _read_csv(path: Path) -> Iterator[tuple[_Place, Row]]:
    reader = csv.reader((f"{line}\n" for line in read_lines(path)), strict=True)
    try:
        header = next(reader, [])
        if not header:
            raise DataError(f"{path}, line 1: empty; expected the names of the columns, such as hi,en")
        for number, cells in enumerate(reader):
            if len(cells) != len(header):
                raise DataError(
                    f"{path}, line {reader.line_num}: {len(cells)} columns where the header has {len(header)}"
                )
            yield _Place(str(path), reader.line_num, "line", number == 0), dict(zip(header, cells, strict=True))
    except csv.Error as error:
        raise DataError(f"{path}, line {reader.line_num}: not valid CSV ({error})") from None


def _read_jsonl(path: Path) -> Iterator[tuple[_Place, Row]]:
    for number, line in enumerate(read_lines(path), start=1):
        try:
            row = json.loads(line)
        except ValueError as error:
            raise DataError(f"{path}, line {number}: not valid JSON ({error})") from None
        if not isinstance(row, dict):
            raise DataError(f'{path}, line {number}: not a JSON object such as {{"hi": …, "en": …}}')
        yield _Place(str(path), number, "line", number == 1), row


def _read_parquet(path: Path) -> Iterator[tuple[_Place, Row]]:
    import pyarrow
    from pyarrow import parquet

    try:
        table = parquet.ParquetFile(path)
        rows = itertools.chain.from_iterable(batch.to_pylist() for batch in table.iter_batches(batch_size=1000))
        for number, row in enumerate(rows, start=1):
            yield _Place(str(path), number, "row", number == 1), row
    except FileNotFoundError:
        raise DataError(f"{path}: no such file") from None
    except (pyarrow.ArrowException, OSError) as error:
        raise DataError(f"{path}: not a Parquet file that can be read ({_one_line(error)})") from None


def _read_hub(source: SourceConfig) -> Iterator[tuple[_Place, Row]]:
    name = str(source.hub)
    for number, row in enumerate(_open_hub(source), start=1):
        yield _Place(name, number, "row", number == 1), row


def _open_hub(source: SourceConfig) -> Any:  # noqa: ANN401
    """The rows of a dataset: from a folder that `save_to_disk` wrote, or whatever `load_dataset` can load."""
    import datasets

    name, split = str(source.hub), source.split
    datasets.disable_progress_bars()
    logging.getLogger("huggingface_hub").setLevel(logging.ERROR)  # it tells of every retry
    try:
        if any((Path(name) / file).exists() for file in ("dataset_dict.json", "dataset_info.json")):
            loaded = datasets.load_from_disk(name)
            return loaded[split] if isinstance(loaded, datasets.DatasetDict) else loaded
        return datasets.load_dataset(name, source.configuration, split=split, streaming=source.streaming)
    except KeyError:
        raise DataError(f"{name}: no split '{split}'; it has {', '.join(loaded)}") from None
    except ValueError as error:
        raise DataError(f"{name}: {_one_line(error)}") from None
    except (OSError, RuntimeError) as error:
        # Missing datasets, refused access and a network that is out of reach are OSErrors of many kinds.
        raise DataError(
            f"{name}: cannot be had from the hub ({_one_line(error)}): check the name and the connection, or download "
            "it elsewhere and name its files as 'table'"
        ) from None


def _one_line(error: Exception) -> str:
    return " ".join(io.StringIO(str(error)).readline().split())[:200] or type(error).__name__
