"""The pages of the login endpoints: plain HTML for keyboards, without scripts or assets."""

from __future__ import annotations

from sandbox.entra.login.pages.consent import consent_page
from sandbox.entra.login.pages.device import ask_device_page, device_done_page, enter_code_page
from sandbox.entra.login.pages.frame import Page
from sandbox.entra.login.pages.outcome import error_page, form_post_page, signed_out_page
from sandbox.entra.login.pages.sign_in import choose_person_page, password_page

__all__ = [
    "Page",
    "ask_device_page",
    "choose_person_page",
    "consent_page",
    "device_done_page",
    "enter_code_page",
    "error_page",
    "form_post_page",
    "password_page",
    "signed_out_page",
]
