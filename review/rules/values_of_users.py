"""Rules about extension properties and the values that users have of them."""

from __future__ import annotations

from collections.abc import Iterator

from review import kinds
from review.model import Change
from review.rules.bindings import listed
from review.rules.rule import Observation, Rule, Severity
from review.situation import Situation
from review.user_values import user_values
from review.values import UNKNOWN

_EXTENSIONS = "https://learn.microsoft.com/graph/extensibility-overview#directory-microsoft-entra-id-extensions"


def _many(situation: Situation) -> Iterator[Observation]:
    found = situation.users
    number = len(found.changes)
    if number >= situation.settings.many_users:
        first = [change.user_principal_name for change in found.changes]
        yield Observation(
            headline=f"the values of {number:,} users change",
            text=f"The values of {number:,} users change: {listed(first)}. They take effect at "
            "each one's next sign-in.",
            urns=_shards(situation),
        )


def _cleared(situation: Situation) -> Iterator[Observation]:
    cleared = situation.users.cleared
    if not cleared:
        return
    lost = sorted({name for c in cleared for name, (_from, to) in c.values.items() if to is None})
    who = listed(change.user_principal_name for change in cleared)
    plural = "lose their" if len(cleared) > 1 else "loses the"
    yield Observation(
        headline=f"{who} {'lose' if len(cleared) > 1 else 'loses'} {' and '.join(lost)}",
        text=f"{who} {plural} {' and '.join(lost)}, and nothing takes its place: the claim is "
        "missing from the next token on.",
        urns=_shards(situation),
    )


def _unread(situation: Situation) -> Iterator[Observation]:
    for urn in situation.users.unread:
        yield Observation(text="Whose values change, and to what.", urns=(urn,), unknown=True)


def _property_deleted(situation: Situation) -> Iterator[Observation]:
    for change in situation.of_kind(kinds.EXTENSION_PROPERTY):
        if not change.gone or change.old is None:
            continue
        name = change.old.inputs.get("property_name")
        if name is UNKNOWN:
            yield Observation(
                text="Which extension property goes.", urns=(change.urn,), unknown=True
            )
            continue
        with_value = [
            user.user_principal_name
            for user in user_values(tuple(_as_new(situation))).changes
            if name in user.values
        ]
        if with_value:
            number = len(with_value)
            those = f"{number:,} users have" if number > 1 else "one user has"
            what = f"The value that {those} of it ({listed(with_value)}) is cleared"
        elif situation.preview.whole or not list(situation.of_kind(kinds.USER_ATTRIBUTES)):
            what = "No user declared here has a value of it; values that others have written go too"
        else:
            what = "Its values go with it"
        happens = "replaced by another one" if change.operation == "replace" else "deleted"
        yield Observation(
            headline=f"the extension property {name} is {happens}",
            text=f"The extension property {name} is {happens}. {what}, and the claim {name} is in "
            "no token any more.",
            urns=(change.urn,),
        )


def _as_new(situation: Situation) -> Iterator[Change]:
    """Yield each table as it is now, as if it were made: every value in it is a change."""
    for resource in situation.before.values():
        if resource.type == kinds.USER_ATTRIBUTES:
            yield Change(operation="create", urn=resource.urn, new=resource)


def _shards(situation: Situation) -> tuple[str, ...]:
    return tuple(change.urn for change in situation.of_kind(kinds.USER_ATTRIBUTES))


RULES = (
    Rule(
        id="extension-property-deleted",
        title="An extension property is deleted",
        severity=Severity.HIGH,
        consequence="The values of all users go with it; what reads the claim does without.",
        remedy="Keep the property, or check that nothing reads the claim. Made again by the same "
        "name on the same application, it has its old values back.",
        link=_EXTENSIONS,
        look=_property_deleted,
    ),
    Rule(
        id="many-users-changed",
        title="The values of many users change",
        severity=Severity.MEDIUM,
        consequence="A rule or a file is perhaps wrong for all of them.",
        remedy="Look at a few of them below; manyUsers sets how many are many.",
        link=_EXTENSIONS,
        look=_many,
    ),
    Rule(
        id="user-values-cleared",
        title="Values of users are cleared",
        severity=Severity.MEDIUM,
        consequence="The claim is missing from these users' tokens.",
        remedy="Check that they have left, or name their values.",
        link=_EXTENSIONS,
        look=_cleared,
    ),
    Rule(
        id="user-values-unknown",
        title="Values of users cannot be read",
        severity=Severity.MEDIUM,
        consequence="What happens to users is not in the preview.",
        remedy="Apply what the values come from first, then preview again.",
        link=_EXTENSIONS,
        look=_unread,
    ),
)
