"""What the totals say of the doubtful numbers that the lines leave open."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import product

from dteplanows.document.elements import BOLETAS
from dteplanows.document.money import IVA_RATE
from dteplanows.parser.habits.thousands.case import FIGURES, HUNDRED, NONE, OF_LINE, Case
from dteplanows.parser.habits.thousands.choices import Choice, Key, is_one_custom, reading_of
from dteplanows.parser.habits.thousands.styles import is_in_style
from dteplanows.parser.habits.thousands.sums import COMMISSIONS, amount_of, extra_of, sums_of
from dteplanows.parser.reading import Doubt

_GROSS = 1 + IVA_RATE / HUNDRED


def settle_totals(case: Case) -> None:
    """Settle by the totals what the lines leave open: programs write all numbers of a kind in one way."""
    inside = {key for key, one in case.open.items() if _is_reckoned(case, one)}
    worlds = list(_worlds(case, inside)) if inside and case.reckonable else []
    known = any(case.value(case.document.totales, name, case.read) for name in FIGURES)
    fitting = [world for world in worlds if _adds_up(case, world)] if known else worlds
    if worlds and not fitting:
        case.impossible |= inside
        for key in inside:
            del case.open[key]
        return
    in_style = [world for world in fitting if is_in_style(case, world)]
    if len(in_style) > 1 and case.decimal_commas:  # no program separates decimals with both
        in_style = [one for one in in_style if not any(_has_point(case, key, one) for key in inside)] or in_style
    by_style = len(in_style) < len(fitting)
    fitting = in_style or fitting
    for key in {key for key in case.quantities if key not in case.read} if fitting else ():
        found = {world[key] for world in fitting}
        if len(found) == 1:
            case.read[key] = found.pop()
    for key in inside:
        found = {world[key] for world in fitting}
        if len(found) == 1 and (by_style or all(_is_proven(case, key, world) for world in fitting)):
            case.read[key] = found.pop()
            del case.open[key]


def _has_point(case: Case, key: Key, world: Choice) -> bool:
    """Whether the dot of a number separates decimals in *world*."""
    one = case.open[key]
    return one.sign == "." and world[key] != one.readings.thousands


def _is_reckoned(case: Case, one: Doubt) -> bool:
    totales = case.document.totales
    if id(one.group) in case.lines:
        return one.name in OF_LINE
    if one.group is totales:
        return one.name in FIGURES
    if one.name in COMMISSIONS:
        return one.group in totales.all("Comisiones")
    return one.name == "ValorDR" or (one.name == "MontoImp" and one.group in totales.all("ImptoReten"))


def _worlds(case: Case, inside: set[Key]) -> Iterator[Choice]:
    """The choices for the whole document in which each kind of number is written in one way."""
    kinds = {key: _kind(case, case.open[key]) for key in inside}
    names = sorted({*kinds.values(), *(["quantity."] if case.quantities else [])})
    for ways in product((True, False), repeat=len(names)):
        way = dict(zip(names, ways, strict=True))
        if not is_one_custom((kind[-1], is_thousands) for kind, is_thousands in way.items()):
            continue
        world = {key: reading_of(case.open[key], way[kind]) for key, kind in kinds.items()}
        for key, one in case.quantities.items():
            if key not in case.read:
                world[key] = reading_of(one, way["quantity."])
        if all(_is_among(case, world, choices) for choices in case.lines.values()):
            yield world


def _kind(case: Case, one: Doubt) -> str:
    """What is written in one way, with what separates behind it."""
    if id(one.group) in case.lines:
        return f"line{one.sign}"
    return f"totals{one.sign}" if one.group is case.document.totales else f"{one.name}{one.sign}"


def _is_among(case: Case, world: Choice, choices: list[Choice]) -> bool:
    """Whether *world* chooses for a line one of the *choices* with which it agrees."""
    return any(all(world.get(key, value) == value for key, value in choice.items()) for choice in choices)


def _adds_up(case: Case, world: Choice) -> bool:
    """Whether the totals are those of the lines, whichever way their program reckons."""
    repeated = case.document.tipo in BOLETAS
    for by_product in (False, True) if repeated else (False,):
        affected, exempt = sums_of(case, world, by_product)
        for change in case.changes:
            for gross in (False, True):
                if _are_totals(case, world, affected + change, exempt, gross):
                    return True
    return False


def _are_totals(case: Case, world: Choice, affected: Decimal, exempt: Decimal, gross: bool) -> bool:
    totales = case.document.totales
    net = affected / _GROSS if gross else affected
    iva = net * IVA_RATE / HUNDRED
    computed: dict[str, Decimal | None] = {"MntNeto": net, "MntExe": exempt, "IVA": iva}
    extra = extra_of(case, world)
    computed["MntTotal"] = None if extra is None else net + exempt + iva + extra
    for name, sought in computed.items():
        given = case.value(totales, name, world)
        if given and sought is not None and abs(given - sought) > case.room:
            return False
    return True


def _is_proven(case: Case, key: Key, world: Choice) -> bool:
    """Whether the totals would be others, beyond all rounding, if the number were nothing."""
    one, without = case.open[key], world | {key: NONE}
    if one.group is case.document.totales:
        return True
    effect = world[key]
    if id(one.group) in case.lines:
        effect = amount_of(case, one.group, world, False) - amount_of(case, one.group, without, False)
        effect = world.get((id(one.group), "MontoItem"), effect)  # the line ties its factors to its amount
    return abs(effect) > 2 * case.room
