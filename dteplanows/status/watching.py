"""The state of an installation while its service runs: told at the start, and every day to the log."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from dteplanows import status
from dteplanows.ledger import presence
from dteplanows.settings import Settings
from dteplanows.status.rows import Row, State

log = logging.getLogger(__name__)

EVERY = 86_400.0
"""Seconds between two looks."""

_START = 30.0
"""Seconds that the workers may take to begin before they are missed."""


@contextmanager
def watch(settings: Settings, say: Callable[[str], None], ready: threading.Event) -> Iterator[None]:
    """Look at the installation at the start of what happens inside, and every day until it ends.

    :param say: takes the line for the person who starts the service.
    :param ready: set once the service answers and has said where; nothing is looked at before.
    """
    stop = threading.Event()
    thread = threading.Thread(target=_watch, args=(settings, say, ready, stop), daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        ready.set()
        thread.join(5)


def summary(rows: Iterable[Row]) -> str:
    """The whole in a few words."""
    states = [one.state for one in rows]
    grave, avisos = states.count(State.GRAVE), states.count(State.AVISO)
    parts = [f"{grave} grave{'s' if grave > 1 else ''}"] if grave else []
    parts += [f"{avisos} aviso{'s' if avisos > 1 else ''}"] if avisos else []
    return f"hay {' y '.join(parts)}." if parts else "todo está bien."


def note(rows: Iterable[Row]) -> None:
    """A log line for each row that is not good."""
    for one in rows:
        if one.state is not State.OK:
            level = logging.ERROR if one.state is State.GRAVE else logging.WARNING
            log.log(level, "%s. %s. %s %s %s", one.state.upper(), one.group, f"{one.name}:", one.text, one.remedy)


def _watch(settings: Settings, say: Callable[[str], None], ready: threading.Event, stop: threading.Event) -> None:
    ready.wait()
    limit = time.monotonic() + _START
    wanted: dict[presence.Role, bool] = {"trabajador": settings.procesar_lotes, "entrega": settings.sii_enviar}
    missing = [role for role, is_wanted in wanted.items() if is_wanted]
    while missing and time.monotonic() < limit and not stop.is_set():
        missing = [role for role in missing if presence.alive(settings.directorio, role) is False]
        if missing:
            stop.wait(0.2)
    first = True
    while not stop.is_set():
        try:
            rows = status.rows_in(settings)
        except Exception as failure:  # noqa: BLE001 - the service goes on, whatever keeps this from looking
            log.error("El estado de la instalación no se pudo mirar: %s", type(failure).__name__)
        else:
            note(rows)
            if first:
                say(f"Estado: {summary(rows)} El detalle se muestra con la orden «estado».")
        first = False
        stop.wait(EVERY)
