"""A design's file: TOML in which each key stands once, checked in full before anything is printed with it.

The first key may be ``base``, the name of a ready design: what the file does not say is as there, or else as in
``clasico``.
"""

from __future__ import annotations

import csv
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache, lru_cache
from importlib import resources
from typing import Any, NamedTuple

from dteplanows.document.catalogue import problem
from dteplanows.document.problem import Place, Problem, Refused
from dteplanows.document.text import foreign, printable_in_dte
from dteplanows.printing import columns
from dteplanows.printing.design.model import NAMES, PRINTED, READABLE, Design, colour_of, contrast
from dteplanows.printing.page import MILLIMETRE, WHITE
from dteplanows.printing.sheet import sheet_of

LONGEST = 20_000
"""Characters of a design's file."""
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_DEEP = re.compile(
    r"""\#[^\n]*+
    | (?P<deep> (?<![\w-]) (?: (?: [\w-]++ | "(?: \\. | [^"\\\n] )*+" | '[^'\n]*+' ) [ \t]*+ \. [ \t]*+ ){19} )
    | \"""(?: \\. | [^\\] )*? (?: \""" | \Z ) | '''.*? (?: ''' | \Z )
    | "(?: \\. | [^"\\\n] )*+" | '[^'\n]*+'
    """,
    re.DOTALL | re.VERBOSE,
)
"""Comments, texts, and keys of 20 parts or more. No key has more than three, and what reads TOML takes time for each
part and fails at a thousand."""

_WRITTEN_BITS = 64
"""Of a number that is told in decimal digits: Python writes no more than 4300 of them."""

_RULES = {"": "DIS-003", "color": "DIS-010", "recuadro": "DIS-011", "impreso": "DIS-012"}


class Key(NamedTuple):
    """One key of a design's file, as ``claves.tsv`` has it."""

    seccion: str
    clave: str
    clase: str
    minimo: str
    maximo: str
    regla: str
    """The rule of the SII that says what the value may be; empty for none."""
    significado: str

    @property
    def name(self) -> str:
        """As :class:`~dteplanows.printing.design.model.Design` has it."""
        return f"{self.seccion}_{self.clave}"

    @property
    def code(self) -> str:
        """The problem that a wrong value is."""
        return _RULES[self.regla]

    @property
    def expected(self) -> str:
        """What its value may be, in words."""
        return {
            "numero": f"un número entre {self.minimo} y {self.maximo}",
            "texto": f"un texto de {self.maximo} caracteres a lo más",
            "lista": f"una lista de {self.minimo} textos a lo más, de {self.maximo} caracteres cada uno",
            "si": "true o false",
            "color": "un color como #1f3a5f",
            "columnas": f"una lista con {', '.join(NAMES)}, cada una una vez, en el orden que se quiera",
            "anchos": f"un número entre {self.minimo} y {self.maximo} por columna, como {{ precio = 25 }}, "
                      "menos descripcion, que toma lo que queda",
            "titulos": f"un texto de {self.maximo} caracteres a lo más por columna, como {{ precio = \"Valor\" }}",
            "nombres": f"un texto de {self.maximo} caracteres a lo más por dato, de {self.minimo} datos a lo más, como "
                       "{ A1 = \"Orden interna\" }",
        }.get(self.clase, f"uno de estos: {', '.join(self.clase.split('|'))}")  # fmt: skip


@cache
def keys() -> Mapping[tuple[str, str], Key]:
    """Every key by section and name."""
    text = resources.files("dteplanows.printing.design").joinpath("claves.tsv").read_text("utf-8")
    rows = csv.reader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)
    next(rows)
    found = map(Key._make, rows)
    return {(one.seccion, one.clave): one for one in found}


@cache
def ready() -> Mapping[str, str]:
    """The files of the ready designs by name."""
    folder = resources.files("dteplanows.printing.design").joinpath("listos")
    found = {one.name.removesuffix(".toml"): one.read_text("utf-8") for one in folder.iterdir()
             if one.name.endswith(".toml")}  # fmt: skip
    return dict(sorted(found.items()))


