"""What the azuread plugin refuses about an application before it calls Graph.

Redirect URIs: https://learn.microsoft.com/entra/identity-platform/reply-url
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import UUID

from sandbox.plugins.protocol.errors import CheckFailure
from sandbox.plugins.protocol.values import UNKNOWN

AUDIENCES: Final = (
    "AzureADMyOrg",
    "AzureADMultipleOrgs",
    "AzureADandPersonalMicrosoftAccount",
    "PersonalMicrosoftAccount",
)
GROUP_CLAIMS: Final = ("All", "None", "ApplicationGroup", "DirectoryRole", "SecurityGroup")
WEB_SCHEMES: Final = ("http", "https", "ms-appx-web", "brk-multihub")


def application_problems(inputs: Mapping[str, Any]) -> list[CheckFailure]:
    """Return the values that are refused; `UNKNOWN` ones are not judged."""
    return [
        *_one_of("signInAudience", inputs.get("signInAudience"), AUDIENCES),
        *(
            problem
            for i, claim in enumerate(_known_list(inputs.get("groupMembershipClaims")))
            for problem in _one_of(f"groupMembershipClaims[{i}]", claim, GROUP_CLAIMS)
        ),
        *_redirect_problems(inputs, "web", only_web_schemes=True),
        *_redirect_problems(inputs, "singlePageApplication", only_web_schemes=True),
        *_redirect_problems(inputs, "publicClient", only_web_schemes=False),
        *_token_version_problems(inputs),
        *_owner_problems(inputs),
        *_tag_problems(inputs),
    ]


def _one_of(path: str, value: Any, allowed: tuple[str, ...]) -> Iterator[CheckFailure]:
    if value is not None and value is not UNKNOWN and value not in allowed:
        reason = f"{value!r} is not one of {', '.join(allowed)}"
        yield CheckFailure(path=path, reason=reason)


def _redirect_problems(
    inputs: Mapping[str, Any], platform: str, *, only_web_schemes: bool
) -> Iterator[CheckFailure]:
    block = inputs.get(platform)
    if not isinstance(block, Mapping):
        return
    for index, uri in enumerate(_known_list(block.get("redirectUris"))):
        reason = _redirect_problem(uri, only_web_schemes=only_web_schemes)
        if reason:
            yield CheckFailure(path=f"{platform}.redirectUris[{index}]", reason=reason)


def _redirect_problem(uri: str, *, only_web_schemes: bool) -> str | None:
    parts = urlsplit(uri)
    if not parts.scheme:
        return f"{uri!r} has no scheme"
    if only_web_schemes and parts.scheme not in WEB_SCHEMES:
        return f"{uri!r} must have one of the schemes {', '.join(WEB_SCHEMES)}"
    if not parts.netloc:
        return None if parts.scheme == "urn" and not only_web_schemes else f"{uri!r} has no host"
    if only_web_schemes and not parts.path:
        return f"{uri!r} must have a trailing slash when there is no path segment"
    return None


def _token_version_problems(inputs: Mapping[str, Any]) -> Iterator[CheckFailure]:
    api = inputs.get("api")
    version = api.get("requestedAccessTokenVersion") if isinstance(api, Mapping) else None
    if version not in (None, UNKNOWN, 1, 2):
        yield CheckFailure(
            path="api.requestedAccessTokenVersion", reason=f"{version} is not one of 1, 2"
        )


def _owner_problems(inputs: Mapping[str, Any]) -> Iterator[CheckFailure]:
    for index, owner in enumerate(_known_list(inputs.get("owners"))):
        try:
            UUID(owner)
        except ValueError:
            yield CheckFailure(path=f"owners[{index}]", reason=f"{owner!r} is no object id (UUID)")


def _tag_problems(inputs: Mapping[str, Any]) -> Iterator[CheckFailure]:
    if inputs.get("tags") is not None and inputs.get("featureTags") is not None:
        yield CheckFailure(path="featureTags", reason="conflicts with tags; give one of them")


def _known_list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        return []
    return [item for item in value if item is not UNKNOWN]
