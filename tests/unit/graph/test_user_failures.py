"""What an update that did not reach every user leaves behind, and what the next one makes of it."""

from __future__ import annotations

from itertools import count
from typing import Any

import httpx
import pytest

from graph.errors import GraphRequestError
from graph.user_failures import UserFailure, failure_table
from tests.unit.graph.attribute_calls import (
    NAMESPACE,
    PICTURE,
    create,
    directory,
    inputs,
    provider_for,
    text,
    update,
)
from tests.unit.graph.fake_graph import FakeGraph, refusal


def test_a_directory_that_may_not_be_read_changes_no_record() -> None:
    graph = directory("alice")
    provider = provider_for(graph)
    outs = create(provider, {"alice": {"picture": "p"}})
    graph.fail("GET /users", 403)

    with pytest.raises(GraphRequestError, match=r"application permission User\.Read\.All"):
        provider.read("id", outs)


def refuse_to_write(graph: FakeGraph, name: str) -> None:
    message = "Insufficient privileges to complete the operation."
    graph.faults[f"PATCH /users/{name}"].append(
        refusal(403, "Authorization_RequestDenied", message)
    )


def test_one_users_failure_stops_nobody_and_is_told_in_a_table_of_exactly_those_users() -> None:
    graph = directory("alice", "bob", "carol")
    graph.users["carol"][NAMESPACE] = "old"
    refuse_to_write(graph, "carol")
    users = {name: {"default_namespace": "team-a"} for name in ("alice", "bob", "carol", "gone")}

    outs = create(provider_for(graph), users)

    assert {name for name, _ in graph.written} == {"alice", "bob"}
    assert failure_table(UserFailure.parse(each) for each in outs["failures"]) == (
        "2 users could not be brought to the declared values. All others are done; the next "
        "`pulumi up` does only the rest.\n"
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


def test_after_a_failure_the_record_is_what_is_live_and_the_next_attempt_does_only_the_rest() -> (
    None
):
    graph = directory("alice", "bob")
    graph.users["bob"][PICTURE] = "by hand"
    refuse_to_write(graph, "bob")
    provider = provider_for(graph)
    users = {"alice": {"picture": "p"}, "bob": {"picture": "q"}}

    outs = create(provider, users)

    assert outs["users"] == text({"alice": {"picture": "p"}, "bob": {"picture": "by hand"}})
    assert outs["changed_by_others"] == text({"bob": {"picture": "by hand"}})
    assert provider.diff("id", outs, inputs(users)).changes is True
    graph.written.clear()
    outs = update(provider, outs, users)
    assert graph.written == [("bob", {PICTURE: "q"})]
    assert (outs["users"], outs["failures"]) == (text(users), [])
    assert provider.diff("id", outs, inputs(users)).changes is False


def test_who_is_removed_after_a_failed_update_is_cleared_all_the_same() -> None:
    """What was written before the failure is known, whatever the failure was."""
    graph = directory("alice", "bob")
    provider = provider_for(graph)
    outs = create(provider, {"alice": {"picture": "old"}, "bob": {"picture": "old"}})
    refuse_to_write(graph, "bob")
    outs = update(provider, outs, {"alice": {"picture": "new"}, "bob": {"picture": "new"}})

    outs = update(provider, outs, {})

    assert graph.users["alice"][PICTURE] is graph.users["bob"][PICTURE] is None
    assert outs["users"] == text({})


def test_who_could_not_be_cleared_stays_in_the_record_until_it_is_done() -> None:
    graph = directory("alice")
    provider = provider_for(graph)
    outs = create(provider, {"alice": {"picture": "p"}})
    refuse_to_write(graph, "alice")

    outs = update(provider, outs, {})

    assert outs["users"] == text({"alice": {"picture": "p"}})
    assert [failure["change"] for failure in outs["failures"]] == ["picture: 'p' -> (none)"]
    outs = update(provider, outs, {})
    assert graph.users["alice"][PICTURE] is None
    assert outs["users"] == text({})


def test_a_value_whose_writing_was_never_answered_is_still_ours_to_clear() -> None:
    graph = directory("alice")
    provider = provider_for(graph)
    answer = graph.answer

    def written_but_unanswered(method: str, path: str, query: Any, body: Any) -> Any:
        done = answer(method, path, query, body)
        return refusal(504, "GatewayTimeout", "No answer.") if method == "PATCH" else done

    graph.answer = written_but_unanswered
    outs = create(provider, {"alice": {"picture": "p"}})
    assert outs["attempted"] == text({"alice": {"picture": "p"}})
    graph.answer = answer

    outs = update(provider, outs, {})

    assert graph.users["alice"][PICTURE] is None
    assert outs["attempted"] == ""


def test_a_directory_that_crashes_half_way_leaves_a_record_of_what_was_done() -> None:
    graph = FakeGraph()
    names = [graph.add_user(f"u{n:02d}", f"u{n:02d}") for n in range(30)]
    answer, batches = graph.answer, count()

    def one_batch_of_writes(method: str, path: str, query: Any, body: Any) -> Any:
        writes = path == "/$batch" and body["requests"][0]["method"] == "PATCH"
        if writes and next(batches):
            msg = "refused"
            raise httpx.ConnectError(msg)
        return answer(method, path, query, body)

    graph.answer = one_batch_of_writes
    provider = provider_for(graph)
    users = {name: {"picture": "p"} for name in names}

    outs = create(provider, users)

    assert len(graph.written) == 20
    assert len(outs["failures"]) == 10
    assert {f["remedy"] for f in outs["failures"]} == {
        "When the directory answers again, run `pulumi up` again."
    }
    graph.answer = answer
    update(provider, outs, users)
    assert len(graph.written) == 30


def test_a_failure_is_forgotten_when_what_failed_is_no_longer_declared() -> None:
    graph = directory("alice")
    provider = provider_for(graph)
    before = {"alice": {"picture": "p"}}
    outs = create(provider, before)
    refuse_to_write(graph, "alice")
    outs = update(provider, outs, {"alice": {"picture": "new"}})

    assert provider.diff("id", outs, inputs(before)).changes is True
    outs = update(provider, outs, before)

    assert (outs["users"], outs["failures"]) == (text(before), [])
    assert graph.writes_to("alice") == 1
