from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from verify.errors import ClientSettingsError
from verify.relying_party import KubectlClient, PortalClient

ISSUER = "https://login.microsoftonline.com/t/v2.0"
MANDATORY = (f"--oidc-issuer-url={ISSUER}", "--oidc-client-id=client")


def user_entry(*flags: str) -> dict[str, Any]:
    return {
        "name": "oidc",
        "user": {
            "exec": {
                "apiVersion": "client.authentication.k8s.io/v1",
                "command": "kubectl",
                "args": ["oidc-login", "get-token", *flags],
            }
        },
    }


def kubectl(*flags: str) -> KubectlClient:
    return KubectlClient.from_user_entry(user_entry(*MANDATORY, *flags))


def problems(*flags: str) -> tuple[str, ...]:
    with pytest.raises(ClientSettingsError) as caught:
        KubectlClient.from_user_entry(user_entry(*flags))
    return caught.value.problems


def test_the_plugins_defaults_hold() -> None:
    client = kubectl()
    assert (client.issuer, client.client_id, client.client_secret) == (ISSUER, "client", None)
    assert client.scopes == ("openid",)
    assert client.redirect_uri == "http://localhost:8000"
    assert client.pkce == "auto", "the plugin uses PKCE only when the issuer offers it"
    assert client.client_authentication == ("none",)


def test_the_mapping_under_user_is_enough() -> None:
    client = KubectlClient.from_user_entry(user_entry(*MANDATORY)["user"])
    assert client.client_id == "client"


def test_flags_may_be_separate_from_their_values() -> None:
    client = KubectlClient.from_user_entry(
        user_entry("--oidc-issuer-url", ISSUER, "--oidc-client-id", "client", "-v", "1")
    )
    assert client.client_id == "client"


def test_extra_scopes_add_up_by_repetition_and_by_commas() -> None:
    client = kubectl("--oidc-extra-scope=email,profile", "--oidc-extra-scope=offline_access")
    assert client.scopes == ("openid", "email", "profile", "offline_access")


def test_of_a_flag_given_twice_the_last_one_counts() -> None:
    assert kubectl("--oidc-client-id=other").client_id == "other"


def test_a_client_secret_is_tried_in_the_header_first() -> None:
    client = kubectl("--oidc-client-secret=s3cret")
    assert client.client_secret == "s3cret"
    assert client.client_authentication == ("basic", "body")


@pytest.mark.parametrize(
    ("flags", "pkce"),
    [
        (["--oidc-pkce-method=S256"], "S256"),
        (["--oidc-pkce-method=no"], "no"),
        (["--oidc-use-pkce"], "S256"),
        (["--oidc-use-pkce=false"], "auto"),
    ],
)
def test_the_pkce_method_is_the_plugins(flags: list[str], pkce: str) -> None:
    assert kubectl(*flags).pkce == pkce


@pytest.mark.parametrize(
    ("flags", "redirect_uri"),
    [
        (["--listen-address=127.0.0.1:12345"], "http://localhost:12345"),
        (["--oidc-redirect-url-hostname=127.0.0.1"], "http://127.0.0.1:8000"),
        (
            ["--oidc-redirect-url=http://localhost:9/x", "--listen-address=:9"],
            "http://localhost:9/x",
        ),
    ],
)
def test_the_redirect_uri_follows_the_flags(flags: list[str], redirect_uri: str) -> None:
    assert kubectl(*flags).redirect_uri == redirect_uri


def test_extra_parameters_and_headers_are_passed_on() -> None:
    client = kubectl(
        "--oidc-auth-request-extra-params=domain_hint=contoso.example,prompt=login",
        "--oidc-request-header=Origin=localhost",
    )
    assert client.extra_parameters == {
        "access_type": "offline",
        "domain_hint": "contoso.example",
        "prompt": "login",
    }
    assert client.extra_headers == {"Origin": "localhost"}


