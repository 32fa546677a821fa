"""The routes are those of the service model that every AWS client is made from."""

from __future__ import annotations

import re

import botocore.session
import pytest

from sandbox.eks.routes import OPERATIONS, Operation


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_method_and_path_are_the_models(operation: Operation) -> None:
    model = botocore.session.get_session().get_service_model("eks").operation_model(operation.name)
    assert operation.method == model.http["method"]
    assert _shape(operation.path) == _shape(model.http["requestUri"])


def _shape(path: str) -> str:
    return re.sub(r"\{[^}]+\}", "{}", path)
