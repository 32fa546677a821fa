"""What each format says, and what it must never say or be made to do."""

from __future__ import annotations

import json
from typing import Any

import pytest

from review import Report, write
from review.rendering import render_markdown, render_terminal
from review.rendering.markdown import escaped, fenced
from review.rendering.picture import label
from tests.unit.review.previews import change, create, delete, digest, reviewed, same, state, step
from tests.unit.review.resources import (
    OTHER_GROUP,
    application,
    binding,
    identity_provider,
    password,
    portal_config,
    service_principal,
    users,
)

CLEAR = "s3cr3t-in-the-clear"
SIGNED = {
    "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
    "value": CLEAR,
}


def with_secrets() -> Report:
    """A preview that shows secrets, as `--show-secrets` writes them."""
    secret = state(
        "kubernetes:core/v1:Secret", "portal-secret", {"stringData": {"OIDC_CLIENT_SECRET": CLEAR}}
    )
    old = {
        **password(),
        "outputs": {"value": CLEAR},
        "additionalSecretOutputs": ["value"],
    }
    return reviewed(
        same(application()),
        same(service_principal()),
        change("replace", old, {"endDate": "2027-12-31T00:00:00Z", "value": SIGNED}),
        change("replace", secret, {"stringData": {"OIDC_CLIENT_SECRET": f"new-{CLEAR}"}}),
        change(
            "update",
            portal_config(),
            {"data": {"args": f"--oidc-client-secret={CLEAR}", "clientSecret": CLEAR}},
        ),
    )


@pytest.mark.parametrize("form", ["terminal", "markdown", "json", "sarif"])
def test_no_format_shows_a_secret(form: Any) -> None:
    text = write(with_secrets(), form)

    assert CLEAR not in text
    assert text.endswith("\n")


def test_a_secret_that_differs_is_shown_to_differ() -> None:
    markdown = write(with_secrets(), "markdown")

    assert "! stringData: [secret] differs" in markdown


def test_the_first_line_is_the_verdict_with_its_reason() -> None:
    removed = reviewed(delete(identity_provider()))
    quiet = reviewed(same(identity_provider()))

    assert write(removed, "markdown").splitlines()[0].startswith("⛔ **blocked**: the cluster's")
    assert write(quiet, "markdown").splitlines()[0] == "✅ **safe**: nothing changes."
    assert write(quiet, "terminal").splitlines()[0] == "safe: nothing changes."


def test_the_worst_comes_first() -> None:
    report = reviewed(
        change("replace", identity_provider(), identity_provider({"groupsPrefix": ""})["inputs"]),
        change("replace", portal_config(), portal_config(PORTAL_URL="https://new")["inputs"]),
    )

    severities = [finding.severity for finding in report.told]
    assert report.told[0].blocks
    assert severities == sorted(severities, reverse=True)


def test_json_has_what_a_pipeline_needs() -> None:
    report = reviewed(
        change("replace", identity_provider(), identity_provider({"clientId": "new"})["inputs"]),
        step(
            "update",
            users({"a@x": {"default_namespace": "a"}}),
            users({"a@x": {"default_namespace": "b"}}),
        ),
    )

    data = json.loads(write(report, "json"))

    assert data["verdict"] == "needs review"
    assert data["findings"][0]["rule"] == "identity-provider-replaced"
    assert data["withoutOidcLogin"]["shortestMinutes"] == 10
    assert data["withoutOidcLogin"]["longestMinutes"] == 50
    assert data["users"]["changes"] == [
        {
            "userPrincipalName": "a@x",
            "objectId": "id-of-a@x",
            "values": {"default_namespace": {"from": "a", "to": "b"}},
        }
    ]


def test_sarif_has_a_rule_and_a_place_for_each_result() -> None:
    log = json.loads(write(reviewed(delete(identity_provider())), "sarif"))

    (run,) = log["runs"]
    (result,) = [r for r in run["results"] if r["ruleId"] == "identity-provider-removed"]
    assert log["version"] == "2.1.0"
    assert result["ruleId"] in {rule["id"] for rule in run["tool"]["driver"]["rules"]}
    assert result["level"] == "error"
    (place,) = result["locations"]
    assert place["physicalLocation"]["artifactLocation"]["uri"] == "Pulumi.dev.yaml"
    assert place["logicalLocations"][0]["fullyQualifiedName"].endswith("cluster-identity-provider")


def test_the_fingerprint_of_a_result_stays() -> None:
    one, two = (
        json.loads(write(reviewed(delete(identity_provider())), "sarif"))["runs"][0]["results"]
        for _ in range(2)
    )

    assert [r["partialFingerprints"] for r in one] == [r["partialFingerprints"] for r in two]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("<script>alert(1)</script>", "\\<script\\>alert(1)\\</script\\>"),
        ("![x](https://evil)", "!\\[x\\](https://evil)"),
        ("@everyone and a@b.c", "@\u2060everyone and a@b.c"),
        ("_bold_ and snake_case", "\\_bold\\_ and snake_case"),
        ("closes #12", "closes \\#12"),
        ("one\n\n# Title", "one  # Title"),
    ],
)
def test_names_cannot_become_markup(text: str, shown: str) -> None:
    assert escaped(text) == shown


def test_a_fence_cannot_be_ended_from_within() -> None:
    assert fenced("a\n```\nb", "text") == "````text\na\n```\nb\n````"


def test_a_group_called_like_markup_stays_a_name() -> None:
    name = "<img src=x>](javascript:x) | `a`"
    markdown = write(reviewed(create(binding("view", OTHER_GROUP, names=name))), "markdown")

    assert "<img" not in markdown.replace("\\<img", "").partition("```")[0]


def test_labels_of_the_picture_hold_nothing_of_mermaids() -> None:
    assert label('a "b" #c; [d]') == "a #34;b#34; #35;c#59; #91;d#93;"


def test_a_long_review_stays_within_the_limit_and_keeps_the_verdict() -> None:
    table = {f"user{n:04d}@x": {"default_namespace": "a" * 50} for n in range(500)}
    report = reviewed(
        *(create(binding("view", namespace=f"team-{number}")) for number in range(300)),
        create(users(table)),
    )
    for limit in (60_000, 8_000, 1_500):
        text = render_markdown(report, limit)
        assert len(text) <= limit
        assert text.startswith("👀 **needs review**")


def test_every_user_of_a_small_change_is_named_and_the_rest_counted() -> None:
    before, after = (
        users({f"u{n}@x": {"default_namespace": value} for n in range(7)}) for value in "ab"
    )
    markdown = write(reviewed(step("update", before, after)), "markdown")

    assert "7 users change." in markdown
    assert "- u0@x: default_namespace: a → b" in markdown
    assert "- and 2 more" in markdown


def test_the_terminal_table_fits_its_width() -> None:
    text = render_terminal(reviewed(delete(identity_provider())), 80)

    assert max(map(len, text.splitlines())) <= 80
    assert "critical" in text


def test_the_same_preview_makes_the_same_review_in_whatever_order_its_steps_come() -> None:
    steps = [
        same(application()),
        create(binding("view")),
        delete(identity_provider()),
        create(binding("edit", OTHER_GROUP, names="others")),
    ]

    assert write(reviewed(*steps), "markdown") == write(reviewed(*reversed(steps)), "markdown")
    assert digest(*steps) != digest(*reversed(steps))
