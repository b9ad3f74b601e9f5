"""What the SII said of documents, written down."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from dteplanows.ledger.deliveries import Standing, Step
from dteplanows.ledger.delivery_states import ACCEPTED, REPEATED
from dteplanows.ledger.delivery_tables import Delivery as Where
from dteplanows.ledger.delivery_tables import StoredEnvelope
from dteplanows.ledger.store import Ledger
from dteplanows.sii.delivery.context import Delivery, listed
from dteplanows.sii.envelope_state import Judged
from dteplanows.sii.reasons import read_reason

_OF_THE_SENDER = frozenset({"ENV-3-6", "FIR-RUT", "CRT-3-11", "CRT-3-18", "CRT-3-19", "CRT-3-20"})
"""Codes that are about whoever signs and sends, or about the company, and no fault of any document."""
_MOST_REFUSED = 24
"""So many refused envelopes of a company, one after the other, are no fault of one document any more."""


def refuse_whole(
    delivery: Delivery, envelope: StoredEnvelope, reasons: Sequence[str], found: Mapping[str, Any]
) -> None:
    """The SII refused all of *envelope*, and registered none of its documents.

    An envelope of many is dissolved and they travel again in halves, so that those that are right arrive; one document
    alone is refused.

    :param found: columns of the envelope that are to be written with it.
    """
    words, ledger = listed(reasons), delivery.ledger
    if any(read_reason(one).code in _OF_THE_SENDER for one in reasons):
        told = " ".join(read_reason(one).told() for one in reasons)
        stop_whole(delivery, envelope, f"{told} Remediada la causa: «envios rehacer {envelope.id}».", found)
        return
    count = sum(one.estado not in ("rechazado", "detenido") for one in ledger.deliveries.of_envelope(envelope.id))
    if count <= 1:
        step, estado = Step("rechazado", reasons=words), "rechazado"
    elif _refused_lately(delivery, envelope) >= _MOST_REFUSED:
        detail = f"{words}\nEl SII rechazó {_MOST_REFUSED} envíos seguidos de la empresa: la causa es de todos."
        step, estado = Step("detenido", detail), "detenido"
    else:
        step, estado = Step("pendiente", words, tope=max(1, count // 2)), "disuelto"
    changes = {**found, "detalle": step.detail or words, "estado": estado, "siguiente": 0.0}
    delivery.settle(envelope, step, **changes)


def stop_whole(delivery: Delivery, envelope: StoredEnvelope, detail: str, found: Mapping[str, Any]) -> None:
    """Nothing goes on with *envelope* before a person has acted."""
    changes = {**found, "estado": "detenido", "detalle": detail, "siguiente": 0.0}
    delivery.settle(envelope, Step("detenido", detail), **changes)


def note_judged(delivery: Delivery, envelope: StoredEnvelope, judged: Iterable[Judged]) -> None:
    """Write down the documents of *envelope* that the SII refused or remarked.

    Those that it calls repeated only get the reason: it has such a document, and is asked whose it is.
    """
    ledger = delivery.ledger
    ids = {(one.tipo, one.folio): one.documento_id for one in ledger.deliveries.of_envelope(envelope.id)}
    for one in judged:
        found = [found for (tipo, folio), found in ids.items() if folio == one.folio and one.tipo in (0, tipo)]
        if len(found) != 1:
            continue  # of a document that is not in the envelope, or that the SII does not tell from another
        reasons = listed([reason.as_it_came for reason in one.reasons])
        if not is_refusal(one):
            ledger.deliveries.move(found, Step("aceptado con reparos", reasons=reasons))
        elif any(reason.code in REPEATED for reason in one.reasons):
            ledger.deliveries.remark(found, reasons)
        else:
            ledger.deliveries.move(found, Step("rechazado", reasons=reasons))


def is_settled(one: Standing) -> bool:
    """Whether nothing is to be asked about a document: the SII's last word is known, or a person must act."""
    return one.estado in (*ACCEPTED, "rechazado", "detenido")


def is_repeated(one: Standing | Where) -> bool:
    """Whether the SII said of a document that it has its folio already."""
    return any(read_reason(text).code in REPEATED for text in one.motivos.splitlines())


def is_refusal(one: Judged) -> bool:
    """Whether a document was refused; where its state is not known, what its reasons say decides."""
    if one.state in ("RCH", "RPR", "RLV"):
        return one.state == "RCH"
    return any(reason.effect == "rechazo" for reason in one.reasons)


def accept_rest(ledger: Ledger, envio_id: int, counts: Mapping[str, Sequence[int]]) -> None:
    """Accept what is left of an envelope, of each type of which every refused document is known.

    :param counts: what the SII counted, by type: informados, aceptados, rechazados, reparos.
    """
    standing = ledger.deliveries.of_envelope(envio_id)
    refusals = refusals_left(counts, standing)
    for tipo, (informed, _, _, remarked) in counts.items():
        of_type = [one for one in standing if str(one.tipo) == tipo]
        left = [one for one in of_type if not is_settled(one) and not is_repeated(one)]
        if informed < len(of_type) or refusals[int(tipo)] > 0 or not left:
            continue
        seen = sum(one.estado == "aceptado con reparos" for one in of_type)
        detail = ""
        if remarked > seen:
            detail = f"de los aceptados del envío, {remarked - seen} con reparos: el correo del SII dice cuáles"
        ledger.deliveries.move([one.documento_id for one in left], Step("aceptado", detail))


def refusals_left(counts: Mapping[str, Sequence[int]], standing: Iterable[Standing]) -> Counter[int]:
    """By type, how many documents of an envelope the SII refused beyond those that are known."""
    left = Counter({int(tipo): numbers[2] for tipo, numbers in counts.items()})
    left.subtract(one.tipo for one in standing if one.estado == "rechazado")
    return left


def _refused_lately(delivery: Delivery, envelope: StoredEnvelope) -> int:
    """How many envelopes of the same company and kind were refused whole since one arrived."""
    which = "ambiente = ? AND rut_emisor = ? AND clase = ?"
    values = (envelope.ambiente, envelope.rut_emisor, envelope.clase)
    count = 0
    for one in delivery.ledger.envelopes.newest(_MOST_REFUSED * 4, which, values):
        if one.estado in ("disuelto", "rechazado"):
            count += 1
        elif one.estado in ("enviado", "por documento", "procesado"):
            break
    return count
