"""A failed preview is diagnosed from what was said, and nothing else is made up."""

from __future__ import annotations

import pytest

from review.failure import diagnose
from review.reading.failed import preview_that_failed

SAID = [
    ("error: 1 setting is wrong in Pulumi.dev.yaml; nothing", "wrong, in Pulumi.dev.yaml."),
    ("Users and groups: 1 problem; nothing has been changed", "not in the directory"),
    ("Microsoft Graph offers no such permission in this tenant", "does not exist in this tenant"),
    ("AADSTS700016: Application with identifier", "(AADSTS700016)"),
    ("403 Authorization_RequestDenied", "lacks a permission"),
    ('resource "urn" cannot be deleted because it is protected', "something that is protected"),
    ("error: the stack is currently locked by 1 lock(s)", "Another update of this stack"),
    ("error: incorrect passphrase", "passphrase of the stack's secrets"),
    ("error: no stack named 'prod' found", "There is no such stack"),
    ("operation error STS: ExpiredToken", "AWS did not accept the credentials"),
    ("AccessDeniedException: User is not authorized", "AWS refused a call"),
    ("dial tcp 10.0.0.1:443: i/o timeout", "could not be reached"),
    ("error: no resource plugin 'azuread'", "A provider plugin is missing."),
    ("ModuleNotFoundError: No module named 'pulumi_aws'", "packages are not installed"),
    ("Traceback (most recent call last):", "ended with an error of its own"),
    ("something else entirely", "The preview failed."),
    ("", "said nothing"),
]


@pytest.mark.parametrize(("said", "what"), SAID)
def test_what_was_said_has_a_diagnosis(said: str, what: str) -> None:
    found = diagnose(preview_that_failed(said))

    assert found
    assert what in found.what
    assert found.remedy
    assert found.said == said


def test_a_long_story_is_shortened_and_secrets_in_it_are_masked() -> None:
    story = "Authorization: Bearer abc.def\n" + "line\n" * 2_000
    found = diagnose(preview_that_failed(story))

    assert found
    assert len(found.said) < 2_100
    assert found.said.endswith("[shortened]")
    assert "abc.def" not in found.said
