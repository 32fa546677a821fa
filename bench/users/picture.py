"""The measurements as a picture: one self-contained SVG.

Seconds and requests reach over five orders of magnitude, so both are dots on logarithmic axes, with
their numbers beside them; a bar would need a zero to stand on.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final
from xml.sax.saxutils import escape

from bench.users.limit import limit_s
from bench.users.method import CASES
from bench.users.table import TITLES

NAMES: Final = {
    "guide": "guide: curl in a loop",
    "per_user": "a resource a user",
    "ours": "this project",
}
_WIDTH: Final = 1000
_LEFT: Final = 290
_PANEL: Final = 290
_GAP: Final = 70
_TOP: Final = 130
_ROW: Final = 24
_BETWEEN: Final = 22
_STYLE: Final = """
  text { font: 13px system-ui, -apple-system, "Segoe UI", sans-serif; fill: #1f2328; }
  .title { font-size: 17px; font-weight: 600; } .note { fill: #59636e; font-size: 12px; }
  .case { font-weight: 600; } .grid { stroke: #d1d9e0; } .back { fill: #ffffff; }
  .limit { stroke: #cf222e; stroke-width: 2; } .limit-text { fill: #cf222e; font-size: 12px; }
  .stem { stroke: #818b98; } .guide { fill: #818b98; } .per_user { fill: #bf8700; }
  .ours { fill: #0969da; } .own { font-weight: 600; }
  @media (prefers-color-scheme: dark) {
    text { fill: #f0f6fc; } .note { fill: #9198a1; } .back { fill: #0d1117; }
    .grid { stroke: #3d444d; } .limit { stroke: #ff7b72; } .limit-text { fill: #ff7b72; }
    .per_user { fill: #d29922; } .ours { fill: #4493f8; }
  }
"""

Results = Mapping[str, Mapping[str, Mapping[str, Any]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Axis:
    """A logarithmic axis of one panel, from one power of ten to another."""

    title: str
    left: float
    lowest: int
    highest: int
    text: Callable[[float], str]

    def x(self, value: float) -> float:
        """Return where a value is; zero has no place and is put at the start."""
        if value <= 0:
            return self.left
        share = (math.log10(value) - self.lowest) / (self.highest - self.lowest)
        return self.left + _PANEL * min(1.0, max(0.0, share))


def draw(measured: Results, conditions: Mapping[str, Any]) -> str:
    """Return the SVG of the part's results and the conditions they were made in."""
    seconds = [cell["seconds"] for cases in measured.values() for cell in cases.values()]
    requests = [cell["requests"] for cases in measured.values() for cell in cases.values()]
    limits = {case: _limit(case, conditions) for case in CASES}
    axes = {
        "seconds": _axis("seconds", _LEFT, [*seconds, *limits.values()], _seconds),
        "requests": _axis(
            "requests to Microsoft Graph", _LEFT + _PANEL + _GAP, requests, lambda n: f"{n:,.0f}"
        ),
    }
    height = _TOP + len(CASES) * (len(measured) * _ROW + _BETWEEN) + 40
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" '
        f'width="{_WIDTH}" height="{height}" role="img" aria-labelledby="title">',
        f"<style>{_STYLE}</style>",
        f'<rect class="back" width="{_WIDTH}" height="{height}"/>',
        *_heading(conditions),
        *_grid(axes, height),
    ]
    y = _TOP
    for case in CASES:
        lines.append(_text(16, y + 16, TITLES[case], "case"))
        bottom = y + len(measured) * _ROW
        x = axes["seconds"].x(limits[case])
        lines.append(
            f'<line class="limit" x1="{x:.1f}" x2="{x:.1f}" y1="{y}" y2="{bottom - 2}">'
            f"<title>physical limit: {_seconds(limits[case])} s</title></line>"
        )
        for method, cases in measured.items():
            lines += _row(method, cases[case], axes, y + _ROW / 2)
            y += _ROW
        y += _BETWEEN
    return "\n".join([*lines, "</svg>", ""])


def _limit(case: str, conditions: Mapping[str, Any]) -> float:
    users = conditions["users"]
    writes = {"first": users, "one_percent": conditions["changed_users"]}.get(case, 0)
    return limit_s(users=users, writes=writes, latency_s=conditions["latency_s"])


def _axis(title: str, left: float, values: list[float], text: Callable[[float], str]) -> _Axis:
    above_zero = [value for value in values if value > 0]
    lowest = math.floor(math.log10(min(above_zero)))
    highest = math.ceil(math.log10(max(above_zero)))
    return _Axis(title=title, left=left, lowest=lowest, highest=max(highest, lowest + 1), text=text)


def _heading(conditions: Mapping[str, Any]) -> Iterator[str]:
    users, quota = conditions["users"], conditions["quota"]
    title = f"Two extension values for {users:,} users"
    yield f'<title id="title">{title}</title>'
    yield _text(16, 30, title, "title")
    scale = conditions["time_scale"]
    scaled = "" if scale == 1 else f", time scale {scale:g}"
    yield _text(
        16,
        52,
        f"{quota['writes']:,} writes in {quota['window_s']:g} s, {conditions['latency_s'] * 1000:g}"
        f" ms a request{scaled}; {conditions['date']}. Logarithmic axes: further left is better.",
        "note",
    )
    yield '<line class="limit" x1="16" x2="16" y1="64" y2="80"/>'
    yield _text(24, 76, "what the directory's own limit allows at best", "limit-text")


def _grid(axes: Mapping[str, _Axis], height: float) -> Iterator[str]:
    for axis in axes.values():
        yield _text(axis.left, _TOP - 32, axis.title, "case")
        for power in range(axis.lowest, axis.highest + 1):
            x = axis.x(10.0**power)
            ends = f'y1="{_TOP - 8}" y2="{height - 30}"'
            yield f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" {ends}/>'
            yield _text(x, _TOP - 13, axis.text(10.0**power), "note", anchor="middle")


def _row(
    method: str, cell: Mapping[str, Any], axes: Mapping[str, _Axis], y: float
) -> Iterator[str]:
    own = " own" if method == "ours" else ""
    yield _text(_LEFT - 14, y + 4, NAMES[method], f"name{own}", anchor="end")
    for key, axis in axes.items():
        x, value = axis.x(cell[key]), cell[key]
        if value:  # zero has no place on such an axis: its number stands at the start
            yield f'<line class="stem" x1="{axis.left}" x2="{x:.1f}" y1="{y}" y2="{y}"/>'
            yield f'<circle class="{method}" cx="{x:.1f}" cy="{y}" r="5"/>'
        yield _text(x + 10, y + 4, axis.text(value), f"value{own}")


def _seconds(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 else f"{value:.3g}"


def _text(x: float, y: float, text: str, kind: str, *, anchor: str = "start") -> str:
    at = f'x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"'
    return f'<text class="{kind}" {at}>{escape(text)}</text>'
