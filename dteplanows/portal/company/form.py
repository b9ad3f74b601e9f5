"""The facts of a company in a form: what stands in each field, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from dteplanows.accounts.company_facts import BY_NAME, FACTS, Fact, WrongFactError, read, written
from dteplanows.document.company import Company

GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("company.who", (
        "razon_social", "giro", "actecos", "direccion", "comuna", "ciudad", "sucursal", "codigo_sii_sucursal",
        "telefono", "correo",
    )),
    ("company.resolution", ("numero_resolucion", "fecha_resolucion", "unidad_sii")),
    ("company.handling", (
        "tolerante", "reparos", "patente_desconocida", "transporte_courier", "traslado_prolongado",
        "precios_con_impuestos", "minutos_repetido",
    )),
    ("company.printing", ("rollo", "puntos_ticket", "puntos_carta", "boleta_sin_timbre", "timbre_sin_acentos")),
)  # fmt: skip
"""The fields in the order of the page, each group with the key of its name."""


_NEW = Company("", "pruebas", "", "", (), "", "")


class FormField(NamedTuple):
    """One fact in the form."""

    fact: Fact
    written: str
    error: str = ""


class Form(NamedTuple):
    """What a form says."""

    fields: Mapping[str, FormField]
    values: Mapping[str, Any]
    """The facts that could be read, by name."""

    @property
    def is_good(self) -> bool:
        """Whether every field could be read."""
        return not any(one.error for one in self.fields.values())

    @property
    def groups(self) -> list[tuple[str, list[FormField]]]:
        """The fields in the order of the page."""
        return [(key, [self.fields[name] for name in names]) for key, names in GROUPS]


def of_company(company: Company | None) -> Form:
    """The form as *company* fills it in; with what is usual for a new one."""
    given = {one.name: written(company or _NEW, one.name) for one in FACTS}
    return Form({name: FormField(BY_NAME[name], text) for name, text in given.items()}, {})


def of_request(given: Mapping[str, str]) -> Form:
    """What the form *given* says."""
    fields, values = dict[str, FormField](), dict[str, Any]()
    for fact in FACTS:
        text = given.get(fact.name, "")
        try:
            values[fact.name] = read(fact.name, text)
            fields[fact.name] = FormField(fact, text)
        except WrongFactError as wrong:
            words = str(wrong)
            fields[fact.name] = FormField(fact, text, words[:1].upper() + words[1:])
    return Form(fields, values)
