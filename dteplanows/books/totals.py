"""The totals of a book against the rows that they sum up."""

from __future__ import annotations

from collections import Counter

from dteplanows.books.checks import Heading, is_annulled
from dteplanows.books.table import PAIRS, SUMMED_UP, Pair
from dteplanows.document.model import Group
from dteplanows.parser.reading import Reading
from dteplanows.validator.report import money

CONTRADICTIONS = frozenset({"LIB-040", "LIB-041", "LIB-042", "LIB-045", "LIB-047"})
"""What a company that tolerates contradictions is only told."""

_IVA = 1
"""``TpoImp`` where it is not said."""

_Key = tuple[int, int]
"""Document type and kind of tax: what one row of totals is about."""


_SUMMED = [
    (detail, detail.rpartition("/")[0], detail.rpartition("/")[2], key)
    for detail, key in dict.fromkeys((one.detail, one.key) for one in PAIRS if one.detail)
]
"""What is summed up: its path below ``Detalle``, its group, its name and the name of its code."""


class Sums:
    """What the rows come to, by document type."""

    def __init__(self) -> None:
        self.documents: Counter[_Key] = Counter()
        self.annulled: Counter[_Key] = Counter()
        self._places: dict[_Key, Group] = {}
        self._sums: Counter[tuple[_Key, str, str]] = Counter()
        self._rows: Counter[tuple[_Key, str, str]] = Counter()
        self._unread: set[str] = set()

    def add(self, row: Group, unread: set[str]) -> None:
        """Add *row*, of which the elements *unread* could not be read: nothing is said of their sums."""
        self._unread |= unread
        key = _key(row)
        self.documents[key] += 1
        self._places.setdefault(key, row)
        if is_annulled(row):
            self.annulled[key] += 1
            return
        for detail, step, name, code in _SUMMED:
            for group in row.all(step) if step else (row,):
                amount = group.amount(name)
                if amount:
                    self._sums[key, detail, group.text(code) if code else ""] += amount
                    self._rows[key, detail, group.text(code) if code else ""] += 1

    def is_certain(self, pair: Pair) -> bool:
        """Whether every row could be read as far as *pair* needs."""
        return not self._unread & {pair.summed, pair.key, "TpoDoc", "TpoImp"}

    def of(self, key: _Key, pair: Pair) -> dict[str, int]:
        """What the total of *pair* should be, by code."""
        source = self._sums if pair.how == "sum" else self._rows
        return {code: amount for (one, detail, code), amount in source.items() if (one, detail) == (key, pair.detail)}

    def missing(self, told: set[_Key]) -> list[Group]:
        """The first row of each document type that has no totals."""
        return [row for key, row in self._places.items() if key not in told and key[0]]


def _key(group: Group) -> _Key:
    return group.amount("TpoDoc"), group.amount("TpoImp") or _IVA


def check(reading: Reading, head: Heading, sums: Sums, unread: set[str]) -> None:
    """Compare those totals that are of just the rows of this file.

    Totals of the period are, where the whole book is in one file; those of the segment wherever they stand. An
    adjustment adds and takes away, and its totals are of the adjusted book.

    :param unread: names of totals that could not be read.
    """
    root = reading.document.root
    if head.tipo_envio == "TOTAL":
        periodo = root.group("ResumenPeriodo").all("TotalesPeriodo")
        if not periodo and sums.documents:
            reading.problem("LIB-044", root.place_of("ResumenPeriodo"))
        _check(reading, periodo, sums, unread)
    if head.tipo_envio in ("TOTAL", "PARCIAL", "FINAL"):
        _check(reading, root.group("ResumenSegmento").all("TotalesSegmento"), sums, unread)


def _check(reading: Reading, rows: list[Group], sums: Sums, unread: set[str]) -> None:
    told: set[_Key] = set()
    for totals in rows:
        key = _key(totals)
        if not key[0]:
            continue
        if key in told:
            reading.problem("LIB-043", totals.place_of("TpoDoc"), str(key[0]), tipo=key[0])
            continue
        told.add(key)
        if key[0] in SUMMED_UP and not sums.documents[key]:
            continue
        if _check_documents(reading, totals, key, sums, unread):
            for pair in PAIRS:
                if pair.detail and pair.name not in unread and sums.is_certain(pair):
                    _check_pair(reading, totals, key, sums, pair)
    if rows and "TpoDoc" not in unread and sums.is_certain(PAIRS[0]):
        for row in sums.missing(told):
            reading.problem("LIB-042", row.place_of("TpoDoc"), row.text("TpoDoc"), tipo=row.text("TpoDoc"),
                            group=rows[0].name)  # fmt: skip


def _check_documents(reading: Reading, totals: Group, key: _Key, sums: Sums, unread: set[str]) -> bool:
    """Whether the sums are worth comparing: with rows too few or too many they only repeat it."""
    documents, annulled = sums.documents[key], sums.annulled[key]
    if "TotAnulado" in totals.fields and totals.amount("TotAnulado") != annulled:
        _say(reading, "LIB-047", totals, "TotAnulado", annulled)
    given = totals.amount("TotDoc")
    # programs count the annulled ones or not
    if "TotDoc" in unread or "TotDoc" not in totals.fields or given in (documents, documents - annulled):
        return True
    _say(reading, "LIB-041", totals, "TotDoc", documents)
    return documents > 0


def _check_pair(reading: Reading, totals: Group, key: _Key, sums: Sums, pair: Pair) -> None:
    expected = sums.of(key, pair)
    step, _, name = pair.total.rpartition("/")
    groups = totals.all(step) if step else [totals]
    judged: set[str] = set()
    for group in groups:
        code = group.text(pair.key) if pair.key else ""
        judged.add(code)
        if name in group.fields or (pair.how == "sum" and expected.get(code)):
            _compare(reading, group, key, pair, expected.get(code, 0))
    for code, amount in expected.items():
        if code not in judged and pair.how == "sum":
            where = totals.place_of(step or name)
            reading.problem("LIB-045", where, code, name=pair.total, codigo=code or "–", computed=money(amount),
                            detail=pair.detail, tipo=key[0])  # fmt: skip


def _compare(reading: Reading, group: Group, key: _Key, pair: Pair, expected: int) -> None:
    given = group.amount(pair.name)
    if given == expected:
        return
    reading.problem(
        "LIB-040" if pair.how == "sum" else "LIB-046", group.place_of(pair.name), group.text(pair.name),
        name=pair.name, given=money(given), computed=money(expected), difference=money(given - expected),
        detail=pair.detail, tipo=key[0],
    )  # fmt: skip


def _say(reading: Reading, code: str, totals: Group, name: str, counted: int) -> None:
    reading.problem(code, totals.place_of(name), totals.text(name), given=money(totals.amount(name)),
                    computed=money(counted), tipo=totals.text("TpoDoc"))  # fmt: skip
