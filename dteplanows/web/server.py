"""The web server in front of the contract: granian, or waitress where granian is not available."""

from __future__ import annotations

import atexit
import errno
import http.client
import importlib
import multiprocessing
import multiprocessing.process
import os
import socket
import ssl
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Any

from dteplanows import issuing, web
from dteplanows.archive.copies import Copies, printed_at
from dteplanows.bulk import worker
from dteplanows.document.catalogue import problem
from dteplanows.document.problem import Problem, Refused
from dteplanows.ledger import faults, presence
from dteplanows.ledger.passwords import MEMORY_AT_ONCE
from dteplanows.log import journal, metrics
from dteplanows.printers import agent_messages
from dteplanows.process import hangups, secrecy, shared_key
from dteplanows.process.system_errors import in_words
from dteplanows.recovery.starting import check_at_start
from dteplanows.settings import Settings
from dteplanows.sii import simulator_process
from dteplanows.soap.asmx.addresses import PATH
from dteplanows.soap.limits import limits_of
from dteplanows.soap.operations import Operations
from dteplanows.status import watching
from dteplanows.status.look import INSTALLATION
from dteplanows.status.rows import Row, State
from dteplanows.web import ending, memory, rsgi, tls
from dteplanows.web.bodies import Account
from dteplanows.web.health import Health
from dteplanows.web.pages import reading
from dteplanows.web.print_agents import PrintAgents

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication
    from flask import Flask

_REASONS = {
    errno.EADDRNOTAVAIL: "esa dirección no es de este equipo",
    errno.EACCES: "este usuario no tiene permiso para abrir ese puerto",
}
"""Why a port cannot be opened, in words for the person, where they are others than of a file."""

_THREADS = 16
"""Of each worker: the calls that it answers at once."""

_BUFFER = 96 * 1024
"""Bytes that granian reads ahead of a connection, or of a head; the longest address has two thirds of them."""

_ON_DISK = 32
"""Bodies of the largest size that may wait on disk in each worker."""

_CONNECTIONS = 100_000
"""Open at once in each worker: more than any machine lets a process have, so that only its own limit counts."""

_STOP_LIMIT = 60
"""Seconds that a call under way at the end may still take. Those that have not arrived are told to come back."""

_START_LIMIT = 300.0
"""Seconds that the first answer may take: a slow or busy machine needs a minute and more. One that ends is noticed."""


def application(settings: Settings, key: bytes) -> rsgi.Application:
    """The application by *settings*. Each worker of granian makes its own.

    :param key: the one that all of them share.
    """
    shared_key.take(key)
    atexit.register(journal.start(settings).close)
    metrics.share()
    return for_granian(_application(issuing.open_issuer(settings), settings), settings)


def for_granian(served: WSGIApplication, settings: Settings) -> rsgi.Application:
    """*served* as :func:`run_granian` serves it."""
    limits = limits_of(settings)
    bounds = rsgi.Bounds(limits.body, settings.segundos_por_llamada, _THREADS)
    return rsgi.Application(served, bounds, _account(settings))


def _account(settings: Settings) -> Account:
    """What the bodies of all calls of one process may take: what the comparisons of passwords leave of the account.

    It is room for three of the largest at least, where the settings have so much: large calls may take a half of it.
    """
    limits = limits_of(settings)
    bodies = min(limits.memory, max(limits.memory - MEMORY_AT_ONCE, 3 * limits.body))
    return Account(bodies, settings.directorio, _ON_DISK * limits.body)


def _in_worker(make: Callable[[], rsgi.Application], stopping: Connection) -> rsgi.Application:
    """What a worker of granian begins with: it makes its application.

    :param stopping: ends when the service stops.
    """
    hangups.on_hangup(journal.reopen)
    hangups.listen()
    secrecy.protect_memory()
    memory.give_back_large_blocks()
    main_process = multiprocessing.parent_process()
    if main_process:
        threading.Thread(target=_end_with, args=(main_process,), daemon=True).start()
        atexit.register(_end_at_once)
    made = make()
    ending.will_be_told()
    threading.Thread(target=_stop_with, args=(stopping, made), daemon=True).start()
    return made


def _stop_with(stopping: Connection, made: rsgi.Application) -> None:
    """Tell *made* when the service stops."""
    with suppress(EOFError, OSError):
        stopping.recv_bytes()
    ending.tell()
    made.stop()