def test_the_flag_for_the_authority_wins_over_the_callers() -> None:
    entry = user_entry(*MANDATORY, "--certificate-authority=/ca.pem")
    client = KubectlClient.from_user_entry(entry, ca_file=Path("other.pem"))
    assert client.ca_file == Path("/ca.pem")


def test_flags_that_do_not_touch_the_sign_in_are_accepted() -> None:
    kubectl("--token-cache-storage=keyring", "--skip-open-browser", "--force-refresh", "-v1")


def test_all_problems_are_told_at_once_and_no_value_of_an_unknown_flag() -> None:
    assert problems(
        "--oidc-secret", "hidden", "--password=hidden", "-v1", "hidden", "--oidc-client-id"
    ) == (
        "--oidc-secret is no flag of kubelogin's get-token.",
        "--password is not supported: remove it: the password grant is another flow, and arguments"
        " can be read by every process.",
        "An argument is no flag; get-token takes flags only.",
        "--oidc-client-id needs a value.",
    )


def test_missing_mandatory_flags_and_another_flow_are_told() -> None:
    assert problems("--grant-type=device-code", "--oidc-pkce-method=plain") == (
        "--oidc-issuer-url is missing.",
        "--oidc-client-id is missing.",
        "--grant-type=device-code is another flow; only `auto` and `authcode` open a browser.",
        "--oidc-pkce-method must be auto, no or S256, not 'plain'.",
    )


def test_switched_off_certificate_checks_are_refused() -> None:
    assert (
        "--insecure-skip-tls-verify is not supported"
        in problems(*MANDATORY, "--insecure-skip-tls-verify")[0]
    )


@pytest.mark.parametrize(
    "entry",
    [
        {"name": "eks", "user": {"exec": {"command": "aws", "args": ["eks", "get-token"]}}},
        {"name": "token", "user": {"token": "hidden"}},
        {"exec": {"command": "kubelogin", "args": ["convert-kubeconfig"]}},
    ],
)
def test_a_user_of_another_plugin_is_refused(entry: dict[str, Any]) -> None:
    with pytest.raises(ClientSettingsError) as caught:
        KubectlClient.from_user_entry(entry)
    assert "hidden" not in str(caught.value)


CONFIG_MAP = {
    "PORTAL_URL": "https://portal.contoso.example/",
    "OIDC_ISSUER_URL": ISSUER,
    "OIDC_CLIENT_ID": "client",
}
SECRET = {"OIDC_CLIENT_SECRET": "s3cret", "SERVER_SECRET": "other"}


def test_the_portals_defaults_hold() -> None:
    client = PortalClient.from_settings(CONFIG_MAP, SECRET)
    assert client.redirect_uri == "https://portal.contoso.example/auth/callback"
    assert client.scopes == ("openid", "profile", "email")
    assert client.pkce == "S256"
    assert client.client_authentication == ("body",)
    assert client.client_secret == "s3cret"


def test_the_portals_scopes_are_those_of_its_settings() -> None:
    settings = CONFIG_MAP | {"OIDC_SCOPE": "openid email offline_access"}
    client = PortalClient.from_settings(settings, SECRET)
    assert client.scopes == ("openid", "email", "offline_access")


def test_every_problem_of_the_portals_settings_is_told() -> None:
    settings = {"OIDC_CODE_CHALLENGE_METHOD": "plain", "OIDC_CLIENT_SECRET": "leaked"}
    with pytest.raises(ClientSettingsError) as caught:
        PortalClient.from_settings(settings, {})
    assert caught.value.problems == (
        "OIDC_ISSUER_URL is missing from the ConfigMap.",
        "OIDC_CLIENT_ID is missing from the ConfigMap.",
        "PORTAL_URL is missing from the ConfigMap.",
        "OIDC_CLIENT_SECRET is in the ConfigMap, which is no place for a secret: move it to the"
        " Secret and rotate it.",
        "OIDC_CLIENT_SECRET is missing from the Secret.",
        "OIDC_CODE_CHALLENGE_METHOD must be S256, not 'plain'.",
    )
