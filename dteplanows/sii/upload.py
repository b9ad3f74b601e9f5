"""Uploads: an envelope sent as a form of several parts, by DTEUpload or to the service of boletas.

The form is written to the byte as the SII reads it: five parts in its order, the file as it was signed, the whole
length told beforehand. Of the same envelope it is always the same.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from dteplanows.sii.addresses import Hosts, Way
from dteplanows.sii.answers import Fields, Heard, read_json, read_xml, shortened
from dteplanows.sii.calls import USER_AGENT, Answer, Request
from dteplanows.sii.envelopes import Envelope
from dteplanows.sii.outcomes import OUTCOMES, Outcome
from dteplanows.sii.reasons import Reason, read_reason
from dteplanows.sii.statuses import status_of

_TRACK = re.compile(r"(?:track\s*-?\s*id|identificador(?: de env[ií]o)?)\D{0,20}?0*([0-9]+)", re.IGNORECASE)
_TIMES = re.compile(r"([0-9]+)\s+ve(?:z|ces)\b", re.IGNORECASE)


class Receipt(NamedTuple):
    """What became of an upload."""

    outcome: Outcome
    track_id: str = ""
    """The SII's number of the envelope, without the zeros that fill it; of the first upload where this one repeats it.
    Empty for none. A text, for that of boletas has 15 digits."""
    status: str = ""
    """The SII's own code; of the service of boletas its state."""
    reason: str = ""
    """Code of the reason."""
    detail: str = ""
    """What else the SII or the network said."""
    errors: tuple[Reason, ...] = ()
    """What the schema has against the file."""
    times: int = 0
    """How often the SII says that it has got this file, where it says so."""
    wait: int = 0
    """Seconds that the SII asked to wait."""


def track_of(text: str) -> str:
    """A TRACKID without the zeros and blanks that fill it; empty when *text* is none.

    >>> track_of(" 0000258 "), track_of("123456789012345"), track_of("0"), track_of("n/a")
    ('258', '123456789012345', '', '')
    """
    digits = text.strip()
    return digits.lstrip("0") if digits.isascii() and digits.isdecimal() else ""


def upload_request(hosts: Hosts, way: Way, envelope: Envelope, token: str) -> Request:
    """The upload of *envelope*."""
    path = "/recursos/v1/boleta.electronica.envio" if way == "rest" else "/cgi_dte/UPL/DTEUpload"
    host = hosts.boletas_upload if way == "rest" else hosts.soap
    boundary = _boundary(envelope)
    headers = {
        "User-Agent": USER_AGENT,
        "Accept": "application/json" if way == "rest" else "text/xml, */*",
        "Content-Type": f"multipart/form-data; boundary={boundary}",
        "Cookie": f"TOKEN={token}",
    }
    return Request("POST", f"{host}{path}", headers, form(envelope, boundary), token)


def form(envelope: Envelope, boundary: str) -> bytes:
    """The body of an upload: who sends, for which company, and the file."""
    sender, _, sender_digit = envelope.rut_envia.partition("-")
    company, _, company_digit = envelope.rut_emisor.partition("-")
    texts = {"rutSender": sender, "dvSender": sender_digit, "rutCompany": company, "dvCompany": company_digit}
    head = "".join(
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{text}\r\n'
        for name, text in texts.items()
    )
    head += (
        f'--{boundary}\r\nContent-Disposition: form-data; name="archivo"; filename="{envelope.file_name}"\r\n'
        "Content-Type: text/xml\r\n\r\n"
    )
    return b"".join((head.encode("ascii"), envelope.file, f"\r\n--{boundary}--\r\n".encode("ascii")))


def read_receipt(answer: Answer) -> Receipt:
    """What DTEUpload answered: ``RECEPCIONDTE``."""
    heard = read_xml(answer)
    if heard.outcome.name != "respondido":
        return _not_heard(heard)
    fields = heard.fields
    code = fields.first("STATUS")
    words = shortened(" ".join(text for name, text in fields if name in ("ERROR", "GLOSA", "DETAIL")))
    status = status_of("subida", code)
    if status is None:
        # One that is unknown may have been received, so nothing is sent again before it is known.
        name = "respuesta_desconocida"
        return Receipt(OUTCOMES[name], status=code, detail=words or shortened(fields.root_name))
    track = track_of(fields.first("TRACKID")) or (_named_track(words) if code == "99" else "")
    if status.outcome.name == "recibido" and not track:
        return Receipt(OUTCOMES["respuesta_desconocida"], status=code, detail="recibido sin TRACKID")
    times = _TIMES.search(words) if code == "99" else None
    return Receipt(
        status.outcome, track, code, status.reason, words, _errors(fields),
        int(times[1]) if times else 0,
    )  # fmt: skip


def read_receipt_of_boletas(answer: Answer) -> Receipt:
    """What the service of boletas answered to an upload."""
    heard = read_json(answer)
    if heard.outcome.name != "respondido":
        return _not_heard(heard)
    track, state = track_of(str(heard.data.get("trackid", ""))), str(heard.data.get("estado") or "")
    if not track:
        words = str(heard.data.get("descripcion") or heard.data.get("mensaje") or heard.data)
        return Receipt(OUTCOMES["respuesta_desconocida"], status=state, detail=shortened(words))
    return Receipt(OUTCOMES["recibido"], track, state)


def _not_heard(heard: Heard) -> Receipt:
    return Receipt(heard.outcome, detail=heard.detail, wait=heard.wait)


def _errors(fields: Fields) -> tuple[Reason, ...]:
    return tuple(read_reason(text) for text in fields.all("ERROR") if text)


def _named_track(words: str) -> str:
    found = _TRACK.search(words)
    return track_of(found[1]) if found else ""


def _boundary(envelope: Envelope) -> str:
    """Text that divides the parts: of the same envelope always the same, and nowhere in its file."""
    digest = envelope.sha256
    while (found := f"------------------{digest[:24]}").encode("ascii") in envelope.file:
        digest = digest[1:] + digest[0]
    return found
