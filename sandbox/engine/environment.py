"""The environment that engine commands run in: chosen variable by variable, never inherited whole.

Whatever is not named here (cloud credentials of the person at the keyboard, PYTHONPATH, a
PULUMI_ACCESS_TOKEN) does not reach the engine, its plugins or the program: a rehearsal must not be
able to touch a real cloud by accident.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

_OF_THE_MACHINE: Final = ("LANG", "LC_ALL", "TERM", "TMPDIR", "TZ")
_TO_REACH_THE_INTERNET: Final = (
    "HTTPS_PROXY",
    "HTTP_PROXY",
    "NO_PROXY",
    "https_proxy",
    "http_proxy",
    "no_proxy",
    "SSL_CERT_DIR",
    "SSL_CERT_FILE",
)
_SECRET_WORDS: Final = ("SECRET", "PASSPHRASE", "PASSWORD", "TOKEN")
_SHORTEST_SECRET: Final = 8
"""Anything shorter is a word of the language as often as it is a secret."""
BLOTTED_OUT: Final = "[secret]"


def base_environment(
    home: Path, pulumi_bin_dir: Path, ambient: Mapping[str, str]
) -> dict[str, str]:
    """Return what every engine command gets: `home` holds its state, plugins and user folder."""
    path = os.pathsep.join([str(pulumi_bin_dir), ambient.get("PATH", os.defpath)])
    return _taken(_OF_THE_MACHINE, ambient) | {
        "PATH": path,
        # An empty one: no ~/.aws, ~/.azure, ~/.kube or git configuration of a person.
        "HOME": str(home / "user"),
        "PULUMI_HOME": str(home / ".pulumi"),
        "PULUMI_BACKEND_URL": (home / "state").as_uri(),
        "PULUMI_CONFIG_PASSPHRASE_FILE": str(home / "passphrase"),
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_ERROR_OUTPUT_STRING": "true",
        # The plugins are those in PULUMI_HOME, exactly: none from the PATH, none downloaded.
        "PULUMI_IGNORE_AMBIENT_PLUGINS": "true",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
    }


def internet_environment(ambient: Mapping[str, str]) -> dict[str, str]:
    """Return what a download needs of this machine: its proxy and its certificate authorities.

    The program does not get these: in the sandbox its only authority is the sandbox's.
    """
    return _taken(_TO_REACH_THE_INTERNET, ambient)


def secrets_in(environment: Mapping[str, str]) -> list[str]:
    """Return the values of variables whose names say that they hold a secret, longest first."""
    values = {
        value
        for name, value in environment.items()
        if any(word in name.upper() for word in _SECRET_WORDS)
        and not name.upper().endswith("_FILE")
        and len(value) >= _SHORTEST_SECRET
    }
    return sorted(values, key=lambda value: (-len(value), value))


def blot_out(text: str, secrets: Iterable[str]) -> str:
    """Return `text` without any of `secrets`."""
    for secret in secrets:
        text = text.replace(secret, BLOTTED_OUT)
    return text


def _taken(names: Iterable[str], ambient: Mapping[str, str]) -> dict[str, str]:
    return {name: ambient[name] for name in names if name in ambient}
