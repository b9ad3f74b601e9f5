"""A design as a file: every key with its value and, above it, what it means."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from dteplanows.printing.design.model import Design
from dteplanows.printing.design.reading import keys, values_of


def written(design: Design) -> str:
    """The whole file of *design*, from which :func:`~dteplanows.printing.design.reading.read` makes the same."""
    return "\n".join(_lines(design)) + "\n"


def _lines(design: Design) -> Iterator[str]:
    values, section = values_of(design), ""
    yield f"# Diseño {design.nombre}."
    for key in keys().values():
        if key.seccion != section:
            section = key.seccion
            yield ""
            yield f"[{section}]"
        yield f"# {key.significado} Se espera {key.expected}."
        yield f"{key.clave} = {shown(values[f'{key.seccion}.{key.clave}'])}"


def shown(value: object) -> str:
    """A value as it stands in the file."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, Mapping):
        inside = ", ".join(f"{json.dumps(name, ensure_ascii=False)} = {shown(one)}" for name, one in value.items())
        return f"{{ {inside} }}" if inside else "{}"
    if isinstance(value, tuple):
        return f"[{', '.join(map(shown, value))}]"
    return json.dumps(value, ensure_ascii=False)
