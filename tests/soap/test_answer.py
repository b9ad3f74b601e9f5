from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from dteplanows.document.catalogue import problem
from dteplanows.document.elements import ROOTS, branch
from dteplanows.document.figures import Figures
from dteplanows.document.outcome import DocumentOutcome, Outcome
from dteplanows.document.problem import NOWHERE, Place, Problem, Severity, stop
from dteplanows.document.writer import escape
from dteplanows.sii.reasons import read_reason
from dteplanows.sii.standing import Standing
from dteplanows.soap import answer
from tests.interop import readers

MOMENT = datetime(2022, 4, 11, 13, 35, 10)


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


def test_validar_adds_avisos_to_every_document_and_procesar_for_those_who_ask() -> None:
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
    assert re.findall("<Avisos>.*?</Avisos>", answer.of_outcome(Outcome(documents), None, True)) == re.findall(
        "<Avisos>.*?</Avisos>", judged
    )


PESOS = Figures(1000, 0, 190, 1190)
DOLLARS = Figures(0, Decimal("1234.50"), 0, Decimal("1234.50"), "DOLAR USA", 1111050)


def test_new_elements_stand_behind_all_that_old_clients_know() -> None:
    aviso = (made("DOC-1", "Se cortó.", Severity.AVISO),)
    issued = DocumentOutcome(120, 33, MOMENT, True, aviso, documento_id=7, cedible=True, figures=PESOS)

    (document,) = etree.fromstring(answer.of_outcome(Outcome((issued,)), lambda one, cedible: "a", True)).iter(
        "Documento"
    )

    assert [one.tag for one in document] == [
        *("Folio", "TipoDte", "Operacion", "Fecha", "Resultado", "urlOriginal", "urlCedible", "Avisos"),
        *("FirmadoNeto", "FirmadoExento", "FirmadoIva", "FirmadoTotal"),
    ]
    assert [one.text for one in document][-4:] == ["1000", "0", "190", "1190"]


def test_the_figures_of_an_export_are_in_its_currency_and_in_pesos() -> None:
    text = answer.of_outcome(Outcome((DocumentOutcome(1, 110, MOMENT, True, figures=DOLLARS),)))

    assert text.partition("<FirmadoNeto>")[2].startswith(
        "0</FirmadoNeto><FirmadoExento>1234.5</FirmadoExento><FirmadoIva>0</FirmadoIva>"
        "<FirmadoTotal>1234.5</FirmadoTotal><FirmadoMoneda>DOLAR USA</FirmadoMoneda>"
        "<FirmadoTotalPesos>1111050</FirmadoTotalPesos></Documento>"
    )


def test_what_was_only_validated_is_not_called_signed() -> None:
    outcome = Outcome((DocumentOutcome(0, 33, MOMENT, True, figures=PESOS),), validated_only=True)

    text = answer.of_outcome(outcome)

    assert "Firmado" not in text
    assert "<PrevistoNeto>1000</PrevistoNeto>" in text and "<PrevistoTotal>1190</PrevistoTotal>" in text


REASONS = ("(DET L[2] -2-200) REPARO- Monto <mal> : [25883] <> [27246]", "(XYZ-9-999) Otra & cosa")
REFUSED = Standing(
    "rechazado", MOMENT, "4711", "por <mano>", tuple(map(read_reason, REASONS)), "El documento fue rechazado.",
)  # fmt: skip


def test_where_a_document_stands_byte_for_byte() -> None:
    text = answer.of_standing(REFUSED)

    known = REFUSED.reasons[0].known
    assert known
    assert text == (
        '<?xml version="1.0"?><WSPLANO><Resultado>True</Resultado><Mensaje>El documento fue rechazado.</Mensaje>'
        f"<Situacion>rechazado</Situacion><SituacionDesde>{MOMENT.isoformat(timespec='seconds')}</SituacionDesde>"
        "<PalabraFinal>True</PalabraFinal><NumeroEnvio>4711</NumeroEnvio><Explicacion>por &lt;mano&gt;</Explicacion>"
        "<MotivosSii><MotivoSii><CodigoSii>DET-2-200</CodigoSii><LineaSii>2</LineaSii>"
        "<DichoSii>(DET L[2] -2-200) REPARO- Monto &lt;mal&gt; : [25883] &lt;&gt; [27246]</DichoSii>"
        f"<Significado>{known.meaning}</Significado><Remedio>{known.remedy}</Remedio></MotivoSii>"
        "<MotivoSii><CodigoSii>XYZ-9-999</CodigoSii><LineaSii></LineaSii>"
        "<DichoSii>(XYZ-9-999) Otra &amp; cosa</DichoSii><Significado></Significado><Remedio></Remedio></MotivoSii>"
        "</MotivosSii></WSPLANO>"
    )
    assert not [one.tag for one in etree.fromstring(text).iter() if str(one.tag).startswith(LOOKED_UP)]


