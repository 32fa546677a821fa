"""Calls to the EKS control plane, by botocore, with errors in Pulumi's terms."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any, Final

from sandbox.plugins.protocol.errors import CancelledError, ProviderError

POLL_S: Final = 0.25


class EksError(ProviderError):
    """EKS refused an operation; `code` and `message` are the service's own."""

    def __init__(self, operation: str, code: str, message: str) -> None:
        super().__init__(f"operation error EKS: {operation}, {code}: {message}")
        self.code = code
        self.message = message


class EksTimeoutError(ProviderError):
    """The control plane did not get there in time."""


class Eks:
    """One region's EKS, at the endpoint the provider or `AWS_ENDPOINT_URL_EKS` names.

    Raises:
        ProviderError: no endpoint, region or credentials. A stand-in without an endpoint would call
            the real AWS, which the sandbox must never do.
    """

    def __init__(self, settings: Mapping[str, Any], cancelled: threading.Event) -> None:
        # Imported here: botocore takes a fifth of a second, and the engine also starts plugins
        # only to ask for their version.
        import boto3
        from botocore.config import Config

        self._cancelled = cancelled
        self.region = settings.get("region") or _variable("AWS_REGION", "AWS_DEFAULT_REGION")
        endpoint = _endpoint(settings) or _variable("AWS_ENDPOINT_URL_EKS", "AWS_ENDPOINT_URL")
        if not (self.region and endpoint):
            missing = "endpoints[].eks" if self.region else "region"
            msg = f"the aws stand-in has no {missing}: it only talks to the sandbox's EKS"
            raise ProviderError(msg)
        access_key = settings.get("accessKey") or _variable("AWS_ACCESS_KEY_ID")
        secret_key = settings.get("secretKey") or _variable("AWS_SECRET_ACCESS_KEY")
        if not (access_key and secret_key):
            msg = "no AWS credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
            raise ProviderError(msg)
        retries = {"max_attempts": int(settings.get("maxRetries", 25)), "mode": "standard"}
        self._client = boto3.client(
            "eks",
            region_name=self.region,
            endpoint_url=endpoint,
            aws_access_key_id=access_key,
            aws_secret_access_key=secret_key,
            aws_session_token=settings.get("token") or _variable("AWS_SESSION_TOKEN"),
            # None is replaced by AWS_CA_BUNDLE.
            verify=settings.get("customCaBundle"),
            config=Config(retries=retries, proxies={}),
        )

    def call(self, operation: str, **parameters: Any) -> dict[str, Any]:
        """Run an operation by its name in the service model (`DescribeCluster`).

        Raises:
            EksError: the service refused.
        """
        from botocore import xform_name
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            return getattr(self._client, xform_name(operation))(**parameters)
        except ClientError as error:
            details = error.response.get("Error", {})
            raise EksError(
                operation, details.get("Code", ""), details.get("Message", "")
            ) from error
        except BotoCoreError as error:
            msg = f"EKS {operation} failed: {error}"
            raise ProviderError(msg) from error

    def wait_until(self, condition: Callable[[], bool], *, what: str, timeout_s: float) -> None:
        """Ask `condition` until it is true.

        Raises:
            EksTimeoutError: it did not become true within `timeout_s` seconds.
            CancelledError: the engine asked to stop.
        """
        deadline = time.monotonic() + timeout_s
        while not condition():
            if time.monotonic() + POLL_S > deadline:
                msg = f"gave up after {timeout_s:g} s waiting for {what}"
                raise EksTimeoutError(msg)
            if self._cancelled.wait(POLL_S):
                msg = f"cancelled while waiting for {what}"
                raise CancelledError(msg)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()


def _endpoint(settings: Mapping[str, Any]) -> str | None:
    blocks = settings.get("endpoints") or []
    return next((block["eks"] for block in blocks if block.get("eks")), None)


def _variable(*names: str) -> str | None:
    return next((os.environ[name] for name in names if os.environ.get(name)), None)
