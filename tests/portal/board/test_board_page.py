from __future__ import annotations

import pytest

from dteplanows.ledger.rows import Rol
from tests.installation import COMPANY
from tests.portal.board.test_view_model import sample
from tests.portal.pages import Site


def test_the_page_shows_the_numbers(site: Site) -> None:
    site.installation.issue(sample("factura33.txt"), "1")
    page = site.inside("contador").get(f"{site.home}/tablero")

    assert page.status_code == 200
    for text in ("$151.487", "$127.300", "33 Factura Electrónica", "pendiente", "Eulalia Prueba Ñancupil", "76.354."):
        assert text in page.text, text


def test_a_company_that_has_nothing_says_what_to_do(site: Site) -> None:
    page = site.inside("operador").get("/pruebas/96790240-3/tablero").text

    assert "Este mes no se ha emitido nada" in page
    assert "No hay folios" in page


@pytest.mark.parametrize(("rol", "is_alone", "told"), [
    ("operador", False, True), ("administrador", False, False), ("administrador", True, True),
    ("contador", True, False),
])  # fmt: skip
def test_the_machine_is_shown_to_who_has_all_of_it(site: Site, rol: Rol, is_alone: bool, told: bool) -> None:
    """What disturbs one of many customers is nothing of the machine that they share."""
    if is_alone:
        site.installation.ledger.connection.execute("DELETE FROM empresa WHERE rut <> ?", (COMPANY.rut,))
    page = site.inside(rol).get(f"{site.home}/tablero").text

    assert ("Nunca se ha hecho un respaldo" in page) is told
