"""Cases of the rules about redirect URIs, secrets, workloads, access, users and outcome."""

from __future__ import annotations

from collections.abc import Mapping

from tests.unit.review.previews import UNKNOWN, change, create, delete, same, step
from tests.unit.review.resources import (
    GROUP,
    OTHER_GROUP,
    READ_USERS,
    app_role,
    application,
    assigned_group,
    binding,
    extension_property,
    federated_credential,
    identity_provider,
    namespace,
    password,
    portal_config,
    provider,
    role,
    rule_for,
    users,
)
from tests.unit.review.rule_case import AUTOMATION, LOGIN, WEB, Case, updated

_PROTECTED = {**identity_provider(), "protect": True}

CASES: Mapping[str, Case] = {
    "redirect-uri-not-https": Case(
        fires=(create(application(web={"redirectUris": ["http://portal.contoso.com/cb"]})),),
        says="http://portal.contoso.com/cb (web) is not https",
        silent=(create(application()),),
        unknown=(create(application(web={"redirectUris": [UNKNOWN]})),),
    ),
    "redirect-uri-wildcard": Case(
        fires=(create(application(web={"redirectUris": ["https://*.contoso.com/cb"]})),),
        says="https://*.contoso.com/cb (web) has a wildcard",
        silent=(create(application()),),
        unknown=(create(application(web={"redirectUris": [UNKNOWN]})),),
    ),
    "redirect-uri-localhost-web": Case(
        fires=(updated(application(), web={"redirectUris": [WEB, "http://localhost:8000/"]}),),
        says="each of those machines holds it",
        silent=(create(application()),),
        unknown=(create(application(web={"redirectUris": [UNKNOWN]})),),
    ),
    "redirect-uri-added": Case(
        fires=(updated(application(), web={"redirectUris": [WEB, "https://new.contoso.com/cb"]}),),
        says="to https://new.contoso.com/cb (web)",
        silent=(updated(application(), displayName="x"),),
        never_unknown="the rules on what a redirect URI may be say that it cannot be told",
    ),
    "redirect-uri-removed": Case(
        fires=(updated(application(), web={"redirectUris": ["https://new.contoso.com/cb"]}),),
        says=f"that come back to {WEB} (web) will fail with AADSTS50011",
        silent=(updated(application(), web={"redirectUris": [WEB, "https://n.contoso.com/cb"]}),),
        never_unknown="what goes is in the state",
    ),
    "secret-created": Case(
        fires=(*LOGIN, create(password())),
        says='"KubeRocketCI portal" of KubeRocketCI is made; it ends on 31 May 2027.',
        silent=(*LOGIN, same(password())),
        never_unknown="a step makes one or does not; secret-expiring says when it ends",
    ),
    "secret-rotated": Case(
        fires=(*LOGIN, change("replace", password(), {"endDate": "2027-12-31T00:00:00Z"})),
        says="(AADSTS7000215) until it has been restarted. The new one ends on 31 December 2027.",
        silent=(*LOGIN, create(password())),
        never_unknown="a step is a replacement or is not",
    ),
    "secret-expiring": Case(
        fires=(same(password(endDate="2026-12-01T00:00:00Z")),),
        says="ends in 7 days, on 01 December 2026",
        silent=(same(password()),),
        unknown=(create(password(endDate=UNKNOWN)),),
    ),
    "federated-credential-too-wide": Case(
        fires=(
            *AUTOMATION,
            same(app_role("User.ReadUpdate.All's id, unknown")),
            create(federated_credential("repo:contoso/platform:pull_request")),
        ),
        says="every pull request may act as the application",
        silent=(*AUTOMATION, create(federated_credential("repo:contoso/p:environment:prod"))),
        unknown=(*AUTOMATION, create(federated_credential(UNKNOWN))),
    ),
    "federated-credential-added": Case(
        fires=(
            *AUTOMATION,
            same(app_role(READ_USERS)),
            create(federated_credential("repo:contoso/p:environment:prod")),
        ),
        says="may act as automation without a secret. It may then read all users of the tenant",
        silent=(*AUTOMATION, delete(federated_credential("repo:contoso/p:environment:prod"))),
        never_unknown="federated-credential-too-wide says that it cannot be told",
    ),
    "system-name-bound": Case(
        fires=(create(binding("view", "system:authenticated")),),
        says="everybody who can sign in, IAM and workloads included",
        silent=(create(binding()),),
        unknown=(create({**binding(), "inputs": {"subjects": UNKNOWN}}),),
    ),
    "cluster-admin-given": Case(
        fires=(create(binding("cluster-admin", GROUP, namespace=None)),),
        says="developers becomes cluster-admin: they can read every secret",
        silent=(create(binding("cluster-admin", GROUP)),),
        unknown=(create({**binding(), "inputs": {"subjects": UNKNOWN}}),),
    ),
    "access-given": Case(
        fires=(create(binding("view", GROUP)), create(assigned_group())),
        says="developers may now look at namespace team-a, secrets excepted (view).",
        silent=(
            # The same right by another binding: nobody gains anything.
            delete(binding("view", GROUP)),
            create({**binding("view", GROUP), "urn": binding("view")["urn"] + "-2"}),
        ),
        never_unknown="cluster-admin-given says that a binding cannot be told yet",
    ),
    "access-taken": Case(
        fires=(updated(binding("view", GROUP), **binding("view", OTHER_GROUP)["inputs"]),),
        says="may no longer look at namespace team-a",
        silent=(
            change(
                "update",
                binding("view", GROUP),
                binding("view", GROUP, prefix="oidc:")["inputs"],
            ),
        ),
        never_unknown="what goes is in the state",
    ),
    "role-widened": Case(
        fires=(updated(role(rule_for("get")), rules=[rule_for("get", "delete")]),),
        says="Whoever has the role tenant-developer may in addition delete pods.",
        silent=(updated(role(rule_for("get", "delete")), rules=[rule_for("get")]),),
        unknown=(updated(role(rule_for("get")), rules=UNKNOWN),),
    ),
    "extension-property-deleted": Case(
        fires=(
            delete(extension_property()),
            step("update", users({"a@x": {"picture": "p"}}, "picture"), users({}, "picture")),
        ),
        says="The value that one user has of it (a@x) is cleared, and the claim picture",
        silent=(create(extension_property()),),
        unknown=(delete({**extension_property(), "inputs": {"property_name": UNKNOWN}}),),
    ),
    "many-users-changed": Case(
        fires=(
            step(
                "update",
                users({f"u{n}@x": {"default_namespace": "a"} for n in range(7)}),
                users({f"u{n}@x": {"default_namespace": "b"} for n in range(7)}),
            ),
        ),
        says="The values of 7 users change: u0@x, u1@x, u2@x, u3@x, u4@x and 2 more.",
        silent=(
            step(
                "update",
                users({"a@x": {"default_namespace": "a"}}),
                users({"a@x": {"default_namespace": "b"}}),
            ),
        ),
        never_unknown="user-values-unknown says so",
        settings={"many_users": 7},
    ),
    "user-values-cleared": Case(
        fires=(step("update", users({"a@x": {"default_namespace": "a"}}), users({})),),
        says="a@x loses the default_namespace, and nothing takes its place",
        silent=(
            # Another shard has that user now.
            step("update", users({"a@x": {"default_namespace": "a"}}), users({})),
            create(users({"a@x": {"default_namespace": "a"}}, shard=1)),
        ),
        never_unknown="user-values-unknown says so",
    ),
    "user-values-unknown": Case(
        fires=(step("update", users({}), users("not a table")),),
        says="Whose values change",
        silent=(create(users({"a@x": {"default_namespace": "a"}})),),
        unknown=(create(users(UNKNOWN)),),
    ),
    "namespace-deleted": Case(
        fires=(delete(namespace()),),
        says="The namespace team-a is deleted with everything in it",
        silent=(create(namespace()),),
        never_unknown="a step is a deletion or is not",
    ),
    "target-changed": Case(
        fires=(
            change(
                "replace",
                provider("kubernetes", clusterIdentifier="krci-dev"),
                {"clusterIdentifier": "krci-prod"},
            ),
        ),
        says="no longer points to cluster krci-dev but to krci-prod",
        silent=(
            change("update", provider("kubernetes", clusterIdentifier="x"), {"kubeconfig": "y"}),
        ),
        never_unknown="who the program points to is in its settings",
    ),
    "unprotected-production": Case(
        fires=(updated(identity_provider(), tags={"a": "b"}),),
        says="The identity provider of the cluster cluster-identity-provider is not protected",
        silent=(step("update", _PROTECTED, {**_PROTECTED, "inputs": {"tags": {"a": "b"}}}),),
        never_unknown="protection is no value of a provider",
        settings={"protected": True},
    ),
    "protection-removed": Case(
        fires=(step("same", _PROTECTED, identity_provider()),),
        says="is no longer protected",
        silent=(step("same", identity_provider(), _PROTECTED),),
        never_unknown="protection is no value of a provider",
    ),
    "deletion-in-protected-environment": Case(
        fires=(delete(namespace()),),
        says="The Namespace team-a is deleted in a protected environment.",
        silent=(create(namespace()),),
        never_unknown="a step is a deletion or is not",
        settings={"protected": True},
    ),
    "application-renamed": Case(
        fires=(updated(application(), displayName="New"),),
        says="The application KubeRocketCI is called New from now on",
        silent=(updated(application(), fallbackPublicClientEnabled=True),),
        never_unknown="a name comes from the settings; value-not-known says when it does not",
    ),
    "portal-settings-changed": Case(
        fires=(
            change("replace", portal_config(), portal_config(PORTAL_URL="https://new")["inputs"]),
        ),
        says="The portal's settings change (PORTAL_URL).",
        silent=(create(portal_config()),),
        never_unknown="that something changes is known; value-not-known says what is not",
    ),
    "drift-found": Case(
        fires=(
            step("refresh", users({"a@x": {"default_namespace": "a"}})),
            step(
                "update",
                users({"a@x": {"default_namespace": "by-hand"}}),
                users({"a@x": {"default_namespace": "a"}}),
            ),
        ),
        says="a@x was changed outside: default_namespace: a → by-hand.",
        silent=(
            step("refresh", users({"a@x": {"default_namespace": "a"}})),
            same(users({"a@x": {"default_namespace": "a"}})),
        ),
        never_unknown="what a refresh finds is there",
    ),
    "value-not-known": Case(
        fires=(updated(portal_config(), data=UNKNOWN),),
        says="What data of the ConfigMap portal-config in krci will be.",
        silent=(create({**portal_config(), "inputs": {"data": UNKNOWN}}),),
        unknown=(updated(portal_config(), data=UNKNOWN),),
    ),
}
