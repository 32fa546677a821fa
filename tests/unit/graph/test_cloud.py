from __future__ import annotations

import json

import pytest

from graph.cloud import CHINA, PUBLIC, US_GOVERNMENT, Cloud, cloud_from
from graph.errors import GraphSettingsError

OWN = {
    "metadataHost": "localhost:8443",
    "loginEndpoint": "https://localhost:8443/",
    "stsEndpoint": "https://localhost:8444",
    "graphEndpoint": "https://localhost:8445",
}


@pytest.mark.parametrize(
    ("name", "cloud"),
    [
        ("public", PUBLIC),
        ("usgovernment", US_GOVERNMENT),
        ("USGovernmentL4", US_GOVERNMENT),
        ("china", CHINA),
    ],
)
def test_a_national_cloud_is_known_by_the_azuread_providers_name(name: str, cloud: Cloud) -> None:
    assert cloud_from(name) is cloud
    assert not cloud.is_custom


@pytest.mark.parametrize("value", [OWN, json.dumps(OWN)])
def test_a_cloud_may_have_endpoints_of_its_own(value: str | dict[str, str]) -> None:
    cloud = cloud_from(value)

    assert cloud.is_custom
    assert cloud.metadata_host == "localhost:8443"
    assert cloud.login_endpoint == "https://localhost:8443"


def test_the_two_issuers_differ_by_host_and_by_a_slash() -> None:
    assert PUBLIC.issuer("t", "v2") == "https://login.microsoftonline.com/t/v2.0"
    assert PUBLIC.issuer("t", "v1") == "https://sts.windows.net/t/"


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("germany", "is 'germany', which is none of public, usgovernment"),
        ("{", "is neither a cloud's name nor JSON"),
        ({**OWN, "graphEndpoint": ""}, "cloud: graphEndpoint is missing."),
        ({**OWN, "graphHost": "x"}, "cloud: graphHost is not known."),
        (
            {**OWN, "loginEndpoint": "http://localhost", "stsEndpoint": "localhost"},
            "loginEndpoint is 'http://localhost', not an https URL; "
            "stsEndpoint is 'localhost', not an https URL",
        ),
    ],
)
def test_a_setting_that_is_no_cloud_is_refused(value: str | dict[str, str], message: str) -> None:
    with pytest.raises(GraphSettingsError) as caught:
        cloud_from(value)

    assert message in str(caught.value)
