"""Where a sign-in or a sign-out ends: an error, the way back by a form, or signed out."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from urllib.parse import urlsplit

from sandbox.entra.login.access_errors import (
    ADMIN_CONSENT_REQUIRED,
    BLOCKED_BY_CONDITIONAL_ACCESS,
)
from sandbox.entra.login.errors import Correlation, LoginError
from sandbox.entra.login.pages.frame import Page, hidden

_HEADINGS = {
    ADMIN_CONSENT_REQUIRED.code: "Need admin approval",
    BLOCKED_BY_CONDITIONAL_ACCESS.code: "You cannot access this right now",
}
_HEADING = "Sorry, but we're having trouble signing you in."


def error_page(tenant_name: str, error: LoginError, correlation: Correlation) -> Page:
    """Return the page on which a sign-in ends; its message begins with the AADSTS code."""
    heading = _HEADINGS.get(error.kind.code, _HEADING)
    return Page(
        title="Sign-in error",
        tenant_name=tenant_name,
        content=f"""<h1>{escape(heading)}</h1>
<p class="error" role="alert">AADSTS{error.kind.code}: {escape(error.text)}</p>
<h2>Troubleshooting details</h2>
<dl class="details">
<dt>Error code</dt><dd>{error.kind.code}</dd>
<dt>Request Id</dt><dd>{escape(correlation.trace_id)}</dd>
<dt>Correlation Id</dt><dd>{escape(correlation.correlation_id)}</dd>
<dt>Timestamp</dt><dd>{correlation.timestamp}</dd>
</dl>""",
    )


def form_post_page(redirect_uri: str, parameters: Mapping[str, str]) -> Page:
    """Return a form that posts the answer to the client by itself, or at the press of a button.

    https://openid.net/specs/oauth-v2-form-post-response-mode-1_0.html
    """
    parts = urlsplit(redirect_uri)
    return Page(
        title="Working...",
        form_target=f"{parts.scheme}://{parts.netloc}" if parts.netloc else f"{parts.scheme}:",
        submits_itself=True,
        content=f"""<h1>Working...</h1>
<form method="post" action="{escape(redirect_uri)}">
{hidden(**parameters)}
<noscript><p>Script is disabled. Press the button to go on.</p></noscript>
<button class="main" type="submit">Continue</button>
</form>""",
    )


def signed_out_page(tenant_name: str) -> Page:
    """Return the page after a sign-out that leads nowhere else."""
    return Page(
        title="Sign out",
        tenant_name=tenant_name,
        content="<h1>You signed out of your account</h1>\n"
        "<p>It's a good idea to close all browser windows.</p>",
    )
