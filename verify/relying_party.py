"""The two clients that sign people in to this set-up, as they are really configured.

`KubectlClient` is read from a kubeconfig user, `PortalClient` from the portal's ConfigMap and
Secret, so what is proved is what people use. The flow itself is in `authorization_code`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self, cast, get_args

from verify.authorization_code import (
    Browser,
    PendingSignIn,
    PkceMethod,
    RelyingParty,
    Tokens,
)
from verify.errors import ClientSettingsError
from verify.kubelogin import GetTokenFlags, pairs, read_flags

__all__ = [
    "Browser",
    "KubectlClient",
    "PendingSignIn",
    "PortalClient",
    "RelyingParty",
    "Tokens",
]

_CALLBACK = "/auth/callback"


@dataclass(frozen=True, slots=True, kw_only=True)
class KubectlClient(RelyingParty):
    """`kubectl oidc-login get-token` (int128/kubelogin)."""

    @classmethod
    def from_user_entry(
        cls, kubeconfig_user: Mapping[str, Any], *, ca_file: Path | None = None
    ) -> Self:
        """Read a kubeconfig user: an item of `users`, or the mapping under its `user`.

        `ca_file` is for issuers with a private authority and no --certificate-authority flag.

        Raises:
            ClientSettingsError: the plugin would refuse the flags, or sign in by another flow.
        """
        flags = read_flags(kubeconfig_user)
        text, lists = flags.text, flags.lists
        problems = [
            f"--{name} is missing."
            for name in ("oidc-issuer-url", "oidc-client-id")
            if not text.get(name)
        ]
        if text.get("grant-type", "auto") not in {"auto", "authcode"}:
            problems.append(
                f"--grant-type={text['grant-type']} is another flow; only `auto` and `authcode`"
                " open a browser."
            )
        pkce = "S256" if flags.use_pkce else text.get("oidc-pkce-method", "auto")
        if pkce not in get_args(PkceMethod):
            problems.append(f"--oidc-pkce-method must be auto, no or S256, not {pkce!r}.")
        if problems:
            raise ClientSettingsError(source="kubeconfig user", problems=problems)
        secret = text.get("oidc-client-secret") or None
        authority = text.get("certificate-authority")
        return cls(
            issuer=text["oidc-issuer-url"],
            client_id=text["oidc-client-id"],
            client_secret=secret,
            # golang.org/x/oauth2 tries the header first, then the body.
            client_authentication=("basic", "body") if secret else ("none",),
            scopes=_with_openid(lists.get("oidc-extra-scope", ())),
            redirect_uri=_redirect_of(flags),
            pkce=cast(PkceMethod, pkce),
            extra_parameters={
                "access_type": "offline",
                **pairs(lists.get("oidc-auth-request-extra-params", ())),
            },
            extra_headers=pairs(lists.get("oidc-request-header", ())),
            ca_file=Path(authority).expanduser() if authority else ca_file,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PortalClient(RelyingParty):
    """The KubeRocketCI portal: a confidential client that signs people in at `/auth/callback`.

    The portal sends no nonce; this client does, so that a replayed token is told apart.
    https://github.com/KubeRocketCI/krci-portal (packages/trpc/src/clients/oidc)
    """

    portal_url: str

    @classmethod
    def from_settings(
        cls,
        config_map_data: Mapping[str, str],
        secret_data: Mapping[str, str],
        *,
        ca_file: Path | None = None,
    ) -> Self:
        """Read the data of the ConfigMap `portal-config` and of the Secret `portal-secret`.

        Both are plain text, as a pod sees them. `ca_file` is for issuers with a private authority.

        Raises:
            ClientSettingsError: settings that are missing or wrong, all of them at once.
        """
        problems = [
            f"{name} is missing from the ConfigMap."
            for name in ("OIDC_ISSUER_URL", "OIDC_CLIENT_ID", "PORTAL_URL")
            if not config_map_data.get(name)
        ]
        if "OIDC_CLIENT_SECRET" in config_map_data:
            problems.append(
                "OIDC_CLIENT_SECRET is in the ConfigMap, which is no place for a secret: move it"
                " to the Secret and rotate it."
            )
        if not secret_data.get("OIDC_CLIENT_SECRET"):
            problems.append("OIDC_CLIENT_SECRET is missing from the Secret.")
        method = config_map_data.get("OIDC_CODE_CHALLENGE_METHOD") or "S256"
        if method != "S256":
            problems.append(f"OIDC_CODE_CHALLENGE_METHOD must be S256, not {method!r}.")
        if problems:
            raise ClientSettingsError(source="portal settings", problems=problems)
        portal_url = config_map_data["PORTAL_URL"].rstrip("/")
        return cls(
            issuer=config_map_data["OIDC_ISSUER_URL"],
            client_id=config_map_data["OIDC_CLIENT_ID"],
            client_secret=secret_data["OIDC_CLIENT_SECRET"],
            # openid-client, given a secret as text, sends it in the body.
            client_authentication=("body",),
            scopes=tuple((config_map_data.get("OIDC_SCOPE") or "openid profile email").split()),
            redirect_uri=f"{portal_url}{_CALLBACK}",
            portal_url=portal_url,
            ca_file=ca_file,
        )


def _with_openid(extra: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(("openid", *extra)))


def _redirect_of(flags: GetTokenFlags) -> str:
    """kubelogin listens on port 8000 (or 18000 when that is taken) and says localhost."""
    if given := flags.text.get("oidc-redirect-url"):
        return given
    host = flags.text.get("oidc-redirect-url-hostname", "localhost")
    address = (flags.lists.get("listen-address") or ("127.0.0.1:8000",))[0]
    return f"http://{host}:{address.rpartition(':')[2]}"
