"""The reference of the manual says all that the tables say."""

from __future__ import annotations

import pytest
from docutils.core import publish_doctree

from docs.reference import MANUAL, family_names, obligation, pages, types_of_sections
from docs.sii_tables import FAMILIES, family_of
from docs.words import described_rows, described_type, joined, label_of_codes, literal, plain, table, times
from dteplanows.books.table import structure
from dteplanows.document.catalogue import RULES
from dteplanows.document.codes import codes_of
from dteplanows.document.described import meanings
from dteplanows.document.elements import BRANCHES, DOCUMENT_NAMES, ROOTS, branch, find
from dteplanows.document.placeholders import readable
from dteplanows.parser import MOST_DOCUMENTS
from dteplanows.parser.bulk import MOST_TAGS_EACH
from dteplanows.parser.txt.layout import SECTIONS, Section
from dteplanows.parser.xml.source import MOST_TAGS
from dteplanows.sii.outcomes import OUTCOMES
from dteplanows.sii.reasons import REASONS

PAGES = pages()


def lines(page: str) -> set[str]:
    """The cells and lines of a page, without their marks."""
    return {line.strip().removeprefix("* ").removeprefix("- ").strip() for line in PAGES[page].splitlines()}


@pytest.mark.parametrize("section", SECTIONS, ids=lambda one: one.name)
def test_every_column_of_a_section_is_there(section: Section) -> None:
    shown = lines(f"referencia/txt-{section.branch or 'comunes'}")
    assert f"->{section.name}<-" in shown
    for column in section.columns:
        assert {literal(column.name), plain(column.note), literal(column.example)} <= shown


@pytest.mark.parametrize("name", ROOTS)
def test_every_element_of_a_structure_is_there(name: str) -> None:
    shown = lines(f"referencia/xml-{name}")
    for element in branch(name).walk():
        if element.path and not element.children:
            path = element.path.removeprefix("Encabezado/")
            assert literal(path.partition("/")[2] or path) in shown
            assert described_type(element) in shown


def test_every_element_of_a_book_is_there() -> None:
    shown = lines("referencia/libro")
    for element in structure().walk():
        if element.path.count("/"):
            assert {literal(element.path.partition("/")[2]), described_type(element), times(element)} <= shown
    assert {"filas del tipo", literal("MntNeto"), "filas con ``MntExe``", "0 o más veces"} & shown


@pytest.mark.parametrize("code", sorted(RULES))
def test_every_rule_is_there(code: str) -> None:
    rule = RULES[code]
    shown = lines(f"referencia/reglas-{code[:3].lower()}")
    assert code in shown
    assert f":Problema: {plain(readable(rule.message))}" in shown
    assert f":Gravedad: :{rule.severity}:`{rule.severity}`" in shown
    for label, text in (("Esperado", rule.expected), ("Remedio", rule.remedy)):
        assert not text or f":{label}: {plain(readable(text))}" in shown
    assert f":Fuente: {plain(rule.source) or 'Regla de este servicio'}" in shown
    assert not rule.answer or f":SII: {plain(rule.answer)}" in shown


def test_every_family_has_a_name() -> None:
    assert {code[:3] for code in RULES} == set(family_names())


def test_every_element_has_a_meaning_and_no_other_name_has() -> None:
    names = {element.name for name in ROOTS for element in branch(name).walk() if element.path}
    assert set(meanings()) == names, "each one needs a line in dteplanows/document/meanings.tsv, and only those"
    assert [name for name, meaning in meanings().items() if not meaning.endswith(".")] == []


def test_every_document_type_is_named() -> None:
    for tipo in BRANCHES:
        assert f"{tipo} ({DOCUMENT_NAMES[tipo]})" in PAGES["referencia/txt-comunes"]
        assert f"- {tipo}" in PAGES[f"referencia/xml-{BRANCHES[tipo]}"]


def test_structures_share_the_sections_of_their_header() -> None:
    assert types_of_sections("boleta") == [39, 41]
    assert set(types_of_sections("factura")) == set(BRANCHES) - {39, 41}


def test_obligations() -> None:
    assert obligation(find(33, "Encabezado/IdDoc/Folio"), 33) == r"Obl.\*"
    assert obligation(find(33, "Encabezado/IdDoc/FchVenc"), 33) == "Cond."
    assert obligation(find(33, "Encabezado/IdDoc/IndTraslado"), 33) == "–"
    assert obligation(find(39, "Encabezado/Emisor/CdgSIISucur"), 39) == "Opc."
    assert obligation(find(39, "Encabezado/Totales/MntTotal"), 39) == "Obl."


