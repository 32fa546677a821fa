"""Choices that are allowed but wider or weaker than they need be, said aloud in every preview."""

from __future__ import annotations

from settings.model import Settings


def flagged_choices(settings: Settings) -> list[str]:
    """Return a sentence for each such choice: what was chosen, what follows, what is better."""
    flagged = []
    if settings.graph_permissions.holder == "login-application" and (
        roles := settings.graph_permissions.application
    ):
        flagged.append(
            "graphPermissions.holder is login-application: whoever has the sign-in's client "
            f"secret can use {', '.join(roles)} in the whole tenant. Use directory-automation."
        )
    if settings.kubectl.client == "confidential":
        flagged.append(
            "kubectl.client is confidential: every kubeconfig holds a client secret, and whoever "
            "reads one can act as the application. Use public (PKCE, no secret)."
        )
    if settings.issuer == "v1":
        flagged.append(
            "issuer is v1: Entra may answer a refresh with an unsigned ID token, which "
            "Kubernetes refuses, so people have to sign in again. Use v2."
        )
    if settings.application.group_membership_claims == "SecurityGroup":
        flagged.append(
            "application.groupMembershipClaims is SecurityGroup: Kubernetes refuses everybody who "
            "is in more than 200 groups. Use ApplicationGroup."
        )
    if not settings.application.assignment_required:
        flagged.append(
            "application.assignmentRequired is false: everybody in the tenant, guests included, "
            "can sign in to the cluster. Leave it true."
        )
    if settings.application.implicit_id_tokens:
        flagged.append(
            "application.implicitIdTokens is true: ID tokens can be had without PKCE or a secret, "
            "and pass through the browser's address bar. Neither portal nor kubectl needs it."
        )
    return flagged
