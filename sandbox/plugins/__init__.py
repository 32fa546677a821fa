"""Stand-ins for the azuread, aws and kubernetes provider plugins, started by the real engine.

They make the HTTP calls the official plugins make and take the same decisions (what is an update,
what a replacement), so that the emulators see one protocol. They live in the sandbox only: none of
them can reach a cloud that it is not told the address of.
"""
