"""Reads the command line of kubectl's OIDC plugin, int128/kubelogin, out of a kubeconfig user.

Flags and defaults are those of `kubectl oidc-login get-token --help` (v1.36); values follow pflag:
`--flag=value` or `--flag value`, lists by repetition or commas, the last one counts.
https://github.com/int128/kubelogin/blob/master/docs/usage.md

A flag that is unknown, or that makes the plugin sign in by another flow than the authorization
code flow, is an error: a sign-in proved with other settings than the person's own proves nothing.
"""

from __future__ import annotations

import csv
import re
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from verify.errors import ClientSettingsError

_TEXT = frozenset(
    {
        "oidc-issuer-url",
        "oidc-client-id",
        "oidc-client-secret",
        "oidc-pkce-method",
        "oidc-redirect-url",
        "oidc-redirect-url-hostname",
        "grant-type",
        "certificate-authority",
    }
)
_LISTS = frozenset(
    {
        "oidc-extra-scope",
        "listen-address",
        "oidc-auth-request-extra-params",
        "oidc-request-header",
    }
)
_SWITCHES = frozenset({"oidc-use-pkce"})
_IGNORED_TEXT = frozenset(
    {
        "token-cache-dir",
        "token-cache-storage",
        "browser-command",
        "authentication-timeout-sec",
        "open-url-after-authentication",
        "v",
        "vmodule",
        "log_dir",
        "log_file",
        "log_file_max_size",
        "log_backtrace_at",
        "stderrthreshold",
    }
)
_IGNORED_SWITCHES = frozenset(
    {
        "force-refresh",
        "skip-open-browser",
        "tls-renegotiation-once",
        "tls-renegotiation-freely",
        "add_dir_header",
        "alsologtostderr",
        "logtostderr",
        "one_output",
        "skip_headers",
        "skip_log_headers",
    }
)
"""They decide where tokens are kept, how the browser is opened and what is logged."""

_UNSUPPORTED = {
    "insecure-skip-tls-verify": "remove it and give --certificate-authority: anybody could play"
    " the issuer otherwise.",
    "oidc-use-access-token": "remove it: an Entra access token is not made for the cluster.",
    "certificate-authority-data": "give the authority's file by --certificate-authority.",
    "username": "remove it: the password grant is another flow, which Entra discourages.",
    "password": "remove it: the password grant is another flow, and arguments can be read by"
    " every process.",
    "local-server-cert": "remove it: only http://localhost is proved.",
    "local-server-key": "remove it: only http://localhost is proved.",
    "listen-port": "use --listen-address.",
}
_PLUGINS = frozenset({"kubectl-oidc_login", "kubelogin"})
_VERBOSITY = re.compile(r"-v\d+")


@dataclass(frozen=True, slots=True, kw_only=True)
class GetTokenFlags:
    """What the flags of `get-token` say, defaults filled in nowhere."""

    text: Mapping[str, str] = field(repr=False)
    lists: Mapping[str, tuple[str, ...]] = field(repr=False)
    use_pkce: bool


def read_flags(user: Mapping[str, Any]) -> GetTokenFlags:
    """Read a kubeconfig user: an item of `users`, or the mapping under its `user`.

    Raises:
        ClientSettingsError: no exec plugin, not kubelogin, or flags that are unknown, unsupported
            or without value; all of them at once.
    """
    return _parse(_plugin_arguments(user))


def pairs(values: Sequence[str]) -> dict[str, str]:
    """Read `key=value` items, as pflag's stringToString does.

    Raises:
        ClientSettingsError: an item without `=`.
    """
    if broken := [value for value in values if "=" not in value]:
        raise ClientSettingsError(
            source="kubeconfig user",
            problems=[f"{value!r} must be of the form key=value." for value in broken],
        )
    return {key: value for key, _, value in (item.partition("=") for item in values)}


def _plugin_arguments(user: Mapping[str, Any]) -> list[str]:
    exec_plugin = (user.get("user") or user).get("exec")
    if not isinstance(exec_plugin, Mapping):
        raise ClientSettingsError(
            source="kubeconfig user",
            problems=[
                "It has no `exec`: it is not the user entry that `pulumi stack output` gives."
            ],
        )
    command = str(exec_plugin.get("command", ""))
    arguments = [str(argument) for argument in exec_plugin.get("args") or ()]
    name = command.replace("\\", "/").rpartition("/")[2].removesuffix(".exe")
    if name == "kubectl" and arguments[:2] == ["oidc-login", "get-token"]:
        return arguments[2:]
    if name in _PLUGINS and arguments[:1] == ["get-token"]:
        return arguments[1:]
    raise ClientSettingsError(
        source="kubeconfig user",
        problems=[
            f"It runs {' '.join([command, *arguments[:1]])!r}; only `kubectl oidc-login get-token`"
            " (int128/kubelogin) is understood."
        ],
    )


def _parse(arguments: Sequence[str]) -> GetTokenFlags:
    text: dict[str, str] = {}
    lists: dict[str, list[str]] = {}
    use_pkce = False
    problems: list[str] = []
    rest = deque(arguments)
    while rest:
        argument = rest.popleft()
        flag, has_value, value = argument.lstrip("-").partition("=")
        if not argument.startswith("-"):
            # Not the argument itself: it could be a secret that a misspelt flag was to take.
            problems.append("An argument is no flag; get-token takes flags only.")
        elif flag in _SWITCHES:
            use_pkce = value.lower() in {"", "1", "t", "true"}
        elif flag in _IGNORED_SWITCHES or _VERBOSITY.fullmatch(argument):
            continue
        elif flag in _TEXT | _LISTS | _IGNORED_TEXT:
            if not has_value and not rest:
                problems.append(f"--{flag} needs a value.")
                continue
            given = value if has_value else rest.popleft()
            if flag in _LISTS:
                lists.setdefault(flag, []).extend(next(csv.reader([given]), []))
            elif flag in _TEXT:
                text[flag] = given
        else:
            problems.append(_refusal(flag))
            if not has_value and rest and not rest[0].startswith("-"):
                rest.popleft()
    if problems:
        raise ClientSettingsError(source="kubeconfig user", problems=problems)
    return GetTokenFlags(
        text=text,
        lists={flag: tuple(values) for flag, values in lists.items()},
        use_pkce=use_pkce,
    )


def _refusal(flag: str) -> str:
    if why := _UNSUPPORTED.get(flag):
        return f"--{flag} is not supported: {why}"
    return f"--{flag} is no flag of kubelogin's get-token."
