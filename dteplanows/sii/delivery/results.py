"""The SII's mail with the result of an envelope, taken in: for facturas the only list of reasons.

A mail can be forged, so it never says alone what became of a document. The SII's own counts of the envelope do, which
come over a connection that proves whose they are; the mail says which documents they count, as far as it agrees with
them, and why. One that comes before the counts is kept among the calls about the envelope and read again with them;
one that comes later adds reasons and remarks. Only documents are written here and never the envelope, so that a worker
that has it goes on undisturbed; both write under the same lock, whoever comes second sees what the first one did.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, NamedTuple

from dteplanows.ledger.deliveries import PART, Standing, Step
from dteplanows.ledger.delivery_states import ACCEPTED, ENVELOPE_DONE, REPEATED
from dteplanows.ledger.delivery_tables import StoredEnvelope
from dteplanows.ledger.store import Ledger
from dteplanows.sii.delivery import verdicts
from dteplanows.sii.delivery.context import listed
from dteplanows.sii.envelope_state import STATES, Judged
from dteplanows.sii.reasons import Reason, read_reason
from dteplanows.sii.result_mail import Result, read_mail

Fate = Literal["anotado", "sin novedad", "en espera", "sin envío", "otra empresa", "no corresponde"]
"""``en espera``: kept until the SII says itself that it is done. ``sin envío``: kept until an envelope of ours has that
number. ``no corresponde``: it does not agree with the SII's own counts, so only reasons were taken from it."""

_DONE = (*ENVELOPE_DONE, "detenido")
_PLACES: Mapping[str, int] = {"RCH": 2, "RPR": 3, "RLV": 3}
"""Where the counts of the ledger have those of a document's state."""


class Taken(NamedTuple):
    """What became of a mail, or of one result of several in it."""

    result: Result
    fate: Fate
    text: str
    """The same for people, a sentence."""
    envio_id: int = 0


class Noted(NamedTuple):
    """What a mail changed."""

    changed: int = 0
    """Documents that have another state or more reasons."""
    against: tuple[str, ...] = ()
    """What does not agree with what the ledger knows, in words."""


def take_in(ledger: Ledger, content: bytes, origen: str, server: str = "") -> list[Taken]:
    """Take in a mail, or a file that somebody saved; none where it holds no result. Twice is as once.

    :param origen: where it comes from, for people.
    :param server: only envelopes that went there; empty for any.
    """
    return [_take(ledger, one, content, origen, server) for one in dict.fromkeys(read_mail(content))]


def take_up(ledger: Ledger) -> int:
    """Take in the mails that came before their envelope had its number. Gives how many envelopes they were of."""
    found = [one for one in ledger.mail.found_since() if one.estado in (*_DONE, "por documento")]
    for envelope in found:
        with ledger.writing(PART):
            fresh = ledger.envelopes.find(envelope.id) or envelope
            note_kept(ledger, fresh, fresh.conteo)
    return len(found)


def of_mail(ledger: Ledger, envelope: StoredEnvelope, counts: Mapping[str, Sequence[int]]) -> list[Judged]:
    """Which documents the SII refused or remarked, as the kept mails about *envelope* say and *counts* confirm.

    :param counts: by type: informados, aceptados, rechazados, reparos.
    """
    for result in reversed(kept(ledger, envelope)):
        if not _against_counts(result, counts):
            return list(result.judged)
    return []


def kept(ledger: Ledger, envelope: StoredEnvelope) -> list[Result]:
    """The results that the mails about *envelope* hold, those among the loose ones too, in order."""
    for loose in ledger.mail.take_loose(envelope) if envelope.track_id else ():
        ledger.mail.keep(envelope.id, loose.origen, loose.contenido)
    found = (one for mail in ledger.mail.of_envelope(envelope.id) for one in read_mail(mail.respuesta))
    return [one for one in found if one.track_id == envelope.track_id]


def note_kept(ledger: Ledger, envelope: StoredEnvelope, counts: Mapping[str, Sequence[int]]) -> None:
    """Note what the kept mails about *envelope* say, now that the SII has said that it is done."""
    for result in kept(ledger, envelope):
        _note(ledger, envelope, result, counts)


