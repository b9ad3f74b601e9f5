"""The pages of the manual that come from the tables: TXT columns, XML elements, rules and example files.

Each function answers the text of one page in reStructuredText. Nothing is known here that the tables do not say, so a
new row, document type or example file appears in the manual without a change.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from docs import contract_tables, sii_tables
from docs.words import (
    CONTENTS,
    described_rows,
    described_type,
    joined,
    label_of_codes,
    literal,
    plain,
    table,
    times,
    title,
)
from dteplanows.books.table import PAIRS, Pair
from dteplanows.books.table import structure as book
from dteplanows.document.catalogue import RULES, Rule
from dteplanows.document.codes import COUNTRY_CODES, UNIT_CODES, codes_of, tables
from dteplanows.document.countries import countries
from dteplanows.document.described import OBLIGATIONS, meanings
from dteplanows.document.described import obligation as obligation_of
from dteplanows.document.elements import BRANCHES, DOCUMENT_NAMES, ROOTS, Element, at, branch
from dteplanows.document.glosas import glosas
from dteplanows.document.placeholders import readable
from dteplanows.document.received import RECEIVED_TYPES
from dteplanows.parser.txt.layout import BY_NAME, HEADERS, PURCHASE, SECTIONS, Column, Section, structure_of

MANUAL = Path(__file__).parent / "manual"
_EXAMPLE = re.compile(r"(\d+)-.+\.(txt|xml)")
_FAMILIES = "familias.toml"


def pages() -> dict[str, str]:
    """Every page of the reference, and the tables that others include: path below the manual's sources and text."""
    made = {f"referencia/txt-{name or 'comunes'}": _txt_page(name) for name in _structures_of_txt()}
    made |= {f"referencia/xml-{name}": _xml_page(name) for name in dict.fromkeys(BRANCHES.values())}
    made["referencia/libro"] = _book_page()
    made["referencia/codigos"] = _codes_page()
    made["referencia/sii"] = sii_tables.codes_page()
    made |= {f"referencia/reglas-{family.lower()}": _family_page(family) for family in _families()}
    made |= {"referencia/reglas": _rules_page(), "referencia/index": _index(made), "ejemplos": _examples_page()}
    return made | contract_tables.tables()


def _index(made: Iterable[str]) -> str:
    listed = [one.removeprefix("referencia/") for one in made if "/reglas-" not in one]
    return (
        title("Referencia", "=")
        + "Estas páginas salen de las mismas tablas con que el servicio lee, escribe y revisa los documentos.\n\n"
        + _toctree([*listed, "reglas"])
    )


def _toctree(names: Iterable[str]) -> str:
    return ".. toctree::\n   :maxdepth: 1\n\n" + "".join(f"   {one}\n" for one in names) + "\n"


def types_of(name: str) -> list[int]:
    """The document types of the structure *name*."""
    return sorted(tipo for tipo, used in BRANCHES.items() if used == name)


def types_of_sections(name: str) -> list[int]:
    """The document types whose files may have the sections of the structure *name*; for the empty name, all types.

    Structures without sections of their own share those of the structure that their header belongs to.
    """
    if name == PURCHASE:
        return list(RECEIVED_TYPES)
    return sorted(tipo for tipo, used in BRANCHES.items() if name in ("", BY_NAME[HEADERS[used].lower()].branch))


def _named(tipos: Iterable[int]) -> str:
    return joined(f"{tipo} ({plain(_name_of(tipo))})" for tipo in tipos)


def _name_of(tipo: int) -> str:
    return DOCUMENT_NAMES[tipo] if tipo in DOCUMENT_NAMES else RECEIVED_TYPES[tipo].name


def _numbers(tipos: Iterable[int]) -> str:
    return joined(str(tipo) for tipo in tipos)


# --- TXT ------------------------------------------------------------------------------------------------------


def _structures_of_txt() -> list[str]:
    return list(dict.fromkeys(section.branch for section in SECTIONS))


def _txt_page(name: str) -> str:
    tipos = types_of_sections(name)
    heading = f"TXT: secciones de los tipos {_numbers(tipos)}" if name else "TXT: secciones comunes"
    if name == PURCHASE:
        heading = "TXT: secciones de los documentos recibidos (compras)"
    sections = [section for section in SECTIONS if section.branch == name]
    whole = "\n".join(_example_rows(section) for section in sections if not section.extension)
    parts = [
        title(heading, "="),
        f"Sirven para los documentos {_named(tipos)}.\n\n{CONTENTS}",
        *(_section(section) for section in sections),
        title("Ejemplo con todas las secciones", "-"),
        _block(whole),
    ]
    return "".join(parts)


def _section(section: Section) -> str:
    rows = [
        [str(one.position), literal(one.name), plain(one.note), _type_of(section, one), literal(one.example),
         "sí" if one.position <= section.required else "no", _destiny(section, one)]
        for one in section.columns
    ]  # fmt: skip
    facts = f"{plain(section.note)} {described_rows(section)}"
    heading = ["N.º", "Campo", "Significado", "Tipo y largo", "Ejemplo", "Debe venir", "Elemento del DTE"]
    return (
        f".. _txt-{section.name.lower()}:\n\n"
        + title(f"->{section.name}<-", "-")
        + f"{facts}\n\n"
        + table(heading, rows, "campos")
        + _block(_example_rows(section))
    )


