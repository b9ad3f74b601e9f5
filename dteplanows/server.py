"""The web server in front of the contract: granian, or waitress where granian is not available."""

from __future__ import annotations

import atexit
import errno
import http.client
import importlib
import multiprocessing
import multiprocessing.process
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

from dteplanows import issuing, metrics, rsgi, web, worker
from dteplanows.document.catalogue import problem
from dteplanows.document.problem import Problem, Refused
from dteplanows.ledger import presence
from dteplanows.settings import PREFIX, Settings, load
from dteplanows.soap.limits import limits_of
from dteplanows.soap.published import PATH
from dteplanows.status import watching
from dteplanows.status.look import INSTALLATION
from dteplanows.status.rows import Row, State
from dteplanows.web.health import Health
from dteplanows.web.pages import reading

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

_REASONS = {
    errno.EADDRNOTAVAIL: "esa dirección no es de este equipo",
    errno.EACCES: "este usuario no tiene permiso para abrir ese puerto",
}
"""Why a port cannot be opened, in words for the person; for other causes, the system's own."""

_THREADS = 16
"""Of each worker: the calls that it answers at once."""

_CONNECTIONS = 100_000
"""Open at once in each worker: more than any machine lets a process have, so that only its own limit counts."""

_STOP_LIMIT = 10
"""Seconds that a call under way at the end may still take; one that is sent by halves would never end."""

_START_LIMIT = 60.0
"""Seconds that the first answer may take."""


def application() -> rsgi.Application:
    """The application by the settings in the environment. Each worker of granian makes its own."""
    main_process = multiprocessing.parent_process()
    if main_process:
        threading.Thread(target=_end_with, args=(main_process,), daemon=True).start()
        atexit.register(_end_at_once)
    settings = load()
    metrics.share()
    return for_granian(_application(issuing.open_issuer(settings), settings), settings)


def for_granian(served: WSGIApplication, settings: Settings) -> rsgi.Application:
    """*served* as :func:`run_granian` serves it."""
    return rsgi.Application(served, rsgi.Bounds(limits_of(settings).body, settings.segundos_por_llamada, _THREADS))


def _application(issuer: issuing.Issuer, settings: Settings) -> WSGIApplication:
    from dteplanows.web.measures import Measures  # noqa: PLC0415 - its library is slow to load, and only of use here

    trusts = settings.confiar_en_proxy
    measures = Measures(issuer.ledger, settings.metricas_clave, trust_forwarded=trusts)
    pages = {**Health(issuer.ledger).pages, "/metrics": reading(measures.page)}
    return web.make_application(issuer, trust_forwarded=trusts, limits=limits_of(settings), pages=pages)


def _end_at_once() -> None:
    """End a worker that has stopped. Were the interpreter taken down first, threads of granian might still need it."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError, AttributeError):
            stream.flush()
    os._exit(0)


def _end_with(main_process: multiprocessing.process.BaseProcess) -> None:
    """End this worker when the main process is gone: killed, it could not say so, and the port would stay taken.

    What is under way is then rolled back, as in any crash.
    """
    main_process.join()
    os._exit(1)


def serve(settings: Settings, say: Callable[[str], None]) -> None:
    """Serve until SIGTERM or SIGINT, then stop cleanly.

    :param say: takes each line for the person: the address once the service answers, then that it has stopped.
    :raises Refused: the address is taken or not ours (CFG-010, CFG-011), or what is stored cannot be opened.
    """
    check_free(settings.host, settings.puerto)
    # Migrations run once, here; and what is wrong with the store is told once and not by every worker.
    issuing.open_issuer(settings).ledger.close()
    ready = threading.Event()
    threading.Thread(target=_announce, args=(settings, say, ready), daemon=True).start()
    lives = presence.held(settings.directorio, "servicio", f"{settings.host} {settings.puerto}")
    with lives, metrics.sharing(), watching.watch(settings, say, ready), worker.beside(settings):
        if uses_granian(settings):
            _export(settings)
            run_granian(f"{__name__}:{application.__name__}", settings)
        else:
            issuer = issuing.open_issuer(settings)
            run_waitress(_application(issuer, settings), settings)
            issuer.ledger.close()
    say("El servicio se detuvo.")


def uses_granian(settings: Settings) -> bool:
    """Whether the web server is granian, and not waitress."""
    return settings.servidor == "granian" and _granian_available()


def run_granian(factory: str, settings: Settings) -> None:
    """Serve an application with granian until SIGTERM or SIGINT.

    :param factory: where each worker finds what makes its application (:func:`for_granian`): ``module:function``.
    """
    from granian import Granian  # noqa: PLC0415 - it has no wheel for every machine
    from granian.constants import HTTPModes, Interfaces  # noqa: PLC0415
    from granian.http import HTTP1Settings  # noqa: PLC0415
    from granian.log import LogLevels  # noqa: PLC0415

    # The announcing thread runs already, and a fork copies the locks of other threads as they are.
    multiprocessing.set_start_method("spawn", force=True)
    _allow_files()
    Granian(
        factory,
        factory=True,
        address=settings.host,
        port=settings.puerto,
        interface=Interfaces.RSGI,
        # Where HTTP/2 is possible too, a connection that never sends a byte is never closed.
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=settings.segundos_por_llamada * 1000),
        websockets=False,
        workers=settings.trabajadores,
        backpressure=_CONNECTIONS,
        respawn_failed_workers=True,
        workers_kill_timeout=_STOP_LIMIT,
        log_level=LogLevels.error,
    ).serve()


def _allow_files() -> None:
    """Let this process and its workers open as many files as they may: each connection is one."""
    if sys.platform == "win32":
        return
    import resource  # noqa: PLC0415 - only POSIX has it

    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with suppress(ValueError, OSError):  # macOS says "unlimited" and refuses it
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def run_waitress(served: WSGIApplication, settings: Settings) -> None:
    """Serve an application with waitress until SIGTERM or SIGINT."""
    from dteplanows.web.long_addresses import make_server  # noqa: PLC0415 - only one of the two servers is loaded

    for one in (signal.SIGTERM, signal.SIGINT):
        signal.signal(one, _stop)
    make_server(served, settings.host, settings.puerto, settings.trabajadores, limits_of(settings).body).run()


def check_free(host: str, port: int) -> None:
    """Whether this program can listen at that address.

    Asked before, because granian shares its ports: a second one would start and take half of the calls.

    :raises Refused: another program listens there (CFG-010), or listening is not possible (CFG-011).
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as tried:
            if os.name == "posix":  # a port just left is free there, and only there does the option mean that
                tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            tried.bind(address)
    except socket.gaierror:
        raise Refused([_unusable(host, port, "ese nombre no corresponde a ninguna dirección")]) from None
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise Refused([problem("CFG-010", value=str(port), host=host)]) from None
        reason = _REASONS.get(error.errno or 0) or error.strerror or type(error).__name__
        raise Refused([_unusable(host, port, reason)]) from None


