"""A person at the portal, from the link to the page that says who they are."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.portal import PortalSettingsData, create_portal
from sandbox.serving import Server, bind, url_of
from tests.sandbox.verify.declared_tenant import DeclaredTenant, declared_tenant


@dataclass(slots=True)
class Cluster:
    """Answers who somebody is, as the test wants it."""

    accepts: bool = True
    tokens: list[str] = field(default_factory=list)

    def review(self, request: Request) -> Response:
        self.tokens.append(request.headers["authorization"].removeprefix("Bearer "))
        if not self.accepts:
            return JSONResponse({"kind": "Status", "message": "Unauthorized"}, 401)
        user = {"username": "entra:alice@contoso.example", "groups": ["system:authenticated"]}
        return JSONResponse({"status": {"userInfo": user}}, 201)


@dataclass(slots=True)
class Portal:
    url: str
    tenant: DeclaredTenant
    cluster: Cluster
    settings: PortalSettingsData | None

    def read_settings(self) -> PortalSettingsData:
        if self.settings is None:
            msg = "portal-config"
            raise LookupError(msg)
        return self.settings


@pytest.fixture(scope="module")
def running_portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    with ExitStack() as running:
        sock, cluster = bind(), Cluster()
        # Entra ignores localhost's port, and kubectl's redirect URI is there already.
        url = url_of(sock).replace("localhost", "127.0.0.1")
        tenant = running.enter_context(declared_tenant(tmp_path_factory.mktemp("tenant"), url))
        review = Route(
            "/apis/authentication.k8s.io/v1/selfsubjectreviews", cluster.review, methods=["POST"]
        )
        api_server = running.enter_context(
            Server(Starlette(routes=[review]), bind(), tenant.certificate, "kubernetes")
        )
        portal = Portal(url, tenant, cluster, None)
        app = create_portal(
            portal.read_settings,
            tenant.ca_file,
            kubernetes_url=api_server.url,
            kubernetes_ca_file=tenant.ca_file,
        )
        running.enter_context(Server(app, sock, tenant.certificate, "portal"))
        yield portal


@pytest.fixture
def portal(running_portal: Portal) -> Portal:
    tenant = running_portal.tenant
    running_portal.settings = (tenant.config_map(), tenant.secret())
    running_portal.cluster.accepts = True
    running_portal.cluster.tokens.clear()
    return running_portal


@pytest.fixture
def person(portal: Portal) -> Iterator[httpx.Client]:
    context = ssl.create_default_context(cafile=str(portal.tenant.ca_file))
    with httpx.Client(base_url=portal.url, verify=context, trust_env=False) as http:
        yield http


def callback_of(portal: Portal, person: httpx.Client, name: str) -> str:
    answer = person.get("/auth/login")
    assert answer.status_code == 302, answer.text
    return portal.tenant.browser_of(name).visit(
        answer.headers["location"], redirect_uri=f"{portal.url}/auth/callback"
    )


def sign_in(portal: Portal, person: httpx.Client, name: str) -> httpx.Response:
    answer = person.get(callback_of(portal, person, name))
    assert (answer.status_code, answer.headers["location"]) == (303, "/"), answer.text
    return person.get("/")


def test_somebody_who_is_not_signed_in_finds_the_link(person: httpx.Client) -> None:
    page = person.get("/")
    assert page.status_code == 200
    assert 'href="/auth/login"' in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]


def test_a_person_signs_in_and_reads_who_they_are(portal: Portal, person: httpx.Client) -> None:
    page = sign_in(portal, person, "alice")
    for fact in ("Alice Admin", "alice@contoso.example", "entra:alice@contoso.example"):
        assert fact in page.text
    (token,) = portal.cluster.tokens
    assert token not in page.text, "the token stays on the server"


def test_cookies_are_for_this_host_over_tls_and_not_for_scripts(person: httpx.Client) -> None:
    (cookie,) = person.get("/auth/login").headers.get_list("set-cookie")
    attributes = {part.strip().lower() for part in cookie.split(";")[1:]}
    assert cookie.startswith("__Host-")
    assert {"secure", "httponly", "samesite=lax", "path=/"} <= attributes


def test_the_callback_of_another_browser_is_refused(portal: Portal, person: httpx.Client) -> None:
    """Somebody who lures a person to the callback with a code of their own gets nowhere."""
    foreign = callback_of(portal, person, "bob")
    person.get("/auth/login")
    answer = person.get(foreign)
    assert answer.status_code == 400
    assert "state is not the one of this sign-in" in answer.text
    assert "You are not signed in" in person.get("/").text


def test_a_callback_without_a_sign_in_under_way_is_refused(
    portal: Portal, person: httpx.Client
) -> None:
    callback_url = callback_of(portal, person, "alice")
    person.cookies.clear()
    answer = person.get(callback_url)
    assert answer.status_code == 400
    assert "Sign in again" in answer.text


def test_what_entra_refuses_is_shown_with_its_code(portal: Portal, person: httpx.Client) -> None:
    config_map, secret = portal.tenant.config_map(), portal.tenant.secret()
    portal.settings = (config_map, secret | {"OIDC_CLIENT_SECRET": "rotated away"})
    answer = person.get(callback_of(portal, person, "alice"))
    assert answer.status_code == 400
    assert "AADSTS7000215" in answer.text
    assert "rotated away" not in answer.text


def test_a_cluster_that_does_not_know_the_person_is_explained(
    portal: Portal, person: httpx.Client
) -> None:
    portal.cluster.accepts = False
    page = sign_in(portal, person, "alice")
    assert page.status_code == 200
    assert "401 Unauthorized" in page.text
    assert "must be ACTIVE" in page.text


def test_before_the_stack_exists_the_portal_says_what_to_do(
    portal: Portal, person: httpx.Client
) -> None:
    portal.settings = None
    answer = person.get("/auth/login")
    assert answer.status_code == 503
    assert "run `pulumi up` first" in answer.text


def test_signing_out_ends_the_session_here_and_at_the_issuer(
    portal: Portal, person: httpx.Client
) -> None:
    sign_in(portal, person, "alice")
    assert person.get("/auth/logout").status_code == 405, "a link must not sign anybody out"
    answer = person.post("/auth/logout")
    assert answer.status_code == 303
    location = urlsplit(answer.headers["location"])
    assert location.path.endswith("/oauth2/v2.0/logout")
    assert parse_qs(location.query)["post_logout_redirect_uri"] == [portal.url]
    assert "You are not signed in" in person.get("/").text
