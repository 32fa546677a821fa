"""What can be set for a stack, setting by setting.

Names in configuration are camelCase, as Pulumi and Microsoft Graph write them.
There is no secret in here and there must be none: credentials come from the environment of the
person or pipeline that runs Pulumi, and secrets of the program's own are made by it.
Rules that look at more than one setting are in `settings.rules`.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag, model_validator

from attributes.properties import DataType
from settings.strict import StrictModel as _Model
from settings.text import (
    ClaimPrefix,
    DnsLabel,
    EksName,
    ExtensionPropertyName,
    Guid,
    HttpsOrigin,
    HttpsUrl,
    LoopbackRedirect,
    Region,
    Scalar,
)
from settings.workload_identity import ContinuousIntegration, FederatedCredential


class CustomCloud(_Model):
    """A cloud with endpoints of its own, as the azuread provider's `metadataHost` means it."""

    metadata_host: str = Field(min_length=1, description="host[:port] of the metadata document")
    login_endpoint: HttpsUrl = Field(description="where people and programs sign in")
    sts_endpoint: HttpsUrl = Field(description="the host in the v1 issuer")
    graph_endpoint: HttpsUrl = Field(description="Microsoft Graph, without /v1.0")


class Application(_Model):
    """The application that the portal and kubectl sign in to."""

    display_name: str = Field(min_length=1, max_length=120, description="its name in Entra")
    group_membership_claims: Literal["ApplicationGroup", "SecurityGroup"] = Field(
        default="ApplicationGroup",
        description="which groups the ID token names: those assigned to the application, or all "
        "security groups (above 200 Kubernetes refuses the sign-in)",
    )
    assignment_required: bool = Field(
        default=True, description="only members of the groups in `access` can sign in"
    )
    implicit_id_tokens: bool = Field(
        default=False,
        description="ID tokens straight from the authorize endpoint; no client needs it",
    )

    @property
    def assigns_groups(self) -> bool:
        """Whether the groups in `access` have to be assigned to the application."""
        return self.assignment_required or self.group_membership_claims == "ApplicationGroup"


class Kubectl(_Model):
    """How kubectl's oidc-login plugin signs in."""

    client: Literal["public", "confidential"] = Field(
        default="public",
        description="public: PKCE and no secret; confidential: a client secret in every kubeconfig",
    )
    redirect_uri: LoopbackRedirect = Field(
        default="http://localhost:8000", description="where the plugin listens"
    )


class GraphPermissions(_Model):
    """Microsoft Graph permissions that are declared and get admin consent."""

    delegated: tuple[str, ...] = Field(
        default=("email", "offline_access", "openid", "profile"),
        description="scopes of the sign-in",
    )
    application: tuple[str, ...] = Field(
        default=("User.Read.All", "User.ReadUpdate.All"),
        description="application roles for keeping extension values up to date",
    )
    holder: Literal["directory-automation", "login-application"] = Field(
        default="directory-automation",
        description="which application holds the application roles",
    )

    @property
    def sign_in_roles(self) -> tuple[str, ...]:
        """Application roles of the application that people sign in to; least privilege is none."""
        return self.application if self.holder == "login-application" else ()

    @property
    def automation_roles(self) -> tuple[str, ...]:
        """Application roles of the directory automation application."""
        return self.application if self.holder == "directory-automation" else ()


class DirectoryAutomation(_Model):
    """The application that a pipeline signs in as to write extension values; it has no secret."""

    display_name: str | None = Field(
        default=None,
        min_length=1,
        max_length=120,
        description="by default the application's display name with 'directory automation'",
    )
    federated_credentials: dict[str, FederatedCredential] = Field(
        default_factory=dict, description="workloads that may sign in as it, by name"
    )


class ExtensionProperty(_Model):
    """A directory extension property of users; a name alone is one of text that is a claim."""

    name: ExtensionPropertyName
    data_type: DataType = "String"
    claim: bool | None = Field(
        default=None, description="whether it is a claim; by default when it is of text"
    )

    @model_validator(mode="before")
    @classmethod
    def _name_alone(cls, given: Any) -> Any:
        return {"name": given} if isinstance(given, str) else given

    @property
    def is_claim(self) -> bool:
        """Whether the ID token carries it."""
        return self.data_type == "String" if self.claim is None else self.claim


Values = dict[ExtensionPropertyName, Scalar]


class UserAttributeRule(_Model):
    """Values for everybody in a group, nested groups included."""

    group: str = Field(min_length=1, description="display name or object id")
    values: Values = Field(min_length=1, description="values or templates by property")
    priority: int = Field(
        default=0, description="the higher one counts where several groups give a value"
    )


class UserAttributes(_Model):
    """Where values of extension properties come from besides `users`, and how they are written."""

    files: tuple[str, ...] = Field(
        default=(), description="CSV and YAML files of users, relative to the project"
    )
    rules: tuple[UserAttributeRule, ...] = ()
    defaults: Values = Field(
        default_factory=dict,
        description="for users that `users`, files or rules name, where those have no value",
    )
    writes_per_window: int = Field(
        default=3000,
        ge=1,
        le=3000,
        description="users written in 150 s, of the 3,000 that the directory lets all "
        "applications of this identity write",
    )


