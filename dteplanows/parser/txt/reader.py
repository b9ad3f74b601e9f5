"""Reads the flat TXT: sections and rows to documents, by the layout table.

What opens a section, and so where a document begins, is told by :mod:`dteplanows.parser.txt.marks` alone.
"""

from __future__ import annotations

from itertools import islice

from dteplanows.document import values
from dteplanows.document.catalogue import problem, shown
from dteplanows.document.elements import BRANCHES, Element
from dteplanows.document.model import Document, Field, Group
from dteplanows.document.problem import Place
from dteplanows.document.received import RECEIVED_TYPES
from dteplanows.document.text import decode
from dteplanows.parser import habits
from dteplanows.parser.reading import Nothing, Reading, Row
from dteplanows.parser.report import Report
from dteplanows.parser.txt import csv_rows, marks, shifted
from dteplanows.parser.txt import habits as txt_habits
from dteplanows.parser.txt import lines as txt_lines
from dteplanows.parser.txt import purchases as txt_purchases
from dteplanows.parser.txt import rows as txt_rows
from dteplanows.parser.txt.layout import CORREO, HEADERS, PURCHASE, Section, nearest, structure_of
from dteplanows.parser.txt.marks import Kind, Mark, Piece
from dteplanows.parser.txt.plan import NO_PLAN, places_of, plan_of
from dteplanows.parser.txt.shifted.mail import rest_of_mail
from dteplanows.parser.txt.stretches import come_from_csv, stretches_of, width_of, with_plain_line_ends
from dteplanows.parser.values import unusual
from dteplanows.parser.values.nothing import WORDS

MOST_ROWS = 2000
"""Rows of one section of a document that are read: twice what the SII admits anywhere, far below what hurts."""

_TOTALES = "Encabezado/Totales/"

_ALWAYS = frozenset({"IdDoc", "Receptor", "Totales"})
"""Groups that every document has; the others are made when a value comes."""

_KNOWN, _KNOWN_LENGTH = 64, 12
"""Texts of each column whose value is remembered, and their longest."""

_tuple = tuple.__new__


def read_txt(data: bytes, most: int) -> list[Document]:
    """The documents of the TXT *data*, at least one; reading ends where one more than *most* has begun."""
    report = Report()
    return [read_piece(piece, report) for piece in islice(marks.documents(with_plain_line_ends(data)), most + 1)]


def read_piece(piece: Piece, report: Report) -> Document:
    """The document of *piece*.

    :param report: where the file's problems are counted.
    """
    reader = _Reader(report)
    stretches = stretches_of(piece)
    if csv_rows.may_be_quoted(piece.data, piece.begin, piece.end):
        written = [(line, mark, csv_rows.joined(rows, width_of(mark))) for line, mark, rows in stretches]
        reader.csv = any(come_from_csv(mark, rows) for _, mark, rows in written)
        stretches = iter(written)
    for line, mark, rows in stretches:
        if mark is not None:
            reader.mark(line, mark, piece.written)
        for number, row in rows:
            reader.row(number, row)
    return reader.finish()


