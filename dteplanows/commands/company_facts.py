"""What is told of a company on the command line: one option for each fact, for the orders that take any of them.

No option has a default here: what is not given is not touched. :class:`dteplanows.document.company.Company` has the
values of a new company.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import click

from dteplanows.accounts import company_facts
from dteplanows.accounts.company_facts import FACTS, Fact, WrongFactError
from dteplanows.commands.spanish import Option

_USUAL = "usual"
"""What takes a setting of the company back to the default."""

_METAVARS = {"actecos": "CÓDIGO", "number": "NÚMERO", "day": "FECHA"}
_NAMES = {
    "actecos": ("--acteco", "actecos"), "tolerante": ("--tolerante/--no-tolerante",),
    "boleta_sin_timbre": ("--boleta-sin-timbre/--boleta-con-timbre",),
}  # fmt: skip
_METAVAR_OF = {"transporte_courier": "EMPRESA", "traslado_prolongado": "MOTIVO", "minutos_repetido": "MINUTOS",
               "codigo_sii_sucursal": "CÓDIGO"}  # fmt: skip

Function = TypeVar("Function", bound=Callable[..., Any])

REQUIRED: Mapping[str, str] = {
    "rut": "--rut", **{one.name: _NAMES.get(one.name, (f"--{one.name.replace('_', '-')}",))[0]
                       for one in FACTS if one.is_required},
}  # fmt: skip
"""What a company must have, with the option that says it."""


def reader(name: str) -> Callable[[click.Context, click.Parameter, Any], Any]:
    """The callback of what takes the fact *name*."""

    def read(ctx: click.Context, param: click.Parameter, value: Any) -> Any:
        if value is None or value == ():
            return None
        try:
            return company_facts.read(name, " ".join(value) if isinstance(value, tuple) else value)
        except WrongFactError as wrong:
            raise click.BadParameter(str(wrong)) from None

    return read


def mail(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    """The callback of an option that takes an address of e-mail, or nothing."""
    found: str | None = reader("correo")(ctx, param, value)
    return found


def _or_usual(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    return "" if value == _USUAL else value


def _option(fact: Fact) -> Callable[[Function], Function]:
    """The option of one fact."""
    names = _NAMES.get(fact.name, (f"--{fact.name.replace('_', '-')}",))
    facts: dict[str, Any] = {"help": fact.help or f"{fact.label}."}
    if fact.kind == "flag":
        facts["default"] = None
    elif fact.kind == "choice":
        facts["type"] = click.Choice([one for one in fact.choices if one] + ([_USUAL] if "" in fact.choices else []))
        facts["callback"] = _or_usual
    elif fact.kind == "dots":
        facts |= {"type": click.Choice(fact.choices), "callback": reader(fact.name)}
    elif fact.kind == "number":
        facts |= {"type": click.IntRange(0, fact.limit), "metavar": _METAVAR_OF.get(fact.name, "NÚMERO")}
    else:
        metavar = _METAVAR_OF.get(fact.name) or _METAVARS.get(fact.kind, "TEXTO")
        facts |= {"metavar": metavar, "callback": reader(fact.name), "multiple": fact.kind == "actecos"}
    return click.option(*names, cls=Option, **facts)


def fact_options(function: Function) -> Function:
    """The options of all facts but RUT and environment, which say which company is meant."""
    for one in reversed(FACTS):
        function = _option(one)(function)
    return function


def given(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Those of *facts* that were given."""
    return {name: value for name, value in facts.items() if value is not None}