class IdentityProvider(_Model):
    """How the cluster reads the ID token."""

    name: EksName = Field(default="entra", description="name of the identity provider in EKS")
    username_claim: str = Field(default="upn", min_length=1)
    username_prefix: ClaimPrefix = "entra:"
    groups_prefix: ClaimPrefix = "entra:"
    required_claims: dict[str, str] = Field(
        default_factory=dict, description="claims that a token must carry with these values"
    )
    tags: dict[str, str] = Field(default_factory=dict)


class Cluster(_Model):
    """The EKS cluster."""

    name: EksName
    region: Region
    identity_provider: IdentityProvider = IdentityProvider()
    kubeconfig: str | None = Field(
        default=None,
        min_length=1,
        description="path of a kubeconfig; by default the cluster is found by its name",
    )
    eks_endpoint: HttpsUrl | None = Field(
        default=None, description="another endpoint of the EKS API (private link, say)"
    )


class NamespaceAccess(_Model):
    """Which directory groups hold the portal's three tenant roles in a namespace."""

    create: bool = Field(default=False, description="declare the namespace as well")
    admins: tuple[str, ...] = ()
    developers: tuple[str, ...] = ()
    viewers: tuple[str, ...] = ()


class Access(_Model):
    """Who may do what in the cluster: directory groups by display name or object id."""

    cluster_admins: tuple[str, ...] = ()
    namespaces: dict[DnsLabel, NamespaceAccess] = Field(default_factory=dict)

    def groups(self) -> tuple[str, ...]:
        """Return every group that is named, once, sorted."""
        named = set(self.cluster_admins)
        for namespace in self.namespaces.values():
            named.update(namespace.admins, namespace.developers, namespace.viewers)
        return tuple(sorted(named))


class Portal(_Model):
    """The KubeRocketCI portal."""

    url: HttpsOrigin
    namespace: DnsLabel = "krci"
    create_namespace: bool = False
    default_namespace: DnsLabel | None = Field(
        default=None, description="DEFAULT_CLUSTER_NAMESPACE; by default the portal's own"
    )
    helm_release: DnsLabel = Field(
        default="krci-portal", description="release that may take over portal-config"
    )
    client_secret_expires: date | None = Field(
        default=None, description="day (UTC) the client secret ends; a new day makes a new secret"
    )

    @property
    def redirect_uri(self) -> str:
        """Where Entra sends people back to: the portal's own path for it."""
        return f"{self.url}/auth/callback"


CLOUD_TAGS = ("national cloud", "custom cloud")


def _cloud_tag(value: object) -> str:
    return CLOUD_TAGS[isinstance(value, dict | CustomCloud)]


Cloud = Annotated[
    Annotated[Literal["public", "usgovernment", "china"], Tag(CLOUD_TAGS[0])]
    | Annotated[CustomCloud, Tag(CLOUD_TAGS[1])],
    Discriminator(_cloud_tag),
]


class Settings(_Model):
    """Everything that can be set for one stack."""

    tenant_id: Guid = Field(description="the tenant's id")
    cloud: Cloud = Field(default="public", description="a national cloud, or own endpoints")
    issuer: Literal["v1", "v2"] = Field(
        default="v2", description="version of the issuer that EKS, portal and kubectl all use"
    )
    application: Application
    kubectl: Kubectl = Kubectl()
    graph_permissions: GraphPermissions = GraphPermissions()
    directory_automation: DirectoryAutomation = DirectoryAutomation()
    ci: ContinuousIntegration = ContinuousIntegration()
    extension_properties: tuple[ExtensionProperty, ...] = (
        ExtensionProperty(name="default_namespace"),
        ExtensionProperty(name="picture"),
    )
    users: dict[str, Values] = Field(
        default_factory=dict,
        description="extension values by user: UPN, mail or object id",
    )
    user_attributes: UserAttributes = UserAttributes()
    cluster: Cluster
    access: Access
    portal: Portal
    protect: bool = Field(
        default=False,
        description="refuse to delete or replace the application and the identity provider",
    )

    @property
    def cloud_setting(self) -> str | dict[str, str]:
        """The cloud as it is written in configuration."""
        return self.cloud if isinstance(self.cloud, str) else self.cloud.model_dump(by_alias=True)

    @property
    def claims(self) -> tuple[str, ...]:
        """The extension properties that the ID token carries."""
        return tuple(declared.name for declared in self.extension_properties if declared.is_claim)

    @property
    def directory_automation_name(self) -> str:
        """Display name of the directory automation application."""
        own = self.directory_automation.display_name
        return own or f"{self.application.display_name} directory automation"

    @property
    def ci_preview_name(self) -> str:
        """Display name of the application that previews."""
        return self.ci.preview.display_name or f"{self.application.display_name} CI preview"

    @property
    def ci_deploy_name(self) -> str:
        """Display name of the application that deploys."""
        return self.ci.deploy.display_name or f"{self.application.display_name} CI deploy"
