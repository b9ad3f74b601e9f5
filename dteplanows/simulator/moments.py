"""Time: seconds since 1970 as this SII sees them, and Chile's wall clock.

The clock can be set wrong on purpose (control address, ``reloj``): what a client whose own clock is wrong sees.
"""

from __future__ import annotations

import time
from datetime import datetime
from zoneinfo import ZoneInfo

_CHILE = ZoneInfo("America/Santiago")


class Clock:
    """The SII's clock."""

    def __init__(self) -> None:
        self.ahead = 0.0
        """Seconds that it runs ahead of the machine's."""

    def now(self) -> float:
        """Seconds since 1970."""
        return time.time() + self.ahead

    def wall(self) -> datetime:
        """Chile's date and time, without zone."""
        return in_chile(self.now())


def in_chile(moment: float) -> datetime:
    """Chile's date and time, without zone, at *moment* (seconds since 1970)."""
    return datetime.fromtimestamp(moment, _CHILE).replace(tzinfo=None, microsecond=0)
