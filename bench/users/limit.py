"""How fast it could be at best, whatever the method: the directory's own speed limit.

The quota is a bucket: a full one lets a burst through, and from then on writes come as fast as it
fills. https://learn.microsoft.com/graph/throttling-limits (identity and access; "token bucket")
"""

from __future__ import annotations

import math

WRITES = 3000
"""A full bucket, per application and tenant."""
WINDOW_S = 150.0
"""In which an empty bucket fills again, evenly."""
PAGE = 999
"""The largest page of users: https://learn.microsoft.com/graph/api/user-list"""


def limit_s(*, users: int, writes: int, latency_s: float) -> float:
    """Return the seconds that no method can go below.

    All users are read in full pages, one after the other, because each page has the next one's
    link. Then `writes` of them are written at once as far as the quota lets them.
    """
    pages = math.ceil(users / PAGE)
    beyond_burst = max(0, writes - WRITES)
    return pages * latency_s + bool(writes) * latency_s + beyond_burst * WINDOW_S / WRITES
