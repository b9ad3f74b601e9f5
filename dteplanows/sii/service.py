"""The SII of an installation: every service with its session, at the address that the document's environment has.

This is where delivery asks. A session that the SII does not know any more is renewed once and the question repeated:
what was not authenticated was not received. Nothing else is repeated here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, Protocol, TypeVar

from dteplanows.document.company import Ambiente
from dteplanows.document.elements import BOLETAS
from dteplanows.settings import Settings
from dteplanows.signer.certificate import Certificate
from dteplanows.sii import document_state, envelope_state, mail_again, upload
from dteplanows.sii.addresses import Addresses, Hosts, Way, addresses_of
from dteplanows.sii.calls import Answer, Http, Request
from dteplanows.sii.client import Client, Limits
from dteplanows.sii.document_state import Asked, DocumentState
from dteplanows.sii.envelope_state import EnvelopeState
from dteplanows.sii.envelopes import Envelope, Kind
from dteplanows.sii.outcomes import OUTCOMES, Outcome
from dteplanows.sii.session import Family, Given
from dteplanows.sii.tokens import Store, Tokens, key_of
from dteplanows.sii.upload import Receipt


class _Told(Protocol):
    @property
    def outcome(self) -> Outcome: ...


Told = TypeVar("Told", bound=_Told)


class Sent(NamedTuple):
    """An envelope that the SII has, as whoever follows it knows it."""

    ambiente: Ambiente
    kind: Kind
    rut_emisor: str
    track_id: str
    of_test_authority: bool = False


class Desk(NamedTuple):
    """Where a question goes and with whose session."""

    hosts: Hosts
    ambiente: Ambiente
    family: Family
    certificate: Certificate


class Sii:
    """The services of the SII, simulated, of certification and of production."""

    def __init__(self, http: Http, addresses: Addresses, store: Store | None = None) -> None:
        """
        :param store: where tokens are kept; in this process where none is given.
        """
        self.http, self.addresses = http, addresses
        self.tokens = Tokens(http, store)

    def upload(self, envelope: Envelope, certificate: Certificate) -> Receipt:
        """Send *envelope*, once.

        :param certificate: of the person whom the envelope names as sender.
        :raises ValueError: it is somebody else's.
        """
        if certificate.rut != envelope.rut_envia:
            raise ValueError("the SII refuses an envelope that another person uploads than signed it (CRT-3-11)")
        hosts = self.addresses.of(envelope.ambiente, of_test_authority=envelope.of_test_authority)
        way = _way(hosts, envelope.kind)
        desk = Desk(hosts, envelope.ambiente, _family(way), certificate)
        read = upload.read_receipt_of_boletas if way == "rest" else upload.read_receipt
        return self._ask(desk, lambda token: upload.upload_request(hosts, way, envelope, token), read, _no_receipt)

    def envelope_state(self, sent: Sent, certificate: Certificate) -> EnvelopeState:
        """Ask what became of an envelope."""
        hosts = self.addresses.of(sent.ambiente, of_test_authority=sent.of_test_authority)
        way = _way(hosts, sent.kind)
        desk = Desk(hosts, sent.ambiente, _family(way), certificate)
        write, read = (
            (envelope_state.state_request_of_boletas, envelope_state.read_state_of_boletas)
            if way == "rest"
            else (envelope_state.state_request, envelope_state.read_state)
        )
        told = self._ask(desk, lambda token: write(hosts, sent.rut_emisor, sent.track_id, token), read, _no_state)
        return told.about(sent.track_id)

    def document_state(self, one: Asked, certificate: Certificate) -> DocumentState:
        """Ask whether the SII has a document."""
        hosts = self.addresses.of(one.ambiente, of_test_authority=one.of_test_authority)
        rest = one.tipo in BOLETAS and hosts.way_of_boletas == "rest"
        desk = Desk(hosts, one.ambiente, "boletas" if rest else "soap", certificate)
        if rest:
            return self._ask(
                desk, lambda token: document_state.state_request_of_boleta(hosts, one, token),
                document_state.read_state_of_boleta, _no_document,
            )  # fmt: skip
        return self._ask(
            desk, lambda token: document_state.state_request(hosts, one, certificate.rut, token),
            document_state.read_state, _no_document,
        )  # fmt: skip

    def document_with_track(self, one: Asked, certificate: Certificate) -> DocumentState:
        """Ask which envelope brought a document: the way back after an upload whose answer was lost.

        :raises ValueError: a boleta that went by the service of boletas, which knows no such question.
        """
        hosts = self.addresses.of(one.ambiente, of_test_authority=one.of_test_authority)
        if one.tipo in BOLETAS and hosts.way_of_boletas == "rest":
            raise ValueError("the service of boletas does not tell which envelope brought a document")
        desk = Desk(hosts, one.ambiente, "soap", certificate)
        return self._ask(
            desk, lambda token: document_state.advanced_request(hosts, one, token), document_state.read_advanced,
            _no_document,
        )  # fmt: skip

    def mail_again(self, sent: Sent, certificate: Certificate) -> mail_again.Asked:
        """Ask for the mail with the result of an envelope once more; facturas' only."""
        hosts = self.addresses.of(sent.ambiente, of_test_authority=sent.of_test_authority)
        desk = Desk(hosts, sent.ambiente, "soap", certificate)
        return self._ask(
            desk, lambda token: mail_again.mail_request(hosts, sent.rut_emisor, sent.track_id, token),
            mail_again.read_mail_asked,
            lambda given: mail_again.Asked(given.outcome, given.reason, given.detail, given.wait),
        )  # fmt: skip

    def _ask(
        self,
        desk: Desk,
        write: Callable[[str], Request],
        read: Callable[[Answer], Told],
        without: Callable[[Given], Told],
    ) -> Told:
        """Ask with a session; *without* says what the answer is where there is none."""
        told = self._ask_once(desk, write, read, without)
        return self._ask_once(desk, write, read, without) if told.outcome.again == "con otro token" else told

    def _ask_once(
        self,
        desk: Desk,
        write: Callable[[str], Request],
        read: Callable[[Answer], Told],
        without: Callable[[Given], Told],
    ) -> Told:
        given = self.tokens.get(desk.certificate, desk.ambiente, desk.family, desk.hosts)
        if given.outcome.name != "respondido":
            return without(given)
        told = read(self.http.send(write(given.value)))
        if told.outcome.again == "con otro token":
            self.tokens.drop(key_of(desk.certificate, desk.ambiente, desk.family, desk.hosts), given.value)
        return told


