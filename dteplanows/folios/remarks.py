"""What there is to say of a document and the CAF that stamps it, when the folio can be had."""

from __future__ import annotations

from datetime import date

from dteplanows.document import clock
from dteplanows.document.catalogue import problem, shown
from dteplanows.document.company import Company
from dteplanows.document.limits import STAMPED_NAME
from dteplanows.document.model import Document
from dteplanows.document.problem import Problem, Refused, errors, stop
from dteplanows.document.text import without_accents
from dteplanows.document.writer import escape_in_stamp
from dteplanows.folios.allocation import Taken
from dteplanows.folios.keys import passing_key
from dteplanows.ledger.store import Ledger
from dteplanows.printing.pdf417 import LEVEL
from dteplanows.printing.stamp import SHORT, correction
from dteplanows.signer.ted import make_ted, names_in_stamp

_YEARS = 2
_OLD_DAYS = _YEARS * 365
"""Days after which the SII remarks on a CAF that does not lapse (Timbraje electrónico, 2014)."""

_PLAIN_NAMES = 2 * STAMPED_NAME
"""Characters of the two names in a stamp when nothing in them is escaped."""


def remarks(ledger: Ledger, company: Company, document: Document, taken: Taken, today: date) -> list[Problem]:
    """What is to be said of *document* and its CAF: another issuer's name (DOC-116, a reparo), a date before its
    authorization (FOL-071), its age (FOL-072); and that it takes the folio of one that the SII refused (FOL-073).

    :raises Refused: a reparo is among it, and the company wants none.
    """
    # A CAF that is not made yet will have the company's own name.
    name = passing_key(ledger, taken.caf_id).razon_social if taken.caf_id else company.razon_social
    found = _remarks(document, taken, name, today)
    if taken.reemplaza:
        found.append(_replaces(ledger, document, taken))
    if found and company.handling_of_reparos == "detener":
        found = list(map(stop, found))
        if errors(found):
            raise Refused(found)
    return found


def _remarks(document: Document, taken: Taken, razon_social: str, today: date) -> list[Problem]:
    found = []
    emisor = document.emisor
    name = "RznSoc" if "RznSoc" in emisor.fields else "RznSocEmisor"
    given = emisor.text(name)
    if given[:STAMPED_NAME] != razon_social and given and _plain(given) != _plain(razon_social):
        found.append(problem("DOC-116", emisor.place_of(name), given, right=shown(razon_social)))
    id_doc, fecha = document.id_doc, taken.fecha_autorizacion
    emission = id_doc.day("FchEmis")
    if emission and emission < fecha:
        found.append(problem("FOL-071", id_doc.place_of("FchEmis"), str(emission), fecha=fecha))
    if (today - fecha).days > _OLD_DAYS:
        facts = {"tipo": document.tipo, "fecha": fecha, "limit": _YEARS}
        found.append(problem("FOL-072", id_doc.place_of("Folio"), str(taken.folio), **facts))
    return found


def _replaces(ledger: Ledger, document: Document, taken: Taken) -> Problem:
    delivery = ledger.deliveries.find(taken.reemplaza)
    facts: dict[str, object] = {"tipo": document.tipo, "momento": "", "motivos": ""}
    if delivery:
        facts |= {"momento": f"{delivery.desde:%Y-%m-%d}", "motivos": shown("; ".join(delivery.motivos.splitlines()))}
    return problem("FOL-073", document.id_doc.place_of("Folio"), str(taken.folio), **facts)


def may_have_long_stamp(document: Document) -> bool:
    """Whether :func:`remarks_on_stamp` may find something: names that nothing is escaped in are never too long."""
    return sum(map(len, _escaped_names(document))) > _PLAIN_NAMES


def remarks_on_stamp(document: Document, ted: str) -> list[Problem]:
    """Avisos on what the names of *document* do to the barcode of its stamp, *ted*.

    It gets a lower error correction level than the SII wants (DOC-140), or none can hold it (DOC-141).
    """
    if len(ted) <= SHORT:
        return []
    level = correction(ted.encode("latin-1"))
    if level == LEVEL:
        return []
    receptor, item = map(len, _escaped_names(document))
    group, name = (document.receptor, "RznSocRecep") if receptor >= item else (document.detalles[0], "NmbItem")
    place, value = group.place_of(name), group.text(name)
    if level is None:
        return [problem("DOC-141", place, value, length=len(ted))]
    return [problem("DOC-140", place, value, length=len(ted), level=level, right=LEVEL)]


def remarks_on_trial_stamp(ledger: Ledger, document: Document, taken: Taken) -> list[Problem]:
    """The same before there is a stamp, inside a transaction that is rolled back."""
    return remarks_on_stamp(document, make_ted(document, taken.folio, passing_key(ledger, taken.caf_id), clock.now()))


def _escaped_names(document: Document) -> tuple[str, ...]:
    """The receiver and the first product as the stamp writes them."""
    return tuple(map(escape_in_stamp, names_in_stamp(document)))


def _plain(name: str) -> str:
    """*name* as far as a CAF holds it, for comparing: without case, accents and the number of blanks."""
    return without_accents(" ".join(name.split())[:STAMPED_NAME].casefold()).rstrip()
