"""Handlers of what people see: authorize, the pages of a sign-in, sign-out, the device page."""

from __future__ import annotations

import threading
from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response

from sandbox.entra.endpoints import TokenVersion
from sandbox.entra.login import pages
from sandbox.entra.login.authorization import Authorization
from sandbox.entra.login.context import LoginContext
from sandbox.entra.login.device_endpoint import DeviceEndpoint
from sandbox.entra.login.errors import LoginError
from sandbox.entra.login.interaction import Interaction
from sandbox.entra.login.replies import (
    Replies,
    page_response,
    read_form,
    read_parameters,
    redirect,
)
from sandbox.entra.login.sessions import BrowserSession
from sandbox.entra.login.sign_out import sign_out
from sandbox.entra.login.steps import Step
from sandbox.entra.login.token_errors import DEVICE_CODE_UNKNOWN


class SignInHandlers:
    """Each takes a browser's request to the next page; `lock` guards the directory."""

    def __init__(
        self,
        context: LoginContext,
        replies: Replies,
        lock: threading.RLock,
        interaction: Interaction,
        devices: DeviceEndpoint,
    ) -> None:
        self._context = context
        self._replies = replies
        self._lock = lock
        self._interaction = interaction
        self._devices = devices
        self._authorization = Authorization(context, interaction)

    async def authorize(self, request: Request, *, tenant: str, version: TokenVersion) -> Response:
        """The authorization endpoint; parameters come in the query or, posted, in the form."""
        parameters = await read_parameters(request)

        def begin(browser: BrowserSession) -> Step:
            self._replies.require_tenant(tenant, parameters.get("client_id") or None)
            return self._authorization.begin(parameters, version, browser)

        return self._next(request, begin)

    async def sign_in(self, request: Request, *, tenant: str) -> Response:
        """The forms of the sign-in pages: cancel, somebody picked, name and password, a search."""
        form = await read_form(request)

        def answered(browser: BrowserSession) -> Step:
            self._replies.require_tenant(tenant)
            page_id = form.get("ctx", "")
            if "cancel" in form:
                return self._interaction.cancel(page_id)
            if "person" in form:
                return self._interaction.choose(page_id, form["person"], browser)
            if login := form.get("login", "").strip():
                return self._interaction.sign_in(
                    page_id, login, form.get("passwd", ""), browser, picked="picked" in form
                )
            return self._interaction.search(page_id, form.get("find", "").strip(), browser)

        return self._next(request, answered)

    async def consent(self, request: Request, *, tenant: str) -> Response:
        """The consent page's form."""
        form = await read_form(request)

        def answered(_browser: BrowserSession) -> Step:
            self._replies.require_tenant(tenant)
            page_id = form.get("ctx", "")
            if form.get("answer") != "accept":
                return self._interaction.cancel(page_id)
            return self._interaction.consent(page_id, for_everybody="on_behalf" in form)

        return self._next(request, answered)

    async def device_start(self, request: Request) -> Response:  # noqa: ARG002
        """The short address that devices show."""
        return redirect("/common/oauth2/deviceauth")

    async def device_page(self, request: Request) -> Response:  # noqa: ARG002
        """The page that asks for a device's code."""
        return page_response(pages.enter_code_page(self._context.tenant.display_name, None))

    async def device_code_entered(self, request: Request) -> Response:
        """A code was brought from a device."""
        user_code = (await read_form(request)).get("otc", "")
        try:
            return self._next(
                request, lambda browser: self._devices.enter(user_code, browser), shows_errors=False
            )
        except LoginError as error:
            if error.kind is not DEVICE_CODE_UNKNOWN:
                return self._replies.error_page(request, error)
        again = "That code didn't work. Check the code and try again."
        return page_response(pages.enter_code_page(self._context.tenant.display_name, again))

    async def device_confirmed(self, request: Request, *, tenant: str) -> Response:
        """The person says whether the device is theirs."""
        form = await read_form(request)

        def answered(_browser: BrowserSession) -> Step:
            self._replies.require_tenant(tenant)
            page_id = form.get("ctx", "")
            if form.get("answer") != "continue":
                return self._interaction.cancel(page_id)
            return self._interaction.confirm_device(page_id)

        return self._next(request, answered)

    async def logout(self, request: Request, *, tenant: str) -> Response:
        """Sign-out."""
        parameters = await read_parameters(request)
        try:
            self._replies.require_tenant(tenant)
        except LoginError as error:
            return self._replies.error_page(request, error)
        with self._lock:
            browser = self._replies.browser(request)
            result = sign_out(self._context, parameters, browser)
            name = self._context.tenant.display_name
            response = (
                redirect(result.target)
                if result.target
                else page_response(pages.signed_out_page(name))
            )
            return self._replies.with_session(request, response, browser)

    def _next(
        self,
        request: Request,
        decide: Callable[[BrowserSession], Step],
        *,
        shows_errors: bool = True,
    ) -> Response:
        with self._lock:
            browser = self._replies.browser(request)
            try:
                response = self._replies.step(request, decide(browser))
            except LoginError as error:
                if not shows_errors:
                    raise
                response = self._replies.error_page(request, error)
            return self._replies.with_session(request, response, browser)
