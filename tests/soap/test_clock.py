from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from dteplanows.document import clock


@pytest.mark.parametrize(
    ("moment", "local"),
    [
        (datetime(2026, 1, 1, 2, 59, 59, 999_999, UTC), datetime(2025, 12, 31, 23, 59, 59)),
        (datetime(2026, 7, 1, 3, 59, 59, 1, UTC), datetime(2026, 6, 30, 23, 59, 59)),
    ],
)
def test_now_is_chilean_local_time(monkeypatch: pytest.MonkeyPatch, moment: datetime, local: datetime) -> None:
    class Frozen(datetime):
        @classmethod
        def now(cls, tz=None):  # type: ignore[no-untyped-def]
            return moment.astimezone(tz)

    monkeypatch.setattr(clock, "datetime", Frozen)

    assert clock.now() == local
    assert clock.now().tzinfo is None
    assert clock.today() == local.date()


def test_now_is_now() -> None:
    offset = datetime.now(UTC).replace(tzinfo=None) - clock.now()

    assert timedelta(hours=3) <= offset < timedelta(hours=4, seconds=2)
