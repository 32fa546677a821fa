"""Plugins: stand-ins at the versions the SDKs ask for, policy packs, and downloads that fail."""

from __future__ import annotations

import json
import os
import sys
from importlib import metadata
from pathlib import Path

import pytest

from sandbox.engine import Engine, PluginInstallError, PulumiFailedError
from sandbox.engine.interpreter import RequiredPlugin
from sandbox.engine.official import find_official, official_names
from sandbox.plugins.install import write_plugin
from sandbox.tools.resolver import Tools
from tests.sandbox.engine.conftest import MakeEngine

pytestmark = pytest.mark.engine

ROOT = Path(__file__).parents[3]

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


def test_official_plugins_that_can_be_had_nowhere_are_one_clear_error(
    tools: Tools, tmp_path: Path, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("PULUMI_HOME", str(tmp_path / "cache"))

    with pytest.raises(PluginInstallError) as error:
        Engine(
            tools,
            home=tmp_path / "home",
            project=project,
            python=Path(sys.executable),
            plugins="official",
        )

    version = metadata.version("pulumi-aws")
    said = str(error.value)
    assert said.startswith(f"the aws plugin v{version} could not be installed: Get ")
    assert "127.0.0.1:9" in said.splitlines()[0]
    assert f"not in the plugin cache ({tmp_path}/cache/plugins/resource-aws-v{version})" in said
    assert said.endswith("use the sandbox's stand-ins: make sandbox PLUGINS=stand-in")


@pytest.mark.parametrize("place", ["cache", "PATH"])
def test_an_official_plugin_that_is_there_already_is_taken(
    tools: Tools, tmp_path: Path, project: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("PULUMI_HOME", str(tmp_path / "cache"))
    version = metadata.version("pulumi-kubernetes")
    folder = tmp_path / "cache" / "plugins" / f"resource-kubernetes-v{version}"
    if place == "PATH":
        folder = tmp_path / "bin"
        monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    there = write_plugin("kubernetes", version, folder, Path(sys.executable), ROOT)
    there.write_text(there.read_text() + "# the official one\n")

    Engine(
        tools,
        home=tmp_path / "home",
        project=project,
        python=Path(sys.executable),
        plugins="kubernetes",
    )

    installed = tmp_path / "home" / ".pulumi" / "plugins"
    taken = installed / f"resource-kubernetes-v{version}" / there.name
    assert taken.read_text().endswith("# the official one\n")
    for other in ("aws", "azuread"):
        folder = installed / f"resource-{other}-v{metadata.version(f'pulumi-{other}')}"
        stand_in = (folder / f"pulumi-resource-{other}").read_text()
        assert f"sandbox.plugins.{other}" in stand_in


def test_a_plugin_of_another_version_is_not_taken_and_named(tmp_path: Path) -> None:
    version = metadata.version("pulumi-kubernetes")
    there = write_plugin("kubernetes", version, tmp_path, Path(sys.executable), ROOT)
    ambient = {"PATH": str(tmp_path), "HOME": str(tmp_path / "nobody")}

    found, looked = find_official(RequiredPlugin(name="kubernetes", version="9.9.9"), ambient)

    assert found is None
    assert looked[1] == f"{there} is {version}"


def test_a_choice_that_is_none_says_which_there_are() -> None:
    assert official_names("aws, kubernetes") == {"aws", "kubernetes"}
    assert official_names("stand-in") == frozenset()
    with pytest.raises(ValueError, match="give stand-in, official, or some of aws, azuread"):
        official_names("oficial")
