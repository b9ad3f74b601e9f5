"""The commands that show what was issued and received."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

from dteplanows.ledger.store import Ledger
from fixtures import FIXTURES
from tests.commands.command_line import run, sample
from tests.ledger.example import OTHER, RECEIVED


def test_documents_are_listed_with_their_state(directory: Path, tmp_path: Path, ledger: Ledger) -> None:
    assert "No hay documentos." in run(directory, "documentos").output
    names = ("guia52.txt", "factura33.txt")
    with Path(sample(tmp_path, "factura33.txt")).open("ab") as file:
        file.write(b"->Adicionales<-\n1;OT-4711;\n")
    run(directory, "procesar", str(tmp_path / names[1]), sample(tmp_path, names[0]))
    (company,) = ledger.companies.all()
    guia = ledger.documents.find("pruebas", company.rut, 52, 1)
    assert guia is not None
    ledger.marks.annul(guia, "ana")

    whole = run(directory, "documentos").output
    assert re.search(r"52 .*anulada el \d{4}-\d\d-\d\d", whole)
    assert re.search(r"33 .*emitido", whole)
    assert "105.910" in whole
    found = run(directory, "documentos", "--dato", "a1=OT-4711").output
    assert "33" in found and "anulada" not in found
    assert "No hay documentos." in run(directory, "documentos", "--tipo", "52", "--dato", "A1=OT-4711").output
    wrong = run(directory, "documentos", "--dato", "A1")
    assert (wrong.exit_code, "se escribe como A1=4711" in wrong.output) == (2, True)


def test_one_document_is_shown_with_every_aviso(directory: Path, tmp_path: Path, ledger: Ledger) -> None:
    path = Path(sample(tmp_path, "factura33.txt"))
    data = path.read_bytes()
    name = data.partition(b"->Detalle<-")[2].split(b";")[2]
    path.write_bytes(data.replace(name, b"Tornillo " * 10) + b"->Adicionales<-\n1;OT-4711;\n")
    assert run(directory, "procesar", str(path)).exit_code == 0

    shown = run(directory, "documentos", "33", "1")
    assert shown.exit_code == 0
    for text in ("folio 1", "emitido", "151.487", "127.300", "OT-4711", "DOC-052", "Tornillo Tornillo"):
        assert text in shown.output
    (company,) = ledger.companies.all()
    facts = json.loads(run(directory, "documentos", "33", "1", "--json").output)
    assert facts["montos"] == {"neto": "127300", "exento": "0", "iva": "24187", "total": "151487"}
    assert (facts["rut_emisor"], facts["estado"], facts["usuario"]) == (company.rut, "emitido", "operador")
    assert [one[:9] for one in facts["avisos"]].count("[DOC-052]") == 1
    assert facts["adicionales"] == {"A1": "OT-4711"}


def test_a_document_without_avisos_says_so_and_others_are_not_there(directory: Path, tmp_path: Path) -> None:
    run(directory, "procesar", sample(tmp_path, "boleta39.txt"))
    assert "Se emitió sin avisos." in run(directory, "documentos", "39", "1").output
    other = run(directory, "documentos", "39", "2")
    assert (other.exit_code, "FOL-060" in other.output) == (1, True)
    for order in (("39",), ("39", "1", "2"), ("--salida", "x.txt")):
        assert run(directory, "documentos", *order).exit_code == 2


def test_an_export_is_shown_in_its_currency_and_an_annulled_one_as_such(
    directory: Path, tmp_path: Path, ledger: Ledger
) -> None:
    export = next(str(one.path) for one in FIXTURES if str(one) == "exportacion110-con-aduana.txt")
    done = run(directory, "procesar", export, sample(tmp_path, "guia52.txt"))
    assert done.exit_code == 0, done.output
    (company,) = ledger.companies.all()
    guia = ledger.documents.find("pruebas", company.rut, 52, 1)
    assert guia is not None
    ledger.marks.annul(guia, "ana")

    montos = json.loads(run(directory, "documentos", "110", "1", "--json").output)["montos"]
    assert montos["moneda"] == "DOLAR USA" and int(montos["total_en_pesos"]) > 0
    assert "DOLAR USA" in run(directory, "documentos", "110", "1").output
    assert "anulada el" in run(directory, "documentos", "52", "1").output
    assert json.loads(run(directory, "documentos", "52", "1", "--json").output)["estado"] == "anulado"


def test_received_documents_are_listed_and_paper_ones_eliminated(directory: Path, ledger: Ledger) -> None:
    assert "No hay documentos de compra." in run(directory, "recibidos", "listar").output
    (company,) = ledger.companies.all()
    paper = replace(RECEIVED, rut_empresa=company.rut)
    for one in (paper, replace(paper, rut_emisor=OTHER), replace(paper, tipo=33)):
        ledger.received.record(one)
    listed = run(directory, "recibidos", "listar", "--desde", "2026-11-20").output
    assert (listed.count(paper.rut_emisor), listed.count(OTHER), listed.count("1.290")) == (2, 1, 3)
    assert "No hay" in run(directory, "recibidos", "listar", "--hasta", "2026-11-19").output
    assert run(directory, "recibidos", "listar", "--hasta", "ayer").exit_code == 2

    order = ("recibidos", "eliminar", "--folio", "7", "--proveedor")
    assert run(directory, *order, OTHER, "--tipo", "30").output.startswith("Eliminado: tipo 30, folio 7")
    assert "recibidos listar" in run(directory, *order, OTHER, "--tipo", "30").output
    assert "CMP-031" in run(directory, *order, paper.rut_emisor, "--tipo", "33").output
    assert len(ledger.received.of(company.ambiente, company.rut)) == 2


def test_listeners_are_listed(directory: Path, ledger: Ledger) -> None:
    assert "No hay programas registrados." in run(directory, "oyentes").output
    (company,) = ledger.companies.all()
    ledger.marks.listen(company, "ana", "203.0.113.7", 9978, 60)
    shown = run(directory, "oyentes").output
    assert "203.0.113.7" in shown and "9978" in shown
