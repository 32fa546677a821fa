"""Claims mapping policies and their assignment to service principals.

https://learn.microsoft.com/graph/api/resources/claimsmappingpolicy
What a policy does to tokens is in `login.mapped_claims`.
"""

from __future__ import annotations

import json
from typing import Any

from sandbox.entra.directory.objects import ClaimsMappingPolicy
from sandbox.entra.graph import service_principals
from sandbox.entra.graph.call import (
    NO_CONTENT,
    GraphAnswer,
    GraphCall,
    created,
    ok,
    referenced_id,
)
from sandbox.entra.graph.entities import CLAIMS_MAPPING_POLICIES
from sandbox.entra.graph.errors import (
    bad_request,
    invalid_property,
    not_found,
    not_implemented,
    reference_exists,
    value_required,
)
from sandbox.entra.graph.listing import list_body, object_body

_KNOWN = frozenset({"id", "definition", "displayName", "isOrganizationDefault"})
_NOT_HERE = frozenset({"claimstransformation", "claimstransformations", "groupfilter"})


def list_all(call: GraphCall) -> GraphAnswer:
    """https://learn.microsoft.com/graph/api/claimsmappingpolicy-list"""
    return ok(list_body(call, CLAIMS_MAPPING_POLICIES, call.tenant.claims_mapping_policies))


def get(call: GraphCall) -> GraphAnswer:
    """https://learn.microsoft.com/graph/api/claimsmappingpolicy-get"""
    return ok(object_body(call, CLAIMS_MAPPING_POLICIES, _policy(call)))


def create(call: GraphCall) -> GraphAnswer:
    """https://learn.microsoft.com/graph/api/claimsmappingpolicy-post-claimsmappingpolicies"""
    body = _checked(call)
    for name in ("definition", "displayName"):
        if not body.get(name):
            raise value_required(name, "ClaimsMappingPolicy")
    policy = ClaimsMappingPolicy(
        object_id=call.ids.guid(),
        properties={"deletedDateTime": None, "isOrganizationDefault": False} | body,
    )
    call.tenant.claims_mapping_policies.add(policy)
    return created(object_body(call, CLAIMS_MAPPING_POLICIES, policy))


def update(call: GraphCall) -> GraphAnswer:
    """https://learn.microsoft.com/graph/api/claimsmappingpolicy-update"""
    policy = _policy(call)
    call.tenant.claims_mapping_policies.update(policy, _checked(call))
    return NO_CONTENT


def delete(call: GraphCall) -> GraphAnswer:
    """https://learn.microsoft.com/graph/api/claimsmappingpolicy-delete"""
    call.tenant.delete_claims_mapping_policy(_policy(call))
    return NO_CONTENT


def list_assigned(call: GraphCall) -> GraphAnswer:
    """https://learn.microsoft.com/graph/api/serviceprincipal-list-claimsmappingpolicies"""
    policy_ids = service_principals.find(call).claims_mapping_policy_ids
    found = (call.tenant.claims_mapping_policies.get(policy_id) for policy_id in policy_ids)
    return ok(list_body(call, CLAIMS_MAPPING_POLICIES, [policy for policy in found if policy]))


def assign(call: GraphCall) -> GraphAnswer:
    """https://learn.microsoft.com/graph/api/serviceprincipal-post-claimsmappingpolicies

    Whether the application accepts mapped claims is not looked at here: tokens fail instead.
    That a second policy is refused is from memory, and worded here.
    """
    service_principal = service_principals.find_owned(call)
    policy_id = referenced_id(call.json_object().get("@odata.id"))
    if call.tenant.claims_mapping_policies.get(policy_id) is None:
        raise not_found(policy_id)
    if policy_id in service_principal.claims_mapping_policy_ids:
        msg = "policies"
        raise reference_exists(msg)
    if service_principal.claims_mapping_policy_ids:
        msg = "A policy of type 'ClaimsMappingPolicy' is assigned already."
        raise bad_request(msg)
    call.tenant.service_principals.change(service_principal, claims_mapping_policy_ids=[policy_id])
    return NO_CONTENT


def unassign(call: GraphCall) -> GraphAnswer:
    """https://learn.microsoft.com/graph/api/serviceprincipal-delete-claimsmappingpolicies"""
    service_principal = service_principals.find_owned(call)
    policy_ids = service_principal.claims_mapping_policy_ids
    policy_id = call.parameters["policy"].casefold()
    if policy_id not in policy_ids:
        raise not_found(policy_id)
    remaining = [other for other in policy_ids if other != policy_id]
    call.tenant.service_principals.change(service_principal, claims_mapping_policy_ids=remaining)
    return NO_CONTENT


def _policy(call: GraphCall) -> ClaimsMappingPolicy:
    wanted = call.parameters["policy"]
    found = call.tenant.claims_mapping_policies.get(wanted)
    if found is None:
        raise not_found(wanted)
    return found


def _checked(call: GraphCall) -> dict[str, Any]:
    body = call.json_object()
    for name in body:
        if name not in _KNOWN:
            raise invalid_property(name)
    body.pop("id", None)
    if "definition" in body:
        _check_definition(body["definition"])
    return body


def _check_definition(definition: object) -> None:
    """Check that it is a list of one JSON text; the refusal is worded here."""
    message = "Property definition has an invalid value."
    if not isinstance(definition, list) or len(definition) != 1:
        raise bad_request(message)
    try:
        content = json.loads(definition[0])["ClaimsMappingPolicy"]
        schema = content.get("ClaimsSchema", [])
        valid = content.get("Version") == 1 and all(isinstance(entry, dict) for entry in schema)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise bad_request(message) from error
    if not valid:
        raise bad_request(message)
    for name in content:
        if name.casefold() in _NOT_HERE:
            msg = f"{name} in a claims mapping policy"
            raise not_implemented(msg)
