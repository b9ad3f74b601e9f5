"""Additional taxes and withholdings of the totals against the lines that carry their code.

Formato DTE v2.5, ImptoReten, CodImpAdic and section 4. A tax is computed on the lines as they stand. Whether a global
discount in percent also lessens the base is not said by the form: a given amount may follow either reading, and a
missing one is asked for instead of computed.
"""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from dteplanows.document.catalogue import problem, shown
from dteplanows.document.elements import BOLETAS, EXPORTS, NOTES
from dteplanows.document.model import Document, Group
from dteplanows.document.money import percent
from dteplanows.document.phrases import phrase
from dteplanows.document.problem import Place
from dteplanows.document.taxes import TAXES, Tax, codes_of
from dteplanows.validator.lines.lines import computed
from dteplanows.validator.report import contradiction, money, range_of
from dteplanows.validator.totals.comparison import is_close, line_sum
from dteplanows.validator.totals.sums import Sums, add_up, taxes

_WITHOUT_TAXES = BOLETAS | EXPORTS
"""Their structures have no taxes but the IVA."""

_BASES = {"lines": "MontoItem", "slaughter": "MntBaseFaena", "margin": "MntMargComer"}


def check(document: Document, sums: Sums | None, tolerante: bool, wrong: list[Group]) -> int | None:
    """Judge the taxes of *document* and complete their rates and amounts.

    :param sums: what the lines come to; None where some line has no amount, so that nothing can be compared.
    :param wrong: lines whose amount contradicts their factors: a tax of either is no fault of its own.
    :returns: pesos by which MntTotal would be more, were the taxes what they should be: 0 where nothing was reported
        of them, None where that is not known.
    """
    if document.tipo in _WITHOUT_TAXES:
        return 0
    if "TipoImp" in document.unread or "CodImpAdic" in document.unread:
        return None
    declared = document.totales.all("ImptoReten")
    carrying = _carrying(document)
    if not declared and not carrying:
        return 0
    more: list[int | None] = [None] if "MontoImp" in document.unread else []
    if document.id_doc.amount("MntBruto"):
        if any(one.code == "TOT-087" for one in document.problems):
            return None  # the taxes are of net lines, and these could not be written net
        document.problems.append(problem("TOT-025", document.id_doc.place_of("MntBruto"), "1"))
    changed = _check_discounts(document, carrying)
    for code, lines in carrying.items():
        if any(one.text("TipoImp") == code for one in declared):
            continue
        if code in TAXES:
            more.append(_add_missing(document, TAXES[code], lines, sums, changed))
        else:
            more.append(None)
            document.problems.append(problem("TOT-022", lines[0].place_of("CodImpAdic"), code, impuesto=shown(code)))
    codes = {one.text("TipoImp") for one in declared}
    undeclared = [line for code, lines in carrying.items() if code not in codes for line in lines]
    judged: set[str] = set()
    for one in declared:
        code = one.text("TipoImp")
        if code in judged:
            more.append(None)
            document.problems.append(problem("TOT-039", one.place_of("TipoImp"), code, impuesto=shown(code)))
        elif code in TAXES:
            repeated = sum(each.text("TipoImp") == code for each in declared) > 1
            lines = carrying.get(code, [])
            tax = _Declared(document, one, TAXES[code], lines, changed)
            follows = _follows_from_other_lines(tax, undeclared, wrong)
            more.append(_check_one(tax, None if repeated or follows else sums, tolerante))
        elif code not in carrying:
            document.problems.append(problem("TOT-023", one.place_of("TipoImp"), code, impuesto=shown(code)))
        judged.add(code)
    _drop_empty(document)
    _sum_bases(document, carrying)
    known = [one for one in more if one is not None]
    return sum(known) if len(known) == len(more) else None


class _Declared(NamedTuple):
    """A tax of the totals, and what it is compared with."""

    document: Document
    group: Group
    """Its group in the totals."""
    tax: Tax
    lines: list[Group]
    """Those that carry its code."""
    changed: bool
    """A global discount or surcharge changes the lines' base."""

    @property
    def amount(self) -> int:
        """Its amount in the file, in pesos."""
        return self.group.amount("MontoImp")

    @property
    def base(self) -> int:
        """What its rate is taken of, in pesos."""
        return _base(self.tax, self.lines)

    def tell(self, code: str, element: str, value: str, **facts: object) -> None:
        """Report the problem *code* of its *element*."""
        place = self.group.place_of(element)
        self.document.problems.append(problem(code, place, value, impuesto=self.tax.code, **facts))


def _follows_from_other_lines(one: _Declared, undeclared: list[Group], wrong: list[Group]) -> bool:
    """Whether a tax would be right of lines that are told already: those with a code that the totals do not have, and
    those whose amount is not that of their factors."""
    rate, doubted = one.group.number("TasaImp"), [line for line in one.lines if any(line is each for each in wrong)]
    if one.tax.base != "lines" or not rate or not (undeclared or doubted):
        return False
    base = line_sum(one.lines, "MontoItem")
    by = sum(computed(one.document, line) - line.amount("MontoItem") for line in doubted)
    bases = [base + line.amount("MontoItem") for line in undeclared] + [base + line_sum(undeclared, "MontoItem")]
    if doubted:
        bases.append(base + int(by))
    return any(is_close(one.amount, each * rate / 100) for each in bases)


