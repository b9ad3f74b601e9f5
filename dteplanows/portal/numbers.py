"""The numbers in the addresses of pages."""

from __future__ import annotations

from typing import Any

from werkzeug.routing import IntegerConverter, Map

_HIGHEST = 2**63 - 1
"""That the columns of both engines hold; with a higher one SQLite cannot even be asked."""


class Number(IntegerConverter):
    """A number that the ledger can be asked for; an address with a higher one is none of ours."""

    def __init__(self, map: Map, **options: Any) -> None:
        super().__init__(map, **{"max": _HIGHEST, **options})
