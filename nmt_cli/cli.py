"""The command line: each command parses, loads its configuration, makes one call and prints.

Whatever needs torch or pydantic is imported inside the commands, so that `nmt --help` answers at once.
"""

import json
import logging
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from enum import Enum
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated, Any

import typer

from nmt_cli import __version__
from nmt_cli.errors import ConfigError, DataError, ModelError

if TYPE_CHECKING:
    from nmt_cli.config import Config
    from nmt_cli.translate import Translation, Translator

app = typer.Typer(
    help="Train Hindi-English translators and translate with them.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

PRETRAINED = Path(__file__).parent / "pretrained" / "hi-en"

ConfigOption = Annotated[Path, typer.Option("--config", "-c", help="YAML file with the settings of the run.")]
RunOption = Annotated[
    Path | None, typer.Option("--config", "-c", help="Use the model of the run that this YAML file configures.")
]
ModelOption = Annotated[Path | None, typer.Option("--model", "-m", help="Model folder. Default: the shipped model.")]
ModelsOption = Annotated[
    list[Path] | None,
    typer.Option("--model", "-m", help="Model folder; several translate together. Default: the shipped model."),
]
SearchSetOption = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="Override a setting of the search; may be repeated."),
]
SetOption = Annotated[
    list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Override a setting; may be repeated.")
]
VerboseOption = Annotated[bool, typer.Option("--verbose", "-v", help="Say more on stderr.")]
QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but errors on stderr.")]
BeamOption = Annotated[int | None, typer.Option(min=1, help="Hypotheses kept a step. Default: the model's setting.")]
BatchOption = Annotated[int, typer.Option(min=1, help="Sentences translated together; changes the speed only.")]


class Format(str, Enum):
    """What `nmt translate` writes."""

    TEXT = "text"
    JSON = "json"


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"nmt {__version__}")
        raise typer.Exit


@app.callback()
def _nmt(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and leave.")
    ] = False,
) -> None:
    """Train Hindi-English translators and translate with them."""


@app.command()
def prepare(
    config: ConfigOption,
    overrides: SetOption = None,
    dropped: Annotated[
        Path | None, typer.Option(help="Write every pair that is left out, and why, to this tab-separated file.")
    ] = None,
    verbose: VerboseOption = False,
    quiet: QuietOption = False,
) -> None:
    """Normalise and clean the corpus, train SentencePiece, write token ids."""
    _set_up_log(verbose, quiet)
    from nmt_cli.config import load_config
    from nmt_cli.prepare import prepare

    prepare(load_config(config, overrides or ()), dropped)


@app.command()
def train(
    config: ConfigOption, overrides: SetOption = None, verbose: VerboseOption = False, quiet: QuietOption = False
) -> None:
    """Train a model; prepare first when nothing is prepared; go on with what was begun."""
    _set_up_log(verbose, quiet)
    from nmt_cli.config import load_config

    settings = load_config(config, overrides or ())
    from nmt_cli.train import train

    train(settings)


@app.command()
def translate(
    files: Annotated[list[Path] | None, typer.Argument(metavar="[FILE]...", help="Text files. Default: stdin.")] = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Write to this file instead of stdout.")] = None,
    models: ModelsOption = None,
    config: RunOption = None,
    beam_size: BeamOption = None,
    batch_size: BatchOption = 64,
    n_best: Annotated[int | None, typer.Option(min=1, help="Write this many translations of every line.")] = None,
    format: Annotated[Format, typer.Option(help="Text, or a JSON object a line.")] = Format.TEXT,
    alignments: Annotated[bool, typer.Option("--alignments", help="Say which word comes from which.")] = False,
    attention: Annotated[
        Path | None, typer.Option(help="Write what attention looked at to this file, a JSON object a sentence.")
    ] = None,
    stream: Annotated[bool, typer.Option("--stream", help="Write every line's translation before the next.")] = False,
    overrides: SearchSetOption = None,
    threads: Annotated[int | None, typer.Option(min=1, help="CPU threads to use. Default: one a core.")] = None,
    verbose: VerboseOption = False,
    quiet: QuietOption = False,
) -> None:
    """Translate text, line by line, from stdin to stdout or from files."""
    _set_up_log(verbose, quiet)
    chosen = models or []
    folder, _ = _model_folder(chosen[0] if chosen else None, config)
    _check_readable(files or [])
    translator = _load_translator(folder, *chosen[1:], overrides=overrides or (), threads=threads)
    interactive = not files and sys.stdin.isatty()
    translations = translator.explain(
        _input_lines(files or [], prompt=interactive and sys.stderr.isatty() and not quiet),
        beam_size=beam_size,
        batch_size=batch_size,
        window=1 if stream or interactive else None,
        n_best=n_best or 1,
        alignment=format is Format.JSON or alignments or attention is not None,
    )
    with _output(output) as write, _attention_file(attention) as write_attention:
        for number, translation in _with_progress(translations, hidden=quiet or interactive or output is None):
            if attention is not None:
                for record in translator.attention(translation):
                    write_attention(json.dumps({"line": number, **record}, ensure_ascii=False) + "\n")
            write(_formatted(number, translation, format, n_best=n_best, alignments=alignments))


