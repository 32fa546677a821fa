"""`python -m review`: statuses, options, settings, and what it says when there is no preview."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from review.__main__ import BLOCKED, FAILED, NEEDS_REVIEW, OK, WRONG_ARGUMENTS, main
from tests.unit.review.previews import create, delete, digest, same, step
from tests.unit.review.resources import binding, identity_provider, namespace, users

SAFE = digest(same(identity_provider()))
REVIEW = digest(create(binding()))
BLOCK = digest(delete(identity_provider()))
BROKEN = digest(diagnostics=[{"severity": "error", "message": "error: 2 settings are wrong in x;"}])


class Run:
    """One run of the command."""

    def __init__(self, *arguments: str) -> None:
        said: list[str] = []
        warned: list[str] = []
        self.status = main(arguments, out=said.append, err=warned.append)
        self.out, self.err = "".join(said), "".join(warned)


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Run]:
    """Run the command in an empty folder on what Pulumi printed."""
    monkeypatch.chdir(tmp_path)

    def on(text: str, *arguments: str) -> Run:
        (tmp_path / "preview.json").write_text(text)
        return Run("--today", "2026-11-24", *arguments, "preview.json")

    return on


@pytest.mark.parametrize(
    ("text", "arguments", "status"),
    [
        (SAFE, (), OK),
        (SAFE, ("--strict",), OK),
        (REVIEW, (), OK),
        (REVIEW, ("--strict",), NEEDS_REVIEW),
        (BLOCK, (), BLOCKED),
        (BROKEN, (), FAILED),
        ("", (), FAILED),
    ],
)
def test_the_status_is_the_verdict(
    run: Callable[..., Run], text: str, arguments: tuple[str, ...], status: int
) -> None:
    assert run(text, *arguments).status == status


def test_no_preview_at_all_still_makes_a_review_with_the_diagnosis(
    run: Callable[..., Run], tmp_path: Path
) -> None:
    (tmp_path / "pulumi.log").write_text("error: incorrect passphrase\nBearer abc.def.ghi\n")

    done = run("", "--log", "pulumi.log", "--stack", "prod", "--format", "markdown")

    assert done.status == FAILED
    assert done.out.startswith("⛔ **blocked**: the preview failed. The passphrase of the stack's")
    assert "PULUMI_CONFIG_PASSPHRASE" in done.out
    assert "abc.def.ghi" not in done.out


def test_a_preview_that_is_cut_off_is_a_failed_one(run: Callable[..., Run]) -> None:
    assert run(REVIEW[:-40]).status == FAILED


def test_the_review_goes_into_a_file(run: Callable[..., Run], tmp_path: Path) -> None:
    done = run(BLOCK, "--format", "json", "--output", "review.json")

    assert done.out == ""
    assert json.loads((tmp_path / "review.json").read_text())["verdict"] == "blocked"


def test_a_protected_stack_is_one_by_its_name_by_option_or_by_settings(
    run: Callable[..., Run], tmp_path: Path
) -> None:
    gone = digest(delete(namespace()))

    assert run(gone).status == OK
    assert run(gone, "--stack", "prod-eu").status == BLOCKED
    assert run(gone, "--stack", "prod-eu", "--no-protected").status == OK
    assert run(gone, "--protected").status == BLOCKED
    (tmp_path / "review.yaml").write_text("protectedStacks: [dev]\n")
    assert run(gone).status == BLOCKED
    (tmp_path / "review.yaml").write_text(
        "protectedStacks: [dev]\nstacks: {dev: {allowedDeletions: ['kubernetes:*']}}\n"
    )
    assert run(gone).status == OK


def test_how_many_users_are_many_can_be_set(run: Callable[..., Run], tmp_path: Path) -> None:
    tables = [users({f"u{n}@x": {"default_namespace": v} for n in range(3)}) for v in ("a", "b")]
    changed = digest(step("update", *tables))

    assert "safe" in run(changed).out.splitlines()[0]
    assert "needs review" in run(changed, "--many-users", "3").out.splitlines()[0]
    (tmp_path / "review.yaml").write_text("manyUsers: 3\nstacks: {prod: {manyUsers: 9}}\n")
    assert "needs review" in run(changed).out.splitlines()[0]
    assert "safe" in run(changed, "--stack", "prod").out.splitlines()[0]


def test_wrong_settings_are_listed_all_at_once(run: Callable[..., Run], tmp_path: Path) -> None:
    (tmp_path / "review.yaml").write_text("manyUsers: 0\nprotected: maybe\nunknown: 1\n")

    done = run(SAFE)

    assert done.status == WRONG_ARGUMENTS
    assert done.err.startswith("error: Settings of the reviewer are wrong in review.yaml:")
    for name in ("manyUsers", "protected", "unknown"):
        assert f"  {name}: " in done.err


def test_a_preview_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    done = Run(str(tmp_path / "none.json"))

    assert done.status == WRONG_ARGUMENTS
    assert "none.json" in done.err


def test_a_rule_explains_itself() -> None:
    done = Run("explain", "prefix-removed")

    assert done.status == OK
    assert "prefix-removed: Names from Entra without a prefix (critical, blocks)" in done.out
    assert "What to do: Set a prefix" in done.out
    assert "Checked by: reviewer and policy pack" in done.out
    assert "secret-rotated" in Run("explain").out
