"""Rules about the cluster's trust: its identity provider, and what has to agree with it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from review import kinds
from review.model import Change, Resource
from review.rules.agreement import disagreements, prefix_disagreements
from review.rules.rule import Observation, Rule, Severity, resource_rule
from review.settings import ReviewSettings
from review.situation import Situation
from review.values import UNKNOWN, Value, at

_EKS = "https://docs.aws.amazon.com/eks/latest/userguide/authenticate-oidc-identity-provider.html"
_ISSUERS = "https://learn.microsoft.com/entra/identity-platform/access-tokens#token-formats"
_V1 = re.compile(r"https://[^/]+/[0-9a-f-]{36}/", re.IGNORECASE)
_WORDS = {
    "oidc.issuerUrl": "issuer",
    "oidc.clientId": "client id",
    "oidc.identityProviderConfigName": "name",
    "oidc.usernameClaim": "username claim",
    "oidc.usernamePrefix": "username prefix",
    "oidc.groupsClaim": "groups claim",
    "oidc.groupsPrefix": "groups prefix",
    "oidc.requiredClaims": "required claims",
    "clusterName": "cluster",
}


def _oidc(resource: Resource | None, name: str) -> Value:
    return at(resource.inputs, "oidc", name) if resource else None


def _replaced(situation: Situation) -> Iterator[Observation]:
    for change in situation.of_kind(kinds.IDENTITY_PROVIDER):
        if change.operation != "replace":
            continue
        moved = [words for path, words in _WORDS.items() if _differs(change, path)]
        changes = "change" if len(moved) > 1 else "changes"
        why = f", because its {' and '.join(moved)} {changes}" if moved else ""
        cluster = at(change.old.inputs if change.old else {}, "clusterName")
        if "cluster" in moved:
            new = at(change.new.inputs if change.new else {}, "clusterName")
            yield Observation(
                text=f"The identity provider moves from cluster {cluster} to {new}. Nobody can "
                "sign "
                f"in to {cluster} by OIDC any more, and to {new} not before EKS has associated it, "
                "which takes 2 to 25 minutes.",
                urns=(change.urn,),
            )
            continue
        yield Observation(
            headline="10 to 50 minutes without OIDC login, because the identity provider of "
            f"{cluster} is replaced",
            text=f"EKS cannot change an identity provider: that of {cluster} is disassociated and "
            f"associated again{why}. Nobody can sign in to the cluster with kubectl or the portal "
            "meanwhile: plan 10 to 50 minutes. Access by IAM goes on.",
            urns=(change.urn,),
        )


def _differs(change: Change, path: str) -> bool:
    old = at(change.old.inputs if change.old else None, *path.split("."))
    new = at(change.new.inputs if change.new else None, *path.split("."))
    return old != new


def _removed(situation: Situation) -> Iterator[Observation]:
    for change in situation.of_kind(kinds.IDENTITY_PROVIDER):
        if change.operation == "delete":
            cluster = at(change.old.inputs if change.old else {}, "clusterName")
            yield Observation(
                text=f"The identity provider of {cluster} goes and none takes its place: nobody "
                "can "
                "sign in to the cluster with kubectl or the portal any more. Access by IAM goes "
                "on.",
                urns=(change.urn,),
            )


def _kubeconfigs(situation: Situation) -> Iterator[Observation]:
    for change in situation.of_kind(kinds.IDENTITY_PROVIDER):
        if change.operation != "replace":
            continue
        moved = [
            words
            for name, words in (("issuerUrl", "issuer"), ("clientId", "client id"))
            if _oidc(change.old, name) != _oidc(change.new, name)
        ]
        if moved:
            yield Observation(
                text=f"Every kubeconfig names the old {' and '.join(moved)}: kubectl gets 401 "
                "until "
                "its user entry is replaced by the new one "
                "(pulumi stack output kubeconfigUser --json), and people sign in once more.",
                urns=(change.urn,),
            )
    for change in situation.of_kind(kinds.APPLICATION):
        yield from _clients(change)


def _clients(change: Change) -> Iterator[Observation]:
    if change.operation != "update" or change.old is None or change.new is None:
        return
    before, after = (
        bool(at(side.inputs, "publicClient", "redirectUris")) for side in (change.old, change.new)
    )
    if before and not after:
        yield Observation(
            text="Every kubeconfig is for a public client, and there is none any more: kubectl "
            "sign-ins fail with AADSTS7000218 until everybody has the new user entry, which holds "
            "the client secret.",
            urns=(change.urn,),
        )
    elif after and not before:
        yield Observation(
            text="kubectl becomes a public client: kubeconfigs that still send the client secret "
            "fail with AADSTS700025 until everybody has the new user entry, which holds none.",
            urns=(change.urn,),
        )


def _no_prefix(provider: Resource, _settings: ReviewSettings) -> Iterator[Observation]:
    for name, words, none in (
        ("usernamePrefix", "usernames", ("", "-")),
        ("groupsPrefix", "groups", (None, "", "-")),
    ):
        prefix = _oidc(provider, name)
        if prefix is UNKNOWN:
            yield Observation(
                text=f"Which prefix {words} of Entra get in the cluster.",
                urns=(provider.urn,),
                about=name,
                unknown=True,
            )
        elif prefix in none:
            yield Observation(
                text=f"{words.capitalize()} of Entra have no prefix in the cluster: one that is "
                "called like a user or group of the cluster itself has its rights.",
                urns=(provider.urn,),
                about=name,
            )


def _prefix_changed(situation: Situation) -> Iterator[Observation]:
    for change in situation.of_kind(kinds.IDENTITY_PROVIDER):
        if change.old is None or change.new is None:
            continue
        for name, words in (("usernamePrefix", "user"), ("groupsPrefix", "group")):
            old, new = _oidc(change.old, name), _oidc(change.new, name)
            if old != new and UNKNOWN not in (old, new):
                yield Observation(
                    text=f"Every {words} of Entra is called differently in Kubernetes "
                    f"({old or 'no prefix'} becomes {new or 'no prefix'}). The bindings declared "
                    "here follow; those made elsewhere by the old names give nothing any more, and "
                    "are for whoever gets those names next.",
                    urns=(change.urn,),
                )


def _v1_issuer(provider: Resource, _settings: ReviewSettings) -> Iterator[Observation]:
    issuer = _oidc(provider, "issuerUrl")
    if issuer is UNKNOWN:
        yield Observation(text="Which issuer EKS trusts.", urns=(provider.urn,), unknown=True)
    elif isinstance(issuer, str) and issuer.lower().startswith("https://login."):
        if "/v2.0" not in issuer:
            yield Observation(
                text=f"{issuer} is the issuer of no token: every sign-in ends in 401.",
                urns=(provider.urn,),
                about="none",
                severity=Severity.CRITICAL,
                blocks=True,
            )
    elif isinstance(issuer, str) and _V1.fullmatch(issuer):
        yield Observation(
            text=f"EKS trusts the v1 issuer {issuer}. Entra may answer a refresh there with an "
            "unsigned ID token, which Kubernetes refuses: people have to sign in again and again.",
            urns=(provider.urn,),
            about="v1",
        )


RULES = (
    Rule(
        id="identity-provider-replaced",
        title="The cluster's identity provider is replaced",
        severity=Severity.HIGH,
        consequence="EKS has no update: it is disassociated and associated again, 10 to 50 minutes "
        "without OIDC login.",
        remedy="Do it in an announced window, with access by IAM at hand. On Kubernetes 1.32 and "
        "newer a second identity provider with another issuer can be associated first.",
        link=_EKS,
        look=_replaced,
    ),
    Rule(
        id="identity-provider-removed",
        title="The cluster's identity provider is removed",
        severity=Severity.CRITICAL,
        blocks=True,
        consequence="Nobody can sign in to the cluster by OIDC any more.",
        remedy="Keep it, or make sure that everybody has access by IAM first.",
        link=_EKS,
        look=_removed,
    ),
    Rule(
        id="trust-mismatch",
        title="Cluster, portal and kubeconfig do not agree",
        severity=Severity.CRITICAL,
        blocks=True,
        consequence="The API server compares issuer and client id to the letter; where they "
        "differ, every request is a 401 that says nothing.",
        remedy="Let one setting feed all of them, as this program does; look for an override.",
        link=_EKS,
        look=disagreements,
    ),
    Rule(
        id="prefix-mismatch",
        title="Bindings for groups that nobody is in",
        severity=Severity.CRITICAL,
        blocks=True,
        consequence="A binding whose group has another prefix than the identity provider gives "
        "is of use to nobody.",
        remedy="Use cluster.identityProvider.groupsPrefix for both.",
        link=_EKS,
        look=prefix_disagreements,
    ),
    Rule(
        id="kubeconfig-outdated",
        title="Everybody needs a new kubeconfig user",
        severity=Severity.MEDIUM,
        consequence="The client signs in with what its kubeconfig says, which is no longer right.",
        remedy="Give out the stack's output kubeconfigUser together with the update.",
        link="https://github.com/int128/kubelogin/blob/master/docs/usage.md",
        look=_kubeconfigs,
    ),
    resource_rule(
        id="prefix-removed",
        title="Names from Entra without a prefix",
        severity=Severity.CRITICAL,
        blocks=True,
        consequence="Users and groups of Entra can be taken for those of the cluster.",
        remedy='Set a prefix such as "entra:" for both.',
        link=_EKS,
        types=(kinds.IDENTITY_PROVIDER,),
        check=_no_prefix,
    ),
    Rule(
        id="prefix-changed",
        title="Users or groups get other names in Kubernetes",
        severity=Severity.HIGH,
        consequence="Bindings that others have made name users and groups that no longer exist.",
        remedy="Look for such bindings first: "
        "kubectl get clusterrolebindings,rolebindings -A -o wide | grep 'OLD PREFIX'",
        link="https://kubernetes.io/docs/reference/access-authn-authz/authentication/",
        look=_prefix_changed,
    ),
    resource_rule(
        id="issuer-v1",
        title="The v1 issuer",
        severity=Severity.MEDIUM,
        consequence="Refreshed ID tokens of v1 can be unsigned, which Kubernetes refuses.",
        remedy="Use issuer: v2.",
        link=_ISSUERS,
        types=(kinds.IDENTITY_PROVIDER,),
        check=_v1_issuer,
    ),
)
