"""What to tell people when some users could not be brought to their declared values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields

from graph.errors import GraphError, GraphFault

NOT_AVAILABLE = "The following extension properties are not available"
"""Start of Graph's 400 for a property that is not registered, or whose application has no service
principal (yet): captured by others, see https://learn.microsoft.com/graph/extensibility-overview"""


@dataclass(frozen=True, slots=True, kw_only=True)
class UserFailure:
    """One user who is not as declared: what was wanted, what the directory said, what to do."""

    user: str
    """User principal name."""
    change: str
    answer: str
    remedy: str

    @classmethod
    def of(cls, user: str, change: str, why: GraphFault | GraphError) -> UserFailure:
        """Say what to do about a fault of this user, or an error that stopped all of them."""
        remedy = _remedy(why) if isinstance(why, GraphFault) else _UNREACHABLE
        return cls(user=user, change=change, answer=str(why), remedy=remedy)

    @classmethod
    def parse(cls, raw: Mapping[str, str]) -> UserFailure:
        """Read what `props` gave."""
        return cls(**{entry.name: raw[entry.name] for entry in fields(cls)})

    def props(self) -> dict[str, str]:
        """Return the failure as it stands in the state."""
        return asdict(self)


def failure_table(failures: Iterable[UserFailure]) -> str:
    """Return a table of users who are not as declared, and what to do about each."""
    listed = sorted(failures, key=lambda failure: failure.user.casefold())
    count = f"{len(listed)} users" if len(listed) > 1 else "1 user"
    lines = [
        f"{count} could not be brought to the declared values. All others are done; the next "
        "`pulumi up` does only the rest.",
        "",
        *_table([(failure.user, failure.change, failure.answer) for failure in listed]),
        "",
        "What to do:",
    ]
    by_remedy: dict[str, list[str]] = {}
    for failure in listed:
        by_remedy.setdefault(failure.remedy, []).append(failure.user)
    lines += [f"  {_named(users)}: {remedy}" for remedy, users in by_remedy.items()]
    return "\n".join(lines)


class UserAttributesError(GraphError):
    """Some users could not be cleared before their values' definitions go; all others are."""

    def __init__(self, failures: Sequence[UserFailure]) -> None:
        self.failures = tuple(failures)
        super().__init__(self.failures)

    def __str__(self) -> str:
        return failure_table(self.failures)


_UNREACHABLE = "When the directory answers again, run `pulumi up` again."
_MOST_NAMED = 20
_MOST_LISTED = 200


def _remedy(fault: GraphFault) -> str:
    match fault.status:
        case 403:
            return (
                "Give the identity that runs Pulumi the application permissions User.Read.All "
                "and User.ReadUpdate.All (or User.ReadWrite.All) with admin consent. If other "
                "users were written, this one is probably in a restricted management "
                "administrative unit: give the identity a directory role scoped to that unit."
            )
        case 404:
            return (
                "The user is no longer in the directory: take the user out of the "
                "configuration, or restore the user."
            )
        case 400 if fault.message.startswith(NOT_AVAILABLE):
            return (
                "The application that owns the property needs a service principal in this "
                "tenant. Minutes after both were created, just run `pulumi up` again."
            )
        case 400:
            return "Correct the value in the configuration."
        case 429 | 503 | 504:
            return "The directory was too busy: run `pulumi up` again."
        case _:
            return (
                "Run `pulumi up` again; if it happens again, ask Microsoft support with the "
                "request-id."
            )


def _named(users: Sequence[str]) -> str:
    more = len(users) - _MOST_NAMED
    return ", ".join(users[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


def _table(rows: Sequence[tuple[str, str, str]]) -> list[str]:
    titled = [("user", "change", "answer"), *rows[:_MOST_LISTED]]
    widths = [max(len(row[column]) for row in titled) for column in range(2)]
    lines = [f"  {user:<{widths[0]}}  {change:<{widths[1]}}  {why}" for user, change, why in titled]
    more = len(rows) - _MOST_LISTED
    return [*lines, f"  … and {more} more"] if more > 0 else lines
