"""The lines of the log, found again.

Files are read a line at a time, and only those of the days in question; a line is not even taken apart where a word
that it must hold is not in it.
"""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from dteplanows.log.files import day_files, day_of
from dteplanows.log.journal import CALL, REPEATED

Line = dict[str, Any]

_DAY = len("AAMMDD")
_BEGIN = b'{"momento":"'
_SECOND = len("AAAA-MM-DDTHH:MM:SS")
_RANGES = re.compile(rb'"(?:folios|pedidos)":"([^"]*)"')


@dataclass(frozen=True, slots=True)
class Question:
    """Which lines are wanted; what is None or empty does not matter."""

    desde: datetime | None = None
    hasta: datetime | None = None
    """Up to this moment, excluded."""
    usuario: str = ""
    rut: str = ""
    """Of the company."""
    operacion: str = ""
    codigo: str = ""
    folio: int = 0
    """Issued by the call, or asked for."""
    rechazadas: bool = False
    """Only what was refused, wholly or in part."""
    _needles: tuple[bytes, ...] = field(init=False, default=())

    def __post_init__(self) -> None:
        words = [one for one in (self.rut, self.codigo) if one] + (['"codigos"'] if self.rechazadas else [])
        object.__setattr__(self, "_needles", tuple(one.encode() for one in words))

    def may_be(self, line: bytes) -> bool:
        """Whether *line*, not taken apart, may be meant. Its moment stands first, as :mod:`journal` writes it."""
        for one in self._needles:
            if one not in line:
                return False
        if line.startswith(_BEGIN):
            moment = line[len(_BEGIN) : len(_BEGIN) + _SECOND].decode("ascii", "replace")
            if (self.desde and moment < self.desde.isoformat()) or (self.hasta and moment >= self.hasta.isoformat()):
                return False
        if self.folio and not any(
            _in_ranges(one.decode("ascii", "replace"), self.folio) for one in _RANGES.findall(line)
        ):
            return False
        name = json.dumps(self.usuario.lower())[1:-1]
        return not self.usuario.isascii() or name.encode() in line.lower()

    def is_met(self, line: Line) -> bool:
        """Whether *line* is meant."""
        moment = str(line.get("momento", ""))
        return (
            line.get("linea") in (CALL, REPEATED)
            and (not self.desde or moment >= self.desde.isoformat())
            and (not self.hasta or moment < self.hasta.isoformat())
            and (not self.usuario or self.usuario.casefold() in _users(line))
            and (not self.rut or line.get("rut") == self.rut)
            and (not self.operacion or str(line.get("operacion", "")).casefold() == self.operacion.casefold())
            and (not self.codigo or self.codigo in (*line.get("codigos", ()), *line.get("avisos", ())))
            and (not self.folio or _holds(line, self.folio))
            and (not self.rechazadas or bool(line.get("codigos")))
        )


def lines(folder: Path, question: Question) -> Iterator[Line]:
    """The lines that *question* means, oldest first.

    Calls have the moment at which they began and are written when they end, so that a long one comes behind others.
    """
    for path in _files(folder, question):
        yield from _read(path, question.may_be, question.is_met)


def last(folder: Path, question: Question, most: int) -> list[Line]:
    """The last *most* of :func:`lines`, in the same order."""
    found: list[Line] = []
    for path in reversed(_files(folder, question)):
        of_file = deque(_read(path, question.may_be, question.is_met), most - len(found))
        found = [*of_file, *found]
        if len(found) >= most:
            break
    return found


def of_call(folder: Path, identifier: str) -> list[Line]:
    """The line of one call and the messages during it; empty where there are none (any more)."""
    needle = identifier.encode()
    try:
        day = datetime.strptime(identifier[:_DAY], "%y%m%d").date()
    except ValueError:
        return []
    # A message may be of the day after.
    paths = [one for one in day_files(folder) if day <= day_of(one) <= day + timedelta(1)]

    def is_met(line: Line) -> bool:
        return identifier in (line.get("id"), line.get("llamada"))

    return [line for path in paths for line in _read(path, lambda line: needle in line, is_met)]


def _files(folder: Path, question: Question) -> list[Path]:
    first = question.desde.date() if question.desde else date.min
    final = question.hasta.date() if question.hasta else date.max
    return [one for one in day_files(folder) if first <= day_of(one) <= final]


def _read(path: Path, may_be: Callable[[bytes], bool], is_met: Callable[[Line], bool]) -> Iterator[Line]:
    try:
        with path.open("rb") as opened:
            for line in opened:
                if may_be(line) and (found := _line(line)) is not None and is_met(found):
                    yield found
    except FileNotFoundError:  # too old, and deleted at this moment
        return


def _line(line: bytes) -> Line | None:
    """The facts of a line; None for one that a full disk cut off."""
    try:
        found = json.loads(line)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _users(line: Line) -> tuple[str, ...]:
    names = (line.get("usuario", ""), line.get("usuario_dicho", ""), *line.get("usuarios_dichos", ()))
    return tuple(str(one).casefold() for one in names)


def _holds(line: Line, folio: int) -> bool:
    """Whether *folio* is in the ranges of *line*, of whatever type."""
    return _in_ranges(f"{line.get('folios', '')} {line.get('pedidos', '')}", folio)


def _in_ranges(ranges: str, folio: int) -> bool:
    for word in ranges.split():
        first, _, final = word.partition(":")[2].partition("-")
        if first.isdigit() and int(first) <= folio <= int(final or first):
            return True
    return False
