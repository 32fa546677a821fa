"""The way back to a client from the authorization endpoint, with an answer or with a refusal."""

from __future__ import annotations

from collections.abc import Mapping

from sandbox.entra.login.errors import LoginError
from sandbox.entra.login.sessions import AuthorizationRequest
from sandbox.entra.login.steps import BackToClient


def answer(request: AuthorizationRequest, parameters: Mapping[str, str]) -> BackToClient:
    """Return the way back with these parameters and the request's `state`."""
    state = {} if request.state is None else {"state": request.state}
    return BackToClient(
        redirect_uri=request.redirect_uri,
        response_mode=request.response_mode,
        parameters={**parameters, **state},
    )


def refusal(
    request: AuthorizationRequest, error: LoginError, *, subcode: str | None = None
) -> BackToClient:
    """Return the way back with an error; a response mode that is none becomes `query`."""
    code = error.kind.error_at_authorize or error.kind.error
    parameters = {"error": code} | ({"error_subcode": subcode} if subcode else {})
    mode = request.response_mode
    back = answer(request, parameters)
    return BackToClient(
        redirect_uri=back.redirect_uri,
        response_mode=mode if mode in {"query", "fragment", "form_post"} else "query",
        parameters=back.parameters,
        error=error,
    )
