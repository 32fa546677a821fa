"""The Chromium in which tests look at pages: found on this machine, or installed there."""

from __future__ import annotations

from sandbox.tools.browser.find import find_browser
from sandbox.tools.browser.obtain import obtain_browser

__all__ = ["find_browser", "obtain_browser"]
