"""The log: one line for each call, and the messages of the service, as JSON and, where it is wanted, readable.

The lines as JSON always lie in the folder ``registro`` of the data, for ``dteplanows llamadas`` reads them there:
writing one takes a microsecond, a row of a database that several processes share takes forty, and at times their turn.
A copy may go to the error output or to another file. Warnings go to the error output in any case.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

import structlog
from structlog.typing import EventDict, WrappedLogger

import dteplanows
from dteplanows.document import clock
from dteplanows.document.catalogue import problem
from dteplanows.document.problem import Place, Refused
from dteplanows.log import call as calls
from dteplanows.log import metrics
from dteplanows.log.call import Call
from dteplanows.log.files import MIB, DayFiles, ErrorOutput, OneFile, Sink, show
from dteplanows.log.kept import Kept
from dteplanows.log.repeated import Counted, Key, Repeated
from dteplanows.log.where import where
from dteplanows.process.system_errors import in_words
from dteplanows.settings import Settings

FOLDER = "registro"
"""Folder of the lines inside the data directory."""

KEPT = "rechazados"
"""Folder of the refused files inside the data directory."""

CALL, MESSAGE, REPEATED, LOST = "llamada", "mensaje", "repetidas", "lineas perdidas"
"""What a line is about."""

STDERR = "stderr"

_LEVELS = {"debug": "info", "info": "info", "warning": "advertencia", "error": "error", "critical": "error"}
_LONGEST_MESSAGE = 2000

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False).encode
_logfmt = structlog.processors.LogfmtRenderer(bool_as_flag=False)


class Line(NamedTuple):
    """A line as the sinks take it."""

    day: str
    data: bytes


class Journal:
    """The log of one process. Threads share it."""

    def __init__(self, lines: Sink, copy: Sink | None, *, readable: bool, warnings: Sink | None, kept: Kept) -> None:
        """:param copy: takes each line too, *readable* or as JSON.
        :param warnings: takes the readable messages from warnings on, where *copy* does not show them.
        """
        self._sinks = [one for one in (lines, copy) if one]
        self._lines = _logger(lines, _as_json)
        self._copy = _logger(copy, _as_text if readable else _as_json) if copy else None
        self._warnings = _logger(warnings, _as_text) if warnings else None
        self._repeated = Repeated(self._tell_repeated)
        self._kept = kept

    def finish(self, call: Call, status: int = 0, received: int = 0, sent: int = 0) -> None:
        """Write the line of *call*, which has its answer, and keep what is to be kept of it.

        :param status: of HTTP; 0 where there is none.
        :param received: bytes of the request's body and of the query of its address.
        :param sent: bytes of the answer's body.
        """
        if call.file is not None:
            self._kept.keep(call)
        if not call.proven and call.via != "orden":
            key = Key(call.operacion, " ".join(call.codes), call.ip)
            if not self._repeated.admits(key, call.moment, call.said):
                return
        facts = {"momento": call.moment, "id": call.id, **call.facts()}
        facts["ms"] = call.milliseconds()
        for name, value in (("entran", received), ("salen", sent), ("estado", status)):
            if value:
                facts[name] = value
        level = "error" if call.failure else "warning" if call.codes else "info"
        self._write(level, CALL, facts)

    def say(self, level: str, event: str, **facts: Any) -> None:
        """Write a line that is no call's. *facts* must hold neither content nor a secret."""
        facts = {"momento": clock.now().isoformat(), **facts}
        self._write(level, event, facts)
        if self._warnings and _LEVELS[level] != "info":
            getattr(self._warnings, level)(event, **facts)

    def reopen(self) -> None:
        """Open every file anew with its next line."""
        for one in self._sinks:
            one.reopen()

    def tidy(self) -> None:
        """Delete the lines and the refused files that need not be kept any more."""
        for one in self._sinks:
            one.tidy()
        self._kept.tidy()

    def close(self) -> None:
        """Tell what was counted, and close the files; a later line opens them again."""
        self._repeated.flush()
        self.reopen()

    def _write(self, level: str, event: str, facts: dict[str, Any]) -> None:
        """:param facts: their first one is ``momento``."""
        getattr(self._lines, level)(event, **facts)
        if self._copy:
            getattr(self._copy, level)(event, **facts)

    def _tell_repeated(self, counted: list[Counted]) -> None:
        for one in counted:
            facts: dict[str, Any] = {"operacion": one.key.operacion, "codigos": one.key.codigos.split()}
            facts |= {"ip": one.key.ip, "usuarios_dichos": one.usuarios, "veces": one.veces}
            facts |= {"desde": one.desde, "hasta": one.hasta}
            told = {"momento": one.hasta, **{name: value for name, value in facts.items() if value}}
            self._write("warning" if one.key.codigos else "info", REPEATED, told)


class _Written:
    """structlog's outermost logger: hands a line to its sink."""

    def __init__(self, sink: Sink) -> None:
        self._write = sink.write

    def msg(self, line: Line) -> None:
        self._write(line.day, line.data)

    debug = info = warning = error = critical = msg


def _logger(sink: Sink, render: structlog.typing.Processor) -> Any:
    # Bound at once: structlog's proxy would make the bound logger anew for every line.
    made = structlog.wrap_logger(
        _Written(sink), processors=[render], wrapper_class=structlog.make_filtering_bound_logger(0)
    )
    return made.bind()


def _as_json(logger: WrappedLogger, method: str, facts: EventDict) -> tuple[tuple[Line], dict[str, Any]]:
    facts["nivel"] = _LEVELS[method]
    facts["linea"] = facts.pop("event")
    return (Line(facts["momento"][:10], _bytes(_encode(facts))),), {}


