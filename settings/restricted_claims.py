"""Names that no claims mapping policy can give to a claim: Entra keeps them for itself.

https://learn.microsoft.com/entra/identity-platform/reference-claims-customization#claim-sets
"""

from __future__ import annotations

_NAMES = frozenset(
    {
        *("_claim_names", "_claim_sources", "access_token", "account_type", "acct", "acr", "acrs"),
        *("actor", "aio", "altsecid", "amr", "app_displayname", "appctx", "appid", "appidacr"),
        *("at_hash", "aud", "auth_time", "azp", "azpacr", "c_hash", "cid", "client_id"),
        *("cloud_instance_name", "cnf", "code", "controls", "credential_keys", "csr", "deviceid"),
        *("domain_dns_name", "e_exp", "email", "endpoint", "enfpolids", "exp", "expires_on"),
        *("fido_auth_data", "fwd", "grant_type", "graph", "group_sids", "groups", "hasgroups"),
        *("haswids", "iat", "identityprovider", "idp", "idtyp", "in_corp", "ipaddr", "iss"),
        *("isviral", "jwk", "key_id", "key_type", "login_hint", "mam_compliance_url"),
        *("mam_enrollment_url", "mdm_compliance_url", "nbf", "netbios_name", "nickname", "nonce"),
        *("oid", "on_prem_id", "onprem_sid", "openid2_id", "origin_header", "password", "platf"),
        *("polids", "pop_jwk", "preferred_username", "primary_sid", "prov_data", "puid", "pwd_exp"),
        *("pwd_url", "rdp_bt", "redirect_uri", "refresh_token", "refreshtoken", "request_nonce"),
        *("resource", "rh", "role", "roles", "rp_id", "scope", "scp", "secaud", "sid", "signature"),
        *("signin_state", "src1", "src2", "sub", "target_deviceid", "tbid", "tbidv2"),
        *("tenant_ctry", "tenant_display_name", "tenant_region_scope", "tenant_region_sub_scope"),
        *("thumbnail_photo", "tid", "tokenautologonenabled", "trustedfordelegation", "ttr"),
        *("unique_name", "upn", "user_agent", "user_setting_sync_url", "username", "uti", "ver"),
        *("verified_primary_email", "verified_secondary_email", "vnet", "vsm_binding_key"),
        *("wamcompat_client_info", "wamcompat_id_token", "wamcompat_scopes", "wids", "win_ver"),
        *("x5c_ca",),
    }
)  # fmt: skip
_PREFIXES = ("extn.", "xms_")


def is_restricted(name: str) -> bool:
    """Tell whether a claim cannot have this name; case does not count."""
    folded = name.casefold()
    return folded in _NAMES or folded.startswith(_PREFIXES)
