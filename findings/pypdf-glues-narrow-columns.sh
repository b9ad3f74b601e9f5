#!/usr/bin/env bash
# pypdf: extract_text ignores how wide letters are drawn (the operator Tz of PDF), and takes the end of a narrow text for
# further right than it is: the next column is glued to it. Of an amount of 120000 and a price of 3500 it makes 1200003500.
# Its mode "layout", pdfminer.six and pdfium keep them apart, in the same file.
#
# Why it matters: whoever receives invoices reads them by such a program where the XML has not come. Narrow letters are
# usual where a table of many columns has to go on a page. The number that comes out is another one, and well formed.
#
# Seen: pypdf 7.1.1 with a file of reportlab 5.1.0, Helvetica of 10 points, columns 6 points apart:
#   letters as wide as   pypdf                 pypdf, layout; pdfminer.six 20260107; pdfium (pypdfium2 5.15.2)
#   100 %                Cemento 120000 3500   Cemento 120000 3500
#    60 %                Cemento1200003500     Cemento 120000 3500
# What helps: a blank at the end of each text, which nobody sees.
# Expected: the columns apart in each. Ends with an error when any of these is otherwise.
set -euo pipefail

command -v python3 > /dev/null || { echo "python3 is not installed." >&2; exit 2; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv box
box/bin/pip install --quiet --disable-pip-version-check pypdf==7.1.1 pdfminer.six==20260107 reportlab==5.1.0 pypdfium2==5.15.2

cat > columns.py <<'PYTHON'
import io
import sys

import pypdf
import pypdfium2
from pdfminer.high_level import extract_text
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas


def page(scale, ending=""):
    file = io.BytesIO()
    canvas = Canvas(file)
    x = 50.0
    for words in ("Cemento", "120000", "3500"):
        text = canvas.beginText(x, 700)
        text.setFont("Helvetica", 10)
        text.setHorizScale(scale)
        text.textOut(words + ending)
        canvas.drawText(text)
        x += stringWidth(words, "Helvetica", 10) * scale / 100 + 6
    canvas.save()
    return file.getvalue()


def read(data):
    of_pypdf = pypdf.PdfReader(io.BytesIO(data)).pages[0]
    return {
        "pypdf": of_pypdf.extract_text(),
        "pypdf, layout": of_pypdf.extract_text(extraction_mode="layout"),
        "pdfminer.six": extract_text(io.BytesIO(data)),
        "pdfium": pypdfium2.PdfDocument(data)[0].get_textpage().get_text_bounded(),
    }


wrong = []
for scale, ending in ((100, ""), (60, ""), (60, " ")):
    for name, text in read(page(scale, ending)).items():
        words = " ".join(text.split())
        print(f"{scale} %{' with a blank' if ending else '':13} {name:14} {words}")
        glued = name == "pypdf" and scale == 60 and not ending
        if words != ("Cemento1200003500" if glued else "Cemento 120000 3500"):
            wrong.append(name)
sys.exit(f"otherwise than seen: {wrong}" if wrong else 0)
PYTHON
box/bin/python columns.py
