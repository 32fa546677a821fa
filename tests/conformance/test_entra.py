"""The tenant by Microsoft's own client and by plain HTTP: what holds of it holds of a real one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import msal
import pytest
import requests

from sandbox.waiting import wait_until
from tests.conformance.target import Target

pytestmark = pytest.mark.apiserver


@pytest.fixture
def http(target: Target) -> Iterator[httpx.Client]:
    with target.http() as client:
        yield client


@pytest.fixture
def graph(target: Target) -> Iterator[httpx.Client]:
    """Microsoft Graph as the identity that runs Pulumi."""
    session = requests.Session()
    session.trust_env = target.is_real
    session.verify = target.ca_file or True
    application = msal.ConfidentialClientApplication(
        target.client_id,
        client_credential=target.client_secret,
        authority=target.authority,
        http_client=session,
        instance_discovery=target.is_real,
    )
    answer = application.acquire_token_for_client([f"{target.graph_url}/.default"])
    assert answer is not None
    assert "access_token" in answer, answer.get("error_description")
    session.close()
    with target.http() as client:
        client.base_url = f"{target.graph_url}/v1.0/"
        client.headers["Authorization"] = f"Bearer {answer['access_token']}"
        yield client


def test_both_versions_are_discovered(http: httpx.Client, target: Target) -> None:
    v2 = http.get(f"{target.authority}/v2.0/.well-known/openid-configuration").json()
    v1 = http.get(f"{target.authority}/.well-known/openid-configuration").json()

    assert v2["issuer"].endswith(f"/{target.tenant_id}/v2.0")
    assert v1["issuer"].endswith(f"/{target.tenant_id}/")
    for document in (v1, v2):
        assert {"code", "id_token"} <= set(document["response_types_supported"])
        assert document["id_token_signing_alg_values_supported"] == ["RS256"]
        keys = http.get(document["jwks_uri"]).json()["keys"]
        assert {"kty", "use", "kid", "n", "e"} <= set(keys[0])


def test_a_wrong_secret_is_refused(http: httpx.Client, target: Target) -> None:
    answer = http.post(
        f"{target.authority}/oauth2/v2.0/token",
        data={
            "grant_type": "client_credentials",
            "client_id": target.client_id,
            "client_secret": "wrong",
            "scope": f"{target.graph_url}/.default",
        },
    )
    body = answer.json()

    assert answer.status_code == httpx.codes.UNAUTHORIZED
    assert body["error"] == "invalid_client"
    assert body["error_codes"] == [7000215]
    assert body["error_description"].startswith("AADSTS7000215: ")
    assert {"timestamp", "trace_id", "correlation_id"} <= set(body)


def test_an_unknown_object_is_not_found(graph: httpx.Client) -> None:
    answer = graph.get("applications/00000000-0000-4000-8000-000000000000")
    error = answer.json()["error"]

    assert answer.status_code == httpx.codes.NOT_FOUND
    assert error["code"] == "Request_ResourceNotFound"
    assert {"date", "request-id", "client-request-id"} <= set(error["innerError"])
    assert answer.headers["request-id"]


def test_a_request_without_a_token_is_refused(http: httpx.Client, target: Target) -> None:
    answer = http.get(f"{target.graph_url}/v1.0/applications")

    assert answer.status_code == httpx.codes.UNAUTHORIZED
    assert answer.json()["error"]["code"] == "InvalidAuthenticationToken"


def test_an_application_lives_and_goes(graph: httpx.Client, target: Target) -> None:
    """The one thing that is written; it is deleted again, to where Entra keeps it for 30 days."""
    name = target.new_name()
    made = graph.post("applications", json={"displayName": name}).raise_for_status().json()
    path = f"applications/{made['id']}"
    try:
        wait_until(
            lambda: graph.get(path).is_success, what="the new application", timeout_s=60, poll_s=1
        )
        assert made["displayName"] == name
        assert made["signInAudience"]
        changed = graph.patch(
            path, json={"web": {"redirectUris": ["https://conformance.invalid/"]}}
        )
        assert changed.status_code == httpx.codes.NO_CONTENT
        query: dict[str, Any] = {"$filter": f"appId eq '{made['appId']}'", "$select": "id,appId"}
        wait_until(
            lambda: graph.get("applications", params=query).json()["value"],
            what="the application by its client id",
            timeout_s=60,
            poll_s=1,
        )
    finally:
        graph.delete(path).raise_for_status()
    wait_until(
        lambda: graph.get(path).status_code == httpx.codes.NOT_FOUND,
        what="the deletion",
        timeout_s=60,
        poll_s=1,
    )
