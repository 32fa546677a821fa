"""The authentication configuration is rendered as declared, and recognised in metrics and log."""

from __future__ import annotations

import hashlib

import pytest
import yaml

from sandbox.cluster.trust import (
    TrustedIssuer,
    is_loaded,
    last_refusal,
    render,
)

ISSUER = TrustedIssuer(
    issuer_url="https://login.example/t/v2.0",
    client_id="client",
    username_claim="upn",
    username_prefix="entra:",
    groups_claim="groups",
    groups_prefix="entra:",
    required_claims={"tid": "t", "acr": "1"},
)


def test_every_setting_has_its_place() -> None:
    assert yaml.safe_load(render([ISSUER], "PEM")) == {
        "apiVersion": "apiserver.config.k8s.io/v1",
        "kind": "AuthenticationConfiguration",
        "jwt": [
            {
                "issuer": {
                    "url": "https://login.example/t/v2.0",
                    "certificateAuthority": "PEM",
                    "audiences": ["client"],
                },
                "claimMappings": {
                    "username": {"claim": "upn", "prefix": "entra:"},
                    "groups": {"claim": "groups", "prefix": "entra:"},
                },
                "claimValidationRules": [
                    {"claim": "acr", "requiredValue": "1"},
                    {"claim": "tid", "requiredValue": "t"},
                ],
            }
        ],
    }


def test_without_a_groups_claim_no_groups_are_mapped() -> None:
    issuer = TrustedIssuer(issuer_url="https://i", client_id="c", username_claim="sub")
    (rendered,) = yaml.safe_load(render([issuer], "PEM"))["jwt"]
    assert rendered["claimMappings"] == {"username": {"claim": "sub", "prefix": ""}}


def test_no_issuer_is_an_empty_list_and_not_an_absent_one() -> None:
    assert yaml.safe_load(render([], "PEM"))["jwt"] == []


def _metrics(rendered: str) -> str:
    digest = hashlib.sha256(rendered.encode()).hexdigest()
    name = "apiserver_authentication_config_controller"
    return "\n".join(
        [
            f"# TYPE {name}_last_config_info gauge",
            f'{name}_last_config_info{{apiserver_id_hash="sha256:0",hash="sha256:{digest}"}} 1',
        ]
    )


def test_exactly_the_rendered_file_counts_as_loaded() -> None:
    rendered = render([ISSUER], "PEM")
    assert is_loaded(rendered, _metrics(rendered))
    assert not is_loaded(rendered + " ", _metrics(rendered))
    assert not is_loaded(rendered, "")


@pytest.mark.parametrize(
    ("log", "reason"),
    [
        (
            'E1 1 a.go:1] "failed to validate authentication config" err="first"\n'
            'E2 2 a.go:2] "failed to update authentication config" err="issuer \\"x\\" is off"\n',
            'issuer "x" is off',
        ),
        ('I1 1 a.go:1] "reloaded authentication config"', None),
    ],
)
def test_the_last_reason_in_the_log_is_the_reason(log: str, reason: str | None) -> None:
    assert last_refusal(log) == reason
