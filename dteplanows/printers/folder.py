"""Files in a folder, from which another program prints them, or keeps them. Each appears whole or not at all."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from dteplanows.ledger.durable import sync
from dteplanows.printers.sending import Order, Unprinted, Watch
from dteplanows.process.system_errors import in_words


def send(order: Order, watch: Watch) -> None:
    """Write the document into the folder.

    :raises Unprinted: it cannot be written.
    """
    folder = Path(order.address.rest)
    whole = folder / order.content.name
    # Begins with a dot: programs that watch a folder pass it over.
    part = folder / f".{order.content.name}.parte"
    try:
        with part.open("wb") as file:
            file.write(order.content.data)
        sync(part)
    except OSError as error:
        with suppress(OSError):
            part.unlink()
        raise Unprinted(f"{folder}: {in_words(error)}", clean=True) from None
    watch.begins()
    try:
        part.replace(whole)
    except OSError as error:
        raise Unprinted(f"{whole}: {in_words(error)}", clean=True) from None
    try:
        sync(folder)
    except OSError as error:
        # The file is there to be seen, and may be printed already.
        raise Unprinted(f"{whole}: {in_words(error)}") from None