def are_missing(ledger: Ledger, envelope: StoredEnvelope, counts: Mapping[str, Sequence[int]]) -> bool:
    """Whether the SII refused or remarked documents of *envelope* without a reason that is known here."""
    judged = sum(numbers[2] + numbers[3] for numbers in counts.values())
    return judged > sum(_has_reason(one) for one in ledger.deliveries.of_envelope(envelope.id))


def _take(ledger: Ledger, result: Result, content: bytes, origen: str, server: str) -> Taken:
    known = [one for one in ledger.companies.all() if one.rut == result.rut_emisor or not result.rut_emisor]
    if not known:
        text = f"Es del envío {result.track_id} de otra empresa, {result.rut_emisor}: no se tomó."
        return Taken(result, "otra empresa", text)
    with ledger.writing(PART):
        found = [
            one for one in ledger.mail.envelopes(result.track_id, result.rut_emisor)
            if server in ("", one.servidor)
        ]  # fmt: skip
        if len(found) > 1:  # a number that the simulator gave twice, or another server of pruebas
            found = [one for one in found if _may_be_of(result, ledger.deliveries.of_envelope(one.id))] or found
        if len(found) != 1:
            return _without_envelope(ledger, result, content, origen, len(found))
        (envelope,) = found
        is_new = ledger.mail.keep(envelope.id, origen, content)
        where = f"envío {envelope.id} (TRACKID {envelope.track_id})"
        if envelope.estado not in _DONE and not envelope.conteo:
            ledger.envelopes.hurry(envelope.id)
            text = f"Del {where}, que el SII no da por terminado todavía: se guardó y vale cuando lo haga."
            return Taken(result, "en espera", text, envelope.id)
        noted = _note(ledger, envelope, result, envelope.conteo)
        if noted.changed:
            ledger.envelopes.hurry(envelope.id)
    if noted.against:
        return Taken(result, "no corresponde", f"Del {where}. {' '.join(noted.against)}", envelope.id)
    if noted.changed:
        return Taken(result, "anotado", f"Del {where}: anotado en {_count(noted.changed)}.", envelope.id)
    why = "no trae nada que no se supiera" if is_new else "ya se había tomado"
    return Taken(result, "sin novedad", f"Del {where}: {why}.", envelope.id)


def _may_be_of(result: Result, standing: Sequence[Standing]) -> bool:
    """Whether *result* counts as many documents of each type as an envelope has, and names none but its own."""
    types = Counter(one.tipo for one in standing)
    ours = {(one.tipo, one.folio) for one in standing} | {(0, one.folio) for one in standing}
    counted = {tipo: informed for tipo, informed, *_ in result.counts}
    return (not counted or counted == types) and all((one.tipo, one.folio) in ours for one in result.judged)


def _without_envelope(ledger: Ledger, result: Result, content: bytes, origen: str, count: int) -> Taken:
    if count:
        text = f"Hay {count} envíos con el TRACKID {result.track_id}, y no dice de cuál es: no se tomó."
        return Taken(result, "no corresponde", text)
    if not result.track_id:
        return Taken(result, "no corresponde", "No dice de qué envío es: no se tomó.")
    ledger.mail.keep_loose(result.track_id, result.rut_emisor, origen, content)
    text = f"No hay un envío con el TRACKID {result.track_id}: se guardó, por si aparece."
    return Taken(result, "sin envío", text)


def _note(
    ledger: Ledger, envelope: StoredEnvelope, result: Result, counts: Mapping[str, Sequence[int]]
) -> Noted:
    """Note what *result* says of the documents of *envelope*, of which the SII has said that it is done."""
    standing = ledger.deliveries.of_envelope(envelope.id)
    if STATES.get(result.state, STATES["EPR"]).phase == "rechazado":
        return Noted(_explain(ledger, standing, result.errors))
    against = _against_counts(result, counts)
    changed, odd = 0, list[str]()
    for one in result.judged:
        found = [doc for doc in standing if doc.folio == one.folio and one.tipo in (0, doc.tipo)]
        if len(found) != 1:
            continue  # not in the envelope any more, or not told from another
        if verdicts.is_refusal(one):
            moved = _note_refusal(ledger, found[0], one, not against)
        else:
            moved = _note_remark(ledger, found[0], one, not against)
        changed += moved is True
        if moved is None:
            which = f"el documento {found[0].tipo} {one.folio}, que está {found[0].estado}"
            odd.append(f"El correo {_said(one)} {which}: no se cambió.")
    if not against and counts:
        verdicts.accept_rest(ledger, envelope.id, counts)
    return Noted(changed, (*against, *odd))


