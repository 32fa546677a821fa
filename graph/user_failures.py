"""What to tell people when some users could not be brought to their declared values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from graph.errors import GraphError, GraphFault

NOT_AVAILABLE = "The following extension properties are not available"
"""Start of Graph's 400 for a property that is not registered, or whose application has no service
principal (yet): captured by others, see https://learn.microsoft.com/graph/extensibility-overview"""


@dataclass(frozen=True, slots=True, kw_only=True)
class UserFailure:
    """One user that Graph did not let be read or written, and what was wanted."""

    user_principal_name: str
    change: str
    fault: GraphFault

    @property
    def remedy(self) -> str:
        """What to do about it, in a sentence or two."""
        match self.fault.status:
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
            case 400 if self.fault.message.startswith(NOT_AVAILABLE):
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


class UserAttributesError(GraphError):
    """Some users are not as declared; all others are. `failures` has exactly those users."""

    def __init__(self, failures: Sequence[UserFailure], *, of: int) -> None:
        self.failures = tuple(failures)
        self.of = of
        super().__init__(self.failures, of)

    def __str__(self) -> str:
        done = self.of - len(self.failures)
        lines = [
            f"{len(self.failures)} of {self.of} users could not be brought to their declared "
            f"values. The other {done} are done; the next `pulumi up` does only the rest.",
            "",
            *_table([(f.user_principal_name, f.change, str(f.fault)) for f in self.failures]),
            "",
            "What to do:",
        ]
        by_remedy: dict[str, list[str]] = {}
        for failure in self.failures:
            by_remedy.setdefault(failure.remedy, []).append(failure.user_principal_name)
        lines += [f"  {', '.join(users)}: {remedy}" for remedy, users in by_remedy.items()]
        return "\n".join(lines)


def _table(rows: Sequence[tuple[str, str, str]]) -> list[str]:
    titled = [("user", "change", "answer"), *rows]
    widths = [max(len(row[column]) for row in titled) for column in range(2)]
    return [f"  {user:<{widths[0]}}  {change:<{widths[1]}}  {why}" for user, change, why in titled]
