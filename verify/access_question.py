"""A question to the API server, written as for `kubectl auth can-i`.

Resources are plurals as in a Role; nothing is looked up, so `deploy` or `pod` are other resources.
https://kubernetes.io/docs/reference/kubectl/generated/kubectl_auth/kubectl_auth_can-i/
"""

from __future__ import annotations

import argparse
import shlex
from dataclasses import dataclass
from typing import Any, NoReturn, Self


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessQuestion:
    """May the person `verb` this? `resource` begins with / for a path that is no resource."""

    verb: str
    resource: str
    group: str = ""
    """API group; empty for the core group."""
    namespace: str | None = None
    """None asks for the whole cluster."""
    subresource: str = ""
    name: str = ""

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `VERB RESOURCE[.GROUP][/NAME] [-n NAMESPACE] [--subresource=SUBRESOURCE]`.

        Raises:
            ValueError: the text is of another form.
        """
        parser = _Parser(add_help=False, allow_abbrev=False)
        parser.add_argument("verb")
        parser.add_argument("target")
        parser.add_argument("-n", "--namespace")
        parser.add_argument("--subresource", default="")
        try:
            asked = parser.parse_args(shlex.split(text))
        except ValueError as error:
            msg = (
                f"{text!r} is no question ({error}): write it as for `kubectl auth can-i`, such as"
                " 'create pods -n team-a'."
            )
            raise ValueError(msg) from error
        if asked.target.startswith("/"):
            return cls(verb=asked.verb, resource=asked.target)
        target, _, name = asked.target.partition("/")
        resource, _, group = target.partition(".")
        return cls(
            verb=asked.verb,
            resource=resource,
            group=group,
            namespace=asked.namespace,
            subresource=asked.subresource,
            name=name,
        )

    def __str__(self) -> str:
        group = f".{self.group}" if self.group else ""
        name = f"/{self.name}" if self.name else ""
        subresource = f" --subresource={self.subresource}" if self.subresource else ""
        namespace = f" -n {self.namespace}" if self.namespace else ""
        return f"{self.verb} {self.resource}{group}{name}{subresource}{namespace}"

    def spec(self) -> dict[str, Any]:
        """Return the `spec` of a SelfSubjectAccessReview."""
        if self.resource.startswith("/"):
            return {"nonResourceAttributes": {"path": self.resource, "verb": self.verb}}
        return {
            "resourceAttributes": {
                "verb": self.verb,
                "group": self.group,
                "resource": self.resource,
                "subresource": self.subresource,
                "name": self.name,
                "namespace": self.namespace or "",
            }
        }


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise ValueError(message)
