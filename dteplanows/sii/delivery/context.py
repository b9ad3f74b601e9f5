"""What every part of the delivery works with."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, cast
from urllib.parse import urlsplit, urlunsplit

from dteplanows.accounts.opened import OpenedCertificates
from dteplanows.document import clock
from dteplanows.document.company import Ambiente, Company
from dteplanows.ledger.deliveries import Step
from dteplanows.ledger.delivery_tables import Exchange, StoredEnvelope
from dteplanows.ledger.rows import StoredDocument
from dteplanows.ledger.sessions import SessionKey
from dteplanows.ledger.store import Ledger
from dteplanows.signer.certificate import Certificate, utc_now
from dteplanows.sii.calls import Answer, Broken, Http, Request
from dteplanows.sii.delivery.pace import Pace
from dteplanows.sii.envelopes import Kind
from dteplanows.sii.outcomes import OUTCOMES
from dteplanows.sii.service import Sent, Sii
from dteplanows.sii.session import Given
from dteplanows.sii.tokens import Kept, Key


@dataclass
class Delivery:
    """A worker's tools: the ledger, the SII, and who it is."""

    ledger: Ledger
    sii: Sii
    worker: str
    pace: Pace = field(default_factory=Pace)
    listening: Listening | None = None
    """Keeps every call; None for calls that are not kept."""

    def __post_init__(self) -> None:
        self._opened = OpenedCertificates(self.ledger)

    def certificate(self, company: Company) -> Certificate | None:
        """The certificate with which *company* signs now; None when it has none that is valid."""
        return self._opened.current(company)

    def certificate_of(self, envelope: StoredEnvelope) -> Certificate | None:
        """A valid certificate of whoever signed *envelope*: the SII lets nobody else upload it (CRT-3-11)."""
        company = self.ledger.companies.find(cast(Ambiente, envelope.ambiente), envelope.rut_emisor)
        found = self.certificate(company) if company else None
        if found and found.rut == envelope.rut_envia:
            return found
        now = utc_now()
        for stored in reversed(self.ledger.certificates.of(cast(Ambiente, envelope.ambiente), envelope.rut_emisor)):
            if stored.rut_firmante == envelope.rut_envia and stored.valid_from <= now <= stored.valid_until:
                return self._opened.open(stored)
        return None

    def document(self, documento_id: int) -> StoredDocument:
        """The document of that id.

        :raises LookupError: there is none.
        """
        found = self.ledger.documents.by_id(documento_id)
        if found is None:
            raise LookupError(f"there is no document {documento_id}")
        return found

    def ends(self, envelope: StoredEnvelope) -> list[StoredDocument]:
        """The first and the last document of *envelope*; one of an envelope of one."""
        ids = self.ledger.envelopes.documents(envelope.id)
        return [self.document(one) for one in dict.fromkeys((ids[0], ids[-1]))]

    def settle(self, envelope: StoredEnvelope, *steps: Step, **changes: Any) -> None:
        """Write what was found of *envelope*, as :meth:`~dteplanows.ledger.envelopes.Envelopes.settle`."""
        self.ledger.envelopes.settle(envelope, self.worker, changes, steps)

    def keep_calls(self, envelope: StoredEnvelope) -> None:
        """Keep the calls of this worker since the last time as calls about *envelope*."""
        if self.listening:
            self.ledger.envelopes.keep(self.listening.heard(envelope.id))


def sent(envelope: StoredEnvelope) -> Sent:
    """*envelope* as the services of the SII want to know it."""
    return Sent(
        cast(Ambiente, envelope.ambiente), cast(Kind, envelope.clase), envelope.rut_emisor, envelope.track_id,
        envelope.de_prueba,
    )  # fmt: skip


class Listening(threading.local):
    """Carries calls to the SII and remembers those of each thread until that asks for them."""

    def __init__(self, http: Http) -> None:
        self._http = http
        self._calls: list[tuple[Request, Answer, float]] = []

    def send(self, request: Request) -> Answer:
        """See :class:`~dteplanows.sii.calls.Http`."""
        began = time.perf_counter()
        answer = self._http.send(request)
        self._calls.append((request, answer, time.perf_counter() - began))
        return answer

    def heard(self, envio_id: int) -> list[Exchange]:
        """The calls since the last time, as calls about an envelope."""
        calls, self._calls = self._calls, []
        return [_exchange(envio_id, *one) for one in calls]


class SharedTokens:
    """The sessions of an installation, in the ledger: see :class:`~dteplanows.sii.tokens.Store`."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def get(self, key: Key) -> Kept | None:
        """What is kept for *key*."""
        found = self._ledger.sessions.find(SessionKey(*key))
        if found is None:
            return None
        values, since = found
        outcome = OUTCOMES.get(values["outcome"])
        return Kept(Given(outcome, values["value"], values["reason"], values["detail"]), since) if outcome else None

    def put(self, key: Key, kept: Kept | None) -> None:
        """Keep it; None forgets."""
        if kept is None:
            self._ledger.sessions.forget(SessionKey(*key))
            return
        given = kept.given
        values = {"outcome": given.outcome.name, "value": given.value, "reason": given.reason, "detail": given.detail}
        self._ledger.sessions.save(SessionKey(*key), values, kept.since)


_FILE = b'name="archivo"'


def _exchange(envio_id: int, request: Request, answer: Answer, seconds: float) -> Exchange:
    return Exchange(
        envio_id=envio_id, momento=clock.now(), servicio=_plain(request),
        pregunta=_shown(request), respuesta=answer.part if isinstance(answer, Broken) else answer.body,
        estado_http=0 if isinstance(answer, Broken) else answer.status,
        resultado=answer.outcome.name if isinstance(answer, Broken) else "respondido",
        milisegundos=round(seconds * 1000),
    )  # fmt: skip


def _plain(request: Request) -> str:
    """The address without what is asked."""
    return urlunsplit((*urlsplit(request.url)[:3], "", ""))


def _shown(request: Request) -> str:
    """The request without its token and without the file of an upload, which is kept once for all."""
    at = request.body.find(_FILE)
    if at < 0:
        return request.without_token()
    end = request.body.find(b"\r\n\r\n", at)
    head = Request(request.method, request.url, request.headers, request.body[: end + 4], request.token)
    return f"{head.without_token()}(el archivo del envío y el fin del formulario: {len(request.body) - end - 4} bytes)"


def listed(reasons: Sequence[str]) -> str:
    """Reasons as the ledger keeps them: one in each line."""
    return "\n".join(one for one in dict.fromkeys(" ".join(reason.split()) for reason in reasons) if one)


__all__ = ["Delivery", "Listening", "SharedTokens", "listed", "sent"]