def _with_progress(translations: "Iterator[Translation]", *, hidden: bool) -> "Iterator[tuple[int, Translation]]":
    """Number the translations from 1, and show on a terminal how many there are."""
    if (hidden and sys.stdout.isatty()) or not sys.stderr.isatty():
        yield from enumerate(translations, start=1)
        return
    from tqdm import tqdm

    with tqdm(desc="translated", unit=" lines", leave=False) as bar:
        for number, translation in enumerate(translations, start=1):
            bar.update()
            yield number, translation


def _formatted(number: int, translation: "Translation", format: Format, *, n_best: int | None, alignments: bool) -> str:
    """What is written of a translation, line ends included."""
    if format is Format.JSON:
        return json.dumps({"line": number, **translation.to_json()}, ensure_ascii=False) + "\n"
    if n_best is not None:
        ranked = translation.n_best or [(translation.text, 0.0)]
        return "".join(f"{number} ||| {text} ||| {score:.4f}\n" for text, score in ranked)
    return f"{translation.text} ||| {translation.pharaoh()}\n" if alignments else f"{translation.text}\n"


@app.command()
def evaluate(
    model: ModelOption = None,
    config: RunOption = None,
    source: Annotated[Path | None, typer.Option(help="Text file to translate, a sentence a line.")] = None,
    reference: Annotated[Path | None, typer.Option(help="Its reference translation, line by line.")] = None,
    hypotheses: Annotated[Path | None, typer.Option(help="Score this file of translations; needs no model.")] = None,
    beam_size: BeamOption = None,
    batch_size: BatchOption = 64,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    verbose: VerboseOption = False,
    quiet: QuietOption = False,
) -> None:
    """Score translations with BLEU and chrF: of the configuration's test sets, or of the files given."""
    _set_up_log(verbose, quiet)
    if hypotheses is not None:
        results = _score_file(hypotheses, reference)
    else:
        results = _score_model(model, config, source, reference, beam_size, batch_size)
    if as_json:
        typer.echo(json.dumps(results, indent=2, ensure_ascii=False))
    else:
        _print_scores(results)


def _score_file(hypotheses: Path, reference: Path | None) -> dict[str, Any]:
    from nmt_cli.evaluate import read_hypotheses, score
    from nmt_cli.text import read_lines

    if reference is None:
        raise DataError("--hypotheses needs --reference: the file to score against")
    references = list(read_lines(reference))
    lines = read_hypotheses(hypotheses, references, str(reference))
    if not lines:
        raise DataError(f"{reference}: empty; there is nothing to evaluate")
    result = score(lines, references).to_json()
    return {**result, "sets": {hypotheses.name: result}}


def _score_model(
    model: Path | None,
    config: Path | None,
    source: Path | None,
    reference: Path | None,
    beam_size: int | None,
    batch_size: int,
) -> dict[str, Any]:
    if (source is None) != (reference is None):
        raise DataError("--source and --reference go together: the text to translate and its reference translation")
    folder, settings = _model_folder(model, config)
    from nmt_cli.evaluate import configured_sets, evaluate, file_set

    if settings is None:
        from nmt_cli.config import load_settings

        settings = load_settings(folder)
    if source is not None and reference is not None:
        sets = [file_set(source, reference, settings.data)]
    else:
        sets = configured_sets(settings.data)
    translator = _load_translator(folder)
    return evaluate(sets, lambda lines: translator.translate(lines, beam_size=beam_size, batch_size=batch_size))


