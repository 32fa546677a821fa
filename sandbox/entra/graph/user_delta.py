"""Changes of users since a token: https://learn.microsoft.com/graph/api/user-delta

A round gives pages linked by `@odata.nextLink` and ends with an `@odata.deltaLink`; `$select` is
remembered in the tokens. A user who was changed and changed back is in a round all the same.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from itertools import islice
from typing import Any

from sandbox.entra.directory.objects import User
from sandbox.entra.graph.call import GraphAnswer, GraphCall, ok
from sandbox.entra.graph.entities import USERS, shower
from sandbox.entra.graph.errors import GraphError, bad_request, not_implemented
from sandbox.entra.graph.listing import selected_names

_PAGE = 200
_OPTIONS = frozenset({"$select", "$deltatoken", "$skiptoken"})
_LATEST = "latest"


def delta(call: GraphCall) -> GraphAnswer:
    """https://learn.microsoft.com/graph/api/user-delta

    Raises:
        GraphError: 400 for options that delta queries refuse, 501 for others that are not here, 410
            for a token from elsewhere: the client is to start again.
    """
    query = {name.casefold(): value for name, value in call.query.items()}
    for name in query.keys() - _OPTIONS:
        if name in {"$top", "$orderby", "$expand", "$search"}:
            msg = f"'{name}' is not supported for delta query."
            raise bad_request(msg)
        what = f"the query option {name} of a delta query"
        raise not_implemented(what)
    text = query.get("$deltatoken") or query.get("$skiptoken")
    latest = (text or "").casefold() == _LATEST
    if text and not latest:
        return _page(call, _read(text))
    state = _State(
        since=call.tenant.changes.sequence, position=None if latest else 0,
        select=query.get("$select"),
    )  # fmt: skip
    return _answer(call, [], state, more=False) if latest else _page(call, state)


@dataclass(frozen=True, slots=True, kw_only=True)
class _State:
    """Where a round is: at a position among all users, or after a change."""

    since: int
    position: int | None
    select: str | None


def _page(call: GraphCall, state: _State) -> GraphAnswer:
    names = selected_names(call, USERS, state.select)
    show = shower(USERS, call.tenant, tuple(dict.fromkeys((*names, "id"))))
    if state.position is not None:
        users = list(islice(call.tenant.users.starting_at(state.position), _PAGE + 1))
        more = len(users) > _PAGE
        following = replace(state, position=state.position + _PAGE if more else None)
        return _answer(call, [show(user) for user in users[:_PAGE]], following, more=more)
    changed = call.tenant.changes.since(state.since, User.odata_type)
    page = changed[:_PAGE]
    shown = [_changed(call, object_id, show) for _, object_id in page]
    following = replace(state, since=page[-1][0] if page else state.since)
    return _answer(call, shown, following, more=len(changed) > _PAGE)


def _changed(
    call: GraphCall, object_id: str, show: Callable[[User], dict[str, Any]]
) -> dict[str, Any]:
    if user := call.tenant.users.get(object_id):
        return show(user)
    reason = "changed" if call.tenant.recycle_bin.get(object_id) else "deleted"
    return {"id": object_id, "@removed": {"reason": reason}}


def _answer(
    call: GraphCall, shown: list[dict[str, Any]], following: _State, *, more: bool
) -> GraphAnswer:
    token = base64.urlsafe_b64encode(json.dumps(asdict(following)).encode()).decode()
    name, option = ("nextLink", "$skiptoken") if more else ("deltaLink", "$deltatoken")
    return ok(
        {
            "@odata.context": f"{call.base_url}/$metadata#users",
            f"@odata.{name}": f"{call.base_url}/users/delta?{option}={token}",
            "value": shown,
        }
    )


def _read(token: str) -> _State:
    try:
        return _State(**json.loads(base64.urlsafe_b64decode(token)))
    except (binascii.Error, ValueError, TypeError) as error:
        message = "The delta token is not known; start again without one."
        raise GraphError(410, "syncStateNotFound", message) from error
