"""What is told of documents: the mail that a person reads."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from email.message import EmailMessage
from itertools import groupby
from urllib.parse import urlsplit

from dteplanows.document import clock
from dteplanows.document.company import Company
from dteplanows.document.elements import DOCUMENT_NAMES
from dteplanows.ledger.notice_tables import Channel
from dteplanows.ledger.notices import Told
from dteplanows.sii.reasons import read_reason

TITLES = {
    "rechazado": "El SII los rechazó",
    "aceptado con reparos": "El SII los aceptó con reparos",
    "detenido": "Detenidos: alguien debe actuar",
    "plazo": "Se acerca el plazo y el SII todavía no los tiene",
}
"""What is told of documents, by motivo, the gravest first."""
_SHORT = {
    "rechazado": "rechazados", "aceptado con reparos": "con reparos", "detenido": "detenidos", "plazo": "sin llegar",
}  # fmt: skip
_LISTED = 50
"""Documents of a group that are named; of others only how many they are."""


def key_of(told: Told) -> str:
    """A name of a notice that stays the same whenever it is sent, for whoever gets it twice."""
    one = told.notice
    facts = (one.ambiente, one.rut_emisor, one.documento_id, one.motivo, one.momento.isoformat(), one.detalle)
    return hashlib.sha256(repr(facts).encode()).hexdigest()[:32]


def newest(notices: Sequence[Told]) -> list[Told]:
    """Of each document and motivo only the last notice: reasons that came later are with it."""
    found = {(one.notice.documento_id, one.notice.motivo): one for one in notices}
    return list(found.values())


def letter(company: Company, to: str, notices: Sequence[Told], more: int = 0) -> EmailMessage:
    """The mail of *notices*.

    :param more: how many there are besides.
    """
    told = newest(notices)
    whole = hashlib.sha256("".join(map(key_of, notices)).encode()).hexdigest()[:32]
    message = _message(company, to, f"SII: {_counted(told)}", "\n".join(_lines(company, told, more)))
    message["Message-ID"] = f"<{whole}@dteplanows.aviso>"
    return message


def trial(company: Company, to: str) -> EmailMessage:
    """A mail that only shows that mails get there."""
    text = "Esta es una prueba: por aquí llegan los avisos de lo que el SII rechaza o acepta con reparos."
    return _message(company, to, "Prueba de aviso", text)


def shown(channel: Channel) -> str:
    """Where *channel* leads, for people; the rest of an address may hold a key."""
    if channel.canal == "correo":
        return channel.destino
    parts = urlsplit(channel.destino)
    return f"{parts.scheme}://{parts.netloc}/…"


def _message(company: Company, to: str, subject: str, text: str) -> EmailMessage:
    message = EmailMessage()
    message["To"] = to
    message["Subject"] = f"{subject} - {company.razon_social} ({company.ambiente})"
    message["Date"] = clock.mail_date()
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(f"{text}\n")
    return message


def _lines(company: Company, told: Sequence[Told], more: int) -> Iterator[str]:
    yield f"{company.razon_social}, RUT {company.rut}, ambiente {company.ambiente}."
    for motivo, title in TITLES.items():
        of_kind = sorted((one for one in told if one.notice.motivo == motivo), key=lambda one: one.notice.detalle)
        if of_kind:
            yield f"\n{title} ({len(of_kind)})"
        for detail, found in groupby(of_kind, key=lambda one: one.notice.detalle):
            yield ""
            yield from (f"  {line}" for line in reasons(detail))
            alike = list(found)
            yield from (f"  - {_named(one)}" for one in alike[:_LISTED])
            if len(alike) > _LISTED:
                yield f"  - y {len(alike) - _LISTED} más"
    if more:
        yield f"\nHay {more} avisos más, que llegan en otro correo."
    yield "\nEl detalle de cada uno: dteplanows documentos --estado ESTADO, y dteplanows envios."


def reasons(detail: str) -> list[str]:
    """What the SII said, each reason with its meaning and its remedy."""
    return [read_reason(line).told() for line in detail.splitlines()] or [""]


def _named(told: Told) -> str:
    """A document as the people find it in their own system; nothing of its content."""
    name = DOCUMENT_NAMES.get(told.tipo, "documento")
    parts = [f"{name} (tipo {told.tipo}) folio {told.folio} del {told.fecha_emision}, receptor {told.rut_receptor}"]
    parts.append(f"archivo SHA-256 {told.archivo_sha256[:16]}…, usuario {told.usuario}")
    if told.lote:
        parts.append(f"lote {told.lote}, documento {told.lugar} del archivo")
    return "; ".join(parts)


def _counted(told: Sequence[Told]) -> str:
    counts = {motivo: sum(one.notice.motivo == motivo for one in told) for motivo in TITLES}
    return ", ".join(f"{count} {_SHORT[motivo]}" for motivo, count in counts.items() if count)
