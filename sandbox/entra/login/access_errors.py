"""Errors of access: the person is known, and must not, may not or will not.

https://learn.microsoft.com/entra/identity-platform/reference-error-codes
"""

from __future__ import annotations

from sandbox.entra.login.errors import REPORTED, LoginErrorKind

SEVERAL_ACCOUNTS = LoginErrorKind(
    code=16000,
    error="interaction_required",
    text=(
        "Either multiple user identities are available for the current request or selected account"
        " is not supported for the scenario."
    ),
    wording=REPORTED,
)
CANCELLED = LoginErrorKind(
    code=65004,
    error="access_denied",
    text=(
        "User declined to consent to access the app. Send an interactive authorization request"
        " for this user and resource."
    ),
    wording=REPORTED,
)
APPLICATION_DISABLED = LoginErrorKind(
    code=7000112,
    error="unauthorized_client",
    text="Application '{app_id}'({name}) is disabled.",
    wording=REPORTED,
)
USER_NOT_ASSIGNED = LoginErrorKind(
    code=50105,
    error="access_denied",
    text=(
        "Your administrator has configured the application {name} ('{app_id}') to block users"
        " unless they are specifically granted ('assigned') access to the application. The"
        " signed-in user '{login}' is blocked because they are not a direct member of a group with"
        " access, nor had access directly assigned by an administrator. Please contact your"
        " administrator to assign access to this application."
    ),
    error_at_authorize="interaction_required",
    wording=REPORTED,
)
BLOCKED_BY_CONDITIONAL_ACCESS = LoginErrorKind(
    code=53003,
    error="access_denied",
    text=(
        "Access has been blocked by Conditional Access policies. The access policy does not allow"
        " token issuance."
    ),
    wording=REPORTED,
)
CONSENT_REQUIRED = LoginErrorKind(
    code=65001,
    error="invalid_grant",
    text=(
        "The user or administrator has not consented to use the application with ID '{app_id}'"
        " named '{name}'. Send an interactive authorization request for this user and resource."
    ),
    error_at_authorize="consent_required",
    suberror="consent_required",
    wording=REPORTED,
)
ADMIN_CONSENT_REQUIRED = LoginErrorKind(
    code=90094,
    error="consent_required",
    text=(
        "Need admin approval: {name} ('{app_id}') needs permission to access resources in your"
        " organization that only an admin can grant. Please ask an admin to grant permission to"
        " this app before you can use it."
    ),
)
SIGNING_KEY_REQUIRED = LoginErrorKind(
    code=50146,
    error="invalid_request",
    text=(
        "This application is required to be configured with an application-specific signing key."
        " It is either not configured with one, or the key has expired or is not yet valid. Please"
        " contact the application's administrator."
    ),
    wording=REPORTED,
)
MAPPED_CLAIMS_AUDIENCE = LoginErrorKind(
    code=501461,
    error="invalid_request",
    text=(
        "AcceptMappedClaims is only supported for a token audience matching the application GUID"
        " or an audience within the tenant's verified domains. Either change the resource"
        " identifier, or use an application-specific signing key."
    ),
    wording=REPORTED,
)
