"""Errors of a sign-in: of the request, of the application, of the person.

https://learn.microsoft.com/entra/identity-platform/reference-error-codes
"""

from __future__ import annotations

from sandbox.entra.login.errors import REPORTED, LoginErrorKind

TENANT_NOT_FOUND = LoginErrorKind(
    code=90002,
    error="invalid_request",
    text=(
        "Tenant '{tenant}' not found. Check to make sure you have the correct tenant ID and are"
        " signing into the correct cloud. Check with your subscription administrator, this may"
        " happen if there are no active subscriptions for the tenant."
    ),
    wording=REPORTED,
)
SINGLE_TENANT_ON_COMMON = LoginErrorKind(
    code=50194,
    error="invalid_request",
    text=(
        "Application '{app_id}'({name}) is not configured as a multi-tenant application. Usage of"
        " the /common endpoint is not supported for such apps created after '10/15/2018'. Use a"
        " tenant-specific endpoint or configure the application to be multi-tenant."
    ),
    wording=REPORTED,
)
CONSUMERS_ONLY = LoginErrorKind(
    code=9002346,
    error="invalid_request",
    text=(
        "Application is configured for use by Azure Active Directory users only. Please do not use"
        " the /consumers endpoint to serve this request."
    ),
    wording=REPORTED,
)
INSTANCE_UNKNOWN = LoginErrorKind(
    code=50049,
    error="invalid_instance",
    text="Unknown or invalid instance.",
    wording=REPORTED,
)
PARAMETER_MISSING = LoginErrorKind(
    code=900144,
    error="invalid_request",
    text="The request body must contain the following parameter: '{parameter}'.",
    wording=REPORTED,
)
APPLICATION_NOT_FOUND = LoginErrorKind(
    code=700016,
    error="unauthorized_client",
    text=(
        "Application with identifier '{app_id}' was not found in the directory '{tenant}'. This can"
        " happen if the application has not been installed by the administrator of the tenant or"
        " consented to by any user in the tenant. You may have sent your authentication request to"
        " the wrong tenant."
    ),
    wording=REPORTED,
)
NO_SERVICE_PRINCIPAL = LoginErrorKind(
    code=7000229,
    error="unauthorized_client",
    text="The client application {app_id} is missing service principal in the tenant {tenant}.",
    status=401,
    wording=REPORTED,
)
REDIRECT_MISMATCH = LoginErrorKind(
    code=50011,
    error="invalid_request",
    text=(
        "The redirect URI '{redirect_uri}' specified in the request does not match the redirect"
        " URIs configured for the application '{app_id}'. Make sure the redirect URI sent in the"
        " request matches one added to your application in the Azure portal. Navigate to"
        " https://aka.ms/redirectUriMismatchError to learn more about how to troubleshoot this"
        " error."
    ),
    wording=REPORTED,
)
REDIRECT_CHANGED = LoginErrorKind(
    code=500112,
    error="invalid_grant",
    text=(
        "The reply address '{redirect_uri}' does not match the reply address '{original}' provided"
        " when requesting Authorization code."
    ),
    wording=REPORTED,
)
RESPONSE_TYPE_UNSUPPORTED = LoginErrorKind(
    code=700054,
    error="unsupported_response_type",
    text="response_type '{response_type}' is not enabled for the application.",
    wording=REPORTED,
)
RESPONSE_TYPE_UNKNOWN = LoginErrorKind(
    code=70005,
    error="unsupported_response_type",
    text="The app requested an unsupported response type '{response_type}'.",
)
RESPONSE_MODE_UNSUPPORTED = LoginErrorKind(
    code=70007,
    error="invalid_request",
    text="'{response_mode}' is not a supported value of 'response_mode' when requesting a token.",
    wording=REPORTED,
)
TOKEN_NOT_ENABLED = LoginErrorKind(
    code=700051,
    error="unsupported_response_type",
    text="response_type 'token' is not enabled for the application.",
    wording=REPORTED,
)
PROMPT_UNSUPPORTED = LoginErrorKind(
    code=90023, error="invalid_request", text="Unsupported 'prompt' value."
)
CHALLENGE_METHOD_UNSUPPORTED = LoginErrorKind(
    code=501491,
    error="invalid_request",
    text="The code_challenge_method '{method}' is not supported; use S256 or plain.",
)
CHALLENGE_MALFORMED = LoginErrorKind(
    code=50147,
    error="invalid_request",
    text="The size of the code challenge parameter isn't valid.",
)
PKCE_REQUIRED_FOR_SPA = LoginErrorKind(
    code=9002325,
    error="invalid_request",
    text=(
        "Proof Key for Code Exchange is required for cross-origin authorization code redemption."
    ),
    wording=REPORTED,
)
SCOPE_INVALID = LoginErrorKind(
    code=70011,
    error="invalid_scope",
    text=(
        "The provided request must include a 'scope' input parameter. The provided value for the"
        " input parameter 'scope' is not valid. The scope '{scope}' is not valid."
    ),
    wording=REPORTED,
)
DEFAULT_WITH_OTHERS = LoginErrorKind(
    code=70011,
    error="invalid_scope",
    text=(
        "The provided value for the input parameter 'scope' is not valid. The scope '{scope}' is"
        " not valid. .default scope can't be combined with resource-specific scopes."
    ),
    wording=REPORTED,
)
SEVERAL_RESOURCES = LoginErrorKind(
    code=28000,
    error="invalid_scope",
    text=(
        "Provided value for the input parameter scope is not valid because it contains more than"
        " one resource. Scope {scope} is not valid."
    ),
    wording=REPORTED,
)
CLIENT_CREDENTIALS_SCOPE_INVALID = LoginErrorKind(
    code=1002012,
    error="invalid_scope",
    text=(
        "The provided value for scope {scope} is not valid. Client credential flows must have a"
        " scope value with /.default suffixed to the resource identifier (application ID URI)."
    ),
    wording=REPORTED,
)
RESOURCE_ON_V2 = LoginErrorKind(
    code=901002,
    error="invalid_request",
    text="The 'resource' request parameter is not supported.",
    wording=REPORTED,
)
RESOURCE_NOT_FOUND = LoginErrorKind(
    code=500011,
    error="invalid_resource",
    text=(
        "The resource principal named {resource} was not found in the tenant named {tenant}. This"
        " can happen if the application has not been installed by the administrator of the tenant"
        " or consented to by any user in the tenant."
    ),
    wording=REPORTED,
)
USER_NOT_FOUND = LoginErrorKind(
    code=50034,
    error="invalid_grant",
    text=(
        "The user account {login} does not exist in the {tenant} directory. To sign into this"
        " application, the account must be added to the directory."
    ),
    wording=REPORTED,
)
USER_DISABLED = LoginErrorKind(
    code=50057, error="invalid_grant", text="The user account is disabled.", wording=REPORTED
)
WRONG_PASSWORD = LoginErrorKind(
    code=50126,
    error="invalid_grant",
    text="Error validating credentials due to invalid username or password.",
    wording=REPORTED,
)
SIGN_IN_PAGE_EXPIRED = LoginErrorKind(
    code=165000,
    error="invalid_request",
    text="Invalid Request: the sign-in page was used already or is too old. Start again.",
)
LOGIN_REQUIRED = LoginErrorKind(
    code=50058,
    error="login_required",
    text="A silent sign-in request was sent but no user is signed in.",
    wording=REPORTED,
)
