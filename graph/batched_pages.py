"""Pages of several collections at once: each round of pages is one batch of twenty or fewer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import quote

from graph.batch import BatchItem, run_batch
from graph.client import GraphClient, Json
from graph.errors import GraphError, GraphRequestError


@dataclass(frozen=True, slots=True)
class Collection:
    """Where a collection begins, relative to the version and encoded, and what reading it takes."""

    url: str
    needs: str
    """The permission to name on a 403."""

    @property
    def path(self) -> str:
        """The address without its query, as errors show it."""
        return self.url.partition("?")[0]


def collection(path: str, *, needs: str, **options: str) -> Collection:
    """Return a collection with OData options, such as `select="id"`."""
    query = "&".join(f"${name}={quote(value, safe=',')}" for name, value in options.items())
    return Collection(f"{path}?{query}", needs)


def read_pages(
    client: GraphClient, collections: Mapping[str, Collection]
) -> Iterator[tuple[str, Json]]:
    """Give every item of the collections, each with its collection's key.

    Raises:
        GraphRequestError: one of the collections cannot be read.
    """
    waiting = {key: begins.url for key, begins in collections.items()}
    followed: set[str] = set()
    while waiting:
        items = [BatchItem(key=key, method="GET", url=url) for key, url in waiting.items()]
        waiting = {}
        for answer in run_batch(client, items):
            of = collections[answer.key]
            if answer.fault:
                raise GraphRequestError(items[0].method, of.path, answer.fault, needs=of.needs)
            for item in answer.body.get("value", []):
                yield answer.key, item
            if link := answer.body.get("@odata.nextLink"):
                # A link to another host would be sent the token; a link seen before never ends.
                if link in followed or not link.startswith(client.base_url):
                    msg = f"Microsoft Graph sent a next page of {of.path} that cannot be followed."
                    raise GraphError(msg)
                followed.add(link)
                waiting[answer.key] = f"/{link.removeprefix(client.base_url)}"
