"""The measurements in `docs/bench.md`, between two marks, so that the page is always true."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from bench.users.limit import limit_s
from bench.users.method import CASES
from bench.users.table import TITLES, columns

PAGE: Final = Path(__file__).parents[2] / "docs" / "bench.md"
_BEGIN: Final = "<!-- users: written by make bench -->"
_END: Final = "<!-- /users -->"


class PageError(Exception):
    """The page has no place for the measurements."""


def update_page(text: str, measured: Mapping[str, Any], conditions: Mapping[str, Any]) -> str:
    """Return the page's text with these measurements in place of the ones it has.

    Raises:
        PageError: the marks are not there.
    """
    before, after = split_page(text)
    return f"{before}{_BEGIN}\n{_section(measured, conditions)}\n{_END}{after}"


def split_page(text: str) -> tuple[str, str]:
    """Return what is before and after the measurements.

    Raises:
        PageError: the marks are not there.
    """
    before, begin, rest = text.partition(_BEGIN)
    _, end, after = rest.partition(_END)
    if not (begin and end):
        msg = f"docs/bench.md has no {_BEGIN} before {_END}; put both back where the numbers go"
        raise PageError(msg)
    return before, after


def _section(measured: Mapping[str, Any], conditions: Mapping[str, Any]) -> str:
    versions, quota = conditions["versions"], conditions["quota"]
    lines = [
        f"Run of {conditions['date']}: {conditions['users']:,} users, "
        f"{conditions['changed_users']:,} of them changed; {quota['writes']:,} writes in "
        f"{quota['window_s']:g} s, {conditions['latency_s'] * 1000:g} ms a request, "
        f"time scale {conditions['time_scale']:g}.",
        f"{conditions['machine']}; {versions['pulumi']}, Python {versions['python']}, "
        f"curl {versions['curl']}; {conditions['took_s'] / 60:.0f} min for all of it.",
        "",
    ]
    for case in CASES:
        writes = {"first": conditions["users"], "one_percent": conditions["changed_users"]}
        limit = limit_s(
            users=conditions["users"],
            writes=writes.get(case, 0),
            latency_s=conditions["latency_s"],
        )
        lines += [
            f"**{TITLES[case].capitalize()}** (physical limit {limit:,.2f} s)",
            "",
            f"| method | {' | '.join(columns(None))} |",
            f"|---|{'---:|' * len(columns(None))}",
            *(
                f"| `{method}` | {' | '.join(columns(cases[case]))} |"
                for method, cases in measured.items()
            ),
            "",
        ]
    checkpoints = conditions["per_user_first_seconds_with_checkpoints"]
    told = ", ".join(f"{int(users):,} users {s:,.1f} s" for users, s in checkpoints.items())
    lines.append(f"First assignment by `per_user` with the engine's checkpoints: {told}.")
    return "\n".join(lines)
