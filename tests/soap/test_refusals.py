"""What refusals quote: the text that was sent, and no gap where something was not sent."""

from __future__ import annotations

from typing import Any

import pytest

from tests.installation import Installation
from tests.soap.document_calls import call, order
from tests.soap.soap_support import Caller, b64
from tests.soap.test_document_operations import NOTE_OF_THE_ERP, issue


@pytest.fixture
def caller(made: Installation) -> Caller:
    return Caller(made.issuer)


def test_a_port_that_is_missing(made: Installation, caller: Caller) -> None:
    assert order(call(caller, "RegIP", puerto="")).startswith("[SRV-032] Campo puerto")
    assert order(call(caller, "RegIP")).startswith("[SRV-032] Campo puerto")


def test_what_was_sent_is_what_is_quoted(made: Installation, caller: Caller) -> None:
    folio = issue(made, "factura33.txt", NOTE_OF_THE_ERP)

    def text(operation: str, **parameters: Any) -> str:
        answer = call(caller, operation, plain=True, **parameters)
        return answer.document().findtext("Motivo") or ""

    for one in ("99999999999", "-1", "uno", "1.204"):
        assert f"«{one}»" in text("ObtenerLink", folio=one, tipo=33)
        assert f"«{one}»" in text("ObtenerLink", folio=b64(one), tipo=33)
    assert "«A9999»" in text("AltNum", folio=folio, tipo=33, campo="9999")
    assert "«OT»" in text("AltNum", folio=folio, tipo=33, campo=b64("OT"))


def test_a_refusal_without_a_type_has_no_hole(made: Installation, caller: Caller) -> None:
    texts = [
        call(caller, "ObtenerLink", folio=12).document().findtext("Motivo") or "",
        call(caller, "ObtenerLink", folio=12, tipo=33).document().findtext("Motivo") or "",
        order(call(caller, "EliminarDoc", tpomov="C", folio=12)),
        order(call(caller, "EliminarDoc", tpomov="C", folio=12, tipo=30)),
    ]
    assert "ningún documento con folio 12." in texts[0] and "ningún documento de tipo 33 con folio 12." in texts[1]
    assert "no electrónico con folio 12." in texts[2] and "no electrónico de tipo 30 con folio 12." in texts[3]
    assert not [one for one in texts if "  " in one or ".." in one]
