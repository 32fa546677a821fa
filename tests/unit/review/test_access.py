"""Who gains and loses what when the same names mean another place."""

from __future__ import annotations

from typing import Any

from review import write
from tests.unit.review.previews import change, create, found, reviewed, same, texts
from tests.unit.review.resources import GROUP, OTHER_GROUP, binding, namespace, provider

OLD, NEW = (provider("kubernetes", clusterIdentifier=name) for name in ("krci-dev", "krci-prod"))


def in_cluster(resource: dict[str, Any]) -> dict[str, Any]:
    return {**resource, "provider": f"{OLD['urn']}::id-of-the-provider"}


def moved() -> list[dict[str, Any]]:
    bindings = (
        in_cluster(binding("cluster-admin", GROUP, namespace=None)),
        in_cluster(binding("view", OTHER_GROUP, names="auditors")),
    )
    return [
        change("replace", OLD, NEW["inputs"]),
        *(change("replace", each, {}, replaceReasons=["provider"]) for each in bindings),
    ]


def test_who_is_bound_anew_in_another_cluster_gains_there_and_loses_here() -> None:
    report = reviewed(*moved())

    said = {finding.rule.id: finding.text for finding in report.findings}
    assert said["cluster-admin-given"].startswith(
        "The group developers becomes cluster-admin of krci-prod: "
    )
    assert (
        "The group auditors may now look at namespace team-a of krci-prod" in said["access-given"]
    )
    lost = texts(found("access-taken", *moved()))
    assert any("may no longer do everything in the whole cluster krci-dev" in each for each in lost)
    assert any("may no longer look at namespace team-a of krci-dev" in each for each in lost)


def test_clusters_are_named_only_where_there_are_several() -> None:
    given = found("access-given", same(NEW), create(in_cluster(binding("view"))))

    assert [each.text for each in given] == [
        "The group developers may now look at namespace team-a, secrets excepted (view)."
    ]


def test_a_provider_that_learns_its_clusters_name_takes_nothing_from_anybody() -> None:
    nameless = provider("kubernetes")
    steps = (change("update", nameless, NEW["inputs"]), same(in_cluster(binding("view"))))

    assert not found("access-given", *steps)
    assert not found("access-taken", *steps)


def test_the_picture_is_drawn_once_when_nothing_of_it_changes() -> None:
    unchanged = write(reviewed(same(binding("view"))), "markdown")
    changed = write(reviewed(same(binding("view")), create(binding("edit"))), "markdown")

    assert "Who reaches what, which does not change" in unchanged
    assert unchanged.count("developers") == 1
    assert "Who reaches what, before and after" in changed
    assert 'subgraph before["Before"]' in changed


def test_a_namespace_that_is_made_anew_in_a_protected_environment_blocks() -> None:
    anew = change("replace", namespace(), {}, replaceReasons=["provider"])

    (open_,) = found("namespace-deleted", anew)
    (protected,) = found("namespace-deleted", anew, settings={"protected": True})
    (allowed,) = found(
        "namespace-deleted",
        anew,
        settings={"protected": True, "allowed_deletions": ("kubernetes:core/v1:Namespace",)},
    )

    assert [open_.blocks, protected.blocks, allowed.blocks] == [False, True, False]
