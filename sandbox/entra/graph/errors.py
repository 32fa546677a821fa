"""Errors of Microsoft Graph.

https://learn.microsoft.com/graph/errors#error-resource-type
None was captured from the live service. Wordings that public reports quote, and that clients match
on, are kept to the letter; those that a docstring calls "worded here" are not.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sandbox.entra.request_log import NOT_IMPLEMENTED


class GraphError(Exception):
    """Microsoft Graph refuses with a status, a code and a message."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        headers: Mapping[str, str] | None = None,
        inner: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.status = status
        self.code = code
        self.message = message
        self.headers = headers or {}
        self.inner = inner or {}
        """What `innerError` has besides the ids."""

    def body(self, *, request_id: str, client_request_id: str, moment: datetime) -> dict[str, Any]:
        """Return the JSON of the answer."""
        return {
            "error": {
                "code": self.code,
                "message": self.message,
                "innerError": {
                    **self.inner,
                    "date": moment.strftime("%Y-%m-%dT%H:%M:%S"),
                    "request-id": request_id,
                    "client-request-id": client_request_id,
                },
            }
        }


def not_implemented(what: str) -> GraphError:
    """Return the sandbox's own answer to what it does not have; never Graph's."""
    message = f"The sandbox does not have this part of Microsoft Graph: {what}"
    return GraphError(NOT_IMPLEMENTED, "NotImplemented", message)


def unauthenticated(message: str) -> GraphError:
    """https://learn.microsoft.com/graph/resolve-auth-errors"""
    return GraphError(
        401,
        "InvalidAuthenticationToken",
        message,
        {"WWW-Authenticate": 'Bearer realm="", error="invalid_token"'},
    )


def denied() -> GraphError:
    """The caller lacks a permission, or does not own what it may change only as an owner."""
    message = "Insufficient privileges to complete the operation."
    return GraphError(403, "Authorization_RequestDenied", message)


def not_found(name: str) -> GraphError:
    """An object, or one that the request refers to, does not exist."""
    message = (
        f"Resource '{name}' does not exist or one of its queried reference-property objects are"
        " not present."
    )
    return GraphError(404, "Request_ResourceNotFound", message)


def bad_request(message: str) -> GraphError:
    """The general refusal of a body."""
    return GraphError(400, "Request_BadRequest", message)


def invalid_property(name: str) -> GraphError:
    """A body has a property that the object does not have."""
    return bad_request(f"Invalid property '{name}'.")


def value_required(name: str, resource: str) -> GraphError:
    """A body lacks a property that it must have."""
    return bad_request(f"A value is required for property '{name}' of resource '{resource}'.")


def extensions_not_available(names: list[str]) -> GraphError:
    """They are not registered, or the application that owns them has no service principal."""
    listed = ", ".join(names)
    return bad_request(f"The following extension properties are not available: {listed}.")


def already_exists(message: str, status: int = 400) -> GraphError:
    """Another object has the same key."""
    return GraphError(status, "Request_MultipleObjectsWithSameKeyValue", message)


def reference_exists(name: str) -> GraphError:
    """A reference is added that is there already."""
    return bad_request(
        "One or more added object references already exist for the following modified properties:"
        f" '{name}'."
    )


def unsupported_query(message: str) -> GraphError:
    """A query that Graph refuses."""
    return GraphError(400, "Request_UnsupportedQuery", message)


def enabled_entitlement() -> GraphError:
    """An enabled application role or scope is taken away; the azuread provider matches on this."""
    message = "Permission (scope or role) cannot be deleted or updated unless disabled first."
    return GraphError(400, "CannotDeleteOrUpdateEnabledEntitlement", message)
