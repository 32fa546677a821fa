"""From decisions to HTTP: pages, redirects, JSON errors, and the cookie of a browser's session."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from urllib.parse import parse_qsl, urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from sandbox.entra.login import pages
from sandbox.entra.login.context import LoginContext
from sandbox.entra.login.errors import Correlation, LoginError
from sandbox.entra.login.redirect_uri import with_path
from sandbox.entra.login.request_errors import (
    CONSUMERS_ONLY,
    SINGLE_TENANT_ON_COMMON,
    TENANT_NOT_FOUND,
)
from sandbox.entra.login.sessions import BrowserSession
from sandbox.entra.login.steps import (
    AskConsent,
    AskDevice,
    BackToClient,
    ChoosePerson,
    DeviceAnswered,
    EnterPassword,
    Step,
)
from sandbox.entra.request_log import NOT_IMPLEMENTED

ANY_TENANT = frozenset({"common", "organizations"})
_MULTI_TENANT = frozenset({"AzureADMultipleOrgs", "AzureADandPersonalMicrosoftAccount"})


class Replies:
    """Makes the responses of the login endpoints."""

    def __init__(self, context: LoginContext) -> None:
        self._context = context
        # Cookies do not know ports, and several sandboxes may share localhost.
        self._cookie = f"ESTSAUTH-{urlsplit(context.endpoints.login).port}"

    def require_tenant(self, name: str, client_id: str | None = None) -> None:
        """Check that an endpoint of the tenant `name` serves the application `client_id`.

        Without `client_id` the endpoint serves anybody.

        Raises:
            LoginError: AADSTS90002, 50194, 9002346 or 700016.
        """
        if name == "consumers":
            raise LoginError(CONSUMERS_ONLY)
        if name not in ANY_TENANT:
            if not self._context.tenant.answers_to(name):
                raise LoginError(TENANT_NOT_FOUND, tenant=name)
            return
        if client_id is None:
            return
        application = self._context.application(client_id)
        if application.properties["signInAudience"] not in _MULTI_TENANT:
            raise LoginError(
                SINGLE_TENANT_ON_COMMON, app_id=client_id, name=application.display_name
            )

    def browser(self, request: Request) -> BrowserSession:
        """Return the session of the browser that asks; a new one is kept by `with_session`."""
        cookie = request.cookies.get(self._cookie, "")
        return self._context.sessions.browsers.get(cookie) or BrowserSession()

    def with_session(
        self, request: Request, response: Response, browser: BrowserSession
    ) -> Response:
        """Remember the browser once somebody is signed in there, and forget it when nobody is."""
        known = self._context.sessions.browsers
        cookie = request.cookies.get(self._cookie, "")
        if browser.accounts and known.get(cookie) is not browser:
            # A new name at each first sign-in: nobody can have planted it.
            cookie = self._context.ids.opaque()
            known[cookie] = browser
            # `none`: clients ask silently from frames and post forms from their own sites.
            response.set_cookie(
                self._cookie, cookie, path="/", secure=True, httponly=True, samesite="none"
            )
        elif not browser.accounts and cookie in known:
            del known[cookie]
            response.delete_cookie(
                self._cookie, path="/", secure=True, httponly=True, samesite="none"
            )
        return response

    def step(self, request: Request, step: Step) -> Response:
        """Show what comes next in a sign-in."""
        tenant = self._context.tenant
        tenant_id, name = tenant.tenant_id, tenant.display_name
        match step:
            case ChoosePerson():
                error = self._sentence(step.error)
                return page_response(pages.choose_person_page(tenant_id, name, step, error))
            case EnterPassword():
                error = self._sentence(step.error)
                return page_response(pages.password_page(tenant_id, name, step, error))
            case AskConsent():
                return page_response(pages.consent_page(tenant, step))
            case AskDevice():
                return page_response(pages.ask_device_page(tenant_id, name, step))
            case DeviceAnswered():
                return page_response(pages.device_done_page(name, step))
            case BackToClient():
                return self._back(request, step)

    def error_page(self, request: Request, error: LoginError) -> Response:
        """Show an error that no client may learn of."""
        name = self._context.tenant.display_name
        return page_response(pages.error_page(name, error, self.correlation(request)), 400)

    def json_error(self, request: Request, error: LoginError) -> Response:
        """Answer a program."""
        correlation = self.correlation(request)
        return JSONResponse(
            correlation.body(error, self._context.endpoints.login),
            error.kind.status,
            {
                "Cache-Control": "no-store",
                "x-ms-request-id": correlation.trace_id,
                "client-request-id": correlation.correlation_id,
            },
        )

    def correlation(self, request: Request) -> Correlation:
        """Return new ids for an error; the client may give its own (`client-request-id`)."""
        context = self._context
        given = request.headers.get("client-request-id") or request.query_params.get(
            "client-request-id"
        )
        return Correlation(
            trace_id=context.ids.guid(),
            correlation_id=_guid(given) or context.ids.guid(),
            moment=context.now(),
        )

    def _sentence(self, error: LoginError | None) -> str | None:
        return f"AADSTS{error.kind.code}: {error.text}" if error else None

    def _back(self, request: Request, step: BackToClient) -> Response:
        parameters = dict(step.parameters)
        if step.error:
            parameters["error_description"] = self.correlation(request).describe(step.error)
        if step.response_mode == "form_post":
            return page_response(pages.form_post_page(step.redirect_uri, parameters))
        target = with_path(step.redirect_uri)
        if step.response_mode == "fragment":
            return redirect(f"{target}#{urlencode(parameters)}")
        joint = "&" if "?" in target else "?"
        return redirect(f"{target}{joint}{urlencode(parameters)}")


def redirect(target: str) -> Response:
    """Send the browser elsewhere, by GET, leaving nothing of this address behind."""
    headers = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
    return RedirectResponse(target, 302, headers)


def page_response(page: pages.Page, status: int = 200) -> Response:
    """Send a page."""
    return HTMLResponse(page.html(), status, page.headers())


def not_implemented(what: str) -> Response:
    """Say that the stand-in does not have an operation; the request log knows it by its status."""
    text = f"The sandbox does not have this operation of Entra: {what}"
    return JSONResponse({"error": "not_implemented", "error_description": text}, NOT_IMPLEMENTED)


async def read_form(request: Request) -> dict[str, str]:
    """Return the fields of a posted form."""
    body = (await request.body()).decode("utf-8", errors="replace")
    return dict(parse_qsl(body, keep_blank_values=True))


async def read_parameters(request: Request) -> Mapping[str, str]:
    """Return the parameters of an endpoint that takes them in the query or, posted, in a form."""
    query = dict(request.query_params)
    return query | (await read_form(request) if request.method == "POST" else {})


def _guid(text: str | None) -> str | None:
    try:
        return str(uuid.UUID(text)) if text else None
    except ValueError:
        return None
