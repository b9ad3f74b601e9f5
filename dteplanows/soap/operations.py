"""What each operation of the contract does, in plain Python: texts as they came go in, the answer comes out."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple, Protocol, TypeVar

import dteplanows
from dteplanows.document.catalogue import problem
from dteplanows.document.problem import Place, Problem, Refused
from dteplanows.outcome import Credentials, Outcome
from dteplanows.soap import answer
from dteplanows.soap.base64text import payload, readings
from dteplanows.soap.login import Login, credentials

ONLINE = "Online=1"
"""Two clients compare the answer of ``Online`` with this text."""

_FOLIO = re.compile(r"\d{1,10}", re.ASCII)
_TIPO = re.compile(r"\d{1,3}", re.ASCII)
_COMPRA = "C"
_FORMATOS = ("1", "2")

_TRACK_ID = re.compile(r"\d{1,15}", re.ASCII)

Account = TypeVar("Account")


class Batch(Protocol):
    """How far a file is that was received in bulk mode."""

    @property
    def id(self) -> int:
        """Its ``TrackId``."""

    @property
    def total(self) -> int:
        """Its documents; 0 until they are counted."""

    @property
    def hechos(self) -> int:
        """How many of them are done."""

    @property
    def rechazados(self) -> int:
        """How many of those were refused."""


class Issuer(Protocol[Account]):
    """What the operations need of the main road."""

    def authenticate(self, credentials: Credentials) -> Account:
        """Who calls. Raises ``Refused``."""

    def process(self, account: Account, file: bytes, formato: str, solo_validar: bool = False) -> Outcome:
        """Judge a file and, unless *solo_validar*, issue its documents."""

    def receive(self, account: Account, file: bytes, formato: str) -> int:
        """Store a file durably, to be issued later; the ``TrackId``."""

    def batch(self, account: Account, batch_id: int) -> tuple[Batch, Outcome | None]:
        """How far that file is, and its outcome once it is done. Raises ``Refused``."""

    def xml(self, account: Account, tipo: int, folio: int) -> bytes:
        """The signed document; *tipo* 0 is whatever type has that folio. Raises ``Refused``."""


class Operations:
    """The operations of the contract for one issuer. Each answers whatever it is given; none raises ``Refused``."""

    def __init__(self, issuer: Issuer[Account]) -> None:
        def process(who: Credentials, file: bytes, formato: str, solo_validar: bool) -> Outcome:
            return issuer.process(issuer.authenticate(who), file, formato, solo_validar)

        def signed(who: Credentials, tipo: int, folio: int) -> bytes:
            return issuer.xml(issuer.authenticate(who), tipo, folio)

        def receive(who: Credentials, file: bytes, formato: str) -> int:
            return issuer.receive(issuer.authenticate(who), file, formato)

        def batch(who: Credentials, batch_id: int) -> tuple[Batch, Outcome | None]:
            return issuer.batch(issuer.authenticate(who), batch_id)

        self._receive: Callable[[Credentials, bytes, str], int] = receive
        self._batch: Callable[[Credentials, int], tuple[Batch, Outcome | None]] = batch
        self._process: Callable[[Credentials, bytes, str, bool], Outcome] = process
        self._signed: Callable[[Credentials, int, int], bytes] = signed

    def process(self, login: Login | None, file: str, formato: str, solo_validar: bool) -> str:
        """``Procesar`` and, with *solo_validar*, ``Validar``: the WSPLANO answer.

        :param file: the file in base64.
        :param formato: 1 or 2 as it came; what is wrong with it the parser says.
        """
        try:
            call = _file_call(login, file, formato)
            return answer.of_outcome(self._process(call.who, call.data, call.formato, solo_validar))
        except Refused as refused:
            return answer.of_problems(refused.problems, solo_validar)

    def process_later(self, login: Login | None, file: str, formato: str) -> str:
        """``ProcesarWSMasivo``: the ``TrackId``, once the file is durable. A worker judges and issues it later."""
        try:
            call = _file_call(login, file, formato)
            if call.formato not in _FORMATOS:
                raise Refused([problem("TXT-002", value=call.formato)])
            return answer.of_receipt(self._receive(call.who, call.data, call.formato))
        except Refused as refused:
            return answer.of_problems(refused.problems)

    def state(self, login: Login | None, trackid: str) -> str:
        """``ConsultarEstado``: the answer of ``Procesar`` once the file is done, else how far it is."""
        try:
            who = credentials(login)
            number = _number(trackid, _TRACK_ID)
            if number is None:
                raise Refused([problem("SRV-100", Place(field="trackid"), readings(trackid)[0])])
            batch, outcome = self._batch(who, number)
        except Refused as refused:
            return answer.of_problems(refused.problems)
        if outcome is None:
            return answer.of_progress(batch.id, batch.total, batch.hechos, batch.rechazados)
        return answer.of_outcome(outcome)

    def xml(self, login: Login | None, tpomov: str, folio: str, tipo: str) -> bytes:
        """``getXMLDte``: the signed bytes, or the WSPLANO answer that says why not.

        ``tipo`` may be no number at all (a client sends the word ``TipoDte``): then the folio alone decides.
        """
        try:
            who = credentials(login)
            if any(reading.strip().upper().startswith(_COMPRA) for reading in readings(tpomov)[:1]):
                raise Refused([problem("SRV-031", Place(field="tpomov"), readings(tpomov)[0])])
            number = _number(folio, _FOLIO)
            if number is None:
                raise Refused([problem("SRV-030", Place(field="folio"), readings(folio)[0])])
            return self._signed(who, _number(tipo, _TIPO) or 0, number)
        except Refused as refused:
            return answer.of_problems(refused.problems).encode()

    def online(self) -> str:
        """``Online``: the service answers."""
        return ONLINE

    def version(self) -> str:
        """``Version``: the version of this package."""
        return dteplanows.__version__


class _FileCall(NamedTuple):
    """What a call with a file brings."""

    who: Credentials
    data: bytes
    formato: str


def _file_call(login: Login | None, file: str, formato: str) -> _FileCall:
    """The parameters of a call with a file.

    :raises Refused: what is wrong with ``login`` and with ``file``, both.
    """
    formato = formato.strip()
    found: list[Problem] = []
    data, who = b"", None
    try:
        who = credentials(login)
    except Refused as refused:
        found.extend(refused.problems)
    try:
        data = _file(file, formato)
    except Refused as refused:
        found.extend(refused.problems)
    if who is None or found:
        raise Refused(found)
    return _FileCall(who, data, formato)


def _file(text: str, formato: str) -> bytes:
    """The bytes of the parameter ``file``.

    :raises Refused: empty (SRV-020, SRV-021) or not in base64 (SRV-022).
    """
    data = payload(text)
    if data is None:
        raise Refused([problem("SRV-022", Place(field="file"), text.strip())])
    if not data.strip():
        raise Refused([problem("SRV-021" if formato == "2" else "SRV-020", Place(field="file"))])
    return data


def _number(text: str, form: re.Pattern[str]) -> int | None:
    """The number in *text*, in base64 or plain, or None. Base64 of digits never consists of digits."""
    found = next((one.strip() for one in readings(text) if form.fullmatch(one.strip())), None)
    return None if found is None else int(found)
