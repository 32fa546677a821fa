"""Certificates of an application: `keyCredentials` in the body of a create or an update.

https://learn.microsoft.com/graph/api/resources/keycredential
A collection in a PATCH takes the place of the old one; an entry that names a key by its id and
brings no `key` keeps it. The key itself is never shown.
"""

from __future__ import annotations

import hashlib
from typing import Any

from cryptography import x509

from sandbox.entra.directory.new_objects import timestamp
from sandbox.entra.directory.objects import Application
from sandbox.entra.graph.call import GraphCall
from sandbox.entra.graph.errors import bad_request
from sandbox.entra.login.certificate_assertion import read_certificate


def set_certificates(
    call: GraphCall, application: Application | None, wanted: list[dict[str, Any]]
) -> tuple[list[dict[str, Any]], dict[str, bytes]]:
    """Return `keyCredentials` as Graph shows it, and the certificates in DER by key id.

    `application` is None while it is being made.

    Raises:
        GraphError: 400, an entry is no X.509 certificate that verifies; worded here.
    """
    known = application.certificates if application else {}
    shown_before = application.properties["keyCredentials"] if application else []
    shown: list[dict[str, Any]] = []
    kept: dict[str, bytes] = {}
    for entry in wanted:
        key_id = str(entry.get("keyId") or call.ids.guid())
        if not entry.get("key") and key_id in known:
            kept[key_id] = known[key_id]
            shown += [old for old in shown_before if old["keyId"] == key_id]
            continue
        if (entry.get("type"), entry.get("usage")) != ("AsymmetricX509Cert", "Verify"):
            msg = "A key credential must be of type AsymmetricX509Cert and usage Verify."
            raise bad_request(msg)
        try:
            der = read_certificate(str(entry.get("key")))
        except ValueError as error:
            msg = "Key credential has an invalid value: it is not a certificate in base64."
            raise bad_request(msg) from error
        kept[key_id] = der
        shown.append(_shown(key_id, entry, der))
    return shown, kept


def _shown(key_id: str, entry: dict[str, Any], der: bytes) -> dict[str, Any]:
    certificate = x509.load_der_x509_certificate(der)
    return {
        "customKeyIdentifier": hashlib.sha1(der, usedforsecurity=False).hexdigest().upper(),
        "displayName": entry.get("displayName") or certificate.subject.rfc4514_string(),
        "endDateTime": timestamp(certificate.not_valid_after_utc),
        "key": None,
        "keyId": key_id,
        "startDateTime": timestamp(certificate.not_valid_before_utc),
        "type": "AsymmetricX509Cert",
        "usage": "Verify",
    }
