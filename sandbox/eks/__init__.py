"""The part of the EKS control plane that concerns identity providers, before a real API server."""

from sandbox.eks.access_key import AccessKey
from sandbox.eks.app import create_app
from sandbox.eks.control_plane import EksControlPlane
from sandbox.eks.temper import EksScenario, EksTemper

__all__ = ["AccessKey", "EksControlPlane", "EksScenario", "EksTemper", "create_app"]
