"""The dynamic resource of user attributes, called as Pulumi calls it: with dictionaries."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pulumi.runtime import rpc

from graph.attribute_text import UserRow, parse_text, write_text
from graph.pacing import WritePace
from graph.user_attributes import Provider
from graph.user_failures import NOT_AVAILABLE, UserAttributesError
from tests.unit.graph.fake_graph import FakeGraph, refusal

NAMESPACE, PICTURE = "extension_0123_default_namespace", "extension_0123_picture"
NAMES = {"default_namespace": NAMESPACE, "picture": PICTURE}
UNKNOWN = rpc.deserialize_property(rpc.UNKNOWN, True)
"""What a provider is given at preview for a value that is not known yet."""
Users = Mapping[str, Mapping[str, str]]


def text(users: Users) -> str:
    rows = [
        UserRow(user_principal_name=f"{name}@contoso.example", object_id=name, values=values)
        for name, values in users.items()
    ]
    return write_text(sorted(NAMES), rows)


def inputs(users: Users, names: Any = None) -> dict[str, Any]:
    return {
        "__provider": "reference",
        "extension_names": dict(NAMES) if names is None else names,
        "users": text(users),
    }


def provider_for(graph: FakeGraph) -> Provider:
    provider = Provider()
    provider._graph = graph.client()  # what `configure` does, without a tenant
    provider._pace = WritePace(graph.clock)
    return provider


def directory(*names: str) -> FakeGraph:
    graph = FakeGraph()
    for name in names:
        graph.add_user(name, name)
    return graph


def create(provider: Provider, users: Users) -> dict[str, Any]:
    return provider.create(inputs(users)).outs or {}


def update(provider: Provider, outs: dict[str, Any], users: Users) -> dict[str, Any]:
    return provider.update("id", outs, inputs(users)).outs or {}


def refreshed(provider: Provider, outs: dict[str, Any]) -> dict[str, Any]:
    read = provider.read("id", outs)
    assert read.outs is not None
    assert read.inputs is not None
    # The engine compares the next declaration with these.
    assert read.inputs == {key: read.outs[key] for key in ("extension_names", "users")}
    return read.outs


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


def test_who_may_not_be_read_keeps_the_recorded_values_on_refresh(
    capsys: pytest.CaptureFixture[str],
) -> None:
    graph = directory("alice", "bob")
    provider = provider_for(graph)
    outs = create(provider, {"alice": {"picture": "p"}, "bob": {"picture": "q"}})
    graph.fail("GET /users/bob", 403)

    assert refreshed(provider, outs) == outs
    assert "The values of bob@contoso.example could not be read: 403" in capsys.readouterr().err


def test_one_users_failure_stops_nobody_and_ends_in_a_table_of_exactly_those_users() -> None:
    graph = directory("alice", "bob", "carol")
    graph.users["carol"][NAMESPACE] = "old"
    graph.faults["PATCH /users/carol"].append(
        refusal(
            403,
            "Authorization_RequestDenied",
            "Insufficient privileges to complete the operation.",
        )
    )
    users = {name: {"default_namespace": "team-a"} for name in ("alice", "bob", "carol", "gone")}

    with pytest.raises(UserAttributesError) as caught:
        create(provider_for(graph), users)

    assert {name for name, _ in graph.written} == {"alice", "bob"}
    assert str(caught.value) == (
        "2 of 4 users could not be brought to their declared values. The other 2 are done; the "
        "next `pulumi up` does only the rest.\n"
        "\n"
        "  user                   change                                answer\n"
        "  carol@contoso.example  default_namespace: 'old' -> 'team-a'"
        "  403 Authorization_RequestDenied: Insufficient privileges to complete the operation "
        "(request-id r-1).\n"
        "  gone@contoso.example   default_namespace: ? -> 'team-a'    "
        "  404 Request_ResourceNotFound: Resource 'gone' does not exist (request-id r-1).\n"
        "\n"
        "What to do:\n"
        "  carol@contoso.example: Give the identity that runs Pulumi the application permissions "
        "User.Read.All and User.ReadUpdate.All (or User.ReadWrite.All) with admin consent. If "
        "other users were written, this one is probably in a restricted management administrative "
        "unit: give the identity a directory role scoped to that unit.\n"
        "  gone@contoso.example: The user is no longer in the directory: take the user out of the "
        "configuration, or restore the user."
    )


def test_after_a_failure_the_next_attempt_does_only_the_rest() -> None:
    graph = directory("alice", "bob")
    graph.fail("PATCH /users/bob", 403)
    provider = provider_for(graph)
    users = {"alice": {"picture": "p"}, "bob": {"picture": "q"}}
    with pytest.raises(UserAttributesError, match="1 of 2 users"):
        create(provider, users)
    graph.written.clear()

    create(provider, users)

    assert graph.written == [("bob", {PICTURE: "q"})]


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
            "holds 257 characters as picture of alice@contoso.example; the directory takes 256 at "
            "most",
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
