"""What paper costs in one state of the program: ``designs_cost.py FOLDER`` prints the times as JSON.

The folder has documents and a logo (:func:`benchmarks.designs_pages.write`). Older states do not have all that is
asked for here: what they do not know is left out.
"""

from __future__ import annotations

import gc
import json
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from datetime import date
from pathlib import Path
from typing import Any

from dteplanows import printing
from dteplanows.printing import PrintFacts, pdf417
from dteplanows.printing.stored import read

Maker = Callable[[int], object]
"""Makes the paper of the document of that number."""
COLUMNS = 14
"""Of a stamp on letter paper."""
WARM = 3
"""Documents made before any is measured."""


def facts_of(logo: bytes) -> PrintFacts:
    """Those of a company with all that the SII asks, and the *logo* where this state prints one."""
    said: dict[str, Any] = {"logo": printing.design.logo.kept(logo)} if _knows("logo") else {}
    return PrintFacts("produccion", 80, date(2014, 8, 22), "CHILLÁN", **said)


def _knows(name: str) -> bool:
    return any(one.name == name for one in fields(PrintFacts))


def makers(facturas: Sequence[bytes], boletas: Sequence[bytes], facts: PrintFacts) -> Mapping[str, Maker]:
    """What is measured, by name."""
    letter = getattr(printing, "letter_pdf", printing.pdf)
    stamps = [read(xml).ted for xml in facturas]
    return {
        "letter": lambda at: letter(facturas[at], facts),
        "ticket": lambda at: printing.ticket_pdf(boletas[at], facts),
        "stamp": lambda at: pdf417.encode(stamps[at], COLUMNS),
    }


def measured(making: Mapping[str, Maker], number: int) -> dict[str, list[float]]:
    """Milliseconds of processor that each maker takes for each of *number* documents, by turns."""
    times: dict[str, list[float]] = {name: [] for name in making}
    gc.collect()
    for at in range(number):
        for name, make in making.items():
            begun = time.process_time_ns()
            make(at)
            if at >= WARM:
                times[name].append((time.process_time_ns() - begun) / 1e6)
    return times


def main() -> None:
    """Measure, and print it."""
    folder = Path(sys.argv[1])
    kinds = [[path.read_bytes() for path in sorted(folder.glob(f"{name}-*.xml"))] for name in ("factura", "boleta")]
    facturas, boletas = kinds
    found = measured(makers(facturas, boletas, facts_of((folder / "logo.png").read_bytes())), len(facturas))
    print(json.dumps(found))


if __name__ == "__main__":
    main()
