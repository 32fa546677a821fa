"""Handlers of the documents by which clients find their way."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.entra.endpoints import TokenVersion
from sandbox.entra.login.context import LoginContext
from sandbox.entra.login.documents import (
    cloud_metadata,
    instance_discovery,
    openid_configuration,
)
from sandbox.entra.login.errors import LoginError
from sandbox.entra.login.replies import ANY_TENANT, Replies
from sandbox.entra.login.request_errors import INSTANCE_UNKNOWN, PARAMETER_MISSING


class DocumentHandlers:
    """Discovery, keys, instance discovery, cloud metadata."""

    def __init__(self, context: LoginContext, replies: Replies) -> None:
        self._context = context
        self._replies = replies

    async def metadata(self, request: Request) -> Response:  # noqa: ARG002
        """Cloud metadata."""
        context = self._context
        return JSONResponse(cloud_metadata(context.tenant.tenant_id, context.endpoints))

    async def instance_discovery(self, request: Request) -> Response:
        """Instance discovery: whether an authority can be trusted."""
        asked = request.query_params.get("authorization_endpoint")
        try:
            if not asked:
                raise LoginError(PARAMETER_MISSING, parameter="authorization_endpoint")  # noqa: TRY301
            parts = urlsplit(asked)
            # By name alone: MSAL leaves the port out.
            if parts.hostname != urlsplit(self._context.endpoints.login).hostname:
                raise LoginError(INSTANCE_UNKNOWN)  # noqa: TRY301
        except LoginError as error:
            return self._replies.json_error(request, error)
        tenant = parts.path.strip("/").partition("/")[0] or "common"
        return JSONResponse(instance_discovery(tenant, self._context.endpoints))

    async def discovery(self, request: Request, *, tenant: str, version: TokenVersion) -> Response:
        """OpenID Connect discovery."""
        try:
            issued_for = self._tenant(tenant)
        except LoginError as error:
            return self._replies.json_error(request, error)
        document = openid_configuration(issued_for, version, self._context.endpoints)
        # An application with a signing key of its own finds it by its id.
        if app_id := request.query_params.get("appid"):
            document["jwks_uri"] += f"?appid={app_id}"
        return JSONResponse(document)

    async def keys(self, request: Request, *, tenant: str, version: TokenVersion) -> Response:
        """Signing keys."""
        try:
            issued_for = self._tenant(tenant)
        except LoginError as error:
            return self._replies.json_error(request, error)
        endpoints = self._context.endpoints
        extra = (
            {
                "cloud_instance_name": urlsplit(endpoints.login).netloc,
                "issuer": endpoints.issuer(issued_for, version),
            }
            if version == "v2"
            else {}
        )
        return JSONResponse(self._context.keys.document(extra))

    def _tenant(self, name: str) -> str:
        """Return the tenant that documents are about; `common` speaks of any."""
        self._replies.require_tenant(name)
        return "{tenantid}" if name in ANY_TENANT else self._context.tenant.tenant_id
