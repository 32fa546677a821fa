"""EKS over HTTP: authentication as far as it goes, routing, errors in the service's wire shape.

Signatures are not checked (there is no secret to check them against), but a request must have one:
a client without credentials would be refused by AWS, and must be here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.eks.control_plane import EksControlPlane
from sandbox.eks.errors import (
    EksError,
    InvalidParameterError,
    MissingAuthenticationTokenError,
    NotImplementedInSandboxError,
)
from sandbox.eks.identity_provider import CONFIG_TYPE
from sandbox.eks.routes import OPERATIONS
from sandbox.eks.wire import (
    Json,
    optional_text,
    parse_body,
    parse_config_reference,
    parse_oidc,
    render_cluster,
    render_config,
    render_update,
    text_map,
)

_MAX_PAGE = 100

Handler = Callable[[EksControlPlane, Request, bytes], Json]


def create_app(control_plane: EksControlPlane) -> Starlette:
    """Return the EKS endpoint of `control_plane` as an ASGI application."""
    routes = [
        Route(
            operation.path,
            partial(_answer, control_plane, _HANDLERS[operation.name]),
            methods=[operation.method],
            name=operation.name,
        )
        for operation in OPERATIONS
    ]
    return Starlette(
        routes=routes,
        exception_handlers={EksError: _refuse, 404: _not_implemented, 405: _not_implemented},
    )


async def _answer(control_plane: EksControlPlane, handler: Handler, request: Request) -> Response:
    _ensure_signed(request)
    body = await request.body()
    # The control plane asks the API server, which would hold up all other requests.
    return JSONResponse(await run_in_threadpool(handler, control_plane, request, body))


def _ensure_signed(request: Request) -> None:
    if not request.headers.get("authorization", "").startswith("AWS4-HMAC-SHA256 "):
        msg = "Missing Authentication Token"
        raise MissingAuthenticationTokenError(msg)


async def _refuse(_request: Request, error: Exception) -> Response:
    if not isinstance(error, EksError):
        raise error
    return JSONResponse(
        {"message": error.message, **error.resource_names},
        status_code=error.status,
        headers={"x-amzn-ErrorType": error.code},
    )


async def _not_implemented(request: Request, _error: Exception) -> Response:
    msg = f"the sandbox's EKS does not implement {request.method} {request.url.path}"
    return await _refuse(request, NotImplementedInSandboxError(msg))


def _describe_cluster(eks: EksControlPlane, request: Request, _body: bytes) -> Json:
    return {"cluster": render_cluster(eks.describe_cluster(request.path_params["name"]))}


def _associate(eks: EksControlPlane, request: Request, body: bytes) -> Json:
    members = parse_body(body)
    tags = text_map(members, "tags")
    update = eks.associate(
        request.path_params["name"],
        parse_oidc(members),
        tags,
        optional_text(members, "clientRequestToken"),
    )
    return {"update": render_update(update), "tags": tags}


def _disassociate(eks: EksControlPlane, request: Request, body: bytes) -> Json:
    members = parse_body(body)
    config_type, name = parse_config_reference(members)
    update = eks.disassociate(
        request.path_params["name"],
        config_type,
        name,
        optional_text(members, "clientRequestToken"),
    )
    return {"update": render_update(update)}


def _describe_config(eks: EksControlPlane, request: Request, body: bytes) -> Json:
    config_type, name = parse_config_reference(parse_body(body))
    config = eks.describe_config(request.path_params["name"], config_type, name)
    return {"identityProviderConfig": render_config(config)}


def _list_configs(eks: EksControlPlane, request: Request, _body: bytes) -> Json:
    configs = [
        {"type": CONFIG_TYPE, "name": config.oidc.name}
        for config in eks.list_configs(request.path_params["name"])
    ]
    return _page(request, "identityProviderConfigs", configs)


def _describe_update(eks: EksControlPlane, request: Request, _body: bytes) -> Json:
    path = request.path_params
    return {"update": render_update(eks.describe_update(path["name"], path["update_id"]))}


def _list_updates(eks: EksControlPlane, request: Request, _body: bytes) -> Json:
    return _page(request, "updateIds", eks.list_updates(request.path_params["name"]))


def _list_tags(eks: EksControlPlane, request: Request, _body: bytes) -> Json:
    return {"tags": eks.tags(request.path_params["arn"])}


def _tag(eks: EksControlPlane, request: Request, body: bytes) -> Json:
    eks.tag(request.path_params["arn"], text_map(parse_body(body), "tags"))
    return {}


def _untag(eks: EksControlPlane, request: Request, _body: bytes) -> Json:
    eks.untag(request.path_params["arn"], request.query_params.getlist("tagKeys"))
    return {}


def _page(request: Request, member: str, items: Sequence[Any]) -> Json:
    """One page; the token is where the next one starts."""
    query = request.query_params
    try:
        size = int(query.get("maxResults", _MAX_PAGE))
        start = int(query.get("nextToken", 0))
    except ValueError as err:
        msg = "maxResults and nextToken must be as the last page gave them"
        raise InvalidParameterError(msg) from err
    if not 1 <= size <= _MAX_PAGE or not 0 <= start <= len(items):
        msg = f"maxResults must be 1 to {_MAX_PAGE}, nextToken as the last page gave it"
        raise InvalidParameterError(msg)
    end = start + size
    following = {"nextToken": str(end)} if end < len(items) else {}
    return {member: list(items[start:end]), **following}


_HANDLERS: dict[str, Handler] = {
    "DescribeCluster": _describe_cluster,
    "ListIdentityProviderConfigs": _list_configs,
    "AssociateIdentityProviderConfig": _associate,
    "DescribeIdentityProviderConfig": _describe_config,
    "DisassociateIdentityProviderConfig": _disassociate,
    "ListUpdates": _list_updates,
    "DescribeUpdate": _describe_update,
    "ListTagsForResource": _list_tags,
    "TagResource": _tag,
    "UntagResource": _untag,
}
