"""What can go wrong with an engine command.

EngineError
├── PulumiFailedError    pulumi ended with another status than 0
├── PulumiTimeoutError   it took too long and was ended
└── PluginInstallError   a provider plugin could not be installed
"""

from __future__ import annotations


class EngineError(RuntimeError):
    """An engine command did not do what it was asked to."""


class PulumiFailedError(EngineError):
    """Pulumi ended with `returncode`; the message has its last lines, secrets blotted out."""

    def __init__(self, command: str, returncode: int, seconds: float, last_lines: str) -> None:
        self.command = command
        self.returncode = returncode
        self.last_lines = last_lines
        super().__init__(
            f"`{command}` ended with status {returncode} after {seconds:.1f} s. "
            f"It said last:\n{last_lines or '(nothing)'}"
        )


class PulumiTimeoutError(EngineError):
    """Pulumi had not finished after `timeout_s`; it and all it had started have been ended."""

    def __init__(self, command: str, timeout_s: float, last_lines: str) -> None:
        self.command = command
        self.timeout_s = timeout_s
        self.last_lines = last_lines
        super().__init__(
            f"`{command}` had not finished after {timeout_s:g} s and was ended; the stack may be "
            f"left locked (`pulumi cancel`). It said last:\n{last_lines or '(nothing)'}"
        )


class PluginInstallError(EngineError):
    """A provider plugin could not be installed."""
