"""Optional claims of ID tokens.

https://learn.microsoft.com/entra/identity-platform/optional-claims-reference
A claim that a person has no value for is left out, and so is one that is not known here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from sandbox.entra.directory.objects import Application, User
from sandbox.entra.directory.tenant import Tenant

_GUEST_UPN = "include_externally_authenticated_upn"
_GUEST_UPN_WITHOUT_HASH = "include_externally_authenticated_upn_without_hash"

_OF_USER: Mapping[str, Callable[[User], Any]] = MappingProxyType(
    {
        "acct": lambda user: 1 if user.is_guest else 0,
        "ctry": lambda user: user.properties.get("country"),
        "email": lambda user: user.mail,
        "family_name": lambda user: user.properties.get("surname"),
        "given_name": lambda user: user.properties.get("givenName"),
        "preferred_username": lambda user: user.mail if user.is_guest else user.user_principal_name,
        "verified_primary_email": lambda user: [user.mail] if user.mail else None,
    }
)
_NEEDS_PROFILE = frozenset({"family_name", "given_name", "preferred_username", "upn"})
"""On the v2 endpoint these need the scope `profile`."""


def optional_claims(
    tenant: Tenant, application: Application, user: User, *, has_profile: bool, auth_time: int
) -> dict[str, Any]:
    """Return the claims that `optionalClaims.idToken` of the application asks for.

    `has_profile`: whether the scope `profile` was asked for (always true on v1).
    """
    optional = application.properties.get("optionalClaims") or {}
    claims: dict[str, Any] = {}
    for wanted in optional.get("idToken") or []:
        name = wanted.get("name", "")
        if name in _NEEDS_PROFILE and not has_profile:
            continue
        if name == "auth_time":
            claims[name] = auth_time
        elif name == "upn":
            claims[name] = _upn(user, set(wanted.get("additionalProperties") or []))
        elif name in _OF_USER:
            claims[name] = _OF_USER[name](user)
        elif name.startswith("extension_"):
            claims.update(_extension(tenant, application, user, name))
    return {name: value for name, value in claims.items() if value is not None}


def _upn(user: User, properties: set[str]) -> str | None:
    if not user.is_guest:
        return user.user_principal_name
    if _GUEST_UPN_WITHOUT_HASH in properties:
        return user.user_principal_name.replace("#", "_")
    return user.user_principal_name if _GUEST_UPN in properties else None


def _extension(
    tenant: Tenant, application: Application, user: User, name: str
) -> Iterator[tuple[str, Any]]:
    """Extension values of the application itself come out as `extn.<name>`.

    https://learn.microsoft.com/entra/identity-platform/optional-claims#configure-directory-extension-optional-claims
    """
    definition = tenant.extension_property(name)
    prefix = f"extension_{application.app_id.replace('-', '')}_"
    if definition and definition.name == name and name.startswith(prefix):
        yield f"extn.{name.removeprefix(prefix)}", user.extension_values.get(name)
