"""Federated identity credentials: https://learn.microsoft.com/graph/api/resources/federatedidentitycredential

With Application.ReadWrite.OwnedBy alone they are read of owned applications only: no document says
that the permission reaches further.
"""

from __future__ import annotations

from typing import Any

from sandbox.entra.directory.objects import Application
from sandbox.entra.graph.applications import find_owned
from sandbox.entra.graph.call import NO_CONTENT, GraphAnswer, GraphCall, created, ok
from sandbox.entra.graph.errors import (
    already_exists,
    bad_request,
    invalid_property,
    not_found,
    value_required,
)

_KNOWN = frozenset({"id", "name", "issuer", "subject", "audiences", "description"})
_REQUIRED = ("name", "issuer", "subject", "audiences")
_MOST = 20
"""https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations"""


def list_all(call: GraphCall) -> GraphAnswer:
    """https://learn.microsoft.com/graph/api/application-list-federatedidentitycredentials"""
    return ok({"value": list(find_owned(call).federated_credentials.values())})


def get(call: GraphCall) -> GraphAnswer:
    """https://learn.microsoft.com/graph/api/federatedidentitycredential-get"""
    return ok(_credential(call, find_owned(call).federated_credentials))


def create(call: GraphCall) -> GraphAnswer:
    """https://learn.microsoft.com/graph/api/application-post-federatedidentitycredentials"""
    application = find_owned(call)
    credentials = application.federated_credentials
    body = _checked(call)
    for name in _REQUIRED:
        if not body.get(name):
            raise value_required(name, "FederatedIdentityCredential")
    if len(credentials) >= _MOST:
        msg = f"Only {_MOST} federated identity credentials are allowed."
        raise bad_request(msg)
    _refuse_duplicates(body, list(credentials.values()))
    credential = {"id": call.ids.guid(), "description": None} | body
    _store(call, application, {**credentials, credential["id"]: credential})
    return created(credential)


def update(call: GraphCall) -> GraphAnswer:
    """https://learn.microsoft.com/graph/api/federatedidentitycredential-update"""
    application = find_owned(call)
    credentials = application.federated_credentials
    credential = _credential(call, credentials)
    body = _checked(call)
    if body.get("name", credential["name"]) != credential["name"]:
        msg = "Property 'name' of resource 'FederatedIdentityCredential' is read-only."
        raise bad_request(msg)
    changed = credential | body
    others = [other for other in credentials.values() if other is not credential]
    _refuse_duplicates(changed, others)
    _store(call, application, {**credentials, credential["id"]: changed})
    return NO_CONTENT


def delete(call: GraphCall) -> GraphAnswer:
    """https://learn.microsoft.com/graph/api/federatedidentitycredential-delete"""
    application = find_owned(call)
    credentials = application.federated_credentials
    gone = _credential(call, credentials)["id"]
    _store(call, application, {key: kept for key, kept in credentials.items() if key != gone})
    return NO_CONTENT


def _store(call: GraphCall, application: Application, credentials: dict[str, Any]) -> None:
    call.tenant.applications.change(application, federated_credentials=credentials)


def _credential(call: GraphCall, credentials: dict[str, dict[str, Any]]) -> dict[str, Any]:
    wanted = call.parameters["credential"]
    for credential in credentials.values():
        if wanted in {credential["id"], credential["name"]}:
            return credential
    raise not_found(wanted)


def _checked(call: GraphCall) -> dict[str, Any]:
    body = call.json_object()
    for name in body:
        if name not in _KNOWN:
            raise invalid_property(name)
    body.pop("id", None)
    audiences = body.get("audiences")
    if audiences is not None and len(audiences) != 1:
        msg = "Property 'audiences' must contain exactly one value."
        raise bad_request(msg)
    return body


def _refuse_duplicates(body: dict[str, Any], others: list[dict[str, Any]]) -> None:
    """Names are unique, and so is each combination of issuer and subject."""
    for other in others:
        if other["name"] == body["name"]:
            message = f"FederatedIdentityCredential with name {body['name']} already exists."
            raise already_exists(message, status=409)
        if (other["issuer"], other["subject"]) == (body["issuer"], body["subject"]):
            message = (
                "FederatedIdentityCredential with the same issuer and subject already exists on"
                " app."
            )
            raise already_exists(message, status=409)
