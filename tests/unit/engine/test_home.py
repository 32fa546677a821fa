"""What an engine finds in its home."""

from __future__ import annotations

from pathlib import Path

import pytest

from sandbox.engine.home import EngineHome

PYTHON = Path("/a folder/bin/python")


@pytest.fixture
def pulumi(tmp_path: Path) -> Path:
    executable = tmp_path / "tools" / "pulumi"
    executable.parent.mkdir()
    executable.touch()
    return executable


def plugins_in(home: Path) -> list[str]:
    return sorted(file.name for file in (home / ".pulumi" / "plugins").glob("*/*"))


def test_an_engine_without_a_language_host_gets_ours(tmp_path: Path, pulumi: Path) -> None:
    EngineHome(tmp_path / "home", pulumi, PYTHON).prepare()

    assert plugins_in(tmp_path / "home") == [
        "pulumi-language-python",
        "pulumi-resource-pulumi-python",
    ]


def test_the_official_distribution_keeps_its_own(tmp_path: Path, pulumi: Path) -> None:
    (pulumi.parent / "pulumi-language-python").touch()
    link = tmp_path / "bin" / "pulumi"
    link.parent.mkdir()
    link.symlink_to(pulumi)

    EngineHome(tmp_path / "home", link, PYTHON).prepare()

    assert plugins_in(tmp_path / "home") == []


def test_launchers_stand_spaces_in_paths(tmp_path: Path, pulumi: Path) -> None:
    EngineHome(tmp_path / "home", pulumi, PYTHON).prepare()

    (launcher,) = (tmp_path / "home").rglob("pulumi-language-python")
    assert "exec '/a folder/bin/python' -P" in launcher.read_text()
    assert launcher.stat().st_mode & 0o111


def test_the_passphrase_is_its_owner_s_and_stays(tmp_path: Path, pulumi: Path) -> None:
    home = EngineHome(tmp_path / "home", pulumi, PYTHON)
    home.prepare()
    passphrase = tmp_path / "home" / "passphrase"
    first = passphrase.read_text()

    home.prepare()

    assert passphrase.read_text() == first
    assert len(first) >= 32
    assert passphrase.stat().st_mode & 0o777 == 0o600


def test_every_home_has_another_passphrase(tmp_path: Path, pulumi: Path) -> None:
    for name in ("one", "two"):
        EngineHome(tmp_path / name, pulumi, PYTHON).prepare()

    assert (tmp_path / "one/passphrase").read_text() != (tmp_path / "two/passphrase").read_text()
