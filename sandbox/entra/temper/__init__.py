"""The directory's temper: what Microsoft Graph does to honest clients on a bad day.

`Temper` is data: it stands under `temper:` in a scenario file and can be switched while the
stand-in runs (`entra.temper = Temper(...)`). `TemperState` is what one temper remembers.
Every behaviour is off unless it is asked for, and every decision follows from the seed.
"""

from sandbox.entra.temper.model import (
    WRITES,
    Connections,
    Fault,
    Replication,
    SlowAnswers,
    Temper,
    Throttling,
    Unavailable,
)
from sandbox.entra.temper.state import ConnectionLost, Reception, TemperState

__all__ = [
    "WRITES",
    "ConnectionLost",
    "Connections",
    "Fault",
    "Reception",
    "Replication",
    "SlowAnswers",
    "Temper",
    "TemperState",
    "Throttling",
    "Unavailable",
]
