"""What the installed Pulumi SDKs say about the inputs and outputs of the emulated resources.

The stand-ins refuse a property the official provider does not know, and the SDK classes are
generated from the official schemas. Importing them at plugin start would cost up to a second, so
the facts are written to `schema.json` beside each plugin; `python -m sandbox.plugins.sdk_schema`
writes them again and a test compares them with the installed SDKs.
Nothing here runs in a plugin process.
"""

from __future__ import annotations

import collections.abc
import importlib
import inspect
import json
import typing
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import pulumi
from pulumi import _types

FOLDER = Path(__file__).parent
SCALARS: dict[object, str] = {str: "string", bool: "boolean", int: "integer", float: "number"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceSource:
    """Where a resource (or a provider: `args` only) lives in an SDK."""

    pulumi_type: str
    module: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionSource:
    """Where an invoke lives in an SDK."""

    pulumi_type: str
    module: str
    name: str
    result: str


def _azuread(module: str, name: str) -> ResourceSource:
    lower = name[0].lower() + name[1:]
    return ResourceSource(
        pulumi_type=f"azuread:index/{lower}:{name}", module=f"pulumi_azuread.{module}", name=name
    )


def _azuread_function(module: str, name: str) -> FunctionSource:
    return FunctionSource(
        pulumi_type=f"azuread:index/{name}:{name}",
        module=f"pulumi_azuread.{module}",
        name=module,
        result=f"{name[0].upper()}{name[1:]}Result",
    )


SOURCES: dict[str, tuple[ResourceSource | FunctionSource, ...]] = {
    "azuread": (
        ResourceSource(
            pulumi_type="pulumi:providers:azuread",
            module="pulumi_azuread.provider",
            name="Provider",
        ),
        _azuread("app_role_assignment", "AppRoleAssignment"),
        _azuread("application", "Application"),
        _azuread(
            "application_federated_identity_credential", "ApplicationFederatedIdentityCredential"
        ),
        _azuread("application_password", "ApplicationPassword"),
        _azuread("claims_mapping_policy", "ClaimsMappingPolicy"),
        _azuread("service_principal", "ServicePrincipal"),
        _azuread(
            "service_principal_claims_mapping_policy_assignment",
            "ServicePrincipalClaimsMappingPolicyAssignment",
        ),
        _azuread(
            "service_principal_delegated_permission_grant",
            "ServicePrincipalDelegatedPermissionGrant",
        ),
        _azuread_function("get_application_published_app_ids", "getApplicationPublishedAppIds"),
        _azuread_function("get_client_config", "getClientConfig"),
        _azuread_function("get_group", "getGroup"),
        _azuread_function("get_service_principal", "getServicePrincipal"),
        _azuread_function("get_user", "getUser"),
        _azuread_function("get_users", "getUsers"),
    ),
    "aws": (
        ResourceSource(
            pulumi_type="pulumi:providers:aws", module="pulumi_aws.provider", name="Provider"
        ),
        ResourceSource(
            pulumi_type="aws:eks/identityProviderConfig:IdentityProviderConfig",
            module="pulumi_aws.eks.identity_provider_config",
            name="IdentityProviderConfig",
        ),
        FunctionSource(
            pulumi_type="aws:eks/getCluster:getCluster",
            module="pulumi_aws.eks.get_cluster",
            name="get_cluster",
            result="GetClusterResult",
        ),
    ),
    "kubernetes": (
        ResourceSource(
            pulumi_type="pulumi:providers:kubernetes",
            module="pulumi_kubernetes.provider",
            name="Provider",
        ),
    ),
}


def describe(plugin: str) -> dict[str, Any]:
    """Return the schema of one plugin as `schema.json` holds it."""
    return {source.pulumi_type: _entry(source) for source in SOURCES[plugin]}


def write_all() -> None:
    """Write every plugin's `schema.json` from the installed SDKs."""
    for plugin in SOURCES:
        text = json.dumps(describe(plugin), indent=1, sort_keys=True)
        (FOLDER / plugin / "schema.json").write_text(text + "\n", encoding="utf-8")


def _module_of(source: ResourceSource | FunctionSource) -> ModuleType:
    """Return the module that defines `source`, without spoiling its package for others.

    pulumi_aws fills its packages at the first use of an attribute; a module that is imported past
    that leaves its package empty for the rest of the process.
    """
    top, *packages, _ = source.module.split(".")
    package: object = importlib.import_module(top)
    for name in packages:
        package = getattr(package, name)
    getattr(package, source.name)
    return importlib.import_module(source.module)


def _entry(source: ResourceSource | FunctionSource) -> dict[str, Any]:
    module = _module_of(source)
    if isinstance(source, FunctionSource):
        outputs = _types.output_type_types(getattr(module, source.result))
        return {"inputs": _function_inputs(module, source.name), "outputs": sorted(outputs)}
    # The generator of SDKs says InitArgs where another type already has the name.
    init_args = getattr(module, f"{source.name}InitArgs", None)
    inputs = _type_of(init_args or getattr(module, f"{source.name}Args"))
    outputs = _types.resource_types(getattr(module, source.name))
    return {"inputs": inputs, "outputs": sorted(outputs)}


def _function_inputs(module: Any, name: str) -> dict[str, Any]:
    function = getattr(module, name)
    hints = typing.get_type_hints(function)
    names = [p for p in inspect.signature(function).parameters if p != "opts"]
    return {
        "object": {_camel_case(n): _type_of(_types.unwrap_optional_type(hints[n])) for n in names},
        "required": [],
    }


def _camel_case(name: str) -> str:
    head, *tail = name.split("_")
    return head + "".join(word.capitalize() for word in tail)


def _type_of(python_type: Any) -> Any:
    """Translate a type of the SDK; `pulumi.Input` and `Optional` do not matter to a provider."""
    if python_type in SCALARS:
        return SCALARS[python_type]
    if python_type is Any or python_type is object:
        return "any"
    origin, arguments = typing.get_origin(python_type), typing.get_args(python_type)
    if origin is typing.Union:
        return _type_of(_plain_member(arguments))
    if origin is collections.abc.Sequence:
        return {"list": _type_of(arguments[0])}
    if origin is collections.abc.Mapping:
        return {"map": _type_of(arguments[1])}
    if isinstance(python_type, type) and _types.is_input_type(python_type):
        return _object(python_type)
    if isinstance(python_type, type) and issubclass(python_type, (pulumi.Asset, pulumi.Archive)):
        return "any"
    msg = f"the SDK uses a type this generator does not know: {python_type!r}"
    raise TypeError(msg)


def _plain_member(arguments: tuple[Any, ...]) -> Any:
    """Return T of `Union[T, Awaitable[T], Output[T]]`, the first member by construction."""
    members = [a for a in arguments if a is not type(None)]
    return members[0]


def _object(input_class: type) -> dict[str, Any]:
    names = _types.input_type_py_to_pulumi_names(input_class)
    kinds = _types.input_type_types(input_class)
    parameters = inspect.signature(input_class.__init__).parameters
    required = [
        names[name]
        for name, parameter in parameters.items()
        if name in names and parameter.default is parameter.empty
    ]
    return {
        "object": {pulumi_name: _type_of(kinds[pulumi_name]) for pulumi_name in names.values()},
        "required": sorted(required),
    }


if __name__ == "__main__":
    write_all()
