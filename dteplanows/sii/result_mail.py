"""The SII's mail with the result of an envelope: for facturas the only list of reasons.

It comes as XML (``RESULTADO_ENVIO``), or as a text that people ask for on the SII's site. Documents that were accepted
without a remark are not listed. It may come twice, before the state is final, or never.
"""

from __future__ import annotations

import re
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import NamedTuple

from dteplanows.sii.answers import Fields, as_text, parse
from dteplanows.sii.envelope_state import Counts, Judged
from dteplanows.sii.reasons import Reason, read_reason
from dteplanows.sii.upload import track_of

_STATE = re.compile(r"\s*([A-Z]{3})\s*(?:-\s*(.*))?", re.DOTALL)
_LABEL = re.compile(r"^\s*([^:]{3,60}?)\s*:\s*(.+?)\s*$")
_ROW = re.compile(r"^\s*([0-9]{2,3})((?:\s+[0-9]+){4})\s*$")
_OF_DOCUMENT = re.compile(r"tipo\D{0,20}?([0-9]{2,3})\b.*?folio\D{0,10}?([0-9]+)|folio\D{0,10}?([0-9]+)", re.IGNORECASE)
_REASON = re.compile(r"\(\s*[A-Z]{3,4}\s*(?:L\s*\[\s*[0-9]+\s*\]\s*)?-\s*[0-9]\s*-\s*[0-9]+\s*\).*")
_DOCUMENT_STATE = re.compile(r"\b(RCH|RPR|RLV)\b")


class Result(NamedTuple):
    """What the mail says of an envelope."""

    track_id: str
    state: str
    """``EPR``, or that of a whole envelope that was refused."""
    gloss: str = ""
    rut_emisor: str = ""
    rut_envia: str = ""
    received: str = ""
    """``dd/mm/aaaa hh:mm:ss``, as it came."""
    counts: tuple[Counts, ...] = ()
    errors: tuple[Reason, ...] = ()
    """Of the envelope as a whole."""
    judged: tuple[Judged, ...] = ()
    """The documents that were refused or remarked."""


def read_mail(data: bytes) -> tuple[Result, ...]:
    """The results in a mail as it lies in a mailbox, or in a file that somebody saved: XML or text.

    Empty for a mail of another kind: the result of a book (``ResultadoEnvioLibro``), of a set of certification, or
    no mail of the SII at all.
    """
    if found := read_result(data):
        return (found,)
    if not re.match(rb"(?:[!-9;-~]+:|From )", data):
        return ()
    message = message_from_bytes(data, policy=policy.default)
    parts = [content for part in message.walk() if (content := _content(part))]
    results = [found for content in parts if content.lstrip()[:1] == b"<" and (found := read_result(content))]
    return tuple(results or [found for content in parts if (found := read_result(content))])


def read_result(data: bytes) -> Result | None:
    """The result in one XML or text; None when it is something else."""
    text = as_text(data)
    if not text.lstrip().startswith("<"):
        return _of_text(text)
    root = parse(text)
    if root is None:
        return None
    fields = Fields(root)
    if fields.root_name != "RESULTADO_ENVIO":
        return None
    head = next(iter(fields.below("IDENTIFICACION")), Fields())
    state, gloss = _state(head.first("ESTADO"))
    return Result(
        track_of(head.first("TRACKID")), state, gloss, head.first("RUTEMISOR"), head.first("RUTENVIA"),
        head.first("TMSTRECEPCION"),
        tuple(_counts(one) for one in fields.below("SUBTOTAL")),
        tuple(read_reason(one) for one in fields.all("DETERRENVIO") if one),
        tuple(_judged(one) for one in fields.below("REVISIONDTE")),
    )  # fmt: skip


def _content(part: EmailMessage) -> bytes:
    found = part.get_payload(decode=True)
    return found if isinstance(found, bytes) else b""


def _state(text: str) -> tuple[str, str]:
    found = _STATE.match(text)
    return (found[1], (found[2] or "").strip()) if found else ("", text)


def _counts(one: Fields) -> Counts:
    numbers = [
        _number(one.first(*names))
        for names in (("TIPODOC",), ("INFORMADO", "INFORMADOS"), ("ACEPTA", "ACEPTADO", "ACEPTADOS"),
                      ("RECHAZO", "RECHAZA", "RECHAZADOS"), ("REPARO", "REPAROS"))
    ]  # fmt: skip
    return Counts(*numbers)


def _judged(one: Fields) -> Judged:
    reasons = tuple(read_reason(text) for text in one.all("DETALLE") if text)
    return Judged(_number(one.first("TIPODTE")), _number(one.first("FOLIO")), _state(one.first("ESTADO"))[0], reasons)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() else 0


# --- The text -----------------------------------------------------------------------------------------------------


def _of_text(text: str) -> Result | None:
    """The form for people. Its table has the rejections before what was accepted."""
    lines = text.splitlines()
    labels = {_plain(found[1]): found[2] for line in lines if (found := _LABEL.match(line))}
    track = track_of(next((value for name, value in labels.items() if name.startswith("identificador de envio")), ""))
    said = next((value for name, value in labels.items() if name.startswith("estado del envio")), "")
    if not track or not said:
        return None
    state, gloss = _state(said)
    rows = [(int(found[1]), *map(int, found[2].split())) for line in lines if (found := _ROW.match(line))]
    counts = tuple(
        Counts(tipo, informados, aceptados, rechazos, reparos)
        for tipo, informados, rechazos, reparos, aceptados in rows
    )
    judged, errors = _details(lines)
    emisor = next((value for name, value in labels.items() if name.startswith("rut") and "emis" in name), "")
    return Result(track, state, gloss, emisor, counts=counts, errors=errors, judged=judged)


def _details(lines: list[str]) -> tuple[tuple[Judged, ...], tuple[Reason, ...]]:
    """Reasons below the document that was named last; those before any are of the envelope."""
    errors: list[Reason] = []
    documents: list[tuple[int, int, str, list[Reason]]] = []
    tipo = 0
    for line in lines:
        reason = _REASON.search(line)
        head = line[: reason.start()] if reason else line
        if found := _OF_DOCUMENT.search(head):
            tipo = int(found[1] or tipo)
            state = _DOCUMENT_STATE.search(head)
            documents.append((tipo, int(found[2] or found[3]), state[1] if state else "", []))
        elif found := re.search(r"tipo\D{0,20}?([0-9]{2,3})\b", head, re.IGNORECASE):
            tipo = int(found[1])
        if reason:
            (documents[-1][3] if documents else errors).append(read_reason(reason[0]))
    return tuple(Judged(a, b, c, tuple(d)) for a, b, c, d in documents if d or c), tuple(errors)


def _plain(label: str) -> str:
    table = str.maketrans("áéíóú", "aeiou")
    return " ".join(label.lower().translate(table).split())
