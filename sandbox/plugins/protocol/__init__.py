"""What the three stand-ins share: Pulumi's provider protocol without any cloud in it.

`pulumi.provider.experimental` does the same for component providers, but its requests leave out
the old inputs (without which drift found by refresh never shows as a difference), it has no way to
report a half-created resource and one slow call blocks all others. So the servicer here implements
the protocol's service itself, on the SDK's generated messages.
"""
