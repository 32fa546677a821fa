"""Values with a user's directory properties in them, such as `{mail_nickname}-dev`.

`{{` and `}}` are braces. `{name:lower}` is in lower case; `{name:dns}` is a DNS label, as names of
Kubernetes namespaces are: lower case, everything else than letters and digits a hyphen.
"""

from __future__ import annotations

import re
import string
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

DIRECTORY_PROPERTIES: Mapping[str, str] = MappingProxyType(
    {
        "city": "city",
        "company_name": "companyName",
        "country": "country",
        "department": "department",
        "display_name": "displayName",
        "employee_id": "employeeId",
        "employee_type": "employeeType",
        "given_name": "givenName",
        "job_title": "jobTitle",
        "mail": "mail",
        "mail_nickname": "mailNickname",
        "object_id": "id",
        "office_location": "officeLocation",
        "on_premises_sam_account_name": "onPremisesSamAccountName",
        "postal_code": "postalCode",
        "preferred_language": "preferredLanguage",
        "state": "state",
        "surname": "surname",
        "usage_location": "usageLocation",
        "user_principal_name": "userPrincipalName",
        "user_type": "userType",
    }
)
"""What a template can name, and Microsoft Graph's name for it. All of it is read with
User.Read.All: https://learn.microsoft.com/graph/api/resources/user#properties"""

_DNS_LABEL_CHARS = 63


def _dns(text: str) -> str:
    label = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
    return label[:_DNS_LABEL_CHARS].rstrip("-")


_FORMS: Mapping[str, Callable[[str], str]] = MappingProxyType(
    {"": str, "lower": str.lower, "dns": _dns}
)


class MissingPropertyError(ValueError):
    """A user lacks a directory property that a template names; `name` is the template's."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(f"the user has no {name}")


@dataclass(frozen=True, slots=True)
class _Field:
    name: str
    form: str


@dataclass(frozen=True, slots=True)
class Template:
    """Text and the directory properties to put into it."""

    parts: tuple[str | _Field, ...]

    @classmethod
    def parse(cls, text: str) -> Template:
        """Read a template.

        Raises:
            ValueError: a sentence that goes on from the setting's name and value.
        """
        parts: list[str | _Field] = []
        try:
            parsed = list(string.Formatter().parse(text))
        except ValueError:
            msg = (
                "must have its braces in pairs: {mail_nickname} for a property of the user, "
                "{{ or }} for a brace itself"
            )
            raise ValueError(msg) from None
        for literal, name, form, conversion in parsed:
            if literal:
                parts.append(literal)
            if name is None:
                continue
            if name not in DIRECTORY_PROPERTIES:
                known = ", ".join(DIRECTORY_PROPERTIES)
                msg = f"names {{{name}}}, which is not a property of a user; known are {known}"
                raise ValueError(msg)
            if form not in _FORMS or conversion:
                msg = f"must write {{{name}}} so, as {{{name}:lower}} or as {{{name}:dns}}"
                raise ValueError(msg)
            parts.append(_Field(name, form or ""))
        return cls(tuple(parts))

    @classmethod
    def constant(cls, text: str) -> Template:
        """Return a template that is this text for everybody, braces and all."""
        return cls((text,))

    @property
    def names(self) -> frozenset[str]:
        """The directory properties that it names; none is a constant."""
        return frozenset(part.name for part in self.parts if isinstance(part, _Field))

    def render(self, properties: Mapping[str, str | None]) -> str:
        """Return the text for a user with these directory properties, by the templates' names.

        Raises:
            MissingPropertyError: the user lacks one.
        """
        return "".join(
            part if isinstance(part, str) else _filled(part, properties) for part in self.parts
        )


def _filled(part: _Field, properties: Mapping[str, str | None]) -> str:
    value = properties.get(part.name)
    if not value:
        raise MissingPropertyError(part.name)
    return _FORMS[part.form](value)
