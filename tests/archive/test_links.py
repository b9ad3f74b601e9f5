"""Addresses of documents that end, beside those that never do."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from dteplanows.archive.links import Copy, Links, Lives
from dteplanows.document import clock

KEY = b"k" * 32
COPY = Copy(7, cedible=True)


def query(path: str) -> str:
    return path.partition("?")[2]


def on(monkeypatch: pytest.MonkeyPatch, day: date) -> None:
    monkeypatch.setattr(clock, "today", lambda: day)


def test_an_address_ends_after_its_days_and_the_older_ones_count_from_the_issue(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    issued = date(2026, 3, 1)
    on(monkeypatch, issued)
    forever, ending = Links(KEY), Links(KEY, lives=Lives(30, lambda _: issued))
    old, printed = query(forever.path(COPY, "pruebas")), query(ending.printed_page(COPY, "pruebas"))
    assert old == printed, "what is printed does not change with the day"
    on(monkeypatch, issued + timedelta(20))
    new = query(ending.path(COPY, "pruebas"))
    assert new.endswith("&v=2026-04-20")
    both, newer, neither = (True, True), (False, True), (False, False)
    for day, opens in ((20, both), (30, both), (31, newer), (50, newer), (51, neither)):
        on(monkeypatch, issued + timedelta(day))
        assert tuple(ending.copy_of(one) is not None for one in (old, new)) == opens, day
        assert [ending.refusal_of(one) for one in (old, new)] == [None if one else "vencido" for one in opens]
        assert forever.copy_of(old) == COPY, "without days none of the older ones ends"
    assert forever.copy_of(new) is None, "one that says its last day ends on it"


@pytest.mark.parametrize("change", [("v=2026-04-20", "v=2036-04-20"), ("&v=2026-04-20", ""), ("v=", "w="),
                                    ("v=2026-04-20", "v="), ("v=2026-04-20", "v=x"), ("i=7", "i=8"),
                                    ("c=true", "c=false"), ("&v=", "&v=2026-04-20&v=")])  # fmt: skip
def test_nobody_makes_one_last_longer(monkeypatch: pytest.MonkeyPatch, change: tuple[str, str]) -> None:
    on(monkeypatch, date(2026, 3, 21))
    links = Links(KEY, lives=Lives(30))
    made = query(links.path(COPY, "pruebas"))
    assert links.copy_of(made) == COPY
    changed = made.replace(*change)
    assert changed != made
    assert (links.copy_of(changed), links.refusal_of(changed)) == (None, None)


def test_those_that_were_withdrawn_are_known(monkeypatch: pytest.MonkeyPatch) -> None:
    on(monkeypatch, date(2026, 3, 21))
    times = [0]
    links = Links(KEY, lambda *_: times[0], Lives(30))
    made = query(links.xml(COPY, "produccion"))
    times[0] = 2
    assert (links.copy_of(made), links.refusal_of(made)) == (None, "retirado")
    assert links.copy_of(query(links.path(COPY, "produccion"))) == COPY
