"""Tickets for receipt printers that understand ESC/POS: all of one as the bytes that are sent to the printer.

    escpos.ticket(xml, facts, profiles()["epson-tm-t20"], Options(drawer=True))

Texts go in one code page of the printer, chosen once; what that lacks is written without its accent. The stamp is drawn
by the printer where its profile says that it takes bytes and the symbol fits upright, and is a picture in dots
otherwise. Left out: python-escpos, whose release 3.1 loses the code page when the printer is started anew, changes
pages for single letters and has no PDF417 (docs/arquitectura/stamps.rst).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from dteplanows.document.text import in_ascii, printable_in_dte
from dteplanows.printing.dots import Shape, shape_on
from dteplanows.printing.escpos import commands
from dteplanows.printing.escpos.picture import NoPicture, of_barcode, of_logo
from dteplanows.printing.escpos.profiles import Profile, profiles
from dteplanows.printing.facts import NotCedible, PrintFacts
from dteplanows.printing.pdf417 import level_of
from dteplanows.printing.roll import on_roll
from dteplanows.printing.stored import Stored, read
from dteplanows.printing.ticket import Row, foot, has_barcode, head
from dteplanows.printing.ticket_text import lines_of

__all__ = ["DENSITIES", "NoPicture", "Options", "Profile", "encoded", "profiles", "ticket"]

DENSITIES = range(-6, 7)
"""Steps by which the print may be darker or paler."""


class Options(NamedTuple):
    """What a ticket is printed with."""

    logo: bytes = b""
    """A picture file that stands above it instead of the company's logo; empty for that."""
    density: int = 0
    """Steps darker, or paler where it is negative, on printers that can be told."""
    drawer: bool = False
    """Open the cash drawer, if the printer has one."""
    cut: bool = True
    """Cut the paper, if the printer can; else it is only fed."""
    cedible: bool = False
    """The copy that the receiver signs."""


_USUAL = Options()


def ticket(xml: bytes, facts: PrintFacts, profile: Profile, options: Options = _USUAL) -> bytes:
    """The ticket of the signed document *xml*, as bytes for a printer of that *profile*.

    :raises NoPicture: the logo is none.
    :raises NotCedible: it has no such copy.
    :raises ValueError: *xml* is no signed document that is printed on a roll of that width.
    """
    stored = on_roll(read(xml), profile.roll)
    if options.cedible and not stored.has_cedible:
        raise NotCedible(stored.folio)
    return b"".join(_parts(stored, facts, profile, options))


def _parts(stored: Stored, facts: PrintFacts, profile: Profile, options: Options) -> Iterator[bytes]:
    yield commands.START + commands.ONE_BYTE_LETTERS + commands.page(profile.page)
    if options.density and profile.density:
        yield commands.density(options.density)
    if options.drawer and profile.drawer:
        yield commands.DRAWER
    if picture := options.logo or facts.printed_logo:
        yield commands.CENTRED + commands.raster(of_logo(picture, profile.reach)) + commands.LEFT
    yield from _texts(head(stored, facts), profile)
    if has_barcode(stored, facts):
        yield _stamp(stored.ted, profile)
    yield from _texts(foot(stored, facts, options.cedible), profile)
    yield commands.CUTS[profile.cut if options.cut else "no"]


def _texts(rows: Iterable[Row], profile: Profile) -> Iterator[bytes]:
    for row in rows:
        lines = b"".join(encoded(line.rstrip(), profile.encoding) + b"\n" for line in lines_of(row, profile.letters))
        yield commands.BOLD + lines + commands.NOT_BOLD if row.bold else lines


def _stamp(ted: bytes, profile: Profile) -> bytes:
    drawn = _drawn_by_printer(ted, profile)
    if drawn:
        symbol = commands.pdf417(ted, drawn, level_of(ted))
    else:
        shape = shape_on(ted, profile.grid)
        if shape is None:
            return encoded("El timbre es demasiado largo para un código de barras PDF417.", profile.encoding) + b"\n"
        symbol = commands.raster(of_barcode(shape))
    return commands.CENTRED + b"\n" + symbol + b"\n" + commands.LEFT


def _drawn_by_printer(ted: bytes, profile: Profile) -> Shape | None:
    """The shape in which the printer itself can draw it: upright, a row a whole number of modules high."""
    if not profile.pdf417:
        return None
    module = profile.grid.module
    shape = shape_on(ted, profile.grid._replace(rows=(3 * module, 2 * module)))
    return shape if shape and not shape.turned else None


def encoded(text: str, encoding: str) -> bytes:
    """*text* in a code page, as one line: what the page lacks without its accent, and no control characters.

    >>> encoded("CAMIÓN Nº 5", "cp850"), encoded("CAMIÓN Nº 5", "cp437")
    (b'CAMI\\xe0N N\\xa7 5', b'CAMION N\\xa7 5')
    """
    return b"".join(_one(letter, encoding) for letter in printable_in_dte(text))


def _one(letter: str, encoding: str) -> bytes:
    if not letter.isprintable():
        return b" "
    try:
        return letter.encode(encoding)
    except UnicodeEncodeError:
        return in_ascii(letter).encode("ascii")