def _print_scores(results: dict[str, Any]) -> None:
    named = list(results["sets"].items())
    if len(named) > 1:
        named.append(("all", results))
    width = max(len(name) for name, _ in named)
    typer.echo(f"{'':{width}}  {'lines':>7}  {'BLEU':>5}  {'chrF':>5}")
    for name, result in named:
        scores = f"{result['bleu']['score']:5.1f}  {result['chrf']['score']:5.1f}"
        typer.echo(f"{name:{width}}  {result['lines']:>7,}  {scores}")
    for metric in ("bleu", "chrf"):
        typer.echo(f"{results[metric]['name']}: {results[metric]['signature']}")


def _set_up_log(verbose: bool, quiet: bool) -> None:
    """Messages go to stderr, between progress bars and never through them."""
    handler = _Handler()
    handler.setFormatter(logging.Formatter("%(message)s"))
    log = logging.getLogger("nmt_cli")
    log.handlers = [handler]
    log.setLevel(logging.DEBUG if verbose else logging.ERROR if quiet else logging.INFO)


class _Handler(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        """Write a record to stderr without tearing a progress bar."""
        from tqdm import tqdm

        tqdm.write(self.format(record), file=sys.stderr)


def _model_folder(model: Path | None, config: Path | None) -> tuple[Path, "Config | None"]:
    """The folder of the model to use, and the configuration when one was given."""
    if model is not None and config is not None:
        raise ConfigError("--model and --config both name a model: give one of them")
    if config is not None:
        from nmt_cli.config import load_config

        settings = load_config(config)
        folder = settings.run_folder / "model"
        if not folder.is_dir():
            raise ModelError(f"{folder}: not trained yet; run: nmt train --config {config}")
        return folder, settings
    if model is None and not PRETRAINED.is_dir():
        raise ModelError("this installation comes without a model: give --model FOLDER, or --config FILE of a run")
    return model or PRETRAINED, None


def _load_translator(
    folder: Path, *others: Path, overrides: Sequence[str] = (), threads: int | None = None
) -> "Translator":
    from nmt_cli.translate import Translator

    if threads is not None:
        import torch

        torch.set_num_threads(threads)
    return Translator.load(folder, *others, overrides=overrides)


def _check_readable(files: list[Path]) -> None:
    """Complain of a mistyped name before the model is loaded and earlier files are translated."""
    from nmt_cli.text import open_file

    for file in files:
        open_file(file).close()


def _input_lines(files: list[Path], *, prompt: bool = False) -> Iterator[str]:
    from nmt_cli.text import decode_lines, read_lines

    if not files:
        yield from decode_lines(_prompted(sys.stdin.buffer) if prompt else sys.stdin.buffer, "stdin")
    for file in files:
        yield from read_lines(file)


def _prompted(stream: IO[bytes]) -> Iterator[bytes]:
    """The lines that somebody types, asked for one by one on stderr."""
    while True:
        print("hi> ", end="", file=sys.stderr, flush=True)  # noqa: T201
        if not (line := stream.readline()):
            print(file=sys.stderr)  # noqa: T201
            return
        yield line


@contextmanager
def _output(path: Path | None) -> Iterator[Any]:
    """A function that writes text: to stdout at once, or to a file that takes its place when all is written."""
    if path is None:
        yield _writer(sys.stdout.buffer)
        return
    from nmt_cli.text import atomic_write

    with atomic_write(path) as partial, partial.open("wb") as stream:
        try:
            yield _writer(stream)
        except KeyboardInterrupt:
            # Hours of work may be in it; but only what is whole gets the name that was asked for.
            kept = path.with_name(f"{path.name}.partial")
            partial.rename(kept)
            logging.getLogger("nmt_cli").warning("interrupted: what was finished is in %s", kept)
            raise


@contextmanager
def _attention_file(path: Path | None) -> Iterator[Any]:
    """As `_output`, to nowhere without a path."""
    if path is None:
        yield None
        return
    with _output(path) as write:
        yield write


def _writer(stream: IO[bytes]) -> Any:  # noqa: ANN401
    def write(text: str) -> None:
        try:
            stream.write(text.encode("utf-8"))
            stream.flush()
        except OSError as error:
            # What the stream still holds cannot go anywhere: Python would complain when it closes it at the end.
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
            if isinstance(error, BrokenPipeError):  # our reader has left, as `head` does
                raise typer.Exit from None
            raise

    return write
