"""How each operation says that it could not do what was asked, in the way that harms none of its old clients.

Whatever the reason is (a document that is not there, a refused login, a busy database, a failure of this service), one
operation always says it alike:

* those that take a file answer as for a refused file: every client reads that;
* ``ObtenerLink`` and ``AltNum`` leave ``Mensaje`` empty. Their clients decode it whatever it holds and store the
  result. A fault would suit some of them better, but one fails itself on faults, right after the document was issued,
  and an address that is missing can be asked for again;
* ``ConsultarEstado`` names no document, so that nothing is believed of a file that was not looked at; what passes by
  itself it tells in the shape of a file that is not done yet;
* ``getBoletaTicket`` and ``getXMLDte``, and what needs no login, answer with a SOAP fault: their clients print or keep
  whatever else comes;
* orders answer the reason in place of ``OK``.
"""

from __future__ import annotations

from collections.abc import Iterable

from dteplanows.document.catalogue import problem
from dteplanows.document.problem import Problem, Refused, errors
from dteplanows.soap import answer

ISSUING = frozenset({"Procesar", "ProcesarWSMasivo"})
"""The operations of which a document may come even if they fail."""

_FILES = ISSUING | {"Validar"}
_ORDERS = frozenset({"EliminarDoc", "AnularGuia", "RegIP"})
_VALUES = frozenset({"ObtenerLink", "AltNum"})

_WAITS = frozenset({"SRV-003", "SRV-064", "SRV-121", "SRV-124", "SRV-129", "AUT-013", "AUT-014", "AUT-015"})
"""Reasons that pass by themselves."""

_PASSING = _WAITS | {"SRV-001", "SRV-004"}
"""Those, and failures of this service: the call is not to blame."""


def told(operation: str, problems: Iterable[Problem], mensaje: str = "") -> str:
    """The answer of *operation* when *problems* keep it from doing what was asked.

    :param mensaje: the sentence above the reasons of an operation that takes a file, where it is not known that the
        file was refused and nothing issued.
    :raises Refused: the operation says it by a fault.
    """
    found = tuple(problems)
    if operation not in _FILES | _ORDERS:
        found = of_a_question(found)
    if operation in _FILES:
        return answer.of_problems(found, operation == "Validar", mensaje)
    if operation in _VALUES:
        return answer.of_no_value(found)
    if operation in _ORDERS:
        return answer.of_order(found)
    if operation == "ConsultarEstado":
        return answer.of_no_progress(found, passing={one.code for one in errors(found)} <= _WAITS)
    raise Refused(found)


def of_a_question(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """*problems* as they are told to whoever only asks: none speaks of what the call would have issued or stored."""
    return tuple(problem("SRV-129") if one.code == "SRV-003" else one for one in problems)


def pass_by_themselves(problems: Iterable[Problem]) -> bool:
    """Whether the same call may succeed later: the fault is then the receiver's, not the sender's."""
    return {one.code for one in errors(problems)} <= _PASSING
