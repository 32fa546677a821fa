"""What Go gets of the environment: its settings, and no credential."""

from __future__ import annotations

from sandbox.tools.build import go_environment


def test_go_gets_its_own_settings_and_the_way_to_the_proxy() -> None:
    person = {
        "PATH": "/usr/bin",
        "HOME": "/home/someone",
        "GOPROXY": "https://proxy.example",
        "GOFLAGS": "-p=1",
        "HTTPS_PROXY": "http://proxy:3128",
        "GOOGLE_APPLICATION_CREDENTIALS": "/key.json",
        "GOOGLE_TOKEN": "x",
        "ARM_CLIENT_SECRET": "x",
        "CGO_ENABLED": "1",
    }

    assert go_environment(person) == {
        "PATH": "/usr/bin",
        "HOME": "/home/someone",
        "GOPROXY": "https://proxy.example",
        "GOFLAGS": "-p=1",
        "HTTPS_PROXY": "http://proxy:3128",
        "CGO_ENABLED": "0",
    }