def _as_text(logger: WrappedLogger, method: str, facts: EventDict) -> tuple[tuple[Line], dict[str, Any]]:
    moment = facts.pop("momento")
    event = facts.pop("event")
    head = [moment.replace("T", " ")[:23], _LEVELS[method], *([] if event == MESSAGE else [event])]
    if "operacion" in facts:
        head.append(str(facts.pop("operacion")))
    text = str(facts.pop("texto", ""))
    flat = {name: " ".join(map(str, one)) if isinstance(one, list | tuple) else one for name, one in facts.items()}
    parts = (*head, text, str(_logfmt(logger, method, flat)))
    return (Line(moment[:10], _bytes(" ".join(part for part in parts if part))),), {}


def _bytes(line: str) -> bytes:
    return line.encode("utf-8", "replace") + b"\n"


def _lost(count: int) -> bytes:
    """The line that says how many could not be written."""
    facts = {"momento": clock.now().isoformat(), "linea": LOST, "nivel": "error", "veces": count}
    return _bytes(_encode(facts))


# --- the journal of this process -------------------------------------------------------------------------------

_used: list[Journal] = []
"""The journal in use is the last one; without any, nothing is written."""


class Handler(logging.Handler):
    """Takes what the service and its libraries say by Python's own logging into the journal, warnings and worse."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)

    def emit(self, record: logging.LogRecord) -> None:
        """Write *record*, with the identifier of the call under way; of an exception, its kind and places."""
        if not _used:
            return
        text = "".join(c if c.isprintable() else " " for c in record.getMessage()[:_LONGEST_MESSAGE])
        facts: dict[str, Any] = {"modulo": record.name, "texto": text}
        call = calls.current()
        if call:
            facts["llamada"] = call.id
        if record.exc_info and record.exc_info[1]:
            facts["donde"] = where(record.exc_info[1])
        _used[-1].say("error" if record.levelno >= logging.ERROR else "warning", MESSAGE, **facts)


def journal_of(settings: Settings) -> Journal:
    """The journal that *settings* ask for.

    :raises Refused: the file of the copy cannot be written (CFG-035).
    """
    folder = settings.directorio
    lines = DayFiles(folder / FOLDER, settings.registro_dias, settings.registro_megas * MIB, _lost)
    copy = _copy_of(settings)
    warnings = None if isinstance(copy, ErrorOutput) else ErrorOutput()
    kept = Kept(folder / KEPT, settings.rechazados_dias, settings.rechazados_megas * MIB)
    return Journal(lines, copy, readable=settings.registro_formato == "texto", warnings=warnings, kept=kept)


def _copy_of(settings: Settings) -> Sink | None:
    where_to = settings.registro_copia.strip()
    if not where_to or where_to == STDERR:
        return ErrorOutput() if where_to else None
    path = settings.directorio / Path(where_to).expanduser()
    try:
        return OneFile(path, settings.registro_megas * MIB, _lost)
    except OSError as error:
        reason = in_words(error)
        raise Refused([problem("CFG-035", Place(field="registro_copia"), str(path), reason=reason)]) from None


@contextmanager
def written(settings: Settings, *, messages: bool = False) -> Iterator[Journal]:
    """Inside, the calls of this process have their lines.

    :param messages: also what is said by Python's own logging, and first which version of the program begins.
    :raises Refused: the file of the copy cannot be written (CFG-035).
    """
    journal = start(settings) if messages else journal_of(settings)
    if not messages:
        _used.append(journal)
    else:
        version = dteplanows.__version__
        journal.say("info", MESSAGE, version=version, texto=f"Comienza dteplanows {version}.")
    try:
        yield journal
    finally:
        journal.close()
        with suppress(ValueError):
            _used.remove(journal)


def start(settings: Settings) -> Journal:
    """Let this process write its lines and messages until it ends.

    :raises Refused: the file of the copy cannot be written (CFG-035).
    """
    journal = journal_of(settings)
    _used.append(journal)
    journal.tidy()
    root = logging.getLogger()
    if not any(isinstance(one, Handler) for one in root.handlers):
        root.addHandler(Handler())
    return journal


def reopen() -> None:
    """Open every file of the log anew, as after SIGHUP: a program of the system has moved them."""
    for one in _used:
        one.reopen()


def tidy() -> None:
    """Delete what need not be kept any more."""
    for one in _used:
        one.tidy()


def close() -> None:
    """Before the process ends: tell what was counted."""
    for one in _used:
        one.close()


def finish(call: Call, status: int = 0, received: int = 0, sent: int = 0) -> None:
    """Count *call*, and write its line as :meth:`Journal.finish`, where this process writes any. It never raises."""
    metrics.count(call)
    if not _used:
        return
    try:
        _used[-1].finish(call, status, received, sent)
    except Exception as failure:  # noqa: BLE001 - what was issued is told to its client, with or without a line
        show(f"No se pudo escribir la línea de la llamada {call.id}: {where(failure)}")


def say(level: str, event: str, **facts: Any) -> None:
    """A line that is no call's, as :meth:`Journal.say`, where this process writes any."""
    if _used:
        _used[-1].say(level, event, **facts)


@contextmanager
def calling(via: calls.Via, operacion: str) -> Iterator[Call]:
    """Surround work that is a call without HTTP: its line is written at the end, however that comes."""
    call = Call(via, operacion)
    calls.begin(call)
    try:
        yield call
    except Refused as refused:
        calls.note_problems(refused.problems)
        raise
    except Exception as failure:
        call.failure = type(failure).__name__
        raise
    finally:
        calls.end()
        finish(call)
