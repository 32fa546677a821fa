"""Whom a person at the sign-in page says to be, and whether that is so."""

from __future__ import annotations

from collections.abc import Iterator

from sandbox.entra.directory.objects import User
from sandbox.entra.directory.tenant import Tenant
from sandbox.entra.login.errors import LoginError
from sandbox.entra.login.optional_claims import login_hint
from sandbox.entra.login.request_errors import USER_DISABLED, USER_NOT_FOUND, WRONG_PASSWORD

MOST_SHOWN = 8
"""A tenant has tens of thousands of people, and a page must not."""


def find_person(tenant: Tenant, login: str) -> User:
    """Return the person with this user principal name or mail.

    Raises:
        LoginError: AADSTS50034, nobody, or a mail that several people have.
    """
    found = tenant.users.find("userPrincipalName", login) or tenant.users.find("mail", login)
    if len(found) != 1:
        raise LoginError(USER_NOT_FOUND, login=login, tenant=tenant.display_name)
    return found[0]


def authenticate(tenant: Tenant, login: str, password: str) -> User:
    """Return the person with this name and password.

    Raises:
        LoginError: AADSTS50034, 50126 or 50057.
    """
    user = find_person(tenant, login)
    if user.password != password:
        raise LoginError(WRONG_PASSWORD)
    require_enabled(user)
    return user


def require_enabled(user: User) -> None:
    """Refuse people whose account is disabled.

    Raises:
        LoginError: AADSTS50057.
    """
    if not user.properties["accountEnabled"]:
        raise LoginError(USER_DISABLED)


def is_meant_by(user: User, hint: str) -> bool:
    """Tell whether `login_hint` (a name, or the claim of that name) means this person."""
    names = (user.user_principal_name, user.mail, user.object_id, login_hint(user))
    return hint.casefold() in {name.casefold() for name in names if name}


def people_matching(tenant: Tenant, text: str) -> Iterator[User]:
    """Yield the people whose name, UPN or mail has `text` in it, in the tenant's order."""
    wanted = text.casefold()
    for user in tenant.users:
        shown = f"{user.display_name}\n{user.user_principal_name}\n{user.mail or ''}"
        if wanted in shown.casefold():
            yield user
