"""What a sign-in shows next: a page that asks something, or the way back to the client."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sandbox.entra.directory.objects import User
from sandbox.entra.login.consent import MissingConsent
from sandbox.entra.login.errors import LoginError


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoosePerson:
    """Ask who it is. `error` is why they are asked again."""

    page_id: str
    application_name: str
    login: str = ""
    people: tuple[User, ...] = ()
    """Some of the tenant's people to pick from, those signed in first."""
    signed_in: frozenset[str] = frozenset()
    """Object ids of those who need no password."""
    more: int = 0
    """How many people are not in `people`."""
    searched: str = ""
    without_password: bool = False
    return_origin: str | None = None
    error: LoginError | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EnterPassword:
    """Ask for the password of somebody who was picked. `error` is why they are asked again."""

    page_id: str
    application_name: str
    user: User
    return_origin: str | None = None
    error: LoginError | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AskConsent:
    """Ask the person to grant what the application asks for."""

    page_id: str
    application_name: str
    publisher_domain: str
    user: User
    asked: MissingConsent
    for_everybody: bool
    """Whether the person may consent for the organization."""
    return_origin: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AskDevice:
    """Ask the person whether the device that asks is theirs."""

    page_id: str
    application_name: str
    user: User


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceAnswered:
    """The device has its answer; the person can close the page."""

    application_name: str
    approved: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BackToClient:
    """Send the browser back. `parameters` are in the order in which Entra writes them."""

    redirect_uri: str
    response_mode: str
    parameters: Mapping[str, str]
    error: LoginError | None = None


Step = ChoosePerson | EnterPassword | AskConsent | AskDevice | DeviceAnswered | BackToClient
