"""A temper as data: each behaviour is a setting of its own, absent or zero when it is off.

Times are seconds of the real service; `time_scale` makes all of them shorter alike. A rate is the
share of requests (0 to 1) that something happens to.
"""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

WRITES: tuple[Method, ...] = ("POST", "PATCH", "PUT", "DELETE")
Method = Literal["GET", "POST", "PATCH", "PUT", "DELETE"]
ObjectKind = Literal[
    "application",
    "servicePrincipal",
    "user",
    "group",
    "claimsMappingPolicy",
    "appRoleAssignment",
    "oAuth2PermissionGrant",
]
"""Types of Microsoft Graph; extension properties and credentials are of the application."""
Rate = Annotated[float, Field(ge=0, le=1)]
Seconds = Annotated[float, Field(ge=0)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SlowAnswers(_Part):
    """Some requests are answered late: they are done at once, and the answer waits."""

    rate: Rate
    seconds: Seconds


class Throttling(_Part):
    """The quotas of https://learn.microsoft.com/graph/throttling-limits, identity and access.

    The defaults are the documented ones. `rate` is the share of requests that are answered 429
    although the quotas are not used up, as "when the services are under an important load".
    """

    tenant_size: Literal["S", "M", "L"] | None = None
    """Decides the resource units; None: by the number of users (below 50, to 500, above)."""
    resource_units: int | None = Field(default=None, gt=0)
    """Per application and tenant in 10 s; None: 3,500, 5,000 or 8,000 by the tenant's size."""
    writes: int = Field(default=3000, gt=0)
    """Per application and tenant in 150 s."""
    tenant_writes: int = Field(default=18_000, gt=0)
    """Of all applications in the tenant in 300 s."""
    rate: Rate = 0
    retry_after_s: int = Field(default=10, gt=0)
    """What a 429 that comes of `rate` asks the client to wait."""


class Unavailable(_Part):
    """Requests answered 503 (nothing was done) or 504 (all was done, the answer was lost)."""

    rate: Rate = 0
    """Of whole requests, a batch being one."""
    item_rate: Rate = 0
    """Of the items of batches."""
    statuses: tuple[Literal[503, 504], ...] = Field(default=(503, 504), min_length=1)
    retry_after_s: int | None = Field(default=None, gt=0)


class Connections(_Part):
    """Connections that are reset instead of an answer."""

    lost_before_rate: Rate = 0
    """Before anything was done."""
    lost_after_rate: Rate = 0
    """After everything was done."""


class Replication(_Part):
    """Reads that do not see a write yet.

    For a while after it, reads show the object as it was before: not there (404), or with its old
    values. Requests that speak of a new object are refused as if it did not exist. The time is
    drawn once an object, between the bounds, from the seed and the object's id.
    """

    rate: Rate = 1
    """The share of objects that this happens to."""
    kinds: tuple[ObjectKind, ...] = ()
    """What kinds of objects it happens to; empty means any."""
    at_least_s: Seconds = 0
    at_most_s: Seconds

    @model_validator(mode="after")
    def _is_ordered(self) -> Self:
        if self.at_least_s > self.at_most_s:
            msg = f"at_least_s ({self.at_least_s:g}) is more than at_most_s ({self.at_most_s:g})"
            raise ValueError(msg)
        return self


class Fault(_Part):
    """Something scripted that happens to matching requests, items of batches included.

    `path` is a shell pattern over the decoded path without its version, compared without case.
    A batch itself is matched only by `/$batch`; otherwise a pattern means its items.
    """

    methods: tuple[Method, ...] = ()
    """Empty means any."""
    path: str = "*"
    skip: int = Field(default=0, ge=0)
    """How many matching requests pass before."""
    times: int | None = Field(default=1, gt=0)
    """How often it happens; None: until the temper is switched."""
    status: int | None = Field(default=None, ge=400, le=599)
    """Answered instead, with Graph's own code and message unless they are given."""
    code: str | None = None
    message: str | None = None
    retry_after_s: int | None = Field(default=None, gt=0)
    applied: bool = False
    """Whether the request is carried out although its answer says otherwise."""
    lose_connection: bool = False
    """Reset the connection instead of answering; a batch is carried out up to this item."""
    delay_s: Seconds = 0
    """Let the answer wait; the request is done at once."""

    @model_validator(mode="after")
    def _does_one_thing(self) -> Self:
        if self.status is not None and self.lose_connection:
            msg = "a fault has a status or loses the connection, not both"
            raise ValueError(msg)
        if self.status is None and not self.lose_connection and not self.delay_s:
            msg = "a fault needs one of status, lose_connection and delay_s"
            raise ValueError(msg)
        return self


class Temper(_Part):
    """How the directory behaves; the default one never disturbs anybody."""

    seed: int = 0
    """The same seed and the same requests give the same decisions, whatever their order."""
    time_scale: float = Field(default=1, gt=0)
    """Divides latencies, delays, quota windows and replication lag, for faster benchmarks.

    A `Retry-After` stays a whole number of seconds, at least 1.
    """
    latency_s: Seconds = 0
    """Every request takes this long; many may be under way at once."""
    slow_answers: SlowAnswers | None = None
    throttling: Throttling | None = None
    unavailable: Unavailable | None = None
    connections: Connections | None = None
    replication: Replication | None = None
    token_lifetime_s: int | None = Field(default=None, gt=0)
    """Of access tokens issued from now on; None: an hour. `expires_in` tells the truth."""
    tokens_refused_after_s: int | None = Field(default=None, gt=0)
    """Graph answers 401 to tokens older than this, whatever lifetime they claim."""
    page_tokens_expire_after_s: int | None = Field(default=None, gt=0)
    """`@odata.nextLink` answers 400 Directory_ExpiredPageToken when it is older."""
    faults: tuple[Fault, ...] = ()
    """Each is asked in this order; the first that applies counts."""
