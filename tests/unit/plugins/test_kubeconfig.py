from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import trustme

from sandbox.plugins.kubernetes.kubeconfig import KubeconfigError, load_connection


def kubeconfig(**user: Any) -> dict[str, Any]:
    return {
        "current-context": "here",
        "contexts": [
            {"name": "here", "context": {"cluster": "c", "user": "u", "namespace": "n"}},
            {"name": "there", "context": {"cluster": "d", "user": "u"}},
        ],
        "clusters": [
            {"name": "c", "cluster": {"server": "https://c.example/"}},
            {"name": "d", "cluster": {"server": "https://d.example"}},
        ],
        "users": [{"name": "u", "user": user}],
    }


def test_the_text_of_a_kubeconfig_is_taken() -> None:
    connection = load_connection({"kubeconfig": json.dumps(kubeconfig(token="t"))}, {})
    assert (connection.server, connection.token) == ("https://c.example", "t")
    assert connection.namespace == "n"


def test_the_path_of_a_kubeconfig_is_taken_and_files_are_relative_to_it(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("from file\n")
    file = tmp_path / "config"
    file.write_text(json.dumps(kubeconfig(tokenFile="token")))
    connection = load_connection({"kubeconfig": str(file)}, {})
    assert connection.token == "from file"


def test_a_client_certificate_is_taken_and_leaves_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    issued = trustme.CA().issue_cert("admin")
    certificate, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    certificate.write_bytes(issued.cert_chain_pems[0].bytes())
    key.write_bytes(issued.private_key_pem.bytes())
    config = kubeconfig(**{"client-certificate": str(certificate), "client-key": str(key)})
    load_connection({"kubeconfig": json.dumps(config)}, {})
    assert sorted(tmp_path.iterdir()) == [certificate, key]


def test_a_user_may_act_as_somebody_else() -> None:
    config = kubeconfig(token="t", **{"as": "ci", "as-groups": ["readers", "writers"]})
    connection = load_connection({"kubeconfig": json.dumps(config)}, {})
    assert connection.impersonated == (
        ("Impersonate-User", "ci"),
        ("Impersonate-Group", "readers"),
        ("Impersonate-Group", "writers"),
    )


def test_settings_choose_context_cluster_and_namespace() -> None:
    text = json.dumps(kubeconfig(token="t"))
    there = load_connection({"kubeconfig": text, "context": "there"}, {})
    assert (there.server, there.namespace) == ("https://d.example", "default")
    other = load_connection({"kubeconfig": text, "cluster": "d", "namespace": "m"}, {})
    assert (other.server, other.namespace) == ("https://d.example", "m")


def test_the_environment_names_a_kubeconfig_but_the_home_folder_does_not(tmp_path: Path) -> None:
    file = tmp_path / "config"
    file.write_text(json.dumps(kubeconfig(token="t")))
    assert load_connection({}, {"KUBECONFIG": str(file)}).token == "t"
    (tmp_path / ".kube").mkdir()
    (tmp_path / ".kube" / "config").write_text(file.read_text())
    with pytest.raises(KubeconfigError, match="set KUBECONFIG"):
        load_connection({}, {"HOME": str(tmp_path)})


def test_what_is_missing_is_named_with_what_there_is() -> None:
    text = json.dumps(kubeconfig(token="t"))
    with pytest.raises(KubeconfigError, match="no context 'nowhere'; it has here, there"):
        load_connection({"kubeconfig": text, "context": "nowhere"}, {})


def test_a_command_is_not_run() -> None:
    config = kubeconfig(exec={"command": "aws"})
    with pytest.raises(KubeconfigError, match=r"fetched by a command \(exec\)"):
        load_connection({"kubeconfig": json.dumps(config)}, {})


def test_a_broken_kubeconfig_does_not_show_its_content() -> None:
    with pytest.raises(KubeconfigError) as caught:
        load_connection({"kubeconfig": "{token: 'hunter2\n"}, {})
    assert "hunter2" not in f"{caught.value}"
    assert "hunter2" not in repr(
        load_connection({"kubeconfig": json.dumps(kubeconfig(token="hunter2"))}, {})
    )
