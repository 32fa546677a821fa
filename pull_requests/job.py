"""What a job of a workflow knows of why it runs, and where it leaves what it has to say.

https://docs.github.com/actions/reference/workflows-and-actions/variables
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pull_requests.errors import JobSettingsError

_SUMMARY_BYTES = 1024 * 1024
"""https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands#step-isolation-and-limits"""
_CUT = "\n\n**The rest is in the artifact of this run.**\n"


@dataclass(frozen=True, slots=True)
class Job:
    """The job that runs this, by its environment."""

    environment: Mapping[str, str]

    @property
    def run_url(self) -> str:
        """Page of this workflow run."""
        server = self.environment.get("GITHUB_SERVER_URL", "https://github.com")
        repository, run = self._need("GITHUB_REPOSITORY"), self._need("GITHUB_RUN_ID")
        return f"{server}/{repository}/actions/runs/{run}"

    @property
    def commit(self) -> str:
        """The commit that this run is about."""
        return self._need("GITHUB_SHA")

    def event(self) -> dict[str, Any]:
        """Return the event that started the workflow.

        Raises:
            JobSettingsError: there is none, so this is no workflow.
        """
        try:
            return json.loads(Path(self._need("GITHUB_EVENT_PATH")).read_text(encoding="utf-8"))
        except (OSError, json.JSONDecodeError) as error:
            msg = f"The event in GITHUB_EVENT_PATH cannot be read: {error}"
            raise JobSettingsError(msg) from error

    def output(self, name: str, value: str) -> None:
        """Set an output of this step; outside a workflow nothing happens."""
        if file := self.environment.get("GITHUB_OUTPUT"):
            with Path(file).open("a", encoding="utf-8") as outputs:
                outputs.write(f"{name}={value}\n")

    def summarise(self, markdown: str) -> None:
        """Add to the step's summary as much as GitHub takes; outside a workflow nothing happens."""
        if file := self.environment.get("GITHUB_STEP_SUMMARY"):
            encoded = f"{markdown}\n".encode()
            if len(encoded) > _SUMMARY_BYTES:
                room = _SUMMARY_BYTES - len(_CUT.encode())
                encoded = encoded[:room].rpartition(b"\n")[0] + _CUT.encode()
            with Path(file).open("ab") as summary:
                summary.write(encoded)

    def _need(self, name: str) -> str:
        value = self.environment.get(name)
        if not value:
            msg = f"{name} is not in the environment; GitHub Actions sets it in every job."
            raise JobSettingsError(msg)
        return value
