"""Documents of the SII's structure, made from the element table, and ways to spoil them.

A *sample* has every element of its branch once; a *document* has a chance selection, with values at the edges of what
the table allows. *Spoilings* change one place of a sample: some results are still of the structure, most are not.
Structure only: the arithmetic, dates and RUT of these documents mean nothing, though check digits are right.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import deepcopy
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random
from typing import NamedTuple

from lxml import etree

from dteplanows.document.elements import Element, bounds, structure
from dteplanows.document.model import Document, Field, Group, Value
from dteplanows.document.problem import NOWHERE
from dteplanows.document.rut import check_digit
from dteplanows.document.writer import write_document

LETTERS = "abcXYZ 0123456789&<>\"'áéíóúñÑ°ü¡ÿ;/-"
"""Characters of generated texts: letters of ISO-8859-1, and all that XML escapes."""


# --- documents of the structure ------------------------------------------------------------------------------------


def document(tipo: int, chance: Random, likely: float = 0.5, most: int = 3) -> Document:
    """A document of type *tipo* that the schema accepts.

    :param likely: probability of each optional element; 1 for all of them.
    :param most: repetitions of an element at most.
    """
    made = Document(tipo)
    _fill(made.root, structure(tipo), chance, likely, most)
    made.id_doc.put("TipoDTE", tipo)
    return made


def _fill(group: Group, parent: Element, chance: Random, likely: float, most: int) -> None:
    for element in parent.children:
        if not element.min and element.name != "Detalle" and chance.random() >= likely:
            continue
        for _ in range(chance.randint(1, min(element.max, most))):
            if element.kind == "group":
                _fill(group.add_group(element.name), element, chance, likely, most)
            else:
                value = chance.choice([*edges(element), any_value(element, chance)])
                group.add(element.name, Field(value, "", NOWHERE))


def text(tipo: int, chance: Random, likely: float = 0.5, most: int = 3) -> str:
    """The same as XML text, numbered with a chance folio."""
    return write_document(document(tipo, chance, likely, most), chance.choice([1, 9_999_999_999, 1234]))


def sample(tipo: int, seed: int = 0) -> str:
    """Every element of the branch exactly once, as XML text."""
    return text(tipo, Random(seed), likely=1, most=1)


def edges(element: Element) -> list[Value]:
    """Values at the limits of *element*, all inside them."""
    if element.kind in ("date", "time", "datetime"):
        return list(_moments(element))
    if element.kind == "rut":
        return [_rut(1), _rut(99_999_999), _rut(60_803_000)]
    if element.enum:
        return [one if element.kind == "text" else int(one) for one in element.enum]
    if element.kind == "text":
        return ["á" * max(1, element.min_length), "&" * element.max_length]
    return [*_limits(element)]


def any_value(element: Element, chance: Random) -> Value:
    """A value somewhere inside the limits of *element*."""
    edge = edges(element)
    if element.enum or element.kind in ("time", "datetime"):
        return chance.choice(edge)
    if element.kind == "date":
        lowest, highest = edge[0], edge[-1]
        assert isinstance(lowest, date)
        assert isinstance(highest, date)
        return lowest + timedelta(days=chance.randrange((highest - lowest).days))
    if element.kind == "rut":
        return _rut(chance.randint(1, 99_999_999))
    if element.kind == "text":
        length = chance.randint(max(1, element.min_length), element.max_length)
        return "".join(chance.choice(LETTERS) for _ in range(length))
    lowest, highest = edge[0], edge[-1]
    step = Decimal(1).scaleb(-element.fraction)
    assert isinstance(lowest, int | Decimal)
    assert isinstance(highest, int | Decimal)
    steps = chance.randint(int(lowest / step), int(highest / step))
    return steps * step if element.kind == "decimal" else steps


def _rut(body: int) -> str:
    return f"{body}-{check_digit(body)}"


def _moments(element: Element) -> Iterator[Value]:
    """Earliest and latest moment of *element*."""
    if element.kind == "date":
        yield date.fromisoformat(element.lowest or "0001-01-01")
        yield date.fromisoformat(element.highest or "9999-12-31")
    elif element.kind == "time":
        yield from (time.fromisoformat(element.lowest), time(12, 30, 5), time.fromisoformat(element.highest))
    else:
        yield from (datetime.fromisoformat(element.lowest), datetime.fromisoformat(element.highest))


def _limits(element: Element) -> Iterator[Value]:
    """Lowest, a small and highest number of *element*, where digits and decimals bound it too."""
    lowest, highest = bounds(element)
    most = (10 ** (element.digits or 18) - 1) * Decimal(1).scaleb(-element.fraction)
    lowest = -most if lowest is None else lowest
    highest = most if highest is None else highest
    middle = min(max(Decimal(7), lowest), highest)
    for number in (lowest, middle, highest - Decimal(1).scaleb(-element.fraction), highest):
        yield number if element.kind == "decimal" else int(number)


# --- spoiling ------------------------------------------------------------------------------------------------------


class Spoiling(NamedTuple):
    """One change to a sample."""

    name: str
    element: Element
    valid: bool | None
    """Whether the result is of the structure still; None where only the SII's schema can tell."""
    apply: Callable[[etree._Element], None]
    """Changes the document in place; it must contain the element."""
    reworded: bool = False
    """Only the text of one value is another."""

    def __call__(self, sample: str) -> str:
        """*sample* spoiled."""
        root = etree.fromstring(sample)
        self.apply(root)
        return str(etree.tostring(root, encoding="unicode"))


