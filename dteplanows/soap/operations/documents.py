"""The operations on documents that are issued already, and ``RegIP``.

What the original service answers to ``AltNum``, ``RegIP`` and ``AnularGuia`` is not known to the public; here a value
is answered as ``ObtenerLink`` answers its address, and an order as ``EliminarDoc`` answers its own.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import NamedTuple

from dteplanows.accounts.callers import Account
from dteplanows.archive import Archive
from dteplanows.archive.copies import Copies
from dteplanows.document.catalogue import problem
from dteplanows.document.company import Company
from dteplanows.document.problem import Refused
from dteplanows.ledger.events import NewEvent
from dteplanows.ledger.store import Ledger
from dteplanows.log.rarely import Rarely
from dteplanows.settings.networks import is_within
from dteplanows.sii.standing import Standing, standing_of
from dteplanows.soap import answer
from dteplanows.soap.answer.failures import told
from dteplanows.soap.asmx.caller import Caller
from dteplanows.soap.limits import Limits
from dteplanows.soap.login import Login, credentials
from dteplanows.soap.login.logins import Logins
from dteplanows.soap.operations import parameters

log = logging.getLogger(__name__)

NOT_REGISTERED = "RegIP sin registrar"
"""Event of a program whose address is in none of the networks that are allowed."""
_QUIET = 3600.0
"""Seconds after which that is told once more."""


class Printed(NamedTuple):
    """The parameters of ``ObtenerLink``, as they came."""

    tpomov: str
    folio: str
    tipo: str
    cedible: str


class DocumentOperations:
    """Each answers whatever it is given, in the words of :mod:`failures`; only the ticket and the state raise
    ``Refused``."""

    def __init__(self, ledger: Ledger, copies: Copies, logins: Logins, limits: Limits) -> None:
        self._ledger = ledger
        self._copies = copies
        self._logins = logins
        self._limits = limits
        self._rarely = Rarely(_QUIET)

    def archive(self, account: Account) -> Archive:
        """What can be asked of the documents of the account's company."""
        return Archive(self._ledger, account.company, account.usuario)

    # --- questions -------------------------------------------------------------------------------------------

    def link(self, login: Login | None, tpomov: str, folio: str, tipo: str, cedible: str, caller: Caller) -> str:
        """``ObtenerLink``: the address of the printed document."""
        asked = Printed(tpomov, folio, tipo, cedible)

        def ask(archive: Archive) -> str:
            return answer.of_value(self.address(archive, asked, caller))

        return self._told("ObtenerLink", login, caller, ask)

    def ticket(self, login: Login | None, ticket: str, caller: Caller) -> str:
        """``getBoletaTicket``: the texts of the ticket and its stamp.

        :raises Refused: why there is none.
        """
        with self._logins.served(credentials(login), caller) as account:
            return answer.of_ticket(self.archive(account).ticket(*parameters.ticket(ticket)))

    def alternative_number(self, login: Login | None, folio: str, tipo: str, campo: str, caller: Caller) -> str:
        """``AltNum``: what the customer's file put into one of its additional fields, for instance its own number."""

        def ask(archive: Archive) -> str:
            key = parameters.key(folio, tipo)
            return answer.of_value(archive.datum(*key, parameters.node_names(campo)))

        return self._told("AltNum", login, caller, ask)

    def state(self, login: Login | None, tpomov: str, folio: str, tipo: str, caller: Caller) -> str:
        """``EstadoDte``: where a document stands at the SII, and why.

        :raises Refused: why that is not told.
        """
        with self._logins.served(credentials(login), caller) as account:
            return answer.of_standing(self.standing(self.archive(account), tpomov, folio, tipo))

    def standing(self, archive: Archive, tpomov: str, folio: str, tipo: str) -> Standing:
        """Where the document of *archive* stands that the parameters of ``EstadoDte`` name.

        :raises Refused: a parameter cannot be understood, or there is no such document.
        """
        parameters.sale(tpomov)
        found = archive.find(*parameters.key(folio, tipo), parameters.boletas(tpomov))
        return standing_of(self._ledger, found)

    def address(self, archive: Archive, asked: Printed, caller: Caller) -> str:
        """The address of the printed document of *archive* that the parameters of ``ObtenerLink`` name.

        :raises Refused: a parameter cannot be understood, or there is no such document.
        """
        parameters.sale(asked.tpomov)
        key = parameters.key(asked.folio, asked.tipo)
        copy = archive.copy(*key, parameters.yes(asked.cedible), parameters.boletas(asked.tpomov))
        return caller.origin + self._copies.links.path(copy, archive.company.ambiente)

    # --- orders ----------------------------------------------------------------------------------------------

    def remove(self, login: Login | None, tpomov: str, folio: str, tipo: str, caller: Caller) -> str:
        """``EliminarDoc``: removes a document that is not electronic."""

        def order(archive: Archive) -> None:
            archive.remove(*parameters.key(folio, tipo), compra=parameters.movement(tpomov) == "C")

        return self._told("EliminarDoc", login, caller, order)

    def annul(self, login: Login | None, tpomov: str, folio: str, tipo: str, caller: Caller) -> str:
        """``AnularGuia``: marks a guía that never left."""

        def order(archive: Archive) -> None:
            parameters.sale(tpomov)
            archive.annul(*parameters.key(folio, tipo))

        return self._told("AnularGuia", login, caller, order)

    def register_ip(self, login: Login | None, puerto: str, caller: Caller) -> str:
        """``RegIP``: a program at the caller's address waits at that port for documents to print.

        From a network that nobody allowed it is answered as ever and registers nothing: what is printed would go to
        whoever calls.
        """

        def order(archive: Archive) -> None:
            port = parameters.port(puerto)
            if not caller.ip:
                raise Refused([problem("SRV-081")])
            if is_within(caller.ip, self._limits.regip_networks):
                archive.register_ip(caller.ip, port, self._limits.regip_minutes)
            else:
                self._note_unregistered(archive.company, caller.ip, port)

        return self._told("RegIP", login, caller, order)

    def _note_unregistered(self, company: Company, ip: str, port: int) -> None:
        """Tell whoever administers the service, now and then, for programs register every few minutes."""
        if self._rarely.admits((company.ambiente, company.rut, ip)):
            log.warning("RegIP: la dirección %s no está en las redes del ajuste regip_redes: no se registró", ip)
            detalle = f"{ip}, puerto {port}: no está en las redes del ajuste regip_redes"
            self._ledger.events.note(NewEvent(NOT_REGISTERED, detalle, company.ambiente, company.rut))

    # --- both ------------------------------------------------------------------------------------------------

    def _told(self, operation: str, login: Login | None, caller: Caller, work: Callable[[Archive], str | None]) -> str:
        """What *work* answers, ``OK`` for nothing, or how *operation* says that it could not be done."""
        try:
            with self._logins.served(credentials(login), caller) as account:
                return work(self.archive(account)) or answer.of_order()
        except Refused as refused:
            return told(operation, refused.problems)
