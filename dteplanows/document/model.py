"""The document as read from a customer's file: the SII's elements with typed values that remember their place.

* a *field* is one value with the text it came as and the place where it stood;
* a *group* holds fields and groups by element name, e.g. ``Receptor`` or one ``Detalle``;
* what is not part of a DTE (additional data, observations, the address to mail to) is kept *beside* the document.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from typing import NamedTuple

from dteplanows.document.elements import Element
from dteplanows.document.problem import NOWHERE, Place, Problem

Value = str | int | Decimal | date | time | datetime


class Field(NamedTuple):
    """One value of the document."""

    value: Value
    """Typed as the element table says: text, RUT and codes as ``str``; pesos and counts as ``int``."""
    text: str
    """As it came in the file; empty when this service filled it in."""
    place: Place


class Group:
    """Fields and groups below one element, by element name."""

    __slots__ = ("blank", "fields", "groups", "name", "place", "unread")

    def __init__(self, name: str, place: Place = NOWHERE) -> None:
        self.name = name
        self.place = place
        self.fields: dict[str, list[Field]] = {}
        self.groups: dict[str, list[Group]] = {}
        self.blank: dict[str, Place] = {}
        """Where the file has a place for a value but leaves it empty."""
        self.unread: tuple[str, ...] = ()
        """What the file says here and cannot be understood: nothing is concluded from its absence."""

    def field(self, name: str) -> Field | None:
        """The first field called *name*, or None."""
        found = self.fields.get(name)
        return found[0] if found else None

    def value(self, name: str) -> Value | None:
        """The value of the first field called *name*, or None."""
        found = self.fields.get(name)
        return found[0].value if found else None

    def text(self, name: str) -> str:
        """The value of *name* as text; empty when there is none."""
        found = self.fields.get(name)
        return str(found[0].value) if found else ""

    def amount(self, name: str) -> int:
        """The whole amount (pesos) called *name*; 0 when there is none."""
        found = self.fields.get(name)
        if not found:
            return 0
        value = found[0].value
        return value if isinstance(value, int) else 0

    def number(self, name: str) -> Decimal | None:
        """The number called *name* as ``Decimal``, or None."""
        found = self.fields.get(name)
        if not found:
            return None
        value = found[0].value
        if isinstance(value, Decimal):
            return value
        return Decimal(value) if isinstance(value, int) else None

    def day(self, name: str) -> date | None:
        """The date called *name*, or None."""
        value = self.value(name)
        return value if isinstance(value, date) else None

    def place_of(self, name: str) -> Place:
        """Where *name* stands; the place of the group when it has none of its own."""
        found = self.field(name)
        if found and found.place != NOWHERE:
            return found.place
        if name in self.blank:
            return self.blank[name]
        path = f"{self.place.path}/{name}" if self.place.path else ""
        return self.place._replace(field=name, path=path)

    def put(self, name: str, value: Value, place: Place = NOWHERE, text: str = "") -> None:
        """Set *name* to one value, in place of any other."""
        self.fields[name] = [Field(value, text, place)]

    def add(self, name: str, one: Field) -> None:
        """Add a value to those of *name*."""
        self.fields.setdefault(name, []).append(one)

    def drop(self, name: str) -> None:
        """Take *name* away, field or group; nothing happens when it is not there."""
        self.fields.pop(name, None)
        self.groups.pop(name, None)

    def group(self, name: str) -> Group:
        """The first group called *name*; made empty when there is none."""
        found = self.groups.get(name)
        if not found:
            found = self.groups[name] = [Group(name, self.place)]
        return found[0]

    def all(self, name: str) -> list[Group]:
        """All groups called *name*, in order; empty when there is none."""
        return self.groups.get(name, [])

    def add_group(self, name: str, place: Place = NOWHERE) -> Group:
        """A new group *name* behind those that are there."""
        one = Group(name, place)
        if name in self.groups:
            self.groups[name].append(one)
        else:
            self.groups[name] = [one]
        return one

    def is_empty(self) -> bool:
        """Whether no value stands here or below."""
        return not self.fields and all(one.is_empty() for groups in self.groups.values() for one in groups)

    def walk(self) -> Iterator[Group]:
        """This group and all below it."""
        yield self
        for groups in self.groups.values():
            for one in groups:
                yield from one.walk()


@dataclass(slots=True)
class Beside:
    """What a file says that is not part of the DTE: kept for printing, look-up and mailing."""

    correo: str = ""
    """Address to mail the document to; empty for none."""
    observaciones: list[str] = field(default_factory=list)
    """Lines of observation to print."""
    adicionales: dict[str, str] = field(default_factory=dict)
    """The customer's own data by node name, e.g. ``A1``."""

    def as_dict(self) -> dict[str, object]:
        """For storing as JSON."""
        return {"correo": self.correo, "observaciones": self.observaciones, "adicionales": self.adicionales}


class Fault(NamedTuple):
    """A value that is wrong by itself, whatever the rest of the document says."""

    element: Element | None
    """What it should be; None for a column that has no element of its own."""
    group: Group | None = None
    """The group that has it, where it has one."""
    derived: bool = False
    """The file does not say it: this service computed it from other values."""


class Absent(NamedTuple):
    """What a file has in the place of a value that it does not have."""

    word: str
    """E.g. ``null``."""
    number: bool
    """A number was to stand there."""


@dataclass(slots=True)
class Document:
    """One tax document as the customer's file gives it, on its way to being issued or entered as received."""

    tipo: int
    """Document type of the SII: a key of ``elements.BRANCHES``, or of ``received.RECEIVED_TYPES`` for a received
    document; 0 when the file does not say a usable one."""
    root: Group = field(default_factory=lambda: Group(""))
    beside: Beside = field(default_factory=Beside)
    problems: list[Problem] = field(default_factory=list)
    """What was found so far, in the order found."""
    place: Place = NOWHERE
    """Where the document begins in the file."""
    draft: str = ""
    """The root element as it will be issued but for the folio; written when everything else is right."""
    unread: set[str] = field(default_factory=set)
    """Element names that stand in the file but could not be read; what depends on them is not judged again."""

    faults: dict[Place, Fault] = field(default_factory=dict)
    """Where a value is wrong by itself: what is reckoned with it is not judged, see ``validator.consequences``."""

    nothing: dict[Place, Absent] = field(default_factory=dict)
    """Where the file has a word for nothing instead of a value: read as empty there."""

    received: bool = False
    """A document of a supplier: it is entered and never issued. Its issuer is the other party."""

    @property
    def id_doc(self) -> Group:
        """``Encabezado/IdDoc``."""
        return self._of_header("IdDoc")

    @property
    def emisor(self) -> Group:
        """``Encabezado/Emisor``."""
        return self._of_header("Emisor")

    @property
    def receptor(self) -> Group:
        """``Encabezado/Receptor``."""
        return self._of_header("Receptor")

    @property
    def totales(self) -> Group:
        """``Encabezado/Totales``."""
        return self._of_header("Totales")

    def _of_header(self, name: str) -> Group:
        header = self.root.groups.get("Encabezado")
        found = header[0].groups.get(name) if header else None
        return found[0] if found else self.root.group("Encabezado").group(name)

    @property
    def detalles(self) -> list[Group]:
        """The lines."""
        return self.root.all("Detalle")

    @property
    def folio(self) -> int:
        """The folio the file asks for; 0 when the service is to assign it."""
        return self.id_doc.amount("Folio")
