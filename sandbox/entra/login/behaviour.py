"""What a tenant's administrators have decided about signing in, and what v1 does on a bad day.

A scenario may have it under `login:`; every field is off unless it is asked for.
"""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class LoginBehaviour(BaseModel):
    """Switches of the login service; `entra.login_behaviour` may be replaced while it runs."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    user_consent: bool = False
    """Whether people may consent for themselves to permissions that need no administrator.

    https://learn.microsoft.com/entra/identity/enterprise-apps/configure-user-consent
    """
    sign_in_without_password: bool = False
    """Whether picking somebody on the sign-in page is enough. The page then says so."""
    unsigned_v1_refresh: bool = False
    """Whether the ID tokens of v1's refresh are unsigned (`alg: none`) when `openid` is in scope.

    https://github.com/coreos/go-oidc/issues/133
    """
    blocked_by_conditional_access: tuple[str, ...] = Field(default=(), strict=False)
    """User principal names that a Conditional Access policy keeps out."""

    def blocks(self, user_principal_name: str) -> bool:
        """Tell whether Conditional Access keeps this person out."""
        wanted = user_principal_name.casefold()
        return any(name.casefold() == wanted for name in self.blocked_by_conditional_access)
