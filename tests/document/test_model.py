from __future__ import annotations

from datetime import date
from decimal import Decimal

from dteplanows.document.model import Beside, Document, Field, Group
from dteplanows.document.problem import NOWHERE, Place


def line() -> Group:
    """A line of a TXT with a price, a name and an empty quantity."""
    group = Group("Detalle", Place(5, "Detalle"))
    group.put("PrcItem", Decimal("1.5"), Place(5, "Detalle", "Precio", 4), "1,5")
    group.put("MontoItem", 3, Place(5, "Detalle", "Monto", 9), "3")
    group.put("NmbItem", "Pan")
    group.put("FchElabor", date(2026, 1, 2))
    group.blank["QtyItem"] = Place(5, "Detalle", "Cantidad", 3)
    return group


def test_typed_values() -> None:
    one = line()
    assert (one.value("MontoItem"), one.value("Nada")) == (3, None)
    assert (one.amount("MontoItem"), one.amount("PrcItem"), one.amount("Nada")) == (3, 0, 0)
    assert (one.number("MontoItem"), one.number("PrcItem"), one.number("NmbItem")) == (Decimal(3), Decimal("1.5"), None)
    assert (one.text("NmbItem"), one.text("MontoItem"), one.text("Nada")) == ("Pan", "3", "")
    assert (one.day("FchElabor"), one.day("NmbItem")) == (date(2026, 1, 2), None)


def test_a_field_remembers_its_text_and_place() -> None:
    field = line().field("PrcItem")
    assert field == Field(Decimal("1.5"), "1,5", Place(5, "Detalle", "Precio", 4))
    assert line().field("Nada") is None


def test_put_replaces_and_add_appends() -> None:
    group = Group("Emisor")
    group.put("Acteco", 1)
    group.add("Acteco", Field(2, "", NOWHERE))
    assert [one.value for one in group.fields["Acteco"]] == [1, 2]
    group.put("Acteco", 3)
    assert [one.value for one in group.fields["Acteco"]] == [3]
    assert group.value("Acteco") == 3


def test_drop_takes_fields_and_groups() -> None:
    document = Document(33)
    document.receptor.put("DirRecep", "Calle 1")
    document.receptor.drop("DirRecep")
    document.receptor.drop("Nada")
    assert document.root.is_empty()
    document.root.group("Encabezado").drop("Receptor")
    assert document.root.group("Encabezado").all("Receptor") == []


def test_place_of_own_blank_and_missing_fields() -> None:
    one = line()
    assert one.place_of("PrcItem") == Place(5, "Detalle", "Precio", 4)
    assert one.place_of("QtyItem") == Place(5, "Detalle", "Cantidad", 3)
    assert one.place_of("NmbItem") == Place(5, "Detalle", "NmbItem")
    assert one.place_of("Nada") == Place(5, "Detalle", "Nada")


def test_place_of_in_an_xml_is_a_path() -> None:
    assert Group("Detalle", Place(7, path="Detalle[2]")).place_of("QtyItem") == Place(
        7, field="QtyItem", path="Detalle[2]/QtyItem"
    )


def test_group_makes_the_first_and_add_group_another() -> None:
    document = Document(33)
    first = document.root.group("Detalle")
    assert document.root.group("Detalle") is first
    second = document.root.add_group("Detalle", Place(9))
    assert document.detalles == [first, second]
    assert second.place.line == 9
    assert document.root.group("Detalle") is first


def test_empty_until_a_value_stands_somewhere_below() -> None:
    document = Document(33)
    document.root.group("Encabezado").group("Transporte").group("Chofer")
    assert document.root.is_empty()
    document.root.group("Encabezado").group("Transporte").group("Chofer").put("RUTChofer", "1-9")
    assert not document.root.is_empty()


def test_walk_visits_every_group() -> None:
    document = Document(33)
    document.id_doc.put("Folio", 7)
    document.root.add_group("Detalle").add_group("CdgItem")
    document.root.add_group("Detalle")
    assert [one.name for one in document.root.walk()] == [
        "", "Encabezado", "IdDoc", "Detalle", "CdgItem", "Detalle",
    ]  # fmt: skip


def test_parts_of_a_document() -> None:
    document = Document(33)
    assert document.folio == 0
    document.id_doc.put("Folio", 7)
    assert document.folio == 7
    header = document.root.group("Encabezado")
    parts = [document.id_doc, document.emisor, document.receptor, document.totales]
    assert parts == [header.group(name) for name in ("IdDoc", "Emisor", "Receptor", "Totales")]


def test_documents_share_nothing() -> None:
    one, other = Document(33), Document(33)
    one.id_doc.put("Folio", 7)
    one.unread.add("IVA")
    one.beside.observaciones.append("x")
    assert (other.folio, other.unread, other.beside) == (0, set(), Beside())


def test_beside_as_dict() -> None:
    beside = Beside("a@example.com", ["una", "dos"], {"A1": "x"})
    assert beside.as_dict() == {"correo": "a@example.com", "observaciones": ["una", "dos"], "adicionales": {"A1": "x"}}