def _application(issuer: issuing.Issuer, settings: Settings) -> WSGIApplication:
    from dteplanows.web.measures import Measures  # noqa: PLC0415 - its library is slow to load, and only of use here

    trusts = settings.confiar_en_proxy
    measures = Measures(issuer.ledger, settings.metricas_clave, trust_forwarded=trusts)
    agents = PrintAgents(Copies(issuer.ledger, printed_at=printed_at(settings)), trust_forwarded=trusts)
    pages = {
        **Health(issuer.ledger.usage, issuer.watch.problems, faults.cannot_store).pages,
        "/metrics": reading(measures.page),
        agent_messages.PATH: agents.page,
    }
    return web.make_application(
        issuer,
        trust_forwarded=trusts,
        url=settings.url_publica,
        limits=limits_of(settings),
        for_people=web.ForPeople(
            pages, partial(_portal, issuer, settings), printed_at(settings), settings.enlaces_dias
        ),
    )


def _portal(issuer: issuing.Issuer, settings: Settings, operations: Operations) -> Flask:
    """The portal, which lets people in by the same line as the calls of programs."""
    from dteplanows.portal.app import create_app  # noqa: PLC0415 - who only answers programs has no use for it
    from dteplanows.portal.services import Services  # noqa: PLC0415

    limits = limits_of(settings)
    return create_app(Services(issuer, settings, operations.copies, operations.logins, limits.body))


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
    :raises Refused: the address is taken or not ours (CFG-010, CFG-011), the files for TLS do not serve (CFG-025 to
        CFG-027), or what is stored cannot be opened, or is damaged (BAS-043).
    """
    hangups.on_hangup(journal.reopen)
    hangups.listen()
    secrecy.protect_memory()
    check_free(settings.host, settings.puerto)
    check_tls(settings, say)
    # Migrations run once, here; and what is wrong with the store is told once and not by every worker.
    _open_once(settings, say)
    ready = threading.Event()
    threading.Thread(target=_announce, args=(settings, say, ready), daemon=True).start()
    lives = presence.held(settings.directorio, "servicio", f"{settings.host} {settings.puerto}")
    logged = journal.written(settings, messages=True)
    watched, simulated = watching.watch(settings, say, ready), simulator_process.running(settings, say, ready)
    with lives, logged, metrics.sharing(), watched, simulated, worker.running(settings):
        if uses_granian(settings):
            run_granian(partial(application, settings, shared_key.shared_key()), settings)
        else:
            issuer = issuing.open_issuer(settings)
            run_waitress(_application(issuer, settings), settings)
            issuer.ledger.close()
    say("El servicio se detuvo.")


def _open_once(settings: Settings, say: Callable[[str], None]) -> None:
    """Open the ledger, which brings it to the newest form, and see that it is sound, as far as a second shows, and not
    older than what was issued."""
    issuer = issuing.open_issuer(settings)
    ledger = issuer.ledger
    try:
        if ledger.upgrade:
            say(ledger.upgrade.text())
        check_at_start(ledger)
        for one in issuer.watch.at_start():
            say(one.text())
        ledger.settings.note_in_use(settings.shown(), Settings.usual())
        ledger.db.for_children()
    finally:
        ledger.close()


def uses_granian(settings: Settings) -> bool:
    """Whether the web server is granian, and not waitress."""
    return settings.servidor == "granian" and _granian_available()


def run_granian(make: Callable[[], rsgi.Application], settings: Settings) -> None:
    """Serve an application with granian until SIGTERM or SIGINT; calls that have arrived then are answered first.

    :param make: makes the application of each worker (:func:`for_granian`). It reaches the worker through a pipe, and
        what it holds, such as the master key, stands in no environment and no argument list.
    """
    from granian.constants import HTTPModes, Interfaces, SSLProtocols  # noqa: PLC0415 - it has no wheel everywhere
    from granian.http import HTTP1Settings  # noqa: PLC0415
    from granian.log import LogLevels  # noqa: PLC0415

    from dteplanows.web.supervised import SupervisedServer  # noqa: PLC0415

    # By which granian starts its workers where ours does not (:mod:`.supervised`): the announcing thread runs already,
    # and a fork copies the locks of other threads as they are.
    multiprocessing.set_start_method("spawn", force=True)
    _allow_files()
    files = tls.files_of(settings, server_can=True)
    told, stopping = multiprocessing.get_context("spawn").Pipe(duplex=False)
    # granian's types have the loader give a callable, and take any application.
    loader: Callable[..., Any] = partial(_in_worker, make, told)
    SupervisedServer(
        "dteplanows",
        stopping=stopping,
        address=settings.host,
        port=settings.puerto,
        interface=Interfaces.RSGI,
        # Where HTTP/2 is possible too, a connection that never sends a byte is never closed.
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=settings.segundos_por_llamada * 1000, max_buffer_size=_BUFFER),
        websockets=False,
        ssl_cert=files.certificate if files else None,
        ssl_key=files.key if files else None,
        # Programs of ten years ago know no newer one.
        ssl_protocol_min=SSLProtocols.tls12,
        workers=settings.trabajadores,
        backpressure=_CONNECTIONS,
        workers_kill_timeout=_STOP_LIMIT,
        log_level=LogLevels.error,
    ).serve(target_loader=loader, wrap_loader=False)


def _allow_files() -> None:
    """Let this process and its workers open as many files as they may: each connection is one."""
    if sys.platform == "win32":
        return
    import resource  # noqa: PLC0415 - only POSIX has it

    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with suppress(ValueError, OSError):  # macOS says "unlimited" and refuses it
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def run_waitress(served: WSGIApplication, settings: Settings) -> None:
    """Serve an application with waitress until SIGTERM or SIGINT; calls that have arrived then are answered first."""
    from dteplanows.web import waitress_server  # noqa: PLC0415 - only one of the two servers is loaded

    _allow_files()
    memory.give_back_large_blocks()
    limits = limits_of(settings)
    bounds = waitress_server.Limits(
        limits.body, settings.segundos_por_llamada, _THREADS, _CONNECTIONS, stopping=_STOP_LIMIT
    )
    waitress_server.Server(served, settings.host, settings.puerto, bounds, _account(settings)).run()


def check_tls(settings: Settings, say: Callable[[str], None]) -> None:
    """Whether TLS is possible as the settings want it; what there is to say of its certificate is said.

    :raises Refused: it is not (CFG-025 to CFG-027).
    """
    files = tls.files_of(settings, server_can=uses_granian(settings))
    for one in tls.remarks(files, tls.now()) if files else ():
        say(one.text())


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
        reason = _REASONS.get(error.errno or 0) or in_words(error)
        raise Refused([_unusable(host, port, reason)]) from None


def free_port(host: str) -> int:
    """A port of *host* that nobody listens on at this moment."""
    family = socket.getaddrinfo(host, 0, type=socket.SOCK_STREAM)[0][0]
    with socket.socket(family, socket.SOCK_STREAM) as tried:
        tried.bind((host, 0))
        return int(tried.getsockname()[1])


def address(host: str, port: int, secure: bool = False) -> str:
    """The address that a client on this machine calls.

    :param secure: by ``https``.
    """
    return f"http{'s' * secure}://{_reachable(host, bracketed=True)}:{port}{PATH}"


def answers(host: str, port: int, secure: bool = False) -> bool:
    """Whether the service answers ``Online=1`` there.

    :param secure: by ``https``; whatever its certificate says, for this only asks its own service.
    """
    if secure:
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        connection: http.client.HTTPConnection = http.client.HTTPSConnection(
            _reachable(host), port, timeout=5, context=context
        )
    else:
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
    told = presence.words(settings.directorio, "servicio") if lives else []
    known = [(host, int(port)) for host, _, port in (one.rpartition(" ") for one in told) if host and port.isdecimal()]
    known = known or [(settings.host, settings.puerto)]
    answering = next((one for one in known if lives is not False and answers(*one)), None)
    host, number = answering or known[0]
    where, name = address(host, number), "Servicio"
    facts = {"en_marcha": lives, "direccion": where}
    if lives is False:
        remedy = "Inícielo con la orden «serve», o con el servicio del sistema que lo mantiene en marcha."
        return Row(INSTALLATION, name, State.GRAVE, "El servicio no está en marcha.", remedy, facts)
    if answering:
        return Row(INSTALLATION, name, State.OK, f"Atiende en {where}.", facts=facts)
    remedy = "Espere unos segundos si recién comenzó; si sigue así, revise su registro y reinícielo."
    return Row(INSTALLATION, name, State.GRAVE, f"El servicio no responde en {where}.", remedy, facts)


def wait_until_online(host: str, port: int, alive: Callable[[], bool] = lambda: True, secure: bool = False) -> bool:
    """Wait for the first answer; False when it does not come in time or *alive* says it never will."""
    limit = time.monotonic() + _START_LIMIT
    while time.monotonic() < limit and alive():
        if answers(host, port, secure):
            return True
        time.sleep(0.1)
    return False


def _unusable(host: str, port: int, reason: str) -> Problem:
    return problem("CFG-011", value=str(port), host=host, reason=reason)


def _reachable(host: str, bracketed: bool = False) -> str:
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    return f"[{host}]" if bracketed and ":" in host else host


def _announce(settings: Settings, say: Callable[[str], None], ready: threading.Event) -> None:
    secure = tls.is_used(settings)
    if wait_until_online(settings.host, settings.puerto, secure=secure):
        say(f"El servicio atiende en {address(settings.host, settings.puerto, secure)} (Ctrl-C para detenerlo).")
        if settings.url_publica:
            say(f"Desde fuera se llega a él en {settings.url_publica.rstrip('/')}{PATH}.")
    ready.set()


def _granian_available() -> bool:
    try:
        importlib.import_module("granian")
    except ImportError:
        return False
    return True
