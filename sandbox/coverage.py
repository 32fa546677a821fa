"""`sandbox/COVERAGE.md`: what the stand-ins answer to, made of their routes and rules.

`python -m sandbox.coverage` writes it; a test fails when it is out of date.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from sandbox.eks.routes import OPERATIONS
from sandbox.eks.temper import EksScenario
from sandbox.entra.graph.permissions import Permissions
from sandbox.entra.graph.routes import GRAPH_ROUTES
from sandbox.entra.login.routes import LOGIN_ROUTES, STS_ROUTES, USERINFO, LoginRoute
from sandbox.entra.temper.model import Temper
from sandbox.ledger.comparisons import COMPARISONS, DIFFERENCES
from sandbox.ledger.plugin_rows import ResourceRow, azuread_and_aws, kubernetes_kinds, lookups
from sandbox.ledger.source_facts import eks_refusals, graph_errors, login_errors, settings_of

LEDGER = Path(__file__).parent / "COVERAGE.md"
_INTRODUCTION = """\
# What the sandbox stands in for

Made of routes and rules by `python -m sandbox.coverage`; a test keeps it true.
Any other call is answered by 501 and names itself, is recorded, and fails the test that made it.

Everything here follows the documentation named beside it.
**Nothing was compared with the live services yet**: not Entra, not Microsoft Graph, not EKS.
`tests/conformance` can be pointed at a real tenant; its README says how.
Where the wording of an error is ours, the code says so.
"""
_NEVER_COMPARED = """\
Never compared with anything but the documentation:

- throttling, replication lag and lost answers;
- the wording of errors that is marked as ours;
- what EKS does with an issuer that it cannot reach;
- the official azuread and aws plugins in the versions that the program asks for.
"""


def render() -> str:
    """Return the ledger as Markdown, one table a service."""
    return "\n".join(
        [
            _INTRODUCTION,
            _table(
                "Compared with programs that nobody here wrote",
                ("Part", "Program", "Version", "What", "Where"),
                (
                    (
                        c.part,
                        c.client,
                        c.version,
                        c.what,
                        c.tests if " " in c.tests else f"`{c.tests}`",
                    )
                    for c in COMPARISONS
                ),
            ),
            _table("Known differences", ("Part", "Difference"), DIFFERENCES),
            _NEVER_COMPARED,
            *_login(),
            *_graph(),
            *_eks(),
            *_plugins(),
        ]
    )


def _login() -> Iterator[str]:
    head = ("Operation", "Route")
    yield _table("Login", head, _login_rows((*LOGIN_ROUTES, USERINFO)))
    yield _table("Issuer of v1 tokens (sts)", head, _login_rows(STS_ROUTES))
    yield _table(
        "Errors of the login endpoints",
        ("AADSTS", "OAuth error", "Wording"),
        ((str(number), f"`{code}`", wording) for number, code, wording in login_errors()),
    )


def _graph() -> Iterator[str]:
    yield _table(
        "Microsoft Graph (v1.0 and beta)",
        ("Operation", "Route", "Application role that it takes at least"),
        (
            (_link(r.name, r.documentation), f"`{r.method} {r.template}`", _least(r.permissions))
            for r in GRAPH_ROUTES
        ),
    )
    yield _table("Errors of Microsoft Graph", ("Status", "Code"), _errors(graph_errors()))
    yield _table(
        "Temper of Entra and Graph (`temper:` in a scenario)",
        ("Setting", "What it does"),
        _settings(settings_of(Temper)),
    )


def _eks() -> Iterator[str]:
    yield _table(
        "EKS",
        ("Operation", "Route"),
        ((_link(o.name, o.documentation), f"`{o.method} {o.path}`") for o in OPERATIONS),
    )
    refusals = ((str(status), code) for status, code in eks_refusals())
    yield _table("Errors of EKS", ("Status", "Code"), _errors(refusals))
    yield _table(
        "Cluster and temper of EKS (`eks:` in a scenario)",
        ("Setting", "What it does"),
        _settings(settings_of(EksScenario)),
    )


def _plugins() -> Iterator[str]:
    yield _table(
        "Provider plugins: azuread and aws",
        ("Resource", "Replaced when it changes", "Inputs that are refused here"),
        (
            (f"`{row.token}`", _names(row.replaced_by), _names(row.refused))
            for row in azuread_and_aws()
        ),
    )
    yield _table(
        "Provider plugins: kubernetes (server-side apply, any kind the API server has)",
        ("Kind", "Replaced when it changes"),
        _kinds(kubernetes_kinds()),
    )
    yield _table("Provider plugins: lookups", ("Function",), ((f"`{each}`",) for each in lookups()))


def _kinds(rows: Iterable[ResourceRow]) -> Iterator[Sequence[str]]:
    for row in rows:
        yield row.token, _names(row.replaced_by)


def _errors(errors: Iterable[tuple[str, str]]) -> Iterator[Sequence[str]]:
    for status, code in errors:
        yield status, f"`{code}`"


def _settings(settings: Iterable[tuple[str, str]]) -> Iterator[Sequence[str]]:
    for name, text in settings:
        yield f"`{name}`", text


def _login_rows(routes: Sequence[LoginRoute]) -> Iterator[Sequence[str]]:
    for route in routes:
        yield _link(route.name, route.documentation), f"`{route.method} {route.template}`"


def _least(permissions: Permissions) -> str:
    """Name the least privileged alternative, and say whether wider ones are accepted too."""
    least, *wider = permissions.alternatives
    roles = " and ".join(sorted(least)) or "none"
    return f"{roles} (or wider)" if wider else roles


def _names(names: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in names) or "none"


def _table(title: str, head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [f"## {title}", "", f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    lines += [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join([*lines, ""])


def _link(name: str, address: str) -> str:
    return f"[{name}]({address})"


if __name__ == "__main__":
    LEDGER.write_text(render())
