"""One call of an operation, and what it answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from sandbox.entra.directory.tenant import Tenant
from sandbox.entra.graph.caller import Caller
from sandbox.entra.graph.errors import bad_request, denied
from sandbox.entra.identifiers import Identifiers

GraphVersion = Literal["v1.0", "beta"]


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphCall:
    """What an operation works with. The caller's permission has been checked."""

    tenant: Tenant
    ids: Identifiers
    now: datetime
    caller: Caller
    graph_url: str
    version: GraphVersion
    path: str
    """Decoded, without the version."""
    parameters: Mapping[str, str]
    query: Mapping[str, str]
    body: Any = field(repr=False)
    only_owned: bool
    """Whether the caller may act only on what it owns."""
    advanced: bool = False
    """Whether `ConsistencyLevel: eventual` asks for the index that advanced queries need.
    https://learn.microsoft.com/graph/aad-advanced-queries"""
    page_token_lifetime_s: int | None = None
    """How old a link to a next page may be; None: links do not get old."""

    @property
    def base_url(self) -> str:
        """Graph's address with the version, as references carry it."""
        return f"{self.graph_url}/{self.version}"

    def json_object(self) -> dict[str, Any]:
        """Return the body without OData annotations other than bindings.

        Raises:
            GraphError: 400, it is not a JSON object.
        """
        if not isinstance(self.body, dict):
            msg = "Unable to read JSON request payload."
            raise bad_request(msg)
        return {name: value for name, value in self.body.items() if not name.startswith("@odata.t")}

    def require_ownership(self, owner_ids: list[str]) -> None:
        """Refuse when the caller may act only on what it owns, and does not own this.

        Raises:
            GraphError: 403.
        """
        if self.only_owned and self.caller.object_id not in owner_ids:
            raise denied()


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphAnswer:
    """An answer before it is put on the wire; without `body` and `text` it has neither."""

    status: int
    body: Mapping[str, Any] | None = None
    text: str | None = None
    """Of the few operations that answer in plain text."""
    headers: Mapping[str, str] = field(default_factory=dict)
    delay_s: float = 0
    """How long it waits before it is sent."""


NO_CONTENT = GraphAnswer(status=204)


def ok(body: Mapping[str, Any]) -> GraphAnswer:
    """Return a 200."""
    return GraphAnswer(status=200, body=body)


def created(body: Mapping[str, Any]) -> GraphAnswer:
    """Return a 201."""
    return GraphAnswer(status=201, body=body)


def referenced_id(reference: object) -> str:
    """Return the object id at the end of an `@odata.id` or an item of `@odata.bind`.

    Raises:
        GraphError: 400, it is no address.
    """
    if not isinstance(reference, str) or "/" not in reference:
        msg = "Invalid value specified for property '@odata.id'."
        raise bad_request(msg)
    return reference.rstrip("/").rpartition("/")[2].casefold()
