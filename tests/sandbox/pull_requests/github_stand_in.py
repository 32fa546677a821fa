"""GitHub's REST API on loopback: as much of it as a job of a workflow talks to.

https://docs.github.com/rest
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware, RequestResponseEndpoint
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

REPOSITORY = "contoso/platform"
TOKEN = "ghs_made-up-token"
BOT = "github-actions[bot]"
LONGEST_BODY = 65_536


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """An answer that is given instead of the next one."""

    status: int
    message: str
    headers: Mapping[str, str] = field(default_factory=dict)
    only: str = ""
    """The method it is meant for; any when empty."""


class GitHub:
    """One repository with its comments, issues, pull requests and workflow runs."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.comments: dict[int, list[dict[str, Any]]] = {}
        self.issues: list[dict[str, Any]] = []
        self.pulls: dict[int, dict[str, Any]] = {}
        self.pulls_of_commit: dict[str, list[dict[str, Any]]] = {}
        self.runs: list[dict[str, Any]] = []
        self.faults: deque[Fault] = deque()
        self.requests: list[tuple[str, str]] = []
        self._ids = iter(range(1000, 100_000))
        base = f"/repos/{REPOSITORY}"
        self.app = Starlette(
            routes=[
                Route(f"{base}/issues", self._list_issues),
                Route(f"{base}/issues", self._create_issue, methods=["POST"]),
                Route(f"{base}/issues/{{number:int}}", self._change_issue, methods=["PATCH"]),
                Route(f"{base}/issues/{{number:int}}/comments", self._list_comments),
                Route(f"{base}/issues/{{number:int}}/comments", self._comment, methods=["POST"]),
                Route(f"{base}/issues/comments/{{comment:int}}", self._edit, methods=["PATCH"]),
                Route(f"{base}/issues/comments/{{comment:int}}", self._delete, methods=["DELETE"]),
                Route(f"{base}/pulls/{{number:int}}", self._pull),
                Route(f"{base}/commits/{{commit}}/pulls", self._pulls_of_commit),
                Route(f"{base}/actions/workflows/preview.yaml/runs", self._list_runs),
            ],
            middleware=[Middleware(BaseHTTPMiddleware, dispatch=self._guard)],
        )

    def add_comment(self, number: int, body: str, author: str = BOT) -> int:
        """Comment as somebody, and return the comment's id."""
        comment = {
            "id": next(self._ids),
            "body": body,
            "user": {"login": author, "type": "Bot" if author.endswith("[bot]") else "User"},
            "html_url": f"https://github.example/{REPOSITORY}/pull/{number}#comment",
        }
        self.comments.setdefault(number, []).append(comment)
        return comment["id"]

    def bodies(self, number: int) -> list[str]:
        return [comment["body"] for comment in self.comments.get(number, [])]

    async def _guard(self, request: Request, call_next: RequestResponseEndpoint) -> Response:
        self.requests.append((request.method, request.url.path))
        if request.headers.get("authorization") != f"Bearer {TOKEN}":
            return _error(401, "Bad credentials")
        if self.faults and self.faults[0].only in ("", request.method):
            fault = self.faults.popleft()
            return _error(fault.status, fault.message, fault.headers)
        return await call_next(request)

    async def _list_comments(self, request: Request) -> Response:
        return self._page(request, self.comments.get(request.path_params["number"], []))

    async def _comment(self, request: Request) -> Response:
        body = (await request.json())["body"]
        if refused := _too_long(body):
            return refused
        number = request.path_params["number"]
        self.add_comment(number, body)
        return JSONResponse(self.comments[number][-1], status_code=201)

    async def _edit(self, request: Request) -> Response:
        comment = self._find(request.path_params["comment"])
        if comment is None:
            return _error(404, "Not Found")
        body = (await request.json())["body"]
        if refused := _too_long(body):
            return refused
        comment["body"] = body
        return JSONResponse(comment)

    async def _delete(self, request: Request) -> Response:
        comment = self._find(request.path_params["comment"])
        if comment is None:
            return _error(404, "Not Found")
        for comments in self.comments.values():
            if comment in comments:
                comments.remove(comment)
        return Response(status_code=204)

    async def _list_issues(self, request: Request) -> Response:
        query = request.query_params
        return self._page(
            request,
            [
                issue
                for issue in self.issues
                if issue["state"] == query["state"]
                and query["labels"] in issue["labels"]
                and issue["user"]["login"] == query["creator"]
            ],
        )

    async def _create_issue(self, request: Request) -> Response:
        number = len(self.issues) + 1
        issue = {
            **await request.json(),
            "id": next(self._ids),
            "number": number,
            "state": "open",
            "user": {"login": BOT},
            "html_url": f"https://github.example/{REPOSITORY}/issues/{number}",
        }
        self.issues.append(issue)
        return JSONResponse(issue, status_code=201)

    async def _change_issue(self, request: Request) -> Response:
        issue = self.issues[request.path_params["number"] - 1]
        issue.update(await request.json())
        return JSONResponse(issue)

    async def _pull(self, request: Request) -> Response:
        pull = self.pulls.get(request.path_params["number"])
        return JSONResponse(pull) if pull else _error(404, "Not Found")

    async def _pulls_of_commit(self, request: Request) -> Response:
        return self._page(request, self.pulls_of_commit.get(request.path_params["commit"], []))

    async def _list_runs(self, request: Request) -> Response:
        query = request.query_params
        found = [
            run
            for run in self.runs
            if run["head_sha"] == query["head_sha"]
            and run["event"] == query["event"]
            and run["conclusion"] == query["status"]
        ]
        return JSONResponse({"total_count": len(found), "workflow_runs": found})

    def _find(self, comment_id: int) -> dict[str, Any] | None:
        everything = (c for comments in self.comments.values() for c in comments)
        return next((c for c in everything if c["id"] == comment_id), None)

    def _page(self, request: Request, items: list[dict[str, Any]]) -> Response:
        size = int(request.query_params.get("per_page", "30"))
        page = int(request.query_params.get("page", "1"))
        shown = items[(page - 1) * size : page * size]
        headers = {}
        if page * size < len(items):
            following = request.url.include_query_params(page=page + 1)
            headers["link"] = f'<{following}>; rel="next", <{following}>; rel="last"'
        return JSONResponse(shown, headers=headers)


def _error(status: int, message: str, headers: Mapping[str, str] | None = None) -> Response:
    body = json.dumps({"message": message, "documentation_url": "https://docs.github.com/rest"})
    return Response(body, status, dict(headers or {}), "application/json")


def _too_long(body: str) -> Response | None:
    """GitHub's own words; characters are counted as JavaScript counts them."""
    if len(body.encode("utf-16-le")) // 2 > LONGEST_BODY:
        return _error(422, "Validation Failed: body is too long (maximum is 65536 characters)")
    return None
