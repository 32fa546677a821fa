"""A company with enough people and groups for what teams change, and previews of their changes."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from review import Report, ReviewSettings, review, write
from sandbox.sandbox import COMPANY, Sandbox
from sandbox.stack import RehearsedStack
from sandbox.tools.resolver import Tools
from tests.system.review.changes import BOB, DEVELOPERS, StackChanges, TeamChange

TODAY = date(2026, 11, 24)
POLICY_PACK = Path(__file__).parents[3] / "policy"
_GROUPS = ("team-b-admins", "team-b-developers", "contractors")


def merged(under: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    result = dict(under)
    for key, value in over.items():
        both = isinstance(value, Mapping) and isinstance(result.get(key), Mapping)
        result[key] = merged(result[key], value) if both else value
    return result


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    scenario = yaml.safe_load(COMPANY.read_text())
    scenario["groups"] += [{"display_name": name} for name in _GROUPS]
    scenario["people"] += [
        {
            "user_principal_name": name,
            "display_name": name.partition("@")[0],
            "mail": name,
            "groups": ["team-a-developers"],
        }
        for name in DEVELOPERS
    ]
    file = tmp_path_factory.mktemp("company") / "company.yaml"
    file.write_text(yaml.safe_dump(scenario))
    return file


@dataclass(frozen=True, kw_only=True)
class ReviewedStack:
    """A stack whose changes are previewed and reviewed; nothing of them is applied."""

    sandbox: Sandbox
    stack: RehearsedStack
    base: Mapping[str, Any]

    def up(self) -> None:
        self.stack.configure(self.base)
        self.stack.up()

    def preview(self, change: TeamChange) -> str:
        """What `pulumi preview` prints for a change."""
        self.stack.configure(merged(self.base, change.settings))
        arguments = ["--json", "--show-sames", *change.arguments]
        environment = self.stack.engine.environment
        if change.events:
            arguments += ["--policy-pack", str(POLICY_PACK)]
            self.stack.engine.environment = {
                **environment,
                "PULUMI_ENABLE_STREAMING_JSON_PREVIEW": "true",
            }
        try:
            with self._done_in_the_directory(change):
                return self.stack.preview(*arguments, check=False).stdout
        finally:
            self.stack.engine.environment = environment

    def review(self, change: TeamChange) -> Report:
        settings = ReviewSettings(today=TODAY, protected=change.protected)
        report = review(self.preview(change), settings)
        assert report.failed is change.fails, report.diagnosis
        return report

    @contextlib.contextmanager
    def _done_in_the_directory(self, change: TeamChange) -> Iterator[None]:
        tenant = self.sandbox.entra.tenant
        if change.directory == "value by hand":
            bob = tenant.user_called(BOB)
            assert bob
            name = self.stack.output("extensionNames")["default_namespace"]
            before = bob.extension_values[name]
            bob.extension_values[name] = "by-hand"
            yield
            bob.extension_values[name] = before
        elif change.directory == "group renamed":
            (group,) = tenant.groups.find("displayName", "team-a-developers")
            tenant.groups.update(group, {"displayName": "payments-developers"})
            yield
            tenant.groups.update(group, {"displayName": "team-a-developers"})
        else:
            yield


@pytest.fixture(scope="module")
def sandbox(
    tools: Tools, company: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Sandbox]:
    """A sandbox with that company in its tenant."""
    with Sandbox(tmp_path_factory.mktemp("sandbox"), tools, scenario=company) as running:
        yield running


@pytest.fixture(scope="module")
def new_stack(
    request: pytest.FixtureRequest,
    sandbox: Sandbox,
    tools: Tools,
    tmp_path_factory: pytest.TempPathFactory,
) -> ReviewedStack:
    """The stack of the module's CHANGES in the sandbox, not deployed."""
    changes: StackChanges = request.module.CHANGES
    folder = tmp_path_factory.mktemp(changes.stack)
    stack = RehearsedStack(changes.stack, sandbox.endpoints, tools, folder)
    stack.init()
    return ReviewedStack(sandbox=sandbox, stack=stack, base=changes.base)


@pytest.fixture(scope="module")
def first_reviews(request: pytest.FixtureRequest, new_stack: ReviewedStack) -> dict[str, str]:
    """Reviews from before the stack was up, in Markdown by the change's key."""
    changes: StackChanges = request.module.CHANGES
    return {
        change.key: write(new_stack.review(change), "markdown")
        for change in changes.before_it_is_up
    }


@pytest.fixture(scope="module")
def stack(new_stack: ReviewedStack, first_reviews: dict[str, str]) -> ReviewedStack:
    """The stack, up."""
    assert first_reviews
    new_stack.up()
    return new_stack
