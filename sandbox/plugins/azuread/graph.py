"""Microsoft Graph as the azuread plugin speaks it: versioned paths, OData, retries.

Errors: 408, 424, 429 and 5xx other than 501 are tried again until the operation's deadline, and so
are the answers that mean "not replicated yet" where the caller names them.
https://learn.microsoft.com/graph/best-practices-concept#handling-expected-errors
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import urlencode

import httpx

from sandbox.plugins.azuread.sign_in import TokenSource
from sandbox.plugins.protocol.errors import CancelledError, ProviderError

HEADERS: Final = {
    "Content-Type": "application/json; charset=utf-8",
    "Accept": "application/json; charset=utf-8; IEEE754Compatible=false",
    "OData-Version": "4.0",
    "OData-MaxVersion": "4.0",
}
RETRIED_STATUSES: Final = frozenset({408, 424, 429})
FIRST_PAUSE_S: Final = 1.0
LONGEST_PAUSE_S: Final = 61.0
# Consistency is polled, not backed off: the directory answers at once here.
POLL_S: Final = 0.1
DEFAULT_TIMEOUT_S: Final = 5 * 60.0

Retry = Callable[["GraphError"], bool]


class GraphError(ProviderError):
    """Graph refused a request; `code` and `message` are Graph's own."""

    def __init__(self, method: str, path: str, status: int, code: str, message: str) -> None:
        super().__init__(
            f"{method} {path}: unexpected status {status} with error: {code}: {message}"
        )
        self.status = status
        self.code = code
        self.message = message


class GraphTimeoutError(ProviderError):
    """Graph did not answer as expected before the operation's deadline."""


def quoted(value: str) -> str:
    """Return `value` as a string literal of an OData filter."""
    escaped = value.replace("'", "''")
    return f"'{escaped}'"


class Graph:
    """Calls Graph at `base_url` with the tokens of `tokens`; `cancelled` ends every wait."""

    def __init__(
        self, http: httpx.Client, base_url: str, tokens: TokenSource, cancelled: threading.Event
    ) -> None:
        self._http = http
        self._base_url = base_url
        self._tokens = tokens
        self._cancelled = cancelled

    @property
    def caller_object_id(self) -> str:
        """The object id of the service principal that is signed in."""
        return self._tokens.caller_object_id()

    def reference(self, object_id: str, version: str = "v1.0") -> str:
        """Return the `@odata.id` of a directory object."""
        return f"{self._base_url}/{version}/directoryObjects/{object_id}"

    def get(self, path: str, **query: str) -> dict[str, Any]:
        """GET `path` (`v1.0/applications/...`); the keywords are OData options without `$`.

        Raises:
            GraphError: the status is not 2xx.
        """
        return self._call("GET", path, query=query)

    def find(self, path: str, **query: str) -> dict[str, Any] | None:
        """GET `path`; None when it is not there."""
        try:
            return self.get(path, **query)
        except GraphError as error:
            if error.status != 404:
                raise
            return None

    def list(self, path: str, **query: str) -> list[dict[str, Any]]:
        """GET every page of a collection."""
        page = self.get(path, **query)
        items = list(page["value"])
        while next_link := page.get("@odata.nextLink"):
            page = self._call("GET", next_link.removeprefix(f"{self._base_url}/"))
            items += page["value"]
        return items

    def post(
        self,
        path: str,
        body: Mapping[str, Any],
        *,
        retry: Retry | None = None,
        timeout_s: float = DEFAULT_TIMEOUT_S,
    ) -> dict[str, Any]:
        """POST `body`; `retry` says which refusals only mean "not replicated yet"."""
        return self._call("POST", path, body=body, retry=retry, timeout_s=timeout_s)

    def patch(
        self,
        path: str,
        body: Mapping[str, Any],
        *,
        retry: Retry | None = None,
        timeout_s: float = DEFAULT_TIMEOUT_S,
    ) -> None:
        """PATCH `path` with `body`."""
        self._call("PATCH", path, body=body, retry=retry, timeout_s=timeout_s)

    def delete(self, path: str) -> None:
        """DELETE `path`."""
        self._call("DELETE", path)

    def delete_if_there(self, path: str) -> None:
        """DELETE `path`; gone already is fine."""
        try:
            self.delete(path)
        except GraphError as error:
            if error.status != 404:
                raise

    def delete_and_wait(self, path: str, timeout_s: float) -> None:
        """DELETE an object and wait until reading it says 404; gone already is fine."""
        self.delete_if_there(path)
        self.wait_until(
            lambda: self.find(path) is None, what=f"the deletion of {path}", timeout_s=timeout_s
        )

    def wait_until(self, condition: Callable[[], bool], *, what: str, timeout_s: float) -> None:
        """Ask `condition` until it is true.

        Raises:
            GraphTimeoutError: it did not become true within `timeout_s` (0: the default) seconds.
            CancelledError: the engine asked to stop.
        """
        deadline = time.monotonic() + (timeout_s or DEFAULT_TIMEOUT_S)
        while not condition():
            self._pause(POLL_S, deadline, what)

    def _call(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
        retry: Retry | None = None,
        timeout_s: float = DEFAULT_TIMEOUT_S,
    ) -> dict[str, Any]:
        url = f"{self._base_url}/{path}"
        if query:
            url += "?" + urlencode({f"${name}": value for name, value in query.items()}, safe="")
        deadline = time.monotonic() + (timeout_s or DEFAULT_TIMEOUT_S)
        pause_s = FIRST_PAUSE_S
        while True:
            answer = self._send(method, url, body)
            if answer.is_success:
                return answer.json() if answer.content else {}
            error = _error(method, path, answer)
            if retry is not None and retry(error):
                self._pause(POLL_S, deadline, str(error))
            elif _is_transient(answer.status_code):
                self._pause(_retry_after_s(answer) or pause_s, deadline, str(error))
                pause_s = min(pause_s * 2, LONGEST_PAUSE_S)
            else:
                raise error

    def _send(self, method: str, url: str, body: Mapping[str, Any] | None) -> httpx.Response:
        headers = {**HEADERS, "Authorization": f"Bearer {self._tokens.token()}"}
        try:
            return self._http.request(method, url, headers=headers, json=body)
        except httpx.HTTPError as error:
            msg = f"{method} {url.split('?', 1)[0]} failed: {error}"
            raise ProviderError(msg) from error

    def _pause(self, pause_s: float, deadline: float, what: str) -> None:
        if time.monotonic() + pause_s > deadline:
            msg = f"gave up waiting for {what}"
            raise GraphTimeoutError(msg)
        if self._cancelled.wait(pause_s):
            msg = f"cancelled while waiting for {what}"
            raise CancelledError(msg)


def _error(method: str, path: str, answer: httpx.Response) -> GraphError:
    code, message = "", answer.text[:500]
    try:
        details = answer.json()["error"]
        code, message = str(details["code"]), str(details["message"])
    except (ValueError, KeyError, TypeError):
        pass  # not Graph's error shape: the text is all there is to say
    return GraphError(method, path, answer.status_code, code, message)


def _is_transient(status: int) -> bool:
    return status in RETRIED_STATUSES or (status >= 500 and status != 501)


def _retry_after_s(answer: httpx.Response) -> float | None:
    try:
        return float(answer.headers["Retry-After"])
    except (KeyError, ValueError):
        return None
