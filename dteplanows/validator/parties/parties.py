"""Who takes part in the document: limits of their RUT, the generic ones, the issuer's activities, tourists.

Sources: Formato DTE v2.5, definition of RUT, RUTRecep, RUTMandante, Acteco, RUTProveedor (there RutProvSW),
TipoFactEsp and IndTraslado.
"""

from __future__ import annotations

from dteplanows.document.catalogue import problem
from dteplanows.document.company import Company
from dteplanows.document.elements import BOLETAS, EXPORTS, find
from dteplanows.document.model import Document, Group
from dteplanows.document.phrases import phrase
from dteplanows.document.rut import CLIENT_WITHOUT_RUT

FOREIGNER = "55555555-5"
"""Generic RUT of a receiver abroad, and of a tourist (Formato DTE v2.5, RUTRecep)."""

_SHORTEST = len("100000-4")
"""Characters of the lowest RUT: its body goes from 100.000 to 99.999.999, and the parser reads eight digits at most and
without zeros in front."""

_OF_EXPORT = frozenset({*EXPORTS, 52})
"""Document types whose receiver may be abroad."""
_OF_BOLETAS = frozenset({39, 41, 56, 61})
"""Boletas, and the notes that may correct one: their receiver may be unknown."""

_INTERNAL = 5
_COPIED = (
    ("RznSocRecep", "RznSoc"), ("GiroRecep", "GiroEmis"), ("DirRecep", "DirOrigen"), ("CmnaRecep", "CmnaOrigen"),
    ("CiudadRecep", "CiudadOrigen"),
)  # fmt: skip
_TOURIST_COMUNAS = frozenset({"ARICA", "CAMARONES", "PUTRE", "GENERAL LAGOS"})
_TOURIST_NAME = "EXTRANJERO SIN RUT"


def complete(document: Document, company: Company) -> None:
    """Fill in the receiver of an internal transfer, who is the issuer, and write activities with six digits."""
    if document.tipo == 52 and document.id_doc.amount("IndTraslado") == _INTERNAL:
        _complete_internal(document, company)
    for position, one in enumerate(document.emisor.fields.get("Acteco", ())):
        if isinstance(one.value, int) and 0 < one.value < 100_000:  # the zero in front is part of the code
            document.emisor.fields["Acteco"][position] = one._replace(value=f"{one.value:06d}")


def _complete_internal(document: Document, company: Company) -> None:
    receptor, emisor = document.receptor, document.emisor
    if receptor.text("RUTRecep") not in ("", company.rut) or "RUTRecep" in document.unread:
        return
    known = {"RUTRecep": company.rut, **{name: emisor.text(source) for name, source in _COPIED}}
    filled = [name for name, value in known.items() if value and name not in receptor.fields]
    for name in filled:
        longest = find(document.tipo, f"Encabezado/Receptor/{name}").max_length
        receptor.put(name, known[name][:longest] if longest else known[name], receptor.place_of(name))
    if filled:
        document.problems.append(problem("DOC-075", receptor.place_of(filled[0]), missing=", ".join(filled)))


def check(document: Document, company: Company) -> None:
    """Judge the parties of *document*."""
    header = document.root.group("Encabezado")
    receptor = header.group("Receptor")
    _check_limit(document, receptor, "RUTRecep")
    _check_generic(document, receptor)
    if header.fields:
        _check_header(document, header, company)
    if document.tipo in BOLETAS:
        return
    emisor, id_doc = header.group("Emisor"), header.group("IdDoc")
    _check_actecos(document, emisor, company)
    if "RUTProveedor" in emisor.fields or "RznSocProveedor" in emisor.fields:
        _check_provider(document, emisor, company)
    for transport in header.groups.get("Transporte", ()):
        _check_transport(document, transport)
    for reference in document.root.groups.get("Referencia", ()):
        if "RUTOtr" in reference.fields:
            _check_limit(document, reference, "RUTOtr")
    if "TipoFactEsp" in id_doc.fields and id_doc.amount("TipoFactEsp"):
        _check_tourist(document)
    if document.tipo == 52 and id_doc.amount("IndTraslado") == _INTERNAL:
        receiver = receptor.text("RUTRecep")
        if receiver not in ("", company.rut):
            place = receptor.place_of("RUTRecep")
            document.problems.append(problem("DOC-076", place, receiver, rut=company.rut))


