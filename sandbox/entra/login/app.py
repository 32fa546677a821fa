"""The login host and the sts host as ASGI applications: which handler answers to which address."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route as AsgiRoute

from sandbox.entra.login.authorization_answer import AuthorizationAnswer
from sandbox.entra.login.context import LoginContext
from sandbox.entra.login.device_endpoint import DeviceEndpoint
from sandbox.entra.login.document_handlers import DocumentHandlers
from sandbox.entra.login.interaction import Interaction
from sandbox.entra.login.replies import Replies, not_implemented
from sandbox.entra.login.routes import LOGIN_ROUTES, STS_ROUTES, LoginRoute
from sandbox.entra.login.sign_in_handlers import SignInHandlers
from sandbox.entra.login.token_answers import TokenAnswers
from sandbox.entra.login.token_endpoint import TokenEndpoint
from sandbox.entra.login.token_handlers import TokenHandlers
from sandbox.entra.request_log import RecordedRequest, RequestLog
from sandbox.entra.routing import RouteTable

_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]


class LoginHost:
    """Answers for the login host and the sts host; `lock` guards the directory."""

    def __init__(self, context: LoginContext, lock: threading.RLock, log: RequestLog) -> None:
        self._log, self._ids = log, context.ids
        replies, answers = Replies(context), TokenAnswers(context)
        interaction = Interaction(context, AuthorizationAnswer(context, answers))
        devices = DeviceEndpoint(context, interaction)
        self._handlers = (
            DocumentHandlers(context, replies),
            SignInHandlers(context, replies, lock, interaction, devices),
            TokenHandlers(context, replies, lock, TokenEndpoint(context, answers), devices),
        )
        self.login_app = self._app("login", LOGIN_ROUTES)
        self.sts_app = self._app("sts", STS_ROUTES)

    def _app(self, service: Any, routes: tuple[LoginRoute, ...]) -> Starlette:
        table = RouteTable(routes)
        handlers = {route.handler: self._handler(route.handler) for route in routes}

        async def answer(request: Request) -> Response:
            path: str = request.scope["path"]
            # HTTP has HEAD wherever there is GET; the server leaves the content out.
            method = "GET" if request.method == "HEAD" else request.method
            match = table.match(method, path)
            if match is None:
                response = not_implemented(f"{request.method} {path}")
            else:
                options = {"version": match.route.version} if match.route.version else {}
                handler = handlers[match.route.handler]
                response = await handler(request, **match.parameters, **options)
            # What a person tells Microsoft's support; an error's is its trace id.
            response.headers.setdefault("x-ms-request-id", self._ids.guid())
            self._log.entries.append(
                RecordedRequest(
                    service=service,
                    method=request.method,
                    path=path,
                    status=response.status_code,
                    operation=match.route.name if match else None,
                )
            )
            return response

        return Starlette(routes=[AsgiRoute("/{path:path}", answer, methods=_METHODS)])

    def _handler(self, name: str) -> Callable[..., Any]:
        [found] = [part for part in self._handlers if hasattr(part, name)]
        return getattr(found, name)
