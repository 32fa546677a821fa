"""The kubernetes stand-in against a real API server."""

from __future__ import annotations

import base64
import json
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
import yaml

from sandbox.cluster import Cluster
from sandbox.plugins.protocol.values import UNKNOWN
from tests.sandbox.plugins.engine import Plugin, RpcError
from tests.sandbox.plugins.kubernetes_plugin import kubernetes_plugin

pytestmark = pytest.mark.apiserver

NAMESPACE = "kubernetes:core/v1:Namespace"
CONFIG_MAP = "kubernetes:core/v1:ConfigMap"
SECRET = "kubernetes:core/v1:Secret"
ROLE = "kubernetes:rbac.authorization.k8s.io/v1:Role"
ROLE_BINDING = "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding"
CLUSTER_ROLE_BINDING = "kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding"
RBAC = "rbac.authorization.k8s.io"
SECRET_MARK = "1b47061264138c4ac30d75fd1eb44270"


@pytest.fixture
def plugin(cluster: Cluster) -> Iterator[Plugin]:
    with kubernetes_plugin() as plugin:
        plugin.configure(kubeconfig=str(cluster.admin_kubeconfig))
        yield plugin


@pytest.fixture
def namespace(plugin: Plugin) -> str:
    """A namespace of the test's own; it goes with the cluster (deleting one takes 5 s)."""
    inputs = plugin.checked(NAMESPACE, {"metadata": {"name": f"n-{uuid4().hex[:8]}"}})
    return plugin.create(NAMESPACE, inputs).resource_id


@pytest.fixture
def kubectl(cluster: Cluster, tmp_path: Path) -> Iterator[httpx.Client]:
    """A second client, which shares no code with the plugin."""
    config = yaml.safe_load(cluster.admin_kubeconfig.read_text())
    user = config["users"][0]["user"]
    tls = ssl.create_default_context(cafile=str(cluster.ca_file))
    for name in ("client-certificate", "client-key"):
        (tmp_path / name).write_bytes(base64.b64decode(user[f"{name}-data"]))
    tls.load_cert_chain(tmp_path / "client-certificate", tmp_path / "client-key")
    with httpx.Client(base_url=cluster.server_url, verify=tls, trust_env=False) as client:
        yield client


def config_map(namespace: str, **data: Any) -> dict[str, Any]:
    return {"metadata": {"name": "settings", "namespace": namespace}, "data": data}


def role_binding(namespace: str, role: str, *groups: str) -> dict[str, Any]:
    return {
        "metadata": {"name": "developers", "namespace": namespace},
        "roleRef": {"apiGroup": RBAC, "kind": "ClusterRole", "name": role},
        "subjects": [{"kind": "Group", "name": group, "apiGroup": RBAC} for group in groups],
    }


def test_an_object_lives_and_a_refresh_changes_nothing(plugin: Plugin, namespace: str) -> None:
    inputs = plugin.checked(CONFIG_MAP, config_map(namespace, issuer="https://i", empty=""))
    made = plugin.create(CONFIG_MAP, inputs)
    assert made.resource_id == f"{namespace}/settings"
    assert made.state["data"] == {"issuer": "https://i", "empty": ""}
    live = plugin.read(CONFIG_MAP, made.resource_id, inputs, made.state)
    assert live is not None
    assert (live.inputs, live.state) == (inputs, made.state)
    plugin.delete(CONFIG_MAP, made.resource_id)
    assert plugin.read(CONFIG_MAP, made.resource_id) is None
    plugin.delete(CONFIG_MAP, made.resource_id)


def test_deleting_a_namespace_waits_until_it_is_gone(plugin: Plugin, namespace: str) -> None:
    inputs = plugin.checked(CONFIG_MAP, config_map(namespace, a="1"))
    made = plugin.create(CONFIG_MAP, inputs)
    plugin.delete(NAMESPACE, namespace)
    assert plugin.read(NAMESPACE, namespace) is None
    assert plugin.read(CONFIG_MAP, made.resource_id) is None


def test_fields_that_are_no_longer_declared_go_and_those_of_others_stay(
    plugin: Plugin, namespace: str, kubectl: httpx.Client
) -> None:
    labels = {"metadata": {"name": "dev", "namespace": namespace, "labels": {"ours": "1"}}}
    rules = [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}]
    old = plugin.checked(ROLE, {**labels, "rules": rules})
    made = plugin.create(ROLE, old)
    path = f"/apis/{RBAC}/v1/namespaces/{namespace}/roles/dev"
    merge = {"Content-Type": "application/merge-patch+json"}
    theirs = json.dumps({"metadata": {"labels": {"theirs": "2"}}})
    kubectl.patch(path, content=theirs, headers=merge).raise_for_status()
    live = plugin.read(ROLE, made.resource_id, old, made.state)
    assert live is not None
    assert live.inputs == old, "what others own is no drift"
    new = plugin.checked(ROLE, {"metadata": {"name": "dev", "namespace": namespace}, "rules": []})
    plugin.update(ROLE, made.resource_id, old, new, made.state)
    now = kubectl.get(path).json()
    assert now["metadata"]["labels"] == {"theirs": "2"}
    assert not now["rules"]


