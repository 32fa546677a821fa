"""`python -m sandbox.entra --scenario FILE`: one tenant in a process of its own, for benchmarks.

When it answers it writes one line of JSON to standard output: addresses, the CA file and the file
that has the deployer's credentials (readable by the owner alone; never on a command line). Then it
reads standard input: each line is a temper as JSON and switches the directory to it; the answer is
a line with the number of requests so far, by method and status. It ends with its standard input, so
it cannot outlive whoever holds the other end.
"""

from __future__ import annotations

import argparse
import gc
import json
import signal
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from sandbox.certificates import CertificateAuthority
from sandbox.entra.entra import Entra
from sandbox.entra.scenario import ScenarioError, load_scenario
from sandbox.entra.served import serve_entra
from sandbox.entra.temper import Temper

_COMPANY = Path(__file__).parents[1] / "scenarios" / "company.yaml"
_TERMINATED = 143


def main() -> int:
    """Serve until standard input ends; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m sandbox.entra")
    parser.add_argument("--scenario", type=Path, default=_COMPANY)
    parser.add_argument("--users", type=int, help="instead of the scenario's population")
    parser.add_argument("--groups", type=int, help="instead of the scenario's population")
    arguments = parser.parse_args()
    try:
        scenario = load_scenario(arguments.scenario, arguments.users, arguments.groups)
    except (ScenarioError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    # Told to end, it ends like this too: the files are removed.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(_TERMINATED))
    with tempfile.TemporaryDirectory(prefix="sandbox-entra-") as folder:
        authority = CertificateAuthority(Path(folder))
        with serve_entra(scenario, authority) as entra:
            # A large tenant stays as it is: collecting garbage need not look through it.
            gc.freeze()
            _tell(_endpoints(entra, authority.ca_file, Path(folder) / "deployer.json"))
            for line in sys.stdin:
                _tell(_switched(entra, line))
    return 0


def _endpoints(entra: Entra, ca_file: Path, credentials_file: Path) -> dict[str, Any]:
    credentials_file.touch(mode=0o600)
    deployer = {
        "client_id": entra.deployer.client_id,
        "client_secret": entra.deployer.client_secret,
    }
    credentials_file.write_text(json.dumps(deployer))
    return {
        "login_url": entra.endpoints.login,
        "sts_url": entra.endpoints.sts,
        "graph_url": entra.endpoints.graph,
        "metadata_host": entra.endpoints.login.removeprefix("https://"),
        "tenant_id": entra.tenant.tenant_id,
        "domain": entra.tenant.domain,
        "ca_file": str(ca_file),
        "credentials_file": str(credentials_file),
        "users": len(entra.tenant.users),
        "groups": len(entra.tenant.groups),
    }


def _switched(entra: Entra, line: str) -> dict[str, Any]:
    try:
        entra.temper = Temper.model_validate_json(line)
    except ValidationError as error:
        return {"error": str(error)}
    counted: dict[str, Counter[str]] = {}
    for request in entra.requests:
        if request.service == "graph":
            counted.setdefault(request.method, Counter())[str(request.status)] += 1
    return {"requests": counted}


def _tell(answer: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
