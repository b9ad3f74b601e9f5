"""The mail RESULTADO_ENVIO, the only place where the SII says why a factura was refused.

Written to the folder ``correo`` (the whole message, ``.eml``) and, where a mail server is set, sent to it too.
"""

from __future__ import annotations

import smtplib
from collections.abc import Iterator
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from pathlib import Path
from xml.sax.saxutils import escape

from dteplanows.simulator.companies import Companies
from dteplanows.simulator.moments import Clock, in_chile
from dteplanows.simulator.options import Behaviour, Options
from dteplanows.simulator.store import Document, Envelope, Remark, Store

_FROM = "siidte@sii.cl"
_SECONDS = 30


def detail(remark: Remark) -> str:
    """One DETALLE, as ``(REF L[5] -3-758) RECHAZO- …`` or ``(DET L[1] -2-200) REPARO- … : [1.0000] <> [2.0000]``."""
    section, _, rest = remark.code.partition("-")
    code = f"{section} L[{remark.line}] -{rest}" if remark.line else remark.code
    values = f": [{remark.ours}] <> [{remark.theirs}]" if remark.ours else ""
    return f"({code}) {remark.level}- {remark.text}{' ' if values else ''}{values}"


def result(store: Store, envelope: Envelope) -> str:
    """The document RESULTADO_ENVIO (schema RespSII_v10), without namespace.

    Documents that were accepted without reparo are not in it; a count of 0 is left out.
    """
    received = in_chile(envelope.received).strftime("%d/%m/%Y %H:%M:%S")
    parts = [
        "<RESULTADO_ENVIO>",
        "<IDENTIFICACION>",
        f"<RUTEMISOR>{envelope.company}</RUTEMISOR>",
        f"<RUTENVIA>{envelope.sender}</RUTENVIA>",
        f"<TRACKID>{envelope.track}</TRACKID>",
        f"<TMSTRECEPCION>{received}</TMSTRECEPCION>",
        f"<ESTADO>{envelope.state} - {escape(envelope.gloss or '')}</ESTADO>",
        "</IDENTIFICACION>",
        *_statistics(store, envelope.track),
        *_faults(store.faults(envelope.track)),
        *_documents(store.remarked(envelope.track)),
        "</RESULTADO_ENVIO>",
    ]
    return "\n".join(['<?xml version="1.0" encoding="ISO-8859-1"?>', *parts, ""])


def _statistics(store: Store, track: int) -> Iterator[str]:
    totals = store.totals(track)
    if not totals:
        return
    yield "<ESTADISTICA>"
    for one in totals:
        counts = (("RECHAZO", one.rechazados), ("REPARO", one.reparos), ("ACEPTA", one.aceptados))
        shown = "".join(f"<{name}>{number}</{name}>" for name, number in counts if number)
        yield f"<SUBTOTAL><TIPODOC>{one.tipo}</TIPODOC><INFORMADO>{one.informados}</INFORMADO>{shown}</SUBTOTAL>"
    yield "</ESTADISTICA>"


def _faults(found: list[str]) -> Iterator[str]:
    if found:
        yield "<ERRORENVIO>"
        yield from (f"<DETERRENVIO>{escape(one)}</DETERRENVIO>" for one in found)
        yield "</ERRORENVIO>"


def _documents(found: list[tuple[Document, list[Remark]]]) -> Iterator[str]:
    if not found:
        return
    yield "<REVISIONENVIO>"
    for document, remarks in found:
        estado = "RCH - DTE Rechazado" if document.estado == "RCH" else "RPR - DTE Aceptado con Reparos"
        yield f"<REVISIONDTE><FOLIO>{document.folio}</FOLIO><TIPODTE>{document.tipo}</TIPODTE><ESTADO>{estado}</ESTADO>"
        yield from (f"<DETALLE>{escape(detail(one))}</DETALLE>" for one in remarks)
        yield "</REVISIONDTE>"
    yield "</REVISIONENVIO>"


class Mailer:
    """Writes and sends the results."""

    def __init__(self, store: Store, companies: Companies, clock: Clock, options: Options) -> None:
        self._store = store
        self._companies = companies
        self._clock = clock
        self._folder = options.folder / "correo"
        self._folder.mkdir(parents=True, exist_ok=True)
        self._smtp = options.smtp
        self._place = "Produccion" if options.produccion else "Certificacion"

    def moments(self, final: float, behaviour: Behaviour) -> tuple[float, ...]:
        """When the mails of an envelope whose last state is told at *final* are sent."""
        return {
            "normal": (final,),
            "dos-veces": (final, final),
            "tarde": (final + behaviour.correo_tarde,),
            "antes": (0.0,),
            "nunca": (),
        }[behaviour.correo]

    def send(self, track: int, number: int) -> Path | None:
        """Write the mail *number*, of the result of *track*; its file.

        :raises OSError: the mail server did not take it; the file is there.
        """
        envelope = self._store.envelope(track)
        if envelope is None:
            return None
        message = self._message(envelope)
        path = self._folder / f"{number:06d}-{track}.eml"
        pending = path.with_suffix(".parte")
        pending.write_bytes(message.as_bytes())
        pending.replace(path)
        if self._smtp:
            host, _, port = self._smtp.rpartition(":")
            with smtplib.SMTP(host, int(port), timeout=_SECONDS) as server:
                server.send_message(message)
        return path

    def written(self, after: int, most: int = 50) -> list[Path]:
        """The files of the mails written after that moment (nanoseconds of Unix time), in order, up to *most*."""
        found = sorted((path.stat().st_mtime_ns, path) for path in self._folder.glob("*.eml"))
        return [path for moment, path in found if moment > after][:most]

    def _message(self, envelope: Envelope) -> EmailMessage:
        company = self._companies.get(envelope.company)
        message = EmailMessage()
        message["From"] = _FROM
        message["To"] = (company.correo if company else "") or f"dte@{envelope.company}.example"
        message["Subject"] = f"{self._place} - Resultado de Revision Envio {envelope.track} - {envelope.company}"
        message["Date"] = format_datetime(self._clock.wall())
        message["Message-ID"] = make_msgid(domain="sii.cl")
        message.set_content("Se adjunta el resultado de la revision del envio.\n")
        xml = result(self._store, envelope).encode("iso-8859-1", "xmlcharrefreplace")
        message.add_attachment(
            xml, maintype="text", subtype="xml", filename=f"RESULTADO_ENVIO_{envelope.track}.xml",
            params={"charset": "ISO-8859-1"},
        )  # fmt: skip
        return message