class _Reader:
    """Where the reader is in one document."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.early: Document | None = None
        """Holds what was found before the document began."""
        self.current: Reading | None = None
        self.section: Section | None = None
        self.ignoring = False
        """The rows of a section that cannot be used follow."""
        self.plan = NO_PLAN
        self.structure = ""
        """Structure of the current document."""
        self.header: Section | None = None
        self.filling = 0
        """Separators behind the section's mark."""
        self.csv = False
        """The document's rows come from a CSV writer."""
        self.lost = False
        """Another document began in an unreadable way: what follows is not this one's."""

    # --- sections ---

    def mark(self, line: int, mark: Mark, before: str) -> None:
        """A mark.

        :param before: the line of the first one, when the document in front of it ended there.
        """
        if self.lost:
            return
        if mark.kind is not Kind.OPENS:
            self._broken(line, mark)
            return
        section, self.filling = mark.section, mark.filling
        if section is None and self._is_text(mark):
            self._tell("TXT-077", Place(line, self.section.name if self.section else ""), mark.name)
            self._observe(line, [f"->{mark.name}<-"])
            return
        self.section, self.ignoring = section, True
        if section is None:
            self._unknown(line, mark.name)
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
        written = mark.written or (before if section and section.header else "")
        if written and section is not None and not self._said("TXT-071"):
            self._tell("TXT-071", Place(line, section.name), written, name=section.name)

    def _is_text(self, mark: Mark) -> bool:
        """Whether words between arrows among free text are text: no section has a name like them."""
        free = self.section is not None and self.section.free and not self.ignoring
        return free and " " in mark.name and not nearest(mark.name)

    def _broken(self, line: int, mark: Mark) -> None:
        """A line that is nearly a mark, or a mark in a text: what follows belongs to nothing that is known."""
        if mark.kind is Kind.HALF:
            if mark.section is None and self.section is not None and self.section.free and not self.ignoring:
                self._observe(line, [mark.written])
                return
            self._tell("TXT-042", Place(line, shown(mark.name)), mark.written)
        else:
            name = mark.section.name if mark.section else mark.name
            self._tell("TXT-070", Place(line, self.section.name if self.section else ""), mark.written, name=name)
            if self.section:
                self._unread(self.section)
        self.section, self.ignoring = None, True
        if mark.section:
            self._unread(mark.section)
            self.lost = mark.section.header and self.current is not None

    def _use(self, section: Section) -> None:
        self.section, self.ignoring = section, False
        self.plan = plan_of(section, self.structure)

    def _begin(self, line: int, section: Section) -> None:
        place = Place(line, section.name)
        document = Document(0, Group("", place), place=place, received=section.branch == PURCHASE)
        self.current = Reading(document, self.report)
        self.header, self.structure = section, structure_of(section)
        header = document.root.add_group("Encabezado", place)
        for name in ("IdDoc", "Receptor", "Totales"):
            header.add_group(name, place)
        self._use(section)

    def _unknown(self, line: int, name: str) -> None:
        near = None if self.report.full else nearest(name)
        place = Place(line, shown(name))
        if near:
            self._tell("TXT-010", place, name, nearest=near.name)
            self._unread(near)
        else:
            self._tell("TXT-011", place, name)

    # --- rows ---

    def row(self, line: int, data: bytes) -> None:
        """A line of data."""
        if not 0x20 < data[0] < 0x7F and marks.unseen(data):
            return
        reading, section = self.current, self.section
        if section is None or reading is None or self.ignoring or self.lost:
            if section is None and not self.ignoring and not self._said("TXT-008"):
                self._tell("TXT-008", Place(line), decode(data))
            return
        if section.free:
            self._free_row(line, data)
            return
        before = reading.rows.get(section.name)
        if before and section.rows:
            counted_only = self.report.full
            self._tell("TXT-016", Place(line, section.name), section.name)
            self.ignoring = counted_only
            return
        if before and len(before) >= MOST_ROWS:
            self._tell("TXT-045", Place(line, section.name), section.name, limit=MOST_ROWS)
            self.ignoring = True
            return
        parts = self._quoted(line, data) if b'"' in data else txt_rows.parts_of(data)
        if parts is None:
            return
        texts = txt_rows.closed(parts, section)
        if section.header:
            self._settle_structure(section, texts[0])
        if len(texts) < section.required:
            self._short(line, texts)
            return
        shift = shifted.judge(section, parts, texts, self.filling, entities=b"&" in data)
        if shift:
            place = Place(line, section.name, section.columns[shift.at].name, shift.at + 1)
            self._tell(shift.code, place, shift.value, **shift.facts)
            self._refuse(line, texts[:2])
            return
        if section.header and (at := rest_of_mail(section, texts)):
            column = section.columns[at].name
            self._tell("TXT-107", Place(line, section.name, column, at + 1), texts[at], column=column)
        if len(texts) > len(section.columns):
            self._long(line, texts)
            del texts[len(section.columns):]
        if not WORDS.isdisjoint(texts):
            self._without_words(line, texts)
        if self.plan.twice:
            txt_rows.fill_once(reading, section, self.plan.twice, line, texts)
        if section.by_line:
            reading.rows.setdefault(section.name, []).append(Row(section, line, texts, None))
            return
        self._fill(line, texts)

    def _free_row(self, line: int, data: bytes) -> None:
        """A line of a section of free text."""
        section = self.section
        assert section is not None and self.current is not None
        if txt_rows.like_a_header(data):
            self._tell("TXT-072", Place(line, section.name), decode(data), section=section.name)
            self.lost = True
            return
        parts = self._quoted(line, data) if b'"' in data else txt_rows.parts_of(data)
        self._observe(line, txt_rows.closed(parts or [], section))
        if len(self.current.document.beside.observaciones) > MOST_ROWS:
            self._tell("TXT-045", Place(line, section.name), section.name, limit=MOST_ROWS)
            self.ignoring = True

    def _fill(self, line: int, texts: list[str]) -> None:
        reading, section, plan = self.current, self.section, self.plan
        assert reading is not None and section is not None
        name = section.name
        made: Group | None = None
        if plan.makes:
            made = self._anew(_tuple(Place, (line, name, "", 0, "")))
            groups: list[Group | None] = [made, *plan.unmade]
        else:
            groups = [self._singleton(path, line) if path[-1] in _ALWAYS else None for path in plan.groups]
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
                group = made.add_group(path[-1], made.place) if made else self._singleton(path, line)
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
                self._beside(key, texts[index], places[index])
        row = _tuple(Row, (section, line, texts, made))
        reading.rows.setdefault(name, []).append(row)
        for index, column, element in plan.foreign:
            if index < count and texts[index].strip("0.,") and not values.is_zero(texts[index]):
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

    def _anew(self, place: Place) -> Group:
        """The group that a row of the current section makes."""
        assert self.current is not None
        group = self.current.document.root
        for step in self.plan.above:
            group = group.group(step)
        return group.add_group(self.plan.makes, place)

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
        structure = BRANCHES.get(unusual.whole(tipo) or 0, "")
        if structure and structure != self.structure and HEADERS[structure] == section.name:
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
        self._refuse(line, texts)

    def _refuse(self, line: int, texts: list[str]) -> None:
        """A row that is not interpreted, for a reason told; *texts* are those of its columns that are sure."""
        reading, section = self.current, self.section
        assert reading is not None and section is not None
        place = Place(line, section.name)
        self._unread(section)
        made = self._anew(place) if section.target and not section.by_line else None
        row = Row(section, line, texts, made)
        reading.rows.setdefault(section.name, []).append(row)
        if section.header:
            for text, step, where in zip(texts[:2], self.plan.steps, places_of(section, line), strict=False):
                # a folio that is none says that the row is moved, which is told already
                if text and step and (step.name != "Folio" or text.isdecimal()):
                    reading.store(reading.document.id_doc, step.element, text, where)
            self._settle_type(row)

    def _long(self, line: int, texts: list[str]) -> None:
        assert self.section is not None
        wanted = len(self.section.columns)
        extra = next((text for text in texts[wanted:] if text), "")
        if extra:
            place = Place(line, self.section.name)
            self._tell("TXT-015", place, extra, found=len(texts), wanted=wanted)

    def _quoted(self, line: int, data: bytes) -> list[str] | None:
        """What stands between the separators of a row that has quotes; None, and told, where they have two readings."""
        section = self.section
        assert section is not None
        cells = csv_rows.cells(data)
        code, value = "", decode(data)
        if cells is None:
            if self.csv or section.free or not csv_rows.half_quoted(data):
                return txt_rows.parts_of(data)
            code = "TXT-074"
        elif not self.csv and not any(cell.proves for cell in cells):
            if section.free:
                return txt_rows.parts_of(data)
            separated = next((cell.value for cell in cells if b";" in cell.value), None)
            if separated is None:
                code, value = "TXT-074", decode(next(cell.value for cell in cells if cell.quoted))
            elif len(cells) not in shifted.counts(section):
                code, value = "TXT-079", decode(separated)
        if code:
            self._tell(code, Place(line, section.name), value)
            self._refuse(line, [part.strip() for part in txt_rows.parts_of(data)[:2]])
            return None
        if not self._said("TXT-073"):
            self._tell("TXT-073", Place(line, section.name), value)
        parts = [decode(cell.value) for cell in cells or ()]
        # a CSV writer puts no separator behind the last column, and leaves none out
        return [*parts, ""] if len(parts) in shifted.counts(section) else parts

    def _beside(self, key: str, text: str, place: Place) -> None:
        assert self.current is not None
        if key == CORREO:
            self.current.mail(text, place)
        else:
            self.current.keep(key, text, place)

    def _observe(self, line: int, texts: list[str]) -> None:
        """Columns mean nothing in lines of text: the ``;`` of an HTML reference does not end one."""
        reading, section = self.current, self.section
        if reading is None or section is None:
            return
        place = Place(line, section.name, "Texto")
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
            self.current.keep(name, value, row.place(row.section.columns[1].name))

    # --- the report ---

    def _document(self) -> Document:
        """The document, or what holds the problems found before it began."""
        if self.current:
            return self.current.document
        self.early = self.early or Document(0)
        return self.early

    def _tell(self, code: str, place: Place, value: str = "", **facts: object) -> None:
        document = self._document()
        self.report.tell(document, code, place, value, **facts)

    def _said(self, code: str) -> bool:
        document = self._document()
        return any(one.code == code for one in document.problems)

    def _unread(self, section: Section) -> None:
        """Nothing depends on what stands in *section* any more: it was not interpreted."""
        if self.current and section.branch:
            names = {step.name for step in plan_of(section, self.structure or structure_of(section)).steps if step}
            self.current.document.unread.update(names - {"TipoDTE", "Folio"})

    def finish(self) -> Document:
        """The document, complete."""
        reading, header = self.current, self.header
        if reading is None:
            if self.section is None and not self.ignoring:
                return Document(0, problems=[problem("TXT-007")])
            return self._document()
        document = reading.document
        if header is not None and header.name not in reading.rows:
            reading.problem("TXT-043", document.place, header.name)
        if document.received:
            txt_purchases.apply(reading)
        elif document.tipo:
            txt_lines.attach(reading)
            txt_habits.apply(reading)
        if self.early:
            document.problems[:0] = self.early.problems
        return document
