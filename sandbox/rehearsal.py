"""The rehearsal behind `make sandbox`: from nothing running to verified sign-ins.

Each step is shown with its time as it goes, and all of them are in the report.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sandbox.declared_values import declared_values
from sandbox.engine import EngineError, PluginChoice
from sandbox.entra.scenario import Scenario, ScenarioError, load_scenario
from sandbox.expectation import expect
from sandbox.hints import hints, write_pulumi_command
from sandbox.portal_settings import NoPortalSettingsError, read_portal_settings
from sandbox.report import Report, describe
from sandbox.sign_ins import clients_of, sign_in
from sandbox.stack import PROJECT_FOLDER, RehearsedStack
from sandbox.stack_config import StackConfigError
from sandbox.supervisor import SupervisorError, end, launch
from sandbox.tools.errors import ToolsError
from sandbox.tools.resolver import resolve
from sandbox.waiting import WaitedTooLongError
from settings.model import Settings
from verify.errors import VerifyError

FOLDER = PROJECT_FOLDER / ".sandbox"
REPORT_FILE = "report.json"
_PEOPLE = 2
_EXPLAINED = (
    EngineError,
    NoPortalSettingsError,
    ScenarioError,
    StackConfigError,
    SupervisorError,
    ToolsError,
    VerifyError,
    WaitedTooLongError,
)
"""What can go wrong and says itself what and why; anything else is a bug and shows its trace."""


class Rehearsal:
    """One run of `make sandbox`; `scenario` is a file with the people that the stack speaks of."""

    def __init__(self, folder: Path, stack: str, plugins: PluginChoice, scenario: Path) -> None:
        self._folder = folder
        self._scenario_file = scenario
        self._stack_name = stack
        self._plugins: PluginChoice = plugins
        self._report = Report()
        self._started = time.monotonic()

    def run(self) -> int:
        """Rehearse; return 0 only when every sign-in came out as declared.

        What was found until something failed is in the report as well.
        """
        try:
            self._rehearse()
        except _EXPLAINED as error:
            _say(f"\nThe rehearsal failed:\n{error}")
            return 1
        finally:
            self._write_report()
        if differences := self._report.differences():
            _say("\nNOT AS DECLARED:\n" + "\n".join(f"  {line}" for line in differences))
            return 1
        _say("\nEvery sign-in is as declared.")
        return 0

    def _rehearse(self) -> None:
        load_scenario(self._scenario_file)  # a mistake in it is found before anything is started
        with self._step("tools"):
            tools = resolve(_say)
        end(self._folder)  # its ports are gone with it: starting anew is the only clean state
        with self._step("start"):
            endpoints = launch(self._folder, PROJECT_FOLDER, self._scenario_file)
        stack = RehearsedStack(self._stack_name, endpoints, tools, self._folder, self._plugins)
        with self._step("prepare"):
            stack.init()
        write_pulumi_command(self._folder, stack)
        with self._step("up"):
            stack.up(on_line=_say)
        self._report.resources = stack.resource_count()
        with self._step("sign-ins"):
            self._sign_people_in(stack)
        _say(hints(self._folder, endpoints))

    def _write_report(self) -> None:
        self._report.seconds["total"] = time.monotonic() - self._started
        if self._folder.exists():
            self._report.write(self._folder / REPORT_FILE)
        resources, seconds = self._report.resources, self._report.seconds["total"]
        _say(f"\n{resources} resources, {seconds:.1f} s in all")

    def _sign_people_in(self, stack: RehearsedStack) -> None:
        endpoints = stack.endpoints
        scenario = load_scenario(self._scenario_file)
        settings = stack.settings()
        clients = clients_of(
            endpoints,
            stack.output("kubeconfigUser"),
            *read_portal_settings(Path(endpoints.kubeconfig), settings.portal.namespace),
        )
        group_names = {group.object_id: group.display_name for group in scenario.groups}
        for user in _people(settings, scenario):
            expectation = expect(settings, scenario, user)
            for name, client in clients.items():
                result = sign_in(endpoints, user, name, client, expectation)
                self._report.sign_ins.append(result)
                _say("\n" + describe(result, group_names))

    @contextmanager
    def _step(self, name: str) -> Iterator[None]:
        _say(f"== {name}")
        started = time.monotonic()
        yield
        self._report.seconds[name] = time.monotonic() - started
        _say(f"== {name}: {self._report.seconds[name]:.1f} s")


def _people(settings: Settings, scenario: Scenario) -> list[str]:
    """Two people with declared values, and more until every kind of source has one."""
    declared = declared_values(settings, scenario)
    people: list[str] = []
    kinds: set[str] = set()
    for person in scenario.people:
        if user := declared.get(person.user_principal_name):
            own = {
                "file" if place.line else place.source.partition("[")[0]
                for place in user.places.values()
            }
            if len(people) < _PEOPLE or own - kinds:
                people.append(person.user_principal_name)
                kinds |= own
    return people


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
