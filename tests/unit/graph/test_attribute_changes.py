"""The laws of changing user attributes, for every mixture of declared, recorded and live values."""

from __future__ import annotations

from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from graph.attribute_changes import ChangePlan, Recorded, plan_changes, seen_live
from graph.attribute_text import AttributeTable, UserRow

PROPERTIES = ("default_namespace", "picture")
values = st.sampled_from(["a", "b", "c"])


def property_names() -> st.SearchStrategy[str]:
    return st.sampled_from(PROPERTIES)


cells = st.dictionaries(property_names(), values)
by_user = st.dictionaries(st.sampled_from(["1", "2", "3"]), cells)


def table(users: Mapping[str, Mapping[str, str]]) -> AttributeTable:
    rows = {
        object_id: UserRow(
            user_principal_name=f"u{object_id}@x", object_id=object_id, values=row_values
        )
        for object_id, row_values in users.items()
    }
    return AttributeTable(properties=PROPERTIES, rows=rows)


tables = by_user.map(table)
records = st.builds(Recorded, table=tables, changed_by_others=tables)
live_values = st.fixed_dictionaries({"1": cells, "2": cells, "3": cells})


def applied(live: Mapping[str, Mapping[str, str]], plan: ChangePlan) -> dict[str, dict[str, str]]:
    after: dict[str, dict[str, str | None]] = {key: dict(row) for key, row in live.items()}
    for change in plan.changes:
        after[change.object_id] |= change.after
    return {
        key: {name: value for name, value in row.items() if value is not None}
        for key, row in after.items()
    }


@given(tables, records, live_values)
def test_after_the_changes_every_declared_value_is_live(
    declared: AttributeTable, recorded: Recorded, live: dict[str, dict[str, str]]
) -> None:
    plan = plan_changes(declared=declared, recorded=recorded, live=live)
    after = applied(live, plan)

    for object_id, row in declared.rows.items():
        assert row.values.items() <= after[object_id].items()


@given(tables, records, live_values)
def test_a_second_attempt_has_nothing_to_do(
    declared: AttributeTable, recorded: Recorded, live: dict[str, dict[str, str]]
) -> None:
    """An interrupted update is finished by the next one, however far it came."""
    first = plan_changes(declared=declared, recorded=recorded, live=live)

    second = plan_changes(declared=declared, recorded=recorded, live=applied(live, first))

    assert second.changes == ()


@given(tables, records, live_values)
def test_a_user_is_written_once_and_only_where_it_differs(
    declared: AttributeTable, recorded: Recorded, live: dict[str, dict[str, str]]
) -> None:
    plan = plan_changes(declared=declared, recorded=recorded, live=live)

    assert len({change.object_id for change in plan.changes}) == len(plan.changes)
    for change in plan.changes:
        assert change.after
        for name, value in change.after.items():
            assert live[change.object_id].get(name) == change.before[name] != value


@given(tables, records, live_values)
def test_a_value_that_is_not_managed_is_never_touched(
    declared: AttributeTable, recorded: Recorded, live: dict[str, dict[str, str]]
) -> None:
    after = applied(live, plan_changes(declared=declared, recorded=recorded, live=live))

    for object_id, row in live.items():
        for name in PROPERTIES:
            managed = any(
                name in owner.rows[object_id].values
                for owner in (declared, recorded.table)
                if object_id in owner.rows
            )
            if not managed:
                assert after[object_id].get(name) == row.get(name)


@given(tables, records, live_values)
def test_what_others_have_changed_is_left_and_told(
    declared: AttributeTable, recorded: Recorded, live: dict[str, dict[str, str]]
) -> None:
    plan = plan_changes(declared=declared, recorded=recorded, live=live)
    after = applied(live, plan)
    told = {(left.user_principal_name, left.property_name, left.live) for left in plan.left_alone}

    for object_id, row in recorded.table.rows.items():
        for name, value in row.values.items():
            wanted = declared.rows[object_id].values if object_id in declared.rows else {}
            now = live[object_id].get(name)
            if name in wanted or now is None:
                continue
            ours = recorded.is_ours(object_id, name) and now == value
            assert (after[object_id].get(name) is None) == ours
            assert ((row.user_principal_name, name, now) in told) == (not ours)


@given(tables, live_values)
def test_a_refresh_shows_what_is_live_and_whose_it_is(
    written: AttributeTable, live: dict[str, dict[str, str]]
) -> None:
    seen = seen_live(Recorded(table=written), live)

    for object_id, row in written.rows.items():
        for name, value in row.values.items():
            now = live[object_id].get(name)
            assert seen.table.rows[object_id].values.get(name) == now
            if now is not None:
                assert seen.is_ours(object_id, name) == (now == value)


@given(tables, live_values)
def test_a_refresh_does_not_make_the_values_of_others_ours(
    written: AttributeTable, live: dict[str, dict[str, str]]
) -> None:
    seen = seen_live(Recorded(table=written), live)
    nobody = table({})

    after = applied(live, plan_changes(declared=nobody, recorded=seen, live=live))

    for object_id, row in written.rows.items():
        for name, value in row.values.items():
            now = live[object_id].get(name)
            if now not in (None, value):
                assert after[object_id][name] == now


@given(tables, live_values)
def test_a_second_refresh_shows_the_same(
    written: AttributeTable, live: dict[str, dict[str, str]]
) -> None:
    seen = seen_live(Recorded(table=written), live)

    assert seen_live(seen, live) == seen


def test_users_who_are_gone_are_in_no_plan_and_leave_the_record() -> None:
    recorded = Recorded(table=table({"1": {"picture": "a"}}))

    plan = plan_changes(declared=table({"2": {"picture": "b"}}), recorded=recorded, live={})

    assert (plan.changes, plan.left_alone) == ((), ())
    assert seen_live(recorded, {}).table.rows == {}


def test_a_change_is_described_from_to() -> None:
    plan = plan_changes(
        declared=table({"1": {"default_namespace": "team-b", "picture": "https://p"}}),
        recorded=Recorded(),
        live={"1": {"default_namespace": "team-a"}},
    )

    assert plan.changes[0].describe() == (
        "default_namespace: 'team-a' -> 'team-b', picture: (none) -> 'https://p'"
    )
