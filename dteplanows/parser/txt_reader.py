"""Reads the flat TXT: sections and rows to documents, by the layout table."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable
from functools import cache
from typing import NamedTuple

from dteplanows.document.catalogue import problem, shown
from dteplanows.document.elements import BRANCHES, ROOTS, Element, at
from dteplanows.document.model import Document, Field, Group, Value
from dteplanows.document.problem import Place
from dteplanows.document.received import RECEIVED_TYPES
from dteplanows.parser import habits, txt_habits, txt_lines, txt_purchases
from dteplanows.parser.assign import Nothing, Reading, Report, Row, plain
from dteplanows.parser.layout import BY_NAME, CORREO, HEADERS, PURCHASE, SECTIONS, Section, structure_of
from dteplanows.parser.nothing import WORDS

MARKER = re.compile(rb"-[ \t]*>([^<>;]*)<[ \t]*-(.*)", re.DOTALL)
"""A line that opens a section: its name, and what stands behind it."""

_HALF_MARKER = re.compile(rb"-[ \t]*>[^;<>]*(?:<|-)?|[^;<>]*<[ \t]*-")

MOST_ROWS = 2000
"""Rows of one section of a document that are read: twice what the SII admits anywhere, far below what hurts."""

_TOTALES = "Encabezado/Totales/"

_ALWAYS = frozenset({"IdDoc", "Receptor", "Totales"})
"""Groups that every document has; the others are made when a value comes."""

_KNOWN, _KNOWN_LENGTH = 64, 12
"""Texts of each column whose value is remembered, and their longest."""

_tuple = tuple.__new__


class _Step(NamedTuple):
    """What to do with one column that has an element."""

    position: int
    column: str
    name: str
    group: int
    element: Element
    plain: Callable[[str], Value | None]
    known: dict[str, Value]
    """Values of short texts met before: most columns hold the same few."""


class _Plan(NamedTuple):
    """How to read the rows of one section."""

    groups: tuple[tuple[str, ...], ...]
    """Paths of the groups that a row fills; for sections with a target relative to it, itself first."""
    steps: tuple[_Step | None, ...]
    """One for each column; None for a column without an element."""
    beside: tuple[tuple[int, str, str], ...]
    """(index, column, name beside the document)."""
    foreign: tuple[tuple[int, str, Element], ...]
    """(index, column, element of another structure) where the document's structure has no such element."""


@cache
def _plan(section: Section, structure: str) -> _Plan:
    """How to read the rows of *section* in a document of *structure*."""
    groups: list[tuple[str, ...]] = [()] if section.target else []
    above_target = len(section.target.split("/")) if section.target else 0
    steps: list[_Step | None] = []
    foreign: list[tuple[int, str, Element]] = []
    for column in section.columns:
        element = at(structure, column.path) if column.path else None
        if element is None:
            steps.append(None)
            own = next(filter(None, (at(one, column.path) for one in ROOTS)), None) if column.path else None
            if own:
                foreign.append((column.position - 1, column.name, own))
            continue
        *above, name = column.path.split("/")
        path = tuple(above[above_target:])
        if path not in groups:
            groups.append(path)
        steps.append(_Step(column.position, column.name, name, groups.index(path), element, plain(element), {}))
    beside = tuple((one.position - 1, one.name, one.beside) for one in section.columns if one.beside)
    return _Plan(tuple(groups), tuple(steps), beside, tuple(foreign))


def read_txt(data: bytes, most: int, first_line: int = 1, report: Report | None = None) -> list[Document]:
    """The documents of the TXT *data*, which is UTF-8, at least one; reading ends where one more than *most* has begun.

    :param first_line: number of its first line, when it is a part of a file.
    :param report: where the file's problems are counted.
    """
    reader = _Reader(report or Report())
    for number, raw in enumerate(with_plain_line_ends(data).split(b"\n"), first_line):
        line = raw.strip()
        if not line:
            continue
        marker = MARKER.match(line) if line[0] == 0x2D else None
        if marker:
            reader.open(number, marker[1].decode().strip())
            if len(reader.readings) > most:
                break
            line = marker[2].strip()
            if not line:
                continue
        elif 0x2D in (line[0], line[-1]) and _HALF_MARKER.fullmatch(line):
            reader.half_marker(number, line.decode())
            continue
        reader.row(number, line)
    return reader.finish()


def with_plain_line_ends(data: bytes) -> bytes:
    """*data* with LF at the end of each line."""
    # CR CR LF comes from programs that write text with CR LF through a newline translation
    return data.replace(b"\r\r\n", b"\n").replace(b"\r\n", b"\n").replace(b"\r", b"\n")


