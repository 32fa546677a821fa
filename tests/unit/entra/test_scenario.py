from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

import pytest
import yaml

from sandbox.entra import ScenarioError, Temper, load_scenario

COMPANY = Path(__file__).parents[3] / "sandbox" / "scenarios" / "company.yaml"


def write(folder: Path, **changes: Any) -> Path:
    content = yaml.safe_load(COMPANY.read_text()) | changes
    path = folder / "scenario.yaml"
    path.write_text(yaml.safe_dump(content))
    return path


def test_the_company_has_people_groups_and_a_guest() -> None:
    company = load_scenario(COMPANY)
    assert company.groups_of(company.person("ALICE@contoso.example")) == ("platform-admins",)
    guest = company.person("dave_partner.example#EXT#@contoso.example")
    assert guest.user_type == "Guest"
    assert "dave@partner.example" in guest.names_casefolded
    assert all(person.mail for person in company.people)


def test_object_ids_are_the_same_in_every_sandbox_and_differ() -> None:
    first, second = load_scenario(COMPANY), load_scenario(COMPANY)
    ids = [item.object_id for item in (*first.people, *first.groups)]
    assert ids == [item.object_id for item in (*second.people, *second.groups)]
    assert len(set(ids)) == len(ids)
    assert all(str(uuid.UUID(object_id)) == object_id for object_id in ids)


def test_a_scenario_says_which_cluster_eks_has_and_how_slow_it_is(tmp_path: Path) -> None:
    eks = {"kubernetes_version": "1.31", "temper": {"association_s": 1200}}
    scenario = load_scenario(write(tmp_path, eks=eks))
    assert scenario.eks.kubernetes_version == "1.31"
    assert scenario.eks.temper.association_s == 1200
    with pytest.raises(ScenarioError, match=r"eks\.temper\.association_s"):
        load_scenario(write(tmp_path, eks={"temper": {"association_s": -1}}))


def test_a_group_is_found_by_name_and_by_object_id() -> None:
    company = load_scenario(COMPANY)
    group = company.group("marketing")
    assert company.group(group.object_id.upper()) is group
    with pytest.raises(KeyError):
        company.group("sales")


def test_every_mistake_in_a_scenario_is_named(tmp_path: Path) -> None:
    people = [
        {"user_principal_name": "a@contoso.example", "display_name": "A", "groups": ["sales"]},
        {"user_principal_name": "A@contoso.example", "display_name": "A"},
    ]
    deployer = {"display_name": "d", "graph_roles": ["User.Read.Everything"]}
    with pytest.raises(ScenarioError) as caught:
        load_scenario(write(tmp_path, people=people, deployer=deployer))
    message = str(caught.value)
    assert "a@contoso.example is in 'sales', which is no group" in message
    assert "the person 'A@contoso.example' occurs twice" in message
    assert "'User.Read.Everything', which is no application role" in message


def test_an_unknown_key_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="departments"):
        load_scenario(write(tmp_path, departments=[]))


def test_text_that_is_not_yaml_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "broken.yaml"
    path.write_text("a: [")
    with pytest.raises(ScenarioError, match="is not YAML"):
        load_scenario(path)


def test_a_scenario_may_be_like_another() -> None:
    company, bad_day = (
        load_scenario(COMPANY.parent / name) for name in (COMPANY.name, "bad-day.yaml")
    )
    assert bad_day.people == company.people
    assert company.temper == Temper()
    assert bad_day.temper.replication
