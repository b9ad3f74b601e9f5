"""Where a printer is, as a person writes it.

    red      192.168.1.50, caja1.local:9100, [fe80::1]:9100, or regip: where the user's own program was registered
    lpd      192.168.1.60/cola, with :515 behind the machine where it is another port
    ipp      ipp://192.168.1.70/ipp/print, http://cups.local:631/printers/oficina
    carpeta  a folder, from its root on
    agente   nothing: the agent comes and fetches
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import NamedTuple

from dteplanows import ipp
from dteplanows.document.catalogue import problem
from dteplanows.document.problem import Refused
from dteplanows.ledger.print_tables import PrinterKind

REGISTERED = "regip"
"""In the place of a machine: the address from which ``RegIP`` was called by the user whose document is printed."""

_NAME = r"[A-Za-z0-9_](?:[A-Za-z0-9._-]{0,251}[A-Za-z0-9])?"
_IPV6 = r"\[[0-9A-Fa-f:.]{2,45}(?:%\w+)?\]"
_MACHINE = rf"(?P<host>{_NAME}|{_IPV6})(?::(?P<port>\d{{1,5}}))?"
_RAW = re.compile(_MACHINE, re.ASCII)
_LPD = re.compile(_MACHINE + r"/(?P<queue>[!-.0-~]{1,127})", re.ASCII)
_PORTS = {"red": 9100, "lpd": 515}
HIGHEST_PORT = 65535
_EXPECTED = {
    "red": "un equipo con su puerto, como 192.168.1.50:9100; o regip, la dirección que registró RegIP",
    "lpd": "un equipo y el nombre de su cola, como 192.168.1.60/tickets",
    "ipp": "una dirección como ipp://192.168.1.70/ipp/print o http://servidor:631/printers/oficina",
    "carpeta": "una carpeta que existe, con su ruta completa",
    "agente": "ninguna dirección: el agente viene a buscar lo que se imprime",
}


class Address(NamedTuple):
    """Where a printer is."""

    host: str = ""
    """Without the brackets of IPv6; :data:`REGISTERED` for whatever was registered."""
    port: int = 0
    """0 for the registered one."""
    rest: str = ""
    """The queue of LPD, the address of IPP, or the folder."""


def read(clase: PrinterKind, text: str) -> Address:
    """The address that *text* says.

    :raises Refused: it is none for a printer of that kind (CFG-063), or a folder that does not serve (CFG-071).
    """
    found = _read(clase, text.strip())
    if found is None:
        raise Refused([problem("CFG-063", value=text, esperado=_EXPECTED[clase])])
    if clase == "carpeta" and (fault := _fault_of(Path(found.rest))):
        raise Refused([problem("CFG-071", value=found.rest, falla=fault[0], remedio=fault[1])])
    return found


def _fault_of(folder: Path) -> tuple[str, str] | None:
    """What is the matter with *folder*, and what to do; None where files can be put into it."""
    if not os.path.lexists(folder):
        return "no existe", "Créela o conecte el disco en que está"
    if not os.path.isdir(folder):  # noqa: PTH112 - Path's raises where a folder above may not be read
        return "no es una carpeta", "Indique otra"
    if not os.access(folder, os.W_OK | os.X_OK):
        return "no deja escribir a este usuario", "Dé permiso de escritura al usuario del servicio"
    return None


def _read(clase: PrinterKind, text: str) -> Address | None:
    if clase == "agente":
        return None if text else Address()
    if clase == "carpeta":
        return Address(rest=text) if text and Path(text).is_absolute() and "\0" not in text else None
    if clase == "ipp":
        return _of_ipp(text)
    found = (_RAW if clase == "red" else _LPD).fullmatch(text)
    if not found:
        return None
    host, written = found["host"].strip("[]"), found["port"]
    registered = clase == "red" and host.lower() == REGISTERED
    port = int(written) if written else 0 if registered else _PORTS[clase]
    if port > HIGHEST_PORT or (not port and not registered):
        return None
    return Address(REGISTERED if registered else host, port, found["queue"] if clase == "lpd" else "")


def _of_ipp(text: str) -> Address | None:
    try:
        found = ipp.Address.read(text)
    except ValueError:
        return None
    plain = text.isascii() and text.isprintable() and " " not in text
    return Address(found.host, found.port, text) if plain else None
