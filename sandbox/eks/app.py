"""EKS over HTTP: signatures, routing, errors in the service's wire shape, and a log of it all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any
from uuid import uuid4

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.eks.call_log import RecordedCall
from sandbox.eks.control_plane import EksControlPlane
from sandbox.eks.errors import (
    EksError,
    InvalidParameterError,
    NotImplementedInSandboxError,
    no_such_addon,
    no_such_capability,
    no_such_node_group,
)
from sandbox.eks.identity_provider import CONFIG_TYPE
from sandbox.eks.routes import OPERATIONS, Operation
from sandbox.eks.signature import SignatureCheck, SignedRequest
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


_REQUEST_ID = "x-amzn-RequestId"


def create_app(control_plane: EksControlPlane) -> Starlette:
    """Return the EKS endpoint of `control_plane` as an ASGI application."""
    endpoint = _Endpoint(control_plane)
    routes = [
        Route(
            operation.path,
            partial(endpoint.answer, operation, _HANDLERS[operation.name]),
            methods=[operation.method],
            name=operation.name,
        )
        for operation in OPERATIONS
    ]
    unknown = endpoint.answer_unknown
    return Starlette(routes=routes, exception_handlers={404: unknown, 405: unknown})


class _Endpoint:
    """Checks, answers and records each request."""

    def __init__(self, control_plane: EksControlPlane) -> None:
        self._eks = control_plane
        self._signatures = SignatureCheck(control_plane.access_key, control_plane.region)

    async def answer(self, operation: Operation, handler: Handler, request: Request) -> Response:
        body = await request.body()
        try:
            self._signatures.ensure_signed(_signed(request, body))
            self._eks.admit()
            # The control plane asks the API server, which would hold up all other requests.
            answer = await run_in_threadpool(handler, self._eks, request, body)
        except EksError as error:
            return self._refuse(request, error, operation.name)
        response = JSONResponse(answer, headers={_REQUEST_ID: str(uuid4())})
        self._record(request, response, operation.name)
        return response

    async def answer_unknown(self, request: Request, _error: Exception) -> Response:
        msg = f"the sandbox's EKS does not implement {request.method} {request.url.path}"
        return self._refuse(request, NotImplementedInSandboxError(msg), None)

    def _refuse(self, request: Request, error: EksError, operation: str | None) -> Response:
        response = JSONResponse(
            {"message": error.message, **error.resource_names},
            status_code=error.status,
            headers={"x-amzn-ErrorType": error.code, _REQUEST_ID: str(uuid4())},
        )
        self._record(request, response, operation, error.code)
        return response

    def _record(
        self, request: Request, response: Response, operation: str | None, code: str | None = None
    ) -> None:
        self._eks.calls.entries.append(
            RecordedCall(
                method=request.method,
                path=request.url.path,
                status=response.status_code,
                operation=operation,
                error_code=code,
            )
        )


def _signed(request: Request, body: bytes) -> SignedRequest:
    scope, url = request.scope, request.url
    query = f"?{url.query}" if url.query else ""
    return SignedRequest(
        method=request.method,
        url=f"{url.scheme}://{url.netloc}{scope['raw_path'].decode()}{query}",
        headers={name.lower(): value for name, value in request.headers.items()},
        body=body,
    )


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
    _refuse_other_resources(eks, request)
    path = request.path_params
    return {"update": render_update(eks.describe_update(path["name"], path["update_id"]))}


def _list_updates(eks: EksControlPlane, request: Request, _body: bytes) -> Json:
    _refuse_other_resources(eks, request)
    return _page(request, "updateIds", eks.list_updates(request.path_params["name"]))


def _list_tags(eks: EksControlPlane, request: Request, _body: bytes) -> Json:
    return {"tags": eks.tags(request.path_params["arn"])}


def _tag(eks: EksControlPlane, request: Request, body: bytes) -> Json:
    eks.tag(request.path_params["arn"], text_map(parse_body(body), "tags"))
    return {}


def _untag(eks: EksControlPlane, request: Request, _body: bytes) -> Json:
    eks.untag(request.path_params["arn"], request.query_params.getlist("tagKeys"))
    return {}


def _refuse_other_resources(eks: EksControlPlane, request: Request) -> None:
    """Updates can be asked for by what else a cluster has; this one has nothing else."""
    eks.describe_cluster(request.path_params["name"])
    for parameter, absent in _OTHER_RESOURCES.items():
        if name := request.query_params.get(parameter):
            raise absent(name)


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


_OTHER_RESOURCES: dict[str, Callable[[str], EksError]] = {
    "nodegroupName": no_such_node_group,
    "addonName": no_such_addon,
    "capabilityName": no_such_capability,
}
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
