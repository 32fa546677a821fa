"""Which form a preview came in, and the reading of it.

Pulumi writes two: one JSON digest (`pulumi preview --json`), which tells what properties depend on
but drops policy results, and the engine's events, a JSON object a line
(`PULUMI_ENABLE_STREAMING_JSON_PREVIEW=true`), which have them. Either may come after other text:
https://github.com/pulumi/pulumi/issues/19775
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from review.model import Preview
from review.reading.digest import preview_of_digest
from review.reading.events import EVENT_KINDS, preview_of_events

_DIGEST_KEYS = frozenset({"steps", "changeSummary", "diagnostics"})
_EVENT_STARTS = ('{"sequence"', *(f'{{"{kind}"' for kind in sorted(EVENT_KINDS)))


class PreviewNotReadError(ValueError):
    """A text that holds no preview; it says what is there instead and what to do."""


def read_preview(text: str) -> Preview:
    """Return the preview in what `pulumi preview --json` printed.

    Raises:
        PreviewNotReadError: there is none in it, or only a part of one.
    """
    others: list[dict[str, Any]] = []
    for found, end in _objects(text):
        if EVENT_KINDS.intersection(found):
            return preview_of_events(_events(text, found, end))
        if _DIGEST_KEYS.intersection(found):
            return preview_of_digest(found)
        others.append(found)
    if others:
        msg = (
            "This JSON is neither a digest of `pulumi preview --json` nor its events: its keys are "
            f"{', '.join(sorted(others[0])[:8])}."
        )
        raise PreviewNotReadError(msg)
    shown = " ".join(text.split())[:200] or "nothing"
    msg = (
        f"There is no preview in this text. It says: {shown}\n"
        "Write one with: pulumi preview --json --show-sames > preview.json"
    )
    raise PreviewNotReadError(msg)


def _objects(text: str) -> Iterator[tuple[dict[str, Any], int]]:
    """Yield each JSON object with keys, and where it ends.

    Braces of other text, such as a warning, are no objects and are passed over.
    """
    decoder = json.JSONDecoder()
    position = text.find("{")
    while position >= 0:
        end = position + 1
        try:
            found, end = decoder.raw_decode(text, position)
        except json.JSONDecodeError as error:
            if error.pos >= len(text.rstrip()) and '"' in text[position : position + 200]:
                msg = "The preview is cut off: its JSON does not end. Let pulumi write it whole."
                raise PreviewNotReadError(msg) from error
        else:
            if found:
                yield found, end
        position = text.find("{", end)


def _events(text: str, first: Mapping[str, Any], end: int) -> list[Mapping[str, Any]]:
    """Return the events from the first one on; other lines may stand between them."""
    events = [first]
    for line in text[end:].splitlines():
        if line.startswith(_EVENT_STARTS):
            try:
                events.append(json.loads(line))
            except json.JSONDecodeError as error:
                msg = f"An event of the preview is no JSON: {line[:80]}"
                raise PreviewNotReadError(msg) from error
    return events
