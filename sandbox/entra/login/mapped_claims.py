"""Claims of the claims mapping policy that is assigned to the application's service principal.

https://learn.microsoft.com/entra/identity-platform/reference-claims-customization
Claims transformations are not here: Graph's stand-in refuses policies that have them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

from sandbox.entra.directory.objects import Application, User
from sandbox.entra.directory.tenant import Tenant
from sandbox.entra.login.access_errors import MAPPED_CLAIMS_AUDIENCE, SIGNING_KEY_REQUIRED
from sandbox.entra.login.errors import LoginError

RESTRICTED = frozenset(
    {
        *("acct", "acr", "acrs", "actor", "aio", "altsecid", "amr", "app_displayname", "appctx"),
        *("appid", "appidacr", "at_hash", "auth_time", "azp", "azpacr", "aud", "c_hash", "cid"),
        *("client_id", "cloud_instance_name", "cnf", "code", "controls", "credential_keys", "csr"),
        *("deviceid", "domain_dns_name", "e_exp", "email", "endpoint", "enfpolids", "exp"),
        *("expires_on", "fido_auth_data", "fwd", "grant_type", "graph", "group_sids", "groups"),
        *("hasgroups", "haswids", "iat", "identityprovider", "idp", "idtyp", "in_corp", "ipaddr"),
        *("iss", "isviral", "jwk", "key_id", "key_type", "login_hint", "mam_compliance_url"),
        *("mam_enrollment_url", "mdm_compliance_url", "nbf", "netbios_name", "nickname", "nonce"),
        *("oid", "on_prem_id", "onprem_sid", "openid2_id", "origin_header", "password", "platf"),
        *("polids", "pop_jwk", "preferred_username", "primary_sid", "prov_data", "puid", "pwd_exp"),
        *("pwd_url", "rdp_bt", "redirect_uri", "refresh_token", "refreshtoken", "request_nonce"),
        *("resource", "rh", "role", "roles", "rp_id", "scope", "scp", "secaud", "sid"),
        *("signature", "signin_state", "src1", "src2", "sub", "target_deviceid", "tbid", "tbidv2"),
        *("tenant_ctry", "tenant_display_name", "tenant_region_scope", "tenant_region_sub_scope"),
        *("thumbnail_photo", "tid", "tokenautologonenabled", "trustedfordelegation", "ttr"),
        *("unique_name", "upn", "user_agent", "user_setting_sync_url", "username", "uti", "ver"),
        *("verified_primary_email", "verified_secondary_email", "vnet", "vsm_binding_key"),
        *("wamcompat_client_info", "wamcompat_id_token", "wamcompat_scopes", "wids", "win_ver"),
        *("_claim_names", "_claim_sources", "access_token", "account_type", "x5c_ca"),
    }
)  # fmt: skip
"""Claims that no policy can emit."""
_RESTRICTED_PREFIXES = ("extn.", "xms_")

_USER_ATTRIBUTES: Mapping[str, Callable[[User], Any]] = MappingProxyType(
    {
        "city": lambda user: user.properties.get("city"),
        "companyname": lambda user: user.properties.get("companyName"),
        "country": lambda user: user.properties.get("country"),
        "department": lambda user: user.properties.get("department"),
        "displayname": lambda user: user.display_name,
        "employeeid": lambda user: user.properties.get("employeeId"),
        "givenname": lambda user: user.properties.get("givenName"),
        "jobtitle": lambda user: user.properties.get("jobTitle"),
        "mail": lambda user: user.mail,
        "localuserprincipalname": lambda user: user.user_principal_name,
        "mailnickname": lambda user: user.properties.get("mailNickname"),
        "objectid": lambda user: user.object_id,
        "officelocation": lambda user: user.properties.get("officeLocation"),
        "postalcode": lambda user: user.properties.get("postalCode"),
        "preferredlanguage": lambda user: user.properties.get("preferredLanguage"),
        "state": lambda user: user.properties.get("state"),
        "streetaddress": lambda user: user.properties.get("streetAddress"),
        "surname": lambda user: user.properties.get("surname"),
        "telephonenumber": lambda user: next(
            iter(user.properties.get("businessPhones") or []), None
        ),
        "usertype": lambda user: user.properties.get("userType"),
        "userprincipalname": lambda user: user.user_principal_name,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class MappedClaims:
    """What the assigned policy does to a token."""

    claims: Mapping[str, Any]
    with_basic_claims: bool
    """False: the token keeps the claims of the core set only."""


def mapped_claims(tenant: Tenant, application: Application, user: User) -> MappedClaims:
    """Return what the assigned policies add.

    Raises:
        LoginError: AADSTS50146, when there is one and the application does not accept them.
    """
    service_principal = tenant.service_principal_of(application.app_id)
    policy_ids = service_principal.claims_mapping_policy_ids if service_principal else []
    if policy_ids and not application.accepts_mapped_claims:
        raise LoginError(SIGNING_KEY_REQUIRED)
    claims: dict[str, Any] = {}
    with_basic_claims = True
    for policy_id in policy_ids:
        policy = tenant.claims_mapping_policies.get(policy_id)
        for definition in policy.properties["definition"] if policy else ():
            content = json.loads(definition)["ClaimsMappingPolicy"]
            if str(content.get("IncludeBasicClaimSet", "true")).casefold() == "false":
                with_basic_claims = False
            claims.update(_claims_of(content.get("ClaimsSchema", []), tenant, application, user))
    return MappedClaims(claims=claims, with_basic_claims=with_basic_claims)


def require_audience(tenant: Tenant, resource: Application, identifier: str) -> None:
    """Check that mapped claims may be in access tokens for a resource called `identifier`.

    https://learn.microsoft.com/entra/identity-platform/jwt-claims-customization

    Raises:
        LoginError: AADSTS501461, it is neither the client id nor in one of the tenant's domains.
    """
    host = (urlsplit(identifier).hostname or "").casefold()
    in_domain = host == tenant.domain or host.endswith(f".{tenant.domain}")
    if identifier.casefold() != resource.app_id and not in_domain:
        raise LoginError(MAPPED_CLAIMS_AUDIENCE)


def _claims_of(
    schema: list[Mapping[str, Any]], tenant: Tenant, application: Application, user: User
) -> Iterator[tuple[str, Any]]:
    for entry in schema:
        name = entry.get("JwtClaimType")
        if not name or name.casefold() in RESTRICTED or name.startswith(_RESTRICTED_PREFIXES):
            continue
        value = _value_of(entry, tenant, application, user)
        if value is not None:
            yield name, value


def _value_of(
    entry: Mapping[str, Any], tenant: Tenant, application: Application, user: User
) -> object:
    if "Value" in entry:
        return entry["Value"]
    source = str(entry.get("Source", "")).casefold()
    if source == "user" and "ExtensionID" in entry:
        name = entry["ExtensionID"]
        definition = tenant.extension_property(name)
        # The token service compares with case, unlike the rest of the directory.
        # https://learn.microsoft.com/entra/identity-platform/schema-extensions
        if definition is None or definition.name != name:
            return None
        return user.extension_values.get(name)
    attribute = str(entry.get("ID", "")).casefold()
    if source == "user":
        reader = _USER_ATTRIBUTES.get(attribute)
        return reader(user) if reader else None
    if source in {"application", "resource"}:
        return {"displayname": application.display_name, "objectid": application.object_id}.get(
            attribute
        )
    return None
