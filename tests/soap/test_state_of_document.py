"""``EstadoDte``: where a document stands at the SII, by SOAP and by REST, from its issue to the last word."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from lxml import etree

from dteplanows.accounts.callers import Callers
from dteplanows.document.outcome import Credentials
from dteplanows.ledger import passwords
from dteplanows.ledger.deliveries import Step
from dteplanows.ledger.delivery_states import FINAL, STATES, State
from dteplanows.ledger.place import Place
from dteplanows.ledger.rows import StoredDocument
from tests.installation import CLAVE, USUARIO, Installation, make_installation
from tests.issuing.test_issued_before import file
from tests.soap.soap_support import Caller, b64, envelope

LOGIN = f"<login><Usuario>{b64(USUARIO)}</Usuario><Rut>{b64('1-9')}</Rut><Clave>{b64(CLAVE)}</Clave></login>"
REASONS = "(DTE-3-505) Firma DTE Incorrecta\n(DET L[2] -2-200) Monto : [25883] <> [27246]\nalgo que nadie conoce"


@pytest.fixture
def made(place: Place, monkeypatch: pytest.MonkeyPatch) -> Iterator[Installation]:
    monkeypatch.setattr(passwords, "_KIB", 8)  # what a password costs is not looked at here
    with closing(make_installation(place)) as one:
        yield one


@pytest.fixture
def caller(made: Installation) -> Caller:
    return Caller(made.issuer)


@pytest.fixture
def document(made: Installation) -> StoredDocument:
    (one,) = made.issue(file(), "1").documents
    found = made.ledger.documents.by_id(one.documento_id)
    assert found
    return found


def bring(made: Installation, document: StoredDocument, state: State, reasons: str = "", detail: str = "") -> None:
    """Let *document* come to *state*, as the worker writes it down."""
    stopped = (Step("detenido"),) if state == "descartado" else ()
    for one in (Step("en sobre"), Step("enviado"), *stopped, Step(state, detail, reasons)):
        if state != "en sobre" or one.to == state:
            made.ledger.deliveries.move([document.id], one)


def asked(caller: Caller, folio: object, tipo: object = 33, tpomov: str = "V", login: str = LOGIN) -> Any:
    parameters = {"tpomov": tpomov, "folio": str(folio), "tipo": str(tipo)}
    inner = "".join(f"<{name}>{b64(value)}</{name}>" for name, value in parameters.items())
    return caller.post(envelope(f'<EstadoDte xmlns="http://tempuri.org">{login}{inner}</EstadoDte>'))


def told(caller: Caller, folio: int) -> etree._Element:
    return etree.fromstring(asked(caller, folio).result().encode())


@pytest.mark.parametrize("state", STATES)
def test_every_state_is_told(made: Installation, caller: Caller, document: StoredDocument, state: State) -> None:
    if state != "pendiente":
        bring(made, document, state)
    found = told(caller, document.folio)
    assert (found.findtext("Resultado"), found.findtext("Situacion")) == ("True", state)
    assert found.findtext("PalabraFinal") == str(state in FINAL)
    assert f"tipo 33 y folio {document.folio}" in (found.findtext("Mensaje") or "")
    delivery = made.ledger.deliveries.find(document.id)
    assert delivery
    assert found.findtext("SituacionDesde") == delivery.desde.isoformat(timespec="seconds")
    assert len(found.findall("MotivosSii/MotivoSii")) == 0


def test_a_refusal_comes_with_every_reason(made: Installation, caller: Caller, document: StoredDocument) -> None:
    bring(made, document, "rechazado", REASONS)
    reasons = told(caller, document.folio).findall("MotivosSii/MotivoSii")
    assert [one.findtext("CodigoSii") for one in reasons] == ["DTE-3-505", "DET-2-200", ""]
    assert [one.findtext("LineaSii") for one in reasons] == ["", "2", ""]
    assert [one.findtext("DichoSii") for one in reasons] == REASONS.splitlines()
    assert all(one.findtext("Significado") and one.findtext("Remedio") for one in reasons[:2])
    assert not reasons[2].findtext("Remedio")


def test_why_a_document_is_stopped(made: Installation, caller: Caller, document: StoredDocument) -> None:
    bring(made, document, "detenido", detail="El certificado venció: cargue otro.")
    found = told(caller, document.folio)
    assert found.findtext("Explicacion") == "El certificado venció: cargue otro."
    assert found.findall("MotivosSii/MotivoSii") == []


def test_the_live_document_of_a_folio_answers(made: Installation, caller: Caller, document: StoredDocument) -> None:
    bring(made, document, "rechazado", REASONS)
    (again,) = made.issue(file(folio=document.folio, neto=2000), "1").documents
    assert again.accepted
    assert told(caller, document.folio).findtext("Situacion") == "pendiente"


def test_one_from_before_delivery_existed(made: Installation, caller: Caller, document: StoredDocument) -> None:
    drop = "DROP TRIGGER entrega_no_se_borra"
    if made.ledger.db.backup_part.endswith("dump"):
        drop += " ON entrega"
    with made.ledger.writing():
        made.ledger.connection.execute(drop)
        made.ledger.connection.execute("DELETE FROM entrega")
    found = told(caller, document.folio)
    assert (found.findtext("Situacion"), found.findtext("PalabraFinal")) == ("sin enviar", "False")


@pytest.mark.parametrize(
    ("parameters", "code"),
    [({"folio": 7}, "FOL-060"), ({"folio": "x"}, "SRV-030"), ({"folio": ""}, "SRV-032"), ({"tpomov": "C"}, "SRV-031"),
     ({"tipo": 34}, "FOL-060"), ({"login": ""}, "SRV-010"),
     ({"login": LOGIN.replace(b64(CLAVE), b64("x"))}, "AUT-001")],
)  # fmt: skip
def test_a_question_that_cannot_be_answered_is_a_fault(
    caller: Caller, document: StoredDocument, parameters: dict[str, Any], code: str
) -> None:
    _, text = asked(caller, **{"folio": document.folio, **parameters}).fault()
    assert f"[{code}]" in text


def test_the_same_by_rest(made: Installation, caller: Caller, document: StoredDocument) -> None:
    bring(made, document, "rechazado", REASONS.splitlines()[0])
    token: dict[str, Any] = {"HTTP_AUTHORIZATION": Callers(made.ledger).token(Credentials((USUARIO,), "1-9", (CLAVE,)))}

    def ask(folio: int) -> Any:
        return caller.send("GET", "/wsds/estadodte", query=f"tpomov=V&folio={folio}&tipo=33", **token)

    found = json.loads(ask(document.folio).body)
    assert found["Resultado"] == "OK"
    tree = found["WSPLANO"]
    assert (tree["Resultado"], tree["Situacion"], tree["PalabraFinal"]) == ("True", "rechazado", "True")
    (reason,) = tree["MotivosSii"]["MotivoSii"]
    assert (reason["CodigoSii"], bool(reason["Remedio"])) == ("DTE-3-505", True)
    missing = ask(7)
    assert missing.status == 404
    assert "FOL-060" in json.loads(missing.body)["Error"]
    assert caller.send("GET", "/wsds/estadodte", query="tpomov=V&folio=1&tipo=33").status == 401
