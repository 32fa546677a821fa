"""Cases of the rules about applications, the cluster's trust, claims and permissions."""

from __future__ import annotations

from collections.abc import Mapping

from tests.unit.review.previews import UNKNOWN, change, create, delete, same
from tests.unit.review.resources import (
    READ_USERS,
    SP_OBJECT_ID,
    WRITE_APPLICATIONS,
    app_role,
    application,
    assigned_group,
    automation,
    automation_service_principal,
    binding,
    claims_assignment,
    delegated_grant,
    identity_provider,
    portal_config,
    service_principal,
    users,
)
from tests.unit.review.rule_case import AUTOMATION, LOGIN, WEB, Case, updated

CASES: Mapping[str, Case] = {
    "application-replaced": Case(
        fires=(
            change("replace", application(), {"signInAudience": "x"}, replaceReasons=["api"]),
            same(users({"a@x": {"default_namespace": "n"}, "b@x": {"default_namespace": "n"}})),
        ),
        says="The extension values of 2 users go with it.",
        silent=(updated(application(), displayName="New"),),
        never_unknown="a step is a replacement or is not",
    ),
    "multi-tenant-mapped-claims": Case(
        fires=(updated(application(), signInAudience="AzureADMultipleOrgs"),),
        says="takes accounts of other tenants (AzureADMultipleOrgs)",
        silent=(
            updated(application(), signInAudience="AzureADMultipleOrgs", api={}),
            updated(automation(), displayName="x"),
        ),
        unknown=(updated(application(), signInAudience=UNKNOWN),),
    ),
    "public-client-flows": Case(
        fires=(updated(application(), fallbackPublicClientEnabled=True),),
        says="allows public client flows",
        silent=(updated(application(fallbackPublicClientEnabled=True), displayName="was there"),),
        unknown=(updated(application(), fallbackPublicClientEnabled=UNKNOWN),),
    ),
    "implicit-grant": Case(
        fires=(
            updated(
                application(),
                web={"redirectUris": [WEB], "implicitGrant": {"idTokenIssuanceEnabled": True}},
            ),
        ),
        says="hands out ID tokens straight from the authorize endpoint",
        silent=(updated(application(), displayName="x"),),
        unknown=(
            updated(
                application(),
                web={"redirectUris": [WEB], "implicitGrant": {"idTokenIssuanceEnabled": UNKNOWN}},
            ),
        ),
    ),
    "sign-in-open-to-all": Case(
        fires=(updated(service_principal(), appRoleAssignmentRequired=False),),
        says="Everybody in the tenant, guests included",
        silent=(create(automation_service_principal()),),
        unknown=(updated(service_principal(), appRoleAssignmentRequired=UNKNOWN),),
    ),
    "group-overage": Case(
        fires=(updated(application(), groupMembershipClaims=["SecurityGroup"]),),
        says="Whoever is in more than 200",
        silent=(create(application()),),
        unknown=(updated(application(), groupMembershipClaims=[UNKNOWN]),),
    ),
    "identity-provider-replaced": Case(
        fires=(change("replace", identity_provider(), {"oidc": {"issuerUrl": "https://other"}}),),
        says="plan 10 to 50 minutes",
        silent=(updated(identity_provider(), tags={"a": "b"}),),
        never_unknown="a step is a replacement or is not",
    ),
    "identity-provider-removed": Case(
        fires=(delete(identity_provider()),),
        says="none takes its place",
        silent=(create(identity_provider()),),
        never_unknown="a step is a deletion or is not",
    ),
    "trust-mismatch": Case(
        fires=(
            same(identity_provider()),
            updated(portal_config(), **portal_config(OIDC_CLIENT_ID="other")["inputs"]),
        ),
        says="EKS trusts the client id 11111111-1111-4111-8111-111111111111",
        silent=(
            change(
                "replace", identity_provider(), identity_provider({"groupsPrefix": "x:"})["inputs"]
            ),
            same(portal_config()),
        ),
        unknown=(
            change(
                "replace", identity_provider(), identity_provider({"clientId": UNKNOWN})["inputs"]
            ),
            same(portal_config()),
        ),
    ),
    "prefix-mismatch": Case(
        fires=(
            change(
                "replace", identity_provider(), identity_provider({"groupsPrefix": "x:"})["inputs"]
            ),
            same(binding()),
        ),
        says="1 bindings are for groups with the prefix 'entra:', and the identity provider gives",
        silent=(create(identity_provider()), create(binding())),
        unknown=(
            change(
                "replace",
                identity_provider(),
                identity_provider({"groupsPrefix": UNKNOWN})["inputs"],
            ),
            same(binding()),
        ),
    ),
    "kubeconfig-outdated": Case(
        fires=(
            change(
                "replace", identity_provider(), identity_provider({"clientId": "new"})["inputs"]
            ),
        ),
        says="Every kubeconfig names the old client id",
        silent=(
            change(
                "replace", identity_provider(), identity_provider({"groupsPrefix": "x:"})["inputs"]
            ),
        ),
        never_unknown="another value, known or not, is what makes the replacement",
    ),
    "prefix-removed": Case(
        fires=(create(identity_provider({"groupsPrefix": ""})),),
        says="Groups of Entra have no prefix in the cluster",
        silent=(create(identity_provider()),),
        unknown=(create(identity_provider({"usernamePrefix": UNKNOWN})),),
    ),
    "prefix-changed": Case(
        fires=(
            change(
                "replace", identity_provider(), identity_provider({"groupsPrefix": "x:"})["inputs"]
            ),
        ),
        says="Every group of Entra is called differently in Kubernetes (entra: becomes x:)",
        silent=(
            change("replace", identity_provider(), identity_provider({"clientId": "n"})["inputs"]),
        ),
        never_unknown="prefix-removed and prefix-mismatch say that it cannot be told",
    ),
    "issuer-v1": Case(
        fires=(
            create(
                identity_provider(
                    {"issuerUrl": "https://sts.windows.net/9a1c2e84-5b3d-4f60-8e17-c2d4a6b8f013/"}
                )
            ),
        ),
        says="unsigned ID token",
        silent=(create(identity_provider()),),
        unknown=(create(identity_provider({"issuerUrl": UNKNOWN})),),
    ),
    "claims-policy-before-flag": Case(
        fires=(
            updated(application(), api={"mappedClaimsEnabled": False}),
            same(service_principal()),
            same(claims_assignment()),
        ),
        says="every sign-in ends in AADSTS50146",
        silent=(*LOGIN, create(claims_assignment())),
        unknown=(create(claims_assignment(servicePrincipalId=UNKNOWN)),),
    ),
    "claims-policy-supersedes": Case(
        fires=(*LOGIN, create(claims_assignment())),
        says="What was set for it under Attributes & Claims in the admin centre",
        silent=(create(application()), create(service_principal()), create(claims_assignment())),
        unknown=(create(claims_assignment(servicePrincipalId=UNKNOWN)),),
    ),
    "graph-role-on-login-application": Case(
        fires=(*LOGIN, create(app_role(READ_USERS, SP_OBJECT_ID))),
        says="KubeRocketCI is the application that people sign in to.",
        silent=(*LOGIN, *AUTOMATION, create(app_role(READ_USERS))),
        unknown=(create(app_role(READ_USERS, UNKNOWN)),),
    ),
    "graph-role-added": Case(
        fires=(*AUTOMATION, create(app_role(WRITE_APPLICATIONS))),
        says="automation may, as itself and without any user: change every application",
        silent=(*LOGIN, create(assigned_group())),
        unknown=(*AUTOMATION, create(app_role(UNKNOWN))),
    ),
    "consent-added": Case(
        fires=(
            *LOGIN,
            updated(delegated_grant("openid"), claimValues=["openid", "Mail.Read"]),
        ),
        says="on behalf of everybody who signs in, KubeRocketCI may read the mail of all users",
        silent=(*LOGIN, updated(delegated_grant("openid", "email"), claimValues=["email"])),
        unknown=(*LOGIN, updated(delegated_grant("openid"), claimValues=["openid", UNKNOWN])),
    ),
}
