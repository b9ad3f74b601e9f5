"""A company with printers, for tests."""

from __future__ import annotations

import threading

from dteplanows.document import clock
from dteplanows.ledger.print_tables import StoredPrint, StoredPrinter
from dteplanows.printers import managing
from dteplanows.printers.managing import Facts, RouteFacts
from dteplanows.printers.worker import Printing
from tests.installation import COMPANY, Installation

BOLETA = """->Boleta<-
39;0;{today};3;0;;;;66666666-6;;Cliente de mostrador;;;;;;
->BoletaTotales<-
0;0;0;1190;0;0;0;0;
->BoletaDetalle<-
1;A;Pañuelos;0;1;1190;0;1190;INT1;UN;;
"""
FACTURA = """->Encabezado<-
33;0;{today};0;0;22222222-2;Cliente Ficticio;Comercio;Calle 1;Lota;Lota;;
->Totales<-
0;0;0;0;1000;0;19;190;1190;
->Detalle<-
1;A;Clavos;1;1000;0;0;0;0;0;1000;INT1;UN;;
"""


def issue(made: Installation, text: str, puerto: int = 0) -> int:
    """Issue a document. Gives its id."""
    account = made.account._replace(puerto=puerto)
    outcome = made.issuer.process(account, text.format(today=clock.today()).encode(), "1")
    (document,) = outcome.documents
    assert document.accepted, document.problems
    return document.documento_id


def printer(made: Installation, facts: Facts, *routes: RouteFacts) -> StoredPrinter:
    """A printer of the company, with routes to it: for all documents where none is named."""
    one = managing.create(made.ledger, COMPANY, facts)
    for route in routes or (RouteFacts(facts.nombre),):
        managing.add_route(made.ledger, COMPANY, route)
    return one


def work(made: Installation) -> None:
    """Send all that can be sent now, and wait for it."""
    worker, stop = Printing(made.ledger), threading.Event()
    while threads := worker.look(stop):
        for one in threads:
            one.join(30)
            assert not one.is_alive()


def jobs(made: Installation) -> list[StoredPrint]:
    """All jobs of the company, the oldest first."""
    return made.ledger.prints.of(COMPANY, 1000)[::-1]


def now(made: Installation) -> None:
    """Let what waits for its next try wait no longer."""
    with made.ledger.transaction():
        made.ledger.connection.execute("UPDATE impresion SET proximo = 0")
