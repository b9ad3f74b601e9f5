"""What ``validar`` shows of a file: what would be issued, and problems in the order of the answers."""

from __future__ import annotations

import re
from pathlib import Path

from docs.reference import MANUAL
from dteplanows.accounts.callers import Callers
from dteplanows.document.problem import in_order
from dteplanows.issuing import Issuer
from dteplanows.ledger.store import Ledger
from dteplanows.soap.answer import reasons
from tests.commands.command_line import RUT, run, sample


def test_validar_says_what_would_be_issued(directory: Path, tmp_path: Path) -> None:
    path = Path(sample(tmp_path, "factura33.txt"))
    output = run(directory, "validar", str(path)).output
    text = path.read_text("latin-1")
    header = next(row for row in text.splitlines() if row.startswith("33;")).split(";")
    assert f"Receptor: {header[5]} {header[6]}" in output
    totals = text.partition("->Totales<-")[2].splitlines()[1].split(";")
    neto, iva, total = (f"{int(totals[at]):,}".replace(",", ".") for at in (4, 7, 8))
    assert f"neto {neto}, IVA {iva}, total {total} (pesos)" in output
    assert "Lo que se supuso" not in output
    path.write_text(text.replace(f";{total.replace('.', '')};", f";{total.replace('.', '')},00;"), "latin-1")
    output = run(directory, "validar", str(path)).output
    assert f"total {total} (pesos)" in output
    assert output.index("Lo que se supuso o conviene revisar") < output.index("TXT-110")
    path.write_text(text.replace(header[5], "1-1"), "latin-1")
    refused = run(directory, "validar", str(path)).output
    assert "Receptor:" not in refused


def test_validar_says_the_currency_of_an_export(directory: Path, tmp_path: Path) -> None:
    path = tmp_path / "exportacion.txt"
    path.write_bytes((MANUAL / "ejemplos" / "110-exportacion.txt").read_bytes())
    output = run(directory, "validar", str(path)).output
    assert re.search(r"Montos: exento [\d.,]+, total [\d.,]+ \(DOLAR USA, [\d.,]+ pesos\)", output), output


def test_problems_stand_in_the_order_of_the_answers(directory: Path, ledger: Ledger, tmp_path: Path) -> None:
    """Causes before consequences, then by line: what SOAP says first stands first here."""
    path = Path(sample(tmp_path, "factura33.txt"))
    rows = path.read_text("latin-1").splitlines()
    header = next(at for at, row in enumerate(rows) if row.startswith("33;"))
    rows[header] = rows[header].replace(rows[header].split(";")[5], "1-1")
    line = next(at for at, row in enumerate(rows) if row == "->Detalle<-") + 1
    parts = rows[line].split(";")
    rows[line] = ";".join([*parts[:3], "doce", *parts[4:]])
    path.write_text("\n".join(rows), "latin-1")
    output = run(directory, "validar", str(path)).output
    codes = re.findall(r"([A-Z]{3}-\d{3}) │", output)
    issuer = Issuer(ledger)
    outcome = issuer.process(Callers(ledger).operator("pruebas", RUT), path.read_bytes(), "1", True)
    assert codes[0] == "TXT-020"
    assert codes == [one.code for one in in_order(outcome.documents[0].problems)]
    assert reasons(outcome.documents[0].problems).startswith("1) [TXT-020]")
