"""The kinds of text that settings are made of, each with the rule it keeps and the rule's source.

Every rule's message says what is allowed; the loader puts the setting's name and value before it.
"""

from __future__ import annotations

import re
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, PlainValidator

GUID_PATTERN = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_DNS_LABEL = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")
_EXTENSION_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}")
_EKS_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}")
_REGION = re.compile(r"[a-z]{2}(-[a-z]+)+-\d")
_LOOPBACK_REDIRECT = re.compile(r"http://localhost:\d{1,5}")


def _guid(value: str) -> str:
    if not GUID_PATTERN.fullmatch(value):
        msg = "must be a GUID such as 3f8a0c52-6d1e-4b7a-9c45-1e2d3a4b5c6d"
        raise ValueError(msg)
    return value.lower()


def dns_label(value: str) -> str:
    """Return `value` when it is an RFC 1123 label; raise ValueError with the rule otherwise."""
    if not _DNS_LABEL.fullmatch(value):
        msg = (
            "must be a Kubernetes namespace name: at most 63 of a-z, 0-9 and '-', "
            "starting and ending with a letter or digit"
        )
        raise ValueError(msg)
    return value


def _extension_name(value: str) -> str:
    if not _EXTENSION_NAME.fullmatch(value):
        msg = (
            "must be the name of a directory extension property: a letter, then letters, digits "
            "or '_', without Microsoft Graph's prefix 'extension_<client id>_'"
        )
        raise ValueError(msg)
    return value


def _eks_name(value: str) -> str:
    if not _EKS_NAME.fullmatch(value):
        msg = "must be an EKS name: letters, digits, '-' and '_', at most 100"
        raise ValueError(msg)
    return value


def _region(value: str) -> str:
    if not _REGION.fullmatch(value):
        msg = "must be an AWS region such as eu-central-1"
        raise ValueError(msg)
    return value


def _prefix(value: str) -> str:
    if "system:" in value:
        msg = (
            "must not contain 'system:': EKS refuses it, and such a name would be one of "
            "Kubernetes' own; use a prefix such as 'entra:'"
        )
        raise ValueError(msg)
    if value in ("", "-"):
        msg = (
            "must not be empty or '-': a name from the directory without a prefix can collide "
            "with a name inside the cluster; use a prefix such as 'entra:'"
        )
        raise ValueError(msg)
    return value


def https_url(value: str) -> str:
    """Return `value` when it is an https URL; raise ValueError with the rule otherwise."""
    parts = urlsplit(value)
    if parts.scheme != "https" or not parts.hostname:
        msg = "must be an https URL such as https://portal.example.com"
        raise ValueError(msg)
    if parts.username or parts.password:
        msg = "must not contain a user name or password"
        raise ValueError(msg)
    return value


def _https_origin(value: str) -> str:
    https_url(value)
    parts = urlsplit(value)
    if parts.path or parts.query or parts.fragment or "*" in value:
        msg = (
            "must be scheme and host only, without path, query, wildcard or trailing slash, "
            "such as https://portal.example.com"
        )
        raise ValueError(msg)
    return value


def _loopback_redirect(value: str) -> str:
    if not _LOOPBACK_REDIRECT.fullmatch(value) or int(value.rpartition(":")[2]) not in range(
        1, 65536
    ):
        msg = (
            "must be http://localhost:<port>, where kubectl's plugin listens, such as "
            "http://localhost:8000"
        )
        raise ValueError(msg)
    return value


def _scalar(value: object) -> object:
    if not isinstance(value, str | int):  # a bool is an int
        msg = "must be text, a whole number, true or false"
        raise ValueError(msg)  # noqa: TRY004 - pydantic collects ValueErrors
    return value


Scalar = Annotated[str | int | bool, PlainValidator(_scalar)]
"""What YAML makes of a value; `graph.extension_values` makes one text of it."""
Guid = Annotated[str, AfterValidator(_guid)]
DnsLabel = Annotated[str, AfterValidator(dns_label)]
"""RFC 1123 label: https://kubernetes.io/docs/concepts/overview/working-with-objects/names/"""
ExtensionPropertyName = Annotated[str, AfterValidator(_extension_name)]
"""https://learn.microsoft.com/graph/api/application-post-extensionproperty"""
EksName = Annotated[str, AfterValidator(_eks_name)]
"""https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateCluster.html"""
Region = Annotated[str, AfterValidator(_region)]
ClaimPrefix = Annotated[str, AfterValidator(_prefix)]
"""https://docs.aws.amazon.com/eks/latest/userguide/authenticate-oidc-identity-provider.html"""
HttpsUrl = Annotated[str, AfterValidator(https_url)]
HttpsOrigin = Annotated[str, AfterValidator(_https_origin)]
"""The portal's callback is put behind it; https://learn.microsoft.com/entra/identity-platform/reply-url"""
LoopbackRedirect = Annotated[str, AfterValidator(_loopback_redirect)]
"""https://learn.microsoft.com/entra/identity-platform/reply-url#localhost-exceptions"""
