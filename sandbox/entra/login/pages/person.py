"""How a person is shown."""

from __future__ import annotations

from html import escape

from sandbox.entra.directory.objects import User
from sandbox.entra.login.subjects import shown_name


def person_line(user: User, badge: str = "") -> str:
    """Return initials, name, the name they sign in by, and a word about them."""
    words = user.display_name.split() or ["?"]
    initials = "".join(word[0] for word in (words[0], *words[1:][-1:])).upper()
    note = f'<span class="badge">{escape(badge)}</span>' if badge else ""
    return (
        f'<span class="initials" aria-hidden="true">{escape(initials)}</span>'
        f"<span>{escape(user.display_name)}"
        f"<small>{escape(shown_name(user) or user.user_principal_name)}</small></span>"
        f"{note}"
    )
