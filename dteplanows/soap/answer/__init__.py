"""The answer string of the contract: an XML document ``WSPLANO`` without namespace, on one line.

Clients read it by substring, regular expression, XPath and generated classes, so every byte outside the values is as
the original service writes it: the prolog has no encoding, no blank stands between tags, the first ``Resultado`` is
that of the whole, and a refused ``Documento`` has exactly one ``Error``. What is new has names no old client looks up,
and stands behind all that it knows: no tag of ours begins with the name of one of the SII's or of the original service.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import NamedTuple

from dteplanows.document import clock
from dteplanows.document.catalogue import problem
from dteplanows.document.figures import Figures
from dteplanows.document.outcome import DocumentOutcome, Outcome
from dteplanows.document.problem import Problem, errors, in_order
from dteplanows.document.values import write
from dteplanows.document.writer import escape
from dteplanows.log.call import Result
from dteplanows.printing import Ticket
from dteplanows.sii.reasons import Reason
from dteplanows.sii.standing import Standing
from dteplanows.soap.base64text import encode

OK = "OK"
"""What an order that was carried out answers."""

_NO_LINK = "<faultcode>Client</faultcode>"
"""One client looks for this word, and for nothing else, to know that it got no address."""

_SIGNED, _FORESEEN = "Firmado", "Previsto"
"""What the names of the figures begin with: of a document as it was signed, and as it would be."""

_PROLOG = '<?xml version="1.0"?>'
_ROOT = f"{_PROLOG}<WSPLANO>"
_ILLEGAL = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

AddressOf = Callable[[DocumentOutcome, bool], str]
"""Gives the address of an issued document's printed copy: the original one, or, with True, the cedible one."""


def of_outcome(outcome: Outcome, address_of: AddressOf | None = None, with_avisos: bool = False) -> str:
    """*outcome* as the answer of ``Procesar``; of ``Validar``, always with its avisos, when it was only validated.

    :param address_of: for a caller who asks for addresses.
    :param with_avisos: for a caller who learns from what does not keep a document from being issued.
    """
    seen = outcome.validated_only
    shape = _Shape(with_avisos or seen, _FORESEEN if seen else _SIGNED, address_of)
    documents = "".join(_document(one, shape) for one in outcome.documents)
    return _whole(outcome.accepted, outcome.mensaje, documents)


def of_problems(problems: Iterable[Problem], validated_only: bool = False, mensaje: str = "") -> str:
    """The answer to a call that never came to a document; it has one all the same, for clients read its elements.

    :param mensaje: the one sentence, where the usual one (the file was refused, nothing was issued) is not known.
    """
    nothing = DocumentOutcome(0, 0, clock.now(), False, tuple(problems))
    if mensaje:
        return _whole(False, mensaje, _document(nothing, _Shape(validated_only, _SIGNED, None)))
    return of_outcome(Outcome((nothing,), validated_only))


def of_no_value(problems: Iterable[Problem]) -> str:
    """What stands in place of :func:`of_value`.

    Clients decode ``Mensaje`` whatever it holds and store that as the address, so it is empty: then they store nothing,
    and some ask again. The reasons stand in an element that none of them looks up.
    """
    return f"{_PROLOG}<WSPLANO><Resultado>False</Resultado><Mensaje></Mensaje>{_motivo(problems)}{_NO_LINK}</WSPLANO>"


def of_value(value: str) -> str:
    """The answer that is one value, in base64: that of ``ObtenerLink`` and ``AltNum``."""
    return f"{_PROLOG}<WSPLANO><Mensaje>{encode(value.encode())}</Mensaje></WSPLANO>"


def of_ticket(ticket: Ticket) -> str:
    """The answer of ``getBoletaTicket``: the texts and the stamp, each in base64."""
    parts = {"Head": ticket.head.encode(), "TED": ticket.ted, "Foot": ticket.foot.encode()}
    inner = "".join(f"<{name}>{encode(value)}</{name}>" for name, value in parts.items())
    return f"{_PROLOG}<WSPLANO><Mensaje>{inner}</Mensaje></WSPLANO>"


