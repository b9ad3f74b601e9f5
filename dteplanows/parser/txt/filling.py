"""From the columns of a row of the flat TXT to the elements of the document, by the plan of its section."""

from __future__ import annotations

from dteplanows.document import values
from dteplanows.document.elements import Element
from dteplanows.document.model import Field, Group
from dteplanows.document.problem import Place
from dteplanows.parser import habits
from dteplanows.parser.reading import Row
from dteplanows.parser.txt.layout import CORREO
from dteplanows.parser.txt.plan import places_of
from dteplanows.parser.txt.state import State
from dteplanows.parser.txt.types import settle_type

_TOTALES = "Encabezado/Totales/"
_ALWAYS = frozenset({"IdDoc", "Receptor", "Totales"})
"""Groups that every document has; the others are made when a value comes."""

_KNOWN, _KNOWN_LENGTH = 64, 12
"""Texts of each column whose value is remembered, and their longest."""

_tuple = tuple.__new__


def fill(state: State, line: int, texts: list[str]) -> None:
    """Read *texts*, the columns of the row in *line*, into the document."""
    reading, section, plan = state.current, state.section, state.plan
    assert reading is not None and section is not None
    name = section.name
    made: Group | None = None
    if plan.makes:
        made = state.anew(_tuple(Place, (line, name, "", 0, "")))
        groups: list[Group | None] = [made, *plan.unmade]
    else:
        groups = [state.singleton(path, line) if path[-1] in _ALWAYS else None for path in plan.groups]
    places = places_of(section, line)
    skipped: list[tuple[str, int, Place]] = []
    for text, quick_step, place in zip(texts, plan.quick, places, strict=False):
        if quick_step is None:
            continue
        element_name, target, element, quick, known = quick_step
        group = groups[target]
        if group is None:
            if not text:
                skipped.append((element_name, target, place))
                continue
            path = plan.groups[target]
            group = made.add_group(path[-1], made.place) if made else state.singleton(path, line)
            groups[target] = group
        if not text:
            group.blank[element_name] = place
            continue
        value = known.get(text)
        if value is None:
            value = quick(text)
            if value is None:
                reading.store(group, element, text, place)
                continue
            if len(text) <= _KNOWN_LENGTH and len(known) < _KNOWN:
                known[text] = value
        group.fields[element_name] = [_tuple(Field, (value, text, place))]
    for element_name, target, place in skipped:
        group = groups[target]
        if group is not None:  # a column behind it made the group
            group.blank[element_name] = place
    count = len(texts)
    for index, key in plan.beside:
        if index < count and texts[index]:
            _beside(state, key, texts[index], places[index])
    row = _tuple(Row, (section, line, texts, made))
    reading.rows.setdefault(name, []).append(row)
    for index, column, element in plan.foreign:
        if index < count and texts[index].strip("0.,") and not values.is_zero(texts[index]):
            _foreign(state, row, column, element)
    if section.header:
        settle_type(state, row)
    elif name == "Adicionales":
        _additional(state, row)


def _foreign(state: State, row: Row, column: str, element: Element) -> None:
    """A column holds a value that documents of this type have no element for."""
    assert state.current is not None
    reading = state.current
    if element.name in habits.LINE_CHANGES:
        reading.problem("TOT-104", row.place(column), row.text(column), name=element.name)
        if row.group is not None:
            row.group.unread += (element.name,)  # what it does to the line's amount is not judged
        return
    reading.problem(
        "DOC-008" if element.path.startswith(_TOTALES) else "DOC-007", row.place(column), row.text(column),
        name=element.name, tipo=reading.document.id_doc.text("TipoDTE"),
    )  # fmt: skip


def _beside(state: State, key: str, text: str, place: Place) -> None:
    assert state.current is not None
    if key == CORREO:
        state.current.mail(text, place)
    else:
        state.current.keep(key, text, place)


def _additional(state: State, row: Row) -> None:
    assert state.current is not None
    key, value = row.texts[0], row.texts[1]
    if key and value:
        name = f"A{key}" if key.isdecimal() else key
        state.current.keep(name, value, row.place(row.section.columns[1].name))