def described() -> dict[str, str]:
    """What each ready design is, by name."""
    return {name: text.partition("\n")[0].removeprefix("# ") for name, text in ready().items()}


def plain(text: str) -> str:
    """*text* with the line ends of TOML files, and without the mark that editors write before it."""
    return text.removeprefix("\ufeff").replace("\r\n", "\n")


@lru_cache(maxsize=256)
def read(text: str) -> Design:
    """The design of a file.

    :raises Refused: it is no such file, or says what cannot be (DIS-001 to DIS-015): all of it at once.
    """
    text = plain(text)
    if len(text) > LONGEST:
        raise Refused([problem("DIS-005", value=str(len(text)), maximo=LONGEST)])
    deep = next((found for found in _DEEP.finditer(text) if found["deep"]), None)
    if deep:
        raise Refused([problem("DIS-001", Place(line=text.count("\n", 0, deep.start()) + 1))])
    try:
        table = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        # ValueError, since a number of thousands of digits is no TOMLDecodeError.
        found = re.search(r"\(at line (\d+)", str(error))
        raise Refused([problem("DIS-001", Place(line=int(found[1]) if found else text.count("\n") + 1))]) from None
    reading = _Reading(text)
    design = reading.design(table)
    if reading.problems:
        raise Refused(reading.problems)
    return design


def ready_design(name: str) -> Design:
    """A ready design.

    :raises Refused: there is none of that name (DIS-004).
    """
    if name not in ready():
        raise Refused([problem("DIS-004", value=name, conocidos=", ".join(ready()))])
    return replace(read(ready()[name]), nombre=name)


class _WrongValueError(ValueError):
    """A value is not what is expected."""


class _Reading:
    """Reads one file and collects what is wrong with it."""

    def __init__(self, text: str) -> None:
        self._lines = text.splitlines()
        self.problems: list[Problem] = []

    def design(self, table: dict[str, Any]) -> Design:
        """The design of the file's *table*; of whatever is wrong, the base's."""
        base = table.pop("base", "")
        if not isinstance(base, str) or (base and base not in ready()):
            place = self._place("", "base") if not isinstance(base, dict) else self._place("base", "")
            self._tell("DIS-004", place, _written(base), conocidos=", ".join(ready()))
            base = ""
        origin = ready_design(base) if base else Design()
        changes: dict[str, Any] = {"nombre": f"propio, sobre {base}" if base else "propio"}
        for section, content in table.items():
            known = [key for key in keys().values() if key.seccion == section]
            if not known or not isinstance(content, dict):
                names = ", ".join(dict.fromkeys(one.seccion for one in keys().values()))
                self._tell("DIS-002", self._place(section, ""), section, conocidas=names)
                continue
            for name, value in content.items():
                key = keys().get((section, name))
                if key is None:
                    names = ", ".join(one.clave for one in known)
                    self._tell("DIS-002", self._place(section, name), f"{section}.{name}", conocidas=names)
                    continue
                self._take(key, value, changes)
        made = replace(origin, **changes)
        self._check(made)
        return made

    def _take(self, key: Key, value: Any, changes: dict[str, Any]) -> None:
        read_value: Callable[[Key, Any], Any] = _KINDS.get(key.clase, _choice)
        try:
            changes[key.name] = read_value(key, value)
        except _WrongValueError:
            place = self._place(key.seccion, key.clave)
            self._tell(key.code, place, _written(value), esperado=key.expected,
                       faltan=_missing(value) if key.clase == "columnas" else "")  # fmt: skip

    def _check(self, made: Design) -> None:
        """What concerns several keys: colours that can be read, and room for the description."""
        main = contrast(colour_of(made.colores_principal), WHITE)
        if main < READABLE:
            place, words = self._place("colores", "principal"), f"{main:.1f}".replace(".", ",")
            self._tell("DIS-013", place, made.colores_principal, contraste=words)
        sheet = sheet_of(made)
        taken, most = columns.taken(sheet), columns.to_be_taken(sheet)
        if taken > most:
            facts = {"suma": _millimetres(taken), "maximo": _millimetres(most)}
            name = "anchos_mm" if made.detalle_anchos_mm else "titulos"
            self._tell("DIS-014", self._place("detalle", name), facts["suma"], **facts)
        if made.pago_qr and not (made.pago_enlace or made.pago_numero_de_cuenta):
            self._tell("DIS-015", self._place("pago", "qr"), "true")

    def _tell(self, code: str, place: Place, value: object, **facts: object) -> None:
        self.problems.append(problem(code, place, str(value), **facts))

    def _place(self, section: str, name: str) -> Place:
        """The line on which the key stands; TOML itself does not tell it."""
        inside = ""
        for number, line in enumerate(self._lines, 1):
            if found := re.match(r"\s*\[\s*([\w-]+)", line):
                inside = found[1]
                if inside == section and not name:
                    return Place(line=number, field=section)
            elif inside == section and re.match(rf"\s*{re.escape(name)}\s*(=|\.)", line):
                return Place(line=number, field=f"{section}.{name}" if section else name)
        return Place(field=f"{section}.{name}".strip("."))


