"""What an address of the book asks for: whatever is written into it, nothing fails or is misunderstood."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dteplanows.ledger.pages import Order, Spot
from dteplanows.portal.sales import query
from dteplanows.portal.sales.query import FILTERS, neighbours, read
from tests.ledger.example import rut

TODAY = date(2026, 11, 28)


def test_nothing_said_is_the_month_of_today() -> None:
    found = read({}, TODAY, 50)
    assert (found.desde, found.hasta, found.month) == (date(2026, 11, 1), date(2026, 11, 30), "2026-11")
    assert (found.listing.order, found.listing.falling, found.turn) == (Order.DAY, True, (None, False, 50))
    assert not found.errors and not found.is_narrowed
    assert found.address() == {"mes": "2026-11"}


def test_every_field_is_understood_and_comes_back_in_the_address() -> None:
    asked = {
        "desde": "2026-01-05", "hasta": "2026-02-01", "tipo": "33", "folio": "1.204", "receptor": "77.000.222-k",
        "minimo": "1.000", "maximo": "$ 9.000", "estado": "aceptado con reparos", "usuario": "erp", "orden": "monto",
        "sentido": "sube",
    }  # fmt: skip
    good = {**asked, "receptor": rut(77000222)}
    found = read(good, TODAY, 50)
    wanted = found.listing.wanted
    assert not found.errors and found.is_narrowed and not found.month
    assert wanted == (date(2026, 1, 5), date(2026, 2, 1), 33, rut(77000222), "erp", 1204, None, "aceptado con reparos")
    assert (found.listing.least, found.listing.most, found.listing.order) == (1000, 9000, Order.AMOUNT)
    assert not found.listing.falling
    again = read(found.address(), TODAY, 50)
    assert again.listing == found.listing
    assert read(asked, TODAY, 50).errors == {"receptor": "sales.wrong_receptor"}


def test_what_is_no_rut_is_a_name() -> None:
    found = read({"receptor": " pérez "}, TODAY, 50)
    assert (found.listing.nombre, found.listing.wanted.receptor, found.errors) == ("pérez", "", {})


@pytest.mark.parametrize(
    ("field", "text"),
    [("tipo", "99"), ("tipo", "x"), ("folio", "0"), ("folio", "12a"), ("folio", "9" * 40), ("minimo", "1,5"),
     ("maximo", "-"), ("estado", "x"), ("mes", "2026-13"), ("mes", "x"), ("desde", "ayer")],
)  # fmt: skip
def test_what_is_wrong_is_told_by_field(field: str, text: str) -> None:
    found = read({field: text}, TODAY, 50)
    assert list(found.errors) == [field]
    assert found.desde == date(2026, 11, 1)


def test_a_period_that_ends_before_it_begins_is_told() -> None:
    assert read({"desde": "2026-03-01", "hasta": "2026-02-01"}, TODAY, 50).errors == {"desde": "sales.wrong_period"}
    assert read({"desde": "2026-03-01"}, TODAY, 50).hasta == TODAY


def test_a_page_is_known_by_the_place_where_it_begins() -> None:
    found = read({"orden": "monto"}, TODAY, 50)
    there = read(found.page_at(Spot(-50, 7)), TODAY, 50).turn
    assert there == (Spot(-50, 7), False, 50)
    by_day = read({}, TODAY, 50)
    assert read(by_day.page_at(Spot("2026-11-02", 9), back=True), TODAY, 50).turn == (Spot("2026-11-02", 9), True, 50)
    for wrong in ("2026-11-02.9", "x", "5", "5.x", f"{'9' * 30}.1"):
        assert read({"orden": "monto", "desde_fila": wrong}, TODAY, 50).turn.spot is None
    assert read({"desde_fila": "5.9"}, TODAY, 50).turn.spot is None


def test_months_beside_a_month() -> None:
    assert neighbours(date(2026, 1, 31)) == ("2025-12", "2026-02")


@given(st.dictionaries(st.sampled_from([*FILTERS, "mes", "desde", "hasta", "orden", "sentido", "desde_fila"]),
                       st.text(max_size=30)))  # fmt: skip
def test_any_text_is_read(given_: dict[str, str]) -> None:
    found = read(given_, TODAY, 50)
    assert found.desde <= found.hasta
    assert set(found.errors) <= {*FILTERS, "mes", "desde"}
    assert query.read(found.address(), TODAY, 50).desde == found.desde
