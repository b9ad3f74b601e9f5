"""What fails whatever the printer does: a job that cannot be printed there, or an error of this program."""

from __future__ import annotations

import logging

from dteplanows.archive.copies import Copies
from dteplanows.document.catalogue import problem
from dteplanows.document.problem import Refused
from dteplanows.ledger.engines import errors
from dteplanows.ledger.print_tables import StoredPrint, StoredPrinter
from dteplanows.log import call
from dteplanows.log.where import where
from dteplanows.printers.content import Content, content_of

log = logging.getLogger(__name__)


def reason_of(failure: Exception, job: int) -> str:
    """Why the job of that number cannot be printed, as the person reads it; the log has what this program broke at.

    :raises Exception: *failure* itself, where the same may go well later.
    """
    if isinstance(failure, Refused):
        return " ".join(one.text() for one in failure.problems)
    if isinstance(failure, errors.passing()):
        raise failure
    identifier = call.identifier()
    log.error("Error %s en la impresión %s: %s", identifier, job, where(failure))
    return problem("CFG-067", identificador=identifier).text()


def content_or_failed(copies: Copies, job: StoredPrint, printer: StoredPrinter, worker: str) -> Content | None:
    """What *printer* is sent for *job*, which *worker* has; None where it cannot be made, and then the job has failed.

    :raises Overtaken: it is *worker*'s no more.
    """
    try:
        return content_of(copies, job, printer)
    except Exception as failure:  # noqa: BLE001 - the others are still to be printed
        copies.ledger.prints.fail(job, worker, reason_of(failure, job.id))
        return None
