"""The same papers by other makers of PDF files: reportlab's platypus, and weasyprint.

Each is used as its own documentation does: texts, a table of the lines, the logo, the stamp as a picture of the same
size, and the same two fonts, embedded. What can be kept between documents is kept: fonts, style sheets, the logo.
Neither signs, stamps, attaches the XML nor chooses a page by the document: they get texts and stamp ready.
"""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
from base64 import b64encode
from collections.abc import Callable, Sequence
from html import escape
from io import BytesIO
from pathlib import Path

import reportlab
from reportlab.lib import colors
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Table

from benchmarks.designs_pages import Texts

PINNED = "weasyprint==70.0"
FONTS = Path(reportlab.__file__).parent / "fonts"
LETTER, ROLL = (612.0, 792.0), (226.8, 720.0)
"""Sizes of both papers, in points."""
Peer = Callable[[Texts], bytes]


class CannotInstallError(Exception):
    """weasyprint is not here and cannot be fetched."""


def install(folder: Path) -> None:
    """Fetch weasyprint into *folder* and let Python find it there, behind what is installed.

    :raises CannotInstallError: it cannot be fetched, or the system lacks Pango, which it draws letters with.
    """
    command = [sys.executable, "-m", "pip", "install", "-q", "--disable-pip-version-check", "--target", str(folder)]
    try:
        done = subprocess.run([*command, PINNED], check=False, capture_output=True, text=True, timeout=600)
    except subprocess.TimeoutExpired:
        raise CannotInstallError("pip took more than ten minutes") from None
    if done.returncode:
        raise CannotInstallError(done.stderr.strip()[-2000:])
    sys.path.append(os.fspath(folder))
    importlib.invalidate_caches()
    try:
        importlib.import_module("weasyprint")
    except OSError as error:
        raise CannotInstallError(f"it cannot be started: {error}") from None


# --- platypus -----------------------------------------------------------------------------------------------------


def platypus(logo: bytes) -> dict[str, Peer]:
    """Makers of letters and tickets with reportlab's platypus."""
    pdfmetrics.registerFont(TTFont("Vera", FONTS / "Vera.ttf"))
    pdfmetrics.registerFont(TTFont("VeraBd", FONTS / "VeraBd.ttf"))
    pdfmetrics.registerFontFamily("Vera", normal="Vera", bold="VeraBd", italic="Vera", boldItalic="VeraBd")
    picture = ImageReader(BytesIO(logo))
    return {
        "letter": lambda texts: _built(texts, LETTER, 36, _letter(texts, picture)),
        "ticket": lambda texts: _built(texts, ROLL, 8, _ticket(texts, picture)),
    }


_PLAIN = ParagraphStyle("plain", fontName="Vera", fontSize=8, leading=10)
_SMALL = ParagraphStyle("small", _PLAIN, fontSize=7, leading=9, alignment=1)
_MIDDLE = ParagraphStyle("middle", _PLAIN, alignment=1)
_RED = ParagraphStyle("red", _PLAIN, fontName="VeraBd", fontSize=12, leading=17, alignment=1, textColor=colors.red)
_BOLD = ParagraphStyle("bold", _PLAIN, fontName="VeraBd", fontSize=12, leading=14)
_GRID = [("FONT", (0, 0), (-1, -1), "Vera", 8), ("FONT", (0, 0), (-1, 0), "VeraBd", 8),
         ("VALIGN", (0, 0), (-1, -1), "TOP"), ("BACKGROUND", (0, 0), (-1, 0), colors.lightgrey),
         ("ALIGN", (2, 0), (-1, -1), "RIGHT"), ("TOPPADDING", (0, 0), (-1, -1), 1),
         ("BOTTOMPADDING", (0, 0), (-1, -1), 1)]  # fmt: skip
_TOP = [("VALIGN", (0, 0), (-1, -1), "TOP"), ("BOX", (2, 0), (2, 0), 1.5, colors.red)]
_FINE = [("FONT", (0, 0), (-1, -1), "Vera", 8), ("FONT", (0, 0), (0, -1), "VeraBd", 8),
         ("TOPPADDING", (0, 0), (-1, -1), 1), ("BOTTOMPADDING", (0, 0), (-1, -1), 1)]  # fmt: skip


