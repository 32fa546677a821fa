"""Why a preview failed, in words that help, and what to do about it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from review.model import Preview

MAX_QUOTED = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """What is wrong, what to do, and what Pulumi said, secrets masked."""

    what: str
    remedy: str
    said: str


_KNOWN: tuple[tuple[str, str, str], ...] = (
    (
        r"settings? (?:is|are) wrong in (\S+?);",
        "Settings of the stack are wrong, in {0}. Nothing has been changed.",
        "Mend the settings that are listed; each says what is allowed.",
    ),
    (
        r"Users and groups: [\d,]+ problems?;|does not know who is meant",
        "A user or a group in the settings is not in the directory, or could be more than one. "
        "Nothing has been changed.",
        "Correct the name in the settings, or make the group first; an object id is never "
        "ambiguous.",
    ),
    (
        r"Microsoft Graph offers no such permission",
        "A permission in graphPermissions does not exist in this tenant. Nothing has been changed.",
        "Names are case sensitive; see https://learn.microsoft.com/graph/permissions-reference.",
    ),
    (
        r"(AADSTS\d+)",
        "Entra refused to sign the identity in that runs the preview ({0}).",
        "Check the ARM_* variables of the pipeline and the subject of its federated credential; "
        "https://login.microsoftonline.com/error says what the code means.",
    ),
    (
        r"(Authorization_RequestDenied|Insufficient privileges)",
        "Microsoft Graph refused the identity that runs the preview: it lacks a permission.",
        "The message names the request. Compare with the permissions in the README; consent takes "
        "a new token to show.",
    ),
    (
        r"(?:cannot be deleted|marked for protection|is protected)",
        "The change would delete or replace something that is protected. This is what protection "
        "is for; nothing has been changed.",
        "If it is not meant, undo it. If it is, set protect: false in a change of its own first.",
    ),
    (
        r"exists already|already exists|needs to be imported",
        "Something of that name is there already, and the program does not take over what it has "
        "not made.",
        "Import it (pulumi import), remove it, or choose another name.",
    ),
    (
        r"the stack is currently locked|Another update is currently in progress",
        "Another update of this stack is running, or one has ended without giving the lock back.",
        "Wait for it; `pulumi cancel` gives the lock back when nothing runs any more.",
    ),
    (
        r"incorrect passphrase|passphrase must be set|PULUMI_CONFIG_PASSPHRASE",
        "The passphrase of the stack's secrets is missing or wrong.",
        "Give the pipeline PULUMI_CONFIG_PASSPHRASE (or the file), or use a cloud key service.",
    ),
    (
        r"no stack named '?([\w.-]+)|stack '?([\w.-]+)'? not found",
        "There is no such stack in the backend that the preview asked.",
        "Check PULUMI_BACKEND_URL or the login, or make the stack: pulumi stack init.",
    ),
    (
        r"mandatory polic|policy violations?|Policy Violations",
        "A mandatory policy is violated.",
        "See what the policy says below.",
    ),
    (
        r"ExpiredToken|NoCredentialProviders|no valid credential sources|"
        r"Unable to locate credentials|InvalidClientTokenId",
        "AWS did not accept the credentials of the preview, or there are none.",
        "Check the role that the pipeline assumes.",
    ),
    (
        r"AccessDenied\w*|is not authorized to perform: (\S+)",
        "AWS refused a call of the preview.",
        "Give the role the action that the message names; the README lists what is needed.",
    ),
    (
        r"configured Kubernetes cluster is unreachable|connection refused|no such host|"
        r"i/o timeout|dial tcp",
        "A service could not be reached from where the preview runs.",
        "The message names the host. A private API server needs a runner inside the network.",
    ),
    (
        r"no resource plugin|could not (?:load|find) plugin|plugin .* not found",
        "A provider plugin is missing.",
        "Run `pulumi install`, and let the pipeline reach get.pulumi.com.",
    ),
    (
        r"No module named '?([\w.]+)|ModuleNotFoundError",
        "The program's packages are not installed.",
        "Run `make setup` before the preview.",
    ),
    (
        r"Traceback \(most recent call last\)|an unhandled error occurred",
        "The program ended with an error of its own.",
        "The message below has the place; the program has not got far enough to change anything.",
    ),
)


_POLICY_ERRORS = frozenset({"preview failed", "error: preview failed"})
_ENDED = "an unhandled error occurred: the program ended with"
"""Follows whatever the program has said itself."""


def _is_a_policys_doing(preview: Preview) -> bool:
    """Whether the preview came to its end, and only a mandatory policy makes it fail."""
    mandatory = any(result.level == "mandatory" for result in preview.policy_results)
    errors = [entry.message for entry in preview.diagnostics if entry.severity == "error"]
    return mandatory and all(error in _POLICY_ERRORS for error in errors)


def diagnose(preview: Preview) -> Diagnosis | None:
    """Return why the preview failed; None when it did not."""
    if not preview.failed or _is_a_policys_doing(preview):
        return None
    errors = [entry.message for entry in preview.diagnostics if entry.severity == "error"]
    errors = [error for error in errors if _ENDED not in error] or errors
    said = "\n".join(dict.fromkeys(errors)) or "\n".join(
        entry.message for entry in preview.diagnostics
    )
    shortened = said if len(said) <= MAX_QUOTED else f"{said[:MAX_QUOTED]}\n[shortened]"
    for pattern, what, remedy in _KNOWN:
        if found := re.search(pattern, said):
            named = next((group for group in found.groups() if group), found[0])
            return Diagnosis(what=what.format(named), remedy=remedy, said=shortened)
    if not said:
        return Diagnosis(
            what="The preview ended before it was done, and said nothing.",
            remedy="Look at the output of the pipeline; it may have been cancelled or out of "
            "memory.",
            said="",
        )
    return Diagnosis(
        what="The preview failed.", remedy="See what Pulumi said below.", said=shortened
    )
