"""Pages of lists: `$top`, `$skiptoken` and `@odata.nextLink`.

https://learn.microsoft.com/graph/paging: a page has 100 items unless the client asks for another
number, and the link to the next one is to be used as it is. A link can get too old.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable
from itertools import islice
from typing import TypeVar
from urllib.parse import urlencode

from sandbox.entra.graph.call import GraphCall
from sandbox.entra.graph.errors import GraphError, bad_request, unsupported_query

_LARGEST_PAGE = 999
_DEFAULT_PAGE = 100

T = TypeVar("T")


def start_of(call: GraphCall) -> int:
    """Return the position that the page begins at, counted from 0.

    Raises:
        GraphError: 400, the token was not made here or has expired.
    """
    token = call.query.get("$skiptoken")
    if token is None:
        return 0
    try:
        position, made = map(int, base64.urlsafe_b64decode(token).split(b"."))
    except (binascii.Error, ValueError) as error:
        msg = "The skip token is invalid."
        raise bad_request(msg) from error
    lifetime_s = call.page_token_lifetime_s
    if lifetime_s is not None and call.now.timestamp() > made + lifetime_s:
        message = (
            "The specified page token value has expired and can no longer be included in your"
            " request."
        )
        raise GraphError(400, "Directory_ExpiredPageToken", message)
    return position


def page_of(call: GraphCall, found: Iterable[tuple[int, T]]) -> tuple[list[T], dict[str, str]]:
    """Return the first page of `found` and, if there is more, the link to the next.

    `found` has each item with its position; positions before `start_of` are not in it.

    Raises:
        GraphError: 400, the size of the page is out of range.
    """
    size = _page_size(call)
    taken = list(islice(found, size + 1))
    page = [item for _, item in taken[:size]]
    if len(taken) <= size:
        return page, {}
    following = dict(call.query) | {"$skiptoken": _token(call, taken[size][0])}
    return page, {"@odata.nextLink": f"{call.base_url}{call.path}?{urlencode(following, safe='$')}"}


def _page_size(call: GraphCall) -> int:
    text = call.query.get("$top")
    if text is None:
        return _DEFAULT_PAGE
    if not text.isdecimal() or not 1 <= int(text) <= _LARGEST_PAGE:
        msg = (
            f"Invalid page size specified: '{text}'. Must be between 1 and {_LARGEST_PAGE}"
            " inclusive."
        )
        raise unsupported_query(msg)
    return int(text)


def _token(call: GraphCall, position: int) -> str:
    return base64.urlsafe_b64encode(b"%08d.%d" % (position, call.now.timestamp())).decode()
