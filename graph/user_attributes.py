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
from graph.extension_values import DATA_TYPES, DataType, canonical
from graph.live_values import LiveValues
from graph.pacing import WritePace
from graph.progress import WriteProgress
from graph.provider_process import client_from_config, pace_from_config, tell_passing
from graph.user_failures import UserAttributesError, UserFailure
from graph.user_values import (
    Outcome,
    Properties,
    Writing,
    concerned_users,
    converge,
    shard_of_tables,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _State:
    properties: Properties
    recorded: Recorded
    failures: tuple[UserFailure, ...] = ()

    @classmethod
    def parse(cls, raw: Mapping[str, Any]) -> _State:
        return cls(
            properties=Properties(
                extension_names=dict(raw["extension_names"]), data_types=_data_types(raw)
            ),
            recorded=Recorded(
                table=parse_text(raw["users"]),
                changed_by_others=_table(raw.get("changed_by_others")),
                attempted=_table(raw.get("attempted")),
            ),
            failures=tuple(UserFailure.parse(each) for each in raw.get("failures") or ()),
        )

    def inputs(self) -> dict[str, Any]:
        return {
            "extension_names": dict(self.properties.extension_names),
            "data_types": dict(self.properties.data_types),
            "users": _text(self.recorded.table),
        }

    def outs(self) -> dict[str, Any]:
        others, attempted = self.recorded.changed_by_others, self.recorded.attempted
        return self.inputs() | {
            "changed_by_others": _text(others) if others.rows else "",
            "attempted": _text(attempted) if attempted.rows else "",
            "failures": [failure.props() for failure in self.failures],
        }


class Provider(ResourceProvider):
    """Brings users to their declared values and tells what the directory did to them since."""

    serialize_as_secret_always = False
    """The state holds a reference to this class and nothing else; see its test."""

    _writing: Writing

    def configure(self, req: ConfigureRequest) -> None:
        """Connect to Graph with the stack's settings and the environment's identity.

        Pulumi does this once a process, and one process serves all shards of a command.
        """
        client = client_from_config(req)
        self.use(client, pace_from_config(req, client.clock))

    def use(self, client: GraphClient, pace: WritePace) -> None:
        """Ask `client`, and write at `pace`."""
        self._writing = Writing(
            client=client,
            live=LiveValues(client),
            pace=pace,
            progress=WriteProgress(client.clock, pace, tell_passing),
        )

    def check(self, olds: dict[str, Any], news: dict[str, Any]) -> CheckResult:
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
            reasons += _not_canonical(table, news)
            self._expect(olds, table)
            if not isinstance(names, Unknown) and sorted(names) != sorted(table.properties):
                reasons.append(
                    f"has columns for {', '.join(table.properties)}, but extension_names are "
                    f"{', '.join(sorted(names))}"
                )
        return CheckResult(news, [CheckFailure("users", reason) for reason in reasons])

    def _expect(self, olds: dict[str, Any], declared: AttributeTable) -> None:
        """Tell the progress how many users this shard may have to write."""
        before = Recorded(table=_table(olds.get("users")))
        shard = shard_of_tables(declared, before.table)
        self._writing.progress.expect(shard, len(concerned_users(declared, before)))

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
        changes = (
            old_names != new_names
            or olds["users"] != news["users"]
            or bool(olds.get("failures") or olds.get("attempted"))
            or _data_types(olds) != _data_types(news)
        )
        return DiffResult(
            changes=changes,
            replaces=["extension_names"] if moved else [],
            delete_before_replace=True,
        )

    def create(self, props: dict[str, Any]) -> CreateResult:
        """Write what differs from the directory; values that are right already cost no write.

        Users who could not be written are in the output `failures`; see `UserAttributes`.
        """
        declared = _State.parse(props)
        outcome = self._converge(declared, Recorded(), declared.properties)
        return CreateResult(
            ",".join(declared.recorded.table.properties),
            _after(outcome, declared.properties).outs(),
        )

    def update(self, _id: str, olds: dict[str, Any], news: dict[str, Any]) -> UpdateResult:
        """Write what differs, and clear what is no longer declared unless others changed it."""
        declared, old = _State.parse(news), _State.parse(olds)
        # A property that is no longer managed is cleared through the name it had.
        properties = Properties(
            extension_names={
                **old.properties.extension_names,
                **declared.properties.extension_names,
            },
            data_types={**old.properties.data_types, **declared.properties.data_types},
        )
        return UpdateResult(
            _after(self._converge(declared, old.recorded, properties), properties).outs()
        )

    def read(self, id_: str, props: dict[str, Any]) -> ReadResult:
        """Return live values, so that the next preview shows each user's drift.

        Users who have left the directory leave the table.
        """
        state = _State.parse(props)
        rows = {**state.recorded.attempted.rows, **state.recorded.table.rows}
        live = self._writing.live.read(
            state.properties.extension_names, state.properties.data_types, list(rows)
        )
        seen = _State(properties=state.properties, recorded=seen_live(state.recorded, live))
        return ReadResult(id_, seen.outs(), seen.inputs())

    def delete(self, _id: str, props: dict[str, Any]) -> None:
        """Clear every value that is still what this program wrote.

        Raises:
            UserAttributesError: for some users it could not be cleared.
        """
        state = _State.parse(props)
        empty = AttributeTable(properties=state.recorded.table.properties)
        nobody = _State(properties=state.properties, recorded=Recorded(table=empty))
        outcome = self._converge(nobody, state.recorded, state.properties)
        if outcome.failures:
            raise UserAttributesError(outcome.failures)

    def _converge(self, declared: _State, recorded: Recorded, properties: Properties) -> Outcome:
        outcome = converge(
            self._writing, properties, declared=declared.recorded.table, recorded=recorded
        )
        for left in outcome.left_alone:
            pulumi.log.warn(
                f"{left.property_name} of {left.user_principal_name} is no longer declared, but "
                f"someone else has set it to {left.live!r}: it is left as it is."
            )
        return outcome


class UserAttributes(Resource, module="entra", name="UserAttributes"):
    """The declared extension values of a set of users.

    `extension_names` are Graph's names by property, as `ExtensionProperty.extension_name` gives
    them, and `data_types` the types (`String` by default); `users` is the text of
    `attribute_text.write_text` with the same properties.

    Users whose values could not be written do not fail the resource: then nothing would be known
    of those who were, and the engine would begin no other shard. Whoever declares it must look at
    `failures` and fail in the end.
    """

    failures: pulumi.Output[list[dict[str, str]]]
    """Users who are not as declared, as `UserFailure.props` gives them; the next update tries them
    again."""
    changed_by_others: pulumi.Output[str]
    """Managed values that a refresh found changed by someone else, in the same form; or empty."""
    attempted: pulumi.Output[str]
    """Values whose writing was never answered, in the same form; or empty."""

    def __init__(
        self,
        name: str,
        *,
        extension_names: Mapping[str, pulumi.Input[str]],
        users: str,
        data_types: Mapping[str, DataType] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(
            Provider(),
            name,
            {
                "extension_names": dict(extension_names),
                "data_types": {
                    name: (data_types or {}).get(name, "String") for name in extension_names
                },
                "users": users,
                # An output that is not named here never reaches the program.
                "failures": None,
                "changed_by_others": None,
                "attempted": None,
            },
            opts,
        )


def _after(outcome: Outcome, properties: Properties) -> _State:
    managed = outcome.recorded.table.properties
    return _State(
        properties=Properties(
            extension_names={name: properties.extension_names[name] for name in managed},
            data_types={name: properties.data_types[name] for name in managed},
        ),
        recorded=outcome.recorded,
        failures=outcome.failures,
    )


def _data_types(raw: Mapping[str, Any]) -> dict[str, DataType]:
    # State from before there were types says nothing of them: every property was a String.
    known = raw.get("data_types") or {}
    names = raw["extension_names"]
    listed = known if isinstance(names, Unknown) else names
    return {name: known.get(name, "String") for name in listed}


def _table(text: object) -> AttributeTable:
    return parse_text(text) if isinstance(text, str) and text else AttributeTable()


def _text(table: AttributeTable) -> str:
    return write_text(table.properties, table.rows.values())


def _not_canonical(table: AttributeTable, news: Mapping[str, Any]) -> list[str]:
    data_types = _data_types(news)
    reasons = [
        f"has a property {name} of type {data_type!r}, which is none of {', '.join(DATA_TYPES)}"
        for name, data_type in data_types.items()
        if data_type not in DATA_TYPES
    ]
    if reasons:
        return reasons
    for row in table.rows.values():
        for name, value in row.values.items():
            try:
                spelled = canonical(data_types.get(name, "String"), value)
            except ValueError as error:
                reasons.append(f"{name} of {row.user_principal_name} {error}")
            else:
                if spelled != value:
                    reasons.append(
                        f"{name} of {row.user_principal_name} is {value!r}, which is written "
                        f"{spelled!r}"
                    )
    return reasons