@pytest.mark.parametrize(
    ("path", "words", "count"),
    [
        ("Encabezado/Receptor/RznSocRecep", "texto, hasta 100 caracteres", "1"),
        ("Encabezado/IdDoc/FchEmis", "fecha AAAA-MM-DD", "1"),
        ("Encabezado/IdDoc/MntBruto", "``1`` (:ref:`códigos <codigos-mntbruto>`)", "0 a 1"),
        (
            "Encabezado/IdDoc/TipoDespacho",
            "uno de ``1``, ``2``, ``3`` (:ref:`códigos <codigos-tipodespacho>`)",
            "0 a 1",
        ),
        ("Detalle/QtyItem", "decimal con punto, hasta 18 dígitos, hasta 6 decimales", "0 a 1"),
        ("Detalle/NroLinDet", "entero desde 1, hasta 99", "1"),
        ("Detalle", "grupo", "1 a 60"),
    ],
)
def test_types_in_words(path: str, words: str, count: str) -> None:
    assert (described_type(find(33, path)), times(find(33, path))) == (words, count)


def test_every_code_is_there_with_its_meaning() -> None:
    page = PAGES["referencia/codigos"]
    for name in ROOTS:
        for element in branch(name).walk():
            if element.codes:
                assert page.count(f".. _{label_of_codes(element.codes)}:") == 1
                assert all(f"* - {literal(code)}" in page for code in codes_of(element)), element.path
    assert f"* - {literal('225')}\n        - Estados Unidos de América\n        - US, USA" in page
    assert f"* - {literal('6')}\n        - kilos netos\n        - KN" in page


def test_long_lists_of_values_are_cut() -> None:
    assert "… (40 valores)" in described_type(find(33, "Encabezado/OtraMoneda/TpoMoneda"))


def test_rows_in_words() -> None:
    rows = {section.name: described_rows(section) for section in SECTIONS}
    assert rows["FormaPago"] == "Lleva una sola fila de 1 columna."
    assert rows["Detalle"] == "Lleva una o más filas de 14 columnas."
    assert rows["Encabezado"].endswith("de 18 columnas, de las que las 6 últimas se pueden omitir.")
    assert rows["Observacion"] == "Lleva cualquier número de columnas."


def test_lists_in_words() -> None:
    assert [joined(one) for one in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == ["", "a", "a y b", "a, b y c"]


@pytest.mark.parametrize(
    "text", ["*a* y `b`", "a_ y |b|", "http://ejemplo.cl y a@b.cl", "<- [1]_ ->", "\\n", ":campo: x", "«‹valor›»"]
)
def test_plain_text_stays_as_it_is(text: str) -> None:
    document = publish_doctree(plain(text), settings_overrides={"report_level": 5})
    assert document.astext() == text
    assert len(document.children) == 1


def test_a_table_with_empty_cells() -> None:
    document = publish_doctree(table(["A", "B"], [["1", ""], ["", "2"]], "campos"))
    assert document.astext().split() == ["A", "B", "1", "2"]


def test_the_limits_of_a_file_are_those_of_the_code() -> None:
    page = (MANUAL / "lotes.rst").read_text("utf-8")
    marks = f"{MOST_TAGS:,}".replace(",", " ")
    for limit in (f"- {MOST_DOCUMENTS}\n", f"- {marks}\n", f"- {MOST_TAGS_EACH} por documento"):
        assert limit in page


@pytest.mark.parametrize("code", sorted(REASONS))
def test_every_code_of_the_sii_is_there_once(code: str) -> None:
    rows = [line for line in PAGES["referencia/sii"].splitlines() if line.strip().endswith(f" {literal(code)}")]
    assert len(rows) == 1
    known = REASONS[code]
    assert plain(f"{known.remedy}.") in lines("referencia/sii")
    assert any(plain(known.meaning)[1:] in line for line in lines("referencia/sii"))


def test_every_family_of_codes_of_the_sii_has_its_place() -> None:
    assert {family_of(code) for code in REASONS} == {one for begins in FAMILIES.values() for one in begins}


@pytest.mark.parametrize("name", sorted(OUTCOMES))
def test_every_outcome_of_a_call_to_the_sii_is_there(name: str) -> None:
    assert {literal(name), plain(OUTCOMES[name].meaning), plain(OUTCOMES[name].remedy)} <= lines("referencia/sii")
