"""A queue of CUPS or a printer that speaks IPP: hand a job over, find it again, ask what became of it, take it back.

What CUPS 2.4 says is not always so, and is read here as measured: ``completed`` means that the queue has nothing more
to do, not that there is paper (a printer that takes the connection and drops it may leave it so); ``pending-held`` is
a job that broke off and that CUPS keeps for five minutes while later ones pass it; a printer that is switched off shows
only in a message for people.
"""

from __future__ import annotations

import http.client
import re
import ssl
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple
from urllib.parse import quote, unquote, urlsplit

from dteplanows.ipp import message
from dteplanows.ipp.message import CHARSET, INTEGER, KEYWORD, LANGUAGE, MIME, NAME, URI, Found, Given
from dteplanows.process.system_errors import in_words

PORT = 631
"""Of IPP, where an address names none."""
_PATH = "/ipp/print"
"""Where a printer has its queue, where an address names none."""
_SECONDS = 15.0
"""That a connection may take, and each answer."""
_LARGEST = 4 * 2**20
"""Bytes of an answer."""
_FINE = 0x0100
_GONE = (0x0406, 0x0407)
"""What was asked for is not there (any more)."""

_PRINT, _CANCEL, _ATTRIBUTES, _JOBS, _PRINTER = 0x0002, 0x0008, 0x0009, 0x000A, 0x000B
_OF_A_JOB = ("job-id", "job-name", "job-state", "job-state-reasons", "job-printer-state-message")
_MILLIMETRES = {(215.9, 279.4): "na_letter_8.5x11in", (210.0, 297.0): "iso_a4_210x297mm"}
_SAYINGS = {
    "media-empty": "no tiene papel", "media-needed": "no tiene papel", "media-jam": "tiene el papel atascado",
    "cover-open": "tiene la tapa abierta", "door-open": "tiene una puerta abierta", "toner-empty": "no tiene tóner",
    "marker-supply-empty": "no tiene tinta o tóner", "paused": "la cola está en pausa", "offline": "no responde",
    "connecting-to-device": "se intenta conectar con ella", "timed-out": "no responde", "shutdown": "está apagada",
    "cups-waiting-for-auth-info": "la cola pide una clave",
}  # fmt: skip
"""What a printer says of itself, in words; reasons end in ``-error``, ``-warning``, ``-report`` or nothing."""


class IppFailed(Exception):  # noqa: N818 - named for what happened
    """A queue did not do what was asked; its text is for people, in Spanish."""

    def __init__(self, text: str, *, may_have_it: bool = False) -> None:
        """:param may_have_it: the whole job or a part of it may have reached the queue."""
        super().__init__(text)
        self.may_have_it = may_have_it


class Standing(Enum):
    """What became of a job, as its queue says."""

    WAITING = "espera"
    """The queue has it and goes on by itself."""
    HELD = "retenido"
    """The queue has stopped with it: a part may be on paper, and later jobs may pass it."""
    ENDED = "terminado"
    """The queue has handed all of it to the printer."""
    CANCELED = "anulado"
    """Somebody took it out of the queue; a part may be on paper."""
    ABORTED = "abandonado"
    """The queue gave it up; a part may be on paper."""


_STANDINGS = {
    3: Standing.WAITING, 4: Standing.HELD, 5: Standing.WAITING, 6: Standing.HELD, 7: Standing.CANCELED,
    8: Standing.ABORTED, 9: Standing.ENDED,
}  # fmt: skip


class Job(NamedTuple):
    """A job that a queue knows."""

    number: int
    standing: Standing
    detail: str = ""
    """What the queue says of it, in its own words, for people; often of something that has passed."""


class Sheet(NamedTuple):
    """What is to be printed, once: copies are jobs of their own, for queues arrange and count them as they like."""

    name: str
    """In ASCII, with something in it that no other has."""
    data: bytes
    media_type: str
    """``application/pdf``, or ``application/vnd.cups-raw`` for the own bytes of a printer behind CUPS."""
    paper: tuple[float, float] | None = None
    """Width and height in mm; None for what has no page of its own."""


