"""Files that survive a fall of the machine."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def write_durably(path: Path, data: bytes) -> None:
    """Write *data* to *path*: whole or not at all, and on the disk when this returns."""
    pending = path.with_name(f"{path.name}.{secrets.token_hex(4)}.parte")
    with pending.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    pending.replace(path)
    if os.name == "posix":
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
