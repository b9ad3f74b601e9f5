"""Days in Chile of moments in UTC."""

from __future__ import annotations

from datetime import UTC, datetime

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
