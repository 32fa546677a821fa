"""What a long run tells of itself."""

from __future__ import annotations

import io

import pytest

from bench.progress import Progress, describe
from sandbox.waiting import wait_until


@pytest.mark.parametrize(
    ("done", "total", "expected"),
    [
        (0, 0, "ours: 1:05"),
        (0, 1000, "ours: 1:05"),
        (250, 1000, "ours: 1:05, 250 of 1,000 users, 3:15 left"),
        (1001, 1000, "ours: 1:05, 1,000 of 1,000 users"),
    ],
)
def test_it_says_how_much_is_done_and_what_is_left(done: int, total: int, expected: str) -> None:
    assert describe("ours", done, total, 65) == expected


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_gets_one_line_that_goes_in_the_end() -> None:
    terminal = _Terminal()

    with Progress("ours", 10, lambda: 5, terminal):
        wait_until(lambda: "5 of 10 users" in terminal.getvalue(), what="a line", timeout_s=20)

    assert "\n" not in terminal.getvalue()
    assert terminal.getvalue().endswith("\r\x1b[K")
