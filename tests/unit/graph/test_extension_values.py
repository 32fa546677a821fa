"""Every type of extension property has one text for each value, and Graph's limits."""

from __future__ import annotations

import base64
import json
import re
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.extension_values import DATA_TYPES, DataType, canonical, from_graph, to_graph


@pytest.mark.parametrize(
    ("data_type", "value", "text"),
    [
        ("String", " team-a ", " team-a "),
        ("String", "Zoë, 東京", "Zoë, 東京"),
        ("Integer", 42, "42"),
        ("Integer", "+042", "42"),
        ("Integer", "-0", "0"),
        ("Integer", -(2**31), "-2147483648"),
        ("LargeInteger", "9223372036854775807", "9223372036854775807"),
        ("Boolean", True, "true"),
        ("Boolean", "FALSE", "false"),
        ("DateTime", "2027-01-31T09:00:00Z", "2027-01-31T09:00:00Z"),
        ("DateTime", "2027-01-31 10:00+01:00", "2027-01-31T09:00:00Z"),
        ("DateTime", "2027-01-31T09:00:00.1230000Z", "2027-01-31T09:00:00.123Z"),
        ("DateTime", "2027-01-31T09:00:00.000Z", "2027-01-31T09:00:00Z"),
        ("DateTime", datetime(2027, 1, 31, 9, tzinfo=UTC), "2027-01-31T09:00:00Z"),
        ("DateTime", "0999-01-31T09:00:00Z", "0999-01-31T09:00:00Z"),
        ("Binary", "aGk=", "aGk="),
    ],
)
def test_the_one_spelling_of_a_value(data_type: DataType, value: object, text: str) -> None:
    assert canonical(data_type, value) == text
    assert canonical(data_type, text) == text


@pytest.mark.parametrize(
    ("data_type", "value", "rule"),
    [
        ("String", "", "must not be empty; leave it out to clear it"),
        ("String", 12, "must be text; put 12 into quotes"),
        ("String", True, "must be text; put true into quotes"),
        ("String", "two\nlines", "must be one line, without control characters"),
        ("String", "x" * 257, "has 257 characters; Microsoft Graph stores at most 256"),
        ("Integer", 2**31, "must be a whole number from -2147483648 to 2147483647"),
        ("Integer", "1.0", "must be a whole number from -2147483648 to 2147483647"),
        ("Integer", True, "must be a whole number from -2147483648 to 2147483647"),
        ("Integer", "\u0661", "must be a whole number from -2147483648 to 2147483647"),
        ("LargeInteger", "9" * 5000, "must be a whole number from -9223372036854775808 to "),
        ("Boolean", "yes", "must be true or false"),
        ("Boolean", 1, "must be true or false"),
        ("DateTime", "2027-01-31", "must be a date and time with its time zone, such as "),
        ("DateTime", date(2027, 1, 31), "must be a date and time with its time zone, such as "),
        ("DateTime", "2027-01-31T09:00:00", "must be a date and time with its time zone"),
        ("DateTime", "2027-02-31T09:00:00Z", "must be a date and time with its time zone"),
        ("DateTime", "0001-01-01T00:00:00+09:00", "must be a date and time with its time zone"),
        ("Binary", "aGk", "must be base64 (RFC 4648, with padding)"),
        ("Binary", base64.b64encode(bytes(257)).decode(), "holds 257 bytes; Microsoft Graph "),
    ],
)
def test_what_graph_would_refuse_is_refused_with_the_rule(
    data_type: DataType, value: object, rule: str
) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(rule)}"):
        canonical(data_type, value)


VALUES = {
    "String": st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=256),
    "Integer": st.integers(-(2**31), 2**31 - 1),
    "LargeInteger": st.integers(-(2**63), 2**63 - 1),
    "Boolean": st.booleans(),
    "DateTime": st.datetimes(
        datetime(1, 1, 2), datetime(9999, 12, 30), timezones=st.just(timezone(timedelta(hours=5)))
    ),
    "Binary": st.binary(min_size=1, max_size=256).map(lambda raw: base64.b64encode(raw).decode()),
}


@pytest.mark.parametrize("data_type", DATA_TYPES)
@given(data=st.data())
def test_what_is_declared_comes_back_from_graph_as_the_same_text(
    data_type: DataType, data: st.DataObject
) -> None:
    text = canonical(data_type, data.draw(VALUES[data_type]))

    sent = json.loads(json.dumps(to_graph(data_type, text)))

    assert from_graph(data_type, sent) == text


def test_the_types_of_what_graph_is_sent() -> None:
    assert to_graph("Integer", "7") == 7
    assert to_graph("Boolean", "false") is False
    assert to_graph("String", "7") == "7"


@pytest.mark.parametrize("data_type", DATA_TYPES)
def test_no_value_is_an_empty_text(data_type: DataType) -> None:
    assert from_graph(data_type, None) == from_graph(data_type, "") == ""


@pytest.mark.parametrize(
    ("data_type", "live", "text"),
    [
        ("String", "two\nlines", "two\\x0alines"),
        ("String", ["a", "b"], '["a", "b"]'),
        ("Integer", "many", "many"),
        ("DateTime", "2027-01-31T10:00:00+01:00", "2027-01-31T09:00:00Z"),
    ],
)
def test_a_live_value_that_could_not_be_declared_still_fits_on_a_line(
    data_type: DataType, live: object, text: str
) -> None:
    assert from_graph(data_type, live) == text
