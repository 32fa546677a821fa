"""`python -m pull_requests.stacks`: the stacks that workflows preview and deploy, as a job matrix.

They are in `.github/stacks.json`, which holds names and ids and no secret. Only the standard
library is imported here, so that the first job of a workflow installs nothing.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pull_requests.errors import StacksFileError

STACKS_FILE = Path(".github/stacks.json")
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_GUID = r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
_ROLE_ARN = r"arn:aws[a-z-]*:iam::\d{12}:role/[\w+=,.@/-]+"
_MEMBERS: Mapping[str, tuple[str, str]] = {
    "name": (NAME.pattern, "the stack's name, of letters, digits, '.', '_' and '-'"),
    "environment": (r"[A-Za-z0-9._-]+", "the GitHub environment that ci.github.environment names"),
    "previewClientId": (_GUID, "the stack's output ciPreviewClientId"),
    "deployClientId": (_GUID, "the stack's output ciDeployClientId"),
    "previewRoleArn": (_ROLE_ARN, "the AWS role of the preview, an ARN"),
    "deployRoleArn": (_ROLE_ARN, "the AWS role of the deployment, an ARN"),
    "awsRegion": (r"[a-z]{2}(-[a-z]+)+-\d", "an AWS region such as eu-central-1"),
    "backendUrl": (r"(s3|azblob|gs|https)://\S+", "where the state is: PULUMI_BACKEND_URL"),
}


def read_stacks(text: str) -> list[dict[str, str]]:
    """Return the stacks in a stacks file, each with every member.

    Raises:
        StacksFileError: naming everything that is wrong.
    """
    try:
        listed = json.loads(text)
    except json.JSONDecodeError as error:
        msg = f"{STACKS_FILE} is not JSON: {error}"
        raise StacksFileError(msg) from error
    if not isinstance(listed, list):
        msg = f"{STACKS_FILE} must hold a list of stacks, such as []"
        raise StacksFileError(msg)
    if problems := list(_problems(listed)):
        msg = f"{STACKS_FILE} cannot be used:\n" + "\n".join(f"  {line}" for line in problems)
        raise StacksFileError(msg)
    return listed


def main(argv: Sequence[str] | None = None) -> int:
    """Write the matrix to the job's outputs, or to standard output outside a workflow."""
    only = next(iter(sys.argv[1:] if argv is None else argv), "")
    try:
        stacks = _chosen(read_stacks(STACKS_FILE.read_text(encoding="utf-8")), only)
    except (StacksFileError, OSError) as error:
        sys.stderr.write(f"error: {error}\n")
        return 2
    line = f"stacks={json.dumps(stacks)}\n"
    sys.stdout.write(line)
    if output := os.environ.get("GITHUB_OUTPUT"):
        with Path(output).open("a", encoding="utf-8") as file:
            file.write(line)
    return 0


def _chosen(stacks: list[dict[str, str]], only: str) -> list[dict[str, str]]:
    found = [stack for stack in stacks if only in ("", stack["name"])]
    if only and not found:
        msg = f"{STACKS_FILE} has no stack {only!r}"
        raise StacksFileError(msg)
    return found


def _problems(listed: list[Any]) -> Iterator[str]:
    seen: set[str] = set()
    for number, stack in enumerate(listed):
        if not isinstance(stack, dict):
            yield f"[{number}] must be an object"
            continue
        for member in stack.keys() - _MEMBERS.keys():
            yield f"[{number}].{member} is not known; allowed: {', '.join(_MEMBERS)}"
        for member, (pattern, meaning) in _MEMBERS.items():
            value = stack.get(member)
            if not isinstance(value, str) or not re.fullmatch(pattern, value):
                yield f"[{number}].{member} must be {meaning}, not {json.dumps(value)}"
        name = stack.get("name")
        if isinstance(name, str):
            if name in seen:
                yield f"[{number}].name {name!r} is given twice"
            seen.add(name)
        if stack.get("previewClientId") == stack.get("deployClientId") is not None:
            yield f"[{number}] must preview and deploy with two identities, not one"


if __name__ == "__main__":
    sys.exit(main())
