"""Habits of the programs that write boletas: receivers that are nobody, and no kind of service."""

from __future__ import annotations

from dteplanows.document.model import Group
from dteplanows.document.rut import CLIENT_WITHOUT_RUT, TEST_LOGIN
from dteplanows.parser.reading import Reading

GOODS_AND_SERVICES = 3
"""IndServicio of what most boletas sell."""

_NOBODY = frozenset({"0-0", TEST_LOGIN})
"""RUTs of nobody, right in form, with which programs fill the receiver."""

_OF_A_PERIOD = ("PeriodoDesde", "PeriodoHasta")
_OF_A_SHOW = ("ItemEspectaculo", "RUTMandante")


def apply(reading: Reading) -> None:
    """Mend the boleta of *reading*."""
    document = reading.document
    receptor = document.receptor
    named = receptor.field("RUTRecep")
    if named is not None and named.value in _NOBODY:
        reading.problem("TXT-115", named.place, named.text, used=CLIENT_WITHOUT_RUT)
        receptor.put("RUTRecep", CLIENT_WITHOUT_RUT, named.place, named.text)
    if not document.id_doc.value("IndServicio"):
        service(reading)


def service(reading: Reading) -> None:
    """Put the IndServicio that a boleta lacks, where nothing in it belongs to one of the others."""
    document = reading.document
    header = document.id_doc
    if "IndServicio" in document.unread or any(name in header.fields for name in _OF_A_PERIOD):
        return
    if any(map(_is_of_a_show, document.detalles)):
        return
    place = header.place_of("IndServicio")
    text = header.text("IndServicio")
    header.put("IndServicio", GOODS_AND_SERVICES, place, text)
    reading.problem("TXT-116", place, text, used=GOODS_AND_SERVICES)


def _is_of_a_show(line: Group) -> bool:
    return "InfoTicket" in line.groups or any(name in line.fields for name in _OF_A_SHOW)
