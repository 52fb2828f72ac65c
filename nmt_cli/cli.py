"""The command line: each command parses, loads its configuration, makes one call and prints.

Whatever needs torch or pydantic is imported inside the commands, so that `nmt --help` answers at once.
"""

import gc
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
    from nmt_cli.alignment import Links
    from nmt_cli.config import Config
    from nmt_cli.evaluate import Evaluation, TestSet
    from nmt_cli.explain import Explanation
    from nmt_cli.translate import Translation, Translator

_PAGE_LINES = 10_000  # a page of attention chooses its sentences from the first so many

app = typer.Typer(
    help="Train Hindi-English translators and translate with them.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

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
        Path | None,
        typer.Option(help="Write what attention looked at: FILE.html is a page, others have a JSON object a sentence."),
    ] = None,
    explain: Annotated[
        str | None, typer.Option(metavar="SENTENCE", help="Translate this sentence and draw what attention looked at.")
    ] = None,
    glossary: Annotated[
        Path | None,
        typer.Option(help="Your terms and names: a file of lines of one to four words, a tab and their translation."),
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
    translator = _load_translator(folder, *chosen[1:], overrides=overrides or (), threads=threads, glossary=glossary)
    if explain is not None:
        typer.echo(_drawn(translator, explain, beam_size))
        return
    interactive = not files and sys.stdin.isatty()
    translations = translator.explain(
        _input_lines(files or [], prompt=interactive and sys.stderr.isatty() and not quiet),
        beam_size=beam_size,
        batch_size=batch_size,
        window=1 if stream or interactive else None,
        n_best=n_best or 1,
        alignment=format is Format.JSON or alignments or attention is not None,
    )
    with _output(output) as write, _attention_file(attention, translator) as note_attention:
        for number, translation in _with_progress(translations, hidden=quiet or interactive or output is None):
            note_attention(number, translation)
            write(_formatted(number, translation, format, n_best=n_best, alignments=alignments))


def _drawn(translator: "Translator", sentence: str, beam_size: int | None) -> str:
    from nmt_cli.explain import explain
    from nmt_cli.report import draw

    (translation,) = translator.translate([sentence], beam_size=beam_size)
    if not translation:
        raise DataError("--explain: the sentence is blank; give one in quotes")
    return draw(explain(translator.parts, sentence, translation))


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
    source: Annotated[
        list[Path] | None, typer.Option(help="Text file to translate, a sentence a line; may be repeated, once a set.")
    ] = None,
    reference: Annotated[
        list[Path] | None,
        typer.Option(help="Its reference translation, line by line; may be repeated, as often for every set."),
    ] = None,
    hypotheses: Annotated[
        list[Path] | None, typer.Option(help="Score this file of translations, one a set; needs no model.")
    ] = None,
    compare: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=FILE", help="Another system's translations, one a set; may be repeated."),
    ] = None,
    alignment: Annotated[
        list[Path] | None,
        typer.Option(help="Pharaoh links of sources and translations for the report to draw, one file a set."),
    ] = None,
    report: Annotated[
        Path | None, typer.Option(help="Write scores, sentences and attention to this one HTML page.")
    ] = None,
    ter: Annotated[bool, typer.Option("--ter", help="TER too, which takes eight seconds a thousand lines.")] = False,
    examples: Annotated[int, typer.Option(min=0, help="Show this many of the best and of the worst sentences.")] = 0,
    beam_size: BeamOption = None,
    batch_size: BatchOption = 64,
    overrides: SearchSetOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    verbose: VerboseOption = False,
    quiet: QuietOption = False,
) -> None:
    """Score translations with BLEU, chrF and more: of the configuration's test sets, or of the files given."""
    _set_up_log(verbose, quiet)
    if hypotheses and not reference:
        raise DataError("--hypotheses needs --reference: the file to score against")
    if hypotheses and overrides:
        raise DataError("--set changes how to translate, and --hypotheses has been translated: leave one out")
    if not hypotheses and bool(source) != bool(reference):
        raise DataError("--source and --reference go together: the text to translate and its reference translation")
    if not (source or hypotheses or model or config):
        raise DataError("the shipped model comes without test sets: give --source and --reference")
    folder, settings = None, None
    if not hypotheses or model is not None or config is not None:
        folder, settings = _model_and_settings(model, config)
    from nmt_cli.evaluate import evaluate, named_files, read_alignments, read_outputs
    from nmt_cli.report import table

    sets = _test_sets(settings, source or [], reference or [], hypotheses or [])
    others = {
        name: read_outputs(files, sets, f"--compare {name}") for name, files in named_files(compare or ()).items()
    }
    name = hypotheses[0].name if hypotheses else str(settings and settings.name)
    if name in others:
        raise DataError(f"--compare {name}: the evaluated system has this name already; give another")
    if hypotheses:
        outputs = read_outputs(hypotheses, sets, "--hypotheses")
    else:
        assert folder is not None
        translator = _load_translator(folder, overrides=overrides or ())
        outputs = [
            translator.translate(test.sources or [], beam_size=beam_size, batch_size=batch_size) for test in sets
        ]
    links = read_alignments(alignment or [], sets, outputs)
    evaluation = evaluate(sets, {name: outputs, **others}, ter=ter, examples=examples)
    if report is not None:
        _write_report(report, evaluation, folder, links)
    results = evaluation.results
    typer.echo(json.dumps(results, indent=2, ensure_ascii=False) if as_json else table(results))


