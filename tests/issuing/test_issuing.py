"""The main road: who may use it, what is issued, what is given back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from dteplanows.accounts import certificates
from dteplanows.document import clock
from dteplanows.document.company import Reparos
from dteplanows.document.outcome import Credentials, Outcome
from dteplanows.document.problem import Refused
from dteplanows.folios import allocation
from dteplanows.issuing import Issuer
from dteplanows.ledger.place import Place
from dteplanows.ledger.rows import Span
from tests.installation import CLAVE, COMPANY, FIRST_FOLIO, USUARIO, Installation, load_caf, make_installation
from tests.told import of_families

FACTURA = """->Encabezado<-
33;{folio};{today};0;0;22222222-2;Cliente Ficticio;Comercio;Calle 1;Lota;Lota;{correo};
->Totales<-
0;0;0;0;1000;0;19;190;{total};
->Detalle<-
1;A;Clavos;1;1000;0;0;0;0;0;1000;INT1;UN;;
->Observacion<-
Entregar en bodega;
"""


def factura(folio: int = 0, total: int = 1190, correo: str = "") -> bytes:
    return FACTURA.format(folio=folio, total=total, correo=correo, today=clock.today()).encode()


@pytest.fixture
def made(place: Place) -> Iterator[Installation]:
    with closing(make_installation(place)) as one:
        yield one


def codes(outcome: Outcome) -> list[str]:
    return [one.code for one in outcome.problems if one.severity == "error"]


def issued(made: Installation) -> int:
    return sum(one.emitidos for one in allocation.account(made.ledger, COMPANY, 33))


@pytest.mark.parametrize(
    ("usuarios", "rut", "claves", "code"),
    [
        ((USUARIO,), "1-9", ("otra",), "AUT-001"),
        (("NADIE",), "1-9", (CLAVE,), "AUT-001"),
        ((USUARIO,), "77777777-7", (CLAVE,), "AUT-002"),
        ((USUARIO,), "", (CLAVE,), "AUT-002"),
    ],
)
def test_a_login_that_opens_nothing(
    made: Installation, usuarios: tuple[str, ...], rut: str, claves: tuple[str, ...], code: str
) -> None:
    with pytest.raises(Refused) as refused:
        made.callers.authenticate(Credentials(usuarios, rut, claves))
    assert [one.code for one in refused.value.problems] == [code]
    assert CLAVE not in str(refused.value)


def test_the_two_ways_to_log_in(made: Installation) -> None:
    test = made.callers.authenticate(Credentials(("basura", USUARIO), "1-9", ("basura", CLAVE)))
    real = made.callers.authenticate(Credentials((USUARIO.lower(),), "76.354.771-k", (CLAVE,)))
    assert (test.company, test.identity_from_account) == (COMPANY, True)
    assert (real.company, real.identity_from_account) == (COMPANY, False)


def test_a_user_of_two_test_companies_must_name_one(made: Installation) -> None:
    made.ledger.companies.save(replace(COMPANY, rut="77777777-7"))
    made.ledger.users.save(USUARIO, CLAVE, "pruebas", "77777777-7")
    with pytest.raises(Refused) as refused:
        made.callers.authenticate(Credentials((USUARIO,), "1-9", (CLAVE,)))
    assert [one.code for one in refused.value.problems] == ["AUT-003"]


def test_what_is_issued_is_stored_with_all_that_came_with_it(made: Installation) -> None:
    file = factura(correo="pagos@example.cl")
    (one,) = made.issuer.process(made.account, file, "1").documents
    stored = made.ledger.documents.find("pruebas", COMPANY.rut, 33, one.folio)
    assert stored is not None
    assert one.folio == FIRST_FOLIO
    assert (stored.monto_neto, stored.iva, stored.monto_total) == (1000, 190, 1190)
    assert stored.rut_receptor == "22222222-2"
    assert json.loads(stored.beside) == {
        "correo": "pagos@example.cl", "observaciones": ["Entregar en bodega"], "adicionales": {},
    }  # fmt: skip
    assert json.loads(stored.respuesta)["Folio"] == FIRST_FOLIO
    received = made.ledger.files.find(stored.archivo_sha256)
    assert received is not None
    assert received.contenido == file
    assert made.xml(33, one.folio) == stored.xml == made.xml(0, one.folio)


RENAMED = replace(COMPANY, razon_social="Otra Razón Social SpA")


@pytest.mark.parametrize("only", [True, False])
def test_a_name_that_is_not_that_of_the_caf_is_remarked(made: Installation, only: bool) -> None:
    def said(name: str) -> list[tuple[str, str]]:
        made.ledger.companies.save(replace(COMPANY, razon_social=name))
        (one,) = made.issuer.process(made.account, factura(), "1", solo_validar=only).documents
        assert one.accepted
        return [(str(each.severity), each.value) for each in one.problems if each.code == "DOC-116"]

    own = COMPANY.razon_social
    assert said(own) == []
    assert said(own.upper()) == said(own.replace("Ñ", "n")) == said(f"  {own.replace(' ', '  ')}") == []
    assert said(RENAMED.razon_social) == [("reparo", RENAMED.razon_social)]
    assert said(own[:-1]) == [("reparo", own[:-1])]


def test_a_caf_holds_40_characters_of_a_name(tmp_path: Path) -> None:
    long = "Sociedad Ficticia de Inversiones y Maestranzas del Ñuble Limitada"
    with closing(make_installation(tmp_path, cafs=False)) as made:
        for name, told in ((long, False), (f"{long[:40]} y Otros", False), (f"{long[:39]}X", True)):
            made.ledger.companies.save(replace(COMPANY, razon_social=name))
            (one,) = made.issuer.process(made.account, factura(), "1").documents
            assert one.accepted
            assert ("DOC-116" in [each.code for each in one.problems]) is told


@pytest.mark.parametrize("only", [True, False])
def test_where_reparos_stop_that_of_the_caf_does_too(made: Installation, only: bool) -> None:
    made.ledger.companies.save(replace(RENAMED, reparos="detener"))
    outcome = made.issuer.process(made.account, factura() * 2, "1", solo_validar=only)
    for one in outcome.documents:
        assert not one.accepted
        (found,) = [each for each in one.problems if each.refuses]
        assert found.code == "DOC-116"
        assert "--reparos avisar" in found.text()
    assert issued(made) == 0


def test_validating_numbers_and_stores_nothing(made: Installation) -> None:
    outcome = made.issuer.process(made.account, factura(), "1", solo_validar=True)
    assert outcome.accepted
    assert outcome.documents[0].folio == 0
    assert issued(made) == 0
    assert made.issuer.process(made.account, factura(), "1").documents[0].folio == FIRST_FOLIO


def test_validating_tells_of_a_folio_that_cannot_be_had(made: Installation) -> None:
    made.issuer.process(made.account, factura(FIRST_FOLIO + 5), "1")
    outcome = made.issuer.process(made.account, factura(FIRST_FOLIO + 5), "1", solo_validar=True)
    assert codes(outcome) == ["FOL-032"]
    (one,) = outcome.problems
    assert (one.place.line, one.place.position) == (2, 2)


def test_each_document_of_a_file_stands_for_itself(made: Installation) -> None:
    file = factura() + factura(total=9999) + factura(FIRST_FOLIO + 7) + factura(FIRST_FOLIO + 7)
    for only_judge in (True, False):
        outcome = made.issuer.process(made.account, file, "1", solo_validar=only_judge)
        assert [one.accepted for one in outcome.documents] == [True, False, True, False]
        assert outcome.accepted
        assert codes(outcome) == ["TOT-010", "FOL-032"]
        assert "Ya existe el Documento" in outcome.problems[-1].message
        assert issued(made) == (0 if only_judge else 2)


def test_validating_counts_the_folios_that_a_file_uses_up(tmp_path: Path) -> None:
    with closing(make_installation(tmp_path, cafs=False)) as made:
        caf = made.authority.make_caf(COMPANY.rut, COMPANY.razon_social, 33, Span(1, 2), clock.today())
        load_caf(made.ledger, COMPANY, caf, made.authority)
        alone = Issuer(made.ledger)
        for only_judge in (True, False):
            outcome = alone.process(made.account, factura() * 3, "1", solo_validar=only_judge)
            assert [one.accepted for one in outcome.documents] == [True, True, False]
            assert codes(outcome) == ["FOL-035"]


def test_a_file_of_more_documents_than_one_commit_holds(made: Installation) -> None:
    outcome = made.issuer.process(made.account, factura() * 120, "1")
    assert [one.folio for one in outcome.documents] == list(range(FIRST_FOLIO, FIRST_FOLIO + 120))


def test_cafs_are_made_on_demand_only_where_there_is_an_authority(tmp_path: Path) -> None:
    with closing(make_installation(tmp_path, cafs=False)) as made:
        alone = Issuer(made.ledger)
        for solo_validar in (True, False):
            assert codes(alone.process(made.account, factura(120), "1", solo_validar)) == ["FOL-034"]
        assert made.issuer.process(made.account, factura(120), "1").documents[0].folio == 120
        assert made.issuer.process(made.account, factura(), "1").accepted


def test_without_certificate_nothing_is_issued(tmp_path: Path) -> None:
    with closing(make_installation(tmp_path)) as made:
        other = replace(COMPANY, rut="77777777-7")
        made.ledger.companies.save(other)
        account = made.callers.operator("pruebas", other.rut)
        assert codes(made.issuer.process(account, factura(), "1")) == ["CRT-020"]


def test_a_new_certificate_is_used_from_the_next_document_on(made: Installation) -> None:
    from dteplanows.demo.certificate import make_certificate
    from dteplanows.signer.certificate import read_certificate

    made.issuer.process(made.account, factura(), "1")
    new = read_certificate(make_certificate("11111111-1", "Otra Persona", "x"), "x")
    certificates.save(made.ledger, COMPANY, new)
    (one,) = made.issuer.process(made.account, factura(), "1").documents
    assert new.x509_base64[:76].encode() in made.xml(33, one.folio)


EXPORT = """<DTE><Exportaciones><Encabezado><IdDoc><TipoDTE>110</TipoDTE><Folio>0</Folio><FchEmis>{today}</FchEmis>
</IdDoc><Receptor><RUTRecep>55555555-5</RUTRecep><RznSocRecep>Foreign Client</RznSocRecep>
<DirRecep>1 Main Street</DirRecep></Receptor>
<Transporte><Aduana><CodPaisRecep>225</CodPaisRecep></Aduana></Transporte>
<Totales><TpoMoneda>{currency}</TpoMoneda></Totales>{other}</Encabezado>
<Detalle><NroLinDet>1</NroLinDet><NmbItem>Wine</NmbItem><QtyItem>3</QtyItem><PrcItem>{price}</PrcItem></Detalle>
</Exportaciones></DTE>"""
IN_PESOS = "<OtraMoneda><TpoMoneda>PESO CL</TpoMoneda><TpoCambio>950.25</TpoCambio></OtraMoneda>"


@pytest.mark.parametrize(
    ("currency", "other", "price", "written", "pesos"),
    [("DOLAR USA", IN_PESOS, "10.125", b"30.375", 28864), ("PESO CL", "", "1000", b"3000", 3000)],
)
def test_an_export_is_recorded_in_pesos(
    made: Installation, currency: str, other: str, price: str, written: bytes, pesos: int
) -> None:
    file = EXPORT.format(today=clock.today(), currency=currency, other=other, price=price).encode()
    outcome = made.issuer.process(made.account, file, "2")
    assert codes(outcome) == []
    (one,) = outcome.documents
    stored = made.ledger.documents.find(COMPANY.ambiente, COMPANY.rut, 110, one.folio)
    assert stored is not None
    assert stored.monto_total == pesos
    assert b"<MNT>%b</MNT>" % written in stored.xml
    assert b"<MntTotal>%b</MntTotal>" % written in stored.xml


def test_the_value_of_the_uf_reaches_the_judgement(made: Installation) -> None:
    boleta = f"->Boleta<-\n39;0;{clock.today()};3;0;;;;66666666-6;;;;;;;;\n->BoletaTotales<-\n0;0;0;119000;0;0;0;0;\n"
    file = (boleta + "->BoletaDetalle<-\n1;A;Cosa;0;1;119000;0;119000;INT1;UN;;\n").encode()
    for valor_uf, remarked in ((0, False), (800, True)):
        issuer = Issuer(made.ledger, valor_uf=Decimal(valor_uf))
        outcome = issuer.process(made.account, file, "1", solo_validar=True)
        assert ("DOC-110" in [one.code for one in outcome.problems]) is remarked


def remarked(outcome: Outcome) -> list[str]:
    return sorted(of_families(outcome.problems, "FOL-07"))


def dated(days: int, tipo: int = 33) -> bytes:
    """A factura or guía of so many days ago."""
    day = clock.today() - timedelta(days=days)
    text = FACTURA.format(folio=0, total=1190, correo="", today=day).replace("33;", f"{tipo};", 1)
    return (text if tipo == 33 else text.replace(";0;0;2222", ";0;1;2222")).encode()


def test_a_document_dated_before_its_folio_was_authorized_is_remarked_upon(made: Installation) -> None:
    for only_judge in (True, False):
        early = made.issuer.process(made.account, dated(1), "1", solo_validar=only_judge)
        assert early.accepted
        assert remarked(early) == ["FOL-071"]
        assert remarked(made.issuer.process(made.account, dated(0), "1", solo_validar=only_judge)) == []


def test_a_remark_is_said_once_though_the_caf_is_made_on_demand(tmp_path: Path) -> None:
    with closing(make_installation(tmp_path, cafs=False)) as made:
        for only_judge in (True, False):
            outcome = made.issuer.process(made.account, dated(1) + dated(0), "1", solo_validar=only_judge)
            assert outcome.accepted
            assert remarked(outcome) == ["FOL-071"]


@pytest.mark.parametrize(("days", "said"), [(731, ["FOL-072"]), (730, [])])
def test_a_caf_of_more_than_two_years_is_remarked_upon(tmp_path: Path, days: int, said: list[str]) -> None:
    with closing(make_installation(tmp_path, cafs=False)) as made:
        authorized = clock.today() - timedelta(days=days)
        caf = made.authority.make_caf(COMPANY.rut, COMPANY.razon_social, 52, Span(1, 9), authorized)
        load_caf(made.ledger, COMPANY, caf, made.authority)
        outcome = Issuer(made.ledger).process(made.account, dated(0, tipo=52), "1")
        assert outcome.accepted
        assert remarked(outcome) == said


FREE = """->Encabezado<-
33;0;{today};0;0;22222222-2;Cliente Ficticio;Comercio;Calle 1;Lota;Lota;;
->Totales<-
0;0;0;0;0;0;0;0;0;
->Detalle<-
1;A;Muestra;1;0;0;0;0;0;0;0;INT1;UN;;
"""
"""A factura of nothing: the SII would accept it with a remark (TOT-056)."""


@pytest.mark.parametrize(("reparos", "accepted"), [("", True), ("detener", False), ("avisar", True)])
def test_a_reparo_stops_a_document_only_where_its_company_says_so(
    made: Installation, reparos: Reparos, accepted: bool
) -> None:
    made.ledger.companies.save(replace(COMPANY, reparos=reparos))
    for only in (True, False):
        outcome = made.issuer.process(made.account, FREE.format(today=clock.today()).encode(), "1", solo_validar=only)
        (one,) = outcome.documents
        assert one.accepted is accepted
        (reparo,) = [each for each in one.problems if each.code == "TOT-056"]
        assert (reparo.severity, reparo.refuses) == ("reparo", not accepted)
        assert ("--reparos avisar" in reparo.text()) is not accepted
        assert "El SII lo acepta con reparo (HED-1-232, HED-2-223, validación 56)." in reparo.text()
        assert ("1 problema" in outcome.mensaje) is not accepted
    assert issued(made) == accepted
    if accepted:  # one.folio is that of the document that was issued last
        stored = made.ledger.documents.find("pruebas", COMPANY.rut, 33, one.folio)
        assert stored is not None
        assert reparo.text() in json.loads(stored.respuesta)["avisos"]


def test_a_document_that_is_not_there(made: Installation) -> None:
    with pytest.raises(Refused) as refused:
        made.xml(33, 5)
    assert [one.code for one in refused.value.problems] == ["FOL-060"]


def test_of_a_folio_of_several_types_the_newest_is_given(made: Installation) -> None:
    made.issuer.process(made.account, factura(), "1")
    alone = made.xml(0, FIRST_FOLIO)
    assert alone == made.xml(33, FIRST_FOLIO)
    made.issuer.process(made.account, dated(0, 52), "1")
    assert made.xml(0, FIRST_FOLIO) == made.xml(52, FIRST_FOLIO)
    assert made.xml(33, FIRST_FOLIO) == alone
    assert b"<TipoDTE>52</TipoDTE>" in made.xml(52, FIRST_FOLIO)