def free_port(host: str) -> int:
    """A port of *host* that nobody listens on at this moment."""
    family = socket.getaddrinfo(host, 0, type=socket.SOCK_STREAM)[0][0]
    with socket.socket(family, socket.SOCK_STREAM) as tried:
        tried.bind((host, 0))
        return int(tried.getsockname()[1])


def address(host: str, port: int) -> str:
    """The address that a client on this machine calls."""
    return f"http://{_reachable(host, bracketed=True)}:{port}{PATH}"


def answers(host: str, port: int) -> bool:
    """Whether the service answers ``Online=1`` there."""
    connection = http.client.HTTPConnection(_reachable(host), port, timeout=5)
    try:
        connection.request("GET", f"{PATH}/Online")
        reply = connection.getresponse()
        return reply.status == 200 and b"Online=1" in reply.read()
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def state(settings: Settings) -> Row:
    """Whether the service of these data lives and answers, wherever it was told to listen."""
    lives = presence.alive(settings.directorio, "servicio")
    host, _, port = presence.words(settings.directorio, "servicio").rpartition(" ") if lives else ("", "", "")
    host, number = (host, int(port)) if host and port.isdecimal() else (settings.host, settings.puerto)
    where, name = address(host, number), "Servicio"
    facts = {"en_marcha": lives, "direccion": where}
    if lives is False:
        remedy = "Inícielo con la orden «serve», o con el servicio del sistema que lo mantiene en marcha."
        return Row(INSTALLATION, name, State.GRAVE, "El servicio no está en marcha.", remedy, facts)
    if answers(host, number):
        return Row(INSTALLATION, name, State.OK, f"Atiende en {where}.", facts=facts)
    remedy = "Espere unos segundos si recién comenzó; si sigue así, revise su registro y reinícielo."
    return Row(INSTALLATION, name, State.GRAVE, f"El servicio no responde en {where}.", remedy, facts)


def wait_until_online(host: str, port: int, alive: Callable[[], bool] = lambda: True) -> bool:
    """Wait for the first answer; False when it does not come in time or *alive* says it never will."""
    limit = time.monotonic() + _START_LIMIT
    while time.monotonic() < limit and alive():
        if answers(host, port):
            return True
        time.sleep(0.1)
    return False


def _unusable(host: str, port: int, reason: str) -> Problem:
    return problem("CFG-011", value=str(port), host=host, reason=reason)


def _reachable(host: str, bracketed: bool = False) -> str:
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    return f"[{host}]" if bracketed and ":" in host else host


def _announce(settings: Settings, say: Callable[[str], None], ready: threading.Event) -> None:
    if wait_until_online(settings.host, settings.puerto):
        say(f"El servicio atiende en {address(settings.host, settings.puerto)} (Ctrl-C para detenerlo).")
    ready.set()


def _granian_available() -> bool:
    try:
        importlib.import_module("granian")
    except ImportError:
        return False
    return True


def _stop(number: int, frame: object) -> None:
    sys.exit(0)


def _export(settings: Settings) -> None:
    """Put the settings where the workers' processes find them."""
    values = {
        "directorio": str(settings.directorio.resolve()),
        "clave_maestra": settings.clave_maestra,
        "caf_automatico": str(settings.caf_automatico),
    }
    os.environ.update({f"{PREFIX}{name.upper()}": value for name, value in values.items()})
