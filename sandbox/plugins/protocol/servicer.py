"""Pulumi's ResourceProvider service on top of `Provider` and `Resource`.

Service definition: https://github.com/pulumi/pulumi/blob/master/proto/pulumi/provider.proto
It answers `acceptSecrets: false`: secrets arrive as plain values and the engine marks whatever
comes back under the same name; only secrets that are born here are marked here.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from importlib import metadata
from typing import Any, NoReturn

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import (
    plugin_pb2,
    provider_pb2,
    provider_pb2_grpc,
    status_pb2,
)

from sandbox.plugins.protocol import path as paths
from sandbox.plugins.protocol.difference import Change, ChangeKind
from sandbox.plugins.protocol.errors import (
    CheckFailure,
    NotEmulatedError,
    PartiallyCreatedError,
    ProviderError,
)
from sandbox.plugins.protocol.resource import Difference, Properties, Provider, Resource
from sandbox.plugins.protocol.values import (
    Secret,
    UnsupportedValueError,
    from_struct,
    has_unknown,
    to_struct,
)

KINDS = {
    (ChangeKind.ADD, False): provider_pb2.PropertyDiff.ADD,
    (ChangeKind.ADD, True): provider_pb2.PropertyDiff.ADD_REPLACE,
    (ChangeKind.DELETE, False): provider_pb2.PropertyDiff.DELETE,
    (ChangeKind.DELETE, True): provider_pb2.PropertyDiff.DELETE_REPLACE,
    (ChangeKind.UPDATE, False): provider_pb2.PropertyDiff.UPDATE,
    (ChangeKind.UPDATE, True): provider_pb2.PropertyDiff.UPDATE_REPLACE,
}


class ProviderServicer(provider_pb2_grpc.ResourceProviderServicer):
    """Serves one `Provider`; the calls come from several threads at once."""

    def __init__(self, provider: Provider) -> None:
        self._provider = provider

    def Handshake(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Say what this provider understands."""
        del request, context
        return provider_pb2.ProviderHandshakeResponse(accept_secrets=False, accept_resources=False)

    def GetPluginInfo(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Report the version of the SDK this provider stands in for."""
        del request, context
        return plugin_pb2.PluginInfo(version=metadata.version(self._provider.distribution))

    def CheckConfig(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Check the provider's own inputs."""
        with _failing(context):
            shape = self._provider.settings_shape
            settings = shape.decoded(_without_version(from_struct(request.news)))
            failures = shape.problems(settings) or self._provider.check_settings(settings)
        return provider_pb2.CheckResponse(inputs=request.news, failures=_failures(failures))

    def DiffConfig(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Compare the provider's own inputs; most only say how to reach the same cloud."""
        del context
        old, new = from_struct(request.old_inputs), from_struct(request.news)
        changed = sorted(n for n in {*old, *new} if old.get(n) != new.get(n))
        some = provider_pb2.DiffResponse.DIFF_SOME
        none = provider_pb2.DiffResponse.DIFF_NONE
        return provider_pb2.DiffResponse(
            changes=some if changed else none,
            diffs=changed,
            replaces=[name for name in changed if name in self._provider.identity],
        )

    def Configure(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Take the provider's settings."""
        with _failing(context):
            settings = _without_version(from_struct(request.args))
            self._provider.configure(self._provider.settings_shape.decoded(settings))
        return provider_pb2.ConfigureResponse(acceptSecrets=False, supportsPreview=True)

    def Check(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Check a resource's inputs."""
        with _failing(context):
            resource = self._resource(request.urn)
            checked = resource.check(
                request.urn.rsplit("::", 1)[-1],
                from_struct(request.olds),
                from_struct(request.news),
                request.randomSeed,
            )
        return provider_pb2.CheckResponse(
            inputs=_state(resource, checked.inputs), failures=_failures(checked.failures)
        )

    def Diff(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Compare a resource's old and new inputs."""
        with _failing(context):
            resource = self._resource(request.urn)
            difference = resource.difference(
                from_struct(request.old_inputs), from_struct(request.news)
            )
        return _diff_response(difference)

    def Create(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Create a resource, or in a preview say what creating it would lead to."""
        with _failing(context):
            resource = self._resource(request.urn)
            inputs = from_struct(request.properties)
            if request.preview:
                preview = resource.preview_create(inputs)
                return provider_pb2.CreateResponse(properties=_preview(resource, preview))
            resource_id, state = resource.create(inputs, request.timeout)
            return provider_pb2.CreateResponse(id=resource_id, properties=_state(resource, state))

    def Read(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Read a live resource, for refresh and import."""
        with _failing(context):
            resource = self._resource(request.urn)
            found = resource.existing(
                request.id, from_struct(request.inputs), from_struct(request.properties)
            )
            if found is None:
                return provider_pb2.ReadResponse()
            return provider_pb2.ReadResponse(
                id=found.resource_id,
                properties=_state(resource, found.state),
                inputs=_state(resource, found.inputs),
            )

    def Update(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Change a resource in place, or in a preview say what that would lead to."""
        with _failing(context):
            resource = self._resource(request.urn)
            state, old = from_struct(request.olds), from_struct(request.old_inputs)
            new = from_struct(request.news)
            if request.preview:
                preview = resource.preview_update(request.id, state, old, new)
                return provider_pb2.UpdateResponse(properties=_preview(resource, preview))
            after = resource.update(request.id, state, old, new, request.timeout)
            return provider_pb2.UpdateResponse(properties=_state(resource, after))

    def Delete(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Delete a resource."""
        with _failing(context):
            resource = self._resource(request.urn)
            resource.delete(request.id, from_struct(request.properties), request.timeout)
        return empty_pb2.Empty()

    def Invoke(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Run a function (a lookup)."""
        with _failing(context):
            found = self._provider.function(request.tok)
            if found is None:
                raise NotEmulatedError(request.tok)
            shape, function = found
            arguments = from_struct(request.args)
            if failures := shape.problems(arguments):
                return provider_pb2.InvokeResponse(failures=_failures(failures))
            if has_unknown(arguments):
                msg = f"{request.tok} was called with a value that is not known yet"
                raise ProviderError(msg)
            response = provider_pb2.InvokeResponse()
            # `return` is a keyword in Python.
            getattr(response, "return").CopyFrom(to_struct(function(arguments)))
            return response

    def Cancel(self, request: Any, context: grpc.ServicerContext) -> Any:
        """End what waits."""
        del request, context
        self._provider.cancel()
        return empty_pb2.Empty()

    def _resource(self, urn: str) -> Resource:
        token = urn.split("::")[2].rsplit("$", 1)[-1]
        resource = self._provider.resource(token)
        if resource is None:
            raise NotEmulatedError(token)
        return resource


@contextlib.contextmanager
def _failing(context: grpc.ServicerContext) -> Iterator[None]:
    """Turn a provider's error into the call's."""
    try:
        yield
    except PartiallyCreatedError as error:
        _abort_as_initialisation_failure(context, error)
    except (ProviderError, UnsupportedValueError) as error:
        context.abort(grpc.StatusCode.UNKNOWN, str(error))


def _abort_as_initialisation_failure(
    context: grpc.ServicerContext, error: PartiallyCreatedError
) -> NoReturn:
    detail = provider_pb2.ErrorResourceInitFailed(
        id=error.resource_id,
        properties=to_struct(error.state),
        reasons=[str(error)],
        inputs=to_struct(error.inputs),
    )
    status = status_pb2.Status(code=grpc.StatusCode.UNKNOWN.value[0], message=str(error))
    status.details.add().Pack(detail)
    context.set_trailing_metadata((("grpc-status-details-bin", status.SerializeToString()),))
    context.abort(grpc.StatusCode.UNKNOWN, str(error))


def _state(resource: Resource, state: Properties) -> Any:
    return to_struct(_with_secrets(resource, state))


def _preview(resource: Resource, state: Properties) -> Any:
    # What is missing from a preview is unknown to the program; null says that it will not be there.
    return to_struct(_with_secrets(resource, state), nulls=True)


def _with_secrets(resource: Resource, state: Properties) -> dict[str, Any]:
    return {
        name: Secret(value) if name in resource.secrets and value is not None else value
        for name, value in state.items()
    }


def _diff_response(difference: Difference) -> Any:
    if not difference.changes:
        return provider_pb2.DiffResponse(
            changes=provider_pb2.DiffResponse.DIFF_NONE, hasDetailedDiff=True
        )
    detailed = {
        paths.text(change.path): provider_pb2.PropertyDiff(
            kind=KINDS[change.kind, change.replaces], inputDiff=True
        )
        for change in difference.changes
    }
    return provider_pb2.DiffResponse(
        changes=provider_pb2.DiffResponse.DIFF_SOME,
        diffs=_top_level(difference.changes),
        replaces=_top_level([change for change in difference.changes if change.replaces]),
        deleteBeforeReplace=difference.delete_before_replace,
        detailedDiff=detailed,
        hasDetailedDiff=True,
    )


def _top_level(changes: list[Change]) -> list[str]:
    return sorted({str(change.path[0]) for change in changes})


def _failures(failures: list[CheckFailure]) -> list[Any]:
    return [provider_pb2.CheckFailure(property=f.path, reason=f.reason) for f in failures]


def _without_version(inputs: Mapping[str, Any]) -> dict[str, Any]:
    # The engine adds the wanted plugin version to a provider's inputs.
    return {name: value for name, value in inputs.items() if name != "version"}
