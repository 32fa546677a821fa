"""The plugin process."""

from __future__ import annotations

from sandbox.plugins.kubernetes.provider import KubernetesProvider
from sandbox.plugins.protocol.process import serve

if __name__ == "__main__":
    serve(KubernetesProvider())
