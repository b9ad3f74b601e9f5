"""The operations on documents that are issued already, and ``RegIP``.

What the original service answers to ``AltNum``, ``RegIP`` and ``AnularGuia`` is not known to the public; here a value
is answered as ``ObtenerLink`` answers its address, and an order as ``EliminarDoc`` answers its own.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic

from dteplanows.archive import Archive
from dteplanows.document.catalogue import problem
from dteplanows.document.problem import Refused
from dteplanows.soap import answer, parameters
from dteplanows.soap.failures import told
from dteplanows.soap.issuer import Account, Desk, Whence
from dteplanows.soap.login import Login, credentials


class DocumentOperations(Generic[Account]):
    """Each answers whatever it is given, in the words of :mod:`failures`; only the ticket raises ``Refused``."""

    def __init__(self, desk: Desk[Account]) -> None:
        self._desk = desk

    # --- questions -------------------------------------------------------------------------------------------

    def link(self, login: Login | None, tpomov: str, folio: str, tipo: str, cedible: str, whence: Whence) -> str:
        """``ObtenerLink``: the address of the printed document."""

        def ask(archive: Archive) -> str:
            return answer.of_value(self.address(archive, tpomov, folio, tipo, cedible, whence))

        return self._told("ObtenerLink", login, whence, ask)

    def ticket(self, login: Login | None, ticket: str, whence: Whence) -> str:
        """``getBoletaTicket``: the texts of the ticket and its stamp.

        :raises Refused: why there is none.
        """
        with self._desk.served(credentials(login), whence) as account:
            return answer.of_ticket(self._desk.issuer.archive(account).ticket(*parameters.ticket(ticket)))

    def alternative_number(self, login: Login | None, folio: str, tipo: str, campo: str, whence: Whence) -> str:
        """``AltNum``: what the customer's file put into one of its additional fields, for instance its own number."""

        def ask(archive: Archive) -> str:
            key = parameters.key(folio, tipo)
            return answer.of_value(archive.datum(*key, parameters.node_names(campo)))

        return self._told("AltNum", login, whence, ask)

    def address(
        self, archive: Archive, tpomov: str, folio: str, tipo: str, cedible: str, whence: Whence
    ) -> str:
        """The address of the printed document of *archive* that the parameters of ``ObtenerLink`` name.

        :raises Refused: a parameter cannot be understood, or there is no such document.
        """
        parameters.sale(tpomov)
        key = parameters.key(folio, tipo)
        copy = archive.copy(*key, parameters.yes(cedible), parameters.boletas(tpomov))
        return whence.origin + self._desk.issuer.links.path(copy, archive.ambiente)

    # --- orders ----------------------------------------------------------------------------------------------

    def remove(self, login: Login | None, tpomov: str, folio: str, tipo: str, whence: Whence) -> str:
        """``EliminarDoc``: removes a document that is not electronic."""

        def order(archive: Archive) -> None:
            archive.remove(*parameters.key(folio, tipo), compra=parameters.movement(tpomov) == "C")

        return self._told("EliminarDoc", login, whence, order)

    def annul(self, login: Login | None, tpomov: str, folio: str, tipo: str, whence: Whence) -> str:
        """``AnularGuia``: marks a guía that never left."""

        def order(archive: Archive) -> None:
            parameters.sale(tpomov)
            archive.annul(*parameters.key(folio, tipo))

        return self._told("AnularGuia", login, whence, order)

    def listen(self, login: Login | None, puerto: str, whence: Whence) -> str:
        """``RegIP``: a program at the caller's address waits at that port for documents to print."""

        def order(archive: Archive) -> None:
            port = parameters.port(puerto)
            if not whence.remote:
                raise Refused([problem("SRV-081")])
            archive.listen(whence.remote, port, self._desk.limits.listener_minutes)

        return self._told("RegIP", login, whence, order)

    # --- both ------------------------------------------------------------------------------------------------

    def _told(self, operation: str, login: Login | None, whence: Whence, work: Callable[[Archive], str | None]) -> str:
        """What *work* answers, ``OK`` for nothing, or how *operation* says that it could not be done."""
        try:
            with self._desk.served(credentials(login), whence) as account:
                return work(self._desk.issuer.archive(account)) or answer.of_order()
        except Refused as refused:
            return told(operation, refused.problems)