def _note_refusal(ledger: Ledger, standing: Standing, one: Judged, may_move: bool) -> bool | None:
    """Whether something changed; None where the ledger knows otherwise."""
    reasons = _merged(standing.motivos, one.reasons)
    repeated = any(reason.code in REPEATED for reason in one.reasons)
    if standing.estado in ACCEPTED:
        # Repeated: the SII refused what it has already, and said that it has it.
        return False if repeated else None
    if standing.estado in ("rechazado", "detenido"):
        return _add(ledger, standing, reasons)
    if repeated:
        ledger.deliveries.remark([standing.documento_id], reasons)
        return reasons != standing.motivos
    return may_move and bool(ledger.deliveries.move([standing.documento_id], Step("rechazado", reasons=reasons)))


def _note_remark(ledger: Ledger, standing: Standing, one: Judged, may_move: bool) -> bool | None:
    reasons = _merged(standing.motivos, one.reasons)
    if standing.estado == "rechazado":
        return None
    if standing.estado == "aceptado con reparos":
        return _add(ledger, standing, reasons)
    if standing.estado != "aceptado" and not may_move:
        return False
    return bool(ledger.deliveries.move([standing.documento_id], Step("aceptado con reparos", reasons=reasons)))


def _explain(ledger: Ledger, standing: Sequence[Standing], errors: Sequence[Reason]) -> int:
    """Add the reasons of a whole envelope to its documents that did not get through. Gives to how many."""
    left = [one for one in standing if one.estado in ("rechazado", "detenido")]
    return sum(_add(ledger, one, _merged(one.motivos, errors)) for one in left)


def _add(ledger: Ledger, standing: Standing, reasons: str) -> bool:
    if reasons == standing.motivos:
        return False
    ledger.deliveries.add_reasons(standing.documento_id, reasons)
    return True


def _merged(before: str, reasons: Iterable[Reason]) -> str:
    """All reasons, in lines; words that only stood for one that was not known yet give way to it."""
    fresh = [one.as_it_came for one in reasons]
    lines = before.splitlines()
    if any(one.code for one in reasons):
        lines = [one for one in lines if read_reason(one).code]
    return listed([*lines, *fresh])


def _has_reason(one: Standing) -> bool:
    told = any(read_reason(line).code for line in one.motivos.splitlines())
    return one.estado in ("rechazado", "aceptado con reparos", "detenido") and told


def _against_counts(result: Result, counts: Mapping[str, Sequence[int]]) -> tuple[str, ...]:
    """In what *result* does not agree with the SII's own counts, in words; all of it where these are not known."""
    if not counts:
        return ("El SII no ha dado sus cifras del envío, así que solo se tomaron los motivos.",)
    told = {str(tipo): list(numbers) for tipo, *numbers in result.counts}
    if told and told != {tipo: list(numbers) for tipo, numbers in counts.items()}:
        return ("Sus cifras no son las que el SII da del envío, así que solo se tomaron los motivos.",)
    by_state = Counter(_PLACES[one.state] for one in result.judged if one.state in _PLACES)
    if any(count > sum(numbers[at] for numbers in counts.values()) for at, count in by_state.items()):
        return ("Nombra más documentos que los que el SII cuenta, así que solo se tomaron los motivos.",)
    return ()


def _said(one: Judged) -> str:
    return "da por rechazado" if verdicts.is_refusal(one) else "da por aceptado con reparos"


def _count(number: int) -> str:
    return "un documento" if number == 1 else f"{number} documentos"
