"""Fills in what the account knows and the file may leave out: the issuer, above all."""

from __future__ import annotations

from functools import lru_cache

from dteplanows.document import rut
from dteplanows.document.catalogue import problem
from dteplanows.document.company import Company
from dteplanows.document.elements import BOLETAS, BRANCHES, at
from dteplanows.document.model import Document, Field
from dteplanows.document.problem import NOWHERE

_IDENTITY = ("RUTEmisor", "RznSoc", "RznSocEmisor", "GiroEmis", "GiroEmisor", "Acteco")

_MOST_ACTECOS = 4


def complete(document: Document, company: Company, identity_from_account: bool) -> None:
    """Complete *document* from *company*; a file that names another issuer is an error, or overruled in test logins."""
    _identify(document, company, identity_from_account)
    _fill_issuer(document, company)
    receptor = document.receptor
    if document.tipo in BOLETAS and "RUTRecep" not in receptor.fields and "RUTRecep" not in document.unread:
        receptor.put("RUTRecep", rut.CLIENT_WITHOUT_RUT, receptor.place_of("RUTRecep"))
        document.problems.append(problem("DOC-042", receptor.place_of("RUTRecep"), used=rut.CLIENT_WITHOUT_RUT))


def _identify(document: Document, company: Company, identity_from_account: bool) -> None:
    emisor = document.emisor
    named = emisor.text("RUTEmisor")
    if named in ("", company.rut):
        return
    place = emisor.place_of("RUTEmisor")
    if named != rut.TEST_LOGIN and not identity_from_account:
        document.problems.append(problem("DOC-040", place, named, right=company.rut, name=company.razon_social))
        return
    if named != rut.TEST_LOGIN:
        document.problems.append(problem("DOC-041", place, named, right=company.rut, name=company.razon_social))
    _tell_replaced(document, company)
    for name in _IDENTITY:
        emisor.drop(name)


def _tell_replaced(document: Document, company: Company) -> None:
    """Programs leave the issuer of the trials in the file, or one of their own; what is issued is the account's."""
    actecos = [str(int(one)) for one in company.actecos]  # as numbers, which they are in a document
    known = {text.casefold() for text in (company.razon_social, company.giro, *actecos)}
    replaced = [
        (name, one) for name in _IDENTITY[1:] for one in document.emisor.fields.get(name, ())
        if str(one.value).casefold() not in known
    ]  # fmt: skip
    if replaced:
        first = replaced[0][1]
        texts = "; ".join(f"{name} {one.text}" for name, one in replaced)
        document.problems.append(problem("AUT-031", first.place, texts, name=company.razon_social))


def _fill_issuer(document: Document, company: Company) -> None:
    emisor = document.emisor
    for name, values in _known_of_issuer(document.tipo, company):
        if name not in emisor.fields:
            emisor.fields[name] = [Field(one, "", NOWHERE) for one in values]


@lru_cache(256)
def _known_of_issuer(tipo: int, company: Company) -> tuple[tuple[str, tuple[str | int, ...]], ...]:
    """What the account knows of those elements of the issuer that documents of type *tipo* have, by name."""
    texts = {
        "RUTEmisor": company.rut,
        "RznSoc": company.razon_social,
        "RznSocEmisor": company.razon_social,
        "GiroEmis": company.giro,
        "GiroEmisor": company.giro,
        "Telefono": company.telefono,
        "CorreoEmisor": company.correo,
        "Sucursal": company.sucursal,
        "DirOrigen": company.direccion,
        "CmnaOrigen": company.comuna,
        "CiudadOrigen": company.ciudad,
    }
    known: list[tuple[str, tuple[str | int, ...]]] = []
    for name, value in texts.items():
        child = at(BRANCHES[tipo], f"Encabezado/Emisor/{name}")
        if child is not None and value:
            known.append((name, (value[: child.max_length] if child.max_length else value,)))
    if company.codigo_sii_sucursal and at(BRANCHES[tipo], "Encabezado/Emisor/CdgSIISucur"):
        known.append(("CdgSIISucur", (int(company.codigo_sii_sucursal),)))
    if company.actecos and at(BRANCHES[tipo], "Encabezado/Emisor/Acteco"):
        known.append(("Acteco", tuple(map(int, company.actecos[:_MOST_ACTECOS]))))
    return tuple(known)
