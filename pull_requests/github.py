"""GitHub's REST API of one repository, by httpx.

The token comes from the environment, goes into a header and nowhere else.
https://docs.github.com/rest/about-the-rest-api/api-versions
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from types import TracebackType
from typing import Any, Protocol, Self

import httpx

from pull_requests.errors import GitHubError, JobSettingsError
from pull_requests.patience import Patience

API_VERSION = "2022-11-28"
_TIMEOUT_S = 30
_MAX_PAGES = 200
Json = dict[str, Any]

_ADVICE = {
    401: "The token is not valid; in a workflow pass ${{ github.token }} as GITHUB_TOKEN.",
    403: "Give the job the permission that this takes, under `permissions:` of the workflow.",
    404: "It is not there, or the token may not see it: a job's `permissions:` decide that.",
}


class Clock(Protocol):
    """Both times that waiting goes by."""

    def time(self) -> float:
        """Return seconds since the epoch, as GitHub names the end of a limit."""
        ...

    def monotonic(self) -> float:
        """Return seconds that never go backwards."""
        ...

    def sleep(self, seconds: float, /) -> None:
        """Return when `seconds` have passed."""
        ...


class Repository:
    """One repository on GitHub; `say` is told of every wait. Use it as a context manager."""

    def __init__(
        self,
        name: str,
        token: str,
        *,
        api_url: str = "https://api.github.com",
        patience: Patience | None = None,
        clock: Clock = time,
        say: Callable[[str], object] = lambda _line: None,
    ) -> None:
        self.name = name
        self._patience = patience or Patience()
        self._clock = clock
        self._say = say
        self._http = httpx.Client(
            base_url=f"{api_url.rstrip('/')}/repos/{name}/",
            headers={
                "Accept": "application/vnd.github+json",
                "Authorization": f"Bearer {token}",
                "User-Agent": "entra-eks-sso",
                "X-GitHub-Api-Version": API_VERSION,
            },
            timeout=_TIMEOUT_S,
        )

    @classmethod
    def of_job(
        cls, environment: Mapping[str, str], *, say: Callable[[str], object], clock: Clock = time
    ) -> Self:
        """Return the repository that a job of a workflow is about.

        Raises:
            JobSettingsError: a variable is missing.
        """
        missing = [n for n in ("GITHUB_REPOSITORY", "GITHUB_TOKEN") if not environment.get(n)]
        if missing:
            msg = (
                f"{' and '.join(missing)} must be in the environment; in a workflow set "
                "GITHUB_TOKEN: ${{ github.token }}, GitHub sets the other."
            )
            raise JobSettingsError(msg)
        return cls(
            environment["GITHUB_REPOSITORY"],
            environment["GITHUB_TOKEN"],
            api_url=environment.get("GITHUB_API_URL") or "https://api.github.com",
            clock=clock,
            say=say,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._http.close()

    def get(self, path: str, **query: str) -> Json:
        """Return what is at `path` of the repository.

        Raises:
            GitHubError: GitHub refused, or gave no answer in time.
        """
        return self._request("GET", path, query=query).json()

    def post(self, path: str, body: Json) -> Json:
        """Create something under `path`."""
        return self._request("POST", path, body=body).json()

    def patch(self, path: str, body: Json) -> Json:
        """Change what is at `path`."""
        return self._request("PATCH", path, body=body).json()

    def delete(self, path: str) -> None:
        """Delete what is at `path`; gone already is fine."""
        try:
            self._request("DELETE", path)
        except GitHubError as error:
            if error.status != 404:
                raise

    def items(self, path: str, key: str | None = None, **query: str) -> Iterator[Json]:
        """Yield the items of a list, page after page as the `Link` header goes.

        `key` is the member of each page that holds the list; without it the page is the list.
        """
        query = {"per_page": "100"} | query
        address: str | None = path
        for _ in range(_MAX_PAGES):
            answer = self._request("GET", address, query=query)
            page = answer.json()
            yield from page[key] if key else page
            # The address of the next page has the query in it.
            address, query = answer.links.get("next", {}).get("url"), {}
            if address is None:
                return
        msg = f"{path} has more than {_MAX_PAGES} pages, which cannot be right"
        raise GitHubError(msg)

    def _request(
        self, method: str, path: str, *, query: Mapping[str, str] | None = None, body: Any = None
    ) -> httpx.Response:
        # POST is sent again too: a limit or a missing answer leaves at worst a second comment, and
        # second ones are found and removed.
        began, failures = self._clock.monotonic(), 0
        while True:
            answer, reason = self._once(method, path, query, body)
            if answer is not None and answer.is_success:
                return answer
            failures += 1
            wait = self._patience.wait_s(
                answer.status_code if answer is not None else None,
                answer.headers if answer is not None else {},
                reason,
                failures=failures,
                elapsed_s=self._clock.monotonic() - began,
                now=self._clock.time(),
            )
            if wait is None:
                raise _refused(method, path, answer, reason)
            self._say(f"GitHub: {reason}; trying again in {wait:.0f} s")
            self._clock.sleep(wait)

    def _once(
        self, method: str, path: str, query: Mapping[str, str] | None, body: Any
    ) -> tuple[httpx.Response | None, str]:
        try:
            answer = self._http.request(method, path, params=query or None, json=body)
        except httpx.HTTPError as error:
            return None, f"no answer ({type(error).__name__})"
        return answer, "" if answer.is_success else _message(answer)


def _message(answer: httpx.Response) -> str:
    try:
        message = str(answer.json()["message"])
    except (ValueError, KeyError, TypeError):
        message = answer.reason_phrase
    return f"{answer.status_code} {message[:300]}"


def _refused(method: str, path: str, answer: httpx.Response | None, reason: str) -> GitHubError:
    # The query may name a cursor and nothing that helps.
    where = path.partition("?")[0]
    status = answer.status_code if answer is not None else None
    advice = _ADVICE.get(status, "") if status else ""
    return GitHubError(f"GitHub: {method} {where}: {reason}. {advice}".rstrip(), status)
