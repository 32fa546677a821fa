"""The engine's gRPC messages, without the rest of the SDK.

`import pulumi.runtime.proto` first imports all of `pulumi`: 0.2 s, where the messages alone take
0.09 s, and the engine starts a language host twice for each preview. So the folder of the messages
is made a package of its own; its modules import only each other.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Final

_PACKAGE: Final = "sandbox_pulumi_protocol"


class SdkMissingError(ImportError):
    """The Pulumi SDK is not installed for this interpreter."""


def load(name: str) -> ModuleType:
    """Return the generated module `name` of the installed SDK, such as `language_pb2`.

    Raises:
        SdkMissingError: there is no Pulumi SDK.
    """
    if _PACKAGE not in sys.modules:
        sdk = importlib.util.find_spec("pulumi")
        if sdk is None or sdk.origin is None:
            msg = (
                f"the Pulumi SDK is not installed for {sys.executable}; "
                "install requirements.txt there (make setup)"
            )
            raise SdkMissingError(msg)
        package = ModuleType(_PACKAGE)
        package.__path__ = [str(Path(sdk.origin).parent / "runtime" / "proto")]
        sys.modules[_PACKAGE] = package
    return importlib.import_module(f"{_PACKAGE}.{name}")
