"""Where a text names an order of the command line, a page names its button."""

from __future__ import annotations

import doctest

import click
import pytest
from flask import Flask, g

from dteplanows.cli import main
from dteplanows.document.catalogue import RULES
from dteplanows.ledger.rows import Rol
from dteplanows.portal import orders
from dteplanows.portal.navigation import GROUPS, sees
from dteplanows.portal.orders import ORDERS, on_page
from dteplanows.portal.sessions import Person
from dteplanows.portal.texts import TEXTS
from tests.installation import COMPANY


def command(words: str) -> click.Command | None:
    found: click.Command | None = main
    for one in words.split():
        found = found.get_command(click.Context(found), one) if isinstance(found, click.Group) else None
    return found


def test_the_table_names_orders_and_texts_that_there_are() -> None:
    assert [one for one in ORDERS if command(one) is None] == []
    assert {key for one in ORDERS.values() for key in one.values()} <= set(TEXTS)
    assert {one["page"] for one in ORDERS.values()} <= {name for _, pages in GROUPS for _, name in pages}
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


def test_whoever_has_no_such_page_learns_who_gives_the_order() -> None:
    said = "Haga uno con «dteplanows respaldo», y vea «envios ver 12»."
    assert on_page(said, lambda page: page != "menu.backups") == (
        "Haga uno con «dteplanows respaldo», que da quien administra el servicio, y vea la página Envíos."
    )


@pytest.mark.parametrize(("rol", "users", "backups"), [
    ("contador", False, False), ("administrador", True, False), ("operador", True, True),
])  # fmt: skip
def test_a_person_sees_what_its_role_opens(rol: Rol, users: bool, backups: bool) -> None:
    key = (COMPANY.ambiente, COMPANY.rut)
    person = Person("ana", "x", {key: rol}, (COMPANY,))
    with Flask(__name__).app_context():
        for g.company in (COMPANY, None):
            g.person = person
            assert (sees("people.page"), sees("menu.backups")) == (users, backups)
        g.person = None
        assert sees("menu.backups")


def test_what_the_catalogue_says_is_one_text_for_both() -> None:
    remedy = RULES["CRT-020"].remedy
    assert "«certificado cargar»" in remedy
    assert on_page(remedy) == "Cargue el certificado con «Cargar el certificado» de la página Certificados."
