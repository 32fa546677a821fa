"""The plugin process."""

from __future__ import annotations

from sandbox.plugins.aws.provider import AwsProvider
from sandbox.plugins.protocol.process import serve

if __name__ == "__main__":
    serve(AwsProvider())
