"""Rules that look at more than one setting, each with its reason and source.

`check` returns every problem it finds; it changes nothing and asks no cloud.
Rules of user attributes are in `settings.user_sources`.
Choices that are allowed but wider than they need be are in `settings.flags`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from settings.model import Settings
from settings.problems import Problem, property_path
from settings.workload_identity import FederatedCredential


def check(settings: Settings) -> list[Problem]:
    """Return every problem between settings, in the order of the settings."""
    return [problem for rule in _RULES for problem in rule(settings)]


def _scopes_are_enough(settings: Settings) -> Iterator[Problem]:
    scopes = settings.graph_permissions.delegated
    for scope, reason in (
        ("openid", "without it there is no ID token"),
        ("profile", "without it the ID token has no upn, name or oid"),
    ):
        if scope not in scopes:
            yield Problem(
                path="graphPermissions.delegated",
                message=f"must contain {scope}: {reason}",
                value=", ".join(scopes),
            )


def _lists_name_things_once(settings: Settings) -> Iterator[Problem]:
    access = settings.access
    lists: list[tuple[tuple[str, ...], Sequence[str]]] = [
        (("graphPermissions", "delegated"), settings.graph_permissions.delegated),
        (("graphPermissions", "application"), settings.graph_permissions.application),
        (("extensionProperties",), [p.name for p in settings.extension_properties]),
        (("access", "clusterAdmins"), access.cluster_admins),
    ]
    for name, namespace in access.namespaces.items():
        lists += [
            (("access", "namespaces", name, "admins"), namespace.admins),
            (("access", "namespaces", name, "developers"), namespace.developers),
            (("access", "namespaces", name, "viewers"), namespace.viewers),
        ]
    for keys, names in lists:
        for name in _twice(names):
            yield Problem(
                path=property_path(keys), message="is named twice; name it once", value=name
            )


def _roles_are_for_somebody(settings: Settings) -> Iterator[Problem]:
    automation = settings.directory_automation
    if (
        automation.federated_credentials
        and settings.graph_permissions.holder == "login-application"
    ):
        yield Problem(
            path="directoryAutomation.federatedCredentials",
            message="is of no use while graphPermissions.holder is login-application: there is "
            "no directory automation application then; remove one of the two",
        )


def _workloads_are_told_apart(settings: Settings) -> Iterator[Problem]:
    """https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations"""
    ci = settings.ci
    holders: tuple[tuple[tuple[str, ...], Mapping[str, FederatedCredential]], ...] = (
        (("directoryAutomation",), settings.directory_automation.federated_credentials),
        (("ci", "preview"), ci.preview.federated_credentials),
        (("ci", "deploy"), ci.deploy.federated_credentials),
    )
    for holder, credentials in holders:
        for name, credential in credentials.items():
            if "*" in credential.subject:
                yield Problem(
                    path=property_path((*holder, "federatedCredentials", name, "subject")),
                    value=credential.subject,
                    message="must be the exact subject: '*' is compared as a letter, not as a "
                    "wildcard; write one credential a subject",
                )
    of_github = (
        ci.github.preview_credentials() | ci.github.deploy_credentials() if ci.github else {}
    )
    for holder, credentials in holders[1:]:
        for name in credentials.keys() & of_github.keys():
            yield Problem(
                path=property_path((*holder, "federatedCredentials", name)),
                message="has the name of a credential that ci.github makes; choose another",
            )
    previewing = {(c.issuer, c.subject) for c in ci.preview_credentials.values()}
    for name, credential in ci.deploy_credentials.items():
        if (credential.issuer, credential.subject) in previewing:
            yield Problem(
                path=property_path(("ci", "deploy", "federatedCredentials", name)),
                value=credential.subject,
                message="may also preview: whoever opens a pull request could deploy; give the "
                "deploying job a subject of its own",
            )
        elif credential.subject.endswith(":pull_request"):
            yield Problem(
                path=property_path(("ci", "deploy", "federatedCredentials", name, "subject")),
                value=credential.subject,
                message="is that of every pull request, merged or not; use the subject of a job "
                "in a protected environment",
            )


def _identity_provider_is_within_limits(settings: Settings) -> Iterator[Problem]:
    """https://docs.aws.amazon.com/eks/latest/APIReference/API_OidcIdentityProviderConfigRequest.html"""
    provider = settings.cluster.identity_provider
    limits = (
        ("requiredClaims", provider.required_claims, 63, 253),
        ("tags", provider.tags, 128, 256),
    )
    for setting, pairs, key_limit, value_limit in limits:
        for key, value in pairs.items():
            if not 0 < len(key) <= key_limit or len(value) > value_limit:
                yield Problem(
                    path=property_path(("cluster", "identityProvider", setting, key)),
                    value=value,
                    message=f"must have a name of 1 to {key_limit} and a value of at most "
                    f"{value_limit} characters (EKS)",
                )


def _kubeconfig_is_there(settings: Settings) -> Iterator[Problem]:
    path = settings.cluster.kubeconfig
    if path is not None and not Path(path).expanduser().is_file():
        yield Problem(
            path="cluster.kubeconfig",
            value=path,
            message="is not a file; correct the path, or remove the setting to find the cluster "
            "by its name",
        )


def _somebody_can_sign_in(settings: Settings) -> Iterator[Problem]:
    if settings.application.assignment_required and not settings.access.groups():
        yield Problem(
            path="access",
            message="names no group, and application.assignmentRequired is true: nobody could "
            "sign in; name a group",
        )


def _namespaces_are_declared_once(settings: Settings) -> Iterator[Problem]:
    portal = settings.portal
    namespace = settings.access.namespaces.get(portal.namespace)
    if portal.create_namespace and namespace is not None and namespace.create:
        yield Problem(
            path="portal.createNamespace",
            value=True,
            message=f"and access.namespaces.{portal.namespace}.create both declare the namespace "
            f"{portal.namespace}; set one of them to false",
        )


def _portal_is_not_localhost(settings: Settings) -> Iterator[Problem]:
    """https://learn.microsoft.com/entra/identity-platform/reply-url#localhost-exceptions"""
    if urlsplit(settings.portal.url).hostname == "localhost":
        yield Problem(
            path="portal.url",
            value=settings.portal.url,
            message="must not be localhost: Entra ignores the port there, and could take kubectl's "
            "redirect URI for the portal's; use a host name or 127.0.0.1",
        )


_RULES: tuple[Callable[[Settings], Iterable[Problem]], ...] = (
    _lists_name_things_once,
    _scopes_are_enough,
    _roles_are_for_somebody,
    _workloads_are_told_apart,
    _identity_provider_is_within_limits,
    _kubeconfig_is_there,
    _somebody_can_sign_in,
    _namespaces_are_declared_once,
    _portal_is_not_localhost,
)


def _twice(names: Iterable[str]) -> list[str]:
    seen: set[str] = set()
    twice = []
    for name in names:
        if name.casefold() in seen:
            twice.append(name)
        seen.add(name.casefold())
    return twice
