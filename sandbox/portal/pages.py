"""The portal's pages: plain HTML that works with a keyboard, a screen reader and no script.

Everything that is shown comes from a token or a server and is escaped. Nothing is loaded: the
person's picture is shown as its address.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from html import escape
from urllib.parse import urlsplit

from verify.kubernetes_access import KubernetesIdentity
from verify.portal_user import PortalUser

_STYLE = """
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }
body { max-width: 46rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin-top: 2rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .35rem 1.5rem; }
dt { font-weight: 600; } dd { margin: 0; overflow-wrap: anywhere; }
ul { margin: 0; padding-left: 1.1rem; }
a, button { font: inherit; padding: .5rem 1rem; border: 1px solid; border-radius: .3rem; }
dd a { padding: 0; border: 0; }
.problem { border-left: .3rem solid #c62828; padding: .3rem 1rem; }
"""

SECURITY_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; frame-ancestors 'none';"
    " style-src 'sha256-"
    + base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
    + "'",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def signed_out() -> str:
    """Return the page of somebody who is not signed in."""
    return _page(
        "KubeRocketCI portal (sandbox)",
        "<p>You are not signed in.</p>"
        '<p><a href="/auth/login">Sign in with Microsoft Entra</a></p>',
    )


def signed_in(
    user: PortalUser, kubernetes: KubernetesIdentity | None, kubernetes_problem: str | None
) -> str:
    """Return the page of somebody who is; the API server's answer, or why there is none."""
    person = _definitions(
        [
            ("Name", escape(user.name)),
            ("Email", escape(user.email)),
            ("Default namespace", _text(user.default_namespace)),
            ("Picture", _link(user.picture)),
            ("Groups", _list(user.groups)),
        ]
    )
    if kubernetes:
        cluster = _definitions(
            [
                ("User name", escape(kubernetes.username)),
                ("Groups", _list(kubernetes.groups)),
            ]
        )
    else:
        cluster = _problem(kubernetes_problem or "The API server was not asked.")
    return _page(
        f"Signed in as {user.name}",
        f'<section aria-labelledby="portal"><h2 id="portal">What the portal knows</h2>{person}'
        '</section><section aria-labelledby="cluster"><h2 id="cluster">Who the Kubernetes API'
        f" server says you are</h2>{cluster}</section>"
        '<form method="post" action="/auth/logout"><p><button>Sign out</button></p></form>',
    )


def failed(title: str, reason: str) -> str:
    """Return the page of a sign-in that did not succeed."""
    return _page(title, f'{_problem(reason)}<p><a href="/">Back to the start</a></p>')


def _page(title: str, body: str) -> str:
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head>"
        f"<body><main><h1>{escape(title)}</h1>{body}</main></body></html>\n"
    )


def _definitions(rows: Sequence[tuple[str, str]]) -> str:
    return "<dl>" + "".join(f"<dt>{term}</dt><dd>{value}</dd>" for term, value in rows) + "</dl>"


def _problem(reason: str) -> str:
    return f'<p class="problem" role="alert">{escape(reason)}</p>'


def _text(value: str | None) -> str:
    return escape(value) if value else "none in the token"


def _list(values: Sequence[str]) -> str:
    if not values:
        return "none"
    return "<ul>" + "".join(f"<li>{escape(value)}</li>" for value in values) + "</ul>"


def _link(address: str | None) -> str:
    # Any program with the right to write users can set the claim: javascript: stays text.
    if address and urlsplit(address).scheme in {"http", "https"}:
        return f'<a href="{escape(address)}" rel="noreferrer noopener">{escape(address)}</a>'
    return _text(address)
