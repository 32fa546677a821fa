"""A sign-in from the valid request to its end: who it is, whether they may, what they grant.

https://learn.microsoft.com/entra/identity-platform/v2-protocols-oidc#send-the-sign-in-request
Each answer of a person leads to the next step. When somebody must not sign in, that is a page and
not an answer to the client; only a silent request (`prompt=none`) brings every refusal back to it.
"""

from __future__ import annotations

import itertools
from dataclasses import replace
from urllib.parse import urlsplit

from sandbox.entra.directory.objects import Application, User
from sandbox.entra.login import consent
from sandbox.entra.login.access_errors import (
    ADMIN_CONSENT_REQUIRED,
    APPLICATION_DISABLED,
    BLOCKED_BY_CONDITIONAL_ACCESS,
    CANCELLED,
    SEVERAL_ACCOUNTS,
)
from sandbox.entra.login.authorization_answer import AuthorizationAnswer
from sandbox.entra.login.back_to_client import refusal
from sandbox.entra.login.context import LoginContext
from sandbox.entra.login.errors import LoginError
from sandbox.entra.login.people import (
    MOST_SHOWN,
    authenticate,
    is_meant_by,
    people_matching,
    require_enabled,
)
from sandbox.entra.login.request_errors import LOGIN_REQUIRED, SIGN_IN_PAGE_EXPIRED
from sandbox.entra.login.scopes import parse_scopes
from sandbox.entra.login.sessions import (
    PAGE_LIFETIME,
    AuthorizationRequest,
    BrowserSession,
    DeviceRequest,
    OpenPage,
    SignedIn,
)
from sandbox.entra.login.steps import (
    AskConsent,
    AskDevice,
    BackToClient,
    ChoosePerson,
    DeviceAnswered,
    EnterPassword,
    Step,
)

_ASKS_ANEW = frozenset({"login", "select_account"})
_ASKS_CONSENT = frozenset({"consent", "admin_consent"})


