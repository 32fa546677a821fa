"""The real Pulumi engine, run as one sandbox's own: own home, own state, own plugins."""

from sandbox.engine.command import OnLine, Result
from sandbox.engine.engine import Engine, PluginChoice
from sandbox.engine.errors import (
    EngineError,
    PluginInstallError,
    PulumiFailedError,
    PulumiTimeoutError,
)

__all__ = [
    "Engine",
    "EngineError",
    "OnLine",
    "PluginChoice",
    "PluginInstallError",
    "PulumiFailedError",
    "PulumiTimeoutError",
    "Result",
]
