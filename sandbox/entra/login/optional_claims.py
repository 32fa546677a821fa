"""Optional claims of ID tokens and access tokens.

https://learn.microsoft.com/entra/identity-platform/optional-claims-reference
A claim that a person has no value for is left out, and so is one that is not known here.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

from sandbox.entra.directory.objects import Application, User
from sandbox.entra.directory.tenant import Tenant
from sandbox.entra.login.sessions import SignedIn
from sandbox.entra.login.subjects import LOOPBACK, shown_name

TokenKind = Literal["idToken", "accessToken"]
"""The lists in `optionalClaims` of an application."""

_GUEST_UPN = "include_externally_authenticated_upn"
_GUEST_UPN_WITHOUT_HASH = "include_externally_authenticated_upn_without_hash"

_OF_USER: Mapping[str, Callable[[User], Any]] = MappingProxyType(
    {
        "acct": lambda user: 1 if user.is_guest else 0,
        "ctry": lambda user: user.properties.get("country"),
        "email": lambda user: user.mail,
        "family_name": lambda user: user.properties.get("surname"),
        "given_name": lambda user: user.properties.get("givenName"),
        "ipaddr": lambda _user: LOOPBACK,
        "preferred_username": shown_name,
        "verified_primary_email": lambda user: [user.mail] if user.mail else None,
    }
)
_NEEDS_PROFILE = frozenset({"family_name", "given_name", "preferred_username", "upn"})
"""On the v2 endpoint these need the scope `profile`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionalClaimsRequest:
    """Which of the lists, and what the claims depend on beside the person."""

    token: TokenKind
    has_profile: bool
    """Whether the scope `profile` was asked for (always true on v1)."""
    account: SignedIn | None


def requested_claims(application: Application, token: TokenKind) -> list[dict[str, Any]]:
    """Return the entries of one of the lists."""
    optional = application.properties.get("optionalClaims") or {}
    return optional.get(token) or []


def optional_claims(
    tenant: Tenant, application: Application, user: User, request: OptionalClaimsRequest
) -> dict[str, Any]:
    """Return the claims that `optionalClaims` of the application asks for."""
    claims: dict[str, Any] = {}
    for wanted in requested_claims(application, request.token):
        name = wanted.get("name", "")
        if name in _NEEDS_PROFILE and not request.has_profile:
            continue
        if name == "upn":
            claims[name] = _upn(user, set(wanted.get("additionalProperties") or []))
        elif name in _OF_USER:
            claims[name] = _OF_USER[name](user)
        elif name.startswith("extension_"):
            claims.update(_extension(tenant, application, user, name))
        else:
            claims.update(_of_session(name, user, request))
    return {name: value for name, value in claims.items() if value is not None}


def login_hint(user: User) -> str:
    """Return the claim `login_hint`: opaque, and good as the parameter of that name."""
    return f"O.{base64.urlsafe_b64encode(user.object_id.encode()).rstrip(b'=').decode()}"


def _of_session(name: str, user: User, request: OptionalClaimsRequest) -> Iterator[tuple[str, Any]]:
    account = request.account
    if name == "auth_time" and account:
        yield name, int(account.auth_time.timestamp())
    elif name == "sid" and account:
        yield name, account.session_id
    elif name == "login_hint":
        yield name, login_hint(user)
    elif name == "idtyp" and request.token == "accessToken":
        yield name, "user"


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
