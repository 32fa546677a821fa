"""The browser that tests look at pages with: found, or installed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from sandbox.tools.browser import find_browser, obtain_browser
from sandbox.tools.errors import ToolsError, WayClosedError
from tests.sandbox.tools.executables import write_executable

GOOD = "echo Chromium 140.0.7339.16 built on Debian"


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    """Nothing on the PATH, and no download within reach."""
    (tmp_path / "bin").mkdir()
    return {
        "PATH": str(tmp_path / "bin"),
        "HOME": str(tmp_path / "home"),
        "PLAYWRIGHT_BROWSERS_PATH": str(tmp_path / "playwright"),
        "PLAYWRIGHT_DOWNLOAD_HOST": "http://127.0.0.1:9",
    }


def test_one_on_the_path_is_taken(tmp_path: Path, env: dict[str, str]) -> None:
    chrome = write_executable(tmp_path / "bin" / "google-chrome", "echo Google Chrome 141.0.1.2")
    said: list[str] = []
    assert obtain_browser(said.append, env) == chrome
    assert said == [f"{chrome} is good enough (112 or newer)"]


def test_the_one_that_is_named_comes_before_the_path(tmp_path: Path, env: dict[str, str]) -> None:
    write_executable(tmp_path / "bin" / "chromium", GOOD)
    named = write_executable(tmp_path / "mine", GOOD)
    assert find_browser(env | {"CHROME_PATH": str(named)}) == named


def test_the_one_that_is_named_and_will_not_do_is_not_replaced(
    tmp_path: Path, env: dict[str, str]
) -> None:
    write_executable(tmp_path / "bin" / "chromium", GOOD)
    with pytest.raises(ToolsError, match="CHROME_PATH names no browser that will do: /nowhere "):
        obtain_browser(lambda _line: None, env | {"CHROME_PATH": "/nowhere"})


def test_what_will_not_do_is_said_with_the_reason(tmp_path: Path, env: dict[str, str]) -> None:
    # A snap's stub, as Ubuntu's package installs it.
    write_executable(tmp_path / "bin" / "chromium-browser", "echo needs the snap >&2; exit 10")
    write_executable(tmp_path / "bin" / "google-chrome", "echo Google Chrome 99.0.1.2")
    with pytest.raises(WayClosedError) as refused:
        find_browser(env)
    assert "chromium-browser does not say its version" in str(refused.value)
    assert "google-chrome is 99.0.1.2, older than 112" in str(refused.value)


@pytest.mark.parametrize("user_id", [0, 1000])
def test_without_a_download_the_system_package_is_installed(
    tmp_path: Path, env: dict[str, str], monkeypatch: pytest.MonkeyPatch, user_id: int
) -> None:
    folder, sh = tmp_path / "bin", "PATH=/usr/bin:/bin;"
    write_executable(folder / "sudo", 'test "$1" = -n || exit 1; shift; exec "$@"')
    write_executable(
        folder / "apt-get",
        f"{sh} echo $* >> {tmp_path}/asked; test $1 = update && exit 0; "
        f"printf '#!/bin/sh\\n{GOOD}\\n' > {folder}/chromium; chmod +x {folder}/chromium",
    )
    monkeypatch.setattr(os, "geteuid", lambda: user_id)
    said: list[str] = []
    assert obtain_browser(said.append, env) == folder / "chromium"
    assert (tmp_path / "asked").read_text().splitlines() == [
        "update --quiet",
        "install --yes --quiet --no-install-recommends chromium",
    ]
    assert said[-1] == f"installed {folder / 'chromium'}"


def test_when_there_is_no_way_it_says_what_was_tried_and_what_to_do(
    tmp_path: Path, env: dict[str, str]
) -> None:
    with pytest.raises(ToolsError) as refused:
        obtain_browser(lambda _line: None, env)
    message = str(refused.value)
    assert "  on this machine: no Chromium or Chrome: " in message
    assert "  playwright's download: " in message
    assert "  Debian's package: no apt-get on the PATH\n" in message
    assert "name one by CHROME_PATH" in message