def test_no_new_name_can_be_taken_for_an_old_one() -> None:
    """Programs look for a tag's beginning or for its whole name, never for its end without the ``<``."""
    again = made("SRV-122", "Otra vez.", Severity.AVISO)
    outcomes = [DocumentOutcome(1, 110, MOMENT, True, figures=DOLLARS, repeticion=again)]
    texts = [answer.of_outcome(Outcome(tuple(outcomes), seen), None, True) for seen in (False, True)]
    old = {*_OF_THE_ANSWER, *(one.name for name in ROOTS for one in branch(name).walk() if one.name)}
    texts.append(answer.of_standing(REFUSED))
    new = {one.tag for text in texts for one in etree.fromstring(text).iter()} - _OF_THE_ANSWER

    assert len(new) == 2 + 2 * 6 + 12
    assert [(one, other) for one in new for other in old if one.lower().startswith(other.lower())] == []


_OF_THE_ANSWER = {
    *("WSPLANO", "Resultado", "Mensaje", "Detalle", "Documento", "Folio", "TipoDte", "Operacion", "Fecha", "Error"),
    *("urlOriginal", "urlCedible", "TrackId", "Estado", "Total", "Procesados", "Rechazados", "Head", "TED", "Foot"),
}


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


LOOKED_UP = ("Error", "Folio", "TipoDte", "TrackId", "urlOriginal", "urlCedible", "Documento", "Detalle")


def test_what_stands_in_place_of_a_value_byte_for_byte() -> None:
    text = answer.of_no_value([made("DOC-1", "Falta <A> & B."), made("AUT-2", "No.")])

    assert text == (
        '<?xml version="1.0"?><WSPLANO><Resultado>False</Resultado><Mensaje></Mensaje>'
        "<Motivo>1) [AUT-2] No. 2) [DOC-1] Falta &lt;A&gt; &amp; B.</Motivo>"
        "<faultcode>Client</faultcode></WSPLANO>"
    )
    # None of those who ask for an address gets one, and none breaks.
    assert readers.php_address(text) == readers.ruby_address(text) == ""
    body = f"<ObtenerLinkResponse><ObtenerLinkResult>{escape(text)}</ObtenerLinkResult></ObtenerLinkResponse>"
    assert readers.java_address(body) == "0"


def test_questions_about_a_batch_name_nothing_that_is_looked_up() -> None:
    texts = [
        answer.of_progress(38, 0, 0, 0),
        answer.of_progress(38, 200, 150, 3),
        answer.of_no_progress([made("AUT-1", "<Folio>1</Folio>")]),
        answer.of_no_value([made("AUT-1", "<Error>x</Error>")]),
    ]

    for text in texts:
        root = etree.fromstring(text.encode())
        assert not [one.tag for one in root.iter() if str(one.tag).startswith(LOOKED_UP)]
    assert [readers.vb_state(escape(one), one) for one in texts[:3]] == [readers.Read(False, "0")] * 3
    # The only sign of an error for that program: nothing of it while a file waits.
    assert ["&lt;Resultado&gt;False&lt;/Resultado&gt;" in escape(one) for one in texts] == [False, False, True, True]


def _bare(text: str) -> str:
    """The answer without what is new in it."""
    return re.sub("(?s)<Avisos>.*?</Avisos>|<(Firmado[A-Za-z]+)>.*?</\\1>", "", text)


@given(
    st.text() | st.sampled_from(["<Error>x</Error>", "</Documento>", "<Resultado>False</Resultado>", "Folio", "]]>"]),
    st.booleans(),
)
def test_old_programs_read_the_same_with_avisos_and_figures(text: str, accepted: bool) -> None:
    found = [made("DOC-1", text, Severity.AVISO), *([] if accepted else [made("DOC-2", "Falta A.")])]
    figures = DOLLARS if accepted else None
    one = DocumentOutcome(120, 33, MOMENT, accepted, tuple(found), figures=figures)

    whole = answer.of_outcome(Outcome((one,)), None, True)
    bare = answer.of_outcome(Outcome((replace(one, figures=None),)))

    assert _bare(whole) == bare
    for read in readers.OF_THE_ANSWER:
        assert read(whole) == read(bare)
    body = "<ProcesarResponse><ProcesarResult>{}</ProcesarResult></ProcesarResponse>"
    assert readers.java_body(body.format(escape(whole))) == readers.java_body(body.format(escape(bare)))


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
