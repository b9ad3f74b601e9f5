"""The facts of a company: what each is called and for, and how what a person writes is read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Literal, NamedTuple, get_args

from dteplanows.document.company import (
    Company,
    Dots,
    Paper,
    PatenteDesconocida,
    PreciosConImpuestos,
    Reparos,
    TimbreSinAcentos,
)
from dteplanows.document.mail import is_mail
from dteplanows.document.text import foreign, printable_in_dte

_ACTECOS_AT_MOST = 4
"""A DTE names up to four economic activities (Formato DTE v2.5, Acteco)."""

_DOTS = tuple(map(str, get_args(Dots)))

Kind = Literal["text", "mail", "sentence", "actecos", "choice", "dots", "flag", "number", "day"]


class Fact(NamedTuple):
    """One fact of a company but for RUT and environment, which say which company is meant."""

    name: str
    """As :class:`~dteplanows.document.company.Company` has it."""
    label: str
    help: str
    """What it is for, in sentences; empty where the label says all."""
    kind: Kind = "text"
    limit: int = 0
    """Characters of a text; the highest value of a number. Lengths: Formato DTE v2.5, zone Emisor."""
    is_required: bool = False
    choices: tuple[str, ...] = ()
    """The values of a choice; an empty one is the usual value."""


FACTS: tuple[Fact, ...] = (
    Fact("razon_social", "Razón social", "", limit=100, is_required=True),
    Fact("giro", "Giro", "", limit=80, is_required=True),
    Fact("actecos", "Actividades", "Códigos de actividad económica, de seis dígitos, de uno a cuatro.", "actecos",
         is_required=True),
    Fact("direccion", "Dirección", "Calle y número.", limit=60, is_required=True),
    Fact("comuna", "Comuna", "", limit=20, is_required=True),
    Fact("ciudad", "Ciudad", "", limit=20),
    Fact("sucursal", "Sucursal", "Nombre de la sucursal.", limit=20),
    Fact("codigo_sii_sucursal", "Código de la sucursal en el SII", "", limit=9),
    Fact("telefono", "Teléfono", "", limit=20),
    Fact("correo", "Correo", "Correo electrónico.", "mail", 80),
    Fact("numero_resolucion", "Número de resolución",
         "Número de la resolución del SII que la autoriza a emitir; va impreso. En certificación es 0.", "number",
         999_999),
    Fact("fecha_resolucion", "Fecha de resolución", "Su fecha, como 2014-08-22.", "day"),
    Fact("unidad_sii", "Unidad del SII",
         "Unidad del SII de su casa matriz, como SANTIAGO CENTRO; va impresa bajo el recuadro.", limit=40),
    Fact("tolerante", "Tolerante",
         "Si los montos del archivo no cuadran, avisa y emite lo que suman las líneas, en vez de rechazar; lo usual es "
         "rechazar.", "flag"),
    Fact("reparos", "Reparos",
         "Qué hacer con lo que el SII acepta con reparo: detener el documento, o emitirlo y avisar. Lo usual es "
         "avisar, en pruebas y en producción.", "choice", choices=("", *get_args(Reparos))),
    Fact("patente_desconocida", "Patente desconocida",
         "Qué hacer si un documento que acompaña mercaderías no trae la patente: solo avisar, lo usual, o además "
         "escribir en él que no se conoce.", "choice", choices=get_args(PatenteDesconocida)),
    Fact("transporte_courier", "Transporte por courier",
         "Courier que lleva los despachos: se escribe en los documentos que no traen patente; S escribe solo que va "
         "por courier.", "sentence", 60),
    Fact("traslado_prolongado", "Traslado prolongado",
         "Por qué un traslado toma más de un día: se escribe en los documentos cuya fecha de llegada es posterior a la "
         "de salida.", "sentence", 200),
    Fact("precios_con_impuestos", "Precios con impuestos",
         "Qué hacer si los precios incluyen el IVA y también impuestos adicionales: rechazar el documento, lo usual, o "
         "escribir las líneas netas con el mismo total.", "choice", choices=get_args(PreciosConImpuestos)),
    Fact("minutos_repetido", "Minutos repetido",
         "Por cuántos minutos el mismo archivo con folio 0, del mismo usuario, recibe la respuesta que ya tuvo en vez "
         "de emitirse otra vez; 0, lo usual, es no hacerlo. No vale para boletas.", "number", 1440),
    Fact("timbre_sin_acentos", "Timbre sin acentos",
         "Si los nombres del receptor y del primer producto van sin acentos dentro del timbre; el documento los "
         "conserva. Lo usual es que sí mientras lo de pruebas va a la certificación del SII, y si no, no.", "choice",
         choices=("", *get_args(TimbreSinAcentos))),
    Fact("rollo", "Papel de las boletas",
         "Papel en que se imprimen las boletas: un rollo de 80 mm, lo usual, o de 58, o una hoja carta.", "choice",
         choices=get_args(Paper)),
    Fact("puntos_ticket", "Puntos por pulgada del ticket",
         "Puntos por pulgada de la impresora de tickets, en que se dibuja el timbre; lo usual es 203.", "dots",
         choices=_DOTS),
    Fact("puntos_carta", "Puntos por pulgada de la carta",
         "Puntos por pulgada de la impresora de hojas carta; lo usual es 300, que también es para 600 y 1200.", "dots",
         choices=_DOTS),
    Fact("boleta_sin_timbre", "Boletas sin timbre",
         "Si las boletas se imprimen sin el código de barras del timbre, optativo desde el 1 de enero de 2026; lo "
         "usual es con él.", "flag"),
)  # fmt: skip

BY_NAME: Mapping[str, Fact] = {one.name: one for one in FACTS}

LABELS: Mapping[str, str] = {"rut": "RUT", "ambiente": "Ambiente", **{one.name: one.label for one in FACTS}}
"""What each fact is called, those included that say which company is meant."""


class WrongFactError(ValueError):
    """What a person wrote is no such fact; the text says why, in Spanish."""


def read(name: str, written: str) -> Any:
    """The value of the fact *name* that a person wrote.

    :raises WrongFactError: it does not serve.
    """
    fact, text = BY_NAME[name], written.strip()
    if fact.kind == "actecos":
        return actecos(text.replace(",", " ").split())
    if fact.kind == "flag":
        return text in ("sí", "si", "true", "on")
    if fact.kind == "number":
        return _number(text or "0", fact.limit)
    if fact.kind == "day":
        return _day(text) if text else None
    if fact.kind in ("choice", "dots"):
        if text not in fact.choices:
            raise WrongFactError(f"debe ser uno de estos: {', '.join(filter(None, fact.choices))}.")
        return int(text) if fact.kind == "dots" else text
    found = _of_length(text, fact)
    if fact.kind == "mail":
        return _mail(found)
    return _sentence(found) if fact.kind == "sentence" else found


def actecos(codes: list[str]) -> tuple[str, ...]:
    """Economic activities.

    :raises WrongFactError: one is no code, or they are none or too many.
    """
    for one in codes:
        if not re.fullmatch(r"[0-9]{6}", one):
            raise WrongFactError(f"«{one}» no es un código de actividad: se esperaban seis dígitos.")
    if len(codes) > _ACTECOS_AT_MOST:
        raise WrongFactError(f"se admiten {_ACTECOS_AT_MOST} actividades y vienen {len(codes)}.")
    if not codes:
        raise WrongFactError("está vacío.")
    return tuple(codes)


def mail(written: str) -> str:
    """An address of e-mail, or nothing.

    :raises WrongFactError: it is none.
    """
    return _mail(_of_length(written.strip(), BY_NAME["correo"]))


def shown(company: Company, name: str) -> str:
    """A fact of *company* for a person."""
    value = getattr(company, name)
    if name == "reparos":
        return value or f"{company.handling_of_reparos} (lo usual)"
    if name == "timbre_sin_acentos":
        return {"si": "sí"}.get(value, value) or "solo en la certificación (lo usual)"
    if isinstance(value, bool):
        return "sí" if value else "no"
    if isinstance(value, tuple):
        return " ".join(value)
    return str(value) if value not in ("", None) else "(vacío)"


def written(company: Company, name: str) -> str:
    """The same as a person would write it into a form."""
    value = getattr(company, name)
    if isinstance(value, bool):
        return "sí" if value else ""
    return " ".join(value) if isinstance(value, tuple) else "" if value is None else str(value)


def _of_length(text: str, fact: Fact) -> str:
    if len(text) > fact.limit:
        raise WrongFactError(f"tiene {len(text)} caracteres y se admiten {fact.limit}.")
    if not text and fact.is_required:
        raise WrongFactError("está vacío.")
    return text


def _mail(text: str) -> str:
    if text and not is_mail(text):
        raise WrongFactError(f"«{text}» no es una dirección de correo: se esperaba una como nombre@empresa.cl.")
    return text


def _sentence(text: str) -> str:
    """*text* as it can stand in a document."""
    found = printable_in_dte(text)
    if odd := foreign(found):
        raise WrongFactError(f"tiene caracteres que un documento no admite: {odd}")
    return " ".join(found.split())


def _number(text: str, most: int) -> int:
    if not (text.isascii() and text.isdecimal() and int(text) <= most):
        raise WrongFactError(f"debe ser un número entre 0 y {most}.")
    return int(text)


def _day(text: str) -> date:
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()
    except ValueError:
        raise WrongFactError(f"«{text}» no es una fecha; se escribe como 2026-01-31.") from None