def _check_header(document: Document, header: Group, company: Company) -> None:
    """For whom is sold, who asks for the document, and in boletas who made the program."""
    for name in header.fields:
        _check_limit(document, header, name)
    if header.text("RUTMandante") == company.rut:
        document.problems.append(problem("DOC-077", header.place_of("RUTMandante"), company.rut))


def _check_transport(document: Document, transport: Group) -> None:
    _check_limit(document, transport, "RUTTrans")
    for driver in transport.groups.get("Chofer", ()):
        _check_limit(document, driver, "RUTChofer")
    for customs in transport.groups.get("Aduana", ()):
        _check_limit(document, customs, "RUTCiaTransp")


def _check_limit(document: Document, group: Group, name: str) -> None:
    value = group.text(name)
    if not 0 < len(value) < _SHORTEST:  # the usual case, quickly
        return
    body = value.partition("-")[0]
    if body.isdecimal():
        document.problems.append(problem("DOC-073", group.place_of(name), value, name=name))


def _check_generic(document: Document, receptor: Group) -> None:
    """The generic RUTs stand for a buyer whom only some documents may leave unknown."""
    receiver, tipo, place = receptor.text("RUTRecep"), document.tipo, receptor.place_of
    if receiver == CLIENT_WITHOUT_RUT:
        if tipo not in _OF_BOLETAS:
            document.problems.append(problem("DOC-074", place("RUTRecep"), receiver, tipo=tipo))
    elif receiver == FOREIGNER:
        if tipo not in _OF_EXPORT and not document.id_doc.amount("TipoFactEsp"):
            document.problems.append(problem("DOC-074", place("RUTRecep"), receiver, tipo=tipo))
    elif tipo in EXPORTS and receiver:
        document.problems.append(problem("DOC-085", place("RUTRecep"), receiver, right=FOREIGNER))


def _check_actecos(document: Document, emisor: Group, company: Company) -> None:
    """The SII knows the issuer's activities and refuses others (observed answer HED-3-861); the account may not."""
    for one in emisor.fields.get("Acteco", ()):
        if one.text and str(one.value).zfill(6) not in company.actecos:
            known = ", ".join(company.actecos)
            document.problems.append(problem("DOC-079", emisor.place_of("Acteco"), one.text, known=known))


def _check_provider(document: Document, emisor: Group, company: Company) -> None:
    """The maker of the program: a company with RUT and name, or the issuer's own RUT alone."""
    _check_limit(document, emisor, "RUTProveedor")
    named, provider = "RznSocProveedor" in emisor.fields, emisor.text("RUTProveedor")
    if "RUTProveedor" in document.unread or (named and provider and provider != company.rut):
        return
    if named or provider != company.rut:
        name = "RUTProveedor" if named else "RznSocProveedor"
        document.problems.append(problem("DOC-080", emisor.place_of(name), provider))


def _check_tourist(document: Document) -> None:
    """A factura to a tourist in the free zone of Arica and Parinacota, or its nota de crédito."""
    receptor = document.receptor
    foreign = next(iter(receptor.all("Extranjero")), None)
    wrong = []
    if receptor.text("RUTRecep") != FOREIGNER and "RUTRecep" not in document.unread:
        wrong.append(phrase("tourist.rut", rut=FOREIGNER))
    if receptor.text("RznSocRecep").upper() != _TOURIST_NAME:
        wrong.append(phrase("tourist.name"))
    if document.emisor.text("CmnaOrigen").upper() not in _TOURIST_COMUNAS:
        wrong.append(phrase("tourist.comuna"))
    if foreign is None or not foreign.text("NumId"):
        wrong.append(phrase("tourist.number"))
    if "TipoDocID" not in document.unread and (foreign is None or not foreign.amount("TipoDocID")):
        wrong.append(phrase("tourist.kind_of_number"))
    if wrong:
        place = document.id_doc.place_of("TipoFactEsp")
        document.problems.append(problem("DOC-078", place, "1", missing="; ".join(wrong)))
