"""`python -m verify`: proves that the person at the keyboard can sign in to a real cluster.

It signs in as kubectl does, in the system's browser, then shows the claims, who the API server says
the person is, and whether it allows what it should. It changes nothing anywhere.
Exit code: 0 all as expected, 1 not, 2 wrong arguments.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from verify.access_question import AccessQuestion
from verify.cluster_trust import ClusterTrust
from verify.errors import ClientSettingsError, VerifyError
from verify.kubernetes_access import may_i, who_am_i
from verify.relying_party import Browser, KubectlClient
from verify.system_browser import SystemBrowser

_SCOPES = ("openid", "profile", "email")
_TIMES = frozenset({"exp", "iat", "nbf", "auth_time"})

OK, NOT_AS_EXPECTED, WRONG_ARGUMENTS = 0, 1, 2


def main(
    argv: Sequence[str] | None = None,
    *,
    browser: Browser | None = None,
    write: Callable[[str], object] = sys.stdout.write,
) -> int:
    """Run the command line `argv` and return the exit code."""

    def say(line: str) -> None:
        write(f"{line}\n")

    arguments = _parser().parse_args(argv)
    try:
        client = _client(arguments)
    except (ClientSettingsError, OSError) as error:
        say(f"error: {error}")
        return WRONG_ARGUMENTS
    try:
        return _prove(arguments, client, browser or SystemBrowser(say), say)
    except VerifyError as error:
        say(f"error: {error}")
        return NOT_AS_EXPECTED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m verify",
        description="Prove a sign-in with the person at the keyboard. Give either"
        " --kubeconfig-user, or --issuer and --client-id.",
        epilog="Questions are written as for `kubectl auth can-i`: 'create pods -n team-a'.",
    )
    client = parser.add_argument_group("client")
    client.add_argument(
        "--kubeconfig-user",
        type=Path,
        metavar="FILE",
        help="user entry as exported by the stack, in YAML or JSON",
    )
    client.add_argument("--issuer", help="issuer, to the letter")
    client.add_argument("--client-id", help="application (client) id")
    client.add_argument("--scope", action="append", metavar="SCOPE", help=f"default: {_SCOPES}")
    client.add_argument("--redirect-url", default="http://localhost:8000")
    client.add_argument(
        "--issuer-ca-file", type=Path, metavar="FILE", help="authority of a private issuer"
    )
    client.add_argument("--login-hint", metavar="NAME", help="whom to suggest on the sign-in page")
    cluster = parser.add_argument_group("cluster")
    cluster.add_argument("--server", metavar="URL", help="API server; without it, only the token")
    cluster.add_argument("--ca-file", type=Path, metavar="FILE", help="the API server's authority")
    cluster.add_argument("--username-claim", default="upn")
    cluster.add_argument("--groups-claim", default="groups")
    for option, meaning in (("--allowed", "must be allowed"), ("--denied", "must be denied")):
        cluster.add_argument(
            option,
            action="append",
            default=[],
            type=AccessQuestion.parse,
            metavar="QUESTION",
            help=f"{meaning}; may be repeated",
        )
    return parser


def _client(arguments: argparse.Namespace) -> KubectlClient:
    direct = bool(arguments.issuer and arguments.client_id)
    if bool(arguments.kubeconfig_user) == direct:
        raise ClientSettingsError(
            source="arguments",
            problems=["Give either --kubeconfig-user, or --issuer and --client-id."],
        )
    if not arguments.server and (arguments.allowed or arguments.denied):
        raise ClientSettingsError(
            source="arguments", problems=["--allowed and --denied need --server."]
        )
    if arguments.kubeconfig_user:
        return KubectlClient.from_user_entry(
            _user_entry(arguments.kubeconfig_user), ca_file=arguments.issuer_ca_file
        )
    return KubectlClient(
        issuer=arguments.issuer,
        client_id=arguments.client_id,
        scopes=tuple(arguments.scope or _SCOPES),
        redirect_uri=arguments.redirect_url,
        ca_file=arguments.issuer_ca_file,
    )


def _user_entry(file: Path) -> Mapping[str, Any]:
    try:
        entry = yaml.safe_load(file.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        # Not the parser's message: it quotes the file, which may hold a client secret.
        raise ClientSettingsError(source=str(file), problems=["It is not YAML."]) from error
    if not isinstance(entry, dict):
        raise ClientSettingsError(source=str(file), problems=["It is not a kubeconfig user."])
    return entry


def _prove(
    arguments: argparse.Namespace,
    client: KubectlClient,
    browser: Browser,
    say: Callable[[str], None],
) -> int:
    tokens = client.sign_in(browser, arguments.login_hint)
    say(f"Signed in. The ID token is {client.issuer}'s and made for {client.client_id}.")
    for name, value in sorted(tokens.claims.items()):
        say(f"  {name:<20} {_readable(name, value)}")
    if not arguments.server:
        return OK
    trust = ClusterTrust(
        issuer_url=client.issuer,
        client_id=client.client_id,
        username_claim=arguments.username_claim,
        groups_claim=arguments.groups_claim,
    )
    server, ca_file = arguments.server, arguments.ca_file
    identity = who_am_i(server, ca_file, tokens.id_token, trust=trust)
    say(f"{server} says this is {identity.username}")
    say(f"  in groups            {', '.join(identity.groups) or 'none'}")
    as_expected = True
    expectations = [(question, True) for question in arguments.allowed]
    expectations += [(question, False) for question in arguments.denied]
    for question, expected in expectations:
        answer = may_i(server, ca_file, tokens.id_token, question, trust=trust)
        as_expected &= answer is expected
        say(
            f"  {'allowed' if answer else 'denied':<20} {question}"
            + ("" if answer is expected else "   NOT AS EXPECTED")
        )
    return OK if as_expected else NOT_AS_EXPECTED


def _readable(name: str, value: object) -> str:
    if name in _TIMES and isinstance(value, int):
        return f"{value} ({datetime.fromtimestamp(value, tz=UTC):%Y-%m-%d %H:%M:%S} UTC)"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


if __name__ == "__main__":
    sys.exit(main())