def spoilings(tipo: int) -> Iterator[Spoiling]:
    """Every spoiling of every element of *tipo*."""
    for element in structure(tipo).walk():
        if element.path:
            yield from of_element(element)


def of_element(element: Element) -> Iterator[Spoiling]:
    """The spoilings of *element*."""
    yield from _structural(element)
    if element.kind != "group":
        for name, words, valid in rewordings(element):
            yield Spoiling(name, element, valid, _reword(element, words), reworded=True)


def _reword(element: Element, words: str) -> Callable[[etree._Element], None]:
    def apply(root: etree._Element) -> None:
        _at(root, element).text = words

    return apply


def _at(root: etree._Element, element: Element) -> etree._Element:
    found = root.find(element.path)
    assert found is not None, element.path
    return found


def _structural(element: Element) -> Iterator[Spoiling]:
    def drop(root: etree._Element) -> None:
        _remove(_at(root, element))

    def repeat(times: int) -> Callable[[etree._Element], None]:
        def apply(root: etree._Element) -> None:
            node = _at(root, element)
            for _ in range(times - 1):
                node.addnext(deepcopy(node))

        return apply

    def move_last(root: etree._Element) -> None:
        _parent(_at(root, element)).append(_at(root, element))

    def move_first(root: etree._Element) -> None:
        _parent(_at(root, element)).insert(0, _at(root, element))

    def stranger_before(root: etree._Element) -> None:
        _at(root, element).addprevious(etree.Element("Desconocido"))

    def stranger_inside(root: etree._Element) -> None:
        etree.SubElement(_at(root, element), "Desconocido").text = "x"

    def rename(root: etree._Element) -> None:
        _at(root, element).tag = element.name.swapcase()

    def attribute(root: etree._Element) -> None:
        _at(root, element).set("atributo", "x")

    def text_inside(root: etree._Element) -> None:
        _at(root, element).text = "texto"

    def hollow(root: etree._Element) -> None:
        for child in list(_at(root, element)):
            _remove(child)

    yield Spoiling("dropped", element, not element.min, drop)
    yield Spoiling("as often as allowed", element, True, repeat(element.max))
    yield Spoiling("too often", element, False, repeat(element.max + 1))
    yield Spoiling("moved to the end", element, None, move_last)
    yield Spoiling("moved to the beginning", element, None, move_first)
    yield Spoiling("unknown element before", element, False, stranger_before)
    yield Spoiling("unknown element inside", element, False, stranger_inside)
    yield Spoiling("renamed", element, False, rename)
    yield Spoiling("with an attribute", element, False, attribute)
    if element.kind == "group":
        yield Spoiling("text in a group", element, False, text_inside)
        yield Spoiling("without children", element, not any(child.min for child in element.children), hollow)


def _remove(node: etree._Element) -> None:
    _parent(node).remove(node)


def _parent(node: etree._Element) -> etree._Element:
    parent = node.getparent()
    assert parent is not None
    return parent


# --- other texts for a value ---------------------------------------------------------------------------------------

Rewording = tuple[str, str, bool | None]
"""Name, text, and whether the text is of the element's type (None: only the SII's schema can tell)."""


def rewordings(element: Element) -> Iterator[Rewording]:
    """Texts for *element*, good and bad."""
    yield "empty", "", None if element.kind == "text" else False
    yield "blanks", "  ", None if element.kind == "text" else False
    if element.enum:
        yield from _codes(element)
        return
    by_kind: dict[str, Callable[[Element], Iterator[Rewording]]] = {
        "text": _texts, "rut": _ruts, "date": _dates, "time": _times, "datetime": _datetimes, "decimal": _decimals,
    }  # fmt: skip
    yield from by_kind.get(element.kind, _integers)(element)


def _codes(element: Element) -> Iterator[Rewording]:
    for one in element.enum:
        yield f"code {one}", one, True
    yield "unknown code", "ZZ", False
    yield "unknown number", "98", False
    yield "zero", "0", False
    yield "negative", "-1", False
    yield "two codes", element.enum[0] * 2, None
    yield "blank before", " " + element.enum[0], None
    yield "leading zero", "0" + element.enum[0], None
    yield "lower case", element.enum[0].lower(), None


