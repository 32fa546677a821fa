"""`sandbox/COVERAGE.md`: what the stand-ins answer to, made of their routes.

`python -m sandbox.coverage` writes it; a test fails when it is out of date.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from sandbox.eks.routes import OPERATIONS
from sandbox.entra.graph.permissions import Permissions
from sandbox.entra.graph.routes import GRAPH_ROUTES
from sandbox.entra.login.routes import LOGIN_ROUTES, STS_ROUTES, LoginRoute

LEDGER = Path(__file__).parent / "COVERAGE.md"
_INTRODUCTION = """\
# What the sandbox stands in for

Made of the routes by `python -m sandbox.coverage`; a test keeps it true.
Any other call is answered by 501, names itself, is recorded, and fails the system tests.

Everything here follows the documentation named beside it.
**Nothing was compared with the live services yet.**
Where the wording of an error is ours, the code says so.
"""


def render() -> str:
    """Return the ledger as Markdown, one table a service."""
    return "\n".join(
        [
            _INTRODUCTION,
            _table(
                "Login",
                ("Operation", "Route"),
                _login_rows(LOGIN_ROUTES),
            ),
            _table(
                "Issuer of v1 tokens (sts)",
                ("Operation", "Route"),
                _login_rows(STS_ROUTES),
            ),
            _table(
                "Microsoft Graph (v1.0 and beta)",
                ("Operation", "Route", "Application role that it takes at least"),
                (
                    (
                        _link(r.name, r.documentation),
                        f"`{r.method} {r.template}`",
                        _least(r.permissions),
                    )
                    for r in GRAPH_ROUTES
                ),
            ),
            _table(
                "EKS",
                ("Operation", "Route"),
                ((_link(o.name, o.documentation), f"`{o.method} {o.path}`") for o in OPERATIONS),
            ),
        ]
    )


def _login_rows(routes: Sequence[LoginRoute]) -> Iterator[Sequence[str]]:
    for route in routes:
        yield _link(route.name, route.documentation), f"`{route.method} {route.template}`"


def _least(permissions: Permissions) -> str:
    """Name the least privileged alternative, and say whether wider ones are accepted too."""
    least, *wider = permissions.alternatives
    roles = " and ".join(sorted(least)) or "none"
    return f"{roles} (or wider)" if wider else roles


def _table(title: str, head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [f"## {title}", "", f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    lines += [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join([*lines, ""])


def _link(name: str, address: str) -> str:
    return f"[{name}]({address})"


if __name__ == "__main__":
    LEDGER.write_text(render())
