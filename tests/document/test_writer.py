from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from random import Random
from xml.etree import ElementTree

import pytest
from lxml import etree

from dteplanows.document.elements import BRANCHES, find, structure
from dteplanows.document.model import Document, Field, Value
from dteplanows.document.problem import NOWHERE
from dteplanows.document.writer import escape, identifier, number_draft, omitted, write_document, write_draft
from tests.generate import document


def small() -> Document:
    """A document whose fields were put in an order other than the SII's."""
    made = Document(33)
    line = made.root.add_group("Detalle")
    line.put("MontoItem", 2001)
    line.put("PrcItem", Decimal("1000.50"))
    line.put("QtyItem", Decimal(2))
    line.put("NmbItem", "Té & <café> \"1\" 'a' ñ")
    line.put("NroLinDet", 1)
    made.totales.put("MntTotal", 2001)
    made.receptor.put("RUTRecep", "60803000-K")
    made.emisor.add("Acteco", Field(620200, "", NOWHERE))
    made.emisor.add("Acteco", Field(620100, "", NOWHERE))
    made.emisor.put("RUTEmisor", "76123456-0")
    made.id_doc.put("FchEmis", date(2026, 1, 2))
    made.id_doc.put("TipoDTE", 33)
    return made


SMALL = """<Documento ID="F7T33">
<Encabezado>
<IdDoc>
<TipoDTE>33</TipoDTE>
<Folio>7</Folio>
<FchEmis>2026-01-02</FchEmis>
</IdDoc>
<Emisor>
<RUTEmisor>76123456-0</RUTEmisor>
<Acteco>620200</Acteco>
<Acteco>620100</Acteco>
</Emisor>
<Receptor>
<RUTRecep>60803000-K</RUTRecep>
</Receptor>
<Totales>
<MntTotal>2001</MntTotal>
</Totales>
</Encabezado>
<Detalle>
<NroLinDet>1</NroLinDet>
<NmbItem>Té &amp; &lt;café&gt; "1" 'a' ñ</NmbItem>
<QtyItem>2</QtyItem>
<PrcItem>1000.5</PrcItem>
<MontoItem>2001</MontoItem>
</Detalle>
</Documento>"""


def canonical(text: str) -> str:
    """Canonical XML by lxml."""
    return bytes(etree.tostring(etree.fromstring(text), method="c14n")).decode()


def test_text_to_the_letter() -> None:
    assert write_document(small(), 7) == SMALL


def test_ending_stands_last() -> None:
    assert write_document(small(), 7, "<TED></TED>") == SMALL.replace("</Documento>", "<TED></TED>\n</Documento>")


def test_the_folio_given_is_written_and_the_one_asked_for_stays() -> None:
    made = small()
    made.id_doc.put("Folio", 0)
    assert write_document(made, 7) == SMALL
    assert made.folio == 0


def test_a_draft_has_the_highest_folio_until_it_is_numbered() -> None:
    draft = write_draft(small())
    assert draft == SMALL.replace("F7T33", "F9999999999T33").replace("<Folio>7<", "<Folio>9999999999<")
    assert number_draft(draft, 33, 7) == SMALL
    assert number_draft(draft, 33, 7, "<TED></TED>") == write_document(small(), 7, "<TED></TED>")


def test_only_the_folio_is_numbered() -> None:
    made = small()
    made.detalles[0].put("NmbItem", "<Folio>9999999999</Folio> F9999999999T33 </Documento>")
    text = write_document(made, 7)
    assert "<NmbItem>&lt;Folio&gt;9999999999&lt;/Folio&gt; F9999999999T33 &lt;/Documento&gt;</NmbItem>" in text
    assert (text.count("<Folio>7</Folio>"), text.count("</Documento>")) == (1, 1)


@pytest.mark.parametrize("tipo", sorted(BRANCHES))
def test_text_is_canonical(tipo: int) -> None:
    """So says lxml, and so does the standard library, which canonicalises by itself."""
    for seed in range(30):
        text = write_document(document(tipo, Random(seed), likely=seed / 29), 1)
        assert canonical(text) == text
        assert ElementTree.canonicalize(text) == text


