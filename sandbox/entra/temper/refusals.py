"""The errors of a bad day, as Graph words them where that is known.

The 429 follows https://learn.microsoft.com/graph/throttling#sample-response; the wordings of 409,
503 and 504 are those of public reports or worded here.
"""

from __future__ import annotations

from sandbox.entra.graph.errors import GraphError, denied, not_found, unauthenticated
from sandbox.entra.temper.model import Fault

_CODES = {
    400: ("Request_BadRequest", "Invalid request."),
    408: ("RequestTimeout", "The request timed out."),
    409: (
        "Directory_ConcurrencyViolation",
        "Error due to concurrent requests. Please wait briefly and retry.",
    ),
    423: ("ResourceLocked", "The resource is locked."),
    500: ("InternalServerError", "An internal server error occurred."),
    502: ("BadGateway", "The gateway received an invalid response."),
    503: ("ServiceUnavailable", "The service is temporarily unavailable. Please try again later."),
    504: ("GatewayTimeout", "The operation timed out."),
}


def throttled(retry_after_s: int | None) -> GraphError:
    """Return the 429; without seconds it has no `Retry-After`, as some services answer."""
    return GraphError(
        429,
        "TooManyRequests",
        "Please retry again later.",
        _retry_after(retry_after_s),
        {"code": "429", "message": "Please retry after", "status": "429"},
    )


def refusal(fault: Fault, path: str) -> GraphError:
    """Return what a scripted fault answers."""
    status = fault.status or 500
    error = _by_status(status, path, fault.retry_after_s)
    return GraphError(
        status,
        fault.code or error.code,
        fault.message or error.message,
        {**error.headers, **_retry_after(fault.retry_after_s)},
        error.inner,
    )


def _by_status(status: int, path: str, retry_after_s: int | None) -> GraphError:
    match status:
        case 401:
            return unauthenticated("Lifetime validation failed, the token is expired.")
        case 403:
            return denied()
        case 404:
            return not_found(path.rpartition("/")[2])
        case 429:
            return throttled(retry_after_s)
    code, message = _CODES.get(status, ("UnknownError", ""))
    return GraphError(status, code, message)


def _retry_after(seconds: int | None) -> dict[str, str]:
    return {} if seconds is None else {"Retry-After": str(seconds)}