def begins_document(name: str) -> bool:
    """Whether the section called *name* begins a document."""
    section = BY_NAME.get(name.replace(" ", "").lower())
    return section is not None and section.header


class _Reader:
    """Where the reader is in the file."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.readings: list[Reading] = []
        self.early = Document(0)
        """Holds what was found before a document began."""
        self.current: Reading | None = None
        self.section: Section | None = None
        self.ignoring = False
        """The rows of a section that cannot be used follow."""
        self.plan = _Plan((), (), (), ())
        self.structure = ""
        """Structure of the current document."""
        self.places: list[Group | None] = []
        self.header: Section | None = None

    # --- sections ---

    def open(self, line: int, name: str) -> None:
        """A section called *name* opens."""
        section = BY_NAME.get(name.replace(" ", "").lower())
        self.section, self.ignoring = section, True
        if section is None:
            self._unknown(line, name)
        elif section.header:
            self._begin(line, section)
        elif self.current is None:
            if not self._said("TXT-009"):
                self._tell("TXT-009", Place(line, section.name), section.name)
        elif self.header is not None and section.branch not in ("", self.header.branch):
            self._tell("TXT-017", Place(line, section.name), section.name, header=self.header.name)
            self._unread(section)
        elif self.header is not None:
            self._use(section)

    def half_marker(self, line: int, text: str) -> None:
        """A line that is nearly a marker: what follows belongs to nothing that is known."""
        name = text.strip("-<> \t")
        found = BY_NAME.get(name.lower())
        if found is None and self.section is not None and self.section.free and not self.ignoring:
            self._observe(line, [text])
            return
        self._tell("TXT-042", Place(line, shown(name)), text)
        self.section, self.ignoring = None, True
        if found:
            self._unread(found)

    def _use(self, section: Section) -> None:
        self.section, self.ignoring = section, False
        self.plan = _plan(section, self.structure)
        self.places = [None] * len(self.plan.groups)

    def _begin(self, line: int, section: Section) -> None:
        self._end()
        place = Place(line, section.name)
        document = Document(0, Group("", place), place=place, received=section.branch == PURCHASE)
        self.current = Reading(document, self.report)
        self.readings.append(self.current)
        self.header, self.structure = section, structure_of(section)
        header = document.root.add_group("Encabezado", place)
        for name in ("IdDoc", "Receptor", "Totales"):
            header.add_group(name, place)
        self._use(section)

    def _unknown(self, line: int, name: str) -> None:
        low = name.replace(" ", "").lower()
        known = {section.name.lower(): section for section in SECTIONS}
        near = [] if self.report.full else difflib.get_close_matches(low[:40], known, 1)
        place = Place(line, shown(name))
        if near:
            self._tell("TXT-010", place, name, nearest=known[near[0]].name)
            self._unread(known[near[0]])
        else:
            self._tell("TXT-011", place, name)

    # --- rows ---

    def row(self, line: int, data: bytes) -> None:
        """A line of data."""
        if self.section is None and not self.ignoring:
            if not self._said("TXT-008"):
                self._tell("TXT-008", Place(line), data.decode())
            return
        reading, section = self.current, self.section
        if self.ignoring or reading is None or section is None:
            return
        texts = _columns(data, section)
        if section.free:
            self._observe(line, texts)
            if len(reading.document.beside.observaciones) > MOST_ROWS:
                self._tell("TXT-045", Place(line, section.name), section.name, limit=MOST_ROWS)
                self.ignoring = True
            return
        before = len(reading.rows.get(section.name, ()))
        if section.rows and before:
            counted_only = self.report.full
            self._tell("TXT-016", Place(line, section.name), section.name)
            self.ignoring = counted_only
            return
        if before >= MOST_ROWS:
            self._tell("TXT-045", Place(line, section.name), section.name, limit=MOST_ROWS)
            self.ignoring = True
            return
        if section.header:
            self._settle_structure(section, texts[0])
        if len(texts) < section.required:
            self._short(line, texts)
            return
        if len(texts) > len(section.columns):
            self._long(line, texts)
            del texts[len(section.columns):]
        if not WORDS.isdisjoint(texts):
            self._without_words(line, texts)
        if section.by_line:
            reading.rows.setdefault(section.name, []).append(Row(section, line, texts, None))
            return
        self._fill(line, texts)

    def _fill(self, line: int, texts: list[str]) -> None:
        reading, section, plan = self.current, self.section, self.plan
        assert reading is not None and section is not None
        name = section.name
        made: Group | None = None
        if section.target:
            made = self._anew(section.target, Place(line, name))
            groups: list[Group | None] = [made, *self.places[1:]]
        else:
            groups = [self._singleton(path, line) if path[-1] in _ALWAYS else None for path in plan.groups]
        for text, step in zip(texts, plan.steps, strict=False):
            if step is None:
                continue
            position, column, element_name, target, element, quick, known = step
            group = groups[target]
            if group is None:
                if not text:
                    continue
                path = plan.groups[target]
                group = made.add_group(path[-1], made.place) if made else self._singleton(path, line)
                groups[target] = group
            place = _tuple(Place, (line, name, column, position, ""))
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
        count = len(texts)
        for index, column, key in plan.beside:
            if index < count and texts[index]:
                self._beside(key, texts[index], Place(line, name, column, index + 1))
        row = Row(section, line, texts, made)
        reading.rows.setdefault(name, []).append(row)
        for index, column, element in plan.foreign:
            if index < count and texts[index].strip("0.,"):
                self._foreign(row, column, element)
        if section.header:
            self._settle_type(row)
        elif name == "Adicionales":
            self._additional(row)

    def _without_words(self, line: int, texts: list[str]) -> None:
        """Empty the columns of a row that hold a word for nothing and whose value would not pass the reading's door."""
        reading, section, steps = self.current, self.section, self.plan.steps
        assert reading is not None and section is not None
        for index, (text, column) in enumerate(zip(texts, section.columns, strict=False)):
            if text in WORDS and steps[index] is None and column.beside != CORREO:
                reading.nothing.append(Nothing(text, Place(line, section.name, column.name, column.position)))
                texts[index] = ""

    def _anew(self, target: str, place: Place) -> Group:
        """A new group at the path *target*."""
        assert self.current is not None
        above, _, name = target.rpartition("/")
        group = self.current.document.root
        for step in above.split("/") if above else ():
            group = group.group(step)
        return group.add_group(name, place)

    def _singleton(self, path: tuple[str, ...], line: int) -> Group:
        assert self.current is not None and self.section is not None
        group = self.current.document.root
        for name in path:
            group = group.group(name)
        if path[-1] == "Totales":
            group.place = Place(line, self.section.name)
        return group

    def _settle_structure(self, section: Section, tipo: str) -> None:
        """One header serves several structures: the type tells which."""
        structure = BRANCHES.get(int(tipo), "") if tipo.isascii() and tipo.isdecimal() and len(tipo) < 5 else ""
        if structure and HEADERS[structure] == section.name:
            self.structure = structure
            self._use(section)

    def _foreign(self, row: Row, column: str, element: Element) -> None:
        """A column holds a value that documents of this type have no element for."""
        assert self.current is not None
        reading = self.current
        if element.name in habits.LINE_CHANGES:
            reading.problem("TOT-104", row.place(column), row.text(column), name=element.name)
            if row.group is not None:
                row.group.unread += (element.name,)  # what it does to the line's amount is not judged
            return
        reading.problem(
            "DOC-008" if element.path.startswith(_TOTALES) else "DOC-007", row.place(column), row.text(column),
            name=element.name, tipo=reading.document.id_doc.text("TipoDTE"),
        )  # fmt: skip

    def _settle_type(self, row: Row) -> None:
        reading = self.current
        assert reading is not None
        tipo = reading.document.id_doc.value("TipoDTE")
        place = row.place("TipoDTE")
        if reading.document.received:
            self._settle_received_type(row)
        elif isinstance(tipo, int) and tipo in BRANCHES:
            if HEADERS[BRANCHES[tipo]] == row.section.name:
                reading.document.tipo = tipo
                return
            right = HEADERS[BRANCHES[tipo]]
            reading.problem("TXT-018", place, row.text("TipoDTE"), section=row.section.name, right=right)
        elif "TipoDTE" not in reading.document.unread:
            reading.problem("TXT-019", place, row.text("TipoDTE"))

    def _settle_received_type(self, row: Row) -> None:
        reading = self.current
        assert reading is not None
        tipo = reading.document.id_doc.value("TipoDTE")
        if isinstance(tipo, int) and tipo in RECEIVED_TYPES:
            reading.document.tipo = tipo
        elif "TipoDTE" not in reading.document.unread:
            allowed = ", ".join(map(str, RECEIVED_TYPES))
            reading.problem("CMP-001", row.place("TipoDTE"), row.text("TipoDTE"), allowed=allowed)

    def _short(self, line: int, texts: list[str]) -> None:
        """A row without all its columns: which one is missing is unknown, so none is interpreted."""
        reading, section = self.current, self.section
        assert reading is not None and section is not None
        missing = ", ".join(f"{one.position} {one.name}" for one in section.columns[len(texts):section.required])
        place = Place(line, section.name)
        self._tell("TXT-014", place, "", found=len(texts), wanted=section.required, missing=missing)
        self._unread(section)
        made = self._anew(section.target, place) if section.target and not section.by_line else None
        row = Row(section, line, texts, made)
        reading.rows.setdefault(section.name, []).append(row)
        if section.header:
            for text, step in zip(texts[:2], self.plan.steps, strict=False):
                if text and step:
                    reading.store(reading.document.id_doc, step.element, text, row.place(step.column))
            self._settle_type(row)

    def _long(self, line: int, texts: list[str]) -> None:
        assert self.section is not None
        wanted = len(self.section.columns)
        extra = next((text for text in texts[wanted:] if text), "")
        if extra:
            place = Place(line, self.section.name)
            self._tell("TXT-015", place, extra, found=len(texts), wanted=wanted)

    def _beside(self, key: str, text: str, place: Place) -> None:
        assert self.current is not None
        if key == CORREO:
            self.current.mail(text, place)
        else:
            self._keep(key, self.current.aside(text, place))

    def _observe(self, line: int, texts: list[str]) -> None:
        """Columns mean nothing in lines of text: the ``;`` of an HTML reference does not end one."""
        reading, section = self.current, self.section
        if reading is None or section is None:
            return
        place = Place(line, section.name)
        if len(texts) > 1 and any("&" in text for text in texts):
            texts = reading.aside(";".join(texts), place, several_lines=True).replace("\n", ";").split(";")
        for text in filter(None, texts):
            written = reading.aside(text.strip(), place, several_lines=True)
            reading.document.beside.observaciones.extend(filter(None, written.split("\n")))

    def _additional(self, row: Row) -> None:
        assert self.current is not None
        key, value = row.texts[0], row.texts[1]
        if key and value:
            name = f"A{key}" if key.isdecimal() else key
            self._keep(name, self.current.aside(value, row.place(row.section.columns[1].name)))

    def _keep(self, name: str, text: str) -> None:
        assert self.current is not None
        if text:
            self.current.document.beside.adicionales[name] = text

    # --- the report ---

    def _tell(self, code: str, place: Place, value: str = "", **facts: object) -> None:
        document = self.current.document if self.current else self.early
        self.report.tell(document, code, place, value, **facts)

    def _said(self, code: str) -> bool:
        document = self.current.document if self.current else self.early
        return any(one.code == code for one in document.problems)

    def _unread(self, section: Section) -> None:
        """Nothing depends on what stands in *section* any more: it was not interpreted."""
        if self.current and section.branch:
            names = {step.name for step in _plan(section, self.structure or structure_of(section)).steps if step}
            self.current.document.unread.update(names - {"TipoDTE", "Folio"})

    def _end(self) -> None:
        """The current document is complete."""
        reading, header = self.current, self.header
        if reading is None:
            return
        document = reading.document
        if header is not None and header.name not in reading.rows:
            reading.problem("TXT-043", document.place, header.name)
        if document.received:
            txt_purchases.apply(reading)
        elif document.tipo:
            txt_lines.attach(reading)
            txt_habits.apply(reading)

    def finish(self) -> list[Document]:
        """All documents of the file."""
        self._end()
        if not self.readings:
            if self.section is None and not self.ignoring:
                self.early.problems = [problem("TXT-007")]
            return [self.early]
        documents = [reading.document for reading in self.readings]
        documents[0].problems[:0] = self.early.problems
        return documents


def _columns(data: bytes, section: Section) -> list[str]:
    """The columns of the row *data*. The separator behind the last one may be missing."""
    texts = [part.strip() for part in data.decode().split(";")]
    if len(texts) > 1 and not texts[-1] and not (len(texts) == section.required and _ends_empty(section, texts)):
        texts.pop()
    return texts


def _ends_empty(section: Section, texts: list[str]) -> bool:
    """Whether the last column is there and empty, its separator left out, rather than one column missing.

    In a header only a place name in front of the empty address shows it: an address or nothing there means that a
    column is missing further up. A missing figure of the totals is always one.
    """
    if section.header:
        return bool(texts[-2]) and "@" not in texts[-2]
    return bool(section.target)
