"""The dynamic resource of user attributes, called as Pulumi calls it: with dictionaries."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.attribute_text import UserRow, parse_text, write_text
from graph.user_failures import NOT_AVAILABLE
from tests.unit.graph.attribute_calls import (
    NAMES,
    NAMESPACE,
    PICTURE,
    UNKNOWN,
    Users,
    create,
    directory,
    inputs,
    provider_for,
    refreshed,
    text,
    update,
)
from tests.unit.graph.fake_graph import FakeGraph, refusal


def test_each_user_gets_both_values_in_one_write() -> None:
    graph = directory("alice", "bob")

    outs = create(
        provider_for(graph),
        {"alice": {"default_namespace": "a", "picture": "p"}, "bob": {"picture": "q"}},
    )

    assert sorted(graph.written) == [
        ("alice", {NAMESPACE: "a", PICTURE: "p"}),
        ("bob", {PICTURE: "q"}),
    ]
    assert outs["changed_by_others"] == ""


def test_values_that_are_right_already_cost_no_write() -> None:
    graph = FakeGraph()
    graph.add_user("alice", "alice", **{NAMESPACE: "a"})

    create(provider_for(graph), {"alice": {"default_namespace": "a"}})

    assert graph.written == []


@given(
    st.dictionaries(
        st.sampled_from(["alice", "bob", "carol"]),
        st.dictionaries(st.sampled_from(sorted(NAMES)), st.text("xyz", min_size=1, max_size=3)),
    )
)
def test_after_creation_neither_refresh_nor_preview_shows_a_change(users: Users) -> None:
    graph = directory("alice", "bob", "carol")
    provider = provider_for(graph)

    outs = create(provider, users)

    assert refreshed(provider, outs) == outs
    assert provider.diff("id", outs, inputs(users)).changes is False


def test_one_users_change_writes_one_user() -> None:
    graph = directory("alice", "bob")
    provider = provider_for(graph)
    before = {"alice": {"picture": "p"}, "bob": {"picture": "q"}}
    after = {"alice": {"picture": "p"}, "bob": {"picture": "new"}}
    outs = create(provider, before)
    graph.written.clear()

    diff = provider.diff("id", outs, inputs(after))
    update(provider, outs, after)

    assert (diff.changes, diff.replaces) == (True, [])
    assert graph.written == [("bob", {PICTURE: "new"})]


def test_who_is_removed_is_cleared() -> None:
    graph = directory("alice", "bob")
    provider = provider_for(graph)
    outs = create(provider, {"alice": {"picture": "p"}, "bob": {"picture": "q"}})

    update(provider, outs, {"bob": {"picture": "q"}})

    assert graph.written[-1] == ("alice", {PICTURE: None})
    assert graph.writes_to("bob") == 1


def test_a_value_that_is_no_longer_declared_is_cleared_and_the_other_stays() -> None:
    graph = directory("alice")
    provider = provider_for(graph)
    outs = create(provider, {"alice": {"default_namespace": "a", "picture": "p"}})

    update(provider, outs, {"alice": {"picture": "p"}})

    assert graph.written[-1] == ("alice", {NAMESPACE: None})


def test_what_someone_else_has_changed_is_left_when_the_user_is_removed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    graph = directory("alice")
    provider = provider_for(graph)
    outs = create(provider, {"alice": {"picture": "p"}})
    graph.users["alice"][PICTURE] = "by hand"

    update(provider, outs, {})

    assert graph.users["alice"][PICTURE] == "by hand"
    assert (
        "warning: picture of alice@contoso.example is no longer declared, but someone else has set "
        "it to 'by hand': it is left as it is."
    ) in capsys.readouterr().err


def test_a_refresh_shows_drift_by_user_and_the_next_update_repairs_it() -> None:
    graph = directory("alice", "bob")
    provider = provider_for(graph)
    users = {"alice": {"picture": "p"}, "bob": {"picture": "q"}}
    outs = create(provider, users)
    graph.users["alice"][PICTURE] = "by hand"
    graph.users["bob"][PICTURE] = None
    graph.written.clear()

    seen = refreshed(provider, outs)

    assert seen["users"] == text({"alice": {"picture": "by hand"}, "bob": {}})
    assert seen["changed_by_others"] == text({"alice": {"picture": "by hand"}})
    assert provider.diff("id", seen, inputs(users)).changes is True
    repaired = update(provider, seen, users)
    assert sorted(graph.written) == [("alice", {PICTURE: "p"}), ("bob", {PICTURE: "q"})]
    assert repaired == outs


def test_drift_that_a_refresh_has_recorded_is_still_not_ours_to_clear() -> None:
    graph = directory("alice")
    provider = provider_for(graph)
    outs = create(provider, {"alice": {"picture": "p"}})
    graph.users["alice"][PICTURE] = "by hand"

    seen = refreshed(provider, refreshed(provider, outs))
    provider.delete("id", seen)

    assert graph.users["alice"][PICTURE] == "by hand"


def test_destroying_clears_what_we_wrote_and_twice_is_fine() -> None:
    graph = directory("alice", "bob")
    provider = provider_for(graph)
    outs = create(provider, {"alice": {"picture": "p"}, "bob": {"picture": "q"}})
    del graph.users["bob"]

    provider.delete("id", outs)
    written = list(graph.written)
    provider.delete("id", outs)

    assert graph.users["alice"][PICTURE] is None
    assert graph.written == written


def test_who_has_left_the_directory_leaves_the_table_on_refresh() -> None:
    graph = directory("alice", "bob")
    provider = provider_for(graph)
    outs = create(provider, {"alice": {"picture": "p"}, "bob": {"picture": "q"}})
    del graph.users["bob"]

    assert set(parse_text(refreshed(provider, outs)["users"]).rows) == {"alice"}


def test_typed_values_are_sent_and_read_as_graph_has_them() -> None:
    graph = directory("alice")
    provider = provider_for(graph)
    names = {"floor": "extension_0123_floor", "remote": "extension_0123_remote"}
    row = UserRow(
        user_principal_name="a@x", object_id="alice", values={"floor": "7", "remote": "true"}
    )
    news = {
        "extension_names": names,
        "data_types": {"floor": "Integer", "remote": "Boolean"},
        "users": write_text(sorted(names), [row]),
    }

    outs = provider.create(news).outs or {}

    assert graph.written == [("alice", {names["floor"]: 7, names["remote"]: True})]
    assert refreshed(provider, outs) == outs
    assert provider.diff("id", outs, news).changes is False


def test_state_from_before_there_were_types_means_strings() -> None:
    graph = directory("alice")
    provider = provider_for(graph)
    users = {"alice": {"picture": "p"}}
    old = {
        "extension_names": NAMES,
        "users": text(users),
        "changed_by_others": "",
    }
    graph.users["alice"][PICTURE] = "p"

    assert provider.diff("id", old, inputs(users)).changes is False
    provider.delete("id", old)

    assert graph.users["alice"][PICTURE] is None


def test_a_definition_that_goes_meanwhile_takes_its_values_and_the_others_are_cleared() -> None:
    """Two properties replaced at once: the engine deletes one while users are being cleared."""
    graph = directory("alice")
    provider = provider_for(graph)
    outs = create(provider, {"alice": {"default_namespace": "a", "picture": "p"}})
    answer = graph.answer

    def picture_goes_before_the_write(method: str, path: str, query: Any, body: Any) -> Any:
        if method == "PATCH" and PICTURE in body:
            graph.users["alice"].pop(PICTURE)
            return refusal(400, "Request_BadRequest", f"{NOT_AVAILABLE}: {PICTURE}.")
        return answer(method, path, query, body)

    graph.answer = picture_goes_before_the_write

    provider.delete("id", outs)

    assert graph.written[-1] == ("alice", {NAMESPACE: None})
    assert graph.clock.sleeps == [], "what will not come back is not waited for"


def test_a_removed_user_who_left_the_directory_is_no_failure() -> None:
    graph = directory("alice")
    provider = provider_for(graph)
    outs = create(provider, {"alice": {"picture": "p"}})
    graph.fail("PATCH /users/alice", 404)  # between our look and our write

    update(provider, outs, {})


@pytest.mark.parametrize(
    "passing",
    [
        refusal(400, "Request_BadRequest", "The following extension properties are not available"),
        refusal(409, "Directory_ConcurrencyViolation", "Please wait briefly and retry"),
        refusal(429, "TooManyRequests", "Please retry again later."),
    ],
)
def test_what_passes_is_waited_for(passing: Any) -> None:
    graph = directory("alice")
    graph.faults["PATCH /users/alice"].extend([passing, passing])

    create(provider_for(graph), {"alice": {"picture": "p"}})

    assert graph.writes_to("alice") == 1
    assert graph.clock.sleeps == [1.0, 2.0]


def test_the_extension_behind_a_property_replaces_so_that_old_values_go_first() -> None:
    provider = provider_for(FakeGraph())
    old = inputs({"alice": {"picture": "p"}})

    for names in (UNKNOWN, NAMES | {"picture": UNKNOWN}, NAMES | {"picture": "extension_9_p"}):
        diff = provider.diff("id", old, inputs({}, names=names))
        assert (diff.changes, diff.replaces, diff.delete_before_replace) == (
            True,
            ["extension_names"],
            True,
        )


def test_another_property_is_an_update_even_while_its_name_is_unknown() -> None:
    provider = provider_for(FakeGraph())
    old = inputs({}, names={"picture": PICTURE})

    diff = provider.diff("id", old, inputs({}, names={"picture": PICTURE, "nickname": UNKNOWN}))

    assert (diff.changes, diff.replaces) == (True, [])


def test_a_property_that_is_no_longer_managed_is_cleared_through_its_old_name() -> None:
    graph = directory("alice")
    provider = provider_for(graph)
    outs = create(provider, {"alice": {"default_namespace": "a", "picture": "p"}})
    row = UserRow(user_principal_name="a@x", object_id="alice", values={"picture": "p"})
    news = {"extension_names": {"picture": PICTURE}, "users": write_text(["picture"], [row])}

    provider.update("id", outs, news)

    assert graph.written[-1] == ("alice", {NAMESPACE: None})


@pytest.mark.parametrize(
    ("news", "reason"),
    [
        (inputs({"alice": {"picture": "p"}}), None),
        (inputs({"alice": {"picture": "p"}}, names=dict.fromkeys(NAMES, UNKNOWN)), None),
        (inputs({"alice": {"picture": "p"}}, names=UNKNOWN), None),
        (
            inputs({"alice": {"picture": "p" * 257}}),
            "picture of alice@contoso.example has 257 characters; Microsoft Graph stores at most "
            "256",
        ),
        (
            inputs({}, names={"picture": PICTURE}),
            "has columns for default_namespace, picture, but extension_names are picture",
        ),
        (
            {"extension_names": NAMES, "users": "alice"},
            "the user attributes must start with the columns user_principal_name, object_id",
        ),
    ],
)
def test_a_table_that_the_directory_would_refuse_is_refused_before_anything_is_changed(
    news: dict[str, Any], reason: str | None
) -> None:
    graph = FakeGraph()

    result = provider_for(graph).check({}, news)

    assert [(failure.property, failure.reason) for failure in result.failures] == (
        [("users", reason)] if reason else []
    )
    assert graph.asked == []
