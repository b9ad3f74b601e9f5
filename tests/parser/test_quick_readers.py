"""What the quick readers read is what the slow ones would: they only decide sooner."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dteplanows.document import values
from dteplanows.document.elements import ROOTS, Element, branch
from dteplanows.document.text import foreign, printable_in_dte
from dteplanows.parser.values.quick import plain

ELEMENTS = {
    (one.kind, one.fraction, one.digits): one for name in ROOTS for one in branch(name).walk() if one.kind != "group"
}
DIGITS = st.text("0123456789", min_size=1, max_size=22)
NUMBERS = st.one_of(DIGITS, st.from_regex(r"[+-]?\d{0,20}[.,]\d{0,8}", fullmatch=True))
DATES = st.from_regex(r"(19|20)\d\d-[01]\d-[0-3]\d", fullmatch=True)
RUTS = st.from_regex(r"0?\d{1,2}\.?\d{3}\.?\d{3}-[0-9kK]", fullmatch=True)
TEXTS = st.text(st.sampled_from("aé ñÑ&<>;/\x85\xa0\xad'\"1-–“�ő\t"), min_size=1, max_size=20)
"""Anything that a field may hold."""


@pytest.mark.parametrize(("kind", "text"), [
    ("text", "Caño"), ("positive", "12"), ("natural", "0"), ("integer", "3"), ("decimal", "12.5"),
    ("date", "2026-11-24"), ("rut", "76877340-8"),
])  # fmt: skip
def test_common_texts_are_read_quickly(kind: str, text: str) -> None:
    assert [plain(one)(text) for one in ELEMENTS.values() if one.kind == kind and plain(one)(text) is not None]


@pytest.mark.parametrize("element", ELEMENTS.values(), ids=lambda one: f"{one.kind} {one.fraction} {one.digits}")
@given(text=st.one_of(NUMBERS, DATES, RUTS, TEXTS))
@settings(max_examples=150, deadline=None)
def test_a_quick_reader_reads_what_the_slow_one_does(element: Element, text: str) -> None:
    text = text.strip()
    value = plain(element)(text) if text else None
    if value is None:
        return
    if element.kind == "text":
        assert (printable_in_dte(text).strip(), foreign(text)) == (text, "")
    assert values.read(element, text) == value
