from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from sandbox.plugins.install import UnknownPluginError, write_plugin


def test_the_executable_has_the_name_the_engine_looks_for(tmp_path: Path) -> None:
    executable = write_plugin("azuread", "6.11.1", tmp_path, Path(sys.executable), Path.cwd())
    assert executable == tmp_path / "pulumi-resource-azuread"
    assert os.access(executable, os.X_OK)


def test_a_version_that_is_not_the_sdks_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnknownPluginError, match=r"made for version 6\.11\.1 .* not 6\.0\.0"):
        write_plugin("azuread", "6.0.0", tmp_path, Path(sys.executable), Path.cwd())
    assert not list(tmp_path.iterdir())


def test_a_plugin_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnknownPluginError, match="aws, azuread, kubernetes"):
        write_plugin("gcp", "1.0.0", tmp_path, Path(sys.executable), Path.cwd())