def open_sii(settings: Settings, store: Store | None = None) -> Sii:
    """The SII as *settings* have it.

    :raises Refused: as :class:`~dteplanows.sii.addresses.Addresses`.
    """
    return Sii(Client(limits_of(settings)), addresses_of(settings), store)


def limits_of(settings: Settings) -> Limits:
    """How long a call waits."""
    return Limits(connect=settings.sii_segundos_conexion, read=settings.sii_segundos_respuesta)


def _way(hosts: Hosts, kind: Kind) -> Way:
    return hosts.way_of_boletas if kind == "boletas" else "dteupload"


def _family(way: Way) -> Family:
    return "boletas" if way == "rest" else "soap"


def _no_receipt(given: Given) -> Receipt:
    """Whatever became of the questions for a session, of the envelope nothing has left."""
    outcome = given.outcome if given.outcome.received == "no" else OUTCOMES["sin_token"]
    return Receipt(outcome, reason=given.reason, detail=given.detail or given.outcome.meaning, wait=given.wait)


def _no_state(given: Given) -> EnvelopeState:
    return EnvelopeState(given.outcome, reason=given.reason, detail=given.detail, wait=given.wait)


def _no_document(given: Given) -> DocumentState:
    return DocumentState(given.outcome, reason=given.reason, detail=given.detail, wait=given.wait)
