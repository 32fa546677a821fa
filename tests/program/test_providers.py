"""Where the providers point to: a national cloud and a named cluster, or own endpoints."""

from __future__ import annotations

import json
from typing import Any

import pulumi
import pytest

from components.providers import declare_providers
from graph.cloud import PUBLIC, cloud_from
from settings.model import Cluster
from tests.program.recorder import Recorder

TENANT = "3f8a0c52-6d1e-4b7a-9c45-1e2d3a4b5c6d"


@pytest.fixture
def cluster_found(recorder: Recorder, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Let the account have the cluster that is asked for; returns what was asked."""
    asked: list[dict[str, Any]] = []

    def call(
        args: pulumi.runtime.MockCallArgs,
    ) -> tuple[dict[Any, Any], list[tuple[str, str]] | None]:
        assert args.token == "aws:eks/getCluster:getCluster"
        asked.append(dict(args.args))
        found = {
            "name": args.args["name"],
            "endpoint": "https://ABC.eks.amazonaws.example",
            "certificateAuthorities": [{"data": "Q0E="}],
        }
        return found, []

    monkeypatch.setattr(recorder, "call", call)
    return asked


def test_a_real_cluster_needs_only_its_name(
    recorder: Recorder, cluster_found: list[dict[str, Any]]
) -> None:
    @pulumi.runtime.test
    def build() -> None:
        declare_providers(
            TENANT, PUBLIC, Cluster.model_validate({"name": "dev", "region": "eu-central-1"})
        )

    build()

    assert [asked["name"] for asked in cluster_found] == ["dev"]
    kubeconfig = json.loads(recorder.one("pulumi:providers:kubernetes")["kubeconfig"])
    assert kubeconfig["clusters"] == [
        {
            "name": "dev",
            "cluster": {
                "server": "https://ABC.eks.amazonaws.example",
                "certificate-authority-data": "Q0E=",
            },
        }
    ]
    assert kubeconfig["current-context"] == "dev"
    (user,) = kubeconfig["users"]
    assert [user["user"]["exec"]["command"], *user["user"]["exec"]["args"]] == [
        *("aws", "eks", "get-token", "--cluster-name", "dev", "--region", "eu-central-1")
    ]
    azuread = recorder.one("pulumi:providers:azuread")
    assert azuread["tenantId"] == TENANT
    assert azuread["environment"] == "public"
    assert "metadataHost" not in azuread
    assert not {"clientId", "clientSecret"} & azuread.keys(), "credentials stay in the environment"
    assert recorder.one("pulumi:providers:aws")["region"] == "eu-central-1"
    assert "endpoints" not in recorder.one("pulumi:providers:aws")


def test_own_endpoints_are_used_and_no_others(recorder: Recorder) -> None:
    @pulumi.runtime.test
    def build() -> None:
        declare_providers(
            TENANT,
            cloud_from(
                {
                    "metadataHost": "localhost:1",
                    "loginEndpoint": "https://localhost:1",
                    "stsEndpoint": "https://localhost:2",
                    "graphEndpoint": "https://localhost:3",
                }
            ),
            Cluster.model_validate(
                {
                    "name": "sandbox",
                    "region": "eu-central-1",
                    "kubeconfig": "/sandbox/kubeconfig",
                    "eksEndpoint": "https://localhost:4",
                }
            ),
        )

    build()

    assert recorder.one("pulumi:providers:kubernetes")["kubeconfig"] == "/sandbox/kubeconfig"
    assert recorder.one("pulumi:providers:azuread")["metadataHost"] == "localhost:1"
    aws = recorder.one("pulumi:providers:aws")
    assert json.loads(aws["endpoints"]) == [{"eks": "https://localhost:4"}]
    assert json.loads(aws["skipCredentialsValidation"]) is True
