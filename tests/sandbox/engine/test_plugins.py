"""Plugins: stand-ins at the versions the SDKs ask for, policy packs, and downloads that fail."""

from __future__ import annotations

import json
import sys
from importlib import metadata
from pathlib import Path

import pytest

from sandbox.engine import Engine, PluginInstallError, PulumiFailedError
from sandbox.tools.resolver import Tools
from tests.sandbox.engine.conftest import MakeEngine

pytestmark = pytest.mark.engine

REFUSES_STACKS = """
import concurrent.futures
import os
import grpc
from pulumi.runtime.proto import analyzer_pb2 as messages
from pulumi.runtime.proto import analyzer_pb2_grpc, plugin_pb2

INFO = dict(name="no-stacks", version="1.0.0", displayName="No stacks", description="none")

class NoStacks(analyzer_pb2_grpc.AnalyzerServicer):
    def GetPluginInfo(self, request, context):
        return plugin_pb2.PluginInfo(version="1.0.0")
    def GetAnalyzerInfo(self, request, context):
        return messages.AnalyzerInfo(**INFO)
    def Analyze(self, request, context):
        return messages.AnalyzeResponse()
    def AnalyzeStack(self, request, context):
        found = [resource.type for resource in request.resources]
        return messages.AnalyzeResponse(diagnostics=[messages.AnalyzeDiagnostic(
            policyName="none", policyPackName="no-stacks", policyPackVersion="1.0.0",
            description="none", message=f"refused: {found}",
            enforcementLevel=messages.MANDATORY)])

server = grpc.server(concurrent.futures.ThreadPoolExecutor())
analyzer_pb2_grpc.add_AnalyzerServicer_to_server(NoStacks(), server)
port = server.add_insecure_port("127.0.0.1:0")
server.start()
print(port, flush=True)
server.wait_for_termination()
"""


def test_the_stand_ins_have_the_versions_of_the_installed_sdks(make_engine: MakeEngine) -> None:
    listed = json.loads(make_engine().run("plugin", "ls", "--json").stdout)

    resources = {item["name"]: item["version"] for item in listed if item["kind"] == "resource"}
    assert resources == {
        "aws": metadata.version("pulumi-aws"),
        "azuread": metadata.version("pulumi-azuread"),
        "kubernetes": metadata.version("pulumi-kubernetes"),
        "pulumi-python": metadata.version("pulumi"),
    }


def test_a_policy_pack_can_refuse_a_preview(make_engine: MakeEngine, tmp_path: Path) -> None:
    pack = tmp_path / "pack"
    pack.mkdir()
    (pack / "PulumiPolicy.yaml").write_text("runtime: python\nname: no-stacks\n")
    (pack / "__main__.py").write_text(REFUSES_STACKS)
    engine = make_engine("import pulumi\npulumi.export('a', 1)")

    with pytest.raises(PulumiFailedError, match=r"refused: \['pulumi:pulumi:Stack'\]"):
        engine.preview("dev", "--policy-pack", str(pack))


def test_official_plugins_that_cannot_be_downloaded_are_one_clear_error(
    tools: Tools, tmp_path: Path, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")

    with pytest.raises(PluginInstallError) as error:
        Engine(
            tools,
            home=tmp_path / "home",
            project=project,
            python=Path(sys.executable),
            plugins="official",
        )

    first, second = str(error.value).splitlines()
    version = metadata.version("pulumi-aws")
    assert first.startswith(f"the aws plugin v{version} could not be installed: Get ")
    assert "127.0.0.1:9" in first
    assert second == (
        "Official plugins are downloaded from the internet; without it, use the sandbox's "
        "stand-ins: make sandbox PLUGINS=stand-in"
    )
