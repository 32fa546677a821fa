"""Changes that a team really makes, for which there is a golden review each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

GOLDEN = Path(__file__).parent / "golden"
MANY = 60
"""People beside those of the scenario, all in team-a."""

ALICE, BOB, CAROL = (f"{name}@contoso.example" for name in ("alice", "bob", "carol"))
DEVELOPERS = [f"dev{number:02d}@contoso.example" for number in range(1, MANY + 1)]
PORTAL = {"url": "https://portal.contoso.example"}
_IN_TEAM_A = {"default_namespace": "team-a"}
_AUTOMATION = {"User.Read.All", "User.ReadUpdate.All"}
_GITHUB = "https://token.actions.githubusercontent.com"


@dataclass(frozen=True, kw_only=True)
class TeamChange:
    """One change: settings on top of a stack, and how the preview is made and reviewed."""

    key: str
    title: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    arguments: tuple[str, ...] = ()
    protected: bool = False
    """Whether the reviewer is told that this is an environment where nothing may vanish."""
    events: bool = False
    """Whether the preview is the streaming form, with the policy pack."""
    directory: Literal["", "group renamed", "value by hand"] = ""
    """What somebody has done in the directory before."""
    deployed: bool = True
    """Whether the stack was up before."""
    fails: bool = False
    """Whether the preview itself fails, which no other may."""


@dataclass(frozen=True, kw_only=True)
class StackChanges:
    """What is done to a stack, with `base` on top of its committed settings."""

    stack: str
    base: Mapping[str, Any]
    changes: tuple[TeamChange, ...]

    @property
    def before_it_is_up(self) -> list[TeamChange]:
        return [change for change in self.changes if not change.deployed]

    @property
    def once_it_is_up(self) -> list[TeamChange]:
        return [change for change in self.changes if change.deployed]


def _roles(*more: str) -> Mapping[str, Any]:
    return {"graphPermissions": {"application": sorted(_AUTOMATION | set(more))}}


def _federated(name: str, subject: str) -> Mapping[str, Any]:
    credential = {name: {"issuer": _GITHUB, "subject": subject}}
    return {"directoryAutomation": {"federatedCredentials": credential}}


_GUIDE: Mapping[str, Any] = {
    "issuer": "v1",
    "application": {
        "groupMembershipClaims": "SecurityGroup",
        "assignmentRequired": False,
        "implicitIdTokens": True,
    },
    "kubectl": {"client": "confidential"},
    "graphPermissions": {
        "application": ["Application.ReadWrite.All", "User.ReadWrite.All"],
        "holder": "login-application",
    },
    "directoryAutomation": None,
}

OF_THE_SANDBOX = StackChanges(
    stack="sandbox",
    base={
        "portal": PORTAL,
        # Every value by user, so that a change of one setting is a change of these users alone.
        "userAttributes": None,
        "users": dict.fromkeys((CAROL, "dave@partner.example", *DEVELOPERS), _IN_TEAM_A),
    },
    changes=(
        TeamChange(key="first-deployment", title="Deploy for the first time", deployed=False),
        TeamChange(key="nothing", title="Change nothing"),
        TeamChange(
            key="add-a-team",
            title="Add a team with a namespace of its own",
            settings={
                "access": {
                    "namespaces": {
                        "team-b": {
                            "create": True,
                            "admins": ["team-b-admins"],
                            "developers": ["team-b-developers"],
                        }
                    }
                }
            },
        ),
        TeamChange(
            key="another-group",
            title="Give a namespace to another group of developers",
            settings={"access": {"namespaces": {"team-a": {"developers": ["team-b-developers"]}}}},
        ),
        TeamChange(
            key="rename-a-group",
            title="Follow a group that was renamed in Entra",
            settings={
                "access": {"namespaces": {"team-a": {"developers": ["payments-developers"]}}}
            },
            directory="group renamed",
        ),
        TeamChange(
            key="rotate-the-secret",
            title="Rotate the portal's client secret",
            settings={"portal": {"clientSecretExpires": "2027-05-31"}},
        ),
        TeamChange(
            key="rename-the-identity-provider",
            title="Rename the identity provider",
            settings={"cluster": {"identityProvider": {"name": "entra-2"}}},
        ),
        TeamChange(
            key="another-cluster",
            title="Point the stack to another cluster",
            settings={"cluster": {"name": "sandbox-2"}},
        ),
        TeamChange(
            key="portal-moves",
            title="Move the portal to another host",
            settings={"portal": {"url": "https://portal.platform.contoso.example"}},
        ),
        TeamChange(
            key="one-user",
            title="Change the default namespace of one user",
            settings={"users": {BOB: {"default_namespace": "team-b"}}},
        ),
        TeamChange(key="remove-a-user", title="Remove a user", settings={"users": {CAROL: None}}),
        TeamChange(
            key="many-users",
            title="Change the default namespace of many",
            settings={"users": {name: {"default_namespace": "team-b"} for name in DEVELOPERS}},
        ),
        TeamChange(
            key="delete-an-extension-property",
            title="Drop the extension property picture",
            settings={
                "extensionProperties": ["default_namespace"],
                "users": {ALICE: {"picture": None}, BOB: {"picture": None}},
            },
        ),
        TeamChange(
            key="all-security-groups",
            title="Put all security groups into the token",
            settings={"application": {"groupMembershipClaims": "SecurityGroup"}},
        ),
        TeamChange(
            key="kubectl-with-a-secret",
            title="Give kubectl a client secret",
            settings={"kubectl": {"client": "confidential"}},
        ),
        TeamChange(
            key="read-groups",
            title="Let the automation read groups",
            settings=_roles("Group.Read.All"),
        ),
        TeamChange(
            key="write-applications",
            title="Let the automation write all applications",
            settings=_roles("Application.ReadWrite.All"),
        ),
        TeamChange(
            key="roles-on-the-login-application",
            title="Hold the application roles on the login application",
            settings={
                "graphPermissions": {"holder": "login-application"},
                "directoryAutomation": None,
            },
        ),
        TeamChange(
            key="cluster-admin",
            title="Make another group cluster-admin",
            settings={"access": {"clusterAdmins": ["platform-admins", "contractors"]}},
            events=True,
        ),
        TeamChange(
            key="another-prefix",
            title="Change the prefix of groups",
            settings={"cluster": {"identityProvider": {"groupsPrefix": "oidc:"}}},
        ),
        TeamChange(
            key="back-to-v1",
            title="Go back to the v1 issuer",
            settings={"issuer": "v1"},
            events=True,
        ),
        TeamChange(
            key="trust-an-environment",
            title="Let one more GitHub environment act as the automation",
            settings=_federated("github-prod", "repo:contoso/platform:environment:production"),
        ),
        TeamChange(
            key="trust-pull-requests",
            title="Let pull requests act as the automation",
            settings=_federated("github-prs", "repo:contoso/platform:pull_request"),
            events=True,
        ),
        TeamChange(key="protect", title="Switch protection on", settings={"protect": True}),
        TeamChange(
            key="remove-a-team",
            title="Remove a team's namespace",
            settings={"access": {"namespaces": {"team-a": None}}},
        ),
        TeamChange(
            key="remove-a-team-in-production",
            title="Remove a team's namespace in production",
            settings={"access": {"namespaces": {"team-a": None}}},
            protected=True,
        ),
        TeamChange(
            key="replace-the-application",
            title="Replace the application that people sign in to",
            settings={"application": {"displayName": "KubeRocketCI 2"}},
            arguments=(
                "--replace",
                "urn:pulumi:sandbox::entra-eks-sso::entra-eks-sso:identity:EntraApplication$"
                "azuread:index/application:Application::sign-in-application",
            ),
        ),
        TeamChange(
            key="changed-by-hand",
            title="Find a value that was changed by hand",
            arguments=("--refresh",),
            directory="value by hand",
        ),
        TeamChange(
            key="adopt-the-guide",
            title="Adopt the guide's set-up on a running stack",
            settings=_GUIDE,
        ),
        TeamChange(
            key="wrong-settings",
            title="Make two mistakes in the settings",
            fails=True,
            settings={"issuer": "v3", "cluster": {"identityProvider": {"groupsPrefix": "system:"}}},
        ),
        TeamChange(
            key="unknown-user",
            title="Name a user who does not exist",
            fails=True,
            settings={"users": {"nobody@contoso.example": {"default_namespace": "team-a"}}},
        ),
    ),
)

OF_THE_GUIDE = StackChanges(
    stack="guide",
    base={"portal": PORTAL},
    changes=(
        TeamChange(
            key="deploy-the-guide",
            title="Deploy the guide to the letter",
            deployed=False,
            events=True,
        ),
        TeamChange(key="move-to-v2", title="Move to the v2 issuer", settings={"issuer": "v2"}),
        TeamChange(
            key="kubectl-without-a-secret",
            title="Take the client secret out of kubeconfigs",
            settings={"kubectl": {"client": "public"}},
        ),
        TeamChange(
            key="roles-off-the-login-application",
            title="Move the application roles to an application of their own",
            settings={
                "graphPermissions": {
                    "holder": "directory-automation",
                    "application": sorted(_AUTOMATION),
                }
            },
        ),
    ),
)

ALL = (*OF_THE_SANDBOX.changes, *OF_THE_GUIDE.changes)
