"""From texts of a file to typed values in a document, with a problem for each text that cannot be read.

A *reading* is one document on its way through the parser: the document, the rows of the TXT that it came from, and the
report to which its problems go.
"""

from __future__ import annotations

import unicodedata
from decimal import Decimal
from typing import NamedTuple

from dteplanows.document import values
from dteplanows.document.catalogue import shown
from dteplanows.document.codes import listed
from dteplanows.document.elements import Element
from dteplanows.document.mail import is_mail
from dteplanows.document.model import Document, Fault, Field, Group
from dteplanows.document.problem import Place
from dteplanows.document.text import foreign, is_carried, printable_in_dte
from dteplanows.document.values import Readings
from dteplanows.parser.report import Report
from dteplanows.parser.txt.layout import Section
from dteplanows.parser.values import markup, unusual
from dteplanows.parser.values.nothing import NAMES, WORDS, is_empty_date

_DATES = frozenset({"date", "datetime"})

_NOT_READ = ""
"""Value of a field before its text is read."""

_NO_NUMBERS = frozenset({"TXT-020", "TXT-021", "TXT-022"})
"""What is said of a text that is no number; of a code in words it is better to say the codes."""

_NO_AMOUNTS = ("Porc", "MontosBrutos")
"""How the columns without an element begin whose numbers are percentages or flags."""

_SEVERAL_LINES = frozenset({"DscItem"})
"""Elements whose text is printed with its line breaks."""


class Row(NamedTuple):
    """One row of data of a TXT section."""

    section: Section
    line: int
    texts: list[str]
    """The columns without blanks around them; as many as the section has."""
    group: Group | None
    """The group that the row made; None for rows that fill groups existing once."""

    def text(self, column: str) -> str:
        """The text in *column*; empty when the row does not reach so far."""
        index = self.section.index[column]
        return self.texts[index] if index < len(self.texts) else ""

    def place(self, column: str) -> Place:
        """Where *column* stands."""
        return Place(self.line, self.section.name, column, self.section.index[column] + 1)


class Nothing(NamedTuple):
    """A value of the file that says that there is none."""

    text: str
    place: Place
    group: Group | None = None
    """The group that would have it; None for what is no part of the DTE."""
    element: Element | None = None


class Read(NamedTuple):
    """A value that the file writes in another form than the one asked for, and what it was read as."""

    code: str
    """Of the aviso."""
    place: Place
    text: str
    used: str
    separates: str = ""
    """What a comma separates."""


class Doubt(NamedTuple):
    """A number whose dots, or whose comma, may separate thousands or decimals."""

    group: Group
    name: str
    text: str
    place: Place
    readings: Readings
    whole: bool
    """An amount in whole pesos."""
    fraction: int
    """Decimals at most, where it is not whole."""

    @property
    def sign(self) -> str:
        """What separates: a dot or a comma."""
        return "," if "," in self.text else "."


