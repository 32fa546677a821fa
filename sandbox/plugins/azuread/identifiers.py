"""The ids of the azuread provider: a path whose last parts are Graph's ids."""

from __future__ import annotations

from sandbox.plugins.protocol.errors import ProviderError


def application_id(object_id: str) -> str:
    """Return the Pulumi id of an application."""
    return f"/applications/{object_id}"


def service_principal_id(object_id: str) -> str:
    """Return the Pulumi id of a service principal."""
    return f"/servicePrincipals/{object_id}"


def object_id_of(resource_id: str, collection: str) -> str:
    """Return the object id in `/<collection>/<object id>`.

    Raises:
        ProviderError: it is another kind of id; most often an `object_id` output was passed where
            the resource's `id` is wanted.
    """
    parts = resource_id.split("/")
    if len(parts) == 3 and not parts[0] and parts[1] == collection and parts[2]:
        return parts[2]
    if collection == "claimsMappingPolicies" and resource_id.startswith("/policies/"):
        return object_id_of(resource_id.removeprefix("/policies"), collection)
    msg = f"{resource_id!r} is not of the form '/{collection}/<object id>'; pass the resource's id"
    raise ProviderError(msg)


def child_of(resource_id: str, separator: str) -> tuple[str, str]:
    """Return the two ids in `<id>/<separator>/<id>`.

    Raises:
        ProviderError: it has another form.
    """
    parent, found, child = resource_id.partition(f"/{separator}/")
    if not (found and parent and child):
        msg = f"{resource_id!r} is not of the form '<id>/{separator}/<id>'"
        raise ProviderError(msg)
    return parent.rsplit("/", 1)[-1], child
