"""IPP (RFC 8010 and 8011): what CUPS and printers of the network speak; the four questions that printing needs.

It knows bytes, queues and jobs, and nothing of documents or the ledger::

    queue = Queue.at("ipp://localhost/printers/cocina")
    mark = "174-20260105101500"
    (job, *_) = queue.find(mark) or [queue.send(Sheet(f"factura {mark}", data, "application/pdf", (215.9, 279.4)))]
    queue.job(job.number).standing                              what became of it, as far as the queue knows

A queue that has taken a job keeps it through restarts of its own, so that it must not be sent again: whoever does not
know whether it was taken looks for the mark in its name.

Errors::

    IppFailed     the queue was not reached, broke off or refuses; it says whether the job may have been taken
    ValueError    an address that is none
"""

from __future__ import annotations

from dteplanows.ipp.queue import Address, IppFailed, Job, Queue, Sheet, Standing

__all__ = ["Address", "IppFailed", "Job", "Queue", "Sheet", "Standing"]
