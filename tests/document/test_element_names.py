"""Every name of an element in the program is in the tables, and what reads a group asks for what can be below it."""

from __future__ import annotations

import pytest

from tests.element_names import OTHER_WORDS, PACKAGE, unknown_in, unknown_in_package


def test_every_name_in_the_program_is_one_of_the_tables() -> None:
    found = [str(one) for one in unknown_in_package()]
    assert not found, "no such element or column; see tests/element_names.py\n" + "\n".join(found)


@pytest.mark.parametrize(
    ("room", "source"),
    [
        ("validator", 'totales.amount("MntTotl")'),
        ("validator", 'totales.amount("Neto")'),
        ("validator", 'line.text("Recargo")'),
        ("validator", '_NAMES = ("MntNeto", "MntExnto")'),
        ("validator", 'root.group("Encabezado").group("Emisr")'),
        ("validator", 'found = "Encabezado/Totales/MntBruto"'),
        ("validator", 'group.amount(f"{kind}Montos")'),
        ("validator", 'if "IndEx" in line.fields: pass'),
        ("issuing", 'receptor.text("RUTReceptor")'),
        ("issuing", 'document.id_doc.text("CmnaRecep")'),
        ("validator", 'document.receptor.text("CmnaOrigen")'),
        ("printing", 'root.text("Encabezado/Receptor/RUTReceptor")'),
        ("printing", 'part.texts("Encabezado/Emisor/RUTEmiso")'),
        ("document", '_text(root, f"{_TOTALES}/TpoModena")'),
        ("document", 'etree.find(".//{*}FchEmision2")'),
        ("parser", 'from a import Row\nrow.text("MntTotal")'),
        ("parser", 'document.totales.amount("ValorExento")'),
        ("parser", 'reading.number(row, "MontosBruts")'),
        ("books", 'row.text("MntTotl")'),
    ],
)
def test_a_misspelt_name_is_found(room: str, source: str) -> None:
    assert list(unknown_in(source, room))


@pytest.mark.parametrize(
    ("room", "source"),
    [
        ("validator", 'totales.amount("RznSoc")'),
        ("validator", 'line.amount("PrcItem")'),
        ("validator", 'totales.number("TpoMoneda")'),
        ("validator", 'id_doc.day("Folio")'),
        ("validator", 'root.group("MntTotal")'),
        ("validator", 'root.text("Encabezado")'),
    ],
)
def test_a_question_that_an_element_never_answers_is_found(room: str, source: str) -> None:
    """An amount of a text is 0 for ever, as one of an element that is not there."""
    assert list(unknown_in(source, room))


@pytest.mark.parametrize(
    ("room", "source"),
    [
        ("validator", '"""Says Nothing of MntTotl."""\ntotales.amount("MntTotal")\nwords = "El Total"'),
        ("validator", 'line.text(f"{kind}Monto")\n"Detalle/QtyItem"'),
        ("parser", 'from a import Row\nrow.text("ValorExento")\ndocument.totales.amount("MntExe")'),
        ("printing", '__all__ = ["PrintFacts"]\nColumn("Cantidad")\nroot.text("Encabezado/Totales/MntTotal")'),
        ("books", 'caratula.text("PeriodoTributario")'),
    ],
)
def test_what_is_right_passes(room: str, source: str) -> None:
    assert list(unknown_in(source, room)) == []


@pytest.mark.parametrize("module", OTHER_WORDS)
def test_other_words_are_those_that_are_used(module: str) -> None:
    path = PACKAGE / module
    source = "".join(one.read_text("utf-8") for one in (path.rglob("*.py") if path.is_dir() else [path]))
    quoted = [one if one.startswith("f'") else f'"{one}"' for one in OTHER_WORDS[module]]
    assert [one for one in quoted if one.replace("f'", 'f"').replace("'", '"') not in source] == []
