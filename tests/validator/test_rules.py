"""Issuer, structure, dates and references."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dteplanows.document.problem import Severity
from tests.validator.judging import COMPANY, REFERENCE, boleta, codes, factura, judged, line

AVISO = Severity.AVISO
TOTALS = "0;0;0;0;10000;0;19;1900;11900;"
LINE = line(10000, "10000")
GOOD_XML = """<DTE version="1.0"><Documento><Encabezado><IdDoc><TipoDTE>33</TipoDTE><Folio>0</Folio>
<FchEmis>2026-11-24</FchEmis></IdDoc><Emisor><RUTEmisor>{emisor}</RUTEmisor><RznSoc>Otro Nombre</RznSoc></Emisor>
<Receptor><RUTRecep>22222222-2</RUTRecep><RznSocRecep>Almacén</RznSocRecep><GiroRecep>Ventas</GiroRecep>
<DirRecep>Calle</DirRecep><CmnaRecep>Lota</CmnaRecep></Receptor><Totales>{totales}<MntNeto>10000</MntNeto>
<TasaIVA>19</TasaIVA><IVA>1900</IVA><MntTotal>11900</MntTotal></Totales></Encabezado>
<Detalle><NroLinDet>1</NroLinDet><NmbItem>Cosa</NmbItem><MontoItem>10000</MontoItem></Detalle>
</Documento></DTE>"""


def test_the_issuer_comes_from_the_account() -> None:
    emisor = factura(LINE, TOTALS).emisor
    assert emisor.text("RUTEmisor") == COMPANY.rut
    assert emisor.text("RznSoc") == COMPANY.razon_social
    assert [one.value for one in emisor.fields["Acteco"]] == [259900, 331400]
    assert emisor.value("CdgSIISucur") == 81234567


def test_a_file_of_the_company_keeps_its_own_words() -> None:
    assert judged(GOOD_XML.format(emisor=COMPANY.rut, totales="")).emisor.text("RznSoc") == "Otro Nombre"


def test_a_file_of_another_issuer_is_refused_or_overruled() -> None:
    other = GOOD_XML.format(emisor="77777777-7", totales="")
    assert codes(judged(other)) == ["DOC-040"]
    overruled = judged(other, from_account=True)
    assert codes(overruled) == []
    assert "DOC-041" in codes(overruled, AVISO)
    assert overruled.emisor.text("RUTEmisor") == COMPANY.rut
    assert overruled.emisor.text("RznSoc") == COMPANY.razon_social


def test_the_test_issuer_means_the_account() -> None:
    document = judged(GOOD_XML.format(emisor="1-9", totales=""))
    assert (codes(document), codes(document, AVISO)) == ([], ["AUT-031"])
    assert "«RznSoc Otro Nombre" in document.problems[0].text()
    assert document.emisor.text("RUTEmisor") == COMPANY.rut
    own = judged(GOOD_XML.format(emisor="1-9", totales="").replace("Otro Nombre", COMPANY.razon_social.upper()))
    assert "RznSoc" not in " ".join(one.value for one in own.problems)


def test_an_activity_that_begins_with_0_is_the_accounts_own() -> None:
    text = GOOD_XML.format(emisor="1-9", totales="").replace("Otro Nombre", COMPANY.razon_social)
    text = text.replace("</RznSoc>", "</RznSoc><Acteco>011101</Acteco>")
    for actecos, replaced in ((("011101",), False), (("259900",), True)):
        document = judged(text, company=replace(COMPANY, actecos=actecos))
        assert any("Acteco" in one.value for one in document.problems if one.code == "AUT-031") is replaced


def test_a_boleta_without_client_gets_the_generic_one() -> None:
    text = "->Boleta<-\n39;0;2026-11-24;3;0;;;;;;;;;;;;\n->BoletaTotales<-\n0;0;0;1190;0;0;0;0;\n"
    document = judged(text + "->BoletaDetalle<-\n1;A;Cosa;0;1;1190;0;1190;INT1;UN;;\n")
    assert codes(document) == []
    assert document.receptor.text("RUTRecep") == "66666666-6"


@pytest.mark.parametrize(
    ("old", "new", "code", "position"),
    [
        ("Cliente Ficticio", "", "DOC-002", 7),
        ("2026-11-24;0;0", "2026-11-24;9;0", "DOC-022", 4),
        ("2026-11-24;0;0", "2026-11-25;0;0", "DOC-030", 3),
        ("2026-11-24;0;0", "1999-11-24;0;0", "DOC-025", 3),
        ("22222222-2", "", "DOC-002", 6),
    ],
)
def test_structure_names_line_and_column(old: str, new: str, code: str, position: int) -> None:
    from tests.validator.judging import FACTURA

    text = FACTURA.format(tipo=33, totales=TOTALS, detalle=LINE).replace(old, new)
    document = judged(text)
    (one,) = [each for each in document.problems if each.severity is Severity.ERROR]
    assert (one.code, one.place.line, one.place.position) == (code, 2, position)


def test_what_the_sii_asks_for_without_rejecting_is_an_aviso() -> None:
    from tests.validator.judging import FACTURA

    text = FACTURA.format(tipo=33, totales=TOTALS, detalle=LINE).replace(";Comercio;Calle 1;Lota;", ";;Calle 1;;")
    document = judged(text)
    assert codes(document) == []
    assert [one for one in codes(document, AVISO) if one in ("DOC-003", "DOC-113")] == ["DOC-003", "DOC-113"]


def test_all_problems_come_at_once_errors_first() -> None:
    from tests.validator.judging import FACTURA

    text = FACTURA.format(tipo=33, totales=TOTALS.replace("11900", "12900"), detalle=line(9000, "10000"))
    document = judged(text.replace("Cliente Ficticio", "").replace("2026-11-24;0;0", "2030-01-01;0;0"))
    assert codes(document) == ["DOC-030", "DOC-002", "TOT-010", "TOT-010", "TOT-001"]
    severities = [one.severity for one in document.problems]
    assert severities == sorted(severities, key=lambda one: one is not Severity.ERROR)


def test_an_amount_of_another_type_is_refused_and_other_fields_left_out() -> None:
    assert codes(judged(GOOD_XML.format(emisor="1-9", totales="<IVANoRet>50</IVANoRet>"))) == ["DOC-008"]
    with_term = GOOD_XML.format(emisor="1-9", totales="").replace(
        "</FchEmis>", "</FchEmis><IndNoRebaja>1</IndNoRebaja><IndTraslado>1</IndTraslado>"
    )
    document = judged(with_term)
    assert codes(document) == []
    assert codes(document, AVISO).count("DOC-007") == 2
    assert "IndTraslado" not in document.id_doc.fields


@pytest.mark.parametrize(("name", "errors"), [("Cosa", []), ("Cosa" * 21, ["DOC-090"])])
def test_what_no_check_found_the_schema_does(monkeypatch: pytest.MonkeyPatch, name: str, errors: list[str]) -> None:
    monkeypatch.setattr("dteplanows.validator.form.structure.check", lambda document: None)
    document = factura(LINE.replace("Cosa", name), TOTALS)
    assert codes(document) == errors
    assert {one.place.path for one in document.problems if one.code in errors} == {"Detalle[1]/NmbItem" for _ in errors}


def test_too_many_lines() -> None:
    lines = "\n".join(line(100, "100", n=n) for n in range(1, 62))
    assert "DOC-005" in codes(factura(lines, "0;0;0;0;6100;0;19;1159;7259;"))


def test_old_documents_are_only_remarked() -> None:
    from tests.validator.judging import FACTURA

    text = FACTURA.format(tipo=33, totales=TOTALS, detalle=LINE).replace("2026-11-24", "2014-08-20")
    assert codes(judged(text)) == []
    assert codes(judged(text), Severity.REPARO) == ["DOC-031"]


@pytest.mark.parametrize(
    ("more", "errors"),
    [
        (REFERENCE.format(code=1), []),
        ("", ["REF-001"]),
        (REFERENCE.format(code=0), ["REF-002"]),
        (REFERENCE.format(code=7), ["DOC-022"]),
        (REFERENCE.format(code=1).replace(";33;", ";99;"), ["REF-003"]),
        (REFERENCE.format(code=1).replace("120", "A-1"), ["REF-005"]),
        (REFERENCE.format(code=1) + "2;33;121;2026-11-01;1;otra;\n", ["REF-008"]),
        (REFERENCE.format(code=3) + "2;33;121;2026-11-01;3;otra;\n", []),
        (REFERENCE.format(code=1) + "2;SET;120;2026-11-01;0;CASO 1-1;\n", []),
    ],
)
def test_a_note_says_what_it_corrects(more: str, errors: list[str]) -> None:
    assert codes(factura(LINE, TOTALS, tipo=61, more=more)) == errors


def test_a_repeated_reference_is_kept_once() -> None:
    more = REFERENCE.format(code=1) + "2;33;120;2026-11-01;1;motivo;\n"
    document = factura(LINE, TOTALS, tipo=61, more=more)
    assert codes(document) == []
    assert "REF-006" in codes(document, AVISO)
    assert len(document.root.all("Referencia")) == 1


def test_a_note_that_corrects_text_has_no_amount() -> None:
    document = factura(LINE, TOTALS, tipo=61, more=REFERENCE.format(code=2))
    assert codes(document) == []
    assert codes(document, Severity.REPARO) == ["REF-009"]
    zero = factura("1;A;Donde dice X debe decir Y;0;0;0;0;0;0;0;0;;;;", "0;0;0;0;0;0;19;0;0;", tipo=61,
                   more=REFERENCE.format(code=2))  # fmt: skip
    assert codes(zero) == []
    assert codes(zero, Severity.REPARO) == []


def test_a_guia_that_is_no_sale_may_state_no_amounts() -> None:
    text = factura(LINE, "0;0;0;0;0;0;0;0;0;", tipo=52)
    assert codes(text) != []
    from tests.validator.judging import FACTURA

    transfer = FACTURA.format(tipo=52, totales="0;0;0;0;0;0;0;0;0;", detalle=LINE).replace(";0;0;2222", ";0;5;2222")
    document = judged(transfer)
    assert codes(document) == []
    assert document.totales.value("MntTotal") == 11900  # its lines have prices
    without = judged(transfer.replace(LINE, LINE.replace("10000", "0")))
    assert codes(without) == []
    assert without.totales.value("MntTotal") == 0


def test_a_boleta_of_exempt_lines_only_must_be_a_41() -> None:
    assert "DOC-050" in codes(boleta("1;A;Cosa;1;1;1190;0;1190;INT1;UN;;", "0;1190;0;1190;0;0;0;0;"))
    assert codes(boleta("1;A;Cosa;1;1;1190;0;1190;INT1;UN;;", "0;1190;0;1190;0;0;0;0;", tipo=41)) == []


def test_a_line_of_the_xml_that_the_sii_would_not_read_is_refused() -> None:
    long = factura(LINE.replace("UN;;", f"UN;{'&' * 1000};"), TOTALS)
    assert codes(long) == ["DOC-026"]
    assert codes(factura(LINE.replace("UN;;", f"UN;{'a' * 1000};"), TOTALS)) == []
