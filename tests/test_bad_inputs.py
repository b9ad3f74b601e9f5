"""Bad files through the whole service: every answer says what is wrong, in Spanish, and the ledger stays as it was."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from dteplanows.accounts import certificates
from dteplanows.document import clock
from dteplanows.folios import allocation, voiding
from dteplanows.folios.age import MAXIMUM_DAYS
from dteplanows.folios.caf import read_caf
from dteplanows.ledger.rows import Series, Span
from dteplanows.signer.certificate import read_certificate
from tests.bad_inputs import BAD, BOLETA, BYTES, FACTURA, GOOD, HOY, OTRA_EMPRESA, XML, Bad, spoiled
from tests.bad_service import Service, read
from tests.installation import FIRST_FOLIO, Installation, load_caf, make_installation
from tests.signer.signer_support import CLAVE as CLAVE_P12
from tests.signer.signer_support import NOW, key, make_certificate, p12


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service that makes no CAF by itself, shared by all that must not change it."""
    installation = make_installation(tmp_path_factory.mktemp("malos") / "datos")
    yield Service(installation)
    installation.close()


@pytest.fixture
def fresh(installation: Installation) -> Service:
    """A service of one test's own, without CAFs on demand."""
    return Service(installation)


# --- one bad file after the other -----------------------------------------------------------------------------


def test_there_are_enough_of_them() -> None:
    assert len(BAD) > 100
    assert len({one.name for one in BAD}) == len(BAD)
    assert len({code for one in BAD for code in one.codes}) > 40


@pytest.mark.parametrize("bad", BAD, ids=lambda bad: bad.name)
def test_a_bad_file_is_refused(service: Service, bad: Bad) -> None:
    (one,) = service.refused(bad.file, bad.formato)
    assert sorted(one.codes) == sorted(bad.codes), one.error
    assert [word for word in bad.words if word not in one.error] == []
    assert len(one.error) < 20_000


@pytest.mark.parametrize("bad", [one for one in BAD if one not in BYTES], ids=lambda bad: bad.name)
def test_validating_it_says_the_same(service: Service, bad: Bad) -> None:
    (one,) = service.refused(bad.file, bad.formato, "Validar")
    assert sorted(one.codes) == sorted(bad.codes)


@pytest.mark.parametrize("formato", sorted(GOOD))
def test_unspoiled_they_are_issued(fresh: Service, formato: str) -> None:
    for text in GOOD[formato]:
        (one,) = read(fresh.send(text.encode("latin-1"), formato))
        assert (one.values["Resultado"], one.error) == ("True", "")


def test_validating_what_is_good_issues_nothing(service: Service) -> None:
    before = service.state()
    for formato, texts in GOOD.items():
        for text in texts:
            (one,) = read(service.send(text.encode("latin-1"), formato, "Validar"))
            assert (one.values["Resultado"], one.values["Folio"]) == ("True", "0")
    assert service.state() == before


def test_a_bad_file_makes_no_caf_on_demand(tmp_path: Path) -> None:
    installation = make_installation(tmp_path / "datos", cafs=False)
    service = Service(installation, installation.issuer)
    for bad in BAD:
        if bad not in BYTES and not any(code.startswith("FOL-") for code in bad.codes):
            service.refused(bad.file, bad.formato)
    assert installation.ledger.cafs.of("pruebas", installation.company.rut) == []
    installation.close()


# --- several documents in one file ----------------------------------------------------------------------------


def test_each_document_says_its_own_reasons(service: Service) -> None:
    bad = [
        spoiled(FACTURA, "Tornillo", ""),
        spoiled(FACTURA, "A-1", "A" * 36),
        spoiled(BOLETA, f"{HOY};3;", f"{HOY};9;"),
    ]
    documents = service.refused(b"".join(bad))
    assert [one.codes for one in documents] == [["DOC-002"], ["DOC-020"], ["DOC-022"]]
    assert [one.values["TipoDte"] for one in documents] == ["33", "33", "39"]


