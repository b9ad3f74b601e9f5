"""Codes with their meanings, and which of them a program meant."""

from __future__ import annotations

import pytest

from dteplanows.document import codes
from dteplanows.document.countries import countries
from dteplanows.document.elements import ROOTS, Element, at, branch, find
from dteplanows.document.glosas import glosas

ADUANA = "Encabezado/Transporte/Aduana"


def element(path: str, tipo: int = 33) -> Element:
    return find(tipo, path)


@pytest.mark.parametrize(
    ("path", "tipo", "text", "first"),
    [
        ("Encabezado/IdDoc/FmaPago", 33, "CONTADO", "1"),
        ("Encabezado/IdDoc/FmaPago", 33, "ctdo", "1"),
        ("Encabezado/IdDoc/FmaPago", 33, "Crédito 60 días", "2"),
        ("Encabezado/IdDoc/IndTraslado", 52, "VENTA", "1"),
        ("Encabezado/IdDoc/IndTraslado", 52, "Devolución", "7"),
        ("Encabezado/IdDoc/IndTraslado", 52, "interno", "5"),
        ("Encabezado/IdDoc/MedioPago", 33, "cheque", "CH"),
        ("Encabezado/IdDoc/MedioPago", 39, "efectivo", "1"),
        ("Encabezado/IdDoc/IndServicio", 110, "hotel", "4"),
        ("Encabezado/IdDoc/IndServicio", 39, "espectáculo", "4"),
        ("Referencia/TpoDocRef", 33, "ORDEN", "801"),
        ("Referencia/TpoDocRef", 33, "guia", "52"),
        ("Referencia/TpoDocRef", 33, "FACTURA", "33"),
        ("Referencia/CodRef", 61, "Anulación", "1"),
        ("DscRcgGlobal/TpoMov", 33, "DESCUENTO", "D"),
        ("DscRcgGlobal/TpoValor", 33, "porcentaje", "%"),
        ("Detalle/CodImpAdic", 33, "harina", "19"),
        (f"{ADUANA}/CodPaisRecep", 110, "US", "225"),
        (f"{ADUANA}/CodPaisRecep", 110, "deu", "563"),
        (f"{ADUANA}/CodPaisDestin", 110, "Peru", "219"),
        (f"{ADUANA}/CodPtoEmbarque", 110, "VALPARAISO", "905"),
        (f"{ADUANA}/CodUnidPesoNeto", 110, "KN", "6"),
        (f"{ADUANA}/CodClauVenta", 110, "FOB Valparaíso", "5"),
    ],
)
def test_the_nearest_code_comes_first(path: str, tipo: int, text: str, first: str) -> None:
    assert codes.nearest(element(path, tipo), text)[0] == first


@pytest.mark.parametrize("text", ["", "30 DIAS", "xyz", "∅"])
def test_what_is_like_no_code_is_near_none(text: str) -> None:
    assert codes.nearest(element("Encabezado/IdDoc/FmaPago"), text) == []


def test_a_short_table_is_listed_whole_a_long_one_by_its_nearest() -> None:
    whole = codes.listed(element("Encabezado/IdDoc/TipoDespacho"), "cliente")
    assert whole.startswith("2 (Por cuenta del emisor a instalaciones del cliente), 1 (")
    assert whole.endswith(" o 3 (Por cuenta del emisor a otras instalaciones)")
    near = codes.listed(element(f"{ADUANA}/CodPaisRecep", 110), "BR")
    assert near == "220 (Brasil); los 255 que hay están en el manual, en «Códigos»"
    none = codes.listed(element(f"{ADUANA}/CodPaisRecep", 110), "??")
    assert none.startswith("uno de los 255 que están en el manual")


def test_only_the_codes_of_the_structure_are_listed() -> None:
    assert set(codes.codes_of(element("Encabezado/IdDoc/MedioPago", 39))) == {"1", "2", "3", "4", "5"}
    assert codes.codes_of(element("Encabezado/IdDoc/IndServicio", 39))["3"] == "Ventas y servicios"
    of_boletas, of_facturas = (codes.codes_of(element("Referencia/TpoDocRef", tipo)).keys() for tipo in (39, 33))
    assert of_boletas < of_facturas
    assert codes.codes_of(element("Detalle/NmbItem")) == {}


def test_every_table_that_an_element_names_has_its_meanings() -> None:
    for name in ROOTS:
        for one in branch(name).walk():
            found = codes.codes_of(one)
            assert bool(found) == bool(one.codes or one.enum), one.path
            if one.codes and one.codes != "TpoMoneda":
                assert all(found.values()), (one.path, found)
    assert "CodPto" in set(codes.tables())


def test_every_number_in_an_enumeration_is_a_code() -> None:
    """A list of allowed values is one of codes, but for the types of documents, which have rules of their own."""
    for name in ROOTS:
        without = {one.name for one in branch(name).walk() if one.enum and not one.codes}
        assert without <= {"TipoDTE", "ItemEspectaculo"}


def test_countries_have_two_and_three_letters_once() -> None:
    all_of_them = countries()
    assert {one.code for one in all_of_them} <= glosas("CodPais").keys()
    for names in ([one.iso2 for one in all_of_them], [one.iso3 for one in all_of_them]):
        assert len(set(names)) == len(names)
    assert {len(one.iso2) for one in all_of_them} == {2}
    assert at("exportacion", f"{ADUANA}/CodPaisRecep") is not None
