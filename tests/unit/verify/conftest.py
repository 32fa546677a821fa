from __future__ import annotations

import pytest
from joserfc.jwk import RSAKey

from tests.unit.verify.fake_issuer import FakeIssuer, new_key


@pytest.fixture(scope="session")
def signing_key() -> RSAKey:
    return new_key("published")


@pytest.fixture(scope="session")
def other_key() -> RSAKey:
    return new_key("published")


@pytest.fixture
def issuer(signing_key: RSAKey) -> FakeIssuer:
    return FakeIssuer(key=signing_key)
