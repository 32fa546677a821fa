"""Both forms of a preview, what may stand round them, and what is left out of them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from review.reading import PreviewNotReadError, read_preview
from review.values import SECRET
from review.values import UNKNOWN as NOT_KNOWN
from tests.unit.review.previews import (
    STACK_URN,
    UNKNOWN,
    change,
    create,
    digest,
    same,
    state,
    step,
    urn,
)

CONFIG_MAP = "kubernetes:core/v1:ConfigMap"
PASSWORD = "azuread:index/applicationPassword:ApplicationPassword"
SHARD = "pulumi-python:dynamic/entra:UserAttributes"


def test_text_before_and_after_the_digest_is_passed_over() -> None:
    text = digest(create(state(CONFIG_MAP, "one")))

    before = 'warning: {odd} text\nDownloading {...\n{"level": "info", "message": "{}"}\n'
    preview = read_preview(f"{before}{text}\nThe end.\n")

    assert [c.operation for c in preview.changes] == ["create"]
    assert (preview.stack, preview.project) == ("dev", "entra-eks-sso")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "There is no preview in this text. It says: nothing"),
        ("error: no stack named 'x' found", "It says: error: no stack named 'x' found"),
        ('{"steps": [{"op": "create", "urn"', "The preview is cut off"),
        ('{"name": "vite"}', "neither a digest of `pulumi preview --json` nor its events"),
    ],
)
def test_what_is_no_preview_is_an_error_that_says_what_it_is(text: str, says: str) -> None:
    with pytest.raises(PreviewNotReadError) as caught:
        read_preview(text)

    assert says in str(caught.value)


def event(kind: str, **content: Any) -> str:
    return json.dumps({"sequence": 1, "timestamp": 2, kind: content})


def step_event(op: str, old: Any = None, new: Any = None, kind: str = "resourcePreEvent") -> str:
    metadata = {"op": op, "urn": (new or old)["urn"], "old": old, "new": new}
    metadata |= {"diffs": ["data"]} if op == "replace" else {}
    return event(kind, metadata=metadata, planning=True)


def test_the_events_tell_the_same_as_the_digest() -> None:
    stack = state("pulumi:pulumi:Stack", "entra-eks-sso-dev")
    old = state(CONFIG_MAP, "settings", {"data": {"a": "1"}})
    new = {**old, "inputs": {"data": {"a": "2"}}}
    events = [
        "Previewing update (dev):",
        event("preludeEvent", config={"entra-eks-sso:issuer": "v2"}),
        event("diagnosticEvent", severity="debug", message="registering"),
        step_event("same", stack, stack),
        step_event("delete-replaced", old),
        step_event("replace", old, new),
        step_event("create-replacement", old, new),
        event("summaryEvent", resourceChanges={"same": 1, "replace": 1}, result="succeeded"),
    ]

    told = read_preview("\n".join(events))
    digested = read_preview(
        digest(
            same(stack),
            step("replace", old, new, diffReasons=["data"]),
            config={"entra-eks-sso:issuer": "v2"},
        )
    )

    assert told.changes == digested.changes
    assert (told.counts, told.config) == (digested.counts, digested.config)
    assert told.whole
    assert not told.failed


def test_policy_results_are_only_in_the_events() -> None:
    told = read_preview(
        "\n".join(
            [
                event("preludeEvent", config={}),
                event(
                    "policyEvent",
                    policyName="issuer-v1",
                    policyPackName="entra-eks-sso",
                    enforcementLevel="mandatory",
                    message="No.",
                    resourceUrn=STACK_URN,
                ),
                event("summaryEvent", resourceChanges={}, result="failed"),
            ]
        )
    )

    (result,) = told.policy_results
    assert (result.policy, result.level, result.urn) == ("issuer-v1", "mandatory", STACK_URN)
    assert told.failed


def test_events_without_a_summary_are_a_failed_preview() -> None:
    """The engine was killed, or the runner ran out of memory."""
    assert read_preview(event("preludeEvent", config={})).failed


NOT_ACKNOWLEDGED = (
    "error: Detected that /home/ci/.pulumi/plugins/resource-aws-v7.24.0/pulumi-resource-aws exited "
    "prematurely. \n       This is *always* a bug in the provider. Please report the issue to the "
    "provider author as appropriate.\n       To assist with debugging we have dumped the STDOUT "
    "and STDERR streams of the plugin:"
)
OTHER = "error: error reading from server: EOF"


@pytest.mark.parametrize(
    ("errors", "ended", "fails"),
    [
        ((NOT_ACKNOWLEDGED,), True, False),
        ((NOT_ACKNOWLEDGED, NOT_ACKNOWLEDGED), True, False),
        ((NOT_ACKNOWLEDGED, OTHER), True, True),
        ((OTHER,), True, True),
        ((f"error: the program said: {NOT_ACKNOWLEDGED}",), True, True),
        ((NOT_ACKNOWLEDGED,), False, True),
    ],
)
def test_a_plugin_that_did_not_acknowledge_its_end_is_a_warning_of_a_preview_that_ended(
    errors: tuple[str, ...], ended: bool, fails: bool
) -> None:
    said = [{"severity": "error", "message": message} for message in errors]
    made = create(state(CONFIG_MAP, "one"))
    summary = [event("summaryEvent", resourceChanges={"create": 1}, result="succeeded")]
    digested = digest(made, diagnostics=said, **({} if ended else {"changeSummary": None}))
    events = [
        step_event("create", new=made["newState"]),
        *(summary if ended else ()),
        *(event("diagnosticEvent", **entry) for entry in said),
    ]

    for text in (digested, "\n".join(events)):
        preview = read_preview(text)
        assert preview.failed == fails
        assert {d.severity for d in preview.diagnostics} == {"error" if fails else "warning"}
        assert [d.message for d in preview.diagnostics] == list(errors)


def test_a_preview_that_failed_is_not_saved_by_what_its_plugins_did_after_it() -> None:
    told = read_preview(
        "\n".join(
            [
                event("summaryEvent", resourceChanges={"same": 1}, result="failed"),
                event("diagnosticEvent", severity="error", message=NOT_ACKNOWLEDGED),
            ]
        )
    )

    assert told.failed
    assert [d.severity for d in told.diagnostics] == ["error"]


def test_unknown_and_secret_values_say_so_wherever_they_are() -> None:
    new = state(
        CONFIG_MAP,
        "settings",
        {
            "plain": "text",
            "unknown": UNKNOWN,
            "inText": f"https://{UNKNOWN}/x",
            "list": [UNKNOWN, "a"],
            "secret": "[secret]",
            "signed": {
                "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
                "value": "s3cr3t-in-the-clear",
            },
            "clientSecret": "s3cr3t-in-the-clear",
            "args": ["--oidc-client-secret=s3cr3t-in-the-clear", "--oidc-client-id=x"],
            "count": 3.0,
        },
    )

    inputs = read_preview(digest(create(new))).changes[0].resource.inputs

    assert inputs == {
        "plain": "text",
        "unknown": NOT_KNOWN,
        "inText": NOT_KNOWN,
        "list": [NOT_KNOWN, "a"],
        "secret": SECRET,
        "signed": SECRET,
        "clientSecret": SECRET,
        "args": ["--oidc-client-secret=[secret]", "--oidc-client-id=x"],
        "count": 3,
    }


@pytest.mark.parametrize("shown", ["hunter2-hunter2", {"k": "hunter2-hunter2"}])
def test_outputs_that_are_secret_are_masked_even_when_shown(shown: object) -> None:
    old = state(PASSWORD, "one", outputs={"value": shown}, additionalSecretOutputs=["value"])

    preview = read_preview(digest(step("delete", old)))

    assert preview.changes[0].resource.outputs == {"value": SECRET}


def test_provider_pickles_are_left_out() -> None:
    old = state(SHARD, "users-00", {"__provider": "gAS1", "users": "a"})

    (seen,) = read_preview(digest(change("update", old, {"__provider": "gAS2"}))).changes

    assert "__provider" not in seen.resource.inputs
    assert seen.differing == ()


def test_a_refresh_shows_as_drift_apart_from_what_is_declared() -> None:
    recorded = state(CONFIG_MAP, "settings", {"data": {"a": "1"}})
    live = {**recorded, "inputs": {"data": {"a": "by hand"}}}

    preview = read_preview(
        digest(step("refresh", recorded, recorded), step("update", live, recorded))
    )

    (drift,) = preview.drift
    assert drift.old
    assert drift.new
    assert drift.old.inputs["data"] == {"a": "1"}
    assert drift.new.inputs["data"] == {"a": "by hand"}


def test_what_was_deleted_outside_is_drift_too() -> None:
    recorded = state(CONFIG_MAP, "settings", {"data": {}})

    preview = read_preview(
        "\n".join(
            [
                event("preludeEvent", config={}),
                step_event("refresh", recorded, None, kind="resOutputsEvent"),
                step_event("create", None, recorded),
                event("summaryEvent", resourceChanges={"create": 1}, result="succeeded"),
            ]
        )
    )

    assert [(c.operation, c.urn) for c in preview.drift] == [
        ("delete", urn(CONFIG_MAP, "settings"))
    ]
