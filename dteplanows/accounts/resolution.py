"""The resolution of the SII that authorizes a company to issue, as covers of what goes there name it."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple, cast

from dteplanows.document.catalogue import problem
from dteplanows.document.company import Company
from dteplanows.document.problem import Refused


class Resolution(NamedTuple):
    """Of one company in one environment."""

    fecha: date
    numero: int
    """0 in certification."""


def resolution_of(company: Company, today: date) -> Resolution:
    """The resolution of *company*: in ``pruebas`` the number is 0, whatever the company has for real.

    :raises Refused: the company issues for real and has not said its resolution (SII-001).
    """
    if company.ambiente == "pruebas":
        return Resolution(company.fecha_resolucion or today, 0)
    if missing := company.falta_de_resolucion:
        raise Refused([problem("SII-001", value=company.razon_social, rut=company.rut, missing=missing)])
    return Resolution(cast(date, company.fecha_resolucion), company.numero_resolucion)