def _built(texts: Texts, size: tuple[float, float], margin: float, story: list[Flowable]) -> bytes:
    made = BytesIO()
    SimpleDocTemplate(
        made, pagesize=size, leftMargin=margin, rightMargin=margin, topMargin=margin, bottomMargin=margin,
        title=texts.box[1], author=texts.issuer[0],
    ).build(story)  # fmt: skip
    return made.getvalue()


def _letter(texts: Texts, logo: ImageReader) -> list[Flowable]:
    issuer = [Paragraph(escape(texts.issuer[0]), _BOLD), *(Paragraph(escape(one), _PLAIN) for one in texts.issuer[1:])]
    box = [Paragraph(escape(one), _RED) for one in texts.box]
    labelled = [(label, ":", Paragraph(escape(text), _PLAIN)) for label, text in texts.labelled]
    half = (len(labelled) + 1) // 2
    pairs = [(*one, *other) for one, other in zip(labelled[:half], [*labelled[half:], ("", "", "")], strict=False)]
    rows = [(row[0], Paragraph(escape(row[1]), _PLAIN), *row[2:]) for row in texts.lines]
    return [
        Table([[_Picture(logo, (90, 54)), issuer, box]], colWidths=(100, 260, 180), style=_TOP),
        Table(pairs, colWidths=(70, 8, 220, 70, 8, 164), style=_FINE),
        Table([texts.headings, *rows], colWidths=(70, 200, 50, 40, 60, 50, 70), style=_GRID, repeatRows=1),
        Table(texts.totals, colWidths=(100, 90), style=_FINE, hAlign="RIGHT"),
        *_stamp(texts),
    ]


def _ticket(texts: Texts, logo: ImageReader) -> list[Flowable]:
    head = [*texts.box, *texts.issuer, *(f"{label}: {text}" for label, text in texts.labelled)]
    rows: list[Sequence[object]] = []
    for code, name, quantity, unit, price, _, amount in texts.lines:
        rows.append((Paragraph(escape(f"{code} {name}"), _PLAIN), ""))
        rows.append((f"{quantity} {unit} x {price}", amount))
    grid = [("FONT", (0, 0), (-1, -1), "Vera", 8), ("ALIGN", (1, 0), (1, -1), "RIGHT")]
    return [
        _Picture(logo, (90, 54)), *(Paragraph(escape(one), _MIDDLE) for one in head),
        Table(rows, colWidths=(140, 64), style=[*grid, ("TOPPADDING", (0, 0), (-1, -1), 0),
                                                ("BOTTOMPADDING", (0, 0), (-1, -1), 0)]),
        Table(texts.totals, colWidths=(140, 64), style=grid), *_stamp(texts),
    ]  # fmt: skip


def _stamp(texts: Texts) -> list[Flowable]:
    picture = _Picture(ImageReader(BytesIO(texts.stamp)), texts.stamp_size)
    return [picture, *(Paragraph(escape(one), _SMALL) for one in texts.words)]


class _Picture(Flowable):  # type: ignore[misc]
    """A picture that was read before: platypus' own reads its file for every page."""

    def __init__(self, picture: ImageReader, size: tuple[float, float]) -> None:
        super().__init__()
        self._picture = picture
        self.width, self.height = size

    def wrap(self, *room: float) -> tuple[float, float]:
        return self.width, self.height

    def draw(self) -> None:
        self.canv.drawImage(self._picture, 0, 0, self.width, self.height)


# --- weasyprint ---------------------------------------------------------------------------------------------------

