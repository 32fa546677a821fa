"""The kubeconfig user with which kubectl signs people in.

The plugin is int128/kubelogin (`kubectl oidc-login`). PKCE must be asked for: Entra supports it but
does not say so in its discovery document, so the plugin's automatic choice would leave it out.
https://github.com/int128/kubelogin/blob/master/docs/usage.md
"""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_azuread as azuread

from settings.model import Kubectl

_DEFAULT_REDIRECT_URI = "http://localhost:8000"


@dataclass(frozen=True, slots=True, kw_only=True)
class KubectlSignInArgs:
    """What the user entry is made of."""

    kubectl: Kubectl
    issuer: str
    client_id: pulumi.Input[str]
    application_id: pulumi.Input[str]
    scopes: tuple[str, ...]
    """Scopes to ask for; the v1 endpoints know no other than openid."""


class KubectlSignIn(pulumi.ComponentResource):
    """The user entry and, for a confidential client, the client secret in it."""

    kubeconfig_user: pulumi.Output[dict[str, object]]
    """An item of a kubeconfig's `users`; secret when it holds a client secret."""

    def __init__(
        self, name: str, args: KubectlSignInArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("entra-eks-sso:kubectl:KubectlSignIn", name, {}, opts)
        arguments: list[pulumi.Input[str]] = [
            "oidc-login",
            "get-token",
            f"--oidc-issuer-url={args.issuer}",
            pulumi.Output.concat("--oidc-client-id=", args.client_id),
        ]
        if args.kubectl.client == "confidential":
            password = azuread.ApplicationPassword(
                f"{name}-client-secret",
                application_id=args.application_id,
                display_name="kubectl",
                opts=pulumi.ResourceOptions(parent=self),
            )
            arguments.append(pulumi.Output.concat("--oidc-client-secret=", password.value))
        else:
            arguments.append("--oidc-pkce-method=S256")
        arguments += [f"--oidc-extra-scope={scope}" for scope in args.scopes if scope != "openid"]
        if args.kubectl.redirect_uri != _DEFAULT_REDIRECT_URI:
            arguments += [
                f"--oidc-redirect-url={args.kubectl.redirect_uri}",
                f"--listen-address=127.0.0.1:{args.kubectl.redirect_uri.rpartition(':')[2]}",
            ]
        self.kubeconfig_user = pulumi.Output.all(*arguments).apply(_user_entry)
        self.register_outputs({"kubeconfig_user": self.kubeconfig_user})


def _user_entry(arguments: list[str]) -> dict[str, object]:
    return {
        "name": "oidc",
        "user": {
            "exec": {
                "apiVersion": "client.authentication.k8s.io/v1",
                "command": "kubectl",
                "args": arguments,
                "interactiveMode": "IfAvailable",
            }
        },
    }
