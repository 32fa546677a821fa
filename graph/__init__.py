"""Microsoft Graph by httpx, and the two dynamic resources that no Pulumi provider has.

A leaf package: it imports no cloud SDK and nothing else of this program, because Pulumi's dynamic
provider process imports it anew for every command.
Only `extension_property` and `user_attributes` know Pulumi; their module paths and the names of
their provider classes are part of the state's format and must not change.
"""
