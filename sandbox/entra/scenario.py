"""Who and what is in the tenant before anything is declared: read from a YAML file.

A scenario has no secrets: every sandbox makes passwords and the deployer's client secret anew.
Unknown keys, groups that do not exist and names that occur twice are errors, because a scenario
that is quietly less than it says makes tests pass for the wrong reason.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from sandbox.eks.temper import EksScenario
from sandbox.entra.directory_roles import TEMPLATE_IDS
from sandbox.entra.identifiers import stable_id
from sandbox.entra.login.behaviour import LoginBehaviour
from sandbox.entra.microsoft_graph import APP_ROLE_IDS
from sandbox.entra.temper.model import Temper


class ScenarioError(Exception):
    """A scenario file cannot be used; the message has the file and every problem."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class ScenarioGroup(_Part):
    """A security group. `object_id` is filled in when it is not given."""

    display_name: str
    description: str | None = None
    object_id: str = ""
    member_of: tuple[str, ...] = Field(default=(), strict=False)
    """Display names of the groups that this group itself is a member of."""


class ScenarioPerson(_Part):
    """A user of the tenant. `object_id` is filled in when it is not given."""

    user_principal_name: str
    display_name: str
    given_name: str | None = None
    surname: str | None = None
    mail: str | None = None
    user_type: Literal["Member", "Guest"] = "Member"
    object_id: str = ""
    groups: tuple[str, ...] = Field(default=(), strict=False)
    """Display names of the groups that the person is a direct member of."""
    directory_roles: tuple[str, ...] = Field(default=(), strict=False)
    """Such as `User Administrator`; they decide what calls on the person's behalf may write."""

    @property
    def names_casefolded(self) -> frozenset[str]:
        """Every name by which configuration may mean this person: UPN, mail and object id."""
        names = (self.user_principal_name, self.mail, self.object_id)
        return frozenset(name.casefold() for name in names if name)


class ScenarioDeployer(_Part):
    """The identity that runs Pulumi: an application with Microsoft Graph application roles."""

    display_name: str
    graph_roles: tuple[str, ...] = Field(strict=False)


class Population(_Part):
    """People and groups beside those that are named, made up from a seed.

    See `directory.population`. They can sign in too, but `Entra.people` does not list them.
    """

    users: int = Field(ge=0)
    groups: int = Field(default=0, ge=0)
    seed: int = 0
    guest_share: float = Field(default=0.08, ge=0, le=1, strict=False)
    groups_per_user: float = Field(default=4, gt=0, strict=False)
    """On average and without those that they are in through other groups."""


class Scenario(_Part):
    """A tenant's content."""

    tenant_id: str
    display_name: str
    domain: str
    groups: tuple[ScenarioGroup, ...] = Field(default=(), strict=False)
    people: tuple[ScenarioPerson, ...] = Field(default=(), strict=False)
    deployer: ScenarioDeployer
    population: Population | None = None
    temper: Temper = Temper()
    """How the directory behaves at first."""
    eks: EksScenario = EksScenario()
    """The cluster that EKS says it has, and how EKS behaves at first."""
    login: LoginBehaviour = LoginBehaviour()
    """How signing in behaves at first."""

    def person(self, user_principal_name: str) -> ScenarioPerson:
        """Return the person with this user principal name.

        Raises:
            KeyError: the scenario has no such person.
        """
        wanted = user_principal_name.casefold()
        for person in self.people:
            if person.user_principal_name.casefold() == wanted:
                return person
        raise KeyError(user_principal_name)

    def group(self, name: str) -> ScenarioGroup:
        """Return the group with this display name or object id.

        Raises:
            KeyError: the scenario has no such group.
        """
        wanted = name.casefold()
        for group in self.groups:
            if wanted in {group.display_name.casefold(), group.object_id.casefold()}:
                return group
        raise KeyError(name)

    def groups_of(self, person: ScenarioPerson) -> tuple[str, ...]:
        """Return the display names of the groups that `person` is a direct member of."""
        return person.groups

    @model_validator(mode="after")
    def _is_consistent(self) -> Self:
        if problems := list(_problems(self)):
            raise ValueError("; ".join(problems))
        return self

    @model_validator(mode="after")
    def _has_object_ids(self) -> Self:
        people = tuple(
            person
            if person.object_id
            else person.model_copy(
                update={"object_id": stable_id(self.tenant_id, "user", person.user_principal_name)}
            )
            for person in self.people
        )
        groups = tuple(
            group
            if group.object_id
            else group.model_copy(
                update={"object_id": stable_id(self.tenant_id, "group", group.display_name)}
            )
            for group in self.groups
        )
        # A frozen model can be completed only here, before anyone has seen it.
        object.__setattr__(self, "people", people)
        object.__setattr__(self, "groups", groups)
        return self


def load_scenario(path: Path, users: int | None = None, groups: int | None = None) -> Scenario:
    """Read a scenario from a YAML file; `users` and `groups` count instead of its population's.

    Raises:
        ScenarioError: the file is not YAML, or not a scenario; it lists every problem.
    """
    try:
        content = _read(path)
        given = {"users": users, "groups": groups}
        counts = {name: count for name, count in given.items() if count is not None}
        if counts and isinstance(content, dict):
            population = {"users": 0, **(content.get("population") or {}), **counts}
            content = {**content, "population": population}
        return Scenario.model_validate(content)
    except yaml.YAMLError as error:
        msg = f"{path} is not YAML: {error}"
        raise ScenarioError(msg) from error
    except ValidationError as error:
        lines = (
            f"  {'.'.join(str(part) for part in problem['loc']) or 'scenario'}: {problem['msg']}"
            for problem in error.errors()
        )
        msg = f"{path} is not a scenario:\n" + "\n".join(lines)
        raise ScenarioError(msg) from error


def _read(path: Path) -> Any:
    """Return a file's content; with `like` it is that file's, and replaces what it names itself."""
    content = yaml.safe_load(path.read_text())
    if isinstance(content, dict) and (other := content.pop("like", None)):
        return {**yaml.safe_load((path.parent / other).read_text()), **content}
    return content


def _problems(scenario: Scenario) -> Iterator[str]:
    names = [group.display_name for group in scenario.groups]
    known = set(names)
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f"the group {name!r} occurs twice"
    seen: set[str] = set()
    for person in scenario.people:
        folded = person.user_principal_name.casefold()
        if folded in seen:
            yield f"the person {person.user_principal_name!r} occurs twice"
        seen.add(folded)
        for role in person.directory_roles:
            if role not in TEMPLATE_IDS:
                yield (
                    f"{person.user_principal_name} has {role!r}, which is no directory role here;"
                    f" there are {', '.join(sorted(TEMPLATE_IDS))}"
                )
        for group in person.groups:
            if group not in known:
                yield f"{person.user_principal_name} is in {group!r}, which is no group"
    for group in scenario.groups:
        for parent in group.member_of:
            if parent not in known:
                yield f"the group {group.display_name!r} is in {parent!r}, which is no group"
    for role in scenario.deployer.graph_roles:
        if role not in APP_ROLE_IDS:
            yield f"the deployer has {role!r}, which is no application role of Microsoft Graph"
