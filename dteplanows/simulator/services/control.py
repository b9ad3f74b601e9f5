"""The control address, ``/control``: what the simulator has, and how it is to behave. It speaks JSON."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from dteplanows.simulator import ruts
from dteplanows.simulator.mail import detail
from dteplanows.simulator.messages import Request, Response, as_json
from dteplanows.simulator.options import MisunderstoodError
from dteplanows.simulator.sii import Sii
from dteplanows.simulator.store import Document, Judged

_LOCAL = ("127.", "::1", "::ffff:127.")
PATH = "/control"


def answer(sii: Sii, request: Request) -> Response:
    """Anything under ``/control``, for callers of this machine only."""
    if not request.peer.startswith(_LOCAL):
        return as_json({"error": "La dirección de control solo atiende a este equipo."}, 403)
    what = request.path.removeprefix(PATH).strip("/")
    try:
        if request.method == "GET":
            return _shown(sii, request, what)
        if request.method == "DELETE" and what == "reglas":
            sii.faults.clear()
            return as_json([])
        change = _CHANGES.get(what)
        if request.method != "POST" or change is None:
            return as_json({"error": f"No existe {request.method} {request.path}."}, 404)
        return as_json(change(sii, json.loads(request.body or b"{}")))
    except json.JSONDecodeError as error:
        return as_json({"error": f"El cuerpo no es JSON: {error}."}, 400)
    except MisunderstoodError as error:
        return as_json({"error": str(error)}, 400)
    except (KeyError, TypeError, ValueError) as error:
        return as_json({"error": f"Falta un dato o no sirve: {error}."}, 400)


def _shown(sii: Sii, request: Request, what: str) -> Response:
    if not what:
        return as_json(
            {
                "proceso": os.getpid(),
                "ambiente": "produccion" if sii.options.produccion else "certificacion",
                "opciones": sii.behaviour.shown(),
                "reglas": sii.faults.shown(),
                "reloj": sii.clock.ahead,
                "documentos": [
                    {"rut": rut, "tipo": tipo, "estado": estado, "cantidad": count}
                    for rut, tipo, estado, count in sii.store.counts()
                ],
                "sin_revisar": len(sii.store.not_judged()),
            }
        )
    if what == "reglas":
        return as_json(sii.faults.shown())
    if what == "envios":
        return as_json([one._asdict() for one in sii.store.envelopes()])
    if what == "documentos":
        return as_json([one._asdict() for one in sii.store.documents(request.parameter("rut"))])
    if what == "correos":
        return as_json([_mail(path) for path in sii.mailer.written(int(request.parameter("desde") or 0))])
    kind, _, number = what.partition("/")
    envelope = sii.store.envelope(int(number)) if kind == "envios" and number.isdigit() else None
    if envelope is None:
        return as_json({"error": f"No existe {request.path}."}, 404)
    return as_json(
        envelope._asdict()
        | {
            "totales": [one._asdict() for one in sii.store.totals(envelope.track)],
            "motivos": sii.store.faults(envelope.track),
            "documentos": [
                {**document._asdict(), "motivos": [detail(one) for one in remarks]}
                for document, remarks in sii.store.remarked(envelope.track)
            ],
        }
    )


def _mail(path: Path) -> dict[str, Any]:
    """A mail as it was sent, with the moment to ask from for those after it."""
    content = base64.b64encode(path.read_bytes()).decode("ascii")
    return {"archivo": path.name, "momento": path.stat().st_mtime_ns, "mensaje": content}


def _rules(sii: Sii, wanted: Any) -> Any:
    sii.faults.add(wanted if isinstance(wanted, list) else [wanted])
    return sii.faults.shown()


def _no_rules(sii: Sii, wanted: Any) -> Any:
    sii.faults.clear()
    return []


def _options(sii: Sii, wanted: Mapping[str, Any]) -> Any:
    sii.behaviour.change(wanted)
    return sii.behaviour.shown()


def _company(sii: Sii, wanted: Mapping[str, Any]) -> Any:
    return vars(sii.companies.register(wanted))


def _annulled(sii: Sii, wanted: Mapping[str, Any]) -> Any:
    """Void folios; one that was received cannot be (FOL-RECIB)."""
    rut = str(wanted["rut"])
    used = sii.store.annul(rut, int(wanted["tipo"]), int(wanted["desde"]), int(wanted["hasta"]))
    if used:
        raise MisunderstoodError(f"No se anulan folios ya recibidos: {', '.join(map(str, used[:20]))}.")
    return dict(wanted)


def _documents(sii: Sii, wanted: Any) -> Any:
    """Take documents for received: those that an older system sent."""
    listed = wanted if isinstance(wanted, list) else [wanted]
    documents = []
    for one in listed:
        if not (ruts.valid(str(one["rut"])) and ruts.valid(str(one["receptor"]))):
            raise MisunderstoodError("«rut» y «receptor» son RUT con su dígito.")
        documents.append(
            Document(
                str(one["rut"]), int(one["tipo"]), int(one["folio"]), str(one["fecha"]), str(one["receptor"]),
                str(one["monto"]), "", "DOK", 0.0, 0,
            )
        )  # fmt: skip
    fresh = [one for one in documents if sii.store.live(one.company, one.tipo, one.folio) is None]
    with sii.store.writing() as base:
        sii.store.add_documents(base, [Judged(one, (), ()) for one in fresh])
    return {"agregados": len(fresh)}


def _end_tokens(sii: Sii, wanted: Any) -> Any:
    return {"vencidos": sii.tokens.end_all()}


def _clock(sii: Sii, wanted: Mapping[str, Any]) -> Any:
    sii.clock.ahead = float(wanted["segundos"])
    return {"segundos": sii.clock.ahead}


def _key(sii: Sii, wanted: Mapping[str, Any]) -> Any:
    """Know another authority, also after a restart; one IDK may have several keys, of an authority each."""
    idk, pem = str(wanted["idk"]), str(wanted["pem"])
    sii.keys.add(idk, pem)
    sii.store.add_caf_key(idk, pem)
    return {"idk": idk}


_CHANGES: dict[str, Callable[[Sii, Any], Any]] = {
    "reglas": _rules,
    "reglas/quitar": _no_rules,
    "opciones": _options,
    "empresas": _company,
    "folios-anulados": _annulled,
    "documentos": _documents,
    "tokens/vencer": _end_tokens,
    "reloj": _clock,
    "claves-caf": _key,
}
