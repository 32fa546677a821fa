"""`python -m bench.directory FOLDER`: holds the directory until its standard input closes.

The first line of input says how many users it has and what its temper is, the others ask.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bench.directory.handle import Address
from graph.client import connect
from graph.cloud import cloud_from
from sandbox.certificates import CertificateAuthority
from sandbox.entra import Entra
from sandbox.entra.scenario import Scenario, load_scenario
from sandbox.entra.served import serve_entra
from sandbox.entra.temper import Temper
from sandbox.sandbox import COMPANY

PROPERTIES = ("default_namespace", "picture")
_THROTTLED = 429
_REFUSED = 400


def main(folder: Path) -> None:
    """Serve until the input closes."""
    wanted = json.loads(sys.stdin.readline())
    authority = CertificateAuthority(folder / "tls")
    with serve_entra(_scenario(wanted["users"]), authority) as entra:
        address = Address(
            ca_file=str(authority.ca_file),
            tenant_id=entra.tenant.tenant_id,
            login_url=entra.endpoints.login,
            sts_url=entra.endpoints.sts,
            graph_url=entra.endpoints.graph,
            client_id=entra.deployer.client_id,
            client_secret=entra.deployer.client_secret,
        )
        names = _register_properties(address)
        user_ids = {user.user_principal_name: user.object_id for user in entra.tenant.users}
        _say({"address": asdict(address), "extension_names": names, "user_ids": user_ids})
        _answer_questions(entra, Temper.model_validate(wanted["temper"]), names)


def _answer_questions(entra: Entra, temper: Temper, names: Mapping[str, str]) -> None:
    since, cpu_s = 0, 0.0
    for line in sys.stdin:
        match json.loads(line)["do"]:
            case "begin":
                entra.temper = temper  # afresh: its quotas are full
                since, cpu_s = len(entra.requests), time.process_time()
                _say(None)
            case "counts":
                _say(_counts(entra, since) | {"cpu_seconds": time.process_time() - cpu_s})
            case "values":
                _say(_values(entra, names))


def _counts(entra: Entra, since: int) -> dict[str, int]:
    asked = [entry for entry in entra.requests[since:] if entry.service == "graph"]
    done = [entry for entry in asked if entry.status < _REFUSED]
    single = [entry for entry in done if entry.operation != "json-batching"]
    return {
        "requests": sum(not entry.in_batch for entry in asked),
        "writes": sum(entry.method == "PATCH" for entry in single),
        "reads": sum(entry.method == "GET" for entry in single),
        "throttled": sum(entry.status == _THROTTLED for entry in asked),
        "refused": sum(entry.status >= _REFUSED for entry in asked),
    }


def _values(entra: Entra, names: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    values = {
        user.object_id: {
            name: user.extension_values[extension_name]
            for name, extension_name in names.items()
            if extension_name in user.extension_values
        }
        for user in entra.tenant.users
    }
    return {object_id: of_user for object_id, of_user in values.items() if of_user}


def _scenario(users: int) -> Scenario:
    """The sandbox's company, with that many made-up people in place of its own."""
    company = load_scenario(COMPANY).model_dump()
    return Scenario.model_validate(company | {"people": [], "population": {"users": users}})


def _register_properties(address: Address) -> dict[str, str]:
    """Register the extension properties, as the guide's steps before do."""
    os.environ.update(address.environment())
    with connect(address.tenant_id, cloud_from(address.cloud_setting)) as client:
        application = client.post("/applications", {"displayName": "portal and kubectl"})
        client.post("/servicePrincipals", {"appId": application["appId"]})
        path = f"/applications/{application['id']}/extensionProperties"
        definition = {"dataType": "String", "targetObjects": ["User"]}
        return {
            name: client.post(path, {"name": name, **definition})["name"] for name in PROPERTIES
        }


def _say(answer: object) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
