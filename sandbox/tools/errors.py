"""Why a tool could not be had.

ToolsError            none of the ways to a tool worked
└── WayClosedError    one way did not; the message is the reason, and the next way is tried
"""

from __future__ import annotations


class ToolsError(RuntimeError):
    """A tool could be neither found, nor downloaded, nor built."""


class WayClosedError(ToolsError):
    """One way to a tool does not work here."""
