"""Where names come from, and that a GUID without one stays a GUID."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from graph.client import GraphClient
from review.names import Names, names_in
from review.reading import read_preview
from review.resolving import NamesNotResolvedError, resolve_names
from tests.unit.review.previews import create, digest, same, state
from tests.unit.review.resources import (
    APP_ID,
    GROUP,
    OTHER_GROUP,
    SP_OBJECT_ID,
    app_role,
    application,
    binding,
    users,
)

ALICE = "99999999-9999-4999-8999-999999999999"


def names_of(*steps: Any) -> Names:
    return names_in(read_preview(digest(*steps)))


def test_names_come_from_what_the_preview_itself_says() -> None:
    table = f"user_principal_name,object_id,default_namespace\nalice@contoso.com,{ALICE},team-a\n"
    stack = state("pulumi:pulumi:Stack", "entra-eks-sso-dev")
    outputs = {"groupNames": {"auditors": f"entra:{OTHER_GROUP}"}}

    names = names_of(
        same({**stack, "outputs": outputs}),
        same(application()),
        same(binding("view", GROUP, names="developers")),
        same(users(table)),
    )

    assert names.of(f"entra:{GROUP}") == "developers"
    assert names.of(OTHER_GROUP.upper()) == "auditors"
    assert names.of(ALICE) == "alice@contoso.com"
    assert names.of(APP_ID) == "KubeRocketCI"
    assert names.beside(f"oidc:{GROUP} and x") == f"oidc:{GROUP} (developers) and x"


def test_who_has_no_name_stays_a_guid() -> None:
    assert names_of(same(application())).of(GROUP) == GROUP


def test_names_are_taken_only_when_they_fit_the_subjects() -> None:
    """An annotation with another number of names than there are subjects names nobody."""
    two = binding("view", GROUP, OTHER_GROUP, names="developers")

    assert names_of(same(two)).of(GROUP) == GROUP


def client(handler: Any) -> GraphClient:
    return GraphClient("https://graph.example", transport=httpx.MockTransport(handler))


def test_the_directory_is_asked_for_the_names_that_are_missing_and_no_other() -> None:
    asked: list[Any] = []

    def directory(request: httpx.Request) -> httpx.Response:
        asked.append((request.url.path, request.read().decode()))
        return httpx.Response(200, json={"value": [{"id": GROUP, "displayName": "developers"}]})

    preview = read_preview(
        digest(same(application()), create(binding("view", GROUP, OTHER_GROUP, names="x")))
    )
    names = resolve_names(preview, client(directory))

    assert names.by_guid == {GROUP: "developers"}
    ((path, body),) = asked
    assert path == "/v1.0/directoryObjects/getByIds"
    assert GROUP in body
    assert OTHER_GROUP in body
    assert APP_ID not in body


def test_nobody_is_asked_when_every_name_is_known() -> None:
    def nobody(_request: httpx.Request) -> httpx.Response:
        pytest.fail("the directory was asked")

    preview = read_preview(digest(create(binding("view", GROUP, names="developers"))))

    assert resolve_names(preview, client(nobody)).by_guid == {}


def test_who_may_not_read_gets_a_sentence() -> None:
    def refusing(_request: httpx.Request) -> httpx.Response:
        error = {"code": "Authorization_RequestDenied", "message": "Insufficient privileges"}
        return httpx.Response(403, json={"error": error})

    preview = read_preview(digest(create(binding("view", GROUP, OTHER_GROUP, names="x"))))

    with pytest.raises(NamesNotResolvedError, match=r"names are not resolved: .*403"):
        resolve_names(preview, client(refusing))


def test_without_a_tenant_in_the_preview_nobody_is_asked() -> None:
    preview = read_preview(digest(create(app_role("x", SP_OBJECT_ID))))

    with pytest.raises(NamesNotResolvedError, match="no setting entra-eks-sso:tenantId"):
        resolve_names(preview)
