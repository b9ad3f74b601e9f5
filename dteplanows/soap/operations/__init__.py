"""What each operation of the contract does, in plain Python: texts as they came go in, the answer comes out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import dteplanows
from dteplanows.accounts.callers import Account, Callers
from dteplanows.archive.copies import Copies
from dteplanows.archive.links import Copy
from dteplanows.bulk.receipt import Batches
from dteplanows.document.catalogue import problem
from dteplanows.document.outcome import Credentials, DocumentOutcome, Outcome
from dteplanows.document.problem import Place, Problem, Refused
from dteplanows.issuing import Issuer
from dteplanows.issuing.submission import submitted
from dteplanows.ledger.rows import ReceivedFile
from dteplanows.log import call as the_call
from dteplanows.soap import answer
from dteplanows.soap.answer.failures import told
from dteplanows.soap.asmx.caller import Caller
from dteplanows.soap.base64text import file_in
from dteplanows.soap.limits import USUAL, Limits
from dteplanows.soap.login import Login, credentials, port_of, wants_link
from dteplanows.soap.login.logins import Logins
from dteplanows.soap.operations import parameters
from dteplanows.soap.operations.documents import DocumentOperations

ONLINE = "Online=1"
"""Two clients compare the answer of ``Online`` with this text."""

_SMALL = 256 * 1024
"""Characters of a file that is also looked at when its sender may not come in: then all that is wrong is told."""


class Operations:
    """The operations of the contract for one issuer.

    Each answers whatever it is given, in the words of :mod:`failures`; only those that say failures by a fault raise
    ``Refused``.
    """

    def __init__(self, issuer: Issuer, limits: Limits = USUAL, printed_at: str = "", link_days: int = 0) -> None:
        """:param printed_at: as for :class:`dteplanows.archive.copies.Copies`, as is *link_days*."""
        self._issuer = issuer
        self._batches = Batches(issuer, limits.waiting_batches)
        self.limits = limits
        self.logins = Logins(Callers(issuer.ledger), limits)
        """Where every call begins, by whatever way it comes in."""
        self.copies = Copies(issuer.ledger, limits.prints, printed_at, link_days)
        """The printed copies of issued documents."""
        self.documents = DocumentOperations(issuer.ledger, self.copies, self.logins, limits)
        """The operations on documents that are issued already."""

    def unwelcome(self, login: Login | None, caller: Caller) -> Sequence[Problem]:
        """Why *login* opens nothing; empty when it does."""
        try:
            self.logins.admit(credentials(login), caller)
        except Refused as refused:
            return refused.problems
        return ()

    def process(self, login: Login | None, file: str, formato: str, caller: Caller) -> str:
        """``Procesar``: the WSPLANO answer.

        :param file: the file in base64.
        :param formato: 1 or 2 as it came, in base64 or plain; what is wrong with it the parser says.
        """
        return self._judged(login, file, formato, caller, solo_validar=False)

    def validate(self, login: Login | None, file: str, formato: str, caller: Caller) -> str:
        """``Validar``: the WSPLANO answer of ``Procesar``, with nothing issued; the parameters are the same."""
        return self._judged(login, file, formato, caller, solo_validar=True)

    def _judged(self, login: Login | None, file: str, formato: str, caller: Caller, *, solo_validar: bool) -> str:
        try:
            with self.logins.served(_who(login, file, formato), caller) as account:
                given = file_parameters(file, formato)
                links = wants_link(login) and not solo_validar
                printing = account._replace(puerto=port_of(login))
                return self.process_for(printing, given, caller, links, solo_validar)
        except Refused as refused:
            return told("Validar" if solo_validar else "Procesar", refused.problems)

    def process_for(
        self, account: Account, given: FileParameters, caller: Caller, links: bool, solo_validar: bool = False
    ) -> str:
        """The WSPLANO answer for a file of *account*, which came in already.

        :param links: with the addresses of its printed documents.
        """
        outcome = self._issuer.process(account, given.data, given.formato, solo_validar, caller.client)
        if solo_validar:
            the_call.note_judged(outcome.documents)
        else:
            the_call.note_outcomes(outcome.documents, given.data)
        return self._answer(account, outcome, caller, with_addresses=links)

    def _answer(self, account: Account, outcome: Outcome, caller: Caller, *, with_addresses: bool) -> str:
        addresses = self._addresses(account, caller) if with_addresses else None
        return answer.of_outcome(outcome, addresses, account.con_avisos)

    def _addresses(self, account: Account, caller: Caller) -> answer.AddressOf:
        def address_of(one: DocumentOutcome, cedible: bool) -> str:
            return caller.origin + self.copies.links.path(Copy(one.documento_id, cedible), account.company.ambiente)

        return address_of

    def process_later(self, login: Login | None, file: str, formato: str, caller: Caller) -> str:
        """``ProcesarWSMasivo``: the ``TrackId``, once the file is durable. A worker judges and issues it later."""
        try:
            with self.logins.served(_who(login, file, formato), caller) as account:
                given = file_parameters(file, formato)
                if given.formato not in parameters.FORMATOS:
                    raise Refused([problem("TXT-002", value=given.formato)])
                received = ReceivedFile(given.formato, given.data)
                printing = account._replace(puerto=port_of(login))
                receipt = self._batches.receive(submitted(printing, received, caller.client), wants_link(login))
                the_call.note_batch(receipt.track_id)
                return answer.of_receipt(receipt.track_id, receipt.repeticion)
        except Refused as refused:
            return told("ProcesarWSMasivo", refused.problems)

    def state(self, login: Login | None, trackid: str, caller: Caller) -> str:
        """``ConsultarEstado``: the answer of ``Procesar`` once the file is done, else how far it is.

        It has the addresses of the documents when either call asks for them, and avisos as the user who asks has them.
        """
        try:
            who = credentials(login)
            number = parameters.track_id(trackid)
            the_call.note_batch(number)
            with self.logins.served(who, caller) as account:
                batch, outcome = self._batches.state(account, number)
                if outcome is None:
                    return answer.of_progress(batch.id, batch.total, batch.hechos, batch.rechazados)
                return self._answer(account, outcome, caller, with_addresses=batch.con_enlaces or wants_link(login))
        except Refused as refused:
            return told("ConsultarEstado", refused.problems)

    def xml(self, login: Login | None, tpomov: str, folio: str, tipo: str, caller: Caller) -> bytes:
        """``getXMLDte``: the signed bytes.

        ``tipo`` may be no number at all (a client sends the word ``TipoDte``): then the folio alone decides.

        :raises Refused: why there are none.
        """
        who = credentials(login)
        parameters.sale(tpomov)
        key = parameters.key(folio, tipo)
        with self.logins.served(who, caller) as account:
            return self.documents.archive(account).find(*key, parameters.boletas(tpomov)).xml

    def ip(self, caller: Caller) -> str:
        """``getIP``: the address that the call comes from."""
        return caller.ip

    def online(self, caller: Caller) -> str:
        """``Online``: the service answers."""
        return ONLINE

    def version(self, caller: Caller) -> str:
        """``Version``: the version of this package."""
        return dteplanows.__version__


class FileParameters(NamedTuple):
    """The parameters ``file`` and ``formato``, read."""

    data: bytes
    formato: str
    """``1`` or ``2``, or what was given instead."""


def _who(login: Login | None, file: str, formato: str) -> Credentials:
    """Who calls with a file, which is not decoded before it is known that they may.

    :raises Refused: what is wrong with ``login``; of a small file also what is wrong with that.
    """
    try:
        return credentials(login)
    except Refused as refused:
        found: list[Problem] = list(refused.problems)
    if len(file) <= _SMALL:
        try:
            file_parameters(file, formato)
        except Refused as refused:
            found += refused.problems
    raise Refused(found)


def file_parameters(text: str, formato: str) -> FileParameters:
    """What the parameters ``file`` and ``formato`` say.

    :raises Refused: ``file`` is empty (SRV-020, SRV-021) or not in base64 (SRV-022).
    """
    formato = parameters.formato(formato)
    data = file_in(text)
    if data is None:
        raise Refused([problem("SRV-022", Place(field="file"), text.strip())])
    if not data.strip():
        raise Refused([problem("SRV-021" if formato == "2" else "SRV-020", Place(field="file"))])
    return FileParameters(data, formato)
