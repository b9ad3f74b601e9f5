"""The same file again: who sends it once more because no answer came gets the answer, and no second folio.

A call *repeats* another one when the same user sends the same bytes and leaves a folio to the service. It is told what
the other was answered, and nothing is issued again,

* when the other's answer could not be delivered, was too long for anybody to know, or its process died: that is
  remembered for some minutes;
* when the other is still under way, and its answer not on the way yet: it waits for that one;
* within the minutes that the company has set, also when the answer was delivered.

Boletas are told so only in the first case: two tills sell the same coffee at one moment, and one till twice in a row.
In all other cases the file is issued again, and an aviso names the folio that it had before.

See :mod:`dteplanows.issuing.client` for how much is known of a delivery. Documents of the file that were never issued,
because they were refused or because the first call ended in its middle, are judged and issued as any other.
"""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import NamedTuple

from dteplanows.document import clock
from dteplanows.document.catalogue import problem
from dteplanows.document.model import Document
from dteplanows.document.outcome import DocumentOutcome
from dteplanows.document.phrases import phrase
from dteplanows.document.problem import Refused
from dteplanows.issuing.client import Delivery
from dteplanows.issuing.issued_of_file import are_boletas, as_answered, matched
from dteplanows.issuing.submission import Submission
from dteplanows.ledger.answers import IssuedOfFile, Sender
from dteplanows.ledger.store import Ledger
from dteplanows.ledger.under_way import Key, Stay, StillUnderWay, UnderWay
from dteplanows.settings import Settings, usual

log = logging.getLogger(__name__)

_UNDELIVERED = phrase("repeated.undelivered")
_BROKEN = phrase("repeated.broken")
_FIRST_CALL = phrase("repeated.under_way")
_WINDOW = phrase("repeated.recent")

Issue = Callable[[Sequence[Document]], list[DocumentOutcome]]
"""Issues documents that are judged already."""


class Memory(NamedTuple):
    """How long what is remembered."""

    minutes: int = usual("minutos_sin_entregar")
    """An answer that was not delivered; 0 for none at all."""
    patience: float = usual("segundos_en_fila")
    """Seconds to wait for the first call."""
    batch_hours: int = usual("horas_lote_repetido")
    """A file of the bulk mode; 0 to take each as a new one."""


USUAL = Memory()
"""Of an installation that sets nothing."""


def memory_of(settings: Settings) -> Memory:
    """How long what is remembered by *settings*."""
    return Memory(
        minutes=settings.minutos_sin_entregar,
        patience=settings.segundos_en_fila,
        batch_hours=settings.horas_lote_repetido,
    )


class _Before(NamedTuple):
    """What was issued of a file before, and is to be told again."""

    issued: Sequence[IssuedOfFile]
    after: int
    """They are the newest of the file after that document."""
    why: str
    undelivered: bool
    """The ledger has a row of it."""
    overtaken: bool
    """The call came before the one that issued it: what becomes of its answer does not matter."""


class _Call(NamedTuple):
    """A call that may repeat another one."""

    sender: Sender
    stay: Stay
    documents: Sequence[Document]
    waited: float
    """Seconds since it arrived."""
    known: bool
    """The file has come before."""
    minutes: int
    """The company's window."""