def of_standing(one: Standing) -> str:
    """The answer of ``EstadoDte``: where a document stands at the SII, and each reason that it gives.

    ``True``, for the question was answered, whatever the SII says.
    """
    reasons = "".join(map(_reason, one.reasons))
    return (
        f"{_PROLOG}<WSPLANO><Resultado>True</Resultado><Mensaje>{_text(one.sentence)}</Mensaje>"
        f"<Situacion>{one.estado}</Situacion><SituacionDesde>{one.since.isoformat(timespec='seconds')}</SituacionDesde>"
        f"<PalabraFinal>{one.is_final}</PalabraFinal><NumeroEnvio>{_text(one.track_id)}</NumeroEnvio>"
        f"<Explicacion>{_text(one.detail)}</Explicacion><MotivosSii>{reasons}</MotivosSii></WSPLANO>"
    )


def of_order(problems: Iterable[Problem] = ()) -> str:
    """The answer to an order (``EliminarDoc``, ``AnularGuia``, ``RegIP``): ``OK``, or the reasons in its place."""
    found = tuple(problems)
    text = reasons(found) if found else OK
    return f"{_PROLOG}<WSPLANO><Mensaje><Resultado>{_text(text)}</Resultado></Mensaje></WSPLANO>"


def of_receipt(track_id: int, repeticion: Problem | None = None) -> str:
    """The answer of ``ProcesarWSMasivo``: the file is stored and will be issued.

    :param repeticion: says that it came before, and has that number since.
    """
    return (
        f"{_PROLOG}<WSPLANO><Resultado>True</Resultado><Mensaje>Proceso exitoso.</Mensaje>"
        f"<TrackId>{track_id}</TrackId>{_repetition(repeticion)}</WSPLANO>"
    )


def of_progress(track_id: int, total: int, done: int, refused: int) -> str:
    """The answer of ``ConsultarEstado`` for a file that is not done yet.

    ``True``, for the question was answered and nothing went wrong: a client enters each ``False`` into its table of
    errors. But it has no ``Documento``, ``Folio`` or ``Error``, for a client that finds a folio, even 0, or a reason
    believes the file done. Without them it asks again later.
    """
    if total:
        state, text = "EN PROCESO", f"El lote {track_id} está en proceso: {done} de {total} documentos."
    else:
        state, text = "PENDIENTE", f"El lote {track_id} espera su turno."
    return (
        f"{_PROLOG}<WSPLANO><Resultado>True</Resultado><Mensaje>{text} Consulte de nuevo más tarde.</Mensaje>"
        f"<Estado>{state}</Estado><Total>{total}</Total><Procesados>{done}</Procesados>"
        f"<Rechazados>{refused}</Rechazados></WSPLANO>"
    )


def of_no_progress(problems: Iterable[Problem], passing: bool = False) -> str:
    """What stands in place of :func:`of_progress` when it is not known how far the file is.

    What passes by itself (a wait, a busy database) has the shape of a file that is not done yet, so that clients ask
    again later as of any such file, and enter nothing into their tables of errors.

    Without ``Documento`` and ``Error``: a wrong password or a busy database says nothing of the file, and a client that
    finds a reason believes it refused and sends it again.
    """
    mensaje = "No se pudo consultar el lote: vea el motivo en Motivo."
    if not passing:
        told = f"<Resultado>False</Resultado><Mensaje>{mensaje}</Mensaje>{_motivo(problems)}"
        return f"{_PROLOG}<WSPLANO>{told}</WSPLANO>"
    return (
        f"{_PROLOG}<WSPLANO><Resultado>True</Resultado><Mensaje>{mensaje} Consulte de nuevo más tarde.</Mensaje>"
        f"<Estado>NO CONSULTADO</Estado><Total>0</Total><Procesados>0</Procesados><Rechazados>0</Rechazados>"
        f"{_motivo(problems)}</WSPLANO>"
    )


