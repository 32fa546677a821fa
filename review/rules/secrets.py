"""Rules about client secrets: made, renewed, near their end."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime

from review import kinds
from review.model import Resource
from review.rules.rule import Observation, Rule, Severity, resource_rule
from review.settings import ReviewSettings
from review.situation import Situation, display_name
from review.values import UNKNOWN

_PASSWORDS = (kinds.APPLICATION_PASSWORD, kinds.SERVICE_PRINCIPAL_PASSWORD)
_SECRETS = "https://learn.microsoft.com/entra/identity-platform/security-best-practices-for-app-registration"


def _called(password: Resource) -> str:
    name = password.inputs.get("displayName")
    return f'"{name}"' if isinstance(name, str) else password.name


def _of(situation: Situation, password: Resource) -> str:
    name = "servicePrincipalId" if "servicePrincipalId" in password.inputs else "applicationId"
    application = situation.application_of(password, name)
    return f" of {display_name(application)}" if application else ""


def _created(situation: Situation) -> Iterator[Observation]:
    for change in situation.of_kind(*_PASSWORDS):
        if change.operation != "create" or change.new is None:
            continue
        text = f"A client secret {_called(change.new)}{_of(situation, change.new)} is made"
        ends = _end(change.new)
        text += f"; it ends on {ends:%d %B %Y}." if ends else "."
        in_kubeconfigs = change.new.name.startswith("kubectl")
        if in_kubeconfigs:
            text += (
                " It goes into every kubeconfig: whoever reads one can act as the application, and "
                "taking it back means a new kubeconfig for everybody."
            )
        yield Observation(
            text=text,
            urns=(change.urn,),
            severity=Severity.HIGH if in_kubeconfigs else None,
        )


def _rotated(situation: Situation) -> Iterator[Observation]:
    for change in situation.of_kind(*_PASSWORDS, kinds.GENERATED_SECRET):
        if not change.gone or change.old is None:
            continue
        if change.type == kinds.GENERATED_SECRET:
            yield Observation(
                text="The portal's session key is made anew: everybody who is signed in to the "
                "portal signs in once more.",
                urns=(change.urn,),
            )
            continue
        called, of = _called(change.old), _of(situation, change.old)
        if change.operation == "delete":
            yield Observation(
                text=f"The client secret {called}{of} is deleted: whoever still uses it gets "
                "AADSTS7000215.",
                urns=(change.urn,),
            )
            continue
        until = _end(change.new) if change.new else None
        new = f" The new one ends on {until:%d %B %Y}." if until else ""
        yield Observation(
            text=f"The client secret {called}{of} is replaced, and the old one ends with the "
            "update: a portal that still runs with it cannot sign anybody in (AADSTS7000215) "
            "until "
            f"it has been restarted.{new}",
            urns=(change.urn,),
        )


def _expires(password: Resource, settings: ReviewSettings) -> Iterator[Observation]:
    if password.inputs.get("endDate") is UNKNOWN:
        yield Observation(
            text=f"When the client secret {_called(password)} ends.",
            urns=(password.urn,),
            about="end",
            unknown=True,
        )
    ends = _end(password)
    if ends is None:
        return
    days = (ends - settings.today).days
    if days <= settings.secret_expires_within_days:
        when = (
            f"ends in {days} days" if days > 1 else "ends tomorrow" if days == 1 else "ends today"
        )
        yield Observation(
            text=f"The client secret {_called(password)} "
            f"{'has ended' if days < 0 else when}, on {ends:%d %B %Y}: the portal then cannot sign "
            "anybody in (AADSTS7000222).",
            urns=(password.urn,),
            about="end",
        )


def _near_their_end(situation: Situation) -> Iterator[Observation]:
    """Look at unchanged secrets too: time passes for them as well."""
    for password in situation.resources_after(*_PASSWORDS):
        yield from _expires(password, situation.settings)


def _end(password: Resource) -> date | None:
    for side in (password.inputs, password.outputs):
        text = side.get("endDate")
        if isinstance(text, str):
            try:
                return datetime.fromisoformat(text).astimezone(UTC).date()
            except ValueError:
                return None
    return None


RULES = (
    Rule(
        id="secret-created",
        title="A client secret is made",
        severity=Severity.MEDIUM,
        consequence="Whoever has it can act as the application until it ends.",
        remedy="Prefer a federated credential, which holds none; the portal's own is needed.",
        link=_SECRETS,
        look=_created,
    ),
    Rule(
        id="secret-rotated",
        title="A secret is replaced or deleted",
        severity=Severity.MEDIUM,
        consequence="What still runs with the old one stops working with the update.",
        remedy="Restart what uses it right after the update, the portal with: "
        "kubectl rollout restart deployment -n PORTAL-NAMESPACE",
        link=_SECRETS,
        look=_rotated,
    ),
    resource_rule(
        id="secret-expiring",
        title="A client secret is near its end",
        severity=Severity.MEDIUM,
        consequence="On that day the portal stops signing people in.",
        remedy="Set portal.clientSecretExpires to a later day, and restart the portal.",
        link=_SECRETS,
        types=_PASSWORDS,
        check=_expires,
        look=_near_their_end,
    ),
)