def _signed(tax: Tax, amount: int) -> int:
    """*amount* of *tax* as MntTotal counts it."""
    return amount if tax.effect == "added" else -amount


def _carrying(document: Document) -> dict[str, list[Group]]:
    """The lines of each tax code."""
    found: dict[str, list[Group]] = {}
    for line in document.detalles:
        if "CodImpAdic" in line.fields:
            for code in dict.fromkeys(codes_of(line)):
                found.setdefault(code, []).append(line)
    return found


def _check_discounts(document: Document, carrying: dict[str, list[Group]]) -> bool:
    """Whether a global discount or surcharge changes the lines' base; one in pesos cannot where their taxes differ."""
    movements = [one for one in document.root.all("DscRcgGlobal") if not one.amount("IndExeDR")]
    if not movements or not carrying:
        return False
    taxed = [line for line in document.detalles if not line.amount("IndExe")]
    kinds = {tuple(sorted(codes_of(line))) for line in taxed}
    for one in movements:
        if len(kinds) > 1 and one.text("TpoValor") == "$":
            document.problems.append(problem("TOT-047", one.place_of("TpoValor"), "$"))
    return True


def _computed(tax: Tax, lines: list[Group]) -> int | None:
    """Amount of *tax* in pesos as its table has it; None where it does not follow from the lines."""
    if tax.rate is None or tax.base not in _BASES:
        return None
    return percent(_base(tax, lines), tax.rate)


def _base(tax: Tax, lines: list[Group]) -> int:
    """What the rate of *tax* is taken of, in pesos; the bases of their own stand in the line's Retenedor."""
    name = _BASES[tax.base]
    if tax.base == "lines":
        return line_sum(lines, name)
    return line_sum([one for line in lines for one in line.all("Retenedor")], name)


def _add_missing(document: Document, tax: Tax, lines: list[Group], sums: Sums | None, changed: bool) -> int | None:
    """A code of the lines that the totals do not have: added where the total of the file leaves room for it."""
    if not tax.effect:
        _report_unknown(document, tax, lines[0].place_of("CodImpAdic"))
        return None
    amount = _computed(tax, lines)
    if amount == 0:
        return 0
    place = lines[0].place_of("CodImpAdic")
    if amount is None or changed or sums is None or not _has_room(document, tax, amount):
        document.problems.append(problem("TOT-022", place, tax.code, impuesto=tax.code))
        return None if amount is None or changed else _signed(tax, amount)
    one = document.totales.add_group("ImptoReten", document.totales.place)
    one.put("TipoImp", tax.code)
    if tax.rate:
        one.put("TasaImp", tax.rate)
    one.put("MontoImp", amount)
    document.problems.append(problem("TOT-043", place, impuesto=tax.code, computed=money(amount), rate=tax.rate))
    return 0


def _has_room(document: Document, tax: Tax, amount: int) -> bool:
    """Whether the total of the file is empty or already counts a tax of that *amount*."""
    totales = document.totales
    if "MntTotal" not in totales.fields:
        return True
    plain = totales.amount("MntNeto") + totales.amount("MntExe") + totales.amount("IVA") + taxes(document)
    return is_close(totales.amount("MntTotal"), plain + _signed(tax, amount))


def _report_unknown(document: Document, tax: Tax, place: Place) -> None:
    document.problems.append(problem("TOT-030", place, tax.code, impuesto=tax.code))


def _check_one(one: _Declared, sums: Sums | None, tolerante: bool) -> int | None:
    """Judge a tax of the totals.

    :param sums: None where it cannot be compared with what the lines come to.
    :returns: pesos by which MntTotal would be more, were it right; None where that is not known.
    """
    document, group, tax, lines, _ = one
    place = group.place_of("TipoImp")
    if not tax.effect:
        _report_unknown(document, tax, place)
        return None
    if one.amount < 0 and document.tipo != 43:
        one.tell("TOT-046", "MontoImp", group.text("MontoImp"))
        return _signed(tax, -2 * one.amount)
    if document.tipo not in tax.carriers and (lines or one.amount):
        one.tell("TOT-038", "TipoImp", tax.code, name=tax.name, tipo=document.tipo)
    if not lines:
        if one.amount:
            one.tell("TOT-023", "TipoImp", tax.code)
        return 0
    if sums is None or "TasaImp" in document.unread or "MontoImp" in document.unread:
        return 0
    if _is_rate_alone(one, sums):
        return 0
    _check_rate(one)
    return _check_amount(one, sums, tolerante)