def result_of(answered: str | bytes) -> Result:
    """How a call ended by what it answers: ``ok``, ``parcial`` or ``rechazada``."""
    if not isinstance(answered, str) or not answered.startswith(_ROOT):
        return "ok"
    begin = len(_ROOT)
    if answered.startswith("<Resultado>False", begin):
        return "rechazada"
    if answered.startswith("<Mensaje><Resultado>", begin):
        return "ok" if answered.startswith(OK, begin + len("<Mensaje><Resultado>")) else "rechazada"
    return "parcial" if answered.startswith("<Resultado>True</Resultado><Mensaje>Proceso parcial", begin) else "ok"


def reasons(problems: Iterable[Problem]) -> str:
    """Those of *problems* that refuse, as one text: alone as it is, several numbered with the most useful first."""
    found = in_order(errors(problems))
    if not found:
        found = [problem("SRV-002")]
    if len(found) == 1:
        return found[0].text()
    return " ".join(f"{number}) {one.text()}" for number, one in enumerate(found, 1))


def _motivo(problems: Iterable[Problem]) -> str:
    return f"<Motivo>{_text(reasons(problems))}</Motivo>"


def _reason(one: Reason) -> str:
    known = one.known
    values = {
        "CodigoSii": one.code, "LineaSii": str(one.line or ""), "DichoSii": one.as_it_came,
        "Significado": known.meaning if known else "", "Remedio": known.remedy if known else "",
    }  # fmt: skip
    return f"<MotivoSii>{''.join(f'<{name}>{_text(value)}</{name}>' for name, value in values.items())}</MotivoSii>"


def _whole(accepted: bool, mensaje: str, documents: str) -> str:
    return (
        f"{_PROLOG}<WSPLANO><Resultado>{accepted}</Resultado><Mensaje>{_text(mensaje)}</Mensaje>"
        f"<Detalle>{documents}</Detalle></WSPLANO>"
    )


class _Shape(NamedTuple):
    """What the documents of an answer carry."""

    with_avisos: bool
    figures: str
    """What the names of the figures begin with."""
    address_of: AddressOf | None


def _document(one: DocumentOutcome, shape: _Shape) -> str:
    error = "" if one.accepted else f"<Error>{_text(reasons(one.problems))}</Error>"
    avisos = _avisos(one.problems) if shape.with_avisos else ""
    figures = _figures(one.figures, shape.figures) if one.figures else ""
    return (
        f"<Documento><Folio>{one.folio}</Folio><TipoDte>{one.tipo}</TipoDte><Operacion>{_text(one.operacion)}"
        f"</Operacion><Fecha>{one.fecha.isoformat(timespec='seconds')}</Fecha><Resultado>{one.accepted}</Resultado>"
        f"{error}{_addresses(one, shape.address_of)}{avisos}{figures}{_repetition(one.repeticion)}</Documento>"
    )


def _repetition(mark: Problem | None) -> str:
    return f"<YaAtendido>{_text(mark.text())}</YaAtendido>" if mark else ""


def _addresses(one: DocumentOutcome, address_of: AddressOf | None) -> str:
    if address_of is None or not one.documento_id:
        return ""
    cedible = f"<urlCedible>{encode(address_of(one, True).encode())}</urlCedible>" if one.cedible else ""
    return f"<urlOriginal>{encode(address_of(one, False).encode())}</urlOriginal>{cedible}"


def _figures(figures: Figures, begin: str) -> str:
    named = {"Neto": figures.neto, "Exento": figures.exento, "Iva": figures.iva, "Total": figures.total}
    amounts = "".join(f"<{begin}{name}>{write(amount)}</{begin}{name}>" for name, amount in named.items())
    if not figures.moneda:
        return amounts
    in_pesos = f"<{begin}TotalPesos>{write(figures.total_en_pesos)}</{begin}TotalPesos>"
    return f"{amounts}<{begin}Moneda>{_text(figures.moneda)}</{begin}Moneda>{in_pesos}"


def _avisos(problems: Iterable[Problem]) -> str:
    texts = [_text(one.text()) for one in in_order(problems) if not one.refuses]
    return f"<Avisos>{''.join(f'<Aviso>{text}</Aviso>' for text in texts)}</Avisos>"


def _text(text: str) -> str:
    """*text* for an element's content, without the characters that XML cannot carry."""
    return escape(_ILLEGAL.sub("", text))
