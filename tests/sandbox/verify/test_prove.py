"""`python -m verify` from sign-in page to access answers; the API server is a stub."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.serving import Server, bind
from tests.sandbox.verify.declared_tenant import DeclaredTenant, declared_tenant
from verify.__main__ import NOT_AS_EXPECTED, OK, main


@pytest.fixture(scope="module")
def tenant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DeclaredTenant]:
    with declared_tenant(tmp_path_factory.mktemp("tenant"), "https://127.0.0.1:8443") as tenant:
        yield tenant


def who(_: Request) -> Response:
    user = {"username": "entra:alice@contoso.example", "groups": ["entra:admins"]}
    return JSONResponse({"status": {"userInfo": user}}, 201)


async def whether(request: Request) -> Response:
    """Allow reading and nothing else."""
    attributes = (await request.json())["spec"]["resourceAttributes"]
    return JSONResponse({"status": {"allowed": attributes["verb"] == "get"}}, 201)


@pytest.fixture(scope="module")
def api_server(tenant: DeclaredTenant) -> Iterator[str]:
    app = Starlette(
        routes=[
            Route("/apis/authentication.k8s.io/v1/selfsubjectreviews", who, methods=["POST"]),
            Route(
                "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", whether, methods=["POST"]
            ),
        ]
    )
    with Server(app, bind(), tenant.certificate, "kubernetes") as server:
        yield server.url


def prove(tenant: DeclaredTenant, *arguments: str, name: str = "alice") -> tuple[int, str]:
    said: list[str] = []
    code = main(
        ["--issuer-ca-file", str(tenant.ca_file), *arguments],
        browser=tenant.browser_of(name),
        write=said.append,
    )
    return code, "".join(said)


def direct(tenant: DeclaredTenant) -> list[str]:
    return ["--issuer", tenant.issuers["v2"], "--client-id", tenant.client_id]


def test_the_exported_user_entry_is_enough_to_show_the_claims(
    tenant: DeclaredTenant, tmp_path: Path
) -> None:
    arguments = [
        "oidc-login",
        "get-token",
        f"--oidc-issuer-url={tenant.issuers['v2']}",
        f"--oidc-client-id={tenant.client_id}",
        "--oidc-pkce-method=S256",
        "--oidc-extra-scope=profile",
    ]
    file = tmp_path / "user.json"
    file.write_text(
        json.dumps({"name": "oidc", "user": {"exec": {"command": "kubectl", "args": arguments}}})
    )
    code, said = prove(tenant, "--kubeconfig-user", str(file))
    assert code == OK, said
    assert "alice@contoso.example" in said
    assert "UTC)" in said, "times must be readable"


def test_all_answers_as_expected_exit_with_0(tenant: DeclaredTenant, api_server: str) -> None:
    code, said = prove(
        tenant,
        *direct(tenant),
        *("--server", api_server, "--ca-file", str(tenant.ca_file)),
        *("--allowed", "get pods -n team-a", "--denied", "create pods -n team-a"),
    )
    assert code == OK, said
    assert "says this is entra:alice@contoso.example" in said
    assert "NOT AS EXPECTED" not in said


def test_one_answer_that_is_not_as_expected_exits_with_1(
    tenant: DeclaredTenant, api_server: str
) -> None:
    code, said = prove(
        tenant,
        *direct(tenant),
        *("--server", api_server, "--ca-file", str(tenant.ca_file)),
        *("--allowed", "create pods -n team-a", "--allowed", "get pods -n team-a"),
    )
    assert code == NOT_AS_EXPECTED
    assert "denied               create pods -n team-a   NOT AS EXPECTED" in said
    assert said.count("NOT AS EXPECTED") == 1


def test_a_refused_sign_in_exits_with_1_and_says_why(tenant: DeclaredTenant) -> None:
    code, said = prove(tenant, *direct(tenant), name="erin")
    assert code == NOT_AS_EXPECTED
    assert "AADSTS50105" in said
