"""The tables of the operations that pages of the manual include: what each takes and answers, and how it fails.

They come from the rows of the contract, so that a new operation appears without a change here.
"""

from __future__ import annotations

from collections.abc import Mapping

from docs.words import literal, table
from dteplanows.soap.contract.rows import OPERATIONS, Failure

FOLDER = "tablas"
"""Folder of the tables in the manual's sources: no pages of their own."""

_FAILURES: Mapping[Failure, str] = {
    "file": "Un documento rechazado, con ``Resultado`` ``False`` y ``Error``",
    "progress": "``Motivo``, sin ``Documento``: no dice nada del archivo. ``Resultado`` es ``False``, o ``True`` si "
    "basta con consultar de nuevo. Vea :doc:`lotes`",
    "value": "``Resultado`` ``False``, ``Mensaje`` vacío y ``Motivo``. Vea :doc:`emitidos`",
    "fault": "Una falla SOAP con el motivo",
    "order": "El motivo en lugar de ``OK``",
}
"""What an operation answers when it cannot do what was asked, in reStructuredText."""


def tables() -> dict[str, str]:
    """Every table: its path below the manual's sources, without suffix, and its text."""
    return {f"{FOLDER}/operaciones": _operations(), f"{FOLDER}/sin_respuesta": _failures()}


def _operations() -> str:
    rows = [
        [literal(one.name), ", ".join(map(literal, one.parameters)) or "ninguno", one.answers]
        for one in OPERATIONS.values()
    ]
    return table(["Operación", "Parámetros", "Contesta"], rows)


def _failures() -> str:
    """The operations without a login have nothing to refuse."""
    named = {
        failure: [literal(one.name) for one in OPERATIONS.values() if one.failure == failure and one.needs_login]
        for failure in _FAILURES
    }
    rows = [[", ".join(names), _FAILURES[failure]] for failure, names in named.items() if names]
    return table(["Operación", "Qué contesta"], rows)