def test_drift_shows_as_a_difference_at_its_path(
    plugin: Plugin, namespace: str, kubectl: httpx.Client
) -> None:
    inputs = plugin.checked(ROLE_BINDING, role_binding(namespace, "view", "entra:team-a"))
    made = plugin.create(ROLE_BINDING, inputs)
    path = f"/apis/{RBAC}/v1/namespaces/{namespace}/rolebindings/developers"
    binding = kubectl.get(path).json()
    binding["subjects"].append({"kind": "Group", "name": "intruders", "apiGroup": RBAC})
    kubectl.put(path, json=binding).raise_for_status()
    live = plugin.read(ROLE_BINDING, made.resource_id, inputs, made.state)
    assert live is not None
    diff = plugin.diff(ROLE_BINDING, made.resource_id, live.inputs, inputs)
    assert diff.detailed == {"subjects[1]": "DELETE"}


def test_another_role_replaces_a_binding_and_deletes_first(plugin: Plugin, namespace: str) -> None:
    old = plugin.checked(ROLE_BINDING, role_binding(namespace, "view", "g"))
    new = plugin.checked(ROLE_BINDING, role_binding(namespace, "edit", "g", "h"))
    diff = plugin.diff(ROLE_BINDING, f"{namespace}/developers", old, new)
    assert diff.detailed == {"roleRef.name": "UPDATE_REPLACE", "subjects[1]": "ADD"}
    assert diff.replaces == ["roleRef"]
    assert diff.delete_before_replace


def test_the_api_server_itself_refuses_a_changed_role(plugin: Plugin, namespace: str) -> None:
    """That is why a replacement is the right decision."""
    old = plugin.checked(ROLE_BINDING, role_binding(namespace, "view", "g"))
    made = plugin.create(ROLE_BINDING, old)
    new = plugin.checked(ROLE_BINDING, role_binding(namespace, "edit", "g"))
    with pytest.raises(RpcError, match="cannot change roleRef"):
        plugin.update(ROLE_BINDING, made.resource_id, old, new)


def test_the_contents_of_config_maps_replace_unless_declared_mutable(
    plugin: Plugin, namespace: str, cluster: Cluster
) -> None:
    old = plugin.checked(CONFIG_MAP, config_map(namespace, a="1"))
    new = plugin.checked(CONFIG_MAP, config_map(namespace, a="2"))
    assert plugin.diff(CONFIG_MAP, "id", old, new).detailed == {"data.a": "UPDATE_REPLACE"}
    with kubernetes_plugin() as mutable:
        # The SDK sends a provider's flags as JSON text.
        mutable.configure(kubeconfig=str(cluster.admin_kubeconfig), enableConfigMapMutable="true")
        assert mutable.diff(CONFIG_MAP, "id", old, new).detailed == {"data.a": "UPDATE"}
        made = mutable.create(CONFIG_MAP, old)
        assert mutable.update(CONFIG_MAP, made.resource_id, old, new)["data"] == {"a": "2"}


def test_moving_to_another_namespace_replaces_without_deleting_first(plugin: Plugin) -> None:
    old = plugin.checked(CONFIG_MAP, config_map("here", a="1"))
    new = plugin.checked(CONFIG_MAP, config_map("there", a="1"))
    diff = plugin.diff(CONFIG_MAP, "here/settings", old, new)
    assert diff.detailed == {"metadata.namespace": "UPDATE_REPLACE"}
    assert not diff.delete_before_replace


def test_the_content_of_a_secret_is_marked_as_secret(plugin: Plugin, namespace: str) -> None:
    inputs = {
        "metadata": {"name": "portal", "namespace": namespace},
        "stringData": {"OIDC_CLIENT_SECRET": "hunter2"},
    }
    inputs = plugin.checked(SECRET, inputs)
    made = plugin.create(SECRET, inputs)
    for member, wrapped in made.raw.fields.items():
        marked = SECRET_MARK in str(wrapped)
        assert marked == (member in ("data", "stringData")), member
    live = plugin.read(SECRET, made.resource_id, inputs, made.state)
    assert live is not None
    assert live.inputs == inputs
    assert live.state == made.state


def test_a_preview_asks_the_api_server(plugin: Plugin, namespace: str) -> None:
    inputs = plugin.checked(ROLE_BINDING, role_binding(namespace, "view", "g"))
    preview = plugin.preview(ROLE_BINDING, inputs)
    assert preview["roleRef"]["name"] == "view"
    assert preview["metadata"]["uid"] is UNKNOWN
    assert plugin.read(ROLE_BINDING, f"{namespace}/developers") is None
    with pytest.raises(RpcError, match=r"\.subject: field not declared in schema"):
        plugin.preview(ROLE_BINDING, {**inputs, "subject": []})


def test_a_preview_of_an_object_in_a_namespace_to_come_works(plugin: Plugin) -> None:
    inputs = plugin.checked(CONFIG_MAP, config_map("not-yet", a=UNKNOWN, b="1"))
    assert plugin.preview(CONFIG_MAP, inputs)["data"] == {"a": UNKNOWN, "b": "1"}
    known = plugin.checked(CONFIG_MAP, config_map("not-yet", b="1"))
    assert plugin.preview(CONFIG_MAP, known)["data"] == {"b": "1"}


