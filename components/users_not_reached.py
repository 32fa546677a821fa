"""The end of an update that did not bring every user to the declared values.

The shards themselves do not fail: the engine would begin none of the others, and would keep no
record of what was written. So the update fails here, when everything else is done.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pulumi

from graph.user_failures import UserFailure, failure_table


def fail_for_users_not_reached(
    failures: pulumi.Output[Sequence[Mapping[str, str]]], *, after: Sequence[pulumi.Input[Any]]
) -> None:
    """Fail the update with a table of `failures`, as soon as all of `after` is known.

    A preview does not fail: it shows what the update will try again.
    """

    def report(known: Sequence[Any]) -> None:
        listed: Iterable[Mapping[str, str]] = known[0]
        if (failed := [UserFailure.parse(each) for each in listed]) and not (
            pulumi.runtime.is_dry_run()
        ):
            raise pulumi.RunError(failure_table(failed))

    pulumi.Output.all(failures, *after).apply(report)
