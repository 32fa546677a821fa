"""Claims that say who somebody is, in ID tokens, access tokens and UserInfo alike."""

from __future__ import annotations

import base64
import hashlib
import uuid

from sandbox.entra.directory.objects import User
from sandbox.entra.endpoints import EntraEndpoints

LOOPBACK = "127.0.0.1"
"""The claim `ipaddr`: everybody who signs in here does so from this machine."""


def pairwise_subject(tenant_id: str, app_id: str, object_id: str) -> str:
    """Return `sub`: another one for each application, so that two cannot compare their users."""
    digest = hashlib.sha256(f"{tenant_id}/{app_id}/{object_id}".encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def shown_name(user: User) -> str | None:
    """Return the name that people know: a guest's is their mail."""
    return user.mail if user.is_guest else user.user_principal_name


def identity_provider(user: User, endpoints: EntraEndpoints) -> str | None:
    """Return `idp`: the issuer of a guest's own tenant, and nothing for the tenant's members.

    https://learn.microsoft.com/entra/identity-platform/id-token-claims-reference
    That tenant does not exist here; its id follows from the guest's domain.
    """
    if not user.is_guest or not user.mail:
        return None
    home = uuid.uuid5(uuid.NAMESPACE_DNS, user.mail.partition("@")[2].casefold())
    return f"{endpoints.sts}/{home}/"
