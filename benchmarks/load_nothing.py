"""A plain Spyne service that does nothing, behind the web server and the workers that ``serve`` uses.

It takes the parameters of ``Procesar`` and answers a constant: what any service made with Spyne pays for a call.
"""

from __future__ import annotations

import argparse
import logging
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks import spyne_cgi  # noqa: F401 - before the first import of Spyne's SOAP
from dteplanows.settings import Settings, load
from dteplanows.soap.contract import spyne_shim  # noqa: F401 - before the first import of Spyne
from dteplanows.web import rsgi, server

# isort: split
from spyne import Application, ComplexModel, ServiceBase, Unicode, rpc
from spyne.protocol.soap import Soap11
from spyne.server.wsgi import WsgiApplication

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

ANSWER = "nada"
"""What the operation answers."""

_NAMESPACE = "http://tempuri.org"


class Login(ComplexModel):  # type: ignore[misc]
    """The parameter ``login``."""

    __namespace__ = _NAMESPACE
    _type_info = [(name, Unicode) for name in ("Usuario", "Rut", "Clave", "Puerto")]  # noqa: RUF012


class Nothing(ServiceBase):  # type: ignore[misc]
    """The service."""

    @rpc(Login, Unicode, Unicode, _returns=Unicode)
    def Procesar(ctx, login, file, formato):  # type: ignore[no-untyped-def]  # noqa: N805
        return ANSWER


def application() -> WSGIApplication:
    """The application."""
    # Spyne's debug messages, each of a whole envelope, would be measured too.
    logging.getLogger("spyne").setLevel(logging.WARNING)
    made: WSGIApplication = WsgiApplication(
        Application([Nothing], _NAMESPACE, in_protocol=Soap11(), out_protocol=Soap11())
    )
    return made


def for_granian(settings: Settings) -> rsgi.Application:
    """The application behind granian. Each worker makes its own."""
    return server.for_granian(application(), settings)


def main() -> None:
    """Serve until SIGTERM."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dir", type=Path, required=True, help="the directory whose settings count")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--workers", type=int, help="processes of granian")
    arguments = parser.parse_args()
    settings = load(directorio=arguments.dir, puerto=arguments.port, trabajadores=arguments.workers)
    if server.uses_granian(settings):
        server.run_granian(partial(for_granian, settings), settings)
    else:
        server.run_waitress(application(), settings)
    sys.exit(0)


if __name__ == "__main__":
    main()
