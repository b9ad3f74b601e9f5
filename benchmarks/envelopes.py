"""What an envelope costs: documents per second, the size of the file, and the memory beside it.

    python3 run.py benchmark envelopes --documents 2000

One invoice is issued as a customer's call would, and stands in the envelope as often as is asked, each time with
another folio. Its own signature does not fit those, which the envelope does not look at. The memory is the most that
the process had beyond what it had before.
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from dteplanows.document import clock
from dteplanows.sii.envelopes import make
from tests.sii.documents import installation_in, issue

_UNIT = 1 if sys.platform == "darwin" else 1024
"""Bytes of the unit in which the system counts ``ru_maxrss``."""


class Figures(NamedTuple):
    """What was measured of one envelope."""

    documents: int
    seconds: float
    """Of one core."""
    bytes: int
    """Of the file."""
    memory: int
    """Bytes beyond those before, the file's own among them."""


def measure(count: int) -> Figures:
    """An envelope of *count* invoices."""
    with tempfile.TemporaryDirectory() as folder:
        one = installation_in(Path(folder))
        try:
            first = issue(one, 33)
            documents = [
                replace(first, folio=folio, xml=first.xml.replace(b"<Folio>%d<" % first.folio, b"<Folio>%d<" % folio))
                for folio in range(1, count + 1)
            ]
            before, begin = _most(), time.process_time()
            envelope = make(documents, one.company, one.certificate, clock.now())
            return Figures(count, time.process_time() - begin, len(envelope.file), _most() - before)
        finally:
            one.close()


def show(figures: Figures) -> None:
    """Print them."""
    rate = figures.documents / figures.seconds if figures.seconds else 0
    print(
        f"{figures.documents} documents: {figures.seconds:.2f} s of one core ({rate:.0f} documents/s), "
        f"{figures.bytes / 1e6:.1f} MB, {figures.memory / 1e6:.1f} MB of memory"
    )


def _most() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _UNIT


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=2000, help="documents of the envelope (2000)")
    show(measure(parser.parse_args().documents))
