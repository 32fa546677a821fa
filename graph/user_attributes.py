"""The extension values of many users as one Pulumi resource.

One resource a user would make the previews of a company unusable; one text with a line a user
shows each user's change by name all the same (`attribute_text`).
Which users share a resource is decided in `shards`; who a user is, in `directory`.
The module path and the name `Provider` are part of the state's format.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi.dynamic import (
    CheckFailure,
    CheckResult,
    ConfigureRequest,
    CreateResult,
    DiffResult,
    ReadResult,
    Resource,
    ResourceProvider,
    UpdateResult,
)
from pulumi.output import Unknown

from graph.attribute_changes import Recorded, seen_live
from graph.attribute_text import AttributeTable, AttributeTextError, parse_text, write_text
from graph.client import GraphClient
from graph.pacing import WritePace
from graph.provider_process import client_from_config
from graph.user_failures import UserAttributesError
from graph.user_values import MAX_STRING_CHARS, converge, read_values


@dataclass(frozen=True, slots=True, kw_only=True)
class _State:
    extension_names: Mapping[str, str]
    recorded: Recorded

    @classmethod
    def parse(cls, raw: Mapping[str, Any]) -> _State:
        others = raw.get("changed_by_others")
        return cls(
            extension_names=dict(raw["extension_names"]),
            recorded=Recorded(
                table=parse_text(raw["users"]),
                changed_by_others=parse_text(others) if others else AttributeTable(),
            ),
        )

    def inputs(self) -> dict[str, Any]:
        return {"extension_names": dict(self.extension_names), "users": _text(self.recorded.table)}

    def outs(self) -> dict[str, Any]:
        others = self.recorded.changed_by_others
        return self.inputs() | {"changed_by_others": _text(others) if others.rows else ""}


class Provider(ResourceProvider):
    """Brings users to their declared values and tells what the directory did to them since."""

    serialize_as_secret_always = False
    """The state holds a reference to this class and nothing else; see its test."""

    _graph: GraphClient
    _pace: WritePace

    def configure(self, req: ConfigureRequest) -> None:
        """Connect to Graph with the stack's settings and the environment's identity."""
        self._graph = client_from_config(req)
        self._pace = WritePace(self._graph.clock)

    def check(self, _olds: dict[str, Any], news: dict[str, Any]) -> CheckResult:
        """Refuse a table that Graph would refuse, before anything is changed."""
        reasons: list[str] = []
        users, names = news["users"], news["extension_names"]
        if isinstance(users, Unknown):
            return CheckResult(news, [])
        try:
            table = parse_text(users)
        except AttributeTextError as error:
            reasons.append(str(error))
        else:
            reasons += _too_long(table)
            if not isinstance(names, Unknown) and sorted(names) != sorted(table.properties):
                reasons.append(
                    f"has columns for {', '.join(table.properties)}, but extension_names are "
                    f"{', '.join(sorted(names))}"
                )
        return CheckResult(news, [CheckFailure("users", reason) for reason in reasons])

    def diff(self, _id: str, olds: dict[str, Any], news: dict[str, Any]) -> DiffResult:
        """Compare tables; another extension behind a known property replaces, clearing first.

        An extension name that is not known yet belongs to a property that is being created anew.
        Its old values must be cleared while the old definition is still there.
        """
        old_names, new_names = olds["extension_names"], news["extension_names"]
        # All of them are unknown when the engine asks what a replaced definition takes with it.
        moved = isinstance(new_names, Unknown) or any(
            name in new_names and new_names[name] != old_names[name] for name in old_names
        )
        return DiffResult(
            changes=old_names != new_names or olds["users"] != news["users"],
            replaces=["extension_names"] if moved else [],
            delete_before_replace=True,
        )

    def create(self, props: dict[str, Any]) -> CreateResult:
        """Write what differs from the directory; values that are right already cost no write."""
        declared = _State.parse(props)
        self._converge(declared, Recorded())
        return CreateResult(",".join(declared.recorded.table.properties), declared.outs())

    def update(self, _id: str, olds: dict[str, Any], news: dict[str, Any]) -> UpdateResult:
        """Write what differs, and clear what is no longer declared unless others changed it."""
        declared, old = _State.parse(news), _State.parse(olds)
        # A property that is no longer managed is cleared through the name it had.
        self._converge(declared, old.recorded, also=old.extension_names)
        return UpdateResult(declared.outs())

    def read(self, id_: str, props: dict[str, Any]) -> ReadResult:
        """Return live values, so that the next preview shows each user's drift.

        Users who have left the directory leave the table. A user who may not be read keeps the
        recorded values, and that is told.
        """
        state = _State.parse(props)
        rows = state.recorded.table.rows
        reading = read_values(self._graph, state.extension_names, rows.values())
        live = dict(reading.values)
        for object_id, fault in reading.faults.items():
            if fault.status != 404:
                live[object_id] = rows[object_id].values
                name = rows[object_id].user_principal_name
                pulumi.log.warn(f"The values of {name} could not be read: {fault}")
        seen = _State(
            extension_names=state.extension_names, recorded=seen_live(state.recorded, live)
        )
        return ReadResult(id_, seen.outs(), seen.inputs())

    def delete(self, _id: str, props: dict[str, Any]) -> None:
        """Clear every value that is still what this program wrote."""
        state = _State.parse(props)
        empty = AttributeTable(properties=state.recorded.table.properties)
        nobody = _State(extension_names=state.extension_names, recorded=Recorded(table=empty))
        self._converge(nobody, state.recorded)

    def _converge(
        self, declared: _State, recorded: Recorded, *, also: Mapping[str, str] | None = None
    ) -> None:
        outcome = converge(
            self._graph,
            dict(also or {}) | dict(declared.extension_names),
            declared=declared.recorded.table,
            recorded=recorded,
            pace=self._pace,
        )
        for left in outcome.left_alone:
            pulumi.log.warn(
                f"{left.property_name} of {left.user_principal_name} is no longer declared, but "
                f"someone else has set it to {left.live!r}: it is left as it is."
            )
        if outcome.failures:
            raise UserAttributesError(outcome.failures, of=outcome.users)
        if outcome.users:
            written = len(outcome.written)
            pulumi.log.info(
                f"User attributes: {written} of {outcome.users} users changed, "
                f"{outcome.users - written} needed no change."
            )


class UserAttributes(Resource, module="entra", name="UserAttributes"):
    """The declared extension values of a set of users.

    `extension_names` are Graph's names by property, as `ExtensionProperty.extension_name` gives
    them; `users` is the text of `attribute_text.write_text` with the same properties.
    """

    changed_by_others: pulumi.Output[str]
    """Managed values that a refresh found changed by someone else, in the same form; or empty."""

    def __init__(
        self,
        name: str,
        *,
        extension_names: Mapping[str, pulumi.Input[str]],
        users: str,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(
            Provider(),
            name,
            {
                "extension_names": dict(extension_names),
                "users": users,
                # An output that is not named here never reaches the program.
                "changed_by_others": None,
            },
            opts,
        )


def _text(table: AttributeTable) -> str:
    return write_text(table.properties, table.rows.values())


def _too_long(table: AttributeTable) -> list[str]:
    return [
        f"holds {len(value)} characters as {name} of {row.user_principal_name}; the directory "
        f"takes {MAX_STRING_CHARS} at most"
        for row in table.rows.values()
        for name, value in row.values.items()
        if len(value) > MAX_STRING_CHARS
    ]
