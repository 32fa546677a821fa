"""A tool is in the cache complete, or not at all."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from sandbox.tools.cache import ToolCache, cache_folder
from sandbox.tools.errors import WayClosedError


def nothing_to_say(line: str) -> None:
    del line


def write_tool(folder: Path) -> str:
    (folder / "tool").write_text("x")
    return "written by a test"


@pytest.fixture
def cache(tmp_path: Path) -> ToolCache:
    return ToolCache(tmp_path)


def keep(cache: ToolCache) -> Path:
    with cache.locked("tool-1", nothing_to_say):
        return cache.keep("tool-1", write_tool)


def test_what_was_kept_is_found_with_its_origin(cache: ToolCache) -> None:
    assert cache.look_up("tool-1") is None

    folder = keep(cache)

    assert cache.look_up("tool-1") == folder
    assert (folder / "tool").read_text() == "x"
    assert cache.origin("tool-1") == "written by a test"


def test_a_tool_that_could_not_be_made_leaves_nothing(cache: ToolCache, tmp_path: Path) -> None:
    def fail(folder: Path) -> str:
        write_tool(folder)
        msg = "no"
        raise WayClosedError(msg)

    with pytest.raises(WayClosedError), cache.locked("tool-1", nothing_to_say):
        cache.keep("tool-1", fail)

    assert [entry.name for entry in tmp_path.iterdir()] == ["tool-1.lock"]


def test_only_one_at_a_time_makes_a_tool_and_the_other_says_that_it_waits(
    tmp_path: Path,
) -> None:
    said: list[str] = []
    waiting = threading.Event()

    def say(line: str) -> None:
        said.append(line)
        waiting.set()

    entered = threading.Event()

    def enter_too() -> None:
        with ToolCache(tmp_path).locked("tool-1", say):
            entered.set()

    other = threading.Thread(target=enter_too)
    with ToolCache(tmp_path).locked("tool-1", nothing_to_say):
        other.start()
        assert waiting.wait(10)
        assert not entered.is_set()
    other.join(10)

    assert entered.is_set()
    assert said == ["waiting for another process that is making it"]


def test_the_cache_is_where_xdg_says() -> None:
    assert cache_folder({"XDG_CACHE_HOME": "/c"}) == Path("/c/entra-eks-sso/tools")


@pytest.mark.parametrize("env", [{}, {"XDG_CACHE_HOME": ""}, {"XDG_CACHE_HOME": "relative"}])
def test_without_a_usable_xdg_setting_it_is_in_the_home(env: dict[str, str]) -> None:
    assert cache_folder(env) == Path.home() / ".cache" / "entra-eks-sso" / "tools"
