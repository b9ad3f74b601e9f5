"""Each transport under each fault, over real sockets, as the page of the manual that shows what comes of it.

``python -m tests.sii.fault_matrix`` writes the page anew; a test compares it byte for byte.
"""

from __future__ import annotations

import socket
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from docs.words import joined, literal, plain, table, title
from dteplanows.sii.addresses import Addresses
from dteplanows.sii.client import Client, Limits
from dteplanows.sii.envelopes import make
from dteplanows.sii.outcomes import OUTCOMES
from dteplanows.sii.reasons import REASONS
from dteplanows.sii.service import Sii
from dteplanows.sii.session import Given
from dteplanows.sii.statuses import STATUSES, Service
from dteplanows.sii.tokens import Kept, Key, Memory
from tests.sii import shapes
from tests.sii.conftest import MOMENT, hosts_at, untrusted
from tests.sii.documents import installation_in, issue_all
from tests.sii.server import Say, Server, closed_port, serving
from tests.sii.transports import TRANSPORTS, Samples, Transport

FILE = Path(__file__).parents[2] / "docs" / "manual" / "servicio" / "fallas-sii.rst"

_PATIENT = Limits(connect=20, read=20, whole_answer=20, bytes=1_000_000)
_HASTY = Limits(connect=2, read=2, whole_answer=4, bytes=1_000_000)
"""For what never comes: the server waits longer than both."""
_LONG = 12.0
_LARGE = 24_000_000
"""Bytes of a file that no buffer of a connection on one machine takes at once."""
_NO_BODY = "Lo que se manda sale de una vez: es como después de recibirlo todo."
_NO_TOKEN = "No lleva token."
_DAY = timedelta(days=1)


class Cell(NamedTuple):
    """What comes of a fault."""

    outcome: str
    """Empty where the fault cannot be."""
    reason: str = ""
    wait: int = 0
    times: int = 1
    """How often it was asked: twice where another token was taken."""
    why_not: str = ""


Answers = Callable[[Transport], Say | list[Say] | str]
"""What the server does; a text says why the fault cannot be there."""


class Fault(NamedTuple):
    """A fault by its Spanish name."""

    name: str
    answers: Answers
    limits: Limits = _PATIENT
    large: bool = False
    """Files that are sent are large."""


def _always(say: Say) -> Answers:
    return lambda transport: say


def _while_sending(say: Say) -> Answers:
    return lambda transport: say if transport.sends_a_file else _NO_BODY


