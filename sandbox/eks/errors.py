"""What EKS refuses, in its own words where those are known.

Each error of the service model is a class with the model's HTTP status:
https://docs.aws.amazon.com/eks/latest/APIReference/CommonErrors.html and each operation's page.

    EksError
      InvalidParameterError, InvalidRequestError, ResourceInUseError, ResourceNotFoundError
      TagsBadRequestError, TagsNotFoundError          the tag operations have names of their own
      ThrottlingError
      MissingAuthenticationTokenError, IncompleteSignatureError, UnrecognizedClientError,
      InvalidSignatureError, SerializationError     before any operation
      NotImplementedInSandboxError                    never of the real service
"""

from __future__ import annotations

from typing import ClassVar


class EksError(Exception):
    """A refusal with the service's error code and message.

    `resource_names` are further members of the error's body, such as `clusterName`.
    """

    status: ClassVar[int] = 400
    code: ClassVar[str] = "ClientException"

    def __init__(self, message: str, **resource_names: str) -> None:
        super().__init__(message)
        self.message = message
        self.resource_names = resource_names


class InvalidParameterError(EksError):
    """A parameter's value is not acceptable."""

    code = "InvalidParameterException"


class InvalidRequestError(EksError):
    """The request is not acceptable in the cluster's state."""

    code = "InvalidRequestException"


class ResourceInUseError(EksError):
    """Something else is under way."""

    status = 409
    code = "ResourceInUseException"


class ResourceNotFoundError(EksError):
    """There is no such cluster, configuration or update."""

    status = 404
    code = "ResourceNotFoundException"


class TagsBadRequestError(EksError):
    """The tag operations' InvalidParameterException."""

    code = "BadRequestException"


class TagsNotFoundError(EksError):
    """The tag operations' ResourceNotFoundException."""

    status = 404
    code = "NotFoundException"


class SerializationError(EksError):
    """The body is not what the operation's model says."""

    code = "SerializationException"


class MissingAuthenticationTokenError(EksError):
    """The request is not signed."""

    status = 403
    code = "MissingAuthenticationTokenException"


class IncompleteSignatureError(EksError):
    """The request's signature lacks a part."""

    status = 403
    code = "IncompleteSignatureException"


class UnrecognizedClientError(EksError):
    """The access key is nobody's."""

    status = 403
    code = "UnrecognizedClientException"


class InvalidSignatureError(EksError):
    """The signature is another one, too old, or for another region or service."""

    status = 403
    code = "InvalidSignatureException"


class ThrottlingError(EksError):
    """Too many calls."""

    status = 429
    code = "ThrottlingException"


class NotImplementedInSandboxError(EksError):
    """The sandbox does not have this operation."""

    status = 501
    code = "NotImplementedInSandbox"


# Captured from the service by others; where is said with each.


def update_in_progress(operation: str, cluster: str, update_id: str) -> ResourceInUseError:
    """Captured: https://github.com/elastic/cloudbeat/issues/3093."""
    return ResourceInUseError(
        f"Cannot {operation} because cluster {cluster} currently has update {update_id} "
        "in progress",
        clusterName=cluster,
    )


def no_such_config(cluster: str, config_type: str, name: str) -> ResourceNotFoundError:
    """Captured: https://github.com/eksctl-io/eksctl/issues/6293."""
    return ResourceNotFoundError(
        f"No config found for cluster: {cluster}, config type: {config_type}, config name: {name}",
        clusterName=cluster,
    )


def not_associated(cluster: str) -> InvalidRequestError:
    """As the Terraform provider recognises it on delete; it goes on from there as if done."""
    return InvalidRequestError(
        "Identity provider config is not associated with cluster", clusterName=cluster
    )


def same_as_cluster_issuer(cluster: str) -> InvalidParameterError:
    """Captured: https://github.com/terraform-aws-modules/terraform-aws-eks/issues/3328."""
    return InvalidParameterError(
        "Incorrect Identity Provider URL configuration. The Identity Provider URL cannot be same "
        "as OpenID Connect (OIDC) issuer URL",
        clusterName=cluster,
    )


def no_such_cluster(name: str) -> ResourceNotFoundError:
    """Captured: eksctl prints it, with the full stop, when a cluster's name is mistyped."""
    return ResourceNotFoundError(f"No cluster found for name: {name}.", clusterName=name)


# From here on the rule is documented, the wording and the choice of code are ours.


def no_such_update(update_id: str) -> ResourceNotFoundError:
    """DescribeUpdate's page has the error, not its words."""
    return ResourceNotFoundError(f"No update found for ID: {update_id}")


def another_request() -> InvalidParameterError:
    """The token's documentation says what it is for, not what a wrong use of it leads to."""
    return InvalidParameterError("The client request token was used for another request before")


def no_such_node_group(name: str) -> ResourceNotFoundError:
    """The sandbox's cluster has no node groups, add-ons or capabilities."""
    return ResourceNotFoundError(f"No node group found for name: {name}.", nodegroupName=name)


def no_such_addon(name: str) -> ResourceNotFoundError:
    """As for node groups."""
    return ResourceNotFoundError(f"No addon: {name} found", addonName=name)


def no_such_capability(name: str) -> ResourceNotFoundError:
    """As for node groups."""
    return ResourceNotFoundError(f"No capability found for name: {name}.")


def no_such_tagged_resource(arn: str) -> TagsNotFoundError:
    """TagResource's page has the error, not its words."""
    return TagsNotFoundError(f"The specified resource could not be found: {arn}")
