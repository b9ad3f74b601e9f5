"""A failure of ours: what the log keeps of it, and what the client is told."""

from __future__ import annotations

import logging

from dteplanows.document.catalogue import problem
from dteplanows.document.problem import Problem
from dteplanows.ledger import faults
from dteplanows.log import call
from dteplanows.log.where import where

log = logging.getLogger(__name__)


def of_ours(operation: str, failure: Exception, *, issuing: bool, nothing_done: bool) -> Problem:
    """What the client is told of a failure of ours, once the log has it.

    :param issuing: a document may come of the operation even if it fails.
    :param nothing_done: the call has written nothing. A file of many documents is written in several parts, and after
        one of them it must not be said that nothing was issued.
    """
    resultado = "" if issuing else faults.ASK_AGAIN
    if found := faults.told(failure, nothing_done=nothing_done, resultado=resultado):
        log.error("%s en %s: %s", found.code, operation, faults.line(failure))
        return found
    identifier = call.identifier()
    log.error("Error %s en %s: %s", identifier, operation, where(failure))
    return problem("SRV-001" if issuing else "SRV-004", identificador=identifier)
