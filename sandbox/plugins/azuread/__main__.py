"""The plugin process."""

from __future__ import annotations

from sandbox.plugins.azuread.provider import AzureadProvider
from sandbox.plugins.protocol.process import serve

if __name__ == "__main__":
    serve(AzureadProvider())