_STYLE = """
@font-face {{ font-family: Vera; src: url({normal}) }}
@font-face {{ font-family: Vera; font-weight: bold; src: url({bold}) }}
@page {{ size: {width}pt {height}pt; margin: {margin}pt }}
body {{ font: 8pt/1.25 Vera; margin: 0 }} p {{ margin: 0 }}
.top {{ display: flex; gap: 10pt }} .top div {{ flex: 1 }} .logo {{ width: 90pt }}
.box {{ border: 1.5pt solid red; color: red; font: bold 12pt/1.4 Vera; text-align: center; width: 180pt }}
.issuer p:first-child {{ font: bold 12pt Vera }}
table {{ border-collapse: collapse; width: 100% }} th {{ text-align: left }} .lines thead {{ background: lightgrey }}
td.n {{ text-align: right }} .totals {{ width: 190pt; margin-left: auto }} .words {{ font-size: 7pt }}
.stamp {{ image-rendering: crisp-edges }}
"""


def weasyprint(logo: bytes) -> dict[str, Peer]:
    """Makers of letters and tickets with weasyprint, after :func:`install`."""
    module = importlib.import_module("weasyprint")
    fonts = importlib.import_module("weasyprint.text.fonts").FontConfiguration()
    normal, bold = ((FONTS / name).as_uri() for name in ("Vera.ttf", "VeraBd.ttf"))
    kept: dict[str, object] = {}

    def maker(size: tuple[float, float], margin: int, body: Callable[[Texts, str], str]) -> Peer:
        style = _STYLE.format(normal=normal, bold=bold, width=size[0], height=size[1], margin=margin)
        sheet, source = module.CSS(string=style, font_config=fonts), _data(logo)

        def made(texts: Texts) -> bytes:
            page = f"<html lang=es><title>{escape(texts.box[1])}</title><body>{body(texts, source)}</body></html>"
            file: bytes = module.HTML(string=page).write_pdf(stylesheets=[sheet], font_config=fonts, cache=kept)
            return file

        return made

    return {"letter": maker(LETTER, 36, _letter_html), "ticket": maker(ROLL, 8, _ticket_html)}


def _data(file: bytes) -> str:
    return f"data:image/png;base64,{b64encode(file).decode('ascii')}"


def _paragraphs(texts: Sequence[str]) -> str:
    return "".join(f"<p>{escape(one)}</p>" for one in texts)


def _rows(rows: Sequence[Sequence[str]]) -> str:
    return "".join(f"<tr>{''.join(f'<td>{escape(one)}' for one in row)}" for row in rows)


def _letter_html(texts: Texts, logo: str) -> str:
    labelled = [(f"{label}:", text) for label, text in texts.labelled]
    half = (len(labelled) + 1) // 2
    pairs = [(*one, *other) for one, other in zip(labelled[:half], [*labelled[half:], ("", "")], strict=False)]
    return (
        f'<div class=top><img class=logo src="{logo}" alt=""><div class=issuer>{_paragraphs(texts.issuer)}</div>'
        f"<div class=box>{_paragraphs(texts.box)}</div></div><table>{_rows(pairs)}</table>"
        f"<table class=lines><thead><tr>{''.join(f'<th>{escape(one)}' for one in texts.headings)}</thead>"
        f"{_rows(texts.lines)}</table><table class=totals>{_rows(texts.totals)}</table>{_stamp_html(texts)}"
    )


def _ticket_html(texts: Texts, logo: str) -> str:
    lines = [
        pair for code, name, quantity, unit, price, _, amount in texts.lines
        for pair in ((f"{code} {name}", ""), (f"{quantity} {unit} x {price}", amount))
    ]  # fmt: skip
    labelled = [f"{label}: {text}" for label, text in texts.labelled]
    return (
        f'<img class=logo src="{logo}" alt="">{_paragraphs([*texts.box, *texts.issuer, *labelled])}'
        f"<table>{_rows(lines)}</table><table>{_rows(texts.totals)}</table>{_stamp_html(texts)}"
    )


def _stamp_html(texts: Texts) -> str:
    width, height = texts.stamp_size
    size = f"width:{width:.3f}pt;height:{height:.3f}pt"
    picture = f'<img class=stamp style="{size}" src="{_data(texts.stamp)}" alt="">'
    return f"{picture}<div class=words>{_paragraphs(texts.words)}</div>"
