"""Somebody's machine with the plugin that kubectl signs in by, and a browser that it opens.

In the place of int128/kubelogin stands a program with its name, options and libraries:
`kubectl_oidc_login`, which `make go-clients` builds.
"""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from sandbox.serving import bind
from sandbox.stack import PROJECT_FOLDER

PLUGIN = Path(__file__).parent / "kubectl_oidc_login" / "bin" / "kubectl-oidc_login"
_BROWSER = """\
#!{python}
import sys
from pathlib import Path

sys.path.insert(0, {project!r})

import httpx

from sandbox.browser import HttpBrowser

browser = HttpBrowser({user!r}, {password!r}, Path({ca_file!r}))
address = browser.visit(sys.argv[1], redirect_uri={redirect_uri!r})
httpx.get(address, trust_env=False).raise_for_status()
"""


@dataclass(frozen=True, kw_only=True)
class OidcLogin:
    """One person's machine; the person signs in whenever the browser opens."""

    environment: Mapping[str, str]

    @classmethod
    def at(
        cls,
        home: Path,
        *,
        user: str,
        password: str,
        ca_file: str,
        redirect_uri: str,
        also_on_the_path: Path | None = None,
    ) -> OidcLogin:
        """Set the machine up in `home`, where the plugin keeps its tokens."""
        if not PLUGIN.exists():
            pytest.fail("the plugin is not built: run `make go-clients`")
        browser = home / "bin" / "xdg-open"
        browser.parent.mkdir(parents=True)
        browser.write_text(
            _BROWSER.format(
                python=sys.executable,
                project=str(PROJECT_FOLDER),
                user=user,
                password=password,
                ca_file=ca_file,
                redirect_uri=redirect_uri,
            )
        )
        browser.chmod(stat.S_IRWXU)
        folders = [browser.parent, PLUGIN.parent, also_on_the_path, os.defpath]
        return cls(
            environment={
                "PATH": os.pathsep.join(str(folder) for folder in folders if folder),
                "HOME": str(home),
                "SSL_CERT_FILE": ca_file,
            }
        )

    def run(self, *command: str | Path, status: int = 0) -> subprocess.CompletedProcess[str]:
        """Run a command on this machine that ends with `status`."""
        done = subprocess.run(
            command,
            env=dict(self.environment),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == status, done.stderr
        return done

    def get_token(self, *options: str, status: int = 0) -> subprocess.CompletedProcess[str]:
        """Run the plugin alone; it prints an ExecCredential."""
        return self.run(PLUGIN, "get-token", *options, status=status)

    @contextmanager
    def getting_token(self, *options: str) -> Iterator[subprocess.Popen[str]]:
        """Run the plugin beside the test; what is left of it is ended."""
        with subprocess.Popen(
            [PLUGIN, "get-token", *options],
            env=dict(self.environment),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            try:
                yield process
            finally:
                process.kill()


def free_redirect_uri() -> str:
    """Return http://localhost with a port that nobody listens on."""
    with bind() as free:
        return f"http://localhost:{free.getsockname()[1]}"


def listening_at(redirect_uri: str) -> tuple[str, str]:
    """Return the plugin's options for this redirect URI."""
    port = redirect_uri.rstrip("/").rpartition(":")[2]
    return f"--oidc-redirect-url={redirect_uri}", f"--listen-address=127.0.0.1:{port}"
