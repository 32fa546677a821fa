"""A small client of Microsoft Graph v1.0: sign-in, retries, pages and errors, and no more.

What the answers mean is in `directory`, `extension_definition` and `user_values`; many writes at
once are in `batch`.
Any request may be sent twice (`retrying`), so only requests that bear it may be sent from here.
"""

from __future__ import annotations

import os
import ssl
import uuid
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, ParamSpec, TypeVar

import httpx

from graph.clock import Clock, SystemClock
from graph.cloud import Cloud
from graph.credentials import build_credential, choose_credential
from graph.errors import (
    TRUST_ADVICE,
    GraphError,
    GraphFault,
    GraphRequestError,
    GraphUnreachableError,
)
from graph.retrying import PASSING_STATUSES, Patience
from graph.tokens import BearerAuth, TokenSource

_TIMEOUT = httpx.Timeout(30, connect=5)
_TELL_EVERY_S = 5.0
_USER_AGENT = "entra-eks-sso"
_LOST = (httpx.TimeoutException, httpx.NetworkError, httpx.RemoteProtocolError)

Json = dict[str, Any]
P = ParamSpec("P")
T = TypeVar("T")
OnWait = Callable[[str], None]


def connect(tenant_id: str, cloud: Cloud, *, on_wait: OnWait | None = None) -> GraphClient:
    """Return a client for the tenant, signed in as the identity that the environment names.

    Nothing is asked before the first request. `on_wait` is told, in a sentence, of every wait.
    TLS is verified against SSL_CERT_FILE when it is set, else against the public authorities.
    """

    def make_credential():
        return build_credential(choose_credential(os.environ), tenant_id, cloud)

    tokens = TokenSource(make_credential, f"{cloud.graph_endpoint}/.default")
    return GraphClient(cloud.graph_endpoint, tokens=tokens, on_wait=on_wait)