def test_a_preview_of_an_update_writes_nothing(plugin: Plugin, namespace: str) -> None:
    old = plugin.checked(ROLE_BINDING, role_binding(namespace, "view", "g"))
    made = plugin.create(ROLE_BINDING, old)
    new = plugin.checked(ROLE_BINDING, role_binding(namespace, "view", "h"))
    after = plugin.update(ROLE_BINDING, made.resource_id, old, new, made.state, preview=True)
    assert after["subjects"][0]["name"] == "h"
    live = plugin.read(ROLE_BINDING, made.resource_id, old, made.state)
    assert live is not None
    assert live.inputs == old


def test_a_name_is_made_up_once_when_none_is_given(plugin: Plugin) -> None:
    first = plugin.checked(CONFIG_MAP, {"data": {}}, name="portal", seed=b"1")
    again = plugin.checked(CONFIG_MAP, {"data": {}}, old=first, name="portal", seed=b"2")
    assert first["metadata"]["name"].startswith("portal-")
    assert again == first
    assert first["metadata"]["namespace"] == "default"


def test_a_cluster_wide_object_has_no_namespace(plugin: Plugin) -> None:
    name = f"admins-{uuid4().hex[:8]}"
    inputs = plugin.checked(
        CLUSTER_ROLE_BINDING,
        {
            "metadata": {"name": name},
            "roleRef": {"apiGroup": RBAC, "kind": "ClusterRole", "name": "cluster-admin"},
        },
    )
    made = plugin.create(CLUSTER_ROLE_BINDING, inputs)
    assert made.resource_id == name
    plugin.delete(CLUSTER_ROLE_BINDING, made.resource_id)
    assert plugin.read(CLUSTER_ROLE_BINDING, made.resource_id) is None


def test_an_object_can_be_imported_by_its_id(plugin: Plugin, namespace: str) -> None:
    inputs = plugin.checked(CONFIG_MAP, config_map(namespace, a="1"))
    made = plugin.create(CONFIG_MAP, inputs)
    imported = plugin.read(CONFIG_MAP, made.resource_id)
    assert imported is not None
    assert imported.inputs == inputs


def test_a_field_of_another_manager_is_a_conflict_unless_forced(
    plugin: Plugin, namespace: str, kubectl: httpx.Client
) -> None:
    path = f"/api/v1/namespaces/{namespace}/configmaps/settings"
    theirs = {"apiVersion": "v1", "kind": "ConfigMap", "data": {"a": "theirs"}}
    answer = kubectl.patch(
        path,
        params={"fieldManager": "helm"},
        content=json.dumps({**theirs, "metadata": {"name": "settings"}}),
        headers={"Content-Type": "application/apply-patch+yaml"},
    )
    answer.raise_for_status()
    inputs = plugin.checked(CONFIG_MAP, config_map(namespace, a="ours"))
    with pytest.raises(RpcError, match='conflict with "helm"'):
        plugin.create(CONFIG_MAP, inputs)
    inputs["metadata"]["annotations"] = {"pulumi.com/patchForce": "true"}
    assert plugin.create(CONFIG_MAP, inputs).state["data"] == {"a": "ours"}


def test_the_default_namespace_is_the_providers(cluster: Cluster) -> None:
    with kubernetes_plugin() as plugin:
        text = cluster.admin_kubeconfig.read_text()
        plugin.configure(kubeconfig=text, namespace="team-b")
        assert plugin.checked(CONFIG_MAP, {})["metadata"]["namespace"] == "team-b"


def test_what_is_not_emulated_says_so(plugin: Plugin) -> None:
    with pytest.raises(RpcError, match=r"does not emulate 'kubernetes:helm\.sh/v3:Release'"):
        plugin.checked("kubernetes:helm.sh/v3:Release", {})
    found = plugin.check_config("pulumi:providers:kubernetes", {"enableServerSideApply": "false"})
    assert "does not emulate" in found["enableServerSideApply"]


def test_another_cluster_replaces_the_provider(plugin: Plugin) -> None:
    answer = plugin.diff_config({"clusterIdentifier": "a"}, {"clusterIdentifier": "b"})
    assert answer.replaces == ["clusterIdentifier"]
    answer = plugin.diff_config({"kubeconfig": "a"}, {"kubeconfig": "b"})
    assert (answer.replaces, answer.changed) == ([], True)


def test_a_cluster_that_is_not_there_is_named(tmp_path: Path) -> None:
    config = {
        "current-context": "c",
        "contexts": [{"name": "c", "context": {"cluster": "c", "user": "u"}}],
        "clusters": [{"name": "c", "cluster": {"server": "https://localhost:1"}}],
        "users": [{"name": "u", "user": {}}],
    }
    (tmp_path / "config").write_text(json.dumps(config))
    with kubernetes_plugin() as plugin:
        plugin.configure(kubeconfig=str(tmp_path / "config"))
        with pytest.raises(RpcError, match="is the cluster reachable"):
            plugin.checked(CONFIG_MAP, {})
