"""The pages of somebody who brings a code from another device."""

from __future__ import annotations

from html import escape

from sandbox.entra.login.pages.frame import Page, hidden
from sandbox.entra.login.pages.person import person_line
from sandbox.entra.login.steps import AskDevice, DeviceAnswered


def enter_code_page(tenant_name: str, error: str | None) -> Page:
    """Return the page that asks for the code; `error` says why it asks again."""
    problem = f'<p class="error" role="alert">{escape(error)}</p>' if error else ""
    return Page(
        title="Enter code",
        tenant_name=tenant_name,
        content=f"""<h1>Enter code to allow access</h1>
<p id="about">Once you enter the code displayed on your app or device, it will have access to your
account. Do not enter codes from sources you don't trust.</p>
{problem}
<form method="post" action="/common/oauth2/deviceauth">
<label for="otc">Code</label>
<input class="code" id="otc" name="otc" autocomplete="off" spellcheck="false" maxlength="16"
 aria-describedby="about" required autofocus>
<div class="row"><button class="main" type="submit">Next</button></div>
</form>""",
    )


def ask_device_page(tenant_id: str, tenant_name: str, step: AskDevice) -> Page:
    """Return the page that asks whether the device is the person's own."""
    return Page(
        title=f"Sign in to {step.application_name} on another device",
        tenant_name=tenant_name,
        content=f"""<div class="person">{person_line(step.user)}</div>
<h1>Are you trying to sign in to {escape(step.application_name)}?</h1>
<p>Only continue if you downloaded the app from a store or website that you trust.</p>
<form method="post" action="/{escape(tenant_id)}/deviceauth">
{hidden(ctx=step.page_id)}
<div class="row">
<button type="submit" name="answer" value="cancel">Cancel</button>
<button class="main" type="submit" name="answer" value="continue" autofocus>Continue</button>
</div>
</form>""",
    )


def device_done_page(tenant_name: str, step: DeviceAnswered) -> Page:
    """Return the last page: the device goes on without the browser."""
    name = escape(step.application_name)
    title, text = (
        (
            step.application_name,
            f"You have signed in to the {name} application on your device. You may now close this"
            " window.",
        )
        if step.approved
        else ("Sign-in cancelled", f"{name} on your device was given no access.")
    )
    return Page(
        title=title,
        tenant_name=tenant_name,
        content=f'<h1>{escape(title)}</h1>\n<p role="status">{text}</p>',
    )
