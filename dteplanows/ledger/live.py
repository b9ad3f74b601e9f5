"""Of the documents that have one folio, the live one: the others were refused by the SII, and are history.

A document is *replaced* by at most one other (``reemplaza``), and only once the SII has refused it: the database itself
refuses anything else. So the documents of a folio are a chain, and its last one is the live one. The first of each
chain replaces none, which is how folios are counted.
"""

from __future__ import annotations

from dteplanows.ledger.delivery_states import WITHOUT_EFFECT


def live(name: str = "documento") -> str:
    """The condition that no other document has the place of *name*, a document of the query."""
    return f"NOT EXISTS (SELECT 1 FROM documento AS otro WHERE otro.reemplaza = {name}.id AND otro.reemplaza > 0)"


def without_effect(name: str = "documento") -> str:
    """The condition that the SII has refused *name*, a document of the query, or a person has discarded it."""
    states = ", ".join(repr(one) for one in WITHOUT_EFFECT)
    return f"EXISTS (SELECT 1 FROM entrega WHERE entrega.documento_id = {name}.id AND entrega.estado IN ({states}))"
