"""Pages of several collections at once: each round of pages is one batch of twenty or fewer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from urllib.parse import quote

from graph.batch import BatchItem, run_batch
from graph.client import GraphClient, Json
from graph.errors import GraphError, GraphRequestError


def query(**options: str) -> str:
    """Return OData options, such as `select="id"`, as the encoded end of an address."""
    return "&".join(f"${name}={quote(value, safe=',')}" for name, value in options.items())


def read_pages(
    client: GraphClient, urls: Mapping[str, str], *, needs: str
) -> Iterator[tuple[str, Json]]:
    """Give every item of the collections at `urls`, each with its collection's key.

    `urls` are relative to the version and encoded. `needs` is the permission to name on a 403.

    Raises:
        GraphRequestError: one of the collections cannot be read.
    """
    waiting = dict(urls)
    followed: set[str] = set()
    while waiting:
        items = [BatchItem(key=key, method="GET", url=url) for key, url in waiting.items()]
        waiting = {}
        for answer in run_batch(client, items):
            if answer.fault:
                path = urls[answer.key].partition("?")[0]
                raise GraphRequestError(items[0].method, path, answer.fault, needs=needs)
            for item in answer.body.get("value", []):
                yield answer.key, item
            if link := answer.body.get("@odata.nextLink"):
                # A link to another host would be sent the token; a link seen before never ends.
                if link in followed or not link.startswith(client.base_url):
                    path = urls[answer.key].partition("?")[0]
                    msg = f"Microsoft Graph sent a next page of {path} that cannot be followed."
                    raise GraphError(msg)
                followed.add(link)
                waiting[answer.key] = f"/{link.removeprefix(client.base_url)}"
