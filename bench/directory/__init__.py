"""The directory that all methods of a benchmark write to, as a process of its own.

It is the sandbox's stand-in for Entra with many users in it. In a process of its own it shares no
interpreter lock with what is measured, and its memory is not counted as anybody's.
"""

from bench.directory.handle import Address, Counts, Directory, DirectoryError

__all__ = ["Address", "Counts", "Directory", "DirectoryError"]
