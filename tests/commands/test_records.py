"""The commands that show what was issued and received."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from dteplanows.ledger.store import Ledger
from tests.commands.command_line import run, sample
from tests.ledger.example import OTHER, RECEIVED


def test_documents_are_listed_with_their_state(directory: Path, tmp_path: Path, ledger: Ledger) -> None:
    assert "No hay documentos." in run(directory, "documentos").output
    names = ("guia52.txt", "factura33.txt")
    with Path(sample(tmp_path, "factura33.txt")).open("ab") as file:
        file.write(b"->Adicionales<-\n1;OT-4711;\n")
    run(directory, "procesar", str(tmp_path / names[1]), sample(tmp_path, names[0]))
    (company,) = ledger.companies()
    guia = ledger.document("pruebas", company.rut, 52, 1)
    assert guia is not None
    ledger.annul(guia, "ana")

    whole = run(directory, "documentos").output
    assert re.search(r"52 .*anulada el \d{4}-\d\d-\d\d", whole)
    assert re.search(r"33 .*emitido", whole)
    assert "105.910" in whole
    found = run(directory, "documentos", "--dato", "a1=OT-4711").output
    assert "33" in found and "anulada" not in found
    assert "No hay documentos." in run(directory, "documentos", "--tipo", "52", "--dato", "A1=OT-4711").output
    wrong = run(directory, "documentos", "--dato", "A1")
    assert (wrong.exit_code, "se escribe como A1=4711" in wrong.output) == (2, True)


def test_received_documents_are_listed_and_paper_ones_eliminated(directory: Path, ledger: Ledger) -> None:
    assert "No hay documentos de compra." in run(directory, "recibidos", "listar").output
    (company,) = ledger.companies()
    paper = replace(RECEIVED, rut_empresa=company.rut)
    for one in (paper, replace(paper, rut_emisor=OTHER), replace(paper, tipo=33)):
        ledger.record_received(one)
    listed = run(directory, "recibidos", "listar", "--desde", "2026-11-20").output
    assert (listed.count(paper.rut_emisor), listed.count(OTHER), listed.count("1.290")) == (2, 1, 3)
    assert "No hay" in run(directory, "recibidos", "listar", "--hasta", "2026-11-19").output
    assert run(directory, "recibidos", "listar", "--hasta", "ayer").exit_code == 2

    order = ("recibidos", "eliminar", "--folio", "7", "--proveedor")
    assert run(directory, *order, OTHER, "--tipo", "30").output.startswith("Eliminado: tipo 30, folio 7")
    assert "recibidos listar" in run(directory, *order, OTHER, "--tipo", "30").output
    assert "CMP-031" in run(directory, *order, paper.rut_emisor, "--tipo", "33").output
    assert len(ledger.received_documents(company.ambiente, company.rut)) == 2


def test_listeners_are_listed(directory: Path, ledger: Ledger) -> None:
    assert "No hay programas registrados." in run(directory, "oyentes").output
    (company,) = ledger.companies()
    ledger.listen(company, "ana", "203.0.113.7", 9978, 60)
    shown = run(directory, "oyentes").output
    assert "203.0.113.7" in shown and "9978" in shown
