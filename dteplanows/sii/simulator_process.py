"""The simulator of the SII that runs beside the service, for what is of ``pruebas``.

It is a process of its own: it verifies signatures, and none of that time is the service's. Its data lie in the folder
``simulador`` of the data directory, so what it has accepted outlives it.
"""

from __future__ import annotations

import json
import logging
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Literal, NamedTuple

from urllib3.util import parse_url

from dteplanows.document.catalogue import problem
from dteplanows.ledger.place import place_of
from dteplanows.ledger.store import Ledger, New
from dteplanows.log import journal
from dteplanows.process import beside
from dteplanows.process.system_errors import in_words
from dteplanows.settings import Settings
from dteplanows.sii.calls import USER_AGENT, Http, Reply, Request
from dteplanows.sii.client import Client, Limits
from dteplanows.sii.our_register import TEST_IDK, OurRegister, authority_keys

log = logging.getLogger(__name__)

FOLDER = "simulador"
"""Of its data, inside the data directory."""

_HERE = ("127.0.0.1", "localhost")
_QUICK = Limits(connect=2, read=2, whole_answer=2, bytes=10_000_000)
_START_LIMIT = 60.0
"""Seconds that the service and the simulator may take to answer."""
_LOOK = 3.0
"""Seconds between two looks whether the simulator of another service has ended."""

Found = Literal["nobody", "simulator", "other"]


class Place(NamedTuple):
    """Where a simulator of this machine listens."""

    host: str
    port: int

    @property
    def address(self) -> str:
        """Without a path."""
        return f"http://{self.host}:{self.port}"


def place_here(settings: Settings) -> Place | None:
    """Where the simulator of *settings* listens; None where that is another machine's affair, or a server of TLS."""
    parts = parse_url(settings.sii_simulador)
    if parts.scheme != "http" or parts.host not in _HERE:
        return None
    return Place(parts.host, parts.port or 80)


def wanted(settings: Settings) -> bool:
    """Whether the service is to have one: the settings say so, and something may be delivered to it."""
    if not settings.simulador_automatico or settings.sii_pruebas != "simulador" or place_here(settings) is None:
        return False
    ledger = Ledger(place_of(settings), settings.clave_maestra, New.NEVER)
    try:
        companies = ledger.companies.all()
    finally:
        ledger.close()
    return not companies or any(one.ambiente == "pruebas" for one in companies)


def who_is_at(place: Place, http: Http | None = None) -> Found:
    """Who listens at *place*: nobody, a simulator of this program, or another program."""
    try:
        with socket.create_connection(place, _QUICK.connect):
            pass
    except OSError as error:
        return "other" if isinstance(error, TimeoutError) else "nobody"
    return "simulator" if _answers(place, http or Client(_QUICK)) else "other"


@contextmanager
def running(settings: Settings, say: Callable[[str], None], ready: threading.Event) -> Iterator[None]:
    """A simulator runs inside, where one is :func:`wanted`; where one answers already, as soon as that one ends.

    :param say: takes each line for the person: where it answers, or why there is none (SII-004).
    :param ready: set once the service answers; nothing is said before.
    """
    place = place_here(settings)
    if place is None or not wanted(settings):
        yield
        return
    found = who_is_at(place)
    threading.Thread(target=_tell, args=(settings, place, found, say, ready), daemon=True).start()
    process, stopped = beside.ProcessBeside("simulador del SII", _work, settings, place), threading.Event()
    starting = threading.Thread(target=_start_once_free, args=(process, settings, place, stopped), daemon=True)
    starting.start()
    try:
        yield
    finally:
        stopped.set()
        starting.join()
        process.stop()


def _start_once_free(
    process: beside.ProcessBeside, settings: Settings, place: Place, stopped: threading.Event
) -> None:
    """Start the simulator once nobody listens at *place*: the one that does may be another service's, and end with it.

    Until then it is told our authority again and again, for another one may have taken its place meanwhile.
    """
    while (found := who_is_at(place)) != "nobody":
        if found == "simulator":
            _introduce(settings, place)
        if stopped.wait(_LOOK):
            return
    if not stopped.is_set():
        process.start()


def wait_until_online(place: Place, alive: Callable[[], bool] = lambda: True) -> bool:
    """Wait for the simulator at *place*; False when it does not answer in time or *alive* says it never will."""
    http, again = Client(_QUICK), threading.Event()
    for _ in range(int(_START_LIMIT / 0.1)):
        if not alive():
            return False
        if _answers(place, http):
            return True
        again.wait(0.1)
    return False


def _answers(place: Place, http: Http) -> bool:
    """Whether it is our simulator that answers: nothing else knows its control address."""
    answer = http.send(Request("GET", f"{place.address}/control", {"User-Agent": USER_AGENT}))
    if not isinstance(answer, Reply) or answer.status != 200:
        return False
    try:
        told = json.loads(answer.body)
    except ValueError:
        return False
    return isinstance(told, dict) and {"ambiente", "opciones", "sin_revisar"} <= set(told)


def _tell(settings: Settings, place: Place, found: Found, say: Callable[[str], None], ready: threading.Event) -> None:
    """Say what there is, after the service has said where it answers itself."""
    ready.wait(_START_LIMIT)
    if found == "other":
        say(problem("SII-004", value=place.address).text())
    elif found == "simulator":
        _introduce(settings, place)
        say(f"Lo de pruebas va al simulador del SII que ya atiende en {place.address}.")
    elif wait_until_online(place):
        say(f"El simulador del SII, para lo de pruebas, atiende en {place.address}.")


def _introduce(settings: Settings, place: Place) -> None:
    """Have the simulator of another installation know the test authority of this one: all are IDK 900."""
    for pem in authority_keys(settings):
        body = json.dumps({"idk": TEST_IDK, "pem": pem}).encode()
        headers = {"User-Agent": USER_AGENT, "Content-Type": "application/json"}
        Client(_QUICK).send(Request("POST", f"{place.address}/control/claves-caf", headers, body))


def _work(settings: Settings, place: Place) -> None:
    """What the process does."""
    # Not of the service: what only this process uses is not loaded there.
    from dteplanows.simulator.options import Options  # noqa: PLC0415
    from dteplanows.simulator.server import Simulator  # noqa: PLC0415

    stop = beside.begin(journal.reopen)
    journal.start(settings)
    ledger = Ledger(place_of(settings), settings.clave_maestra, New.NEVER)
    register = OurRegister(settings, ledger)
    options = Options(settings.directorio / FOLDER, place.host, place.port, register=register)
    try:
        # After it died, the one of another service may have taken its place.
        while who_is_at(place) == "simulator":
            _introduce(settings, place)
            if stop.wait(_LOOK):
                return
        if not stop.is_set():
            with Simulator(options):
                beside.wait(stop)
    except OSError as error:
        log.error("El simulador del SII no pudo comenzar en %s: %s", place.address, in_words(error))
        raise SystemExit(1) from None
    finally:
        register.close()
        ledger.close()
        journal.close()
