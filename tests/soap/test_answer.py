from __future__ import annotations

import re
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from dteplanows.document.catalogue import problem
from dteplanows.document.problem import NOWHERE, Place, Problem, Severity, stop
from dteplanows.outcome import DocumentOutcome, Outcome
from dteplanows.soap import answer
from tests.soap.soap_support import MOMENT


def made(code: str, message: str, severity: Severity = Severity.ERROR) -> Problem:
    return Problem(code, severity, NOWHERE, "", message, "", "")


def test_two_documents_one_refused_byte_for_byte() -> None:
    outcome = Outcome((
        DocumentOutcome(120, 33, MOMENT, True, (made("DOC-1", "Se cortó.", Severity.AVISO),)),
        DocumentOutcome(0, 61, MOMENT, False, (made("DOC-2", "Falta <A> & B."),)),
    ))  # fmt: skip

    assert answer.of_outcome(outcome) == (
        '<?xml version="1.0"?><WSPLANO><Resultado>True</Resultado><Mensaje>Proceso parcial: 1 documentos emitidos y '
        "1 rechazados. Corrija y reenvíe solo los rechazados.</Mensaje><Detalle>"
        "<Documento><Folio>120</Folio><TipoDte>33</TipoDte><Operacion>VENTA</Operacion>"
        "<Fecha>2022-04-11T13:35:10</Fecha><Resultado>True</Resultado></Documento>"
        "<Documento><Folio>0</Folio><TipoDte>61</TipoDte><Operacion>VENTA</Operacion>"
        "<Fecha>2022-04-11T13:35:10</Fecha><Resultado>False</Resultado>"
        "<Error>[DOC-2] Falta &lt;A&gt; &amp; B.</Error></Documento></Detalle></WSPLANO>"
    )


def test_validar_adds_avisos_to_every_document_and_procesar_never() -> None:
    documents = (
        DocumentOutcome(0, 33, MOMENT, True, (made("DOC-1", "Se cortó.", Severity.AVISO),)),
        DocumentOutcome(0, 33, MOMENT, False, (made("A-1", "Mal."), made("A-2", "Reparo.", Severity.REPARO))),
        DocumentOutcome(0, 33, MOMENT, True),
    )

    judged = answer.of_outcome(Outcome(documents, validated_only=True))

    assert re.findall("<Avisos>.*?</Avisos>", judged) == [
        "<Avisos><Aviso>[DOC-1] Se cortó.</Aviso></Avisos>",
        "<Avisos><Aviso>[A-2] Reparo.</Aviso></Avisos>",
        "<Avisos></Avisos>",
    ]
    assert "<Resultado>False</Resultado><Error>[A-1] Mal.</Error><Avisos>" in judged
    assert "Aviso" not in answer.of_outcome(Outcome(documents))


def test_a_reparo_that_stops_is_a_reason_behind_the_errors_and_no_aviso() -> None:
    problems = (stop(made("DOC-1", "Reparo.", Severity.REPARO)), made("TOT-1", "Total."))

    judged = answer.of_outcome(Outcome((DocumentOutcome(0, 33, MOMENT, False, problems),), validated_only=True))

    assert "2 problemas" in judged
    assert "<Error>1) [TOT-1] Total. 2) [DOC-1] Reparo. " in judged
    assert "La empresa no emite lo que el SII observa; para emitir igual" in judged
    assert "<Avisos></Avisos>" in judged


def test_several_errors_are_numbered_causes_first() -> None:
    problems = [made("TOT-1", "Total."), made("DOC-1", "Uno."), made("TXT-1", "Leer."), made("DOC-2", "Dos.")]

    assert answer.reasons(problems) == "1) [TXT-1] Leer. 2) [DOC-1] Uno. 3) [DOC-2] Dos. 4) [TOT-1] Total."


def test_place_and_remedy_are_told() -> None:
    text = answer.reasons([problem("SRV-011", Place(field="Clave", path="login/Clave"))])

    assert text.startswith("[SRV-011] Elemento login/Clave: Falta el dato Clave en el parámetro login.")
    assert text.endswith("Complete Clave con el dato de su cuenta.")


@pytest.mark.parametrize("problems", [(), (made("DOC-1", "Se cortó.", Severity.AVISO),)])
def test_error_is_never_empty(problems: tuple[Problem, ...]) -> None:
    text = answer.of_outcome(Outcome((DocumentOutcome(0, 0, MOMENT, False, problems),)))

    assert re.findall("<Error>(.*?)</Error>", text)[0].startswith("[SRV-002] ")


def test_a_call_without_document_has_one_with_every_element_filled() -> None:
    document = etree.fromstring(answer.of_problems([made("AUT-1", "No.")]).encode()).find("Detalle/Documento")

    assert document is not None
    assert [child.tag for child in document] == ["Folio", "TipoDte", "Operacion", "Fecha", "Resultado", "Error"]
    assert all(child.text for child in document)
    assert datetime.fromisoformat(document.findtext("Fecha") or "").microsecond == 0


@given(st.text())
def test_any_text_gives_well_formed_xml_with_one_error(message: str) -> None:
    text = answer.of_problems([made("DOC-1", message), made("DOC-2", message)])

    root = etree.fromstring(text.encode())
    assert len(root.findall("Detalle/Documento/Error")) == 1
    kept = "".join(c for c in message if c in "\t\n" or (c >= " " and not "\ud800" <= c <= "\udfff"))
    assert root.findtext("Detalle/Documento/Error") == (
        f"1) [DOC-1] {kept} 2) [DOC-2] {kept}".replace("\ufffe", "").replace("\uffff", "")
        if kept
        else "1) [DOC-1]  2) [DOC-2] "
    )
