"""Errors of the token endpoint: of the client's credentials and of what it wants to redeem.

https://learn.microsoft.com/entra/identity-platform/reference-error-codes
"""

from __future__ import annotations

from sandbox.entra.login.errors import REPORTED, LoginErrorKind

SECRET_MISSING = LoginErrorKind(
    code=7000218,
    error="invalid_client",
    text=(
        "The request body must contain the following parameter: 'client_assertion' or"
        " 'client_secret'."
    ),
    status=401,
    wording=REPORTED,
)
SECRET_NOT_ALLOWED = LoginErrorKind(
    code=700025,
    error="invalid_client",
    text=(
        "Client is public so neither 'client_assertion' nor 'client_secret' should be presented."
    ),
    status=401,
    wording=REPORTED,
)
SECRET_WRONG = LoginErrorKind(
    code=7000215,
    error="invalid_client",
    text=(
        "Invalid client secret provided. Ensure the secret being sent in the request is the client"
        " secret value, not the client secret ID, for a secret added to app '{app_id}'."
    ),
    status=401,
    wording=REPORTED,
)
SECRET_EXPIRED = LoginErrorKind(
    code=7000222,
    error="invalid_client",
    text=(
        "The provided client secret keys for app '{app_id}' are expired. Visit the Azure portal to"
        " create new keys for your app: https://aka.ms/NewClientSecret, or consider using"
        " certificate credentials for added security: https://aka.ms/certCreds."
    ),
    status=401,
    wording=REPORTED,
)
CROSS_ORIGIN_ONLY = LoginErrorKind(
    code=9002327,
    error="invalid_request",
    text=(
        "Tokens issued for the 'Single-Page Application' client-type may only be redeemed via"
        " cross-origin requests."
    ),
    wording=REPORTED,
)
CERTIFICATE_UNKNOWN = LoginErrorKind(
    code=700027,
    error="invalid_client",
    text=(
        "The certificate with identifier used to sign the client assertion is not registered on"
        " application. [Reason - {reason}., Please visit the Azure Portal, Graph Explorer or"
        " directly use MS Graph to see configured keys for app Id '{app_id}'.]"
    ),
    status=401,
    wording=REPORTED,
)
ASSERTION_OF_ANOTHER_CLIENT = LoginErrorKind(
    code=700021,
    error="invalid_client",
    text="Client assertion application identifier doesn't match 'client_id' parameter.",
    status=401,
    wording=REPORTED,
)
ASSERTION_AUDIENCE_WRONG = LoginErrorKind(
    code=700023,
    error="invalid_client",
    text="Client assertion audience claim does not match Realm issuer.",
    status=401,
    wording=REPORTED,
)
ASSERTION_TYPE_UNKNOWN = LoginErrorKind(
    code=90023,
    error="invalid_request",
    text="Unsupported 'client_assertion_type' value.",
)
ASSERTION_MALFORMED = LoginErrorKind(
    code=50027,
    error="invalid_request",
    text="JWT token is invalid or malformed.",
    wording=REPORTED,
)
ASSERTION_ISSUER_UNKNOWN = LoginErrorKind(
    code=700211,
    error="invalid_client",
    text=("No matching federated identity record found for presented assertion issuer '{issuer}'."),
    status=401,
    wording=REPORTED,
)
ASSERTION_AUDIENCE_UNKNOWN = LoginErrorKind(
    code=700212,
    error="invalid_client",
    text=(
        "No matching federated identity record found for presented assertion audience '{audience}'."
    ),
    status=401,
    wording=REPORTED,
)
ASSERTION_SUBJECT_UNKNOWN = LoginErrorKind(
    code=700213,
    error="invalid_client",
    text=(
        "No matching federated identity record found for presented assertion subject '{subject}'."
    ),
    status=401,
    wording=REPORTED,
)
ASSERTION_KEYS_UNREACHABLE = LoginErrorKind(
    code=50166,
    error="invalid_request",
    text="Request to External OIDC endpoint failed.",
    wording=REPORTED,
)
ASSERTION_SIGNATURE_WRONG = LoginErrorKind(
    code=50013,
    error="invalid_client",
    text="Assertion failed signature validation. [Reason - {reason}]",
    status=401,
    wording=REPORTED,
)
ASSERTION_NOT_IN_TIME = LoginErrorKind(
    code=700024,
    error="invalid_client",
    text="Client assertion is not within its valid time range.",
    status=401,
    wording=REPORTED,
)
GRANT_TYPE_UNSUPPORTED = LoginErrorKind(
    code=70003,
    error="unsupported_grant_type",
    text="The app requested an unsupported grant type '{grant_type}'.",
    wording=REPORTED,
)
GRANT_MALFORMED = LoginErrorKind(
    code=9002313,
    error="invalid_grant",
    text="Invalid request. Request is malformed or invalid.",
    wording=REPORTED,
)
GRANT_OF_ANOTHER_CLIENT = LoginErrorKind(
    code=70000,
    error="invalid_grant",
    text="Provided grant is invalid or malformed: it was issued to another application.",
)
CODE_REDEEMED = LoginErrorKind(
    code=54005,
    error="invalid_grant",
    text=(
        "OAuth2 Authorization code was already redeemed, please retry with a new valid code or use"
        " an existing refresh token."
    ),
    wording=REPORTED,
)
GRANT_EXPIRED = LoginErrorKind(
    code=70008,
    error="invalid_grant",
    text=(
        "The provided authorization code or refresh token has expired due to inactivity. Send a new"
        " interactive authorization request for this user and resource."
    ),
    wording=REPORTED,
)
REFRESH_TOKEN_EXPIRED = LoginErrorKind(
    code=700082,
    error="invalid_grant",
    text="The refresh token has expired due to inactivity.",
    wording=REPORTED,
)
GRANT_REVOKED = LoginErrorKind(
    code=50173,
    error="invalid_grant",
    text=(
        "The provided grant has expired due to it being revoked, a fresh auth token is needed. The"
        " user might have changed or reset their password."
    ),
    suberror="bad_token",
    wording=REPORTED,
)
AUTHORIZATION_PENDING = LoginErrorKind(
    code=70016,
    error="authorization_pending",
    text=("OAuth 2.0 device flow error. Authorization is pending. Continue polling."),
    wording=REPORTED,
)
AUTHORIZATION_DECLINED = LoginErrorKind(
    code=65004,
    error="authorization_declined",
    text="User declined to consent to access the app.",
)
DEVICE_CODE_UNKNOWN = LoginErrorKind(
    code=70018,
    error="bad_verification_code",
    text="Invalid verification code.",
    wording=REPORTED,
)
DEVICE_CODE_EXPIRED = LoginErrorKind(
    code=70019,
    error="expired_token",
    text="Verification code expired.",
    wording=REPORTED,
)
VERIFIER_WRONG = LoginErrorKind(
    code=501481,
    error="invalid_grant",
    text=(
        "The Code_Verifier does not match the code_challenge supplied in the authorization request."
    ),
    wording=REPORTED,
)
