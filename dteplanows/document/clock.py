"""The time in Chile, which is the time of a DTE: ``FchEmis``, ``TSTED``, ``TmstFirma`` and the answers use it.

The zone's rules come from the system or from the package ``tzdata``; Chile's summer time has changed by decree, so
neither an offset nor the machine's own zone would do.
"""

from __future__ import annotations

import time
from datetime import UTC, date, datetime
from email.utils import format_datetime
from zoneinfo import ZoneInfo

SANTIAGO = ZoneInfo("America/Santiago")
"""Continental Chile: the zone of the SII's own clocks."""


def now() -> datetime:
    """Local moment in Chile, without zone, whole seconds."""
    return datetime.now(SANTIAGO).replace(tzinfo=None, microsecond=0)


def day_of(moment: datetime) -> date:
    """Local day in Chile of a moment in UTC; the moment may leave its zone out."""
    return moment.replace(tzinfo=UTC).astimezone(SANTIAGO).date()


def day(moment: datetime) -> str:
    """The same as people write it: DD-MM-AAAA."""
    return f"{day_of(moment):%d-%m-%Y}"


def mail_date() -> str:
    """This moment as the header ``Date`` of a mail has it (RFC 5322, 3.3): with Chile's offset, not the machine's."""
    return format_datetime(datetime.now(SANTIAGO).replace(microsecond=0))


def instant() -> float:
    """This moment in seconds of Unix time, which goes on through the ends of summer time."""
    return time.time()


def today() -> date:
    """Local day in Chile."""
    return now().date()
