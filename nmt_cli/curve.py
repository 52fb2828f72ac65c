"""The learning curve of a run as a picture.

Knows only the lines of metrics.jsonl.
"""

from collections.abc import Iterator, Sequence
from typing import Any

_WIDTH, _HEIGHT, _LEFT, _GAP = 640, 150, 56, 46
_PANELS = (("loss, nats a token", ("loss", "dev_loss")), ("dev BLEU and chrF", ("dev_bleu", "dev_chrf")))
_NAMES = {"loss": "training", "dev_loss": "dev", "dev_bleu": "BLEU", "dev_chrf": "chrF"}
_COLOURS = ("#8a94a6", "#c2410c")


def learning_curve(lines: Sequence[dict[str, Any]]) -> str:
    """An SVG picture of the losses, and of the dev scores where there are any, over the updates.

    Args:
        lines: of metrics.jsonl, in order
    """
    panels = [
        (title, series)
        for title, keys in _PANELS
        if (series := {key: points for key in keys if (points := _points(lines, key))})
    ]
    height = len(panels) * (_HEIGHT + _GAP) + 8
    drawn = [line for number, panel in enumerate(panels) for line in _panel(number * (_HEIGHT + _GAP) + 28, *panel)]
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH + _LEFT + 70} {height}" '
            'font-family="sans-serif" font-size="11" fill="#667">',
            '<rect width="100%" height="100%" fill="#fff"/>',
            *drawn,
            "</svg>\n",
        ]
    )


def _points(lines: Sequence[dict[str, Any]], key: str) -> list[tuple[float, float]]:
    values = ((line["step"], line[key]) for line in lines if key in line)
    return [(step, value["score"] if isinstance(value, dict) else value) for step, value in values]


def _panel(top: int, title: str, series: dict[str, list[tuple[float, float]]]) -> Iterator[str]:
    """The lines of one coordinate system, its upper edge at `top`."""
    steps = [step for points in series.values() for step, _ in points]
    values = [value for points in series.values() for _, value in points]
    last, low, high = max(steps), min(values), max(values)
    span = high - low or 1.0

    def x(step: float) -> float:
        return _LEFT + _WIDTH * step / last

    def y(value: float) -> float:
        return top + _HEIGHT * (high - value) / span

    yield f'<text x="{_LEFT}" y="{top - 12}" font-weight="bold">{title}</text>'
    for value in (low, (low + high) / 2, high):
        yield f'<path d="M{_LEFT} {y(value):.1f}h{_WIDTH}" stroke="#e2e5ea"/>'
        yield f'<text x="{_LEFT - 6}" y="{y(value) + 4:.1f}" text-anchor="end">{value:.3g}</text>'
    for step in (0, last / 2, last):
        yield f'<text x="{x(step):.1f}" y="{top + _HEIGHT + 15}" text-anchor="middle">{step:,.0f}</text>'
    ends = []
    for (key, points), colour in zip(series.items(), _COLOURS, strict=False):
        path = " ".join(f"{x(step):.1f},{y(value):.1f}" for step, value in points)
        yield f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="1.5"/>'
        yield from (f'<circle cx="{x(s):.1f}" cy="{y(v):.1f}" r="2" fill="{colour}"/>' for s, v in points[-1:])
        ends.append((y(points[-1][1]), colour, _NAMES[key]))
    below = -1e9
    for height, colour, name in sorted(ends):
        below = max(height + 4, below + 13)  # names of lines that end together stand below each other
        yield f'<text x="{_LEFT + _WIDTH + 6}" y="{below:.1f}" fill="{colour}">{name}</text>'
