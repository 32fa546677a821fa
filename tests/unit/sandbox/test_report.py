from __future__ import annotations

import json
from pathlib import Path

from sandbox.report import KubernetesAnswer, Report, SignIn, describe

SIGN_IN = SignIn(
    user="bob@contoso.example",
    client="kubectl",
    claims={"upn": "bob@contoso.example", "groups": ["1234"]},
    kubernetes=KubernetesAnswer(
        username="entra:bob@contoso.example",
        groups=("entra:1234", "system:authenticated"),
        allowed=["get pods -n team-a"],
        denied=["get secrets -n krci"],
    ),
    differences=("may get secrets -n krci",),
)


def test_the_report_has_the_agreed_form(tmp_path: Path) -> None:
    report = Report(seconds={"up": 1.234}, resources=3, sign_ins=[SIGN_IN])

    report.write(tmp_path / "report.json")

    assert json.loads((tmp_path / "report.json").read_text()) == {
        "seconds": {"up": 1.23},
        "resources": 3,
        "sign_ins": [
            {
                "user": "bob@contoso.example",
                "client": "kubectl",
                "claims": {"upn": "bob@contoso.example", "groups": ["1234"]},
                "kubernetes": {
                    "username": "entra:bob@contoso.example",
                    "groups": ["entra:1234", "system:authenticated"],
                    "allowed": ["get pods -n team-a"],
                    "denied": ["get secrets -n krci"],
                },
            }
        ],
    }


def test_a_difference_is_told_with_whose_sign_in_it_is() -> None:
    assert Report(sign_ins=[SIGN_IN]).differences() == [
        "bob@contoso.example by kubectl: may get secrets -n krci"
    ]


def test_groups_are_shown_with_their_names() -> None:
    shown = describe(SIGN_IN, {"1234": "team-a-developers"})

    assert "1234 (team-a-developers)" in shown
    assert "entra:1234 (team-a-developers), system:authenticated" in shown
    assert "NOT AS DECLARED    may get secrets -n krci" in shown