def _halved(one: Transport) -> Say:
    return Say(one.good.body[: len(one.good.body) * 2 // 3], without_length=True)


def _in_latin1(one: Transport) -> Say:
    return Say(one.good.body.decode("utf-8").encode("latin-1"))


def _in_utf8(one: Transport) -> Say:
    text = one.good.body.decode("utf-8").replace('encoding="UTF-8"', 'encoding="ISO-8859-1"')
    return Say(text.encode(), headers={"Content-Type": "text/xml; charset=ISO-8859-1"})


_UNKNOWN_TOKEN = {
    "DTEUpload": "5", "QueryEstUp": "001", "QueryEstDte.jws": "001", "QueryEstDteAv": "1", "wsDTECorreo": "104",
}  # fmt: skip


def _without_session(one: Transport) -> Say | str:
    """What each says of a token that it does not know."""
    if one.opens_session:
        return _NO_TOKEN
    code = _UNKNOWN_TOKEN.get(one.path)
    return one.answering(code) if code else Say(b"NO ESTA AUTENTICADO", 401)


def _without_session_once(one: Transport) -> list[Say] | str:
    first = _without_session(one)
    return first if isinstance(first, str) else [first, one.good]


def _stale_seed(one: Transport) -> Say | str:
    answer = TRANSPORTS["token"].answering("08")
    if one.name == "token":
        return answer
    inner = shapes.respuesta("<ESTADO>08</ESTADO><GLOSA>Semilla vencida</GLOSA>")
    return Say(inner.encode()) if one.name == "token de boletas" else "No lleva semilla."


FAULTS = (
    Fault("Contesta como debe", lambda one: one.good),
    Fault("La conexión se corta antes de que reciba nada del archivo", _while_sending(Say(read=0, reset=True)),
          large=True),
    Fault("La conexión se corta mientras recibe el archivo", _while_sending(Say(read=100_000, reset=True)), large=True),
    Fault("La conexión se corta cuando ya recibió todo", _always(Say(reset=True))),
    Fault("Cierra la conexión sin contestar cuando ya recibió todo", _always(Say(close=True))),
    Fault("Deja de recibir a la mitad del archivo", _while_sending(Say(read=100_000, wait=_LONG)), _HASTY, large=True),
    Fault("Recibe todo y no contesta a tiempo", _always(Say(wait=_LONG)), _HASTY),
    Fault("Contesta 500", _always(Say(b"Error interno", 500))),
    Fault("Contesta 503 y pide esperar 120 segundos (Retry-After)", _always(Say(b"", 503, {"Retry-After": "120"}))),
    Fault("Contesta 503 y dice la hora en que volver, con su reloj adelantado en un día", _always(
        Say(b"", 503, {"Retry-After": format_datetime(datetime(2026, 11, 30, 12, 2, tzinfo=UTC), usegmt=True)},
            date=datetime(2026, 11, 30, 12, tzinfo=UTC)))),
    Fault("Su reloj está adelantado en un día y contesta como debe",
          lambda one: replace(one.good, date=datetime.now(UTC) + _DAY)),
    Fault("Su reloj está atrasado en un día y contesta como debe",
          lambda one: replace(one.good, date=datetime.now(UTC) - _DAY)),
    Fault("La semilla venció, como cuando el reloj de este equipo está errado", _stale_seed),
    Fault("El token venció", _without_session_once),
    Fault("No acepta ningún token", _without_session),
    Fault("Contesta una página web", _always(Say(shapes.PAGE))),
    Fault("Contesta sin decir nada", _always(Say(b""))),
    Fault("La respuesta llega a medias y la conexión se corta", lambda one: replace(one.good, cut=30)),
    Fault("La respuesta llega a medias y dice estar entera", _halved),
    Fault("La respuesta está en ISO-8859-1 y dice ser UTF-8", _in_latin1),
    Fault("La respuesta está en UTF-8 y dice ser ISO-8859-1", _in_utf8),
    Fault("La respuesta está en UTF-16, con su marca",
          lambda one: Say(one.good.body.decode("utf-8").replace('encoding="UTF-8"', "").encode("utf-16"))),
)  # fmt: skip
"""What a server can do. The names are those of the page."""

_NAMES: dict[str, Service] = {
    "upload": "subida", "state": "estado", "document": "documento", "document with track": "avanzado",
    "mail": "correo", "seed": "semilla", "token": "token",
}  # fmt: skip
"""The services that answer with numbers, as the table of statuses calls them."""


def _codes(key: str) -> list[str]:
    """The numbers that a service is made to answer: those that are known, and others. QueryEstUp writes zeros."""
    numbers = set(range(100)) if key == "upload" else {-20, 50, 99}
    numbers |= {number for service, number in STATUSES if service == _NAMES[key]}
    return [f"{number:03d}" if key == "state" and 0 <= number < 10 else str(number) for number in sorted(numbers)]


@contextmanager
def samples() -> Iterator[Samples]:
    """Documents of a new installation and their envelopes."""
    with tempfile.TemporaryDirectory() as folder:
        one = installation_in(Path(folder, "datos"))
        issued = issue_all(one)
        envelopes = [make([issued[tipo]], one.company, one.certificate, MOMENT) for tipo in (33, 39)]
        yield Samples(one.certificate, issued, envelopes[0], envelopes[1])
        one.close()


def page(one: Samples) -> str:
    """The whole page."""
    return _HEAD + table(
        ["Qué ocurre", "Dónde", "Resultado", "Qué significa", "El SII lo tiene", "Se pregunta antes"],
        [row for name, cells in _measured(one) for row in _rows(name, cells)],
    )


_HEAD = title("Lo que ocurre cuando el SII falla", "=") + (
    ".. Made by «python -m tests.sii.fault_matrix», which provokes each fault in each service: not to be edited.\n\n"
    "Qué resulta de cada falla en cada uno de los servicios del SII, probado uno por uno con conexiones verdaderas. "
    "Qué hacer con cada resultado está en :doc:`/referencia/sii`.\n\n"
    "Las dos últimas columnas son de lo que se envía: si el SII quedó con el archivo, y si se le pregunta por el "
    "documento antes de enviar otra vez los mismos bytes. Una pregunta siempre se puede repetir.\n\n"
)

Row = tuple[str, dict[str, Cell]]


def _measured(one: Samples) -> Iterator[Row]:
    """Each fault with what comes of it in each transport, by key."""
    yield "El servidor no existe", _each(lambda it: _ask(it, one, "https://no-existe.invalid"))
    yield "Nadie atiende (la conexión se rechaza)", _each(
        lambda it: _ask(it, one, f"http://127.0.0.1:{closed_port()}"))  # fmt: skip
    with _full() as address:
        yield "La conexión no se establece a tiempo", _each(lambda it: _ask(it, one, address, _HASTY))
    with tempfile.TemporaryDirectory() as folder, serving(untrusted(Path(folder))) as unknown:
        yield "El certificado del servidor no vale", _each(lambda it: _ask(it, one, unknown.address))
    with serving() as plain_server:
        address = f"https://127.0.0.1:{plain_server.port}"
        yield "El servidor no contesta al abrir TLS", _each(lambda it: _ask(it, one, address, _HASTY))
    for fault in FAULTS:
        yield fault.name, _each(lambda it, fault=fault: _under(it, fault, one))  # type: ignore[misc]
    yield from _numbers(one)


def _each(measure: Callable[[Transport], Cell]) -> dict[str, Cell]:
    """What *measure* finds for every transport, at the same time: most of it is waiting."""
    with ThreadPoolExecutor(len(TRANSPORTS)) as pool:
        return dict(zip(TRANSPORTS, pool.map(measure, TRANSPORTS.values()), strict=True))


def _ask(transport: Transport, one: Samples, address: str, limits: Limits = _PATIENT) -> Cell:
    """What *transport* finds at *address*."""
    hosts = hosts_at(address)
    addresses = Addresses({"pruebas": hosts, "produccion": hosts_at("https://palena.invalid")}, hosts)
    sii = Sii(Client(limits), addresses, Memory() if transport.opens_session else _OpenSessions())
    return _cell(transport.ask(sii, one))


class _OpenSessions(Memory):
    """Sessions that are open already, so that the first thing to fail is what is looked at."""

    def __init__(self) -> None:
        super().__init__()
        self._met: set[Key] = set()

    def get(self, key: Key) -> Kept | None:
        if key in self._met:
            return super().get(key)
        self._met.add(key)
        return Kept(Given(OUTCOMES["respondido"], "TOKEN-0"), time.time())


def _cell(found: object) -> Cell:
    return Cell(found.outcome.name, getattr(found, "reason", ""), getattr(found, "wait", 0))  # type: ignore[attr-defined]


def _under(transport: Transport, fault: Fault, one: Samples) -> Cell:
    says = fault.answers(transport)
    if isinstance(says, str):
        return Cell("", why_not=says)
    with _open() as server:
        server.on(transport.path, *(says if isinstance(says, list) else [says]))
        cell = _ask(transport, _enlarged(one) if fault.large else one, server.address, fault.limits)
        return cell._replace(times=sum(transport.path in path for path in server.paths()))


def _enlarged(one: Samples) -> Samples:
    large = [replace(it, file=it.file + b" " * _LARGE) for it in (one.factura, one.boleta)]
    return one._replace(factura=large[0], boleta=large[1])


@contextmanager
def _open() -> Iterator[Server]:
    """A server that opens sessions."""
    with serving() as server:
        for name in ("seed", "token", "seed of boletas", "token of boletas"):
            server.on(TRANSPORTS[name].path, TRANSPORTS[name].good)
        yield server


@contextmanager
def _full() -> Iterator[str]:
    """The address of a server whose line of waiting connections is full."""
    with socket.socket() as silent, ExitStack() as waiting:
        silent.bind(("127.0.0.1", 0))
        silent.listen(0)
        for _ in range(4):
            one = waiting.enter_context(socket.socket())
            one.setblocking(False)
            one.connect_ex(silent.getsockname())
        yield f"http://127.0.0.1:{silent.getsockname()[1]}"


# --- Numbers ------------------------------------------------------------------------------------------------------


def _numbers(one: Samples) -> Iterator[Row]:
    """A row for the numbers of a service that end alike, in the order of the first of them."""
    with ThreadPoolExecutor(len(_NAMES)) as pool:
        found = dict(zip(_NAMES, pool.map(lambda key: _answered(key, one), _NAMES), strict=True))
    for key, cells in found.items():
        groups: dict[Cell, list[str]] = {}
        for code, cell in cells.items():
            groups.setdefault(cell, []).append(code)
        word = "STATUS" if key == "upload" else "ESTADO"
        for cell, codes in groups.items():
            yield f"Contesta {word} {_runs(codes)}", {key: cell}


def _answered(key: str, one: Samples) -> dict[str, Cell]:
    """What comes of every number."""
    found, transport = {}, TRANSPORTS[key]
    with _open() as server:
        for code in _codes(key):
            server.on(transport.path, transport.answering(code))
            found[code] = _ask(transport, one, server.address)
    return found


def _runs(codes: list[str]) -> str:
    """Numbers in order as people write them: ``0, 5, 10 a 98``."""
    runs = [[code for _, code in run] for _, run in groupby(enumerate(codes), lambda one: int(one[1]) - one[0])]
    return ", ".join(f"{run[0]} a {run[-1]}" if len(run) > 2 else ", ".join(run) for run in runs)


# --- The table ----------------------------------------------------------------------------------------------------


def _rows(name: str, cells: dict[str, Cell]) -> Iterator[list[str]]:
    """The rows of a fault: one for all transports that end alike."""
    groups: dict[Cell, list[str]] = {}
    for key, cell in cells.items():
        groups.setdefault(cell, []).append(key)
    for cell, keys in groups.items():
        files = any(TRANSPORTS[it].sends_a_file for it in keys)
        yield [plain(name), plain(_where(keys)), *_shown(cell, files)]


def _where(keys: list[str]) -> str:
    """Transports as people call them, those that are missing where that is shorter."""
    missing = [key for key in TRANSPORTS if key not in keys]
    if not missing:
        return "todos los servicios"
    if len(missing) < len(keys):
        return f"todos menos {joined(TRANSPORTS[it].name for it in missing)}"
    return joined(TRANSPORTS[it].name for it in keys)


def _shown(cell: Cell, files: bool) -> list[str]:
    if not cell.outcome:
        return ["–", plain(cell.why_not), "–", "–"]
    outcome = OUTCOMES[cell.outcome]
    known = REASONS.get(cell.reason)
    words = f"{outcome.meaning} {cell.reason}: {known.meaning}." if known else outcome.meaning
    words += f" Se esperan {cell.wait} segundos." if cell.wait else ""
    words += " Se pidió otro token y se repitió." if cell.times > 1 else ""
    known_of_file = [outcome.received, "sí" if outcome.ask_first else "no"] if files else ["–", "–"]
    return [literal(outcome.name), plain(words), *known_of_file]


if __name__ == "__main__":
    with samples() as made:
        FILE.write_text(page(made), "utf-8", newline="\n")
