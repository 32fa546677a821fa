"""What both dynamic providers need of the process that Pulumi runs them in.

The settings come from the stack's configuration, the identity from the environment. What the
process writes to stderr is what the CLI shows under "Diagnostics".
"""

from __future__ import annotations

import logging

import pulumi
from pulumi.dynamic import ConfigureRequest

from graph.client import GraphClient, connect
from graph.cloud import cloud_from
from graph.errors import GraphError, GraphSettingsError


def client_from_config(request: ConfigureRequest) -> GraphClient:
    """Return a client for the stack's `tenantId` and `cloud` (default: public).

    Raises:
        GraphSettingsError: `tenantId` is missing, or `cloud` is not a cloud.
    """
    _leave_out_tracebacks_of_graph_errors()
    tenant_id = request.config.get("tenantId")
    if not tenant_id:
        msg = "The setting tenantId is missing. Set it with: pulumi config set tenantId <GUID>"
        raise GraphSettingsError(msg)
    cloud = cloud_from(request.config.get("cloud") or "public")
    return connect(tenant_id, cloud, on_wait=pulumi.log.info)


class _NotOfGraphErrors(logging.Filter):
    """Drops the traceback of errors whose message the engine shows anyway."""

    def filter(self, record: logging.LogRecord) -> bool:
        kind = record.exc_info[0] if record.exc_info else None
        return kind is None or not issubclass(kind, GraphError)


def _leave_out_tracebacks_of_graph_errors() -> None:
    # gRPC's server logs every exception of a provider with its traceback, thirty lines that would
    # bury the table of users.
    server_log = logging.getLogger("grpc._server")
    if not any(isinstance(entry, _NotOfGraphErrors) for entry in server_log.filters):
        server_log.addFilter(_NotOfGraphErrors())
