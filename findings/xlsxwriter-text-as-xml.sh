#!/usr/bin/env bash
# XlsxWriter: write_string() of a text that begins with <r> and ends with </r> puts it into the workbook as XML, not escaped.
# With constant_memory, where texts stand in the sheet itself, such a text can close its own cell and open another one with a
# formula, although strings_to_formulas is off and the cell is written as a text by name. Without constant_memory it
# can put any XML into the shared strings, and a spreadsheet then refuses the file or "repairs" it.
#
# Why it matters: an export has names of customers, who choose them. 78 letters are enough; a receiver's name of an invoice
# may have 100. Whoever opens the export runs what the customer wrote, and programs guard only against a leading "=".
#
# Seen: XlsxWriter 3.3.1, Python 3.11.7:
#   the text <r></r></is></c><c r="B1"><f>1+1</f></c><c r="C1" t="inlineStr"><is><r></r>
#   constant_memory   a formula in B1
#   usual             sharedStrings.xml is no XML any more
# Expected: one cell with that text. Ends with an error when any of these is otherwise.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv env
env/bin/pip install -q XlsxWriter==3.3.1

cat > show.py <<'PYTHON'
import xml.etree.ElementTree as etree, zipfile
import xlsxwriter

TEXT = '<r></r></is></c><c r="B1"><f>1+1</f></c><c r="C1" t="inlineStr"><is><r></r>'

def parts(constant_memory):
    options = {"constant_memory": constant_memory, "strings_to_formulas": False}
    with xlsxwriter.Workbook("book.xlsx", options) as book:
        book.add_worksheet().write_string(0, 0, TEXT)
    with zipfile.ZipFile("book.xlsx") as made:
        return {name: made.read(name) for name in made.namelist()}

sheet = etree.fromstring(parts(True)["xl/worksheets/sheet1.xml"])
formulas = [one.text for one in sheet.iter() if one.tag.endswith("}f")]
print("constant_memory: formulas", formulas)
try:
    etree.fromstring(parts(False)["xl/sharedStrings.xml"])
    broken = False
except etree.ParseError as error:
    broken = True
    print("usual: sharedStrings.xml:", error)
raise SystemExit(0 if formulas == ["1+1"] and broken else 1)
PYTHON
env/bin/python show.py