@pytest.mark.parametrize("tipo", sorted(BRANCHES))
def test_elements_stand_in_the_order_of_the_table(tipo: int) -> None:
    text = write_document(document(tipo, Random(5), likely=1, most=2), 1)
    order = {element.path: place for place, element in enumerate(structure(tipo).walk())}
    for group in etree.fromstring(text).iter():
        path = group.getroottree().getelementpath(group)
        above = "" if path == "." else re.sub(r"\[\d+\]", "", path) + "/"
        places = [order[f"{above}{child.tag}"] for child in group]
        assert places == sorted(places)


@pytest.mark.parametrize("tipo", sorted(BRANCHES))
def test_no_line_holds_more_than_one_value(tipo: int) -> None:
    text = write_document(document(tipo, Random(6), likely=1), 1)
    assert all(line.count("</") <= 1 for line in text.splitlines())


@pytest.mark.parametrize(
    ("path", "value", "left_out"),
    [
        ("Encabezado/IdDoc/TipoDespacho", 0, True),
        ("Encabezado/IdDoc/TipoDespacho", 1, False),
        ("Encabezado/IdDoc/MntBruto", 0, True),
        ("Encabezado/Totales/MntNeto", 0, False),
        ("Encabezado/Totales/MontoNF", 0, False),
        ("Encabezado/Totales/MntTotal", 0, False),
        ("Encabezado/Totales/IVANoRet", 0, True),
        ("Encabezado/Totales/TasaIVA", Decimal("0.00"), True),
        ("Encabezado/Totales/TasaIVA", Decimal("0.01"), False),
        ("Detalle/IndExe", 0, True),
        ("Detalle/DescuentoMonto", 0, True),
        ("Detalle/QtyItem", Decimal(0), True),
        ("Detalle/MontoItem", 0, False),
        ("Detalle/DscItem", "0", False),
        ("Detalle/NroLinDet", 0, False),
        ("DscRcgGlobal/ValorDR", Decimal(0), False),
    ],
)
def test_zeros_left_out(path: str, value: Value, left_out: bool) -> None:
    assert omitted(find(33, path), Field(value, "", NOWHERE)) is left_out


def test_zeros_that_a_boleta_may_have() -> None:
    for name, value in (("DescuentoPct", Decimal(0)), ("DescuentoMonto", 0)):
        assert not omitted(find(39, f"Detalle/{name}"), Field(value, "", NOWHERE))


def test_a_left_out_zero_is_not_in_the_text() -> None:
    made = small()
    made.id_doc.put("TipoDespacho", 0)
    made.detalles[0].put("DescuentoPct", Decimal(0))
    made.detalles[0].put("IndExe", 0)
    assert write_document(made, 7) == SMALL


def test_a_group_without_anything_to_write_is_not_in_the_text() -> None:
    made = small()
    transport = made.root.group("Encabezado").group("Transporte")
    transport.group("Aduana").put("TotBultos", 0)
    transport.group("Aduana").group("TipoBultos").put("CantBultos", 0)
    transport.group("Chofer")
    assert write_document(made, 7) == SMALL


@pytest.mark.parametrize("text", ["", "a", "&", "<&>", "&amp;", "]]>", "\"'", "ñ\n\t á"])
def test_escape_is_what_canonical_xml_writes(text: str) -> None:
    node = etree.Element("a")
    node.text = text
    assert f"<a>{escape(text)}</a>" == bytes(etree.tostring(node, method="c14n")).decode()


def test_identifier_is_an_xml_name_and_tells_documents_apart() -> None:
    assert identifier(33, 120) == "F120T33"
    made = [identifier(tipo, folio) for tipo in BRANCHES for folio in (1, 13, 133, 9_999_999_999)]
    assert len(set(made)) == len(made)
    assert all(re.fullmatch(r"[A-Za-z_][\w.-]*", one, re.ASCII) for one in made)