def _texts(element: Element) -> Iterator[Rewording]:
    assert element.max_length
    yield "longest", "ñ" * element.max_length, True
    yield "longest, escaped", "<" * element.max_length, True
    yield "too long", "x" * (element.max_length + 1), False
    yield "too long by blanks", "x" + " " * element.max_length, False
    yield "line feed", "\n", True
    yield "one character", "x", True


def _ruts(element: Element) -> Iterator[Rewording]:
    yield "check digit K", "60803000-K", True
    yield "longest", "99999999-9", True
    yield "shortest", "1-9", True
    yield "leading zeros", "00000001-9", None
    for words in ("60803000-k", "60.803.000-K", "60803000K", "123456789-2", "1-", "-9", "0", "6080 300-K", "1-10",
                  " 1-9"):  # fmt: skip
        yield words, words, False


def _integers(element: Element) -> Iterator[Rewording]:
    for number in edges(element):
        yield f"edge {number}", str(number), True
    for words in ("abc", "1.5", "1,0", "1e3", "--1", "1-", "0x1", "1 0", "$1"):
        yield words, words, False
    for words in ("0", "-0", "-1", "+1", "007", "1.0", "1.", " 1 ", "\n1\n", "+", "9" * 30):
        yield repr(words), words, None
    lowest, highest = bounds(element)
    if element.digits:
        yield "too many digits", str(10**element.digits), False
        yield "too many digits, negative", str(-(10**element.digits)), False
        yield "leading zeros beyond the digits", "0" * element.digits + "1", None
    if lowest is not None:
        yield "below the lowest", str(lowest - 1), False
    if highest is not None:
        yield "above the highest", str(highest + 1), False


def _decimals(element: Element) -> Iterator[Rewording]:
    for number in edges(element):
        yield f"edge {number}", format(number, "f"), True
    for words in ("abc", "1,5", "1.000.000", "1e3", "INF", "NaN", "--1", "."):
        yield words, words, False
    for words in ("0", "0.0", "-0.0", "-1", "+1", "01.50", ".5", "5.", " 1 ", "9" * 40, "1." + "0" * 40):
        yield repr(words), words, None
    step = Decimal(1).scaleb(-element.fraction)
    yield "too many decimals", "1." + "0" * element.fraction + "1", False
    yield "too many digits", "1" * (element.digits + 1), False
    whole = "1" * (element.digits - element.fraction + 1)
    yield "too many digits with decimals", f"{whole}.{'1' * element.fraction}", False
    lowest, highest = bounds(element)
    if lowest is not None:
        yield "below the lowest", format(lowest - step, "f"), False
    if highest is not None:
        yield "above the highest", format(highest + step, "f"), False


def _dates(element: Element) -> Iterator[Rewording]:
    for day in edges(element):
        yield f"edge {day}", str(day), True
    for words in ("2026-13-01", "2026-02-30", "2025-02-29", "01-02-2026", "2026/01/02", "20260102", "2026-1-2",
                  "26-01-02", "2026-01-02T00:00:00", "hoy", "0"):  # fmt: skip
        yield words, words, False
    for words in ("2024-02-29", "2026-01-02Z", "2026-01-02-04:00", " 2026-01-02 ", "-2026-01-02", "0000-01-01",
                  "12026-01-02"):  # fmt: skip
        yield words, words, None
    yield "1999-12-31", "1999-12-31", element.lowest <= "1999-12-31"
    yield "2051-01-01", "2051-01-01", not element.highest


def _times(element: Element) -> Iterator[Rewording]:
    for moment in edges(element):
        yield f"edge {moment}", str(moment), True
    for words in ("24:00:01", "12:60:00", "12:00", "1:00:00", "120000", "12:00:00 PM", "mediodía"):
        yield words, words, False
    for words in ("24:00:00", "12:00:00Z", "12:00:00.5", "23:59:60", " 12:00:00"):
        yield words, words, None


def _datetimes(element: Element) -> Iterator[Rewording]:
    for moment in edges(element):
        assert isinstance(moment, datetime)
        yield f"edge {moment}", moment.isoformat(), True
    for words in ("2026-01-02", "2026-01-02 10:00:00", "2026-01-02T10:00", "2026-02-30T10:00:00", "2010-03-09T23:59:59",
                  "2051-01-01T00:00:00", "2026-01-02T25:00:00"):  # fmt: skip
        yield words, words, False
    for words in ("2026-01-02T10:00:00Z", "2026-01-02T10:00:00-03:00", "2026-01-02T24:00:00", "2026-01-02T10:00:00.25"):
        yield words, words, None
