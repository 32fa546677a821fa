"""Which extension properties of an application can be read and written now, by their short names.

Source: https://learn.microsoft.com/graph/api/directoryobject-getavailableextensionproperties
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from graph.client import GraphClient, Json
from graph.errors import GraphError

AVAILABLE_PATH = "/directoryObjects/getAvailableExtensionProperties"
READS_AVAILABLE = "Directory.Read.All"
_NAME = re.compile(r"extension_([0-9a-f]{32})_(.+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class AvailableExtension:
    """A property that is registered, on an application that has a service principal."""

    name: str
    """Graph's."""
    data_type: str


class SeveralApplicationsError(GraphError):
    """Several applications of one display name own extension properties."""


def list_available(client: GraphClient) -> Iterator[Json]:
    """Give every available extension property of the tenant.

    Takes the permission Directory.Read.All.
    """
    page = client.post(AVAILABLE_PATH, {}, needs=READS_AVAILABLE)
    return client.items(page, AVAILABLE_PATH, needs=READS_AVAILABLE)


def available_of(client: GraphClient, application_name: str) -> Mapping[str, AvailableExtension]:
    """Return the properties of the application of this display name, by their names in lower case.

    Raises:
        SeveralApplicationsError: it cannot be told which application is meant.
        GraphError: the directory could not be asked.
    """
    found: defaultdict[str, dict[str, AvailableExtension]] = defaultdict(dict)
    for item in list_available(client):
        name = _NAME.fullmatch(item["name"])
        if name and item.get("appDisplayName") == application_name:
            found[name[1].lower()][name[2].lower()] = AvailableExtension(
                name=item["name"], data_type=item["dataType"]
            )
    if len(found) > 1:
        msg = f"{len(found)} applications are called {application_name!r}."
        raise SeveralApplicationsError(msg)
    return next(iter(found.values()), {})
