"""What the authorization endpoint sends back to a client: a code, and tokens where it may."""

from __future__ import annotations

from sandbox.entra.directory.objects import Application, User
from sandbox.entra.login.back_to_client import answer
from sandbox.entra.login.context import LoginContext
from sandbox.entra.login.sessions import AuthorizationCode, AuthorizationRequest, SignedIn
from sandbox.entra.login.steps import BackToClient
from sandbox.entra.login.token_answers import TokenAnswers, UserGrant


class AuthorizationAnswer:
    """Makes codes and front-channel tokens."""

    def __init__(self, context: LoginContext, tokens: TokenAnswers) -> None:
        self._context = context
        self._tokens = tokens

    def to_client(
        self,
        request: AuthorizationRequest,
        application: Application,
        user: User,
        account: SignedIn,
    ) -> BackToClient:
        """Return the way back with all that `response_type` asks for.

        Raises:
            LoginError: an ID token was asked for and cannot be made (AADSTS50146).
        """
        context = self._context
        parameters: dict[str, str] = {}
        if "code" in request.response_types:
            code = context.ids.opaque()
            context.sessions.codes[code] = AuthorizationCode(
                request=request, account=account, issued=context.now()
            )
            parameters["code"] = code
        if request.response_types != {"code"}:
            grant = UserGrant(
                version=request.version,
                application=application,
                platform=request.platform,
                user=user,
                account=account,
                scope=request.scope,
                resource=request.resource,
                nonce=request.nonce,
                authentication="none",
            )
            parameters |= self._tokens.in_front_channel(
                grant, request.response_types, parameters.get("code")
            )
        return answer(request, parameters)
