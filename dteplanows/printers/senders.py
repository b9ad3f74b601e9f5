"""How each kind of printer is reached, by the worker of the service and by agents. Agents themselves fetch."""

from __future__ import annotations

from collections.abc import Mapping

from dteplanows.ledger.print_tables import PrinterKind
from dteplanows.printers import folder, ipp, lpd, raw
from dteplanows.printers.sending import Sender

SENDERS: Mapping[PrinterKind, Sender] = {
    "red": raw.send, "lpd": lpd.send, "ipp": ipp.send, "carpeta": folder.send,
}  # fmt: skip