class Repeats:
    """What the main road knows of files that come again."""

    def __init__(self, ledger: Ledger, memory: Memory) -> None:
        self._ledger = ledger
        self._memory = memory
        self._of_processes: UnderWay | None = None

    def issue(self, submission: Submission, documents: Sequence[Document], issue: Issue) -> list[DocumentOutcome]:
        """Issue by *issue* those of *documents* that were not issued by a call that this one repeats.

        :param documents: of the file submitted, judged.
        :raises Refused: the first call takes too long (SRV-124); nothing was done.
        :raises Left: the client went while waiting for it; nothing was done.
        """
        if all(one.folio for one in documents):  # their folios keep them from being issued twice
            return issue(documents)
        sender, file, client = submission.sender, submission.file, submission.client
        known = False

        def newest() -> int:
            nonlocal known
            found, known = self._ledger.answers.newest_id(file.sha256)
            return found

        try:
            key, patience = _key(sender, file.formato), self._memory.patience
            stay = self._under_way.enter(key, newest, patience, client.must_be_there)
        except StillUnderWay:
            raise Refused([problem("SRV-124", segundos=f"{self._memory.patience:g}")]) from None
        call = _Call(sender, stay, documents, client.waited, known, submission.company.minutos_repetido)
        try:
            before = self._before(call)
            outcomes = self._issue(call, before, issue)
        except BaseException:
            self._under_way.leave(stay)
            raise
        issued = any(one.accepted for one in outcomes)
        client.before_answer(partial(self._under_way.hand_over, stay))
        client.when_answered(partial(self._answered, call, before, issued))
        return outcomes

    @property
    def _under_way(self) -> UnderWay:
        if self._of_processes is None:
            self._of_processes = self._ledger.db.under_way()
        return self._of_processes

    def _before(self, call: _Call) -> _Before | None:
        """What is to be told again; None for nothing."""
        stay, seconds = call.stay, self._memory.minutes * 60.0
        if not call.known:
            return None
        after = self._ledger.answers.undelivered(stay.key.hex(), seconds) if seconds else None
        if after is not None:
            return self._since(call, after, _UNDELIVERED, undelivered=True)
        if stay.broken and 0 <= time.time() - stay.broken.begun <= seconds:
            found = self._since(call, stay.broken.newest, _BROKEN)
            if found:
                return found
        if are_boletas(call.documents):
            return None
        if stay.waited_for is not None:
            # It was overtaken: whoever sent it sent it again, and that call has told the folio to its own client.
            overtaken = time.time() - call.waited < stay.waited_for.begun
            found = self._since(call, stay.waited_for.newest, _FIRST_CALL, overtaken=overtaken)
            if found:
                return found
        return self._in_window(call) if call.minutes else None

    def _since(
        self, call: _Call, after: int, why: str, *, undelivered: bool = False, overtaken: bool = False
    ) -> _Before | None:  # fmt: skip
        issued = self._ledger.answers.issued_of_file(call.sender, after)
        return _Before(issued, after, why, undelivered, overtaken) if issued else None

    def _in_window(self, call: _Call) -> _Before | None:
        begin = clock.now() - timedelta(minutes=call.minutes)
        last = self._ledger.answers.last_issued_of_file(call.sender, len(call.documents))
        issued = [one for one in last if one.creado >= begin]
        return _Before(issued, issued[0].id - 1, _WINDOW, undelivered=False, overtaken=False) if issued else None

    def _issue(self, call: _Call, before: _Before | None, issue: Issue) -> list[DocumentOutcome]:
        documents = call.documents
        if before is None:
            if call.known and not are_boletas(documents):
                self._remark(call)
            return [_without_remark(one) for one in issue(documents)]
        told = {
            number: self._again(documents[number], row, before.why)
            for number, row in matched(documents, before.issued).items()
        }
        folios = ", ".join(f"{one.tipo}/{one.folio}" for one in told.values())
        usuario = call.sender.usuario
        log.warning("SRV-122: %s envió otra vez el mismo archivo; se le responde lo emitido: %s", usuario, folios)
        missing = [one for number, one in enumerate(documents) if number not in told]
        issued = iter(issue(missing) if missing else ())
        return [told[number] if number in told else next(issued) for number in range(len(documents))]

    def _remark(self, call: _Call) -> None:
        """Name in the documents the folios that they had before."""
        earlier = self._ledger.answers.last_issued_of_file(call.sender, len(call.documents))
        for number, row in matched(call.documents, earlier).items():
            document = call.documents[number]
            if not document.folio:
                when = f"{row.creado:%Y-%m-%d a las %H:%M:%S}"
                document.problems.append(problem("SRV-123", value=str(row.folio), tipo=row.tipo, momento=when))

    def _again(self, document: Document, row: IssuedOfFile, why: str) -> DocumentOutcome:
        """What was answered for *document*, marked."""
        stored = self._ledger.documents.by_id(row.id)
        if stored is None:
            raise LookupError(f"document {row.id} is gone")
        momento = f"{row.creado:%Y-%m-%d a las %H:%M:%S}"
        mark = problem("SRV-122", value=str(row.folio), tipo=row.tipo, momento=momento, motivo=why)
        return replace(as_answered(stored, document), repeticion=mark)

    def _answered(self, call: _Call, before: _Before | None, issued: bool, delivery: Delivery) -> None:
        """Note what became of the answer, where that is not the usual, and end the call.

        What cannot be noted stays under way until the process ends, and is then taken for a call whose process died.
        """
        key, after = call.stay.key.hex(), before.after if before else call.stay.newest
        try:
            # Whoever is told the same once more has asked for it: with an answer of any length that is delivered.
            lost = delivery is Delivery.FAILED or (delivery is Delivery.UNKNOWN and before is None)
            matters = issued and not (before and before.overtaken)
            if matters and lost and self._memory.minutes:
                if delivery is Delivery.FAILED:
                    log.warning("SRV-122: una respuesta a %s no se pudo entregar", call.sender.usuario)
                self._ledger.answers.note_undelivered(key, after)
            elif not lost and before and before.undelivered:
                self._ledger.answers.note_delivered(key)
        except Exception as failure:  # noqa: BLE001 - the call is answered; nobody could be told
            log.error("SRV-122: no se pudo anotar si una respuesta se entregó: %s", type(failure).__name__)
        self._under_way.leave(call.stay)


def _key(sender: Sender, formato: str) -> Key:
    return hashlib.sha256("\0".join((*sender, formato)).encode("utf-8", "surrogatepass")).digest()


def _without_remark(one: DocumentOutcome) -> DocumentOutcome:
    """*one*, and where it was refused without the word that it was issued once more."""
    if one.accepted or all(each.code != "SRV-123" for each in one.problems):
        return one
    return replace(one, problems=tuple(each for each in one.problems if each.code != "SRV-123"))
