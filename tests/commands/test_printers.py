"""``impresora`` and ``impresion``."""

from __future__ import annotations

import threading
from pathlib import Path

from dteplanows.ledger.store import Ledger
from dteplanows.printers.worker import Printing
from tests.commands.command_line import run, sample
from tests.printers.listeners import raw_printer


def done(folder: Path, *arguments: str) -> str:
    result = run(folder, *arguments)
    assert result.exit_code == 0, result.output
    return result.output


def refused(folder: Path, *arguments: str) -> str:
    result = run(folder, *arguments)
    assert result.exit_code != 0, result.output
    return result.output


def test_a_printer_from_its_making_to_its_end(directory: Path, ledger: Ledger, tmp_path: Path) -> None:
    folder = tmp_path / "papeles"
    folder.mkdir()
    assert "No hay impresoras" in done(directory, "impresora", "listar")
    assert "CFG-063" in refused(directory, "impresora", "crear", "Caja", "--clase", "carpeta", "--direccion", "nada")
    told = done(directory, "impresora", "crear", "Caja 1", "--clase", "carpeta", "--direccion", str(folder))
    assert "va a ella, de lo que emite la empresa: todos los documentos." in told
    done(directory, "impresora", "crear", "Todas", "--clase", "carpeta", "--direccion", str(folder), "--de-todas")
    assert "CFG-061" in refused(directory, "impresora", "ruta", "Otra")
    assert "CFG-069" in refused(directory, "impresora", "ruta", "Todas", "--sucursal", "centro")
    told = done(directory, "impresora", "ruta", "Todas", "--tipo", "33", "--copia", "original", "--copia", "cedible",
                "--antes-de", "1")  # fmt: skip
    assert "Ruta 2 creada: tipo 33 a «Todas», original, cedible." in told
    rows = [line for line in done(directory, "impresora", "rutas").splitlines() if "original" in line]
    assert ["tipo 33" in rows[0], "todos los documentos" in rows[1]] == [True, True]
    done(directory, "procesar", sample(tmp_path, "factura33.txt"), sample(tmp_path, "boleta39.txt"))
    assert done(directory, "impresion", "listar").count("en espera") == 3
    Printing(ledger)._drain(ledger.prints.due(lambda worker: False)[0], _never())
    assert "No se" not in done(directory, "impresora", "listar")
    for lane in ledger.prints.due(lambda worker: False):
        Printing(ledger)._drain(lane, _never())
    assert "No hay nada por imprimir" in done(directory, "impresion", "listar")
    assert done(directory, "impresion", "listar", "--todas").count("impresa") == 3
    assert len(list(folder.iterdir())) == 3
    document = ledger.documents.by_id(1)
    assert document
    shown = done(directory, "documentos", str(document.tipo), str(document.folio))
    assert "Impresión:" in shown and "Todas" in shown and "cedible" in shown
    told = done(directory, "impresion", "reimprimir", str(document.tipo), str(document.folio))
    assert "Es el trabajo 4 de la impresora «Todas»." in told
    done(directory, "impresora", "retener", "caja 1")
    done(directory, "impresion", "mover", "4", "caja 1")
    assert "retenida; 1 trabajo espera" in done(directory, "impresora", "listar")
    assert "CFG-062" in refused(directory, "impresora", "borrar", "caja 1", "--si")
    done(directory, "impresora", "soltar", "caja 1")
    done(directory, "impresion", "cancelar", "4")
    assert "CFG-068" in refused(directory, "impresion", "cancelar", "4")
    assert "CFG-068" in refused(directory, "impresion", "mover", "99", "caja 1")
    boleta = ledger.documents.by_id(2)
    assert boleta
    assert "CFG-065" in refused(
        directory, "impresion", "reimprimir", "39", str(boleta.folio), "--copia", "cedible", "--impresora", "Todas"
    )
    assert "CFG-070" in refused(directory, "impresora", "quitar-ruta", "9")
    done(directory, "impresora", "quitar-ruta", "2")
    done(directory, "impresora", "cambiar", "Todas", "--nombre-nuevo", "Oficina", "--densidad", "2")
    assert [one.nombre for one in ledger.printers.all()] == ["Caja 1", "Oficina"]
    done(directory, "impresora", "borrar", "Caja 1", "--si")
    assert "nada se imprime solo" in done(directory, "impresora", "rutas")
    waits = run(directory, "impresora", "probar", "Oficina")
    assert waits.exit_code == 1 and "cuando el servicio esté en marcha" in waits.output


def test_what_goes_to_a_printer_of_tickets_is_told(directory: Path, ledger: Ledger) -> None:
    told = done(directory, "impresora", "crear", "Caja", "--clase", "red", "--direccion", "caja",
                "--formato", "generica-80")  # fmt: skip
    assert "boletas, y lo demás que trae TpoImpresion T." in told and "Lo demás no se imprime solo" in told
    assert "boletas, y lo demás" in " ".join(done(directory, "impresora", "rutas").split())


def test_a_test_page_is_followed(directory: Path, ledger: Ledger) -> None:
    stop = threading.Event()
    thread = threading.Thread(target=Printing(Ledger(directory)).run, args=(stop,))
    thread.start()
    try:
        with raw_printer() as port:
            done(directory, "impresora", "crear", "Caja", "--clase", "red", "--direccion", port.address,
                 "--formato", "generica-80")  # fmt: skip
            assert "recibió la página de prueba" in done(directory, "impresora", "probar", "Caja")
            assert b"Comercial Uno SpA" in port.jobs[0]
        failed = run(directory, "impresora", "probar", "Caja")
        assert failed.exit_code == 1 and "nadie atiende en ese puerto" in failed.output
    finally:
        stop.set()
        thread.join(20)


def _never() -> threading.Event:
    return threading.Event()
