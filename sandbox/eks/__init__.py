"""The part of the EKS control plane that concerns identity providers, before a real API server."""

from sandbox.eks.app import create_app
from sandbox.eks.control_plane import EksControlPlane

__all__ = ["EksControlPlane", "create_app"]
