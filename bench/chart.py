"""The figures as a drawing: for each question the servers' requests a second, and their processor time a request.

Plain SVG without scripts or fonts of its own; it has a light and a dark dress and takes the reader's.
"""

from collections.abc import Callable, Iterable
from html import escape

from bench.contenders import CONTENDERS, STOREKEEP, STOREKEEP_CACHED
from bench.measure import Figures
from bench.questions import CACHED, QUESTIONS, Question
from bench.targets import Measured

WIDTH = 960
_NAMES = 150
_BARS = 270
_BETWEEN = 80
_ROW = 20
_HEAD = 46
_STYLE = """
    text { font: 13px system-ui, sans-serif; fill: #1f2328 }
    .paper { fill: #ffffff } .quiet { fill: #59636e } .title { font-weight: 600 } .bar { fill: #8c959f }
    .ours { fill: #0969da } .name { text-anchor: end }
    @media (prefers-color-scheme: dark) {
      text { fill: #e6edf3 } .paper { fill: #0d1117 } .quiet { fill: #9198a1 } .bar { fill: #6e7681 }
      .ours { fill: #4493f8 }
    }"""


def draw(measured: Measured, title: str) -> str:
    """The drawing of what was measured."""
    parts: list[str] = []
    top = 40
    for question in (*QUESTIONS, *CACHED):
        found = [(one.name, measured.get((question.key, one.name))) for one in CONTENDERS]
        rows = [(name, figures) for name, figures in found if figures]
        if rows:
            parts += _panel(question, rows, top)
            top += _HEAD + _ROW * len(rows) + 12
    about = "Bars of requests a second (longer is better) and of processor time a request (shorter is better)."
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {top}" role="img" aria-labelledby="t d">',
            f'  <title id="t">{escape(title)}</title>',
            f'  <desc id="d">{about}</desc>',
            f"  <style>{_STYLE}\n  </style>",
            f'  <rect class="paper" width="{WIDTH}" height="{top}"/>',
            f'  <text class="title" x="16" y="26">{escape(title)}</text>',
            *parts,
            "</svg>",
            "",
        ]
    )


def _panel(question: Question, rows: list[tuple[str, Figures]], top: int) -> list[str]:
    columns: tuple[tuple[str, Callable[[Figures], float], Callable[[float], str]], ...] = (
        ("requests a second, longer is better", lambda one: one.rate, "{:,.0f}".format),
        ("CPU ms a request, shorter is better", lambda one: one.cpu_ms, "{:.3g}".format),
    )
    drawn = [f'  <text class="title" x="16" y="{top + 18}">{escape(f"{question.key} {question.title}")}</text>']
    for place, (heading, of, shown) in enumerate(columns):
        left = _NAMES + place * (_BARS + _BETWEEN + 60)
        drawn.append(f'  <text class="quiet" x="{left}" y="{top + 36}">{heading}</text>')
        drawn += _bars(rows, of, shown, left, top + _HEAD, names=not place)
    return drawn


def _bars(
    rows: Iterable[tuple[str, Figures]],
    of: Callable[[Figures], float],
    shown: Callable[[float], str],
    left: int,
    top: int,
    *,
    names: bool,
) -> Iterable[str]:
    rows = list(rows)
    longest = max(of(figures) for _, figures in rows) or 1
    for place, (name, figures) in enumerate(rows):
        y = top + place * _ROW
        length = max(1.0, of(figures) / longest * _BARS)
        kind = "bar ours" if name in (STOREKEEP.name, STOREKEEP_CACHED.name) else "bar"
        if names:
            yield f'  <text class="name" x="{left - 8}" y="{y + 13}">{escape(name)}</text>'
        yield f'  <rect class="{kind}" x="{left}" y="{y + 2}" width="{length:.1f}" height="{_ROW - 6}" rx="2"/>'
        yield f'  <text x="{left + length + 6:.1f}" y="{y + 13}">{shown(of(figures))}</text>'
