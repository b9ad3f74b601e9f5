"""Days in Chile of moments in UTC."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest

from dteplanows.document import clock


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2026, 12, 20, 1, 20), "19-12-2026"),  # summer: three hours behind
        (datetime(2026, 12, 20, 3, 0), "20-12-2026"),
        (datetime(2026, 6, 20, 3, 59, tzinfo=UTC), "19-06-2026"),  # winter: four
        (datetime(2026, 6, 20, 4, 0, tzinfo=UTC), "20-06-2026"),
    ],
)
def test_a_certificate_ends_on_the_day_of_chile(moment: datetime, day: str) -> None:
    assert clock.day(moment) == day


@pytest.mark.parametrize("zone", ["UTC", "America/Santiago", "Asia/Tokyo"])
def test_a_mail_has_the_moment_whatever_the_zone_of_the_machine(zone: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", zone)
    if hasattr(time, "tzset"):
        time.tzset()
    try:
        found = parsedate_to_datetime(clock.mail_date())
    finally:
        monkeypatch.undo()
        if hasattr(time, "tzset"):
            time.tzset()
    assert abs((found - datetime.now(UTC)).total_seconds()) < 60
    assert found.utcoffset() in (timedelta(hours=-3), timedelta(hours=-4))


def test_no_moment_of_chile_is_taken_for_one_of_the_machine() -> None:
    """The local moments here have no zone, and ``astimezone()`` would give them that of the machine."""
    sources = Path(clock.__file__).parent.parent.rglob("*.py")
    assert [one.name for one in sources if ".astimezone()" in one.read_text("utf-8")] == []
