"""Where a text names an order of the command line, a page names its button."""

from __future__ import annotations

import doctest

import click
import pytest

from dteplanows.cli import main
from dteplanows.document.catalogue import RULES
from dteplanows.portal import orders
from dteplanows.portal.orders import ORDERS, on_page
from dteplanows.portal.texts import TEXTS


def command(words: str) -> click.Command | None:
    found: click.Command | None = main
    for one in words.split():
        found = found.get_command(click.Context(found), one) if isinstance(found, click.Group) else None
    return found


def test_the_table_names_orders_and_texts_that_there_are() -> None:
    assert [one for one in ORDERS if command(one) is None] == []
    assert {key for one in ORDERS.values() for key in one.values()} <= set(TEXTS)
    done = doctest.testmod(orders)
    assert (done.attempted > 1, done.failed) == (True, 0)


@pytest.mark.parametrize(("said", "shown"), [
    ("Cargue el certificado con la orden «certificado cargar».",
     "Cargue el certificado con «Cargar el certificado» de la página Certificados."),
    ("regístrelo con «caf anular» y --otro-sistema.", "regístrelo con «Anular folios» de la página Folios."),
    ("«dteplanows envios rehacer 12»; vea «envios ver 12»",
     "«Formar de nuevo» de la página Envíos; vea la página Envíos"),
    ("Búsquelo con «dteplanows folio liberar 33 1-50 --motivo TEXTO».", "Búsquelo con «Decidir» de la página Folios."),
    ("«dteplanows usuario» y la orden «worker»", "«dteplanows usuario» y la orden «worker»"),
    ("el documento está «enviado»", "el documento está «enviado»"),
])  # fmt: skip
def test_an_order_that_has_a_page_is_not_named_there(said: str, shown: str) -> None:
    assert on_page(said) == shown


def test_what_the_catalogue_says_is_one_text_for_both() -> None:
    remedy = RULES["CRT-020"].remedy
    assert "«certificado cargar»" in remedy
    assert on_page(remedy) == "Cargue el certificado con «Cargar el certificado» de la página Certificados."
