"""The control plane is a real one: it stores, authorises, aggregates and deletes."""

from __future__ import annotations

import errno
import os
import socket
import stat
import subprocess
from pathlib import Path

import httpx
import pytest

from sandbox.certificates import CertificateAuthority
from sandbox.cluster import Cluster, ClusterBinaries
from sandbox.cluster.cluster import ClusterError
from sandbox.processes import ProcessError
from sandbox.waiting import wait_until
from tests.sandbox.cluster.running_cluster import run_cluster, user_info

pytestmark = pytest.mark.apiserver


def test_the_admin_kubeconfig_alone_is_enough_to_administer_it(
    administrator: httpx.Client,
) -> None:
    answer = administrator.post(
        "/apis/authentication.k8s.io/v1/selfsubjectreviews",
        json={"apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"},
    )
    user = user_info(answer)
    assert user["username"] == "sandbox-admin"
    assert "system:masters" in user["groups"]


def test_its_version_is_written_as_eks_writes_it(cluster: Cluster) -> None:
    assert cluster.version == "1.34"


@pytest.mark.parametrize(
    ("role", "verb", "resource"),
    [("view", "get", "pods"), ("edit", "create", "pods"), ("admin", "create", "rolebindings")],
)
def test_aggregated_roles_have_their_rules_as_soon_as_it_has_started(
    administrator: httpx.Client, role: str, verb: str, resource: str
) -> None:
    answer = administrator.get(f"/apis/rbac.authorization.k8s.io/v1/clusterroles/{role}")
    rules = answer.raise_for_status().json()["rules"]
    assert any(resource in rule["resources"] and verb in rule["verbs"] for rule in rules)


def test_a_namespace_with_content_goes_away_completely(administrator: httpx.Client) -> None:
    namespaces = administrator.get("/api/v1/namespaces").raise_for_status().json()
    assert "team-gone" not in {item["metadata"]["name"] for item in namespaces["items"]}
    created = administrator.post("/api/v1/namespaces", json={"metadata": {"name": "team-gone"}})
    created.raise_for_status()
    maps = "/api/v1/namespaces/team-gone/configmaps"
    administrator.post(maps, json={"metadata": {"name": "left-behind"}}).raise_for_status()

    administrator.delete("/api/v1/namespaces/team-gone").raise_for_status()

    wait_until(
        lambda: administrator.get("/api/v1/namespaces/team-gone").status_code == 404,
        what="the namespace to go away",
        timeout_s=30,
    )
    assert administrator.get(f"{maps}/left-behind").status_code == 404


def test_foreground_deletion_completes(administrator: httpx.Client) -> None:
    """pulumi-kubernetes deletes this way; without a garbage collector it would never end."""
    maps = "/api/v1/namespaces/default/configmaps"
    administrator.post(maps, json={"metadata": {"name": "to-delete"}}).raise_for_status()
    administrator.request(
        "DELETE", f"{maps}/to-delete", json={"propagationPolicy": "Foreground"}
    ).raise_for_status()
    wait_until(
        lambda: administrator.get(f"{maps}/to-delete").status_code == 404,
        what="the object to go away",
        timeout_s=30,
    )


def test_a_namespace_gets_its_default_service_account(administrator: httpx.Client) -> None:
    administrator.get("/api/v1/namespaces/default").raise_for_status()
    wait_until(
        lambda: administrator.get("/api/v1/namespaces/default/serviceaccounts/default").is_success,
        what="the service account",
        timeout_s=30,
    )


def test_nobody_without_a_credential_may_read_anything(
    cluster: Cluster, ca: CertificateAuthority
) -> None:
    answer = httpx.get(
        f"{cluster.server_url}/api/v1/namespaces", verify=ca.client_context(), trust_env=False
    )
    assert answer.status_code == httpx.codes.FORBIDDEN


def test_other_users_of_the_machine_cannot_reach_its_store_or_keys(
    cluster: Cluster,
) -> None:
    folder = cluster.admin_kubeconfig.parent
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    for private in (cluster.admin_kubeconfig, *folder.glob("keys/*.key")):
        assert stat.S_IMODE(private.stat().st_mode) == 0o600


def test_stop_ends_all_it_started_and_writes_nothing_outside_its_folder(
    tmp_path: Path, ca: CertificateAuthority
) -> None:
    before = _descendants()
    with run_cluster(tmp_path / "cluster", ca) as cluster:
        port = int(cluster.server_url.rsplit(":", 1)[1])
        started = {command for pid, command in _descendants().items() if pid not in before}
        for name in ("etcd", "kube-apiserver", "kube-controller-manager"):
            assert any(f"/{name} " in command for command in started), started
    assert _descendants().keys() <= before.keys()
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) == errno.ECONNREFUSED
    assert [path.name for path in tmp_path.iterdir()] == ["cluster"]
    with pytest.raises(ClusterError, match="not running"):
        _ = cluster.server_url
    cluster.stop()


def test_a_start_that_fails_says_why_and_leaves_no_process(
    tmp_path: Path, ca: CertificateAuthority
) -> None:
    before = _descendants()
    missing = tmp_path / "missing"
    broken = Cluster(
        ClusterBinaries(etcd=missing, kube_apiserver=missing, kube_controller_manager=missing),
        tmp_path / "cluster",
        ca.ca_file,
        ca,
    )
    with pytest.raises(ProcessError, match=r"etcd ended with exit code 127(?s:.*)No such file"):
        broken.start()
    assert _descendants().keys() <= before.keys()


def _descendants() -> dict[int, str]:
    """The command lines of everything this process has started, by process id."""
    listing = subprocess.run(
        ["ps", "-A", "-ww", "-o", "pid=,ppid=,command="],  # noqa: S607 (not at the same place everywhere)
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    children: dict[int, list[int]] = {}
    commands: dict[int, str] = {}
    for line in listing.splitlines():
        pid, parent, command = line.split(maxsplit=2)
        if not command.startswith("ps "):
            children.setdefault(int(parent), []).append(int(pid))
            commands[int(pid)] = command
    found: dict[int, str] = {}
    parents = [os.getpid()]
    while parents:
        for pid in children.get(parents.pop(), []):
            found[pid] = commands[pid]
            parents.append(pid)
    return found
