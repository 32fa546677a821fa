"""A stand-in for Microsoft Entra: login endpoints, the v1 issuer's host, and Microsoft Graph.

`Entra` puts one tenant together from a scenario (`load_scenario`) and offers three ASGI
applications. What it does not have it answers with 501 and records (`Entra.unexpected`).
"""

from sandbox.entra.directory.seeding import Deployer
from sandbox.entra.endpoints import EntraEndpoints
from sandbox.entra.entra import Entra, Person
from sandbox.entra.request_log import RecordedRequest
from sandbox.entra.scenario import Scenario, ScenarioError, load_scenario
from sandbox.entra.temper import Temper

__all__ = [
    "Deployer",
    "Entra",
    "EntraEndpoints",
    "Person",
    "RecordedRequest",
    "Scenario",
    "ScenarioError",
    "Temper",
    "load_scenario",
]
