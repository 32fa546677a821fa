"""Which shard of the user attributes a user belongs to.

The number of shards never changes, not even with the number of users: a user that moved from one
shard to another would be cleared by the one while the other writes it. Sixteen keep previews fast
for 100,000 users, and a handful of users simply fills fewer of them.
The function is part of the state's format for the same reason.
"""

from __future__ import annotations

import hashlib

SHARDS = 16


def shard_of(object_id: str) -> int:
    """Return the shard, from 0 to `SHARDS` - 1, of the user with this object id."""
    digest = hashlib.sha256(object_id.lower().encode()).digest()
    return int.from_bytes(digest[:4]) % SHARDS
