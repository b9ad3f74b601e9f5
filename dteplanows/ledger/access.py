"""Whether the folder of the data can be read and written, asked before anything is opened: then it is said plainly."""

from __future__ import annotations

import os
from pathlib import Path

from dteplanows.document.catalogue import problem
from dteplanows.document.problem import Refused


def check_readable(directory: Path, database: Path) -> None:
    """See that what lies in *directory* can be read.

    :param database: the file of the database in it; it need not be there.
    :raises Refused: it cannot (AUT-060).
    """
    for path, needed in ((directory, os.R_OK | os.X_OK), (database, os.R_OK)):
        if path.exists() and not os.access(path, needed):
            raise Refused([problem("AUT-060", value=str(path), ruta=path)])


def unwritable(directory: Path, database: Path) -> Path | None:
    """What of *directory* and *database* is there and cannot be written; None when both can.

    SQLite writes beside the database, so that both are needed.
    """
    for path, needed in ((directory, os.W_OK | os.X_OK), (database, os.W_OK)):
        if path.exists() and not os.access(path, needed):
            return path
    return None


def check_writable(directory: Path, database: Path) -> None:
    """See that *directory* can be read and written.

    :raises Refused: it cannot be read (AUT-060) or not be written (AUT-061).
    """
    check_readable(directory, database)
    path = unwritable(directory, database)
    if path:
        raise Refused([problem("AUT-061", value=str(path), ruta=path)])