def test_texts_that_only_describe_are_cut_and_the_document_is_issued(fresh: Service) -> None:
    file = spoiled(FACTURA, "Cliente Ficticio", "N" * 150, "Tornillo", "T" * 81)
    answer = fresh.send(file)
    assert answer.document().findtext("Resultado") == "True"
    (one,) = read(answer)
    company, folio = fresh.installation.company, int(one.values["Folio"])
    document = fresh.installation.ledger.documents.find(company.ambiente, company.rut, 33, folio)
    assert document is not None
    for written in ("<RznSocRecep>" + "N" * 100 + "<", "<DscItem>" + "T" * 81 + "<"):
        assert written.encode() in document.xml


def test_a_thousand_headers(service: Service) -> None:
    documents = service.refused(b"->Encabezado<-\n" * 1000)
    assert len(documents) == 1000
    assert {code for one in documents for code in one.codes} == {"TXT-043"}


def test_the_good_among_the_bad_are_issued(fresh: Service) -> None:
    file = spoiled(FACTURA, "Tornillo", "") + spoiled(FACTURA) + spoiled(FACTURA, "A-1", "A" * 36)
    answer = fresh.send(file)
    assert answer.document().findtext("Resultado") == "True"
    assert "1 documentos emitidos y 2 rechazados" in (answer.document().findtext("Mensaje") or "")
    assert [(one.values["Resultado"], one.codes) for one in read(answer)] == [
        ("False", ["DOC-002"]), ("True", []), ("False", ["DOC-020"]),
    ]  # fmt: skip
    (account,) = allocation.account(fresh.installation.ledger, fresh.installation.company, 33)
    assert account.emitidos == 1


# --- folios ---------------------------------------------------------------------------------------------------


def numbered(folio: int) -> bytes:
    return spoiled(FACTURA, f"33;0;{HOY}", f"33;{folio};{HOY}")


def test_a_folio_that_was_used(fresh: Service) -> None:
    folio = FIRST_FOLIO + 5
    assert read(fresh.send(numbered(folio)))[0].values["Folio"] == str(folio)
    for file, formato in ((numbered(folio), "1"), (spoiled(XML, "<Folio>0<", f"<Folio>{folio}<"), "2")):
        (one,) = fresh.refused(file, formato)
        assert one.codes == ["FOL-032"]
        assert "Ya existe el Documento" in one.error
        assert (one.values["Folio"], one.values["TipoDte"]) == (str(folio), "33")


def test_a_folio_twice_in_one_file(fresh: Service) -> None:
    documents = read(fresh.send(numbered(FIRST_FOLIO) * 2))
    assert [one.values["Resultado"] for one in documents] == ["True", "False"]
    assert documents[1].codes == ["FOL-032"]
    assert "Ya existe el Documento" in documents[1].error


def test_a_void_folio(fresh: Service) -> None:
    installation = fresh.installation
    voiding.void(installation.ledger, Series.of(installation.company, 33), Span(FIRST_FOLIO, FIRST_FOLIO), "prueba")
    assert fresh.codes(numbered(FIRST_FOLIO)) == ["FOL-033"]


@pytest.fixture
def without_cafs(tmp_path: Path) -> Iterator[Service]:
    installation = make_installation(tmp_path / "sin-caf", cafs=False)
    yield Service(installation)
    installation.close()


def test_no_caf(without_cafs: Service) -> None:
    assert without_cafs.codes(spoiled(FACTURA)) == ["FOL-034"]
    assert without_cafs.codes(numbered(5)) == ["FOL-034"]
    assert without_cafs.codes(spoiled(BOLETA)) == ["FOL-034"]