def _is_rate_alone(one: _Declared, sums: Sums) -> bool:
    """Whether the amount is that of the rate of the table and the file says another rate; reported then."""
    tax, given, amount = one.tax, one.group.number("TasaImp"), one.amount
    if tax.base not in _BASES or not tax.rate or not given or given == tax.rate or not amount:
        return False
    base = one.base
    of_given, of_table = (
        any(is_close(amount, each) for each in _readings(base, rate, sums, one.changed)) for rate in (given, tax.rate)
    )
    if of_given or not of_table:
        return False
    one.tell("TOT-082", "TasaImp", one.group.text("TasaImp"), rate=tax.rate, amount=money(amount), base=money(base))
    return True


def _check_rate(one: _Declared) -> None:
    """The rate is the table's; a specific tax has none. Notes may correct documents of an older rate."""
    group, tax = one.group, one.tax
    place, given = group.place_of("TasaImp"), group.number("TasaImp")
    if tax.base == "given":
        if given:
            one.tell("TOT-041", "TasaImp", group.text("TasaImp"))
        group.drop("TasaImp")
    elif not given and tax.rate:
        group.put("TasaImp", tax.rate, place)
        one.tell("TOT-040", "TasaImp", "", rate=tax.rate)
    elif given and given != tax.rate and one.document.tipo not in NOTES:
        one.tell("TOT-042", "TasaImp", group.text("TasaImp"), rate=tax.rate)


def _check_amount(one: _Declared, sums: Sums, tolerante: bool) -> int | None:
    """Judge the amount of a tax, or complete it; what it returns is that of :func:`_check_one`."""
    document, group, tax, _, changed = one
    place, rate = group.place_of("MontoImp"), group.number("TasaImp")
    if tax.base not in _BASES or not rate:
        if not one.amount and tax.rate != 0:
            one.tell("TOT-022", "MontoImp", tax.code)
            document.unread.add("MontoImp")  # said; the structure need not say it again
            return None
        return 0
    base = one.base
    expected, amount = percent(base, rate), one.amount
    if not amount:
        if changed:
            one.tell("TOT-048", "MontoImp", "")
            document.unread.add("MontoImp")
            return None
        if expected:
            group.put("MontoImp", expected, place)
            one.tell("TOT-043", "MontoImp", "", computed=money(expected), rate=rate)
        return 0
    if not any(is_close(amount, each) for each in _readings(base, rate, sums, changed)):
        contradiction(
            document, tolerante, "TOT-024", place, str(amount), impuesto=tax.code,
            given=money(amount), computed=money(expected), rate=rate, base=money(base),
            range=range_of(base * rate / 100),
        )  # fmt: skip
        if not tolerante:
            return _signed(tax, expected - amount)
        group.put("MontoImp", expected, place)
    return 0


def still_follow(document: Document) -> bool:
    """Whether each tax is still within a peso of its rate, after lines were written otherwise."""
    carrying, sums = _carrying(document), add_up(document)
    changed = any(not one.amount("IndExeDR") for one in document.root.all("DscRcgGlobal"))
    for one in document.totales.all("ImptoReten"):
        tax, rate = TAXES.get(one.text("TipoImp")), one.number("TasaImp")
        lines = carrying.get(one.text("TipoImp"), [])
        if tax is None or tax.base != "lines" or not rate or not lines:
            continue
        amount, base = one.amount("MontoImp"), _base(tax, lines)
        if not any(is_close(amount, each) for each in _readings(base, rate, sums, changed)):
            return False
    return True


def _readings(base: int, rate: Decimal, sums: Sums, changed: bool) -> list[Decimal]:
    """What *rate* of *base* may come to: of the lines as they stand, or as global movements have changed them."""
    exact = [base * rate / 100]
    if changed and sums.before:
        exact.append(Decimal(base) * sums.affected / sums.before * rate / 100)
    return exact


def _drop_empty(document: Document) -> None:
    """Programs write a tax of 0 for none."""
    totales = document.totales
    charged = [one for one in totales.all("ImptoReten") if one.value("MontoImp") != 0]
    if len(charged) < len(totales.all("ImptoReten")):
        totales.groups["ImptoReten"] = charged


def _sum_bases(document: Document, carrying: dict[str, list[Group]]) -> None:
    """MntBase and MntMargenCom of the totals are the sums of the lines' own bases."""
    for name, below, codes in (("MntBase", "MntBaseFaena", ("17",)), ("MntMargenCom", "MntMargComer", ("14", "50"))):
        lines = list({id(line): line for code in codes for line in carrying.get(code, ())}.values())
        if not lines or document.tipo not in (33, 52, 56, 61) or name in document.unread:
            continue
        expected = line_sum([one for line in lines for one in line.all("Retenedor")], below)
        given, place = document.totales.amount(name), document.totales.place_of(name)
        if not given and expected:
            document.totales.put(name, expected, place)
            reason = phrase("totals.sum_of", name=below)
            document.problems.append(problem("TOT-012", place, name=name, computed=money(expected), reason=reason))
        elif given and given != expected:
            figures = {"given": money(given), "computed": money(expected)}
            document.problems.append(problem("TOT-049", place, str(given), name=name, base=below, **figures))
