"""The delivery worker: goes round what is due, what is to be sent and what is to be asked.

Any number of them may run, in any number of processes: what one takes the others leave, and what one found is written
only if it still has it.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import cast

from dteplanows.document import clock
from dteplanows.document.company import Ambiente
from dteplanows.document.problem import Refused
from dteplanows.ledger import faults, presence
from dteplanows.ledger.delivery_states import ENVELOPE_DONE
from dteplanows.ledger.delivery_tables import StoredEnvelope
from dteplanows.ledger.envelopes import Overtaken
from dteplanows.ledger.presence import is_gone
from dteplanows.ledger.store import Ledger
from dteplanows.log.rarely import Rarely
from dteplanows.settings import Settings
from dteplanows.signer.certificate import Certificate
from dteplanows.sii.addresses import addresses_of
from dteplanows.sii.client import Client
from dteplanows.sii.delivery import documents, doubt, errands, following, forming, mail_requests, sending, verdicts
from dteplanows.sii.delivery.context import Delivery, Listening, SharedTokens
from dteplanows.sii.delivery.lateness import Lateness
from dteplanows.sii.delivery.nightly import Nightly
from dteplanows.sii.delivery.pace import Pace
from dteplanows.sii.outcomes import OUTCOMES
from dteplanows.sii.service import Sii, limits_of

log = logging.getLogger(__name__)

IDLE = 0.25
"""Seconds between two looks when nothing is to be done."""
_RETRY = 5.0
"""Seconds after which is tried again what something of ours stopped."""
_NAMED = 5
"""Documents of an envelope that the log names."""
_QUIET = 60.0
"""Seconds after which the log says the same once more."""
_PATIENCE = 25.0
"""Seconds that a call to the SII may take to end."""
_TIDY = 3600.0
"""Seconds between two looks at what need not be kept."""
_HANDS = 3
"""Threads that call the SII."""
_CLOSED = {"sin_nombre", "sin_conexion", "sin_tls", "bloqueado", "ocupado", "sesiones"}
"""Outcomes that speak of the whole server: others need not try it at once."""


class Worker:
    """Delivers what one ledger has issued."""

    def __init__(self, delivery: Delivery, keep_days: int = 0) -> None:
        """:param keep_days: how long a call to the SII is kept; 0 for ever."""
        self._delivery = delivery
        self._keep_days = keep_days
        self._tidied = -_TIDY
        self._lateness = Lateness(delivery.ledger)
        self._rarely = Rarely(_QUIET)
        self._left_alone: dict[str, float] = {}
        """Servers that do not answer, and until when nobody tries them."""

    def run(self, stop: threading.Event) -> None:
        """Work until *stop* is set; the calls at hand are finished first.

        Some threads call the SII while another forms envelopes: an answer may take minutes, and one server that is
        slow must not hold up what is for others.
        """
        with presence.held(self._delivery.ledger.directory, "entrega"):
            hands = [threading.Thread(target=self._go_round, args=(self.call_once, stop)) for _ in range(_HANDS)]
            for one in hands:
                one.start()
            self._go_round(self.form_once, stop)
            for one in hands:
                one.join()

    def _go_round(self, work: Callable[[], bool], stop: threading.Event) -> None:
        while not stop.is_set():
            worked = False
            try:
                worked = work()
            except Exception as failure:  # noqa: BLE001 - the outermost edge: a worker that ends helps nobody
                self._note_failure(failure)
                stop.wait(_RETRY)
            if not worked:
                stop.wait(IDLE)
        self._delivery.ledger.close()

    def work_once(self) -> bool:
        """Form what is due, then do the next thing; False when there was nothing to do."""
        formed = self.form_once()
        return self.call_once() or formed

    def form_once(self) -> bool:
        """Form what is due; False when nothing was."""
        self._tidy()
        self._lateness.look()
        made, obstacles = forming.form(self._delivery)
        for one in obstacles:
            self._say(one.words)
        return made > 0

    def call_once(self) -> bool:
        """Do the next thing for which the SII is called; False when there was none."""
        now = time.time()
        closed = [server for server, until in self._left_alone.copy().items() if now < until]
        envelope = self._delivery.ledger.envelopes.take(self._delivery.worker, is_gone, closed)
        if envelope is None:
            return documents.ask_due(self._delivery, now) or mail_requests.ask_due(self._delivery, now)
        self._go_on(envelope)
        return True

    def _tidy(self) -> None:
        """Forget the calls that need not be kept, once an hour."""
        if self._keep_days and time.monotonic() - self._tidied >= _TIDY:
            self._tidied = time.monotonic()
            self._delivery.ledger.envelopes.forget_exchanges(clock.now() - timedelta(self._keep_days))

    def _go_on(self, envelope: StoredEnvelope) -> None:
        """Do what is next with *envelope*; whatever happens, it is given back."""
        try:
            if not self._is_there(envelope):
                return
            self._do_next(envelope)
        except Overtaken:
            log.warning("Envío %s: otro proceso siguió con él", envelope.id)
        except BaseException:
            self._delivery.ledger.envelopes.give_back(envelope, self._delivery.worker, time.time() + _RETRY)
            raise
        self._look(envelope)

    def _do_next(self, envelope: StoredEnvelope) -> None:
        if envelope.estado == "enviando":
            sending.send(self._delivery, envelope)
        elif certificate := self._delivery.certificate_of(envelope):
            _QUESTIONS[envelope.estado](self._delivery, envelope, certificate)
        else:
            detail = f"No hay un certificado vigente de {envelope.rut_envia}, que firmó el envío. Cárguelo y reintente."
            verdicts.stop_whole(self._delivery, envelope, detail, {})

    def _is_there(self, envelope: StoredEnvelope) -> bool:
        """Whether the server that got *envelope* is the one that is asked; else a person must say what goes on."""
        hosts = self._delivery.sii.addresses.of(cast(Ambiente, envelope.ambiente), of_test_authority=envelope.de_prueba)
        if (envelope.subidas <= 1 and envelope.estado == "enviando") or envelope.servidor == hosts.name:
            return True
        detail = (
            f"El envío se mandó a {envelope.servidor}, y ahora los ajustes nombran {hosts.name} (sii_pruebas). "
            f"Vuelva a nombrar {envelope.servidor} hasta que termine, o fórmelo otra vez con «envios rehacer»."
        )
        verdicts.stop_whole(self._delivery, envelope, detail, {})
        return False

    def _look(self, envelope: StoredEnvelope) -> None:
        """Leave a server alone that does not answer, and say what happened."""
        found = self._delivery.ledger.envelopes.find(envelope.id)
        if found is None:
            return
        if found.resultado in _CLOSED:
            self._left_alone[found.servidor] = min(found.siguiente or time.time(), time.time() + 60)
        else:
            self._left_alone.pop(found.servidor, None)
        if found.estado == "detenido":
            log.error("Envío %s detenido: %s", found.id, found.detalle)
        elif found.estado in ENVELOPE_DONE:
            self._say_refused(found)
        elif found.resultado in OUTCOMES and OUTCOMES[found.resultado].again == "después":
            self._say(f"Envío {found.id}: {OUTCOMES[found.resultado].meaning} {found.detalle}".rstrip())

    def _say_refused(self, envelope: StoredEnvelope) -> None:
        """Say which documents of an envelope that came to its end were refused or are stopped; of many the first."""
        bad = [
            one for one in self._delivery.ledger.deliveries.of_envelope(envelope.id)
            if one.estado in ("rechazado", "detenido")
        ]  # fmt: skip
        for one in bad[:_NAMED]:
            log.warning(
                "Envío %s, de %s: el documento de tipo %s y folio %s quedó %s. %s Véalo con «documentos %s %s».",
                envelope.id, envelope.rut_emisor, one.tipo, one.folio, one.estado, " ".join(one.motivos.split()),
                one.tipo, one.folio,
            )  # fmt: skip
        if len(bad) > _NAMED:
            log.warning("Envío %s: quedaron así %s documentos más. Véalos con «envios ver %s».", envelope.id,
                        len(bad) - _NAMED, envelope.id)  # fmt: skip

    def _note_failure(self, failure: Exception) -> None:
        again = f"se intenta de nuevo cada {_RETRY:.0f} segundos"
        self._say(f"La entrega al SII espera, y {again}: {faults.in_words(failure)}")

    def _say(self, text: str) -> None:
        """Log *text*; the same again only after a while."""
        if self._rarely.admits(text):
            log.warning("%s", text)


_QUESTIONS: dict[str, Callable[[Delivery, StoredEnvelope, Certificate], None]] = {
    "en duda": doubt.ask, "enviado": following.follow, "por documento": documents.ask,
}  # fmt: skip
"""What is asked about an envelope that was taken, by its state."""


@contextmanager
def delivering(settings: Settings, ledger: Ledger, stop: threading.Event) -> Iterator[None]:
    """A delivery worker runs inside, in a thread of its own, when the settings want one; it ends once *stop* is set."""
    if not settings.sii_enviar:
        yield
        return
    threads = [
        threading.Thread(target=work, args=(settings, ledger, stop), name=name, daemon=True)
        for name, work in (("entrega", _deliver), ("recados", errands.run), ("conciliacion", _reconcile))
    ]
    for one in threads:
        one.start()
    try:
        yield
    finally:
        stop.set()
        for one in threads:
            one.join(_PATIENCE)


def _reconcile(settings: Settings, ledger: Ledger, stop: threading.Event) -> None:
    with suppress(Refused):  # the worker says why nothing is sent
        sii = Sii(Client(limits_of(settings)), addresses_of(settings), SharedTokens(ledger))
        Nightly(Delivery(ledger, sii, presence.new_worker()), settings.sii_hora_conciliar).run(stop)


def _deliver(settings: Settings, ledger: Ledger, stop: threading.Event) -> None:
    try:
        worker_of(settings, ledger).run(stop)
    except Refused as refused:
        log.error("No se envía nada al SII: %s", " ".join(one.text() for one in refused.problems))


def worker_of(settings: Settings, ledger: Ledger) -> Worker:
    """A delivery worker on *ledger*, by *settings*.

    :raises Refused: an address of one environment is of the other (SII-002), or not by https (SII-003).
    """
    listening = Listening(Client(limits_of(settings)))
    sii = Sii(listening, addresses_of(settings), SharedTokens(ledger))
    pace = Pace(facturas=settings.sii_espera_facturas, boletas=settings.sii_espera_boletas)
    return Worker(Delivery(ledger, sii, presence.new_worker(), pace, listening), settings.sii_dias_conversacion)