class Interaction:
    """The steps of a sign-in. Errors that it raises are shown as a page."""

    def __init__(self, context: LoginContext, answers: AuthorizationAnswer) -> None:
        self._context = context
        self._answers = answers

    def start(self, request: AuthorizationRequest | DeviceRequest, browser: BrowserSession) -> Step:
        """Go on with whoever is signed in at the browser, or ask.

        Raises:
            LoginError: the person must not sign in to the application.
        """
        accounts = browser.current(self._context.now())
        prompt, hint = _prompt(request), _hint(request)
        if prompt == "none" and isinstance(request, AuthorizationRequest):
            return self._silently(request, accounts)
        page_id = self._open(request)
        if prompt not in _ASKS_ANEW and (account := self._fitting(accounts, hint)):
            return self._identified(page_id, account)
        return self._choose(page_id, browser, login=hint or "")

    def choose(self, page_id: str, user_id: str, browser: BrowserSession) -> Step:
        """Somebody was picked from the list.

        Raises:
            LoginError: the page is stale, or the person must not sign in to the application.
        """
        page, user = self._page(page_id), self._context.tenant.users.get(user_id)
        if user is None:
            return self._choose(page_id, browser)
        known = {account.user_id: account for account in browser.current(self._context.now())}
        if user.object_id in known and _prompt(page.request) != "login":
            return self._identified(page_id, known[user.object_id])
        if not self._context.behaviour().sign_in_without_password:
            return EnterPassword(
                page_id=page_id,
                application_name=self._application(page).display_name,
                user=user,
                return_origin=_return_origin(page),
            )
        try:
            require_enabled(user)
        except LoginError as error:
            return self._choose(page_id, browser, error=error)
        return self._identified(page_id, self._signed_in(user, browser))

    def sign_in(
        self, page_id: str, login: str, password: str, browser: BrowserSession, *, picked: bool
    ) -> Step:
        """Somebody gave a name and a password; `picked`: the name by picking it.

        Raises:
            LoginError: the page is stale, or the person must not sign in to the application.
        """
        page, tenant = self._page(page_id), self._context.tenant
        try:
            user = authenticate(tenant, login, password)
        except LoginError as error:
            named = next(iter(tenant.users.find("userPrincipalName", login)), None)
            if not picked or named is None:
                return self._choose(page_id, browser, login=login, error=error)
            return EnterPassword(
                page_id=page_id,
                application_name=self._application(page).display_name,
                user=named,
                return_origin=_return_origin(page),
                error=error,
            )
        return self._identified(page_id, self._signed_in(user, browser))

    def search(self, page_id: str, text: str, browser: BrowserSession) -> Step:
        """Somebody looks for a person.

        Raises:
            LoginError: the page is stale.
        """
        self._page(page_id)
        return self._choose(page_id, browser, searched=text)

    def consent(self, page_id: str, *, for_everybody: bool) -> Step:
        """The person grants what was asked for, for themselves or for the organization.

        Raises:
            LoginError: the page is stale, or the person must not grant it.
        """
        page = self._page(page_id)
        application, user = self._application(page), self._user(page)
        asked = self._to_grant(page, application, user)
        self._require_right_to_consent(page, application, user, asked)
        client = self._context.tenant.service_principal_of(application.app_id)
        if client is None:
            raise consent.not_consented(application)
        everybody = for_everybody and consent.may_consent_for_everybody(user)
        consent.grant(
            self._context.tenant, self._context.ids, client, None if everybody else user, asked
        )
        return self._finish(page_id, page, application, user)

    def confirm_device(self, page_id: str) -> Step:
        """The person says that the device is theirs.

        Raises:
            LoginError: the page is stale, or the person must not sign in to the application.
        """
        page = replace(self._page(page_id), confirmed=True)
        self._context.sessions.pages[page_id] = page
        return self._go_on(page_id)

    def cancel(self, page_id: str) -> Step:
        """The person wants none of it.

        Raises:
            LoginError: the page is stale.
        """
        page = self._page(page_id)
        application = self._application(page)
        del self._context.sessions.pages[page_id]
        if isinstance(page.request, AuthorizationRequest):
            return refusal(page.request, LoginError(CANCELLED), subcode="cancel")
        if device := self._context.sessions.device_of(page.request.user_code):
            device.state = "declined"
        return DeviceAnswered(application_name=application.display_name, approved=False)

    def _silently(self, request: AuthorizationRequest, accounts: list[SignedIn]) -> BackToClient:
        try:
            account = self._fitting(accounts, request.login_hint)
            if account is None:
                several = len(accounts) > 1 and not request.login_hint
                raise LoginError(SEVERAL_ACCOUNTS if several else LOGIN_REQUIRED)  # noqa: TRY301
            page = OpenPage(request=request, opened=self._context.now(), account=account)
            application, user = self._application(page), self._user(page)
            self._require_access(application, user)
            if self._to_grant(page, application, user):
                raise consent.not_consented(application)
            return self._answers.to_client(request, application, user, account)
        except LoginError as error:
            return refusal(request, error)

    def _identified(self, page_id: str, account: SignedIn) -> Step:
        page = replace(self._context.sessions.pages[page_id], account=account)
        self._context.sessions.pages[page_id] = page
        return self._go_on(page_id)

    def _go_on(self, page_id: str) -> Step:
        page = self._page(page_id)
        application, user = self._application(page), self._user(page)
        if isinstance(page.request, DeviceRequest) and not page.confirmed:
            return AskDevice(page_id=page_id, application_name=application.display_name, user=user)
        try:
            self._require_access(application, user)
            asked = self._to_grant(page, application, user)
            if not asked:
                return self._finish(page_id, page, application, user)
            self._require_right_to_consent(page, application, user, asked)
        except LoginError:
            self._context.sessions.pages.pop(page_id, None)
            raise
        return AskConsent(
            page_id=page_id,
            application_name=application.display_name,
            publisher_domain=str(application.properties["publisherDomain"] or ""),
            user=user,
            asked=asked,
            for_everybody=consent.may_consent_for_everybody(user),
            return_origin=_return_origin(page),
        )

    def _finish(self, page_id: str, page: OpenPage, application: Application, user: User) -> Step:
        request, account = page.request, page.account
        if account is None:
            raise LoginError(SIGN_IN_PAGE_EXPIRED)
        del self._context.sessions.pages[page_id]
        if isinstance(request, AuthorizationRequest):
            try:
                return self._answers.to_client(request, application, user, account)
            except LoginError as error:
                return refusal(request, error)
        device = self._context.sessions.device_of(request.user_code)
        if device is None or device.state != "pending":
            raise LoginError(SIGN_IN_PAGE_EXPIRED)
        device.state, device.account = "approved", account
        return DeviceAnswered(application_name=application.display_name, approved=True)

    def _require_access(self, application: Application, user: User) -> None:
        require_enabled(user)
        client = self._context.tenant.service_principal_of(application.app_id)
        if client:
            if not client.properties["accountEnabled"]:
                raise LoginError(
                    APPLICATION_DISABLED, app_id=client.app_id, name=application.display_name
                )
            consent.require_assignment(self._context.tenant, client, user)
        if self._context.behaviour().blocks(user.user_principal_name):
            raise LoginError(BLOCKED_BY_CONDITIONAL_ACCESS)

    def _to_grant(
        self, page: OpenPage, application: Application, user: User
    ) -> consent.MissingConsent:
        """Return what has to be granted on a page before the sign-in can end."""
        context, request = self._context, page.request
        if request.version == "v1":
            asked = consent.asked_v1(context.tenant, application)
        else:
            scopes = parse_scopes(request.scope, context.tenant, context.endpoints)
            asked = consent.asked_v2(context.tenant, application, scopes)
        if _prompt(request) in _ASKS_CONSENT:
            return asked
        return consent.missing(context.tenant, application, user, asked)

    def _require_right_to_consent(
        self, page: OpenPage, application: Application, user: User, asked: consent.MissingConsent
    ) -> None:
        if consent.may_consent_for_everybody(user):
            return
        if (
            not self._context.behaviour().user_consent
            or _prompt(page.request) == "admin_consent"
            or consent.needs_an_administrator(self._context.tenant, asked)
        ):
            raise LoginError(
                ADMIN_CONSENT_REQUIRED,
                name=application.display_name,
                app_id=application.app_id,
            )

    def _choose(
        self,
        page_id: str,
        browser: BrowserSession,
        *,
        login: str = "",
        searched: str = "",
        error: LoginError | None = None,
    ) -> ChoosePerson:
        page, users = self._page(page_id), self._context.tenant.users
        known = frozenset(a.user_id for a in browser.current(self._context.now()))
        first = [user for user_id in known if (user := users.get(user_id))]
        others = (u for u in people_matching(self._context.tenant, searched))
        shown = list(
            itertools.islice(
                itertools.chain(
                    () if searched else first,
                    (u for u in others if searched or u.object_id not in known),
                ),
                MOST_SHOWN,
            )
        )
        return ChoosePerson(
            page_id=page_id,
            application_name=self._application(page).display_name,
            login=login,
            people=tuple(shown),
            signed_in=known,
            more=0 if searched else len(users) - len(shown),
            searched=searched,
            without_password=self._context.behaviour().sign_in_without_password,
            return_origin=_return_origin(page),
            error=error,
        )

    def _fitting(self, accounts: list[SignedIn], hint: str | None) -> SignedIn | None:
        """Return the account that is meant: the hinted one, else the only one."""
        if hint is None:
            return accounts[0] if len(accounts) == 1 else None
        for account in accounts:
            user = self._context.tenant.users.get(account.user_id)
            if user and is_meant_by(user, hint):
                return account
        return None

    def _signed_in(self, user: User, browser: BrowserSession) -> SignedIn:
        account = SignedIn(
            user_id=user.object_id,
            auth_time=self._context.now(),
            session_id=self._context.ids.guid(),
        )
        browser.accounts[user.object_id] = account
        return account

    def _open(self, request: AuthorizationRequest | DeviceRequest) -> str:
        page_id = self._context.ids.opaque()
        self._context.sessions.pages[page_id] = OpenPage(
            request=request, opened=self._context.now()
        )
        return page_id

    def _page(self, page_id: str) -> OpenPage:
        page = self._context.sessions.pages.get(page_id)
        if page is None or page.opened + PAGE_LIFETIME < self._context.now():
            raise LoginError(SIGN_IN_PAGE_EXPIRED)
        return page

    def _application(self, page: OpenPage) -> Application:
        return self._context.application(page.request.client_id)

    def _user(self, page: OpenPage) -> User:
        user = self._context.tenant.users.get(page.account.user_id) if page.account else None
        if user is None:
            raise LoginError(SIGN_IN_PAGE_EXPIRED)
        return user


def _prompt(request: AuthorizationRequest | DeviceRequest) -> str | None:
    return request.prompt if isinstance(request, AuthorizationRequest) else None


def _hint(request: AuthorizationRequest | DeviceRequest) -> str | None:
    return request.login_hint if isinstance(request, AuthorizationRequest) else None


def _return_origin(page: OpenPage) -> str | None:
    """Return where a page's form may lead in the end, as a content security policy names it."""
    if not isinstance(page.request, AuthorizationRequest):
        return None
    parts = urlsplit(page.request.redirect_uri)
    if parts.scheme in {"http", "https"}:
        return f"{parts.scheme}://{parts.netloc}"
    return f"{parts.scheme}:"
