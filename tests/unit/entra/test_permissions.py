from __future__ import annotations

from sandbox.entra.graph.permissions import any_of, each_of
from sandbox.entra.graph.routes import GRAPH_ROUTES
from sandbox.entra.microsoft_graph import APP_ROLE_IDS

WRITE = any_of("Application.ReadWrite.OwnedBy", "Application.ReadWrite.All")


def test_no_role_at_all_is_denied() -> None:
    assert WRITE.decide(set()) == "denied"
    assert WRITE.decide({"User.Read.All"}) == "denied"


def test_owned_by_alone_reaches_only_what_is_owned() -> None:
    assert WRITE.decide({"Application.ReadWrite.OwnedBy"}) == "owned only"


def test_a_wider_role_beside_owned_by_reaches_everything() -> None:
    roles = {"Application.ReadWrite.OwnedBy", "Application.ReadWrite.All"}
    assert WRITE.decide(roles) == "granted"


def test_parts_are_needed_together_and_keep_the_limit_of_owned_by() -> None:
    both = each_of(any_of("Policy.Read.All"), WRITE)
    assert both.decide({"Policy.Read.All"}) == "denied"
    assert both.decide({"Application.ReadWrite.All"}) == "denied"
    assert both.decide({"Policy.Read.All", "Application.ReadWrite.OwnedBy"}) == "owned only"
    assert both.decide({"Policy.Read.All", "Application.ReadWrite.All"}) == "granted"


def test_every_route_names_only_roles_that_the_tenant_can_assign() -> None:
    named = {
        role
        for route in GRAPH_ROUTES
        for alternative in route.permissions.alternatives
        for role in alternative
    }
    assert named <= APP_ROLE_IDS.keys()


def test_no_two_routes_answer_the_same_address() -> None:
    addresses = [(route.method, route.template) for route in GRAPH_ROUTES]
    assert len(addresses) == len(set(addresses))
