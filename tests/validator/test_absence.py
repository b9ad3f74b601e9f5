"""A value that is missing because the file has a word for nothing in its place: the refusal says so."""

from __future__ import annotations

import pytest

from dteplanows.document.problem import Severity
from tests.validator.judging import FACTURA, codes, judged, line

TOTALES = "0;0;0;0;1000;0;19;190;1190;"
SOUND = FACTURA.format(tipo=33, totales=TOTALES, detalle=line(1000, "1000"))


@pytest.mark.parametrize("word", ["null", "\\N", "undefined"])
def test_a_missing_value_says_what_the_file_has(word: str) -> None:
    document = judged(SOUND.replace("22222222-2", word))
    (wrong,) = [one for one in document.problems if one.severity is Severity.ERROR]
    assert (wrong.code, wrong.value, wrong.place.field) == ("DOC-002", word, "RUTCliente")
    assert "Falta RUTRecep" in wrong.message and f"«{word}»" in wrong.message


def test_a_value_that_is_simply_missing_says_no_more() -> None:
    document = judged(SOUND.replace("22222222-2", "").replace("Comercio", "null"))
    (wrong,) = [one for one in document.problems if one.severity is Severity.ERROR]
    assert (wrong.code, wrong.value) == ("DOC-002", "")
    assert "null" not in wrong.message


def test_words_in_what_is_not_indispensable_do_not_refuse() -> None:
    document = judged(SOUND.replace("Comercio;Calle 1;Lota;Lota", "null;NULL;None;undefined"))
    assert codes(document) == []
    assert "null" not in document.draft.lower() and "None" not in document.draft
    assert codes(document, Severity.AVISO).count("TXT-085") == 4


def test_totals_that_are_words_are_computed() -> None:
    document = judged(SOUND.replace(TOTALES, "0;0;0;0;null;null;null;NaN;undefined;"))
    assert codes(document) == []
    assert "<MntTotal>1190</MntTotal>" in document.draft


def test_a_boleta_without_rut_is_for_the_client_without_rut() -> None:
    text = ("->Boleta<-\n39;0;2026-11-24;3;0;;;;null;;null;;;;;;\n->BoletaTotales<-\n0;0;0;1190;0;0;0;0;\n"
            "->BoletaDetalle<-\n1;A;Cosa;0;1;1190;0;1190;INT1;UN;;\n")  # fmt: skip
    assert codes(judged(text)) == ["TXT-087"]  # the name of a client
    assert "<RUTRecep>66666666-6</RUTRecep>" in judged(text.replace(";null;;;;;;\n", ";Ana;;;;;;\n")).draft


def test_an_xml_says_so_too() -> None:
    document = judged(
        "<DTE><Documento><Encabezado><IdDoc><TipoDTE>33</TipoDTE><Folio>0</Folio><FchEmis>2026-11-24</FchEmis></IdDoc>"
        "<Receptor><RUTRecep>(null)</RUTRecep><RznSocRecep>Ana</RznSocRecep></Receptor><Totales/></Encabezado>"
        "<Detalle><NmbItem>Cosa</NmbItem><MontoItem>1000</MontoItem></Detalle></Documento></DTE>"
    )
    (wrong,) = [one for one in document.problems if one.place.field == "RUTRecep" and one.severity is Severity.ERROR]
    assert wrong.code == "DOC-002" and "«(null)»" in wrong.message


def test_figures_that_do_not_add_up_without_such_a_number_name_it() -> None:
    wrong_line = SOUND.replace(line(1000, "1000"), line(1000, "500", "NaN"))
    (wrong,) = [one for one in judged(wrong_line).problems if one.severity is Severity.ERROR]
    assert wrong.code == "TOT-001" and "En Cantidad el archivo trae «NaN»" in wrong.message
    other = SOUND.replace(line(1000, "1000"), line(1000, "500", "3").replace("UN", "null"))
    (wrong,) = [one for one in judged(other).problems if one.severity is Severity.ERROR]
    assert wrong.code == "TOT-001" and "null" not in wrong.message
