"""What all pages have in common: the card, its style, and what a browser may do with it."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from html import escape

_STYLE = """
:root { color-scheme: light dark; --page: #eef0f4; --card: #fff; --text: #1f2328; --quiet: #57606a;
  --line: #c9ced6; --accent: #0b5cad; --on-accent: #fff; --hover: #f0f5fb; --error: #a4262c; }
@media (prefers-color-scheme: dark) { :root { --page: #14171c; --card: #1f242b; --text: #e6e8eb;
  --quiet: #a3abb6; --line: #434b57; --accent: #6cb2ff; --on-accent: #0b1a2b; --hover: #2a313b;
  --error: #ff9d96; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--text);
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
main { max-width: 29rem; margin: 6vh auto 2rem; padding: 2rem; background: var(--card);
  border-radius: .5rem; box-shadow: 0 2px 12px rgb(0 0 0 / 12%); overflow-wrap: anywhere; }
.tenant { display: flex; justify-content: space-between; gap: 1rem; margin: 0 0 1.25rem;
  font-size: .875rem; color: var(--quiet); }
.tenant span:last-child { border: 1px solid var(--line); border-radius: 1rem; padding: 0 .6rem; }
h1 { margin: 0 0 .25rem; font-size: 1.5rem; line-height: 1.25; }
h2 { margin: 1.75rem 0 .5rem; font-size: 1rem; }
p { margin: .5rem 0; } .quiet { color: var(--quiet); font-size: .875rem; }
.error { color: var(--error); border-left: .25rem solid currentcolor; padding-left: .75rem; }
.notice { border: 1px solid var(--line); border-radius: .375rem; padding: .5rem .75rem;
  font-size: .875rem; }
label { display: block; margin-top: .75rem; font-weight: 600; font-size: .875rem; }
input:not([hidden], [type=hidden], [type=checkbox]) { display: block; width: 100%;
  margin-top: .25rem; padding: .5rem .625rem; font: inherit; color: inherit;
  background: transparent; border: 1px solid var(--line); border-radius: .375rem; }
.code { font: 1.5rem/1.5 ui-monospace, monospace; letter-spacing: .2em; text-transform: uppercase; }
button { font: inherit; cursor: pointer; padding: .5rem 1.25rem; border-radius: .375rem;
  border: 1px solid var(--line); background: transparent; color: inherit; }
button.main { background: var(--accent); border-color: var(--accent); color: var(--on-accent);
  font-weight: 600; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.row { display: flex; gap: .75rem; justify-content: flex-end; margin-top: 1.25rem; }
.find { display: flex; gap: .5rem; align-items: end; } .find > div { flex: 1; }
ul.people { list-style: none; margin: .5rem 0; padding: 0; }
ul.people button { display: flex; gap: .75rem; align-items: center; width: 100%; text-align: left;
  padding: .5rem .625rem; border-color: transparent; }
ul.people button:hover { background: var(--hover); }
ul.people small, .person small { display: block; color: var(--quiet); }
.initials { flex: none; width: 2.25rem; height: 2.25rem; border-radius: 50%; display: grid;
  place-items: center; background: var(--accent); color: var(--on-accent); font-size: .8125rem;
  font-weight: 600; }
.badge { margin-left: auto; flex: none; font-size: .75rem; color: var(--quiet);
  border: 1px solid var(--line); border-radius: 1rem; padding: 0 .5rem; }
.person { display: flex; gap: .75rem; align-items: center; margin: 1rem 0; }
dl.permissions { margin: .5rem 0; } dl.permissions dt { font-weight: 600; margin-top: .75rem; }
dl.permissions dd { margin: 0; color: var(--quiet); font-size: .875rem; }
dl.details { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1rem;
  font-size: .8125rem; } dl.details dd { margin: 0; } dl.details dt { color: var(--quiet); }
.check { display: flex; gap: .5rem; align-items: baseline; font-weight: 400; }
"""
_SCRIPT = "document.forms[0].submit()"


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page: what is in it, and where its forms may lead beside this host."""

    title: str
    content: str
    """HTML; everything that comes from outside is escaped in it."""
    tenant_name: str | None = None
    form_target: str | None = None
    """An origin or a scheme. Browsers hold redirects after a form against it too."""
    submits_itself: bool = False

    def html(self) -> str:
        """Return the document."""
        tenant = (
            f'<p class="tenant"><span>{escape(self.tenant_name)}</span><span>Sandbox</span></p>\n'
            if self.tenant_name
            else ""
        )
        script = f"<script>{_SCRIPT}</script>\n" if self.submits_itself else ""
        return (
            '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            f"<title>{escape(self.title)}</title>\n"
            '<link rel="icon" href="data:,">\n'
            f"<style>{_STYLE}</style>\n</head>\n<body>\n<main>\n{tenant}{self.content}\n</main>\n"
            f"{script}</body>\n</html>\n"
        )

    def headers(self) -> dict[str, str]:
        """Return the security headers that it is sent with."""
        targets = " ".join(["'self'", *([self.form_target] if self.form_target else [])])
        script = f" script-src {_hash(_SCRIPT)};" if self.submits_itself else ""
        policy = (
            f"default-src 'none'; style-src {_hash(_STYLE)}; img-src data:;{script}"
            f" form-action {targets}; base-uri 'none'; frame-ancestors 'none'"
        )
        return {
            "Content-Security-Policy": policy,
            "Cache-Control": "no-store",
            "Referrer-Policy": "no-referrer",
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "DENY",
        }


def hidden(**fields: str) -> str:
    """Return hidden fields of a form."""
    return "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">'
        for name, value in fields.items()
    )
