"""``ticket`` and ``impresoras``: an issued document as a ticket, for a printer of receipts or as a file."""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import get_args

import click
from rich.table import Table

from dteplanows import printing
from dteplanows.archive import Archive, print_facts
from dteplanows.archive.export import write_whole
from dteplanows.archive.names import file_name
from dteplanows.commands.opening import company_of, company_options, read_ledger
from dteplanows.commands.shown import console
from dteplanows.commands.spanish import Command, Option
from dteplanows.document.catalogue import problem
from dteplanows.document.company import Ambiente, Dots
from dteplanows.document.elements import BOLETAS
from dteplanows.document.problem import Refused
from dteplanows.printing import escpos
from dteplanows.printing.roll import Roll

_ENDINGS = {"pdf": "pdf", "texto": "txt", "escpos": "bin"}
_PAGES = ("utf-8", "latin-1", "cp850", "cp858", "cp1252", "cp437", "ascii")


@dataclass(frozen=True)
class _Order:
    """What kind of ticket is wanted."""

    formato: str
    impresora: str
    ancho: str | None
    pagina: str
    logo: Path | None
    options: escpos.Options

    @property
    def profile(self) -> escpos.Profile:
        """The printer."""
        return escpos.profiles()[self.impresora]

    def roll(self, tipo: int) -> Roll:
        """The paper for a document of that type: the SII asks 7.5 cm of all but boletas, which an aviso says."""
        asked = self.profile.roll if self.formato == "escpos" else Roll.MM80
        if self.ancho and self.formato != "escpos":
            asked = next(one for one in Roll if one.millimetres == self.ancho)
        if asked is Roll.MM58 and tipo not in BOLETAS:
            click.echo(problem("CFG-050", value=asked.millimetres, tipo=tipo).text(), err=True)
            return Roll.MM80
        return asked

    def made(self, xml: bytes, facts: printing.PrintFacts, roll: Roll) -> bytes:
        """The bytes of the ticket."""
        if self.formato == "pdf":
            return printing.ticket_pdf(xml, facts, roll, self.options.cedible)
        if self.formato == "texto":
            parts = printing.ticket(xml, facts, roll, self.options.cedible)
            lines = (parts.head + parts.foot).split("\n")
            return b"\n".join(escpos.encoded(line, self.pagina) for line in lines)
        profile = self.profile
        if roll is not profile.roll:
            profile = escpos.profiles()["generica-80"]
        logo = self.logo.read_bytes() if self.logo else b""
        return escpos.ticket(xml, facts, profile, self.options._replace(logo=logo))


@click.command("ticket", cls=Command)
@click.argument("tipo", metavar="TIPO", type=click.IntRange(1, 999))
@click.argument("folio", metavar="FOLIO", type=click.IntRange(1, 9_999_999_999))
@company_options
@click.option(
    "--formato",
    type=click.Choice(list(_ENDINGS)),
    default="pdf",
    cls=Option,
    help="Un PDF del tamaño del ticket, lo usual; solo su texto; o los bytes ESC/POS que entiende la impresora.",
)
@click.option(
    "--impresora",
    type=click.Choice(list(escpos.profiles())),
    default="generica-80",
    metavar="NOMBRE",
    cls=Option,
    help="Con ESC/POS, para qué impresora; la orden «impresoras» las muestra. Lo usual es generica-80.",
)
@click.option("--ancho", type=click.Choice(["80", "58"]), cls=Option, help="Milímetros del rollo; 58, solo boletas.")
@click.option(
    "--puntos",
    type=click.Choice(list(map(str, get_args(Dots)))),
    cls=Option,
    help="En PDF, puntos por pulgada de la impresora; sin esta opción, los de la empresa.",
)
@click.option(
    "--pagina",
    type=click.Choice(_PAGES),
    default="utf-8",
    cls=Option,
    help="En texto, su codificación; lo que no tiene va sin acento. Lo usual es utf-8.",
)
@click.option("--cedible", is_flag=True, cls=Option, help="La copia cedible.")
@click.option(
    "--logo",
    metavar="IMAGEN",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    cls=Option,
    help="Con ESC/POS, una imagen PNG o JPEG que va arriba.",
)
@click.option(
    "--densidad",
    metavar="PASOS",
    type=click.IntRange(escpos.DENSITIES[0], escpos.DENSITIES[-1]),
    default=0,
    cls=Option,
    help="Con ESC/POS, cuánto más oscuro (hasta 6) o más claro (hasta -6), si la impresora lo admite.",
)
@click.option("--cajon", is_flag=True, cls=Option, help="Con ESC/POS, abre el cajón del dinero.")
@click.option("--sin-corte", is_flag=True, cls=Option, help="Con ESC/POS, no corta el papel.")
@click.option(
    "--salida",
    metavar="ARCHIVO",
    type=click.Path(dir_okay=False, path_type=Path, allow_dash=True),
    cls=Option,
    help="Cómo se llama; lo usual es boleta-39-1204.pdf, según su tipo y folio. Un guion: la salida estándar.",
)
@click.pass_context
def ticket(
    ctx: click.Context,
    *,
    tipo: int,
    folio: int,
    empresa: str | None,
    ambiente: Ambiente | None,
    formato: str,
    impresora: str,
    ancho: str | None,
    puntos: str | None,
    pagina: str,
    cedible: bool,
    logo: Path | None,
    densidad: int,
    cajon: bool,
    sin_corte: bool,
    salida: Path | None,
) -> None:
    """Guarda como ticket el documento de ese TIPO y FOLIO: una boleta, o el que pide imprimirse así (TpoImpresion T).

    Para imprimir directamente: dteplanows ticket 39 1204 --formato escpos --salida - > /dev/usb/lp0
    """
    options = escpos.Options(density=densidad, drawer=cajon, cut=not sin_corte, cedible=cedible)
    order = _Order(formato, impresora, ancho, pagina, logo, options)
    with read_ledger(ctx.obj) as ledger:
        company = company_of(ledger, empresa, ambiente)
        found = Archive(ledger, company, "operador").find(tipo, folio)
        facts = print_facts(ledger, company, found)
    if puntos:
        facts = _with_dots(facts, puntos)
    if not printing.is_ticket(found.xml):
        raise Refused([problem("CFG-051", value=str(folio), tipo=tipo)])
    try:
        data = order.made(found.xml, facts, order.roll(tipo))
    except printing.NotCedible:
        raise Refused([problem("CFG-052", value=str(folio), tipo=tipo)]) from None
    except escpos.NoPicture:
        raise Refused([problem("CFG-053", value=str(logo))]) from None
    if str(salida) == "-":
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return
    path = salida or Path(file_name(tipo, folio, _ENDINGS[formato], cedible))
    write_whole(path, data)
    click.echo(f"Guardado: {path}")


def _with_dots(facts: printing.PrintFacts, puntos: str) -> printing.PrintFacts:
    dots: Dots = int(puntos)  # type: ignore[assignment]
    return replace(facts, puntos_ticket=dots)


@click.command("impresoras", cls=Command)
def impresoras() -> None:
    """Muestra las impresoras de tickets que conoce la orden «ticket» y lo que hace cada una."""
    table = Table("Nombre", "Modelos", "Rollo", "Puntos por pulgada", "Letras", "Página", "Timbre", "Corte", "Cajón")
    for one in escpos.profiles().values():
        table.add_row(
            one.name, one.description, f"{one.roll.millimetres} mm", str(one.dots), str(one.letters),
            f"{one.encoding} ({one.page})", "orden propia" if one.pdf417 else "imagen", one.cut,
            "sí" if one.drawer else "no",
        )  # fmt: skip
    console().print(table)
