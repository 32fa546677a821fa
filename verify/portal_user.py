"""What the portal makes of an ID token's claims.

The rules are those of the portal's own schema (krci-portal, packages/shared/src/models/user): text
`email`, `name` and `sub` are required, optional claims must be of their type when they are there.
The portal would next ask UserInfo for missing claims; this does not: Entra's UserInfo cannot carry
`default_namespace`, and its `picture` is an address that no browser may load.
https://learn.microsoft.com/entra/identity-platform/userinfo
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from verify.errors import PortalUserError

_MISSING = {
    "email": "The account has no email address. Set the user's mail in the directory; the"
    " application must have the optional claim `email` or the scope `email`.",
    "name": "The token has no name. Ask for the scope `profile`.",
    "sub": "The token has no subject; it is not an ID token.",
}
_OPTIONAL_TEXT = (
    "preferred_username",
    "given_name",
    "family_name",
    "picture",
    "default_namespace",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PortalUser:
    """A person as the portal knows them."""

    sub: str
    email: str
    name: str
    preferred_username: str | None
    picture: str | None
    default_namespace: str | None
    groups: tuple[str, ...]
    """As the token has them: object ids, unless the application emits names."""

    @classmethod
    def from_claims(cls, claims: Mapping[str, Any]) -> Self:
        """Make a user of verified claims.

        Raises:
            PortalUserError: the portal would refuse these claims; every reason is listed.
        """
        problems = [
            message if name not in claims else _wrong_type(name, claims[name])
            for name, message in _MISSING.items()
            if not isinstance(claims.get(name), str)
        ]
        problems += [
            _wrong_type(name, claims[name])
            for name in _OPTIONAL_TEXT
            if name in claims and not isinstance(claims[name], str)
        ]
        groups = _groups(claims.get("groups"))
        if groups is None:
            problems.append("The claim `groups` must be a list of text.")
        if problems or groups is None:
            raise PortalUserError(problems)
        return cls(
            sub=claims["sub"],
            email=claims["email"],
            name=claims["name"],
            preferred_username=claims.get("preferred_username"),
            picture=claims.get("picture"),
            default_namespace=claims.get("default_namespace"),
            groups=groups,
        )


def _wrong_type(name: str, value: object) -> str:
    return f"The claim `{name}` must be text, not {type(value).__name__}."


def _groups(claim: object) -> tuple[str, ...] | None:
    """Return the groups, or None when they are neither a list of text nor one written in JSON."""
    if claim is None:
        return ()
    if isinstance(claim, str):
        try:
            claim = json.loads(claim)
        except json.JSONDecodeError:
            return (str(claim),)
    if isinstance(claim, list) and all(isinstance(group, str) for group in claim):
        return tuple(claim)
    return None
