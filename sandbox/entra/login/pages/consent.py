"""What the application asks for, and the person's answer."""

from __future__ import annotations

from html import escape

from sandbox.entra.directory.tenant import Tenant
from sandbox.entra.login.pages.frame import Page, hidden
from sandbox.entra.login.pages.person import person_line
from sandbox.entra.login.permission_texts import permission_text
from sandbox.entra.login.scopes import offered_permissions
from sandbox.entra.login.steps import AskConsent


def consent_page(tenant: Tenant, step: AskConsent) -> Page:
    """Return the page that asks for consent."""
    for_everybody = (
        '<label class="check"><input type="checkbox" name="on_behalf" value="1">'
        "<span>Consent on behalf of your organization. If you check this box, this app gets access"
        " for all users in your organization, and nobody else is asked.</span></label>"
        if step.for_everybody
        else ""
    )
    return Page(
        title=f"Permissions requested by {step.application_name}",
        tenant_name=tenant.display_name,
        form_target=step.return_origin,
        content=f"""<div class="person">{person_line(step.user)}</div>
<h1>Permissions requested</h1>
<p><strong>{escape(step.application_name)}</strong><br>
<span class="quiet">{escape(step.publisher_domain) or "unverified"}</span></p>
<p>This application would like to:</p>
<dl class="permissions">
{_permissions(tenant, step)}
</dl>
<form method="post" action="/{escape(tenant.tenant_id)}/Consent/Set">
{hidden(ctx=step.page_id)}
{for_everybody}
<p class="quiet">Accepting these permissions means that you allow this app to use your data as
specified in its terms of service and privacy statement. You can change them later.</p>
<div class="row">
<button type="submit" name="answer" value="cancel">Cancel</button>
<button class="main" type="submit" name="answer" value="accept" autofocus>Accept</button>
</div>
</form>""",
    )


def _permissions(tenant: Tenant, step: AskConsent) -> str:
    lines: list[str] = []
    for resource, wanted in step.asked.permissions:
        for scope in offered_permissions(resource, tenant):
            if scope["value"] in wanted:
                title, text = permission_text(scope)
                lines.append(f"<dt>{escape(title)}</dt><dd>{escape(text)}</dd>")
    return "\n".join(lines)