class GraphClient:
    """Requests to one Graph endpoint; safe to use from several threads.

    Close it, or use it as a context manager; with it the source of its tokens is closed.
    """

    def __init__(
        self,
        graph_endpoint: str,
        *,
        tokens: TokenSource | None = None,
        transport: httpx.BaseTransport | None = None,
        patience: Patience | None = None,
        clock: Clock | None = None,
        on_wait: OnWait | None = None,
        workers: int = 8,
    ) -> None:
        self.clock: Clock = clock or SystemClock()
        self.patience = patience or Patience()
        self.workers = workers
        self._pool = ThreadPoolExecutor(workers, "graph") if workers > 1 else None
        self._held_until = self.clock.now()
        self._lost_since: float | None = None
        self._told_at = self._held_until - _TELL_EVERY_S
        self._on_wait = on_wait
        self._tokens = tokens
        self._base_url = f"{graph_endpoint}/v1.0"
        self._http = httpx.Client(
            base_url=self._base_url,
            auth=BearerAuth(tokens) if tokens else None,
            transport=transport,
            timeout=_TIMEOUT,
            headers={"User-Agent": _USER_AGENT, "Accept": "application/json"},
        )

    def __enter__(self) -> GraphClient:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def base_url(self) -> str:
        """The endpoint with the version, as links to next pages begin."""
        return f"{self._base_url}/"

    def close(self) -> None:
        """Close the connections, those of signing in included."""
        if self._pool:
            self._pool.shutdown(cancel_futures=True)
        self._http.close()
        if self._tokens:
            self._tokens.close()

    def get(
        self, path: str, params: Mapping[str, str] | None = None, *, needs: str | None = None
    ) -> Json:
        """GET one object; `needs` is the permission to name when Graph answers 403."""
        return self._send("GET", path, params=params, needs=needs).json()

    def count(self, path: str, *, needs: str | None = None) -> int:
        """Return how many items a collection has, as the index of advanced queries knows it.

        Source: https://learn.microsoft.com/graph/aad-advanced-queries (a little behind, at times)
        """
        headers = {"ConsistencyLevel": "eventual"}
        answer = self._send("GET", f"{path}/$count", headers=headers, needs=needs)
        return int(answer.content.decode("utf-8-sig"))

    def pages(
        self, path: str, params: Mapping[str, str] | None = None, *, needs: str | None = None
    ) -> Iterator[Json]:
        """GET the items of a collection, page after page.

        Source: https://learn.microsoft.com/graph/paging (the link is opaque and used as it is)
        """
        return self.items(self.get(path, params, needs=needs), path, needs=needs)

    def items(self, page: Json, path: str, *, needs: str | None = None) -> Iterator[Json]:
        """Give the items of `page`, the first of `path`, and of the pages after it."""
        followed: set[str] = set()
        while True:
            yield from page.get("value", [])
            link = page.get("@odata.nextLink")
            if link is None:
                return
            # A link to another host would be sent the token; a link seen before never ends.
            if not link.startswith(f"{self._base_url}/") or link in followed:
                msg = f"Microsoft Graph sent a next page of {path} that cannot be followed."
                raise GraphError(msg)
            followed.add(link)
            page = self.get(link, needs=needs)

    def post(self, path: str, body: Json, *, needs: str | None = None) -> Json:
        """POST `body` and return the answer's object."""
        return self._send("POST", path, body=body, needs=needs).json()

    def delete(self, path: str, *, needs: str | None = None) -> None:
        """DELETE; something that is not there (404) counts as deleted."""
        try:
            self._send("DELETE", path, needs=needs)
        except GraphRequestError as error:
            if error.fault.status != httpx.codes.NOT_FOUND:
                raise

    def submit(self, do: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Have one of the workers do it; with one worker it is done at once, in this thread."""
        if self._pool:
            return self._pool.submit(do, *args, **kwargs)
        future: Future[T] = Future()
        try:
            future.set_result(do(*args, **kwargs))
        except GraphError as error:
            future.set_exception(error)
        return future

    def renew_sign_in(self) -> None:
        """Sign in anew: an item of a batch was refused the token that its batch came with."""
        if self._tokens:
            self._tokens.after_rejected(self._tokens.current())

    def tell_wait(self, sentence: str) -> None:
        """Tell whoever runs this why it waits, at most once in a few seconds."""
        if self._on_wait and self.clock.now() - self._told_at >= _TELL_EVERY_S:
            self._told_at = self.clock.now()
            self._on_wait(sentence)

    def _send(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        body: Json | None = None,
        headers: Mapping[str, str] | None = None,
        needs: str | None = None,
    ) -> httpx.Response:
        """Send until an answer is final or patience ends.

        Raises:
            GraphRequestError: Graph refused the request.
            GraphUnreachableError: no answer came.
            NoCredentialError, SignInError: see `TokenSource.current`.
        """
        started = self.clock.now()
        shown_path = path.removeprefix(self._base_url).partition("?")[0]
        failures = 0
        while True:
            failures += 1
            retry_after_s = None
            self._wait_while_held()
            try:
                response = self._http.request(
                    method,
                    path,
                    params=params,
                    json=body,
                    headers={"client-request-id": str(uuid.uuid4()), **(headers or {})},
                )
            except _LOST as error:
                if _is_untrusted(error):
                    raise self._untrusted(error) from error
                failure: GraphError = GraphUnreachableError(
                    f"No answer from Microsoft Graph to {method} {shown_path}: {error}"
                )
                # One crash is waited for once, not once by every worker and shard.
                self._lost_since = self._lost_since or self.clock.now()
                started = min(started, self._lost_since)
            else:
                self._lost_since = None
                if response.is_success:
                    return response
                fault = GraphFault.parse(response.status_code, response.headers, _body(response))
                failure = GraphRequestError(method, shown_path, fault, needs=needs)
                if fault.status not in PASSING_STATUSES:
                    raise failure
                retry_after_s = fault.retry_after_s
            wait_s = self.patience.wait_s(
                failures=failures,
                elapsed_s=self.clock.now() - started,
                retry_after_s=retry_after_s,
            )
            if wait_s is None:
                raise failure
            self.tell_wait(f"{failure} Trying again in {wait_s:g} s.")
            if retry_after_s:
                self._held_until = max(self._held_until, self.clock.now() + retry_after_s)
            self.clock.sleep(wait_s)

    def _wait_while_held(self) -> None:
        # What the directory asks of one request is meant for the whole application.
        while (wait_s := self._held_until - self.clock.now()) > 1e-6:
            self.clock.sleep(wait_s)

    def _untrusted(self, error: Exception) -> GraphUnreachableError:
        return GraphUnreachableError(
            f"The certificate of {self._base_url} is not trusted: {error}. {TRUST_ADVICE}"
        )


def _body(response: httpx.Response) -> object:
    # A gateway in between may answer with a page instead of Graph's JSON.
    try:
        return response.json()
    except ValueError:
        return None


def _is_untrusted(error: BaseException) -> bool:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return True
        cause = cause.__cause__ or cause.__context__
    return False
