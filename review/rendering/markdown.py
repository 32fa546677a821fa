"""Markdown for a comment on a pull request: the verdict first, what is long folded away.

Text of others (names of groups, subjects, what Pulumi said) cannot become markup: it is escaped, or
stands in a fence that is longer than any in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from review import kinds
from review.access import Right
from review.names import Names
from review.rendering.picture import changes_anything, picture
from review.rendering.shown import diff_lines
from review.report import Report, ResourceDiff
from review.rules import Finding
from review.rules.outcome import policy_said
from review.user_values import MAX_NAMED, UserValues

MAX_CHARS = 60_000
"""Comments of GitHub end at 65,536 characters."""
MAX_LINES_A_RESOURCE = 40
_HAVE_A_SECTION = frozenset({"access-given", "access-taken", "drift-found", "policy-violated"})
"""Rules whose findings are told in a section of their own."""
_SIGNS = {"create": "+", "update": "~", "replace": "±", "delete": "-", "import": "="}
_ICONS = {"safe": "✅", "needs review": "👀", "blocked": "⛔"}
_SPECIAL = re.compile(r"[\\`*\[\]<>|~]|#(?=\d)|(?<!\w)_|_(?!\w)")
"""What would be markup; an underscore within a word is none."""
_MENTION = re.compile(r"(?<!\w)@")


def render_markdown(report: Report, max_chars: int = MAX_CHARS) -> str:
    """Return the report; what is folded away is left out first when it would be too long."""
    head = list(_head(report))
    for keep in (("picture", "diffs"), ("picture",), ()):
        parts = [*head, *_folded(report, keep)]
        text = "\n\n".join(parts) + "\n"
        if len(text) <= max_chars:
            return text
    ending = "\n\n*Shortened; the whole report is in the artifacts of the run.*\n"
    cut = text[: max_chars - len(ending)]
    return cut[: cut.rfind("\n\n")] + ending


def _head(report: Report) -> Iterator[str]:
    yield f"{_ICONS[report.verdict]} **{report.verdict}**: {escaped(report.reason)}"
    if report.stack and not report.failed:
        yield f"Stack `{report.stack}`. Without OIDC login: {report.interruption.describe()}."
    if report.diagnosis is not None:
        yield f"### What to do\n\n{escaped(report.diagnosis.remedy)}"
        if report.diagnosis.said:
            yield fenced(report.diagnosis.said, "text")
    consequences = [f for f in report.told if f.rule.id not in _HAVE_A_SECTION]
    if consequences:
        yield "### What it means\n\n" + "\n".join(_consequences(consequences))
    if report.not_known_yet:
        yield "### Cannot tell yet\n\n" + "\n".join(_consequences(report.not_known_yet))
    if access := list(_access(report)):
        yield "### Who gains and loses access\n\n" + "\n".join(access)
    if report.users.changes:
        yield "### Values of users\n\n" + "\n".join(_users(report.users))
    if report.drift:
        yield "### Changed outside\n\n" + "\n".join(_drift(report))
    if report.policy_results:
        yield "### Policies\n\n" + "\n".join(_policies(report))
    if report.counts and not report.failed:
        counted = ", ".join(f"{number:,} {name}" for name, number in report.counts.items())
        yield f"**Resources:** {counted}."


def _consequences(findings: Iterable[Finding]) -> Iterator[str]:
    """Yield a line a rule and severity; what to do is the same for all that it has found."""
    grouped: dict[tuple[str, int, bool], list[Finding]] = {}
    for finding in findings:
        grouped.setdefault((finding.rule.id, finding.severity, finding.blocks), []).append(finding)
    for those in grouped.values():
        rule, first = those[0].rule, those[0]
        weight = f"**{first.severity.word}{', blocks' if first.blocks else ''}**"
        said = " ".join(escaped(finding.text) for finding in those)
        yield f"- {weight}: {said} *{escaped(rule.remedy)}* [`{rule.id}`]({rule.link})"


def _access(report: Report) -> Iterator[str]:
    for sign, word, rights in (
        # What applications gain is told above, with what it means.
        ("+", "may now", [r for r in report.access.gained if r.area != "directory"]),
        ("-", "may no longer", report.access.lost),
    ):
        for who, those in _by_person(rights):
            whats = "; ".join(escaped(right.what) for right in those)
            kind = those[0].who_kind
            called = "" if kind == "everybody" else f"{kind} "
            yield f"- `{sign}` {called}**{escaped(who)}** {word} {whats}"


def _by_person(rights: Iterable[Right]) -> Iterator[tuple[str, list[Right]]]:
    by_person: dict[str, list[Right]] = {}
    for right in rights:
        by_person.setdefault(right.who_key, []).append(right)
    for those in by_person.values():
        yield those[0].who, those


def _users(users: UserValues) -> Iterator[str]:
    number, cleared = len(users.changes), len(users.cleared)
    counted = f"{number:,} users change" if number > 1 else "One user changes"
    lost = f"; {cleared:,} of them {'lose' if cleared > 1 else 'loses'} a value" if cleared else ""
    yield f"{counted}{lost}.\n"
    for change in users.changes[:MAX_NAMED]:
        yield f"- {escaped(change.user_principal_name)}: {escaped(change.describe())}"
    if number > MAX_NAMED:
        yield f"- and {number - MAX_NAMED:,} more"


def _policies(report: Report) -> Iterator[str]:
    for result in report.policy_results:
        where = f" for `{result.urn.split('::', 3)[3]}`" if result.urn.count("::") > 2 else ""
        said = escaped(policy_said(result))
        yield f"- **{result.level}**: `{result.policy}` ({escaped(result.pack)}){where}: {said}"


def _drift(report: Report) -> Iterator[str]:
    yield (
        "Not declared by this change: found when the live state was looked at. The update puts "
        "back what is declared. Find out who changed it and why; declare it, if it is right.\n"
    )
    for change in report.drift_users.changes[:MAX_NAMED]:
        yield f"- {escaped(change.user_principal_name)}: {escaped(change.describe())}"
    if (more := len(report.drift_users.changes) - MAX_NAMED) > 0:
        yield f"- and {more:,} users more"
    for diff in report.drift:
        if not diff.urn.split("::")[2].endswith(kinds.USER_ATTRIBUTES):
            gone = "is gone" if diff.operation == "delete" else "differs"
            yield f"- {_title(diff)} {gone}"


def _folded(report: Report, keep: tuple[str, ...]) -> Iterator[str]:
    if report.diffs and "diffs" in keep:
        parts = "\n\n".join(_resource(diff, report.names) for diff in report.diffs)
        yield folded(f"What differs in {len(report.diffs)} resources", parts)
    elif report.diffs:
        yield "*The differences are too long for a comment; they are in the artifacts of the run.*"
    if "picture" in keep and (drawn := picture(report.access)):
        partial = "" if report.whole else " (only what changes: preview with --show-sames for all)"
        sides = "before and after" if changes_anything(report.access) else "which does not change"
        yield folded(f"Who reaches what, {sides}{partial}", fenced(drawn, "mermaid"))
    if report.warnings:
        said = "\n".join(dict.fromkeys(warning.message for warning in report.warnings))
        yield folded("Warnings of the program", fenced(said, "text"))


def _resource(diff: ResourceDiff, names: Names) -> str:
    lines = list(diff_lines(diff, names))
    if (more := len(lines) - MAX_LINES_A_RESOURCE) > 0:
        lines = [*lines[:MAX_LINES_A_RESOURCE], f"! and {more:,} lines more"]
    why = f", because of {', '.join(diff.reasons)}" if diff.reasons else ""
    return f"{_title(diff)}: {diff.operation}{why}\n" + fenced(
        "\n".join(lines) or "(no values)", "diff"
    )


def _title(diff: ResourceDiff) -> str:
    kind = diff.urn.split("::")[2].rpartition("$")[2]
    name = diff.urn.split("::", 3)[3]
    return f"`{_SIGNS.get(diff.operation, '~')}` {kinds.in_words(kind)} `{name.replace('`', '')}`"


def escaped(text: str) -> str:
    """Return `text` so that Markdown shows it as it is; it mentions nobody and links nowhere."""
    quiet = _SPECIAL.sub(r"\\\g<0>", text.replace("\n", " "))
    return _MENTION.sub("@\u2060", quiet)


def fenced(text: str, language: str) -> str:
    """Return `text` in a fence that it cannot end."""
    longest = max((len(run) for run in re.findall(r"`{3,}", text)), default=2)
    fence = "`" * (longest + 1)
    return f"{fence}{language}\n{text.rstrip()}\n{fence}"


def folded(title: str, body: str) -> str:
    """Return `body` behind a title to click on."""
    return f"<details>\n<summary>{title}</summary>\n\n{body}\n\n</details>"
