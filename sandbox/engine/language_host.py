"""The `pulumi-language-python` of the sandbox: how the engine starts Python programs.

The official language host ships with the official distribution only; an engine that is built from
its Go module comes without one. This one does what a stack needs: it says which plugins the
installed packages want, runs the program, and runs policy packs and other plugins written in
Python. It does not create virtual environments, install packages, or generate code (the engine is
told "unimplemented").

The protocol is
https://github.com/pulumi/pulumi/blob/v3.250.0/proto/pulumi/language.proto

Traps: standard output carries the port and then belongs to the program; configuration values go to
the program by environment, never by command line; the engine ends plugins with SIGINT to their
process group, which would make a Python program print a traceback, so programs get a group of
their own and are ended with SIGTERM.
"""

from __future__ import annotations

import argparse
import json
import os
import selectors
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Final

import grpc
from google.protobuf import empty_pb2, json_format

from sandbox.engine.children import Children
from sandbox.engine.interpreter import (
    InterpreterError,
    interpreter_for,
    required_plugins,
    site_packages,
)
from sandbox.engine.protocol import load

if TYPE_CHECKING:
    from pulumi.runtime.proto import language_pb2, language_pb2_grpc, plugin_pb2
else:
    language_pb2 = load("language_pb2")
    language_pb2_grpc = load("language_pb2_grpc")
    plugin_pb2 = load("plugin_pb2")

MAX_MESSAGE_BYTES: Final = 400 * 1024 * 1024
"""The engine's own limit (`rpcutil.maxRPCMessageSize`)."""
MESSAGE_WAS_SHOWN: Final = 32
"""The exit status with which the executor says that the user has been told what is wrong."""


class LanguageHost(language_pb2_grpc.LanguageRuntimeServicer):
    """Answers the engine.

    `executor` is `pulumi-language-python-exec` of the engine's own version, `fallback` the
    interpreter for programs whose `virtualenv` does not exist.
    """

    def __init__(
        self, engine_address: str, executor: Path, fallback: Path, children: Children
    ) -> None:
        self._engine_address = engine_address
        self._executor = executor
        self._fallback = fallback
        self._children = children

    def Handshake(
        self, request: language_pb2.LanguageHandshakeRequest, context: grpc.ServicerContext
    ) -> language_pb2.LanguageHandshakeResponse:
        """Say that we are here."""
        del request, context
        return language_pb2.LanguageHandshakeResponse()

    def GetPluginInfo(
        self, request: object, context: grpc.ServicerContext
    ) -> plugin_pb2.PluginInfo:
        """Return the version of the SDK whose protocol we speak."""
        del request, context
        return plugin_pb2.PluginInfo(version=metadata.version("pulumi"))

    def GetRequiredPackages(
        self, request: language_pb2.GetRequiredPackagesRequest, context: grpc.ServicerContext
    ) -> language_pb2.GetRequiredPackagesResponse:
        """Return the plugins that the packages installed for the program ask for."""
        python = self._interpreter(request.info, context)
        packages = [
            plugin_pb2.PackageDependency(
                name=plugin.name,
                kind="resource",
                version=f"v{plugin.version}",
                server=plugin.server,
            )
            for plugin in required_plugins(site_packages(python))
        ]
        return language_pb2.GetRequiredPackagesResponse(packages=packages)

    def Run(
        self, request: language_pb2.RunRequest, context: grpc.ServicerContext
    ) -> language_pb2.RunResponse:
        """Run the program to its end; what it prints goes to the engine as it comes."""
        python = self._interpreter(request.info, context)
        command = [str(python), "-u", str(self._executor), *self.executor_arguments(request)]
        environment = activated(os.environ, python) | {
            "PULUMI_CONFIG": json.dumps(dict(request.config)),
            "PULUMI_CONFIG_SECRET_KEYS": json.dumps(list(request.configSecretKeys)),
        }
        # The executor changes to the program's folder itself, by --pwd.
        folder = Path(request.info.root_directory)
        with self._children.run(command, environment, folder, piped=False) as program:
            self._end_with(context, program)
            status = program.wait()
        if status == MESSAGE_WAS_SHOWN:
            return language_pb2.RunResponse(bail=True)
        if status:
            ended = f"by signal {-status}" if status < 0 else f"with exit status {status}"
            return language_pb2.RunResponse(error=f"the program ended {ended}")
        return language_pb2.RunResponse()

    def RunPlugin(
        self, request: language_pb2.RunPluginRequest, context: grpc.ServicerContext
    ) -> Iterator[language_pb2.RunPluginResponse]:
        """Run a policy pack, or a plugin written in Python, and pass on what it prints."""
        python = self._interpreter(request.info, context)
        program = request.info.program_directory
        if request.kind == "analyzer":
            command = [str(python), "-u", "-m", "pulumi.policy", *request.args, program]
        else:
            command = [str(python), "-u", program, *request.args]
        given = dict(entry.split("=", 1) for entry in request.env if "=" in entry)
        environment = activated(given, python)
        with self._children.run(command, environment, Path(request.pwd), piped=True) as plugin:
            self._end_with(context, plugin)
            for name, piece in pieces(plugin):
                if name == "stdout":
                    yield language_pb2.RunPluginResponse(stdout=piece)
                else:
                    yield language_pb2.RunPluginResponse(stderr=piece)
            yield language_pb2.RunPluginResponse(exitcode=plugin.wait())

    def Cancel(self, request: object, context: grpc.ServicerContext) -> empty_pb2.Empty:
        """End what runs: the engine is ending."""
        del request, context
        self._children.end_all()
        return empty_pb2.Empty()

    def executor_arguments(self, request: language_pb2.RunRequest) -> list[str]:
        """Return the executor's arguments; values of the configuration are never among them."""
        given = {
            "monitor": request.monitor_address,
            "engine": self._engine_address,
            "project": request.project,
            "root_directory": request.info.root_directory,
            "stack": request.stack,
            "organization": request.organization,
            "pwd": request.pwd,
            "dry_run": "true" if request.dryRun else "false",
            "parallel": str(request.parallel),
        }
        flags = [part for name, value in given.items() if value for part in (f"--{name}", value)]
        return [*flags, request.info.entry_point or ".", *request.args]

    def _end_with(self, context: grpc.ServicerContext, process: subprocess.Popen[bytes]) -> None:
        """End `process` when the engine gives up the call that it is run for."""
        if not context.add_callback(lambda: self._children.end(process)):
            self._children.end(process)

    def _interpreter(self, info: language_pb2.ProgramInfo, context: grpc.ServicerContext) -> Path:
        options = json_format.MessageToDict(info.options)
        try:
            return interpreter_for(Path(info.root_directory), options, self._fallback)
        except InterpreterError as error:
            context.abort(grpc.StatusCode.FAILED_PRECONDITION, str(error))


