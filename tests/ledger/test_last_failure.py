"""What the last call showed of the disk: until something is stored, and for a minute at most."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from dteplanows.ledger import last_failure
from dteplanows.ledger.store import Ledger


@pytest.fixture(autouse=True)
def forgotten() -> Iterator[None]:
    yield
    last_failure.forget()


@pytest.mark.parametrize(("code", "known"), [("BAS-003", "BAS-003"), ("BAS-004", "BAS-004"), ("SRV-003", "")])
def test_until_something_is_stored(ledger: Ledger, code: str, known: str) -> None:
    last_failure.note(code)
    assert last_failure.code() == known
    assert ledger.settings.get("ninguno") == ""
    assert last_failure.code() == known  # a full disk can be read
    ledger.settings.save("prueba", "1")
    assert last_failure.code() == ""


def test_a_minute_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever sends calls elsewhere while it lasts sends one here then, which shows how it is."""
    last_failure.note("BAS-005")
    now = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now + 59)
    assert last_failure.code() == "BAS-005"
    monkeypatch.setattr(time, "monotonic", lambda: now + 61)
    assert last_failure.code() == ""
