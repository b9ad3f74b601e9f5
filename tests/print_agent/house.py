"""What senders are given in tests, and a watch that notes what it is told."""

from __future__ import annotations

from datetime import datetime

from dteplanows.ledger.batches import Overtaken
from dteplanows.ledger.print_tables import StoredPrinter
from dteplanows.printers.addresses import Address
from dteplanows.printers.agent_messages import Work
from dteplanows.printers.content import Content
from dteplanows.printers.sending import Order

PRINTER = StoredPrinter(
    0, "", "", "Caja", "agente", "", "pdf", cajon=False, densidad=0, retenida=False, aviso="", aviso_desde=None,
    borrada=None,
)  # fmt: skip


def order(
    data: bytes = b"\x1b@Hola\n", media: str = "application/octet-stream", address: str = "", mark: str = ""
) -> Order:
    """One job."""
    ending = "pdf" if media == "application/pdf" else "bin"
    content = Content(data, media, f"00000007-boleta-39-1204.{ending}", "boleta-39-1204")
    return Order(PRINTER, Address(rest=address), content, mark)


def work(number: int = 7, attempt: int = 1, data: bytes = b"Hola") -> Work:
    """The same, as an agent is given it."""
    return Work.model_construct(
        trabajo=number, intento=attempt, pedida=datetime(2026, 1, 5, 10, 15), formato="generica-80",
        nombre=f"{number:08d}-boleta.bin", titulo="boleta-39-1204", media="application/octet-stream",
        datos=data,
    )  # fmt: skip


class Watch:
    """Notes what it is told."""

    def __init__(self, lives: int = 1_000_000) -> None:
        """:param lives: signs of life after which the job is taken away."""
        self.begun = 0
        self.warned: list[str] = []
        self._lives = lives

    def begins(self) -> None:
        self.begun += 1

    def lives(self) -> None:
        self._lives -= 1
        if self._lives <= 0:
            raise Overtaken

    def warns(self, text: str) -> None:
        if text != (self.warned[-1] if self.warned else ""):
            self.warned.append(text)
