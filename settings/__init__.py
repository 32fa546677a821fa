"""The stack's configuration, read and checked once, before anything is touched."""

from settings.flags import flagged_choices
from settings.load import SettingsError, load_settings
from settings.model import Settings

__all__ = ["Settings", "SettingsError", "flagged_choices", "load_settings"]
