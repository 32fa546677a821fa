"""A fresh preview is the reviewed one when it would do the same, however it is written down."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pull_requests.comparison import describe, differences, fingerprint, read_steps
from pull_requests.errors import PreviewNotReadableError
from tests.unit.review.previews import change, create, delete, digest, same, state

APPLICATION = "azuread:index/application:Application"
BINDING = "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding"
USERS = "pulumi-python:dynamic/entra:UserAttributes"
PASSWORD = "azuread:index/applicationPassword:ApplicationPassword"


def application(**inputs: Any) -> dict[str, Any]:
    declared = {"displayName": "eks", "owners": ["a", "b"], **inputs}
    return state(APPLICATION, "sign-in-application", declared)


def shown(*steps: str) -> list[str]:
    reviewed, fresh = (read_steps(text) for text in steps)
    assert (fingerprint(reviewed) == fingerprint(fresh)) == (not differences(reviewed, fresh))
    return [str(difference) for difference in differences(reviewed, fresh)]


RENAMED = change("update", application(), {"displayName": "KubeRocketCI"})


def test_the_same_preview_later_and_in_another_order_is_the_same() -> None:
    rows = ["a@x,1,team-a", "b@x,2,team-b"]
    header = "user_principal_name,object_id,default_namespace"
    old = {"users": "\n".join([header, *rows, ""]), "__provider": "gASV1"}
    values = state(USERS, "users-0", old)
    new = {"users": "\n".join([header, "a@x,1,team-c", rows[1], ""]), "__provider": "gASV2"}
    provider = state("pulumi:providers:azuread", "entra", {"version": "6.11.1"})
    reviewed = digest(RENAMED, change("update", values, new), duration=12, diagnostics=[])
    fresh = digest(
        change("update", provider, {"version": "6.12.0"}),
        change("update", values, new | {"__provider": "gASV3"}),
        change("update", application(owners=["b", "a"]), {"displayName": "KubeRocketCI"}),
        same(state(BINDING, "access-team-a")),
        duration=99,
        diagnostics=[{"severity": "warning", "message": "slow today"}],
    )

    assert shown(reviewed, fresh) == []


def test_another_value_is_told_with_both() -> None:
    fresh = change("update", application(), {"displayName": "Mallory"})

    assert shown(digest(RENAMED), digest(fresh)) == [
        f'{APPLICATION} sign-in-application displayName: reviewed "eks" -> "KubeRocketCI", '
        'now "eks" -> "Mallory"'
    ]


def test_what_was_there_before_counts_too() -> None:
    fresh = change("update", application(displayName="by hand"), {"displayName": "KubeRocketCI"})

    (told,) = shown(digest(RENAMED), digest(fresh))

    assert '"by hand" -> "KubeRocketCI"' in told


def test_a_resource_that_was_not_reviewed_is_told() -> None:
    binding = state(BINDING, "access-cluster-admin", {"subjects": [{"name": "entra:9"}]})

    (told,) = shown(digest(RENAMED), digest(RENAMED, create(binding)))

    assert told == f"{BINDING} access-cluster-admin: reviewed no change, now create"


def test_a_resource_that_is_replaced_instead_of_updated_is_told() -> None:
    replaced = change(
        "replace", application(), {"displayName": "KubeRocketCI"}, replaceReasons=["displayName"]
    )

    (told,) = shown(digest(RENAMED), digest(replaced))

    assert told.endswith("reviewed update, now replace")


def test_what_is_no_longer_to_be_done_is_told() -> None:
    gone = delete(state(BINDING, "access-team-a"))

    (told,) = shown(digest(RENAMED, gone), digest(RENAMED))

    assert told.endswith("access-team-a: reviewed delete, now no change")


def test_a_secret_that_changes_is_compared_without_its_value() -> None:
    password = state(PASSWORD, "portal-client-secret", {"endDate": "2027-01-01T00:00:00Z"})
    rotated = change("replace", password, {"endDate": "2028-01-01T00:00:00Z"})

    assert shown(digest(rotated), digest(rotated)) == []
    assert len(shown(digest(rotated), digest(RENAMED))) == 2


def test_an_unknown_value_is_the_same_unknown_value() -> None:
    unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
    made = create(state(BINDING, "access-team-a", {"roleRef": {"name": unknown}}))

    assert shown(digest(made), digest(made)) == []


@pytest.mark.parametrize(
    "text",
    [
        "",
        "error: no credentials",
        digest(RENAMED)[:-20],
        digest(RENAMED, diagnostics=[{"severity": "error", "message": "403"}]),
        "[]",
        "{}",
    ],
)
def test_a_preview_that_failed_or_is_none_cannot_be_compared(text: str) -> None:
    with pytest.raises(PreviewNotReadableError):
        read_steps(text)


def test_differences_are_shown_as_text_and_not_as_markup() -> None:
    evil = change("update", application(), {"displayName": "`</code> @everyone\n# Approved"})

    told = describe(differences(read_steps(digest(RENAMED)), read_steps(digest(evil))))

    assert told.startswith("**Stopped: a fresh preview is not the one that was reviewed.**")
    assert "\n# Approved" not in told
    assert told.count("`") % 2 == 0


def test_many_differences_are_counted() -> None:
    many = [create(state(BINDING, f"access-{n}")) for n in range(80)]

    told = describe(differences(read_steps(digest(RENAMED)), read_steps(digest(RENAMED, *many))))

    assert "- and 30 more" in told


def test_a_fingerprint_is_short_and_stable() -> None:
    steps = read_steps(digest(RENAMED))

    assert fingerprint(steps) == fingerprint(read_steps(json.dumps(json.loads(digest(RENAMED)))))
    assert len(fingerprint(steps)) == len("sha256:") + 64
