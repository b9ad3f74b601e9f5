"""What each operation of the contract does, in plain Python: texts as they came go in, the answer comes out."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Protocol, TypeVar

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

Account = TypeVar("Account")


class Issuer(Protocol[Account]):
    """What the operations need of the main road."""

    def authenticate(self, credentials: Credentials) -> Account:
        """Who calls. Raises ``Refused``."""

    def process(self, account: Account, file: bytes, formato: str, solo_validar: bool = False) -> Outcome:
        """Judge a file and, unless *solo_validar*, issue its documents."""

    def xml(self, account: Account, tipo: int, folio: int) -> bytes:
        """The signed document; *tipo* 0 is whatever type has that folio. Raises ``Refused``."""


class Operations:
    """The operations of the contract for one issuer. Each answers whatever it is given; none raises ``Refused``."""

    def __init__(self, issuer: Issuer[Account]) -> None:
        def process(who: Credentials, file: bytes, formato: str, solo_validar: bool) -> Outcome:
            return issuer.process(issuer.authenticate(who), file, formato, solo_validar)

        def signed(who: Credentials, tipo: int, folio: int) -> bytes:
            return issuer.xml(issuer.authenticate(who), tipo, folio)

        self._process: Callable[[Credentials, bytes, str, bool], Outcome] = process
        self._signed: Callable[[Credentials, int, int], bytes] = signed

    def process(self, login: Login | None, file: str, formato: str, solo_validar: bool) -> str:
        """``Procesar`` and, with *solo_validar*, ``Validar``: the WSPLANO answer.

        :param file: the file in base64.
        :param formato: 1 or 2 as it came; what is wrong with it the parser says.
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
            return answer.of_problems(found, solo_validar)
        try:
            return answer.of_outcome(self._process(who, data, formato, solo_validar))
        except Refused as refused:
            return answer.of_problems(refused.problems, solo_validar)

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