@dataclass(frozen=True)
class Address:
    """Where a queue is."""

    host: str
    port: int
    path: str
    secure: bool = False

    @classmethod
    def read(cls, text: str) -> Address:
        """The address that *text* is: ``ipp://``, ``ipps://``, ``http://`` or ``https://``.

        :raises ValueError: it is none, or holds a user or a password.
        """
        parts = urlsplit(text.strip())
        ports = {"ipp": PORT, "ipps": PORT, "http": 80, "https": 443}
        # A password there would be shown to whoever sees the address.
        secret = parts.username or parts.password
        if parts.scheme not in ports or not parts.hostname or secret or parts.query or parts.fragment:
            raise ValueError(text)
        path = quote(unquote(parts.path)) if parts.path not in ("", "/") else _PATH
        return cls(parts.hostname, parts.port or ports[parts.scheme], path, parts.scheme in ("ipps", "https"))

    @property
    def uri(self) -> str:
        """As messages name it."""
        return f"{'ipps' if self.secure else 'ipp'}://{self._netloc}{self.path}"

    @property
    def _netloc(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORT else f"{host}:{self.port}"


class Queue:
    """One queue. Each question is a connection of its own; no object is shared between threads."""

    def __init__(self, address: Address, seconds: float = _SECONDS) -> None:
        """:param seconds: that a connection may take, and each answer."""
        self._address = address
        self._seconds = seconds

    @classmethod
    def at(cls, address: str, seconds: float = _SECONDS) -> Queue:
        """The queue at *address*, as :meth:`Address.read` takes it."""
        return cls(Address.read(address), seconds)

    def send(self, sheet: Sheet) -> Job:
        """Hand *sheet* over; the queue has it from then on.

        :raises IppFailed: it did not take it, as far as that is known.
        """
        operation: list[Given] = [(NAME, "job-name", (sheet.name,)), (MIME, "document-format", (sheet.media_type,))]
        # Without its size CUPS takes its printer's, and enlarges a letter onto A4.
        wanted: list[Given] = [(INTEGER, "copies", (1,)), (KEYWORD, "print-scaling", ("none",))]
        if sheet.paper:
            wanted.append((KEYWORD, "media", (media(*sheet.paper),)))
        answer = self._ask(_PRINT, operation, wanted, sheet.data)
        found = [_job(one) for one in answer.of(message.JOB) if "job-id" in one]
        if not found:
            raise IppFailed("la cola no dijo qué número tiene el trabajo", may_have_it=True)
        return found[0]

    def find(self, mark: str) -> list[Job]:
        """The jobs with *mark* in their names, also those that have ended, the newest first.

        :raises IppFailed: the queue does not say.
        """
        found = []
        for which in ("not-completed", "completed"):
            asked: list[Given] = [(KEYWORD, "which-jobs", (which,)), (KEYWORD, "requested-attributes", _OF_A_JOB)]
            for one in self._ask(_JOBS, asked).of(message.JOB):
                if mark in _text(one, "job-name") and "job-id" in one:
                    found.append(_job(one))
        return sorted(found, reverse=True, key=lambda one: one.number)

    def job(self, number: int) -> Job | None:
        """The job of that *number*; None where the queue has forgotten it.

        :raises IppFailed: it does not say.
        """
        asked: list[Given] = [(INTEGER, "job-id", (number,)), (KEYWORD, "requested-attributes", _OF_A_JOB)]
        answer = self._ask(_ATTRIBUTES, asked, allowed=_GONE)
        return next((_job(one) for one in answer.of(message.JOB) if "job-id" in one), None)

    def cancel(self, number: int) -> None:
        """Take a job out of the queue, where it still is.

        :raises IppFailed: the queue does not.
        """
        self._ask(_CANCEL, [(INTEGER, "job-id", (number,))], allowed=(*_GONE, 0x0404))

    def printer(self) -> str:
        """What the printer says that keeps it from printing, in Spanish; empty for nothing.

        :raises IppFailed: it does not answer, or takes no jobs.
        """
        names = ("printer-state", "printer-state-reasons", "printer-state-message", "printer-is-accepting-jobs")
        for one in self._ask(_PRINTER, [(KEYWORD, "requested-attributes", names)]).of(message.PRINTER):
            if one.get("printer-is-accepting-jobs") == (False,):
                raise IppFailed("la cola no acepta trabajos")
            return _said(one.get("printer-state-reasons", ()), _text(one, "printer-state-message"))
        return ""

    def _ask(
        self, operation: int, own: list[Given], wanted: Iterable[Given] = (), data: bytes = b"", *,
        allowed: tuple[int, ...] = (),
    ) -> message.Answer:  # fmt: skip
        common: list[Given] = [
            (CHARSET, "attributes-charset", ("utf-8",)),
            (LANGUAGE, "attributes-natural-language", ("en",)),
            (URI, "printer-uri", (self._address.uri,)),
        ]
        # RFC 8011 asks that a job's number stands right behind the printer.
        numbers = [one for one in own if one[1] == "job-id"]
        others = [one for one in own if one[1] != "job-id"]
        who: list[Given] = [(NAME, "requesting-user-name", ("dteplanows",))]
        groups: list[tuple[int, Iterable[Given]]] = [(message.OPERATION, [*common, *numbers, *who, *others])]
        if wanted:
            groups.append((message.JOB, wanted))
        answer = self._carry(message.encode(operation, groups), data)
        if answer.status < _FINE or answer.status in allowed:
            return answer
        said = _text(answer.groups[0][1], "status-message") if answer.groups else ""
        why = f"la cola no lo acepta: {said or 'sin decir por qué'} ({answer.status:#06x})"
        raise IppFailed(why)

    def _carry(self, head: bytes, data: bytes) -> message.Answer:
        """Send bytes and read what comes back."""
        where = self._address
        connection = (
            http.client.HTTPSConnection(
                where.host, where.port, timeout=self._seconds, context=ssl.create_default_context()
            )
            if where.secure
            else http.client.HTTPConnection(where.host, where.port, timeout=self._seconds)
        )
        reached = False
        try:
            connection.connect()
            reached = bool(data)
            headers = {"Content-Type": "application/ipp", "Content-Length": str(len(head) + len(data))}
            connection.request("POST", where.path, head + data, headers)
            reply = connection.getresponse()
            body = reply.read(_LARGEST)
        except ssl.SSLCertVerificationError as error:
            why = f"el certificado de {where.host} no es de confianza: {error.verify_message}"
            raise IppFailed(why) from None
        except (OSError, http.client.HTTPException) as error:
            raise IppFailed(f"{where.uri}: {_reason(error)}", may_have_it=reached) from None
        finally:
            connection.close()
        if reply.status != http.client.OK:
            raise IppFailed(f"{where.uri}: {_STATUSES.get(reply.status) or reply.reason}")
        try:
            return message.decode(body)
        except message.Malformed:
            raise IppFailed(f"{where.uri}: lo que contesta no es IPP", may_have_it=reached) from None


_STATUSES = {
    400: "no acepta ese nombre de equipo o de cola", 401: "pide un usuario y una clave", 403: "no da permiso",
    404: "no hay una cola en esa dirección", 426: "pide TLS: use ipps:// en lugar de ipp://",
}  # fmt: skip


def media(width: float, height: float) -> str:
    """The name of a paper in IPP (PWG 5101.1), of its width and height in mm."""
    known = _MILLIMETRES.get((width, height))
    return known or f"custom_{width:g}x{height:g}mm_{width:g}x{height:g}mm"


def _job(found: Found) -> Job:
    (number, *_) = found["job-id"]
    (state, *_) = found.get("job-state", (3,))
    return Job(int(number), _STANDINGS.get(int(state), Standing.WAITING), _text(found, "job-printer-state-message"))


def _text(found: Found, name: str) -> str:
    text = " ".join(str(one) for one in found.get(name, ()))
    return re.sub(r"\s+", " ", "".join(c if c.isprintable() else " " for c in text)).strip()[:300]


def _said(reasons: Iterable[object], said: str) -> str:
    """What a printer's reasons mean, and otherwise what it says itself."""
    plain = [re.sub(r"-(error|warning|report)$", "", str(one)) for one in reasons]
    words = [_SAYINGS[one] for one in plain if one in _SAYINGS]
    return "; ".join(dict.fromkeys(words)) or said


def _reason(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "no contesta"
    if isinstance(error, ConnectionError) and not error.errno:
        return "el otro lado cortó la conexión"
    return in_words(error) if isinstance(error, OSError) else f"contesta algo que no es HTTP ({type(error).__name__})"
