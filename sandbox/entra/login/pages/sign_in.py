"""Who it is: the list to pick from, and the password form."""

from __future__ import annotations

from html import escape

from sandbox.entra.login.pages.frame import Page, hidden
from sandbox.entra.login.pages.person import person_line
from sandbox.entra.login.steps import ChoosePerson, EnterPassword


def choose_person_page(
    tenant_id: str, tenant_name: str, step: ChoosePerson, error: str | None
) -> Page:
    """Return the page that asks who it is; `error` says why it asks again."""
    action = f"/{escape(tenant_id)}/login"
    return Page(
        title=f"Sign in to {step.application_name}",
        tenant_name=tenant_name,
        form_target=step.return_origin,
        content=f"""<h1>Sign in</h1>
<p>to continue to <strong>{escape(step.application_name)}</strong></p>
{_problem(error)}
{_people(step, action, tenant_name)}
<h2 id="by-password">Sign in with a password</h2>
<form method="post" action="{action}" aria-labelledby="by-password">
{hidden(ctx=step.page_id)}
<label for="login">User name or mail</label>
<input id="login" name="login" autocomplete="username" required{_autofocus(not step.login)}
 value="{escape(step.login)}">
<label for="passwd">Password</label>
<input id="passwd" name="passwd" type="password" autocomplete="current-password"
 required{_autofocus(bool(step.login))}>
<div class="row">
<button name="cancel" value="1" formnovalidate type="submit" form="cancel">Cancel</button>
<button class="main" type="submit">Sign in</button>
</div>
</form>
<form id="cancel" method="post" action="{action}">{hidden(ctx=step.page_id)}</form>""",
    )


def password_page(tenant_id: str, tenant_name: str, step: EnterPassword, error: str | None) -> Page:
    """Return the page that asks somebody who was picked for the password."""
    name = step.user.user_principal_name
    return Page(
        title=f"Enter password for {step.application_name}",
        tenant_name=tenant_name,
        form_target=step.return_origin,
        content=f"""<h1>Enter password</h1>
<p>to continue to <strong>{escape(step.application_name)}</strong></p>
<div class="person">{person_line(step.user)}</div>
{_problem(error)}
<form method="post" action="/{escape(tenant_id)}/login">
{hidden(ctx=step.page_id, picked="1")}
<input type="text" name="login" value="{escape(name)}" autocomplete="username" hidden>
<label for="passwd">Password</label>
<input id="passwd" name="passwd" type="password" autocomplete="current-password" required autofocus>
<div class="row">
<button name="find" value="" formnovalidate type="submit" form="back">Back</button>
<button class="main" type="submit">Sign in</button>
</div>
</form>
<form id="back" method="post" action="/{escape(tenant_id)}/login">{hidden(ctx=step.page_id)}</form>
""",
    )


def _people(step: ChoosePerson, action: str, tenant_name: str) -> str:
    rows = "\n".join(
        f'<li><button type="submit" name="person" value="{escape(user.object_id)}">'
        f"{person_line(user, _badge(step, user.object_id, is_guest=user.is_guest))}</button></li>"
        for user in step.people
    )
    how = (
        "This is a sandbox without passwords: whoever you pick is signed in at once."
        if step.without_password
        else "These people exist in this sandbox only. You are asked for the password next."
    )
    found = f"<ul class=people>\n{rows}\n</ul>" if rows else "<p>Nobody is called that.</p>"
    return f"""<h2 id="by-picking">Pick somebody of {escape(tenant_name)}</h2>
<p class="notice">{how}</p>
<form method="post" action="{action}" aria-labelledby="by-picking">
{hidden(ctx=step.page_id)}
{found}
</form>
{_search(step, action)}"""


def _search(step: ChoosePerson, action: str) -> str:
    if not step.more and not step.searched:
        return ""
    others = f'<p class="quiet">and {step.more:,} more</p>' if step.more else ""
    return f"""{others}
<form class="find" method="post" action="{action}" role="search">
{hidden(ctx=step.page_id)}
<div><label for="find">Find somebody</label>
<input id="find" name="find" value="{escape(step.searched)}"></div>
<button type="submit">Find</button>
</form>"""


def _badge(step: ChoosePerson, user_id: str, *, is_guest: bool) -> str:
    if user_id in step.signed_in:
        return "Signed in"
    return "Guest" if is_guest else ""


def _problem(error: str | None) -> str:
    return f'<p class="error" role="alert">{escape(error)}</p>' if error else ""


def _autofocus(wanted: bool) -> str:
    return " autofocus" if wanted else ""
