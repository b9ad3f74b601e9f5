"""Changing a setting in the file of the data directory, with everything else of the file as it was.

Only what cannot shut anybody out, send something elsewhere or lose a ledger is changed so: neither addresses nor
folders, keys, ports or the database. A change is in force once the service is started again.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import tomllib
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from dteplanows.document.catalogue import problem
from dteplanows.document.problem import Place, Refused
from dteplanows.process.system_errors import in_words
from dteplanows.settings.fields import PREFIX, Settings
from dteplanows.settings.file import FILE
from dteplanows.settings.loading import load
from dteplanows.settings.meanings import meaning

CHANGEABLE = frozenset({
    "largo_minimo_clave", "reloj_atrasado", "reloj_adelantado", "caf_automatico", "valor_uf", "impresos_en_memoria",
    "fallas_de_clave", "espera_maxima", "llamadas_simultaneas", "oyente_minutos", "regip_redes", "minutos_sin_entregar",
    "horas_lote_repetido", "procesar_lotes", "maximo_lote", "lotes_en_espera", "lotes_rechazados_dias",
    "portal_minutos", "portal_horas", "registro_dias", "registro_megas", "registro_formato", "rechazados_dias",
    "rechazados_megas", "respaldo_horas", "respaldo_copias", "simulador_automatico", "sii_enviar",
    "sii_espera_facturas", "sii_espera_boletas", "sii_dias_conversacion", "sii_hora_conciliar",
    "sii_segundos_conexion", "sii_segundos_respuesta", "avisos_segundos", "avisos_intentos",
})  # fmt: skip
"""The settings that whoever runs the installation may change from a page."""


def line_of(name: str, value: object) -> str:
    """The line of the file that gives the setting *name* that value.

    >>> line_of("sii_enviar", False), line_of("sii_hora_conciliar", "04:00")
    ('sii_enviar = false', 'sii_hora_conciliar = "04:00"')
    """
    if isinstance(value, bool):
        return f"{name} = {str(value).lower()}"
    if isinstance(value, int | float | Decimal):
        return f"{name} = {value}"
    return f"{name} = {json.dumps(str(value), ensure_ascii=False)}"


def change(settings: Settings, name: str, text: str) -> tuple[str, str]:
    """Write the setting *name* into the file of *settings*.

    :param text: the new value as a person writes it; empty for the usual one.
    :return: what the file said before, and what it says now; empty where it says nothing.
    :raises Refused: it is not one of those (CFG-030), the environment decides it (CFG-031), the value does not serve
        (CFG-001), or the file cannot be written (CFG-032).
    """
    if name not in CHANGEABLE:
        raise Refused([problem("CFG-030", Place(field=name))])
    if os.environ.get(f"{PREFIX}{name.upper()}"):
        raise Refused([problem("CFG-031", Place(field=name), variable=f"{PREFIX}{name.upper()}")])
    path = settings.directorio / FILE
    before = path.read_text("utf-8") if path.exists() else ""
    after = _with_line(before, name, line_of(name, _value(name, text.strip())) if text.strip() else "")
    try:
        load(**tomllib.loads(after), directorio=settings.directorio)
        _write(path, after)
    except tomllib.TOMLDecodeError:  # it says the name in a way that this does not know
        raise Refused([problem("CFG-032", value=str(path), reason="ya nombra el ajuste de otra forma")]) from None
    except OSError as failure:
        raise Refused([problem("CFG-032", value=str(path), reason=in_words(failure))]) from None
    return _said(before, name), _said(after, name)


def _value(name: str, text: str) -> object:
    """*text* as the type of the setting wants it.

    :raises Refused: it is none of that type (CFG-001).
    """
    kind: Any = Settings.model_fields[name].annotation
    written = text.replace(",", ".") if kind in (Decimal, float) else text
    try:
        if kind is bool:
            return {"true": True, "false": False, "sí": True, "si": True, "no": False}[text.lower()]
        return kind(written) if kind in (int, float, Decimal) else text
    except (ValueError, KeyError, InvalidOperation):
        variable = f"{PREFIX}{name.upper()}"
        raise Refused(
            [problem("CFG-001", Place(field=name), text, wanted=meaning(name), variable=variable, file=FILE)]
        ) from None


def _with_line(text: str, name: str, line: str) -> str:
    """The file *text* with *line* in the place of what it says of *name*; empty for no line at all."""
    found = re.search(rf"(?m)^[ \t]*{name}[ \t]*=.*\n?", text)
    if found:
        return text[: found.start()] + (f"{line}\n" if line else "") + text[found.end() :]
    if not line:
        return text
    return f"{text}{'' if not text or text.endswith(chr(10)) else chr(10)}{line}\n"


def _said(text: str, name: str) -> str:
    found = tomllib.loads(text).get(name)
    return "" if found is None else str(found).lower() if isinstance(found, bool) else str(found)


def _write(path: Path, text: str) -> None:
    """Write the file whole or not at all, for whoever could read it before."""
    draft = path.with_name(f".{path.name}.parte")
    try:
        draft.touch(0o600)
        draft.write_text(text, "utf-8")
        if path.exists():
            shutil.copymode(path, draft)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
