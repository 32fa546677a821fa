"""The pages of the login endpoints, in plain HTML that works without scripts and by keyboard."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from sandbox.entra.login.authorization import SignInPage

_FRAME = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="icon" href="data:,">
<style>
body {{ font: 1rem/1.5 system-ui, sans-serif }}
main {{ max-width: 27rem; margin: 10vh auto; padding: 0 1rem }}
label, input, button {{ display: block; width: 100%; box-sizing: border-box; font: inherit }}
input, button {{ padding: .5rem; margin: .25rem 0 1rem }}
.error {{ color: #a4262c; overflow-wrap: anywhere }}
</style>
</head>
<body>
<main>
{content}
</main>
</body>
</html>
"""


def sign_in_page(tenant_id: str, tenant_name: str, page: SignInPage, error: str | None) -> str:
    """Return the form that asks for name and password; `error` says why it asks again."""
    problem = f'<p class="error" role="alert">{escape(error)}</p>' if error else ""
    return _FRAME.format(
        title=f"Sign in to {escape(page.application_name)}",
        content=f"""<h1>Sign in</h1>
<p>to <strong>{escape(page.application_name)}</strong> of {escape(tenant_name)} (sandbox)</p>
{problem}
<form method="post" action="/{escape(tenant_id)}/login">
<input type="hidden" name="ctx" value="{escape(page.page_id)}">
<label for="login">User name or mail</label>
<input id="login" name="login" autocomplete="username" required autofocus
 value="{escape(page.login)}">
<label for="passwd">Password</label>
<input id="passwd" name="passwd" type="password" autocomplete="current-password" required>
<button type="submit">Sign in</button>
</form>""",
    )


def error_page(description: str) -> str:
    """Return the page on which a sign-in ends; `description` begins with the AADSTS code."""
    return _FRAME.format(
        title="Sign-in error",
        content=f"""<h1>Sorry, but we are having trouble signing you in.</h1>
<p class="error" role="alert">{escape(description)}</p>""",
    )


def form_post_page(redirect_uri: str, parameters: Mapping[str, str]) -> str:
    """Return a form that posts the answer to the client by itself, or at the press of a button.

    https://openid.net/specs/oauth-v2-form-post-response-mode-1_0.html
    """
    fields = "\n".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">'
        for name, value in parameters.items()
    )
    return _FRAME.format(
        title="Working...",
        content=f"""<form method="post" action="{escape(redirect_uri)}">
{fields}
<noscript><p>Press the button to go on.</p></noscript>
<button type="submit">Continue</button>
</form>
<script>document.forms[0].submit()</script>""",
    )


def signed_out_page() -> str:
    """Return the page after a sign-out that leads nowhere else."""
    return _FRAME.format(title="Sign out", content="<h1>You signed out of your account.</h1>")
