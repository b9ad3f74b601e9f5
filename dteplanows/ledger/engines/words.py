"""The few words in which the engines differ, for the statements that need them."""

from __future__ import annotations

from typing import NamedTuple


class Words(NamedTuple):
    """How one engine says it."""

    same_name: str
    """That the name of a customer's datum is the one given, whatever the case of its letters."""
    same_value: str
    """That its value is the one given."""
    numbers: str
    """The numbers of a list that is given as JSON."""
    plain: str
    """What goes before a column that no index need be looked for."""
    join: str
    """A join in the order in which it is written, where the engine might choose a worse one."""
    of_receiver: str
    """Where the documents of a receiver stand. Values: receiver, issuer, environment, types as JSON, first day, last
    day, most."""
    has_receivers_by_day: bool
    """An index has the documents of a receiver and a type by day."""
    sums_of_days: str
    """The rows of ``suma_diaria`` of a period with what was issued since they were written. Values: environment,
    issuer, first day, last day. Columns: day, user, type, highest id, documents added since, and the seven sums."""
