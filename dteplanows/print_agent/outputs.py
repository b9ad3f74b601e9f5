"""Which printer a text of the configuration names, and whoever sends to it.

    cups:NOMBRE             a queue of this machine's printing system (lp)
    red:192.168.1.50        and lpd:, ipp:, carpeta:, as the service has them
    archivo:/dev/usb/lp0    a device, or a printer that Windows shares: archivo:\\\\CAJA\\TICKETS
    ["programa", "{archivo}"]   a program that prints the file
"""

from __future__ import annotations

import re
from functools import partial
from typing import NamedTuple, cast

from dteplanows.document.problem import Refused
from dteplanows.ledger.print_tables import PrinterKind
from dteplanows.print_agent import device, program, system_queue
from dteplanows.printers import addresses
from dteplanows.printers.senders import SENDERS
from dteplanows.printers.sending import Sender

EXPECTED = (
    "cups:COLA, red:EQUIPO:9100, lpd:EQUIPO/COLA, ipp:DIRECCIÓN, carpeta:RUTA, archivo:RUTA (un dispositivo o una "
    'impresora compartida de Windows), o una lista con un programa y sus parámetros, entre ellos "{archivo}"'
)

_QUEUE = re.compile(r"[^\s/#\\?'\"-][^\s/#\\?'\"]{0,126}")


class Output(NamedTuple):
    """A printer."""

    name: str
    """As people read it."""
    send: Sender
    address: addresses.Address
    """Where it is, for those senders that the service has too."""


def output_of(said: str | list[object]) -> Output | None:
    """The printer that *said* names; None for none."""
    if isinstance(said, list):
        words = [one for one in said if isinstance(one, str) and one and "\0" not in one]
        if len(words) != len(said) or not any(program.FILE in one for one in words[1:]):
            return None
        return Output(words[0], partial(program.send, words), addresses.Address())
    clase, _, rest = said.partition(":")
    rest = rest.strip()
    if clase == "cups":
        return Output(rest, partial(system_queue.send, rest), addresses.Address()) if _QUEUE.fullmatch(rest) else None
    if clase == "archivo":
        good = bool(rest) and "\0" not in rest
        return Output(rest, partial(device.send, rest), addresses.Address()) if good else None
    if clase not in SENDERS:
        return None
    try:
        address = addresses.read(cast(PrinterKind, clase), rest)
    except Refused:
        return None
    if address.host == addresses.REGISTERED:
        return None
    return Output(rest, SENDERS[cast(PrinterKind, clase)], address)