def _millimetres(points: float) -> str:
    return f"{points / MILLIMETRE:.0f}"


def _written(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int) and value.bit_length() > _WRITTEN_BITS:
        return hex(value)
    if isinstance(value, list):
        return ", ".join(map(_written, value))
    if isinstance(value, dict):
        return ", ".join(f"{name} = {_written(one)}" for name, one in value.items())
    return str(value)


def _missing(value: object) -> str:
    given = value if isinstance(value, list) else []
    return ", ".join(one for one in PRINTED if one not in given) or "ninguna"


def _number(key: Key, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _WrongValueError
    if not float(key.minimo) <= value <= float(key.maximo):
        raise _WrongValueError
    return float(value)


def _text(key: Key, value: Any) -> str:
    if not isinstance(value, str) or len(value) > int(key.maximo) or "\n" in value:
        raise _WrongValueError
    found = printable_in_dte(value)
    if foreign(found):
        raise _WrongValueError
    return " ".join(found.split())


def _texts(key: Key, value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or len(value) > int(key.minimo):
        raise _WrongValueError
    return tuple(_text(key, one) for one in value)


def _flag(key: Key, value: Any) -> bool:
    if not isinstance(value, bool):
        raise _WrongValueError
    return value


def _colour(key: Key, value: Any) -> str:
    if not isinstance(value, str) or not _COLOUR.fullmatch(value):
        raise _WrongValueError
    return value.lower()


def _columns(key: Key, value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or any(not isinstance(one, str) or one not in NAMES for one in value):
        raise _WrongValueError
    if len(set(value)) < len(value) or not set(PRINTED) <= set(value):
        raise _WrongValueError
    return tuple(value)


def _widths(key: Key, value: Any) -> Mapping[str, float]:
    if not isinstance(value, dict) or any(name not in NAMES or name == "descripcion" for name in value):
        raise _WrongValueError
    return {name: _number(key, one) for name, one in value.items()}


def _titles(key: Key, value: Any) -> Mapping[str, str]:
    if not isinstance(value, dict) or any(name not in NAMES for name in value):
        raise _WrongValueError
    return {name: _text(key, one) for name, one in value.items()}


def _names(key: Key, value: Any) -> Mapping[str, str]:
    if not isinstance(value, dict) or len(value) > int(key.minimo):
        raise _WrongValueError
    return {name: _text(key, one) for name, one in value.items()}


def _choice(key: Key, value: Any) -> str:
    if not isinstance(value, str) or value not in key.clase.split("|"):
        raise _WrongValueError
    return value


_KINDS: Mapping[str, Callable[[Key, Any], Any]] = {
    "numero": _number, "texto": _text, "lista": _texts, "si": _flag, "color": _colour, "columnas": _columns,
    "anchos": _widths, "titulos": _titles, "nombres": _names,
}  # fmt: skip


def values_of(design: Design) -> Mapping[str, Any]:
    """The values of *design* by ``section.key``."""
    values = {one.name: getattr(design, one.name) for one in keys().values()}
    return {f"{key.seccion}.{key.clave}": values[key.name] for key in keys().values()}
