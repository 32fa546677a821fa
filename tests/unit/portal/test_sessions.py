from __future__ import annotations

import time

import jwt
import pytest

from sandbox.portal.sessions import Sessions, SignedIn, seal, unseal
from verify.authorization_code import PendingSignIn, Tokens
from verify.portal_user import PortalUser

PENDING = PendingSignIn(url="https://login.test", state="s", nonce="n", code_verifier="v")


def signed_in(expires_s: float) -> SignedIn:
    claims = {"sub": "s", "name": "n", "email": "e", "exp": expires_s}
    return SignedIn(
        user=PortalUser.from_claims(claims),
        tokens=Tokens(id_token="i", access_token="a", refresh_token=None, claims=claims),
    )


def test_a_sign_in_under_way_comes_back_out_of_its_cookie() -> None:
    pending = unseal(seal(PENDING, "server secret", now_s=time.time()), "server secret")
    assert pending is not None
    assert (pending.state, pending.nonce, pending.code_verifier) == ("s", "n", "v")


def test_a_cookie_of_another_portal_is_worthless() -> None:
    assert unseal(seal(PENDING, "server secret", now_s=time.time()), "other secret") is None


@pytest.mark.parametrize("cookie", [None, "", "x.y.z"])
def test_what_is_no_cookie_of_ours_is_worthless(cookie: str | None) -> None:
    assert unseal(cookie, "server secret") is None


def test_a_changed_cookie_is_worthless() -> None:
    claims = {"state": "mine", "nonce": "n", "code_verifier": "v", "exp": time.time() + 60}
    forged = jwt.encode(claims, b"k" * 32, algorithm="HS256")
    assert unseal(forged, "server secret") is None


def test_a_cookie_older_than_a_code_lives_is_worthless() -> None:
    assert unseal(seal(PENDING, "server secret", now_s=time.time() - 601), "server secret") is None


def test_a_session_lasts_as_long_as_its_token() -> None:
    sessions = Sessions()
    session_id = sessions.add(signed_in(time.time() + 60))
    over = sessions.add(signed_in(time.time() - 1))
    assert sessions.get(session_id) is not None
    assert sessions.get(over) is None


def test_a_session_ends_once() -> None:
    sessions = Sessions()
    session_id = sessions.add(signed_in(time.time() + 60))
    assert sessions.remove(session_id) is not None
    assert sessions.remove(session_id) is None
    assert sessions.get(session_id) is None
    assert sessions.get(None) is None