def _type_of(section: Section, column: Column) -> str:
    element = at(structure_of(section), column.path) if column.path else None
    if element:
        return described_type(element)
    return "número" if column.example.isdecimal() and not column.beside else "texto"


def _destiny(section: Section, column: Column) -> str:
    if not column.path:
        kept = column.beside or not section.branch
        return "ninguno; se guarda aparte" if kept else "ninguno; el servicio lo interpreta"
    issued = [] if section.branch == PURCHASE else types_of_sections(section.branch)
    without = [tipo for tipo in issued if at(BRANCHES[tipo], column.path) is None]
    exception = f" (no en {_numbers(without)})" if without else ""
    return literal(column.path.removeprefix("Encabezado/")) + exception


def _example_rows(section: Section) -> str:
    return f"->{section.name}<-\n{';'.join(column.example for column in section.columns)};"


def _block(text: str, language: str = "text") -> str:
    return f".. code-block:: {language}\n\n" + "".join(f"   {line}\n" for line in text.splitlines()) + "\n"


# --- XML ------------------------------------------------------------------------------------------------------


def _xml_page(name: str) -> str:
    tipos = types_of(name)
    kinds = f"de los tipos {_numbers(tipos)}" if len(tipos) > 1 else f"del tipo {_numbers(tipos)}"
    parts = [
        title(f"XML: elementos {kinds}", "="),
        f"Sirven para {_named(tipos)}. Los elementos van dentro de {literal(branch(name).name)}, "
        "en cualquier orden: el servicio los escribe en el del SII.\n\n",
        "Obligación según el formulario del SII: "
        + joined(f"**{short}** {meaning}" for short, meaning in OBLIGATIONS.values())
        + f". Con un asterisco, el SII rechaza el documento al que le falta.\n\n{CONTENTS}",
    ]
    parts += [_zone(zone, name) for zone in _zones(branch(name))]
    return "".join(parts)


def _zones(root: Element) -> Iterator[Element]:
    """The parts that the page shows one by one: those of the heading, then the others."""
    for one in root.children:
        if one.name == "Encabezado":
            yield from one.children
        else:
            yield one


def _zone(zone: Element, name: str) -> str:
    tipos = types_of(name)
    filled = _columns_by_path(name)
    rows = []
    for element in zone.walk():
        if element is zone and element.children:
            continue
        where = element.path.removeprefix(zone.path).lstrip("/") or zone.name
        meaning = plain(meanings().get(element.name, ""))
        rows.append([
            literal(where), meaning, described_type(element), times(element),
            *(obligation(element, tipo) for tipo in tipos), filled.get(element.path, ""),
        ])  # fmt: skip
    heading = ["Elemento", "Significado", "Tipo y largo", "Veces", *(str(tipo) for tipo in tipos), "Campo del TXT"]
    above = literal(zone.path.rpartition("/")[0] or branch(name).name)
    count = f"Va {times(zone)} {'vez' if zone.max == 1 else 'veces'} en {above}."
    return title(zone.name, "-") + (f"{count}\n\n" if zone.children else "") + table(heading, rows, "elementos")


def obligation(element: Element, tipo: int) -> str:
    """What the form says about *element* in documents of type *tipo*; where it says nothing, what the schema does."""
    said = obligation_of(element, tipo)
    return OBLIGATIONS[said][0] + (r"\*" if element.rejected and said else "")


def _columns_by_path(name: str) -> dict[str, str]:
    shared = BY_NAME[HEADERS[name].lower()].branch
    return {
        column.path: f":ref:`{section.name} {column.position} <txt-{section.name.lower()}>`"
        for section in SECTIONS
        if section.branch == shared
        for column in section.columns
        if column.path
    }


# --- Codes ----------------------------------------------------------------------------------------------------


def _codes_page() -> str:
    parts = [
        title("Códigos", "="),
        "Los códigos que lleva cada campo, con su significado. Un motivo nombra los que más se parecen a lo que trae "
        f"el archivo; aquí están todos.\n\n{CONTENTS}",
    ]
    for codes in tables():
        used = [(name, one) for name in ROOTS for one in branch(name).walk() if one.codes == codes]
        names = joined(dict.fromkeys(one.name for _, one in used))
        tipos = sorted({tipo for name, one in used for tipo in types_of(name) if one.obliged(tipo) != 0})
        parts += [
            f".. _{label_of_codes(codes)}:\n\n",
            title(names, "-"),
            f"En documentos de tipo {_numbers(tipos)}.\n\n",
            _table_of_codes(codes, [one for _, one in used]),
        ]
    return "".join(parts)