def activated(environment: Mapping[str, str], python: Path) -> dict[str, str]:
    """Return `environment` as the `activate` script of `python`'s virtual environment leaves it."""
    folder = python.parent
    changed = {name: value for name, value in environment.items() if name != "PYTHONHOME"}
    if (folder.parent / "pyvenv.cfg").is_file():
        changed["VIRTUAL_ENV"] = str(folder.parent)
    path = environment.get("PATH", os.defpath)
    if path.split(os.pathsep)[0] != str(folder):
        changed["PATH"] = f"{folder}{os.pathsep}{path}"
    return changed


def pieces(process: subprocess.Popen[bytes]) -> Iterator[tuple[str, bytes]]:
    """Yield what `process` prints as it comes, as ("stdout" or "stderr", bytes)."""
    with selectors.DefaultSelector() as selector:
        for name, stream in (("stdout", process.stdout), ("stderr", process.stderr)):
            if stream is not None:
                selector.register(stream, selectors.EVENT_READ, name)
        while selector.get_map():
            for key, _ in selector.select():
                if piece := os.read(key.fd, 1 << 16):
                    yield key.data, piece
                else:
                    selector.unregister(key.fileobj)


def main(arguments: list[str]) -> None:
    """Serve until the engine ends us with a signal, or is gone."""
    parser = argparse.ArgumentParser(prog="pulumi-language-python")
    parser.add_argument("--executor", type=Path, required=True)
    # What the engine adds when it is asked for traces or logs; we write none.
    parser.add_argument("--tracing")
    parser.add_argument("--logtostderr", action="store_true")
    parser.add_argument("-v")
    parser.add_argument("engine_address")
    known = parser.parse_args(arguments)
    children = Children()
    ending = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ending.set())
    server = grpc.server(
        # A thread stays with each program and plugin for as long as it runs.
        ThreadPoolExecutor(max_workers=32),
        options=[
            ("grpc.max_receive_message_length", MAX_MESSAGE_BYTES),
            ("grpc.max_send_message_length", MAX_MESSAGE_BYTES),
        ],
    )
    host = LanguageHost(known.engine_address, known.executor, Path(sys.executable), children)
    language_pb2_grpc.add_LanguageRuntimeServicer_to_server(host, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    threading.Thread(target=_wait_for_end_of_input, args=(ending,), daemon=True).start()
    ending.wait()
    children.end_all()
    server.stop(grace=1).wait()


def _wait_for_end_of_input(ending: threading.Event) -> None:
    """The engine holds our standard input open; it closes when the engine is gone, even killed."""
    while os.read(0, 1024):
        pass
    ending.set()
