"""The two uploads: DTEUpload, whose receipt is XML, and the boleta service's, whose receipt is JSON."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple
from xml.sax.saxutils import escape

from dteplanows.simulator import multipart, ruts
from dteplanows.simulator.faults import Rule
from dteplanows.simulator.messages import Request, Response, as_json, html, plain
from dteplanows.simulator.multipart import Form
from dteplanows.simulator.respuesta import fields
from dteplanows.simulator.review import schema
from dteplanows.simulator.signatures import DS
from dteplanows.simulator.sii import Sii
from dteplanows.simulator.tokens import Holder, TokenError

_SMALLEST, _LARGEST = 100, 20_000_000
"""Bytes of a file. The SII publishes neither; files of a few megabytes pass there."""
_TRACK_DIGITS = 10
"""Of the receipt of DTEUpload, which fills up with zeros; the same number without them is as good."""


class _StatusError(Exception):
    """Not taken: a STATUS of DTEUpload other than 0, with the texts that go with it."""

    def __init__(self, status: int, errors: Iterable[str] = ()) -> None:
        super().__init__(status)
        self.status = status
        self.errors = tuple(errors)


class _Receipt(NamedTuple):
    """What the receipt says of an upload."""

    sender: str
    company: str
    file: str
    track: int


def dte_upload(sii: Sii, request: Request, rule: Rule | None) -> Response:
    """POST /cgi_dte/UPL/DTEUpload."""
    if not request.is_program:
        return html(200, "Env&iacute;o de documentos")
    form = multipart.read(request.headers.get("content-type", ""), request.body)
    sender = ruts.joined(form.text("rutSender"), form.text("dvSender")) if form else ""
    company = ruts.joined(form.text("rutCompany"), form.text("dvCompany")) if form else ""
    try:
        if rule is not None and rule.hacer == "status" and not rule.tras:
            raise _StatusError(int(rule.codigo))
        holder = _holder(sii, request)
        if form is None:
            raise _StatusError(2)
        track = _take(sii, form, holder, request.cut)
        if rule is not None and rule.hacer == "status":
            raise _StatusError(int(rule.codigo))
    except _StatusError as refused:
        return _receipt(sii, _Receipt(sender, company, form.file if form else "", 0), refused)
    return _receipt(sii, _Receipt(sender, company, form.file, track), None)


def _holder(sii: Sii, request: Request) -> Holder:
    try:
        return sii.tokens.holder(request.token, "soap")
    except TokenError:
        raise _StatusError(5) from None


def _take(sii: Sii, form: Form, holder: Holder, cut: bool) -> int:
    sender = ruts.joined(form.text("rutSender"), form.text("dvSender"))
    rut = ruts.joined(form.text("rutCompany"), form.text("dvCompany"))
    company = sii.companies.get(rut) if ruts.valid(rut) else None
    if company is None:
        raise _StatusError(6)
    if sender != holder.rut or not company.knows(sender):
        raise _StatusError(1)
    data = form.values.get("archivo", b"")
    if cut or not form.whole:
        raise _StatusError(3)
    if not _SMALLEST <= len(data) <= _LARGEST:
        raise _StatusError(2)
    if sii.behaviour.verificar:
        _look(sii, data)
    taken = sii.take("dte", data, holder, rut, form.file)
    if taken.before:
        raise _StatusError(99, [f"Archivo enviado {taken.before} veces con Trackid {taken.track}"])
    return taken.track


def _look(sii: Sii, data: bytes) -> None:
    """What is told at once: the schema, and that there is a signature."""
    root = schema.read(data)
    if isinstance(root, schema.Fault):
        # A line that is too long is told by the state RSC.
        if root.code != "CHR-00002":
            raise _StatusError(7, [str(root)])
        return
    if root.find(f"{DS}Signature") is None:
        raise _StatusError(8)
    if sii.behaviour.esquema == "subida":
        faults = sii.judge.schema_faults(root)
        if faults:
            raise _StatusError(7, map(str, faults))


def _receipt(sii: Sii, taken: _Receipt, refused: _StatusError | None) -> Response:
    status = 0 if refused is None else refused.status
    parts = [
        ("RUTSENDER", taken.sender),
        ("RUTCOMPANY", taken.company),
        ("FILE", taken.file),
        ("TIMESTAMP", f"{sii.clock.wall():%Y-%m-%d %H:%M:%S}"),
        ("STATUS", str(status)),
    ]
    if refused is None:
        parts.append(("TRACKID", f"{taken.track:0{_TRACK_DIGITS}d}"))
    errors = "".join(f"<ERROR>{escape(one)}</ERROR>" for one in (refused.errors if refused else ()))
    detail = f"<DETAIL>{errors}</DETAIL>" if errors else ""
    text = f'<?xml version="1.0"?>\n<RECEPCIONDTE>\n{fields(parts)}{detail}\n</RECEPCIONDTE>\n'
    # It declares no charset; the name of the file comes back in the bytes it came in, ASCII as a rule.
    return Response(200, text.encode("iso-8859-1", "xmlcharrefreplace"), "text/xml")


def boleta_upload(sii: Sii, request: Request, rule: Rule | None) -> Response:
    """POST boleta.electronica.envio."""
    if not request.is_program:
        return plain(401, "NO ESTA AUTENTICADO")
    if not request.token:
        return plain(400, "Falta el TOKEN")
    try:
        holder = sii.tokens.holder(request.token, "boleta")
    except TokenError:
        return plain(401, "NO ESTA AUTENTICADO")
    form = multipart.read(request.headers.get("content-type", ""), request.body)
    if form is None or request.cut or not form.whole:
        return plain(400, "Archivo incompleto")
    sender = ruts.joined(form.text("rutSender"), form.text("dvSender"))
    company = ruts.joined(form.text("rutCompany"), form.text("dvCompany"))
    data = form.values.get("archivo", b"")
    known = sii.companies.get(company) if ruts.valid(company) else None
    if known is None or sender != holder.rut or not known.knows(sender):
        return plain(400, "RUT no autorizado para la empresa")
    if not _SMALLEST <= len(data) <= _LARGEST:
        return plain(400, "Tamano de archivo invalido")
    track = sii.take("boleta", data, holder, company, form.file).track
    estado = str(rule.codigo) if rule is not None and rule.hacer == "status" else "REC"
    return as_json(
        {
            "rut_emisor": company,
            "rut_envia": sender,
            "trackid": track,
            "fecha_recepcion": f"{sii.clock.wall():%Y-%m-%d %H:%M:%S}",
            "estado": estado,
            "file": form.file,
        }
    )
