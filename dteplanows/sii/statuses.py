"""The numbers by which each service says what became of a question, as data: ``statuses.tsv``.

Its columns: the ``service``; the ``code`` as a number, for the SII writes ``0`` and ``00``, ``-3`` and ``-03``; the
``outcome`` that it means; the ``reason`` whose meaning and remedy say more (:mod:`dteplanows.sii.reasons`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal, NamedTuple

from dteplanows.sii.outcomes import OUTCOMES, Outcome, rows_of

Service = Literal["subida", "semilla", "token", "estado", "documento", "avanzado", "correo"]


class Status(NamedTuple):
    """What a code of a service means."""

    outcome: Outcome
    reason: str
    """Code of the reason; empty for none."""


STATUSES: Mapping[tuple[str, int], Status] = {
    (row["service"], int(row["code"])): Status(OUTCOMES[row["outcome"]], row["reason"])
    for row in rows_of("statuses.tsv")
}
"""Every code that is known, by service and number."""


def status_of(service: Service, code: str) -> Status | None:
    """What *code* means for *service*; None when it is no number that is known there."""
    return STATUSES.get((service, int(code))) if re.fullmatch(r"-?[0-9]{1,6}", code) else None
