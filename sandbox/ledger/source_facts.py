"""What only the source says: the documentation of settings, and the errors that can be answered."""

from __future__ import annotations

import ast
import inspect
import itertools
import re
import textwrap
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

from pydantic import BaseModel

from sandbox.eks import errors as eks_errors

SANDBOX = Path(__file__).parents[1]
_NOT_OF_GRAPH = "NotImplemented"


def settings_of(model: type[BaseModel]) -> Iterator[tuple[str, str]]:
    """Yield each setting's name and the first sentence of its documentation, parts unfolded."""
    documented = _attribute_documentation(model)
    for name, field in model.model_fields.items():
        part = _model_in(field.annotation)
        if part is None:
            yield name, documented.get(name, "")
            continue
        yield name, _first_sentence(inspect.getdoc(part) or "")
        for inner, text in settings_of(part):
            yield f"{name}.{inner}", text


def login_errors() -> list[tuple[int, str, str]]:
    """Return number, OAuth code and origin of the wording of every AADSTS error."""
    found: set[tuple[int, str, str]] = set()
    for call in _calls(SANDBOX / "entra" / "login", "LoginErrorKind"):
        values = {keyword.arg: keyword.value for keyword in call.keywords}
        wording = values.get("wording")
        found.add(
            (
                ast.literal_eval(values["code"]),
                ast.literal_eval(values["error"]),
                "reported" if wording is not None and "REPORTED" in ast.dump(wording) else "ours",
            )
        )
    return sorted(found)


def graph_errors() -> list[tuple[str, str]]:
    """Return status (or `4xx` where it depends) and code of every error of Graph's stand-in."""
    found: set[tuple[str, str]] = set()
    for call in _calls(SANDBOX / "entra", "GraphError"):
        match call.args:
            case [status, ast.Constant(value=str(code)), *_]:
                fixed = isinstance(status, ast.Constant)
                found.add((str(status.value) if fixed else "4xx", code))
            case _:
                continue
    return sorted(each for each in found if each[1] != _NOT_OF_GRAPH)


def eks_refusals() -> list[tuple[int, str]]:
    """Return status and code of every error of EKS, the sandbox's own 501 left out."""
    classes = _classes_of(eks_errors, eks_errors.EksError)
    return sorted({(each.status, each.code) for each in classes if each.status != 501})


def _classes_of(module: ModuleType, base: type[Any]) -> list[Any]:
    return [
        each
        for _, each in inspect.getmembers(module, inspect.isclass)
        if issubclass(each, base) and each is not base
    ]


def _calls(folder: Path, function: str) -> Iterator[ast.Call]:
    for file in sorted(folder.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text())):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id == function
            ):
                yield node


def _attribute_documentation(model: type[BaseModel]) -> dict[str, str]:
    parsed = ast.parse(textwrap.dedent(inspect.getsource(model))).body[0]
    body = parsed.body if isinstance(parsed, ast.ClassDef) else []
    documented: dict[str, str] = {}
    for before, node in itertools.pairwise(body):
        match before, node:
            case (
                ast.AnnAssign(target=ast.Name(id=name)),
                ast.Expr(value=ast.Constant(value=str(text))),
            ):
                documented[name] = _first_sentence(inspect.cleandoc(text))
            case _:
                continue
    return documented


def _first_sentence(text: str) -> str:
    paragraph = " ".join(text.partition("\n\n")[0].split())
    return re.split(r"(?<=\.) ", paragraph, maxsplit=1)[0]


def _model_in(annotation: Any) -> type[BaseModel] | None:
    candidates = (annotation, *getattr(annotation, "__args__", ()))
    return next(
        (c for c in candidates if isinstance(c, type) and issubclass(c, BaseModel)),
        None,
    )
