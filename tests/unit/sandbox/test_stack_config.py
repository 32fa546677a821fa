from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from sandbox.endpoints import (
    AwsCredentials,
    DeployerCredentials,
    Endpoints,
    Issuers,
    SandboxPerson,
)
from sandbox.stack_config import StackConfigError, render, settings_of

TENANT = "3f8a0c52-6d1e-4b7a-9c45-1e2d3a4b5c6d"


@pytest.fixture
def endpoints() -> Endpoints:
    return Endpoints(
        ca_file="/sandbox/ca.pem",
        tenant_id=TENANT,
        metadata_host="localhost:1",
        login_url="https://localhost:1",
        sts_url="https://localhost:2",
        graph_url="https://localhost:3",
        issuer=Issuers(
            v1=f"https://localhost:2/{TENANT}/", v2=f"https://localhost:1/{TENANT}/v2.0"
        ),
        eks_url="https://localhost:4",
        cluster="sandbox",
        kubernetes_url="https://localhost:5",
        kubernetes_ca_file="/sandbox/ca.pem",
        kubeconfig="/sandbox/kubeconfig",
        portal_url="https://127.0.0.1:6",
        deployer=DeployerCredentials(client_id="deployer", client_secret="s3cret"),
        aws=AwsCredentials(access_key_id="AKIA", secret_access_key="s3cret"),
        people=(SandboxPerson(user_principal_name="a@b.example", object_id="1", password="pw"),),
    )


@pytest.fixture
def stack_file(tmp_path: Path) -> Path:
    file = tmp_path / "Pulumi.sandbox.yaml"
    file.write_text(
        yaml.safe_dump(
            {
                "config": {
                    "pulumi:disable-default-providers": ["aws"],
                    "entra-eks-sso:tenantId": TENANT,
                    "entra-eks-sso:cluster": {"name": "sandbox", "region": "eu-central-1"},
                    "entra-eks-sso:portal": {"url": "https://portal.example", "namespace": "krci"},
                }
            }
        )
    )
    return file


def test_only_what_a_running_sandbox_knows_is_filled_in(
    endpoints: Endpoints, stack_file: Path, tmp_path: Path
) -> None:
    rendered = tmp_path / "rendered.yaml"
    rendered.write_text(render(stack_file, endpoints))

    assert settings_of(rendered) == {
        "tenantId": TENANT,
        "cloud": {
            "metadataHost": "localhost:1",
            "loginEndpoint": "https://localhost:1",
            "stsEndpoint": "https://localhost:2",
            "graphEndpoint": "https://localhost:3",
        },
        "cluster": {
            "name": "sandbox",
            "region": "eu-central-1",
            "kubeconfig": "/sandbox/kubeconfig",
            "eksEndpoint": "https://localhost:4",
        },
        "portal": {"url": "https://127.0.0.1:6", "namespace": "krci"},
    }
    assert "disable-default-providers" in rendered.read_text()


def test_changes_go_on_top_and_none_takes_a_setting_away(
    endpoints: Endpoints, stack_file: Path, tmp_path: Path
) -> None:
    rendered = tmp_path / "rendered.yaml"
    rendered.write_text(
        render(stack_file, endpoints, {"issuer": "v1", "portal": {"namespace": None}})
    )

    settings = settings_of(rendered)
    assert settings["issuer"] == "v1"
    assert settings["portal"] == {"url": "https://127.0.0.1:6"}


def test_a_stack_of_another_tenant_is_refused(endpoints: Endpoints, stack_file: Path) -> None:
    other = "00000000-0000-0000-0000-000000000000"
    stack_file.write_text(stack_file.read_text().replace(TENANT, other))

    with pytest.raises(StackConfigError) as caught:
        render(stack_file, endpoints)

    assert str(caught.value) == (
        f"Pulumi.sandbox.yaml is for tenantId {other}, and the sandbox has {TENANT} only"
    )


def test_endpoints_are_read_back_as_written_and_for_the_owner_alone(
    endpoints: Endpoints, tmp_path: Path
) -> None:
    file = tmp_path / "endpoints.json"

    endpoints.write(file)

    assert Endpoints.read(file) == endpoints
    assert file.stat().st_mode & 0o777 == 0o600
    assert "s3cret" not in repr(endpoints)
    assert "'pw'" not in repr(endpoints)
