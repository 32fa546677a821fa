"""Sign-out that a client asks for (OpenID Connect RP-Initiated Logout).

https://learn.microsoft.com/entra/identity-platform/v2-protocols-oidc#send-a-sign-out-request
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from sandbox.entra.directory.objects import Application
from sandbox.entra.login.context import LoginContext
from sandbox.entra.login.people import is_meant_by
from sandbox.entra.login.redirect_uri import platform_of
from sandbox.entra.login.sessions import BrowserSession
from sandbox.entra.login.signing_keys import InvalidTokenError


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedOut:
    """`target` is where the browser goes next; None: it is told on a page that it is signed out."""

    target: str | None


def sign_out(
    context: LoginContext, parameters: Mapping[str, str], browser: BrowserSession
) -> SignedOut:
    """End the sign-in that the client means, else all in this browser.

    `post_logout_redirect_uri` "must match one of the redirect URIs registered": of the application
    that `id_token_hint` was issued to, else of any. It is compared like one, so `state` comes back.
    An expired hint is as good as a fresh one; a forged one is no hint.
    """
    hint = _hinted(context, parameters.get("id_token_hint"))
    meant = str(hint.get("oid", "")) if hint else ""
    logout_hint = parameters.get("logout_hint")
    for user_id in list(browser.accounts):
        user = context.tenant.users.get(user_id)
        is_hinted = logout_hint and user and is_meant_by(user, logout_hint)
        if (not meant and not logout_hint) or user_id == meant or is_hinted:
            del browser.accounts[user_id]
    target = parameters.get("post_logout_redirect_uri")
    if not target or not any(_has(a, target) for a in _applications(context, hint)):
        return SignedOut(target=None)
    state = parameters.get("state")
    if state:
        target = f"{target}{'&' if '?' in target else '?'}{urlencode({'state': state})}"
    return SignedOut(target=target)


def _hinted(context: LoginContext, token: str | None) -> Mapping[str, object]:
    try:
        return context.keys.verify(token) if token else {}
    except InvalidTokenError:
        return {}


def _applications(context: LoginContext, hint: Mapping[str, object]) -> list[Application]:
    if hint:
        found = context.tenant.application_of(str(hint.get("aud", "")))
        return [found] if found else []
    return list(context.tenant.applications)


def _has(application: Application, target: str) -> bool:
    is_logout_url = target == application.properties["web"].get("logoutUrl")
    return is_logout_url or platform_of(application, target) is not None
