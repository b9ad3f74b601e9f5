"""What happened to a document, from the file that it came in to the SII's last word, in the order in which it did."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple
from urllib.parse import urlsplit

from dteplanows.accounts.audit import kind_of
from dteplanows.document.text import decode
from dteplanows.ledger.answers import ReceivedBefore, Sender
from dteplanows.ledger.delivery_tables import Exchange, StoredEnvelope
from dteplanows.ledger.rows import StoredDocument
from dteplanows.ledger.store import Ledger
from dteplanows.sii.outcomes import OUTCOMES

MOST_EXCHANGES = 60
"""Calls of an envelope that are shown; of more, the first ones and the last ones."""
MOST_LETTERS = 20_000
"""Of what was sent or came back in one of them."""


class Call(NamedTuple):
    """A call to the SII about an envelope."""

    momento: datetime
    service: str
    """Path of the address that was called."""
    estado_http: int
    """0 where no whole answer came."""
    meaning: str
    """How it ended, in words."""
    milliseconds: int
    sent: str
    came: str


class Trip(NamedTuple):
    """An envelope that the document travelled in."""

    envelope: StoredEnvelope
    calls: list[Call]
    left_out: int
    """Calls that are not shown."""


class Step(NamedTuple):
    """Something that happened."""

    momento: datetime
    kind: str
    """``emitido``, ``sii`` or ``evento``."""
    what: str
    detail: str
    who: str = ""
    envio: int | None = None


def steps(ledger: Ledger, stored: StoredDocument) -> list[Step]:
    """Every step of *stored*, the first one first."""
    found = [*_events(ledger, stored), *_deliveries(ledger, stored), *_mails(ledger, stored)]
    return sorted(found, key=lambda one: one.momento)


def _events(ledger: Ledger, stored: StoredDocument) -> Iterator[Step]:
    for one in ledger.events.of(stored.id):
        issued = one.tipo == "emitido"
        who = stored.usuario if issued else one.quien
        yield Step(one.momento, "emitido" if issued else "evento", kind_of(one.tipo), one.detalle, who)


def _deliveries(ledger: Ledger, stored: StoredDocument) -> Iterator[Step]:
    for one in ledger.deliveries.history(stored.id):
        yield Step(one.momento, "sii", one.estado, one.detalle, envio=one.envio_id)


def _mails(ledger: Ledger, stored: StoredDocument) -> Iterator[Step]:
    for one in ledger.document_mails.of_document(stored.id):
        if one.enviado:
            yield Step(one.enviado, "evento", "enviado por correo", f"a {one.destino}")
        if one.estado in ("no enviado", "devuelto"):
            yield Step(one.cambiado, "evento", f"correo {one.estado}", f"a {one.destino}. {one.detalle}")


def trips(ledger: Ledger, stored: StoredDocument) -> list[Trip]:
    """The envelopes that *stored* travelled in, each with its conversation, as far as that is kept."""
    return [trip(ledger, one) for one in ledger.envelopes.of_document(stored.id)]


def trip(ledger: Ledger, envelope: StoredEnvelope) -> Trip:
    """The conversation about *envelope*, as far as it is kept."""
    every = list(ledger.envelopes.exchanges(envelope.id))
    half = MOST_EXCHANGES // 2
    shown = every if len(every) <= MOST_EXCHANGES else every[:half] + every[-half:]
    return Trip(envelope, [_call(one) for one in shown], len(every) - len(shown))


def _call(one: Exchange) -> Call:
    outcome = OUTCOMES.get(one.resultado)
    meaning = outcome.meaning if outcome else one.resultado
    path = urlsplit(one.servicio).path
    return Call(
        one.momento, path, one.estado_http, meaning, one.milisegundos, _short(one.pregunta),
        _short(decode(one.respuesta[: 4 * MOST_LETTERS])),
    )  # fmt: skip


def _short(text: str) -> str:
    return text if len(text) <= MOST_LETTERS else f"{text[:MOST_LETTERS]}\n…"


def batch(ledger: Ledger, stored: StoredDocument) -> ReceivedBefore | None:
    """The batch in which the file of *stored* came; None for a file that was answered at once."""
    sender = Sender(stored.ambiente, stored.rut_emisor, stored.usuario, stored.archivo_sha256)
    found = ledger.files.find(stored.archivo_sha256)
    return ledger.answers.first_batch(sender, found.formato, datetime.min) if found else None
