"""Client secrets: https://learn.microsoft.com/graph/api/application-addpassword

The secret is in the answer to `addPassword` and nowhere else, ever.
"""

from __future__ import annotations

from datetime import UTC, datetime

from sandbox.entra.directory.new_objects import timestamp
from sandbox.entra.directory.objects import Application, ClientSecret
from sandbox.entra.graph.applications import find_owned
from sandbox.entra.graph.call import NO_CONTENT, GraphAnswer, GraphCall, ok
from sandbox.entra.graph.errors import GraphError, bad_request, invalid_property

_DEFAULT_YEARS = 2
_KNOWN = frozenset({"displayName", "startDateTime", "endDateTime"})


def add(call: GraphCall) -> GraphAnswer:
    """https://learn.microsoft.com/graph/api/application-addpassword"""
    application = find_owned(call)
    wanted = call.json_object().get("passwordCredential") or {}
    for name in wanted:
        if name not in _KNOWN:
            raise invalid_property(name)
    starts = _moment(wanted.get("startDateTime")) or call.now
    ends = _moment(wanted.get("endDateTime")) or _years_after(starts, _DEFAULT_YEARS)
    if ends <= starts:
        msg = "Credential lifetime is invalid: endDateTime must be after startDateTime."
        raise bad_request(msg)
    secret, key_id = call.ids.client_secret(), call.ids.guid()
    kept = ClientSecret(key_id=key_id, digest=ClientSecret.digest_of(secret), ends=ends)
    call.tenant.applications.change(application, secrets={**application.secrets, key_id: kept})
    shown = {
        "customKeyIdentifier": None,
        "displayName": wanted.get("displayName"),
        "endDateTime": timestamp(ends),
        "hint": secret[:3],
        "keyId": key_id,
        "secretText": None,
        "startDateTime": timestamp(starts),
    }
    _store(call, application, [*application.properties["passwordCredentials"], shown])
    context = f"{call.base_url}/$metadata#microsoft.graph.passwordCredential"
    return ok({"@odata.context": context, **shown, "secretText": secret})


def remove(call: GraphCall) -> GraphAnswer:
    """https://learn.microsoft.com/graph/api/application-removepassword"""
    application = find_owned(call)
    key_id = call.json_object().get("keyId")
    if not isinstance(key_id, str) or key_id not in application.secrets:
        # As quoted in reports of programs that remove a password twice.
        raise GraphError(
            400, "Request_BadRequest", f"No password credential found with keyId '{key_id}'."
        )
    secrets = {key: kept for key, kept in application.secrets.items() if key != key_id}
    call.tenant.applications.change(application, secrets=secrets)
    remaining = [
        shown for shown in application.properties["passwordCredentials"] if shown["keyId"] != key_id
    ]
    _store(call, application, remaining)
    return NO_CONTENT


def _store(call: GraphCall, application: Application, shown: list[dict[str, object]]) -> None:
    call.tenant.applications.update(application, {"passwordCredentials": shown})


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        message = f"Cannot convert the literal '{text}' to the expected type 'Edm.DateTimeOffset'."
        raise bad_request(message) from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _years_after(moment: datetime, years: int) -> datetime:
    try:
        return moment.replace(year=moment.year + years)
    except ValueError:  # 29 February
        return moment.replace(year=moment.year + years, day=28)
