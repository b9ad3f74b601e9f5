"""How each operation says that it could not do what was asked, in the way that harms none of its old clients.

Whatever the reason is (a document that is not there, a refused login, a busy database, a failure of this service), one
operation always says it alike; ``failure`` of its row says how:

* ``file``: those that take a file answer as for a refused file: every client reads that;
* ``value``: ``Mensaje`` is empty. The clients of ``ObtenerLink`` and ``AltNum`` decode it whatever it holds and store
  the result. A fault would suit some of them better, but one fails itself on faults, right after the document was
  issued, and an address that is missing can be asked for again;
* ``progress``: no document is named, so that nothing is believed of a file that was not looked at; what passes by
  itself is told in the shape of a file that is not done yet;
* ``fault``: a SOAP fault, also of what needs no login: the clients of ``getBoletaTicket`` and ``getXMLDte`` print or
  keep whatever else comes;
* ``order``: the reason in place of ``OK``.
"""

from __future__ import annotations

from collections.abc import Iterable

from dteplanows.document.catalogue import problem
from dteplanows.document.problem import Problem, Refused, errors
from dteplanows.log import call
from dteplanows.soap import answer
from dteplanows.soap.contract.rows import OPERATIONS, failing_by

ISSUING = frozenset(one.name for one in OPERATIONS.values() if one.issues)
"""The operations of which a document may come even if they fail."""

FILES = failing_by("file")
"""The operations that take a file."""

_WAITS = frozenset({
    "SRV-003", "SRV-064", "SRV-121", "SRV-124", "SRV-129", "SRV-190", "AUT-013", "AUT-014", "AUT-015", "AUT-040",
    "AUT-041",
})  # fmt: skip
"""Reasons that pass by themselves."""

_PASSING = _WAITS | {"SRV-001", "SRV-004"}
"""Those, and failures of this service: the call is not to blame."""

_DATABASE = "BAS-"
"""What the codes of the database begin with, for which no call is to blame."""


def told(operation: str, problems: Iterable[Problem], mensaje: str = "") -> str:
    """The answer of *operation* when *problems* keep it from doing what was asked.

    :param mensaje: the sentence above the reasons of an operation that takes a file, where it is not known that the
        file was refused and nothing issued.
    :raises Refused: the operation says it by a fault.
    """
    found = tuple(problems)
    if OPERATIONS[operation].failure not in ("file", "order"):
        found = of_a_question(found)
    answered = _answered(operation, found, mensaje)
    if answered is None:
        raise Refused(found)
    call.note_refused(found)
    return answered


def _answered(operation: str, found: tuple[Problem, ...], mensaje: str) -> str | None:
    """The answer; None where it is a fault."""
    failure = OPERATIONS[operation].failure
    if failure == "file":
        return answer.of_problems(found, operation == "Validar", mensaje)
    if failure == "value":
        return answer.of_no_value(found)
    if failure == "order":
        return answer.of_order(found)
    if failure == "progress":
        return answer.of_no_progress(found, passing=all(map(_waits, errors(found))))
    return None


def _waits(one: Problem) -> bool:
    """Whether the reason passes by itself, or once the operator has repaired the database."""
    return one.code in _WAITS or one.code.startswith(_DATABASE)


def of_a_question(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """*problems* as they are told to whoever only asks: none speaks of what the call would have issued or stored."""
    return tuple(problem("SRV-129") if one.code == "SRV-003" else one for one in problems)


def pass_by_themselves(problems: Iterable[Problem]) -> bool:
    """Whether the same call may succeed later: the fault is then the receiver's, not the sender's."""
    return all(one.code in _PASSING or one.code.startswith(_DATABASE) for one in errors(problems))
