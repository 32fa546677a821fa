"""`python -m review`: says what a preview means.

    python -m review [--format terminal|markdown|json|sarif] PREVIEW    review what is in a file
    python -m review run --stack STACK                                  preview, then review
    python -m review explain [RULE]                                     a rule, or all of them

Exit status: 0 safe, or needs review; 3 needs review, with --strict; 4 blocked; 5 the preview
failed; 2 wrong arguments or settings.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

from review import FORMATS, Names, Report, ReviewSettings, ReviewSettingsError, load_settings, write
from review.explain import explain, list_rules
from review.model import Preview
from review.reading import PreviewNotReadError, read_preview
from review.reading.failed import preview_that_failed
from review.report import report
from review.rules import BY_ID
from review.running import CannotRunError, preview_text

OK, WRONG_ARGUMENTS, NEEDS_REVIEW, BLOCKED, FAILED = 0, 2, 3, 4, 5
SETTINGS_FILE = Path("review.yaml")


def main(
    argv: Sequence[str] | None = None,
    *,
    out: Callable[[str], object] = sys.stdout.write,
    err: Callable[[str], object] = sys.stderr.write,
) -> int:
    """Run the command line `argv` and return the exit status."""
    given = list(sys.argv[1:] if argv is None else argv)
    try:
        if given[:1] == ["explain"]:
            return _explain(given[1:], out)
        if given[:1] == ["run"]:
            return _run(given[1:], out, err)
        return _review(given, out, err)
    except (ReviewSettingsError, CannotRunError, OSError) as error:
        err(f"error: {error}\n")
        return WRONG_ARGUMENTS


def _explain(given: list[str], out: Callable[[str], object]) -> int:
    parser = argparse.ArgumentParser(prog="python -m review explain")
    parser.add_argument("rule", nargs="?", choices=sorted(BY_ID), metavar="RULE")
    known = parser.parse_args(given)
    out(explain(BY_ID[known.rule]) if known.rule else list_rules())
    return OK


def _review(given: list[str], out: Callable[[str], object], err: Callable[[str], object]) -> int:
    parser = _parser("python -m review")
    parser.add_argument("preview", metavar="PREVIEW", help="file, or - for standard input")
    parser.add_argument(
        "--log",
        type=Path,
        metavar="FILE",
        help="what else Pulumi printed (standard error); used when there is no preview",
    )
    known = parser.parse_args(given)
    text = sys.stdin.read() if known.preview == "-" else Path(known.preview).read_text()
    log = known.log.read_text(errors="replace") if known.log else ""
    return _finish(_read(text, log, known.stack or ""), known, out, err)


def _run(given: list[str], out: Callable[[str], object], err: Callable[[str], object]) -> int:
    parser = _parser("python -m review run")
    parser.add_argument("--config-file", type=Path, metavar="FILE", help="as of pulumi preview")
    parser.add_argument("--refresh", action="store_true", help="look for drift as well")
    parser.add_argument("--policy-pack", type=Path, metavar="DIR", help="run a policy pack too")
    parser.add_argument("--policy-pack-config", type=Path, metavar="FILE")
    known = parser.parse_args(given)
    text, log = preview_text(
        known.stack,
        config_file=known.config_file,
        refresh=known.refresh,
        policy_pack=known.policy_pack,
        policy_pack_config=known.policy_pack_config,
        progress=lambda line: err(f"{line}\n"),
    )
    return _finish(_read(text, log, known.stack or ""), known, out, err)


def _parser(prog: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=prog,
        description="Say what a preview means for people's access, worst first.",
        epilog="Exit status: 0 safe or needs review, 3 needs review with --strict, 4 blocked, "
        "5 the preview failed, 2 wrong arguments.",
    )
    parser.add_argument("--format", choices=FORMATS, default="terminal")
    parser.add_argument("--output", type=Path, metavar="FILE", help="write there instead")
    parser.add_argument("--stack", help="by default what the preview says")
    parser.add_argument(
        "--settings", type=Path, metavar="FILE", help=f"default: {SETTINGS_FILE}, when it exists"
    )
    parser.add_argument(
        "--protected",
        action=argparse.BooleanOptionalAction,
        default=None,
        help="whether this is an environment where nothing may vanish",
    )
    parser.add_argument("--many-users", type=int, metavar="N")
    parser.add_argument("--secret-expires-within-days", type=int, metavar="DAYS")
    parser.add_argument(
        "--today", type=date.fromisoformat, metavar="DATE", help="default: the day it is, in UTC"
    )
    parser.add_argument(
        "--resolve-names",
        action="store_true",
        help="ask Microsoft Graph, as whoever runs this, for the names of the other GUIDs",
    )
    parser.add_argument("--strict", action="store_true", help="status 3 for needs review")
    return parser


def _read(text: str, log: str, stack: str) -> Preview:
    try:
        found = read_preview(text)
    except PreviewNotReadError as error:
        # No preview is a failed preview too: the reader of the comment must be told.
        return preview_that_failed(f"{text}\n{log}".strip() or str(error), stack)
    return found if found.stack else replace(found, stack=stack)


def _finish(
    preview: Preview,
    known: argparse.Namespace,
    out: Callable[[str], object],
    err: Callable[[str], object],
) -> int:
    settings = _settings(known, known.stack or preview.stack)
    names = _resolved(preview, err) if known.resolve_names else None
    found = report(preview, settings, names)
    text = write(found, known.format, colour=known.output is None and sys.stdout.isatty())
    if known.output:
        known.output.write_text(text, encoding="utf-8")
    else:
        out(text)
    return status_of(found, strict=known.strict)


def status_of(found: Report, *, strict: bool = False) -> int:
    """Return the exit status that a report means."""
    if found.failed:
        return FAILED
    if found.verdict == "blocked":
        return BLOCKED
    return NEEDS_REVIEW if strict and found.verdict == "needs review" else OK


def _settings(known: argparse.Namespace, stack: str) -> ReviewSettings:
    file = known.settings or (SETTINGS_FILE if SETTINGS_FILE.exists() else None)
    today = known.today or datetime.now(UTC).date()
    settings = load_settings(file).for_stack(stack, today)
    for name in ("protected", "many_users", "secret_expires_within_days"):
        value = getattr(known, name)
        if value is not None:
            settings = replace(settings, **{name: value})
    return settings


def _resolved(preview: Preview, err: Callable[[str], object]) -> Names | None:
    # Brings an HTTP client and sign-in libraries, which nothing else here needs.
    from review.resolving import NamesNotResolvedError, resolve_names

    try:
        return resolve_names(preview)
    except NamesNotResolvedError as error:
        err(f"warning: {error}\n")
        return None


if __name__ == "__main__":
    sys.exit(main())