def _write_report(path: Path, evaluation: "Evaluation", folder: Path | None, links: "list[Links]") -> None:
    from nmt_cli.curve import learning_curve
    from nmt_cli.report import page
    from nmt_cli.text import atomic_write, read_lines

    results, sentences = evaluation.results, evaluation.sentences
    history = folder.resolve().parent / "metrics.jsonl" if folder else None
    reports = [json.loads(line) for line in read_lines(history)] if history and history.is_file() else []
    with atomic_write(path) as partial:
        text = page(
            f"{results['system']} on {', '.join(results['sets'])}",
            results=results,
            sentences=sentences,
            curve=learning_curve(reports) if reports else "",
            explanations=_explanations(folder, evaluation, links) if folder and sentences["source"] else [],
        )
        partial.write_text(text, encoding="utf-8")


def _explanations(folder: Path, evaluation: "Evaluation", links: "list[Links]") -> "list[Explanation]":
    from nmt_cli.checkpoint import load_model
    from nmt_cli.explain import explain_some

    name, sentences = evaluation.results["system"], evaluation.sentences
    pairs = list(zip(sentences["source"], sentences["outputs"][name], strict=True))
    try:
        return explain_some(load_model(folder), pairs, sentences["chrf"][name], links)
    except ModelError as error:
        logging.getLogger(__name__).info("the report shows no attention: %s", error)
        return []


def _model_and_settings(model: Path | None, config: Path | None) -> tuple[Path, "Config"]:
    folder, settings = _model_folder(model, config)
    from nmt_cli.config import load_settings

    return folder, settings or load_settings(folder)


def _test_sets(
    settings: "Config | None", sources: list[Path], references: list[Path], hypotheses: list[Path]
) -> "list[TestSet]":
    from nmt_cli.evaluate import configured_sets, file_sets

    if references or settings is None:
        return file_sets(sources, references, len(sources or hypotheses))
    return configured_sets(settings.data)


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
    from nmt_cli.config import DEFAULT_MODEL, load_config, model_path

    if config is not None:
        settings = load_config(config)
        folder = settings.run_folder / "model"
        if not folder.is_dir():
            raise ModelError(f"{folder}: not trained yet; run: nmt train --config {config}")
        return folder, settings
    return model_path(model or DEFAULT_MODEL), None


def _load_translator(
    folder: Path,
    *others: Path,
    overrides: Sequence[str] = (),
    threads: int | None = None,
    glossary: Path | None = None,
) -> "Translator":
    # What is imported and loaded stays: looking for garbage among it, now and when all ends, takes a quarter of the
    # time of translating one sentence.
    gc.disable()
    try:
        from nmt_cli.translate import Translator

        if threads is not None:
            import torch

            torch.set_num_threads(threads)
        return Translator.load(folder, *others, overrides=overrides, glossary=glossary)
    finally:
        gc.freeze()
        gc.enable()


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
def _attention_file(path: Path | None, translator: "Translator") -> Iterator[Any]:
    """A function that takes a line's number and translation, for a file of what attention looked at; None: nowhere."""
    if path is None:
        yield lambda number, translation: None
        return
    with _output(path) as write:
        if path.suffix != ".html":
            yield lambda number, translation: [
                write(json.dumps({"line": number, **record}, ensure_ascii=False) + "\n")
                for record in translator.attention(translation)
            ]
            return
        from nmt_cli.explain import explain_some
        from nmt_cli.report import page

        pairs: list[tuple[str, str]] = []

        def note(number: int, translation: "Translation") -> None:
            if number <= _PAGE_LINES:
                pairs.append((translation.source, translation.text))

        yield note
        explanations = explain_some(translator.parts, pairs, range(len(pairs)))
        write(page(f"Attention of {translator.config.name}", explanations=explanations))


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
