"""What the metrics count of the calls of both services: each once, where its line of the log is finished."""

from __future__ import annotations

import pytest

from dteplanows.bulk.queue import Worker
from dteplanows.log import metrics
from tests.soap.soap_support import CLAVE, LOGIN, Caller, Watched, b64, envelope, procesar, sale


def test_each_call_is_counted_once(caller: Caller, issuer: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    counts = metrics.Counts()
    monkeypatch.setattr(metrics, "_counts", counts)
    wrong, refused = LOGIN.replace(b64(CLAVE), b64("otra")), sale("mala").replace(b"22222222-2", b"22222222-3")
    caller.post(envelope(procesar(b64(sale("contada")))))
    caller.post(envelope(procesar(b64(sale("mirada")), operation="Validar")))
    caller.post(envelope(procesar(b64(refused + sale("en parte") + refused))))
    caller.post(envelope(procesar(b64(sale("ajena")), login=wrong)))
    caller.post(envelope(procesar(b64(sale("más tarde")), operation="ProcesarWSMasivo")))
    caller.post(envelope(f"<getXMLDte>{LOGIN}<folio>1</folio></getXMLDte>"))
    caller.post("<a")
    caller.send("GET", "/otra")
    caller.send("GET", "/plano/descargar.php", query="p1=x")
    caller.send("GET", "/wsds/version")
    while Worker(issuer, 10).work_once():
        pass
    assert {key: sum(one.counts) for key, one in counts.calls.items()} == {
        ("Procesar", "ok"): 1, ("Validar", "ok"): 1, ("Procesar", "parcial"): 1, ("Procesar", "rechazada"): 1,
        ("ProcesarWSMasivo", "ok"): 1, ("getXMLDte", "rechazada"): 1, ("REST /wsds/version", "rechazada"): 1,
    }  # fmt: skip
    assert counts.issued == {33: 3}
    (of_the_file,) = set(counts.refused) - {"AUT-001", "AUT-016", "FOL-060", "SRV-049"}
    assert counts.refused == {of_the_file: 2, "AUT-001": 1, "AUT-016": 1, "FOL-060": 1, "SRV-049": 1}
    assert all(one.seconds > 0 for one in counts.calls.values())


@pytest.mark.parametrize("operation", ["Procesar", "getXMLDte"])
def test_a_failure_of_ours_is_counted_as_what_its_client_reads(
    caller: Caller, issuer: Watched, operation: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    counts = metrics.Counts()
    monkeypatch.setattr(metrics, "_counts", counts)

    def fail(*arguments: object) -> None:
        raise OSError("disco")

    issuer.failure = OSError("disco")
    monkeypatch.setattr("dteplanows.archive.Archive.find", fail)
    caller.post(envelope(procesar(b64("x"), operation=operation).replace("<file>", "<folio>1</folio><file>")))
    assert list(counts.calls) == [(operation, "rechazada")]
    assert counts.refused == {"SRV-001" if operation == "Procesar" else "SRV-004": 1}
