"""The real Pulumi engine, run as one sandbox's own: own home, own state, own plugins."""

from sandbox.engine.command import OnLine, Result
from sandbox.engine.engine import Engine
from sandbox.engine.errors import (
    EngineError,
    PluginInstallError,
    PulumiFailedError,
    PulumiTimeoutError,
)
from sandbox.engine.official import PluginChoice, official_names

__all__ = [
    "Engine",
    "EngineError",
    "OnLine",
    "PluginChoice",
    "PluginInstallError",
    "PulumiFailedError",
    "PulumiTimeoutError",
    "Result",
    "official_names",
]