def _table_of_codes(name: str, elements: Iterable[Element]) -> str:
    meanings_of = {code: words for element in elements for code, words in codes_of(element).items()}
    heading, more = ["Código", "Significado"], {}
    if name == COUNTRY_CODES:
        heading.append("ISO 3166")
        more = {one.code: f"{one.iso2}, {one.iso3}" for one in countries()}
    elif name == UNIT_CODES:
        heading.append("Sigla")
        more = dict(glosas("CodUnid.sigla"))
    rows = [
        [literal(code), plain(words), *([plain(more.get(code, ""))] if more else [])]
        for code, words in meanings_of.items()
    ]
    return table(heading, rows)


# --- Books ----------------------------------------------------------------------------------------------------

_COUNTED = {"documents": "filas del tipo", "annulled": "filas con ``Anulado``"}


def _book_page() -> str:
    summed = {pair.total: _summed(pair) for pair in PAIRS}
    parts = [
        title("XML: elementos de un libro de compras o ventas", "="),
        f"Van dentro de {literal('EnvioLibro')}, en cualquier orden. Vea :doc:`../libros`.\n\n{CONTENTS}",
    ]
    for zone in book().children:
        rows = [
            [literal(where), described_type(element), times(element), summed.get(where.partition("/")[2], "")]
            for element in zone.walk()
            if (where := element.path.removeprefix(zone.path).lstrip("/"))
        ]
        count = f"Va {times(zone)} {'vez' if zone.max == 1 else 'veces'}.\n\n"
        heading = ["Elemento", "Tipo y largo", "Veces", "Qué suma"]
        parts.append(title(zone.name, "-") + count + table(heading, rows, "elementos"))
    return "".join(parts)


def _summed(pair: Pair) -> str:
    if not pair.detail:
        return _COUNTED[pair.how]
    return literal(pair.detail) if pair.how == "sum" else f"filas con {literal(pair.detail)}"


# --- Rules ----------------------------------------------------------------------------------------------------


@cache
def family_names() -> dict[str, str]:
    """What the rules of each family are about, in Spanish."""
    names: dict[str, str] = tomllib.loads((MANUAL / _FAMILIES).read_text("utf-8"))
    return names


def _families() -> list[str]:
    present = {code[:3] for code in RULES}
    return [*(one for one in family_names() if one in present), *sorted(present - set(family_names()))]


def _rules_of(family: str) -> dict[str, Rule]:
    return {code: RULES[code] for code in sorted(RULES) if code.startswith(family)}


def _rules_page() -> str:
    rows = [
        [f":doc:`{one} <reglas-{one.lower()}>`", plain(family_names().get(one, "")), str(len(_rules_of(one)))]
        for one in _families()
    ]
    return (
        title("Reglas", "=")
        + "Cada problema lleva un código que no cambia de significado. Aquí está cada uno con su texto, lo que hace el "
        "SII si se sabe, lo que se esperaba, el remedio y la fuente. Lo que va entre ‹ y › lo pone el servicio en cada "
        "caso. La misma lista se consulta con la orden ``dteplanows reglas``.\n\n"
        + table(["Familia", "De qué trata", "Reglas"], rows)
        + ".. toctree::\n   :hidden:\n\n"
        + "".join(f"   reglas-{family.lower()}\n" for family in _families())
    )


def _family_page(family: str) -> str:
    heading = f"Reglas {family}: {family_names().get(family, 'otras')}"
    rules = "".join(_rule(code, rule) for code, rule in _rules_of(family).items())
    return title(plain(heading), "=") + CONTENTS + rules


def _rule(code: str, rule: Rule) -> str:
    texts = {
        "Gravedad": f":{rule.severity.value}:`{rule.severity.value}`",
        "Problema": plain(readable(rule.message)),
        "SII": plain(rule.answer),
        "Esperado": plain(readable(rule.expected)),
        "Remedio": plain(readable(rule.remedy)),
        "Fuente": plain(rule.source) or "Regla de este servicio",
    }
    fields = "".join(f":{name}: {text}\n" for name, text in texts.items() if text)
    return f".. _{code.lower()}:\n\n{title(code, '-')}{fields}\n"


# --- Example files --------------------------------------------------------------------------------------------


def example_files() -> dict[int, list[Path]]:
    """The example files by document type, which begins their name."""
    found: dict[int, list[Path]] = {}
    for path in sorted((MANUAL / "ejemplos").iterdir()):
        match = _EXAMPLE.fullmatch(path.name)
        if match:
            found.setdefault(int(match[1]), []).append(path)
    return dict(sorted(found.items()))


def _examples_page() -> str:
    parts = [
        title("Archivos de ejemplo", "="),
        "Un archivo de cada tipo de documento y formato, con datos inventados. Todos se emiten tal como están; solo "
        "cambie la fecha de emisión, 2026-01-05, por la de hoy. Están en UTF-8.\n\n" + CONTENTS,
    ]
    for tipo, files in example_files().items():
        parts.append(title(f"{tipo}: {plain(DOCUMENT_NAMES.get(tipo, 'Documento'))}", "-"))
        for path in files:
            kind = path.suffix[1:]
            parts.append(f"Formato {1 if kind == 'txt' else 2}: `{path.name} <ejemplos/{path.name}>`__\n\n")
            parts.append(_block(path.read_text("utf-8"), "xml" if kind == "xml" else "text"))
    return "".join(parts)
