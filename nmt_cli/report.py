"""Results as a person reads them: text for a terminal, and pages for a browser (report.html, .css and .js beside this).

Knows plain values; nothing of how they were found.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, Any

from nmt_cli.tokenizer import WORD_START

if TYPE_CHECKING:
    from nmt_cli.explain import Explanation

Row = Sequence[str]

_PARTS = ("html", "css", "js")
_SHADES = " .:-=+*#%@"
_METRICS = ("bleu", "chrf", "chrf++", "ter")


def table(results: dict[str, Any]) -> str:
    """The results of `evaluate` as text: systems from best to worst, comparisons, lengths, examples, signatures."""
    sets = list(results["sets"].items())
    if len(sets) > 1:
        sets.append(("all", results))
    blocks = [_columns(_score_rows(sets))]
    for name, result in sets:
        title = f"{name}: " if len(sets) > 1 else ""
        if result["comparisons"]:
            blocks.append(f"{title}difference, and p by paired bootstrap and by approximate randomisation")
            blocks.append(_columns(_comparison_rows(result)))
        for key in ("bleu", "chrf"):
            blocks += [f"{title}{result[key]['name']} by words of the sentence", _columns(_length_rows(result, key))]
        if "examples" in result:
            blocks += [f"{title}{line}" for line in _example_lines(result["examples"])]
    shown = [results[key] for key in _METRICS if key in results]
    signatures = "\n".join(f"{score['name']}: {score['signature']}" for score in shown)
    return "\n".join([*blocks, f"{signatures}\n±: 95 % interval; ± and p: {results['resampling']}"])


def _score_rows(sets: Sequence[tuple[str, dict[str, Any]]]) -> Iterator[Row]:
    metrics = [key for key in _METRICS if key in sets[0][1]]
    names = [sets[0][1][key]["name"] for key in metrics]
    yield ("", "", "lines", *names, "length", "numbers", "repeats", "copies", "empty")
    for name, result in sets:
        for system, found in result["systems"].items():
            scores = [f"{found[key]['score']:.1f} ± {found[key]['margin']:.1f}" for key in metrics]
            ratio = "-" if found["length_ratio"] is None else f"{found['length_ratio']:.2f}"
            rates = [_percent(found[key]) for key in ("numbers_kept", "repetition", "copied")]
            yield (name, system, f"{result['lines']:,}", *scores, ratio, *rates, str(found["empty"]))


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{100 * share:.1f}%"


def _comparison_rows(result: dict[str, Any]) -> Iterator[Row]:
    metrics = [key for key in _METRICS if key in result]
    yield ("", *(part for key in metrics for part in (result[key]["name"], "", "")))
    for pair in result["comparisons"]:
        values = [
            part
            for key in metrics
            for part in (
                f"{pair[key]['difference']:+.1f}",
                f"{pair[key]['p_bootstrap']:.4f}",
                f"{pair[key]['p_randomization']:.4f}",
            )
        ]
        yield (f"{pair['better']} - {pair['worse']}", *values)


def _length_rows(result: dict[str, Any], key: str) -> Iterator[Row]:
    classes = [part["words"] for part in result["by_length"]]
    yield ("", *classes)
    yield ("lines", *(f"{part['lines']:,}" for part in result["by_length"]))
    for name, system in result["systems"].items():
        yield (name, *(f"{part[key]:.1f}" for part in system["by_length"]))


def _example_lines(examples: dict[str, list[dict[str, Any]]]) -> Iterator[str]:
    for kind, shown in examples.items():
        yield f"{kind} sentences"
        for example in shown:
            head = f"line {example['line']}, chrF {example['chrf']:.1f}"
            texts = [example["source"], example["output"], *example["references"]]
            signs = [" ", "→", *("=" for _ in example["references"])]
            yield "\n".join(
                [
                    f"  {head}",
                    *(f"    {sign} {text}" for sign, text in zip(signs, texts, strict=True) if text is not None),
                ]
            )


def _columns(rows: Iterable[Row]) -> str:
    """Rows as aligned columns, the first two of words to the left, columns without any text left out."""
    cells = list(rows)
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines = []
    for row in cells:
        aligned = [
            f"{cell:<{width}}" if _is_name(cells, place) else f"{cell:>{width}}"
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append("  ".join(aligned).rstrip())
    return "\n".join(lines)


def _is_name(cells: Sequence[Row], place: int) -> bool:
    """Whether a column holds names: it has no heading, and stands before those that have one."""
    return not any(cells[0][: place + 1])


def page(
    title: str,
    *,
    results: dict[str, Any] | None = None,
    sentences: dict[str, Any] | None = None,
    curve: str = "",
    explanations: Sequence["Explanation"] = (),
) -> str:
    """A page that needs nothing but a browser: no network, no other file.

    Args:
        title: what stands above it
        results, sentences: of an `Evaluation`; without them the page shows attention alone
        curve: an SVG picture of the run
        explanations: of some sentences; those with a line belong to `sentences`
    """
    data = {
        "title": title,
        "results": results,
        "sentences": sentences,
        "explanations": [_rounded(asdict(explanation)) for explanation in explanations],
    }
    # In a script element only "<" can end or change the text; as an escape it is the same JSON.
    embedded = json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    html, style, script = (Path(__file__).with_name(f"report.{kind}").read_text("utf-8") for kind in _PARTS)
    return Template(html).substitute(style=style, script=script, curve=curve, data=embedded)


def _rounded(value: Any) -> Any:  # noqa: ANN401
    """The value with three decimals left of its numbers, which are many."""
    if isinstance(value, dict):
        return {key: _rounded(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(item) for item in value]
    return round(value, 3) if isinstance(value, float) else value


def draw(explanation: "Explanation") -> str:
    """An alignment in plain characters: a row for each target word, a column for each source word, by its number.

    The denser the sign the more the model looked at the word: a source word gets what its pieces get together, a target
    word looks where its pieces look on average. A given alignment stands in brackets. Each row ends with the word that
    was looked at most.
    """
    source, target = _words(explanation.source), _words(explanation.target)
    numbers = [str(place) for place in range(1, len(source) + 1)]
    width = max(len(word) for word, _ in target)
    lines = [f"{number:>3}  {word}" for number, (word, _) in zip(numbers, source, strict=True)]
    lines += ["", " " * width + "".join(f"{number:>3}" for number in numbers)]
    for row, (word, steps) in enumerate(target):
        shares = [sum(explanation.weights[t][j] for t in steps for j in pieces) / len(steps) for _, pieces in source]
        given = [(place, row) in explanation.links for place in range(len(source))]
        cells = "".join(_cell(share, linked) for share, linked in zip(shares, given, strict=True))
        best = max(range(len(shares)), key=shares.__getitem__)
        lines.append(f"{word:>{width}}{cells}   {numbers[best]} {source[best][0]} {shares[best]:.2f}")
    return "\n".join(lines)


def _words(pieces: Sequence[str]) -> list[tuple[str, list[int]]]:
    """The words that pieces make up, with the places of their pieces; the end sign is a word."""
    words: list[tuple[str, list[int]]] = []
    for place, piece in enumerate(pieces):
        if not words or piece.startswith(WORD_START) or place == len(pieces) - 1:
            words.append(("", []))
        text, places = words[-1]
        words[-1] = (text + piece.removeprefix(WORD_START), [*places, place])
    return words


def _cell(share: float, linked: bool) -> str:
    sign = _SHADES[min(int(share * len(_SHADES)), len(_SHADES) - 1)]
    return f"[{sign}]" if linked else f" {sign} "