def test_a_caf_of_another_company_is_no_help(without_cafs: Service) -> None:
    installation = without_cafs.installation
    other = replace(installation.company, rut=OTRA_EMPRESA)
    installation.ledger.companies.save(other)
    file = installation.authority.make_caf(other.rut, other.razon_social, 33, Span(1, 9), clock.today())
    load_caf(installation.ledger, other, file, installation.authority)
    assert without_cafs.codes(spoiled(FACTURA)) == ["FOL-034"]
    assert without_cafs.codes(numbered(5)) == ["FOL-034"]


def _load(service: Service, desde: int, hasta: int, days: int = 0) -> None:
    """Load a CAF that was authorized *days* ago."""
    installation = service.installation
    company, fecha = installation.company, clock.today() - timedelta(days=days)
    file = installation.authority.make_caf(company.rut, company.razon_social, 33, Span(desde, hasta), fecha)
    caf = read_caf(file, installation.authority.public_key)
    installation.ledger.cafs.save(Series.of(company, 33), Span(desde, hasta), fecha, caf.to_trusted())


def test_an_expired_caf(without_cafs: Service) -> None:
    _load(without_cafs, 1, 9, MAXIMUM_DAYS + 1)
    assert without_cafs.codes(spoiled(FACTURA)) == ["FOL-036"]
    assert without_cafs.codes(numbered(5)) == ["FOL-037"]


def test_all_folios_used_up(without_cafs: Service) -> None:
    _load(without_cafs, 1, 1)
    assert read(without_cafs.send(spoiled(FACTURA)))[0].values["Folio"] == "1"
    # The first refusal may note where the next search begins; no folio changes its state by that.
    (one,) = read(without_cafs.send(spoiled(FACTURA)))
    assert one.codes == ["FOL-035"]
    assert without_cafs.codes(spoiled(FACTURA)) == ["FOL-035"]
    (account,) = allocation.account(without_cafs.installation.ledger, without_cafs.installation.company, 33)
    assert (account.libres, account.emitidos, account.anulados) == (0, 1, 0)


# --- certificates ---------------------------------------------------------------------------------------------


def _sign_with(service: Service, begin: int, end: int) -> None:
    """Let the company have one certificate, valid between so many days from now."""
    made = make_certificate(key(), begin=NOW + timedelta(days=begin), end=NOW + timedelta(days=end))
    one = read_certificate(p12(key(), made), CLAVE_P12)
    ledger, company = service.installation.ledger, service.installation.company
    for old in ledger.certificates.of(company.ambiente, company.rut):
        ledger.certificates.remove(old)
    certificates.save(ledger, company, one)


@pytest.mark.parametrize(("begin", "end", "code"), [(-700, -1, "CRT-010"), (1, 700, "CRT-011")])
def test_a_certificate_that_is_not_in_force(fresh: Service, begin: int, end: int, code: str) -> None:
    _sign_with(fresh, begin, end)
    assert fresh.codes(spoiled(FACTURA)) == [code]
    assert sorted(fresh.codes(spoiled(FACTURA, "Tornillo", ""))) == sorted([code, "DOC-002"])
    (one,) = fresh.refused(spoiled(FACTURA), operation="Validar")
    assert one.codes == [code]
    _sign_with(fresh, -1, 1)
    assert read(fresh.send(spoiled(FACTURA)))[0].error == ""


def test_no_certificate(fresh: Service) -> None:
    ledger = fresh.installation.ledger
    bare = replace(fresh.installation.company, rut=OTRA_EMPRESA, razon_social="Otra Empresa Ficticia SpA")
    ledger.companies.save(bare)
    ledger.users.save("OTRA", "otra clave ficticia", bare.ambiente, bare.rut)
    login = {"usuario": "OTRA", "clave": "otra clave ficticia"}
    assert fresh.codes(spoiled(FACTURA), **login) == ["CRT-020"]
    documents = fresh.refused(spoiled(FACTURA) * 2, **login)
    assert [one.codes for one in documents] == [["CRT-020"]] * 2
