"""What is told of a company on the command line: one option for each fact, for the orders that take any of them.

No option has a default here: what is not given is not touched. :class:`dteplanows.document.company.Company` has the
values of a new company.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, TypeVar, get_args

import click

from dteplanows.commands.opening import day
from dteplanows.commands.spanish import Option
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
_USUAL = "usual"
"""What takes a setting of the company back to the default."""

Function = TypeVar("Function", bound=Callable[..., Any])

REQUIRED: Mapping[str, str] = {
    "rut": "--rut",
    "razon_social": "--razon-social",
    "giro": "--giro",
    "actecos": "--acteco",
    "direccion": "--direccion",
    "comuna": "--comuna",
}
"""What a company must have, with the option that says it."""

LABELS: Mapping[str, str] = {
    "rut": "RUT",
    "ambiente": "Ambiente",
    "razon_social": "Razón social",
    "giro": "Giro",
    "actecos": "Actividades",
    "direccion": "Dirección",
    "comuna": "Comuna",
    "ciudad": "Ciudad",
    "sucursal": "Sucursal",
    "codigo_sii_sucursal": "Código de la sucursal en el SII",
    "telefono": "Teléfono",
    "correo": "Correo",
    "tolerante": "Tolerante",
    "reparos": "Reparos",
    "numero_resolucion": "Número de resolución",
    "fecha_resolucion": "Fecha de resolución",
    "unidad_sii": "Unidad del SII",
    "patente_desconocida": "Patente desconocida",
    "transporte_courier": "Transporte por courier",
    "traslado_prolongado": "Traslado prolongado",
    "precios_con_impuestos": "Precios con impuestos",
    "minutos_repetido": "Minutos repetido",
    "timbre_sin_acentos": "Timbre sin acentos",
    "rollo": "Papel de las boletas",
    "puntos_ticket": "Puntos por pulgada del ticket",
    "puntos_carta": "Puntos por pulgada de la carta",
    "boleta_sin_timbre": "Boletas sin timbre",
}
"""What each fact is called."""


def actecos(ctx: click.Context, param: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...] | None:
    """The callback of the option that takes economic activities; None when there is none."""
    for value in values:
        if not re.fullmatch(r"[0-9]{6}", value):
            raise click.BadParameter(f"«{value}» no es un código de actividad: se esperaban seis dígitos.")
    if len(values) > _ACTECOS_AT_MOST:
        raise click.BadParameter(f"se admiten {_ACTECOS_AT_MOST} actividades y vienen {len(values)}.")
    return values or None


def text(limit: int, required: bool = False) -> Callable[[click.Context, click.Parameter, str | None], str | None]:
    """A callback that takes a text of at most *limit* characters, where *required* also of one at least."""

    def check(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
        if value is None:
            return None
        value = value.strip()
        if len(value) > limit:
            raise click.BadParameter(f"tiene {len(value)} caracteres y se admiten {limit}.")
        if not value and required:
            raise click.BadParameter("está vacío.")
        return value

    return check


def mail(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    """The callback of the option that takes an address of e-mail, or nothing."""
    found = text(80)(ctx, param, value)
    if found and not is_mail(found):
        raise click.BadParameter(f"«{found}» no es una dirección de correo: se esperaba una como nombre@empresa.cl.")
    return found


def _sentence(limit: int) -> Callable[[click.Context, click.Parameter, str | None], str | None]:
    """A callback that takes a text of at most *limit* characters that can stand in a document."""
    check = text(limit)

    def printable(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
        found = check(ctx, param, value)
        if found is None:
            return None
        found = printable_in_dte(found)
        if odd := foreign(found):
            raise click.BadParameter(f"tiene caracteres que un documento no admite: {odd}")
        return " ".join(found.split())

    return printable


def _or_usual(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    return "" if value == _USUAL else value


def _number(ctx: click.Context, param: click.Parameter, value: str | None) -> int | None:
    return int(value) if value else None


def resolution_day(ctx: click.Context, param: click.Parameter, value: str | None) -> date | None:
    """The callback of the option that takes the date of the resolution."""
    return day(ctx, param, value)


_NUMBERS = tuple(map(str, get_args(Dots)))

# Lengths: Formato DTE v2.5, zone Emisor.
_OPTIONS: tuple[tuple[tuple[str, ...], dict[str, Any]], ...] = (
    (("--razon-social",), {"metavar": "TEXTO", "callback": text(100, True), "help": "Razón social."}),
    (("--giro",), {"metavar": "TEXTO", "callback": text(80, True), "help": "Giro."}),
    (("--acteco", "actecos"), {
        "metavar": "CÓDIGO", "multiple": True, "callback": actecos,
        "help": "Código de actividad económica, seis dígitos; la opción se puede repetir."}),
    (("--direccion",), {"metavar": "TEXTO", "callback": text(60, True), "help": "Calle y número."}),
    (("--comuna",), {"metavar": "TEXTO", "callback": text(20, True), "help": "Comuna."}),
    (("--ciudad",), {"metavar": "TEXTO", "callback": text(20), "help": "Ciudad."}),
    (("--sucursal",), {"metavar": "TEXTO", "callback": text(20), "help": "Nombre de la sucursal."}),
    (("--codigo-sii-sucursal",), {"metavar": "CÓDIGO", "callback": text(9), "help": "Su código en el SII."}),
    (("--telefono",), {"metavar": "TEXTO", "callback": text(20), "help": "Teléfono."}),
    (("--correo",), {"metavar": "TEXTO", "callback": mail, "help": "Correo electrónico."}),
    (("--tolerante/--no-tolerante",), {
        "default": None,
        "help": "Si los montos del archivo no cuadran, avisa y emite lo que suman las líneas, en vez de rechazar; lo "
        "usual es rechazar."}),
    (("--reparos",), {
        "type": click.Choice([*get_args(Reparos), _USUAL]), "callback": _or_usual,
        "help": "Qué hacer con lo que el SII acepta con reparo: detener el documento, o emitirlo y avisar. "
        "Lo usual es avisar, en pruebas y en producción."}),
    (("--numero-resolucion",), {
        "metavar": "NÚMERO", "type": click.IntRange(0, 999_999),
        "help": "Número de la resolución del SII que la autoriza a emitir; va impreso. En certificación es 0."}),
    (("--fecha-resolucion",), {
        "metavar": "FECHA", "callback": resolution_day, "help": "Su fecha, como 2014-08-22."}),
    (("--unidad-sii",), {
        "metavar": "TEXTO", "callback": text(40),
        "help": "Unidad del SII de su casa matriz, como SANTIAGO CENTRO; va impresa bajo el recuadro."}),
    (("--patente-desconocida",), {
        "type": click.Choice(get_args(PatenteDesconocida)),
        "help": "Qué hacer si un documento que acompaña mercaderías no trae la patente: solo avisar, lo usual, o "
        "además escribir en él que no se conoce."}),
    (("--transporte-courier",), {
        "metavar": "EMPRESA", "callback": _sentence(60),
        "help": "Courier que lleva los despachos: se escribe en los documentos que no traen patente; S escribe solo "
        "que va por courier."}),
    (("--traslado-prolongado",), {
        "metavar": "MOTIVO", "callback": _sentence(200),
        "help": "Por qué un traslado toma más de un día: se escribe en los documentos cuya fecha de llegada es "
        "posterior a la de salida."}),
    (("--precios-con-impuestos",), {
        "type": click.Choice(get_args(PreciosConImpuestos)),
        "help": "Qué hacer si los precios incluyen el IVA y también impuestos adicionales: rechazar el documento, "
        "lo usual, o escribir las líneas netas con el mismo total."}),
    (("--minutos-repetido",), {
        "metavar": "MINUTOS", "type": click.IntRange(0, 1440),
        "help": "Por cuántos minutos el mismo archivo con folio 0, del mismo usuario, recibe la respuesta que ya tuvo "
        "en vez de emitirse otra vez; 0, lo usual, es no hacerlo. No vale para boletas."}),
    (("--timbre-sin-acentos",), {
        "type": click.Choice([*get_args(TimbreSinAcentos), _USUAL]), "callback": _or_usual,
        "help": "Si los nombres del receptor y del primer producto van sin acentos dentro del timbre; el documento los "
        "conserva. Lo usual es que sí mientras lo de pruebas va a la certificación del SII, y si no, no."}),
    (("--rollo",), {
        "type": click.Choice(get_args(Paper)),
        "help": "Papel en que se imprimen las boletas: un rollo de 80 mm, lo usual, o de 58, o una hoja carta."}),
    (("--puntos-ticket",), {
        "type": click.Choice(_NUMBERS), "callback": _number,
        "help": "Puntos por pulgada de la impresora de tickets, en que se dibuja el timbre; lo usual es 203."}),
    (("--puntos-carta",), {
        "type": click.Choice(_NUMBERS), "callback": _number,
        "help": "Puntos por pulgada de la impresora de hojas carta; lo usual es 300, que también es para 600 y 1200."}),
    (("--boleta-sin-timbre/--boleta-con-timbre",), {
        "default": None,
        "help": "Si las boletas se imprimen sin el código de barras del timbre, optativo desde el 1 de enero de 2026; "
        "lo usual es con él."}),
)  # fmt: skip


def fact_options(function: Function) -> Function:
    """The options of all facts but RUT and environment, which say which company is meant."""
    for names, rest in reversed(_OPTIONS):
        function = click.option(*names, cls=Option, **rest)(function)
    return function


def given(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Those of *facts* that were given."""
    return {name: value for name, value in facts.items() if value is not None}


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
