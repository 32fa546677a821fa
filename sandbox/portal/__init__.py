"""A small relying party that plays the KubeRocketCI portal, for a person at a real browser."""

from sandbox.portal.app import PortalSettingsData, create_portal

__all__ = ["PortalSettingsData", "create_portal"]
