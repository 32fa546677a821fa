"""Rules about redirect URIs: where Entra sends people, and the code that signs them in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

from review import kinds
from review.model import Resource
from review.rules.rule import Observation, Rule, Severity, resource_rule
from review.settings import ReviewSettings
from review.situation import Situation, display_name
from review.values import UNKNOWN, at, items, texts

_LINK = "https://learn.microsoft.com/entra/identity-platform/reply-url"
_PLATFORMS = {
    "web": "web",
    "singlePageApplication": "single-page application",
    "publicClient": "public client",
}
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


def redirect_uris(application: Resource) -> dict[str, list[str]]:
    """Return the known redirect URIs of an application by platform."""
    return {
        platform: texts(at(application.inputs, platform, "redirectUris")) for platform in _PLATFORMS
    }


def is_loopback(uri: str) -> bool:
    """Whether a URI means the machine that the browser runs on."""
    return _host(uri) in _LOOPBACK


def _host(uri: str) -> str:
    try:
        return (urlsplit(uri).hostname or "").lower()
    except ValueError:
        return ""


def _check(
    wrong: Callable[[str, str], bool], sentence: Callable[[str, str], str]
) -> Callable[[Resource, ReviewSettings], Iterator[Observation]]:
    def check(application: Resource, _settings: ReviewSettings) -> Iterator[Observation]:
        for platform, words in _PLATFORMS.items():
            for uri in items(at(application.inputs, platform, "redirectUris")):
                if uri is UNKNOWN:
                    yield Observation(
                        text=f"A redirect URI of {display_name(application)} under {words}.",
                        urns=(application.urn,),
                        about=f"unknown {platform}",
                        unknown=True,
                    )
                elif isinstance(uri, str) and wrong(platform, uri):
                    yield Observation(
                        text=sentence(uri, words),
                        urns=(application.urn,),
                        about=f"{platform} {uri}",
                    )

    return check


def _not_https(platform: str, uri: str) -> bool:
    if is_loopback(uri):
        return False
    scheme = uri.partition(":")[0].lower()
    # Applications on a device have schemes of their own; plain HTTP is never one.
    return scheme == "http" if platform == "publicClient" else scheme != "https"


def _added(situation: Situation) -> Iterator[Observation]:
    for application, platform, before, after in _moves(situation):
        for uri in sorted(set(after) - set(before)):
            if _told_otherwise(platform, uri):
                continue
            yield Observation(
                text=f"Entra will also send people who sign in to {display_name(application)}, and "
                f"the code that signs them in, to {uri} ({_PLATFORMS[platform]}).",
                urns=(application.urn,),
            )


def _removed(situation: Situation) -> Iterator[Observation]:
    for application, platform, before, after in _moves(situation):
        for uri in sorted(set(before) - set(after)):
            if is_loopback(uri) and not (after and platform == "publicClient"):
                continue  # kubectl is another kind of client then: kubeconfig-outdated
            yield Observation(
                text=f"Sign-ins to {display_name(application)} that come back to {uri} "
                f"({_PLATFORMS[platform]}) will fail with AADSTS50011.",
                urns=(application.urn,),
            )


def _told_otherwise(platform: str, uri: str) -> bool:
    """Whether another rule says of an address what is wrong with it."""
    return "*" in uri or _not_https(platform, uri) or is_loopback(uri)


def _moves(situation: Situation) -> Iterator[tuple[Resource, str, list[str], list[str]]]:
    for change in situation.of_kind(kinds.APPLICATION):
        if change.operation == "update" and change.old is not None and change.new is not None:
            old, new = redirect_uris(change.old), redirect_uris(change.new)
            for platform in _PLATFORMS:
                # What is not known yet is for the other rules to say.
                if UNKNOWN not in items(at(change.new.inputs, platform, "redirectUris")):
                    yield change.new, platform, old[platform], new[platform]


RULES = (
    resource_rule(
        id="redirect-uri-not-https",
        title="A redirect URI without TLS",
        severity=Severity.CRITICAL,
        blocks=True,
        consequence="The code that signs somebody in travels in the clear.",
        remedy="Use https.",
        link=_LINK,
        types=(kinds.APPLICATION,),
        check=_check(
            _not_https,
            lambda uri, words: (
                f"{uri} ({words}) is not https: who listens on the way gets the code "
                "that signs somebody in."
            ),
        ),
    ),
    resource_rule(
        id="redirect-uri-wildcard",
        title="A redirect URI with a wildcard",
        severity=Severity.CRITICAL,
        blocks=True,
        consequence="Whoever gets hold of one host or path under it receives people's codes.",
        remedy="Name each address in full.",
        link=_LINK + "#restrictions-on-wildcards-in-redirect-uris",
        types=(kinds.APPLICATION,),
        check=_check(
            lambda _platform, uri: "*" in uri,
            lambda uri, words: (
                f"{uri} ({words}) has a wildcard: whoever gets hold of any address "
                "under it receives the codes that sign people in."
            ),
        ),
    ),
    resource_rule(
        id="redirect-uri-localhost-web",
        title="localhost under web",
        severity=Severity.HIGH,
        consequence="A client on people's own machines needs the application's secret, so every "
        "one of them has it, and any program on such a machine can pose as the client.",
        remedy="Register http://localhost under the public client platform "
        "(kubectl.client: public), where PKCE takes the place of the secret.",
        link=_LINK + "#localhost-exceptions",
        types=(kinds.APPLICATION,),
        check=_check(
            lambda platform, uri: platform != "publicClient" and is_loopback(uri),
            lambda uri, words: (
                f"{uri} is registered under {words}: clients on people's own "
                "machines then need the client secret, and each of those machines holds it."
            ),
        ),
    ),
    Rule(
        id="redirect-uri-added",
        title="A new redirect URI",
        severity=Severity.LOW,
        consequence="Entra sends people and their codes to one more address.",
        remedy="Check that the address is yours, and that only the portal or kubectl answers "
        "there.",
        link=_LINK,
        look=_added,
    ),
    Rule(
        id="redirect-uri-removed",
        title="A redirect URI goes",
        severity=Severity.MEDIUM,
        consequence="Whoever still signs in by the old address gets AADSTS50011.",
        remedy="Let the client move first, or tell people when it does.",
        link=_LINK,
        look=_removed,
    ),
)
