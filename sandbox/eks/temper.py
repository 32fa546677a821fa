"""How slow and how moody the control plane is; by itself it is as fast as the API server.

It may stand under `eks:` in a scenario, or be given to a running control plane.
"""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class EksTemper(BaseModel):
    """Times are seconds; each switch is off unless it is set."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    association_s: float = Field(default=0, ge=0)
    """What an association takes at least. EKS takes minutes, at times close to an hour."""
    disassociation_s: float = Field(default=0, ge=0)
    """What a disassociation takes at least."""
    association_error: str | None = None
    """Let every association fail with these words once its time is over."""
    throttling_rate: float = Field(default=0, ge=0, le=1)
    """The share of calls that are answered by ThrottlingException, 429."""
    seed: int = 0
    """Decides which calls those are."""


class EksScenario(BaseModel):
    """The account's side of a scenario."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    kubernetes_version: str | None = Field(default=None, pattern=r"^1\.\d+$")
    """What EKS says the cluster runs, and goes by; the API server's own unless it is set."""
    temper: EksTemper = EksTemper()
