"""What a company may write into its mails: names in braces stand for what is known of a document."""

from __future__ import annotations

import re
from collections.abc import Mapping

NAMES: Mapping[str, str] = {
    "documento": "el nombre del documento, como Factura Electrónica",
    "tipo": "el tipo, como 33",
    "folio": "el folio",
    "fecha": "la fecha de emisión",
    "total": "el monto total",
    "receptor": "el nombre del receptor",
    "rut_receptor": "su RUT",
    "empresa": "el nombre de la empresa",
    "rut_empresa": "su RUT",
    "enlace": "la dirección de la página del documento; si no hay, la línea se omite",
}
"""What may stand in braces, each with what it is, in Spanish."""

SUBJECT = "{documento} N° {folio} de {empresa}"
"""The usual subject."""

TEXT = """Estimado cliente:

{empresa}, RUT {rut_empresa}, le envía el siguiente documento:

{documento} N° {folio}, del {fecha}, por {total}.

Puede verlo y descargarlo aquí: {enlace}

Este correo se envió de forma automática."""
"""The usual text."""

LONGEST_SUBJECT, LONGEST_TEXT = 200, 5000
"""Characters of each template."""

_NAME = re.compile(r"\{([^{}]*)\}")
_LINK = "{enlace}"
_LONGEST_VALUE = 300


def fault_of(text: str, longest: int) -> str:
    """What is expected of a template in place of *text*, in words; empty where it serves."""
    if len(text) > longest:
        return f"un texto de hasta {longest} caracteres"
    if any(name not in NAMES for name in _NAME.findall(text)) or re.search(r"[{}]", _NAME.sub("", text)):
        return f"un texto en que solo vayan entre llaves estos nombres: {', '.join(NAMES)}"
    if not all(one.isprintable() or one == "\n" for one in text):
        return "un texto sin caracteres de control"
    return ""


def has_link(text: str) -> bool:
    """Whether the template *text* says the address of the document's page."""
    return _LINK in text


def filled(text: str, facts: Mapping[str, str]) -> str:
    """*text* with the names replaced by *facts*. A line with the address is left out where there is none.

    What stands in a fact is never read as a name, and begins no line. The address is never cut.
    """
    lines = [line for line in text.split("\n") if facts.get("enlace") or _LINK not in line]
    return _NAME.sub(lambda found: _value(found[1], facts), "\n".join(lines))


def _value(name: str, facts: Mapping[str, str]) -> str:
    return one_line(facts.get(name, ""), None if name == "enlace" else _LONGEST_VALUE)


def one_line(text: str, longest: int | None = _LONGEST_VALUE) -> str:
    """*text* in one line, without what nobody sees.

    :param longest: characters of it that stay; as usual no more than a person reads, and None for all.
    """
    return " ".join("".join(one if one.isprintable() else " " for one in text).split())[:longest]
