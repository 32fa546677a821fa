"""Signs people in as kubectl's plugin and as the portal do, and compares with what is declared.

Both clients are set up from what people would really use: kubectl from the exported kubeconfig
user, the portal from the ConfigMap and the Secret in the cluster.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from sandbox.browser import HttpBrowser
from sandbox.endpoints import Endpoints
from sandbox.expectation import Expectation
from sandbox.report import SHOWN_CLAIMS, KubernetesAnswer, SignIn
from verify.http_client import open_client
from verify.kubernetes_access import (
    AccessQuestion,
    KubernetesIdentity,
    ask_whether_i_may,
    ask_who_i_am,
)
from verify.portal_user import PortalUser
from verify.relying_party import KubectlClient, PortalClient

ClientName = Literal["kubectl", "portal"]

_FROM_THE_API_SERVER = "system:authenticated"
"""The one group that the API server adds to everybody who is signed in; any other is compared, so
that a token that brought `system:masters` could not pass."""


def clients_of(
    endpoints: Endpoints,
    kubeconfig_user: Mapping[str, Any],
    config_map: Mapping[str, str],
    secret: Mapping[str, str],
) -> dict[ClientName, KubectlClient | PortalClient]:
    """Return both relying parties as they are really set up.

    Raises:
        ClientSettingsError: one of them could not be used by the real client.
    """
    ca_file = Path(endpoints.ca_file)
    return {
        "kubectl": KubectlClient.from_user_entry(kubeconfig_user, ca_file=ca_file),
        "portal": PortalClient.from_settings(config_map, secret, ca_file=ca_file),
    }


def sign_in(
    endpoints: Endpoints,
    user_principal_name: str,
    client_name: ClientName,
    client: KubectlClient | PortalClient,
    expectation: Expectation,
) -> SignIn:
    """Sign one person in by one client, take the ID token to the API server, and compare.

    Raises:
        SignInRefused: Entra's stand-in refused; with the AADSTS code.
        TokenRejectedError: the ID token is not what it should be.
        RefusedByClusterError: the API server does not trust the ID token.
        PortalUserError: the portal would refuse the claims.
    """
    password = next(
        person.password
        for person in endpoints.people
        if person.user_principal_name == user_principal_name
    )
    browser = HttpBrowser(user_principal_name, password, Path(endpoints.ca_file))
    tokens = client.sign_in(browser, login_hint=user_principal_name)
    if client_name == "portal":
        PortalUser.from_claims(tokens.claims)
    server, ca_file = endpoints.kubernetes_url, Path(endpoints.kubernetes_ca_file)
    with open_client(ca_file) as http:
        identity = ask_who_i_am(http, server, tokens.id_token)
        answers = {
            question: ask_whether_i_may(http, server, tokens.id_token, question)
            for question in (*expectation.allowed, *expectation.denied)
        }
    return SignIn(
        user=user_principal_name,
        client=client_name,
        claims={name: tokens.claims[name] for name in SHOWN_CLAIMS if name in tokens.claims},
        kubernetes=KubernetesAnswer(
            username=identity.username,
            groups=identity.groups,
            allowed=[str(question) for question, allowed in answers.items() if allowed],
            denied=[str(question) for question, allowed in answers.items() if not allowed],
        ),
        differences=differences_from(expectation, tokens.claims, identity, answers),
    )


def differences_from(
    expectation: Expectation,
    claims: Mapping[str, Any],
    identity: KubernetesIdentity,
    answers: Mapping[AccessQuestion, bool],
) -> tuple[str, ...]:
    """Return a sentence for everything in which a sign-in is not as expected; none is as declared.

    `answers` are the API server's to every question of the expectation.
    """
    from_directory = tuple(
        sorted(group for group in identity.groups if group != _FROM_THE_API_SERVER)
    )
    differences = [
        f"the claim {name} is {_comparable(claims.get(name))!r}, declared is {declared!r}"
        for name, declared in expectation.claims.items()
        if _comparable(claims.get(name)) != declared
    ]
    if identity.username != expectation.username:
        differences.append(
            f"the API server says {identity.username!r}, declared is {expectation.username!r}"
        )
    if from_directory != expectation.groups:
        differences.append(
            f"the API server sees the groups {from_directory}, declared are {expectation.groups}"
        )
    differences += [f"may not {q}" for q in expectation.allowed if not answers[q]]
    differences += [f"may {q}" for q in expectation.denied if answers[q]]
    return tuple(differences)


def _comparable(value: Any) -> Any:
    return sorted(value) if isinstance(value, list) else value
