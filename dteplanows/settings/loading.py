"""Reading the settings in force, and where each of them comes from."""

from __future__ import annotations

import difflib
import os
from typing import Any, Literal

from pydantic import ValidationError

from dteplanows.document.catalogue import problem
from dteplanows.document.phrases import phrase
from dteplanows.document.problem import Place, Problem, Refused
from dteplanows.settings.fields import PREFIX, Settings
from dteplanows.settings.file import FILE, SECRETS, from_file, key_in
from dteplanows.settings.meanings import meaning

Origin = Literal["orden", "variable de entorno", "archivo", "usual"]
"""Where the value of a setting comes from; the last is the usual value, which nobody has set."""

_ALIKE = 0.7
"""How alike a name must be for a person to have meant it, of 1."""


def load(**arguments: Any) -> Settings:
    """The settings in force.

    :param arguments: settings given on the command line; None where the person gave none.
    :raises Refused: values that do not serve, all of them (CFG-001), unknown names in the file (CFG-002), a file that
        is no TOML (CFG-003) or cannot be read (CFG-004); of the master key: others can read the file it is in
        (CFG-020), its own file cannot be read (CFG-021) or is empty (CFG-022), or it is given twice (CFG-023).
    """
    try:
        found = Settings(**{name: value for name, value in arguments.items() if value is not None})
    except ValidationError as error:
        raise Refused(_problem(one["type"], str(one["loc"][0]), one["input"]) for one in error.errors()) from None
    if found.archivo_clave_maestra is None:
        return found
    if found.clave_maestra:
        raise Refused([problem("CFG-023", Place(field="archivo_clave_maestra"))])
    key = key_in(found.archivo_clave_maestra)
    return found.model_copy(update={"clave_maestra": key, "archivo_clave_maestra": None})


def origins(settings: Settings, **arguments: Any) -> dict[str, Origin]:
    """Where the value of each setting comes from, as this process sees it.

    :param arguments: settings given on the command line; None where the person gave none.
    :raises Refused: the settings file cannot be read (CFG-003, CFG-004).
    """
    environment = {name.upper() for name, value in os.environ.items() if value}
    in_file = from_file(settings.directorio / FILE)

    def origin(name: str) -> Origin:
        if arguments.get(name) is not None:
            return "orden"
        if f"{PREFIX}{name.upper()}" in environment:
            return "variable de entorno"
        return "archivo" if name in in_file else "usual"

    return {name: origin(name) for name in Settings.model_fields}


def _problem(kind: str, name: str, value: object) -> Problem:
    place = Place(field=name)
    if kind == "extra_forbidden":
        names = sorted(Settings.model_fields)
        near = difflib.get_close_matches(name.lower()[:40], names, 1, _ALIKE)
        nearest = phrase("setting.nearest", name=near[0]) if near else ""
        return problem("CFG-002", place, nearest=nearest, known=", ".join(names))
    shown = "(oculta)" if name in SECRETS else str(value)
    variable = f"{PREFIX}{name.upper()}"
    return problem("CFG-001", place, shown, wanted=meaning(name), variable=variable, file=FILE)
