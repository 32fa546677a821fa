"""What goes over the wire, checked by the model that every AWS client is made from.

botocore checks a request against the model by itself; here the answer is checked as well: bodies by
the operation's output shape, errors by the operation's error shapes.
"""

from __future__ import annotations

import json
from typing import Any

import botocore.session
from botocore.validate import ParamValidator

# Of every AWS service, and in no operation's model: what stands before the operation.
BEFORE_THE_OPERATION = {
    "IncompleteSignatureException",
    "InvalidSignatureException",
    "MissingAuthenticationTokenException",
    "SerializationException",
    "ThrottlingException",
    "UnrecognizedClientException",
}
NEVER_OF_AWS = {"NotImplementedInSandbox"}


class ModelCheck:
    """Hooks into a boto3 client; `operations` are those that it has seen answered."""

    def __init__(self, client: Any) -> None:
        self._service = botocore.session.get_session().get_service_model("eks")
        self.operations: set[str] = set()
        self.errors: set[tuple[str, str]] = set()
        client.meta.events.register("before-parse.eks.*", self._check)

    def _check(self, operation_model: Any, response_dict: dict[str, Any], **_: Any) -> None:
        body = json.loads(response_dict["body"])
        assert response_dict["headers"]["x-amzn-requestid"]
        if response_dict["status_code"] >= 300:
            self._check_error(operation_model, response_dict, body)
            return
        report = ParamValidator().validate(body, operation_model.output_shape)
        assert not report.has_errors(), report.generate_report()
        unknown = _unknown_members(body, operation_model.output_shape)
        assert not unknown, f"{operation_model.name}: the model has no {unknown}"
        self.operations.add(operation_model.name)

    def _check_error(self, operation_model: Any, response: dict[str, Any], body: Any) -> None:
        code = response["headers"]["x-amzn-errortype"]
        if code in NEVER_OF_AWS:
            return
        shapes = {shape.name: shape for shape in operation_model.error_shapes}
        if code not in shapes:
            assert code in BEFORE_THE_OPERATION, f"{operation_model.name} has no {code}"
            return
        shape = shapes[code]
        assert response["status_code"] == shape.metadata["error"]["httpStatusCode"]
        assert not _unknown_members(body, shape)
        self.errors.add((operation_model.name, code))


def _unknown_members(value: Any, shape: Any, path: str = "") -> list[str]:
    if shape.type_name == "structure":
        unknown = [f"{path}.{name}" for name in value if name not in shape.members]
        return unknown + [
            found
            for name, member in shape.members.items()
            if name in value
            for found in _unknown_members(value[name], member, f"{path}.{name}")
        ]
    if shape.type_name == "list":
        return [
            found
            for index, item in enumerate(value)
            for found in _unknown_members(item, shape.member, f"{path}[{index}]")
        ]
    if enum := getattr(shape, "enum", None):
        return [] if value in enum else [f"{path} {value!r}"]
    return []
