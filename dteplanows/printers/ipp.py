"""A job to a queue of CUPS, or to a printer that speaks IPP, followed until the queue is done with it.

Such a queue keeps what it has taken: it is never sent the same job again, also not by a program that died in between,
which finds it by the mark in its name. A job that broke off and that CUPS keeps for later would be passed by those
behind it, so it is taken out there and printed again from here. What a queue has ended may still not be on paper: CUPS
counts what a printer has accepted.
"""

from __future__ import annotations

import time
from contextlib import suppress

from dteplanows.document.catalogue import problem
from dteplanows.document.problem import Refused
from dteplanows.ipp import IppFailed, Job, Queue, Sheet, Standing
from dteplanows.ledger.batches import Overtaken
from dteplanows.printers.content import Content
from dteplanows.printers.sending import Order, Unprinted, Watch

RAW = "application/vnd.cups-raw"
"""What CUPS calls bytes that it is to pass on as they are."""

_ANSWER = 10.0
"""Seconds in which a queue answers."""
_LOOK = 0.5
"""Seconds between two questions."""
_SILENT = 15.0
"""Seconds after which a job that still waits is worth a look."""
_LETTER = (215.9, 279.4)
_POINTS = 72 / 25.4
"""Of a PDF file, in a millimetre."""
_FINISHED = (Standing.ENDED, Standing.WAITING)


def send(order: Order, watch: Watch) -> None:
    """Hand the document over, unless the queue has it already, and wait until the queue is done with it.

    :raises Unprinted: the queue did not take it, or stopped with it.
    :raises Refused: somebody took it out of the queue (CFG-086).
    """
    queue = Queue.at(order.address.rest, _ANSWER)
    mark = f"[{order.mark}]"
    try:
        here = [one for one in queue.find(mark) if one.standing in _FINISHED] if order.mark else []
        job = here[0] if here else _handed(queue, order, mark, watch)
    except IppFailed as failed:
        raise Unprinted(str(failed), clean=not failed.may_have_it) from None
    try:
        _follow(queue, job, order, watch)
    except Overtaken:
        # Given up, or printed elsewhere. A program that merely stops leaves it to the queue.
        with suppress(IppFailed):
            queue.cancel(job.number)
        raise


def paper_of(content: Content) -> tuple[float, float] | None:
    """Width and height of a document's pages in mm; None for what is no PDF file."""
    if content.media != "application/pdf":
        return None
    found = _box(content.data)
    return found or _LETTER


def _box(pdf: bytes) -> tuple[float, float] | None:
    """The size of the first page of a PDF file of ours, in mm to a tenth."""
    _, found, rest = pdf.partition(b"/MediaBox [")
    numbers = rest[:80].partition(b"]")[0].split()
    if not found or len(numbers) != 4:
        return None
    try:
        left, below, right, above = map(float, numbers)
    except ValueError:
        return None
    return round((right - left) / _POINTS, 1), round((above - below) / _POINTS, 1)


def _handed(queue: Queue, order: Order, mark: str, watch: Watch) -> Job:
    # Tells also of a queue that is not there or takes no jobs, before anything has left.
    watch.warns(_trouble(queue.printer()))
    content = order.content
    media = RAW if content.media == "application/octet-stream" else content.media
    name = f"{content.title} {mark}" if order.mark else content.title
    watch.begins()
    return queue.send(Sheet(name, content.data, media, paper_of(content)))


def _follow(queue: Queue, job: Job, order: Order, watch: Watch) -> None:
    begun = time.monotonic()
    while True:
        try:
            found = queue.job(job.number)
        except IppFailed as failed:
            # It has the job, so there is nothing to do but to ask again.
            watch.warns(str(failed))
        else:
            # Printers that keep no list of what they have printed know it no more.
            if found is None or found.standing is Standing.ENDED:
                return
            _judge(queue, found, order, time.monotonic() - begun, watch)
        watch.lives()
        time.sleep(_LOOK)


def _judge(queue: Queue, job: Job, order: Order, seconds: float, watch: Watch) -> None:
    if job.standing is Standing.CANCELED:
        raise Refused([problem("CFG-086", value=order.content.title, name=order.printer.nombre)])
    if job.standing is Standing.WAITING:
        if seconds > _SILENT:
            said = _spoken(queue)
            watch.warns(said or f"la cola tiene el trabajo {job.number} y no termina: vea la impresora")
        return
    with suppress(IppFailed):
        queue.cancel(job.number)
    raise Unprinted(f"la cola se detuvo con el trabajo {job.number}" + (f": {job.detail}" if job.detail else ""))


def _spoken(queue: Queue) -> str:
    try:
        return _trouble(queue.printer())
    except IppFailed as failed:
        return str(failed)


def _trouble(said: str) -> str:
    return f"la impresora dice: {said}" if said else ""