class Reading:
    """One document while it is read."""

    __slots__ = ("document", "doubts", "kept", "met", "nothing", "report", "rows", "unusual")

    def __init__(self, document: Document, report: Report) -> None:
        self.document = document
        self.report = report
        self.rows: dict[str, list[Row]] = {}
        """Rows of the TXT by section name; none for XML."""
        self.nothing: list[Nothing] = []
        """Words for nothing that were met, for :mod:`dteplanows.parser.habits.absent` to judge."""
        self.doubts: list[Doubt] = []
        """Numbers of two readings that were met, for :mod:`dteplanows.parser.habits.thousands` to settle. Until then
        each stands in the document with its decimals."""
        self.unusual: list[Read] = []
        """What was read from another form, for :meth:`tell_unusual`."""
        self.met: set[Place] = set()
        """Where :meth:`number` met something other than a plain number: who asks again is not told again."""
        self.kept: dict[str, tuple[str, Place]] = {}
        """Additional data for the printed copy, with the place of each."""

    def problem(self, code: str, place: Place, value: str = "", **facts: object) -> None:
        """Report the problem *code* of this document."""
        self.report.tell(self.document, code, place, value, **facts)

    def row(self, section: str) -> Row | None:
        """The first row of *section*, or None."""
        rows = self.rows.get(section)
        return rows[0] if rows else None

    def number(self, row: Row | None, column: str) -> Decimal:
        """The number in a column that has no element; 0 when empty or, with a problem, when unreadable.

        An amount whose dot may separate thousands is unreadable: who can tell looks first (:func:`values.dotted`).
        """
        text = row.text(column) if row else ""
        if row is None or values.is_zero(text):
            return Decimal(0)
        readings = values.dotted(text)
        try:
            if readings is not None and not column.startswith(_NO_AMOUNTS):
                raise values.Unreadable("TXT-060", readings=readings.text())
            return values.number(text)
        except values.Unreadable as wrong:
            is_rate = column.startswith("Porc")
            found, place = (unusual.percentage if is_rate else unusual.number)(text), row.place(column)
            is_new = place not in self.met
            self.met.add(place)
            if found is not None:
                if is_new:
                    self.unusual.append(Read("TXT-110", place, text, values.write(found)))
                return found
            if is_new:
                self.problem(wrong.code, place, text, **wrong.facts)
            self.document.faults[place] = Fault(None)
            self.document.unread.add(column)
            return Decimal(0)

    def keep(self, name: str, text: str, place: Place) -> None:
        """Keep an additional datum for the printed copy: of several of one name the last, and the others are told."""
        text = self.aside(text, place)
        if not text:
            return
        earlier, where = self.kept.get(name, (text, place))
        if earlier != text:
            self.problem("TXT-101", where, earlier, name=name, used=shown(text))
        self.kept[name] = text, place
        self.document.beside.adicionales[name] = text

    def store(self, group: Group, element: Element, text: str, place: Place) -> None:
        """Read *text* as *element* into *group*; what cannot be read becomes a problem.

        :param text: without blanks around it, not empty. One of invisible characters alone says nothing: it is as if it
            were not there.
        """
        kind = element.kind
        if text in WORDS or (kind in _DATES and text[:2] != "20" and is_empty_date(text)):
            self._store_nothing(group, element, text, place)
            return
        written = text
        if kind == "text":
            written = self._readable(text, place, element.name in _SEVERAL_LINES)
            if element.enum and written not in element.enum and (code := unusual.code(element, written)):
                self.unusual.append(Read("TXT-110", place, text, code))
                group.add(element.name, Field(code, code, place))
                return
            if not written:
                if markup.plain(text, several_lines=False) != text:
                    self._store_nothing(group, element, text, place)
                return
        elif text[-4:-3] == "." and self._doubts(group, element, text, place):
            return
        try:
            self._put(group, element, written, text, place)
        except values.Unreadable as wrong:
            self._store_unusual(group, element, text, place, wrong)

    def store_value(self, group: Group, element: Element, written: str, text: str, place: Place) -> None:
        """Read *written*, which came as *text*, as *element*, and nothing more: for what is no document."""
        try:
            self._put(group, element, written, text, place)
        except values.Unreadable as wrong:
            self._refuse(group, element, text, place, wrong)

    def _put(self, group: Group, element: Element, written: str, text: str, place: Place) -> None:
        try:
            value = values.read(element, written)
        except values.Fraction as longer:
            value = longer.rounded
            self.problem("TXT-029", place, text, used=values.write(value))
        group.add(element.name, Field(value, text, place))

    def _refuse(self, group: Group, element: Element, text: str, place: Place, wrong: values.Unreadable) -> None:
        if element.codes and wrong.code in _NO_NUMBERS:
            self.problem("TXT-140", place, text, codes=listed(element, text))
        else:
            self.problem(wrong.code, place, text, **wrong.facts)
        self.document.faults[place] = Fault(element, group)
        self.document.unread.add(element.name)
        group.unread = (*group.unread, element.name)

    def _store_unusual(self, group: Group, element: Element, text: str, place: Place, wrong: values.Unreadable) -> None:
        """Store what *text*, which is *wrong*, can only mean; a number with a comma of two readings is kept in doubt.

        The field has the text in the plain form: how many decimals it has counts.
        """
        plain = text
        try:
            found = unusual.meant(element, text, group)
            if found is None:
                readings = unusual.comma(element, text) if wrong.code == "TXT-022" else None
                if readings is None:
                    raise wrong
                self.doubt(group, element, Field(_NOT_READ, text, place), readings)
                return
            value, plain, code = found
        except values.Unreadable as still_wrong:
            self._refuse(group, element, text, place, still_wrong)
            return
        except values.Fraction as longer:
            value, code = longer.rounded, "TXT-110"
            plain = values.write(value)
        if code:
            self.unusual.append(Read(code, place, text, "" if value is None else values.write(value)))
        if value is None:
            group.blank.setdefault(element.name, place)
        else:
            group.add(element.name, Field(value, plain, place))

    def tell_unusual(self) -> None:
        """Tell what was read from another form: once for each column or element and kind, with their number."""
        same: dict[tuple[str, ...], list[Read]] = {}
        for one in self.unusual:
            same.setdefault((one.code, one.separates, one.place.section, one.place.field), []).append(one)
        for several in same.values():
            first = several[0]
            self.problem(
                first.code, first.place, first.text, used=first.used, separates=first.separates, count=len(several)
            )
        self.unusual.clear()

    def _doubts(self, group: Group, element: Element, text: str, place: Place) -> bool:
        """Whether *text* has two readings as *element*; it is kept until the document is read then."""
        readings = values.may_be_thousands(element, text)
        if readings is not None:
            self.doubt(group, element, Field(_NOT_READ, text, place), readings)
        return readings is not None

    def doubt(self, group: Group, element: Element, field: Field, readings: Readings) -> None:
        """Keep a number of two readings, with its decimals, until the document is read."""
        one = Doubt(group, element.name, field.text, field.place, readings, values.is_pesos(element), element.fraction)
        value = readings.thousands if readings.decimals is None else readings.decimals
        group.add(element.name, field._replace(value=values.as_written(value, one.whole, one.fraction)))
        self.doubts.append(one)

    def _store_nothing(self, group: Group, element: Element, text: str, place: Place) -> None:
        name = element.name
        if name in NAMES or (name == "RznSoc" and self.document.received):
            self.problem("TXT-087", place, text)
            self.document.unread.add(name)
            group.unread = (*group.unread, name)
            return
        group.blank.setdefault(name, place)
        self.nothing.append(Nothing(text, place, group, element))

    def aside(self, text: str, place: Place, several_lines: bool = False) -> str:
        """*text* as it is kept beside the document: read as one of the document would be; empty for nothing."""
        if text in WORDS:
            self.nothing.append(Nothing(text, place))
            return ""
        if "&" not in text and "<" not in text:
            return printable_in_dte(text)
        read = markup.plain(text, several_lines)
        written = printable_in_dte(read)
        if read != text:
            self.problem("TXT-089", place, text, written=shown(written))
        return written

    def _readable(self, text: str, place: Place, several_lines: bool) -> str:
        """*text* without HTML, with the characters that a DTE can carry."""
        if "&" not in text and "<" not in text:
            return self._characters(text, place)
        read = markup.plain(text, several_lines)
        written = self._characters(read, place)
        if read != text and written:
            self.problem("TXT-089", place, text, written=shown(written))
        return written

    def _characters(self, text: str, place: Place) -> str:
        """*text* with the characters that a DTE can carry."""
        if is_carried(text) and text == text.strip():
            return text
        written = printable_in_dte(text).strip()
        odd = foreign(written)
        if odd:
            self.problem("TXT-027", place, text, characters=" ".join(f"{c} (U+{ord(c):04X})" for c in odd[:8]))
        elif written != unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")):
            self.problem("TXT-028", place, text, written=shown(written))
        return written

    def mail(self, text: str, place: Place) -> bool:
        """Keep the address *text* beside the document; False, with an aviso, when it is none."""
        if is_mail(text):
            self.document.beside.correo = text
            return True
        self.problem("TXT-030", place, text)
        return False
