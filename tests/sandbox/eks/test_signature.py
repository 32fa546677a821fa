"""Only who has the account's access key is listened to, as every AWS service has it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

from sandbox.certificates import CertificateAuthority
from sandbox.eks.errors import EksError, InvalidSignatureError
from sandbox.eks.signature import SignatureCheck, SignedRequest
from tests.sandbox.eks.conftest import ACCESS_KEY, eks_client

NOW = datetime(2026, 9, 1, 12, tzinfo=UTC)


def _get(url: str, ca: CertificateAuthority, authorization: str | None) -> httpx.Response:
    headers = {} if authorization is None else {"Authorization": authorization}
    return httpx.get(
        f"{url}/clusters/dev", headers=headers, verify=ca.client_context(), trust_env=False
    )


@pytest.mark.parametrize(
    ("authorization", "code"),
    [
        (None, "MissingAuthenticationTokenException"),
        ("Bearer token", "IncompleteSignatureException"),
        ("AWS4-HMAC-SHA256 Credential=test", "IncompleteSignatureException"),
        (
            "AWS4-HMAC-SHA256 Credential=test, SignedHeaders=host, Signature=00",
            "IncompleteSignatureException",
        ),
    ],
)
def test_an_unsigned_request_is_refused(
    eks_url: str, ca: CertificateAuthority, authorization: str | None, code: str
) -> None:
    answer = _get(eks_url, ca, authorization)
    assert answer.status_code == httpx.codes.FORBIDDEN
    assert answer.headers["x-amzn-errortype"] == code


@pytest.mark.parametrize(
    ("change", "region", "code"),
    [
        ({"access_key_id": "AKIANOBODY"}, "eu-central-1", "UnrecognizedClientException"),
        ({"secret_access_key": "wrong"}, "eu-central-1", "InvalidSignatureException"),
        ({}, "us-east-1", "InvalidSignatureException"),
    ],
)
def test_a_wrongly_signed_request_is_refused(
    eks_url: str, ca: CertificateAuthority, change: dict[str, str], region: str, code: str
) -> None:
    client = eks_client(eks_url, ca.ca_file, replace(ACCESS_KEY, **change), region_name=region)
    with pytest.raises(ClientError) as refused:
        client.describe_cluster(name="dev")
    client.close()
    response: Any = refused.value.response
    assert response["Error"]["Code"] == code
    assert response["ResponseMetadata"]["HTTPStatusCode"] == httpx.codes.FORBIDDEN
    assert "wrong" not in response["Error"]["Message"]


def _signed(signed_at: datetime, service: str = "eks") -> SignedRequest:
    credentials = Credentials(ACCESS_KEY.access_key_id, ACCESS_KEY.secret_access_key)
    request = AWSRequest(method="GET", url="https://localhost:1/clusters/dev?a=b%20c")
    signer = SigV4Auth(credentials, service, "eu-central-1")
    date = signed_at.strftime("%Y%m%dT%H%M%SZ")
    request.headers["X-Amz-Date"] = date
    request.context["timestamp"] = date
    signature = signer.signature(
        signer.string_to_sign(request, signer.canonical_request(request)), request
    )
    signed_headers = signer.signed_headers(signer.headers_to_sign(request))
    authorization = (
        f"AWS4-HMAC-SHA256 Credential={signer.scope(request)}, "
        f"SignedHeaders={signed_headers}, Signature={signature}"
    )
    return SignedRequest(
        method="GET",
        url="https://localhost:1/clusters/dev?a=b%20c",
        headers={"host": "localhost:1", "x-amz-date": date, "authorization": authorization},
        body=b"",
    )


def test_a_signature_counts_for_five_minutes() -> None:
    check = SignatureCheck(ACCESS_KEY, "eu-central-1", clock=lambda: NOW)
    check.ensure_signed(_signed(NOW))
    check.ensure_signed(_signed(NOW - timedelta(minutes=5)))
    with pytest.raises(InvalidSignatureError, match="Signature expired: 20260901T115459Z is now"):
        check.ensure_signed(_signed(NOW - timedelta(seconds=301)))
    with pytest.raises(InvalidSignatureError, match="Signature not yet current"):
        check.ensure_signed(_signed(NOW + timedelta(seconds=301)))


def test_a_signature_covers_body_query_and_service() -> None:
    check = SignatureCheck(ACCESS_KEY, "eu-central-1", clock=lambda: NOW)
    request = _signed(NOW)
    for changed in (
        replace(request, body=b"{}"),
        replace(request, url="https://localhost:1/clusters/dev?a=other"),
        replace(request, method="DELETE"),
    ):
        with pytest.raises(InvalidSignatureError, match="does not match"):
            check.ensure_signed(changed)
    with pytest.raises(EksError, match="scoped to correct service: 'eks'"):
        check.ensure_signed(_signed(NOW, service="iam"))
