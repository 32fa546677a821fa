"""How long nobody can sign in to the cluster by OIDC.

Associating and disassociating an EKS identity provider has been seen to take 2 to 25 minutes each:
https://github.com/aws/containers-roadmap/issues/1438,
https://github.com/hashicorp/terraform-provider-aws/issues/20155
"""

from __future__ import annotations

from dataclasses import dataclass

from review import kinds
from review.situation import Situation
from review.values import at

EACH_WAY_MIN = (5, 25)


@dataclass(frozen=True, slots=True, kw_only=True)
class Interruption:
    """An estimate in minutes; `longest` is None when it does not end by itself."""

    shortest: int = 0
    longest: int | None = 0
    clusters: tuple[str, ...] = ()

    @property
    def any(self) -> bool:
        """Whether there is a time without OIDC login at all."""
        return bool(self.clusters)

    def describe(self) -> str:
        """Return the estimate in words."""
        if not self.any:
            return "none"
        where = " and ".join(self.clusters)
        if self.longest is None:
            return f"from the update on, for {where}: it does not end by itself"
        return f"{self.shortest} to {self.longest} minutes, for {where} (an estimate)"


def interruption_of(situation: Situation) -> Interruption:
    """Return the time without OIDC login that the changes make."""
    replaced: list[str] = []
    removed: list[str] = []
    for change in situation.of_kind(kinds.IDENTITY_PROVIDER):
        old = str(at(change.old.inputs if change.old else {}, "clusterName"))
        new = str(at(change.new.inputs if change.new else {}, "clusterName"))
        if change.operation == "delete" or (change.operation == "replace" and old != new):
            removed.append(old)
        elif change.operation == "replace":
            replaced.append(old)
    staying = {
        str(at(resource.inputs, "clusterName"))
        for resource in situation.resources_after(kinds.IDENTITY_PROVIDER)
        if situation.preview.whole
    }
    removed = [cluster for cluster in removed if cluster not in staying]
    if removed:
        return Interruption(longest=None, clusters=tuple(sorted({*removed, *replaced})))
    if replaced:
        # EKS makes one change of a cluster at a time; clusters go side by side.
        shortest, longest = (2 * minutes for minutes in EACH_WAY_MIN)
        return Interruption(
            shortest=shortest, longest=longest, clusters=tuple(sorted(set(replaced)))
        )
    return Interruption()
