"""What stands on a page whose design leaves little room: nothing is lost, and nothing stands over another thing."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from dteplanows.document.elements import EXPORTS
from dteplanows.printing import closing, letter, table_rows
from dteplanows.printing.design import Design, read, ready_design, trial
from dteplanows.printing.fields import entries
from dteplanows.printing.page import Code, Page, Stamp, Text
from dteplanows.printing.sheet import sheet_of
from dteplanows.printing.stored import Part, Stored
from dteplanows.printing.stored import read as read_stored
from dteplanows.printing.ticket import head
from tests.printing.papers import PRODUCTION, full, squeezed
from tests.printing.test_designs import ISSUER, LOGO, pages_of, words_of
from tests.printing.test_letter import around, assert_tidy

LARGE = Design(papel_tamano="media-carta", letra_tamano=10, letra_interlineado=1.6, letra_ancho="normal",
               recuadro_letra=14, pie_textos=("Gracias",) * 3)  # fmt: skip
EVERYWHERE = replace(LARGE, totales_en="todas", timbre_en="todas")


def part(**values: str) -> Part:
    made = Part()
    made.values = {name: [value] for name, value in values.items()}
    return made


def texts_of(pages: list[Page]) -> list[str]:
    return [mark.text for page in pages for mark in page.marks if isinstance(mark, Text)]


def paper(stored: Stored, design: Design) -> list[Page]:
    return letter.layout(stored, replace(PRODUCTION, diseno=design, logo=LOGO), stored.has_cedible)


# --- columns --------------------------------------------------------------------------------------------------------


def test_a_long_title_takes_lines_and_no_width() -> None:
    design = read(
        '[detalle]\nanchos_mm = { precio = 16, cantidad = 12 }\n'
        'titulos = { precio = "Precio unitario neto", cantidad = "Unidades por caja" }\n'
    )
    pages = pages_of(design, 33)
    assert_tidy(pages)
    found = texts_of(pages)
    assert not {"Precio unitario neto", "Unidades por caja"} & set(found)
    assert squeezed("Precio unitario neto") in words_of(pages[0])
    titles = [mark for mark in pages[0].marks if isinstance(mark, Text) and mark.text in ("unitario", "Unidades")]
    assert all(around(mark)[2] - around(mark)[0] <= 16 * 72 / 25.4 for mark in titles)


def test_numbers_in_a_narrow_column_stay_large_enough_to_read() -> None:
    pages = pages_of(read("[detalle]\nanchos_mm = { precio = 8, monto = 8 }\n"), 110, 30)
    assert_tidy(pages)
    assert min(mark.size for page in pages for mark in page.marks if isinstance(mark, Text)) >= 5.5


def test_a_label_in_two_languages_is_parted_at_its_stroke() -> None:
    assert "/" not in texts_of(pages_of(ready_design("servicios"), 110))


def test_a_row_that_is_split_counts_where_its_amount_stands() -> None:
    stored = trial.document(ISSUER, 33, 3)
    lines = stored.root.parts["Detalle"]
    lines[1].values["DscItem"] = ["palabra " * 3000]
    found = texts_of(paper(stored, Design()))
    amounts = [int(one.text("MontoItem")) for one in lines]
    said = [found[at - 1].replace(".", "") for at, text in enumerate(found) if text == "Suma y sigue"]
    assert said
    assert set(said) == {str(amounts[0] + amounts[1])}


# --- head -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("design", [LARGE, EVERYWHERE, Design(papel_tamano="media-carta")])
def test_all_that_a_company_says_of_itself_is_printed(design: Design) -> None:
    texts = tuple(f"Sucursal {number}: " + "calle larga " * 8 for number in range(8))
    told = replace(design, emisor_sucursales=texts, emisor_textos=("Desde 1974",) * 4)
    pages = pages_of(told, 33)
    assert_tidy(pages)
    found = squeezed("".join(texts_of(pages)))
    assert all(squeezed(text) in found for text in texts)
    assert found.count("Desde1974") == 4


# --- foot -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("design", [LARGE, Design(papel_tamano="media-carta"), EVERYWHERE])
@pytest.mark.parametrize("tipo", [33, 43, 46, 52])
def test_more_totals_than_a_page_holds(tipo: int, design: Design) -> None:
    stored = read_stored(full(tipo))
    pages = paper(stored, design)
    assert_tidy(pages)
    found = squeezed("".join(texts_of(pages)))
    for total in entries("totales", stored):
        assert squeezed(total.label) in found, total
        assert squeezed(total.text) in found, total
    assert [any(isinstance(mark, Stamp) for mark in page.marks) for page in pages].count(True) == 1


@pytest.mark.parametrize("tipo", [33, 43, 61])
def test_totals_on_all_pages_leave_room_for_the_lines(tipo: int) -> None:
    assert len(pages_of(EVERYWHERE, tipo, 12)) < 10
    pages = pages_of(replace(EVERYWHERE, papel_tamano="carta"), tipo, 30)
    assert all(any(isinstance(mark, Stamp) for mark in page.marks) for page in pages)


@pytest.mark.parametrize("base", [Design(), EVERYWHERE])
def test_the_payment_s_code_stands_above_the_foot(base: Design) -> None:
    design = replace(
        base, letra_tamano=10, pago_numero_de_cuenta="0" * 40, pago_banco="Banco", pago_titular="Ñandú y más " * 8,
        pago_correo="a@empresa.example", pago_tipo_de_cuenta="Corriente", pago_rut="76.354.771-K",
        pago_texto="Avise su pago por correo. " * 7, pago_qr=True,
    )  # fmt: skip
    bottom = sheet_of(design).bottom
    for lines in range(1, 40, 2):
        pages = pages_of(design, 33, lines)
        assert_tidy(pages)
        ((page, code),) = [(page, mark) for page in pages for mark in page.marks if isinstance(mark, Code)]
        stamps = [mark for mark in page.marks if isinstance(mark, Stamp)]
        assert code.y + code.side <= min([bottom, *(stamp.y for stamp in stamps)])


# --- amounts of exports ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("tipo", sorted(EXPORTS))
def test_every_amount_of_an_export_has_its_decimals(tipo: int) -> None:
    stored = trial.document(ISSUER, tipo, 1)
    assert closing.change_value(stored, part(ValorDR="1500", TpoValor="$")) == "1.500,00"
    assert closing.change_value(stored, part(ValorDR="15", TpoValor="%")) == "15%"
    assert table_rows.commission(stored, part(ValComNeto="10", TasaComision="5"))[2:4] == ["5%", "10,00"]
    pagos = stored.root.parts["Encabezado"][0].parts["IdDoc"][0].parts
    pagos["MntPagos"] = [part(FchPago="2026-03-04", MntPago="700")]
    stored.root.parts["SubTotInfo"] = [part(GlosaSTI="Mercadería", ValSubtotSTI="800")]
    stored.root.parts["DscRcgGlobal"] = [part(TpoMov="D", TpoValor="$", ValorDR="900")]
    stored.root.parts["Encabezado"][0].parts["IdDoc"][0].values["SaldoInsol"] = ["600"]
    found = texts_of(paper(stored, Design()))
    assert {"700,00", "800,00", "900,00", "600,00"} <= set(found)
    rows = [row.right for row in head(stored, PRODUCTION) if row.kind == "pair"]
    assert {"700,00", "800,00", "900,00"} <= set(rows)


def test_amounts_in_pesos_have_none() -> None:
    stored = trial.document(ISSUER, 33, 1)
    assert closing.change_value(stored, part(ValorDR="1500", TpoValor="$")) == "$ 1.500"


# --- stamp and totals alone -----------------------------------------------------------------------------------------


def are_close(page: Page) -> bool:
    """Whether the lines of the receiver's data are less than 1.4 times their height apart."""
    labels = ("R.U.T.", "Giro", "Dirección", "Comuna")
    places = sorted(mark.y for mark in page.marks if isinstance(mark, Text) and mark.text in labels)
    return min(after - before for before, after in pairwise(places)) < 1.4 * 8


def test_lines_come_closer_where_stamp_and_totals_would_stand_alone() -> None:
    design = replace(Design(), letra_interlineado=1.5)
    close = replace(design, letra_interlineado=1.1)
    spared = 0
    for lines in range(10, 60):
        stored = trial.document(ISSUER, 33, lines)
        made, closest = paper(stored, design), paper(stored, close)
        assert_tidy(made)
        alone = len(made) > 1 and squeezed("Suma anterior") not in words_of(made[-1])
        assert not alone or len(closest) == len(made)
        if are_close(made[0]):
            spared += 1
            assert len(made) == len(closest)
    assert 0 < spared < 25


def test_an_export_in_moderno_is_one_page() -> None:
    for tipo in EXPORTS:
        assert len(paper(trial.document(ISSUER, tipo, 4), ready_design("moderno"))) == 1
