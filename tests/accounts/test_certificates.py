"""The certificates of a company: which may be loaded, which one signs, and when its end is told."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from dteplanows.accounts import certificates
from dteplanows.bulk.queue import Worker
from dteplanows.document import clock
from dteplanows.document.company import Company
from dteplanows.document.problem import Problem, Refused
from dteplanows.ledger.store import Ledger
from dteplanows.signer.certificate import Certificate, read_certificate
from tests.installation import Installation, make_installation
from tests.issuing.test_issuing import factura
from tests.ledger.example import COMPANY
from tests.signer.signer_support import (
    CLAVE,
    NOW,
    OTHER,
    PERSON,
    Names,
    ia5,
    key,
    make_certificate,
    p12,
    rut,
)

HOLDING = rut(96_123_450)


def one(begin: float, end: float, signer: str = PERSON, name: str = "Persona Ficticia") -> Certificate:
    """A certificate that is valid between so many days from now."""
    dates = NOW + timedelta(days=begin), NOW + timedelta(days=end)
    return read_certificate(p12(key(), make_certificate(key(), Names(ia5(signer), common_name=name), *dates)), CLAVE)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with closing(Ledger(tmp_path)) as opened:
        opened.companies.save(COMPANY)
        yield opened


def load(ledger: Ledger, certificate: Certificate, company: Company = COMPANY, **said: bool) -> certificates.Loaded:
    return certificates.load(ledger, company, certificate, NOW, certificates.Confirmed(**said))


def refusal(ledger: Ledger, certificate: Certificate, company: Company = COMPANY, **said: bool) -> list[Problem]:
    before = ledger.certificates.of()
    with pytest.raises(Refused) as refused:
        load(ledger, certificate, company, **said)
    assert ledger.certificates.of() == before
    return list(refused.value.problems)


def codes(found: list[Problem]) -> list[str]:
    return [one.code for one in found]


def in_use(ledger: Ledger, moment: datetime = NOW) -> int:
    return ledger.certificates.current(COMPANY.ambiente, COMPANY.rut, moment)


# --- loading --------------------------------------------------------------------------------------------------


def test_the_first_one_is_loaded_and_noted(ledger: Ledger) -> None:
    loaded = load(ledger, one(-1, 400))
    assert (loaded.id, loaded.ya_estaba, loaded.primera_vez) == (in_use(ledger), False, True)
    (event,) = [found for found in ledger.events.of() if found.tipo == "certificado cargado"]
    assert event.detalle == "Persona Ficticia" and event.despues["rut_firmante"] == PERSON


def test_an_expired_one_is_refused_whatever_is_said(ledger: Ledger) -> None:
    old = one(-800, -1)
    for said in (False, True):
        (found,) = refusal(ledger, old, aunque_venza_antes=said, otro_firmante=said)
        assert found.code == "CRT-030"
        assert clock.day(old.valid_until) in found.text()
    load(ledger, one(-1, 1 / 86_400))


def test_the_same_file_again_changes_nothing(ledger: Ledger) -> None:
    certificate = one(-1, 400)
    first = load(ledger, certificate)
    assert load(ledger, certificate) == certificates.Loaded(first.id, ya_estaba=True, primera_vez=False)
    assert len(ledger.certificates.of()) == 1


def test_a_renewal_is_loaded_and_signs_at_once(ledger: Ledger) -> None:
    load(ledger, one(-300, 40))
    renewed = load(ledger, one(-1, 700))
    assert in_use(ledger) == renewed.id
    assert not renewed.primera_vez


def test_one_that_is_not_valid_yet_waits(ledger: Ledger) -> None:
    now = load(ledger, one(-300, 40))
    later = load(ledger, one(30, 700))
    assert in_use(ledger) == now.id
    assert in_use(ledger, NOW + timedelta(days=30)) == later.id


def test_one_that_is_valid_longer_is_not_replaced_without_a_word(ledger: Ledger) -> None:
    longer = load(ledger, one(-1, 700))
    shorter = one(-1, 400, name="Persona Ficticia Dos")
    (found,) = refusal(ledger, shorter)
    assert found.code == "CRT-034"
    for certificate in (one(-1, 700), shorter):
        assert clock.day(certificate.valid_until) in found.text()
    assert in_use(ledger) == longer.id
    chosen = load(ledger, shorter, aunque_venza_antes=True)
    assert in_use(ledger) == chosen.id
    assert in_use(ledger, NOW + timedelta(days=401)) == longer.id


def test_nor_one_that_waits(ledger: Ledger) -> None:
    load(ledger, one(30, 700))
    assert codes(refusal(ledger, one(-1, 60))) == ["CRT-034"]
    assert load(ledger, one(-1, 29)).id == in_use(ledger)


def test_one_that_was_set_aside_is_taken_up_again(ledger: Ledger) -> None:
    longer, shorter = one(-1, 700), one(-1, 400)
    load(ledger, longer)
    load(ledger, shorter, aunque_venza_antes=True)
    assert load(ledger, longer).ya_estaba
    again = load(ledger, longer, aunque_venza_antes=True)
    assert in_use(ledger) == again.id
    assert len(ledger.certificates.of()) == 2


def test_the_file_of_somebody_else_takes_a_word(ledger: Ledger) -> None:
    load(ledger, one(-1, 100))
    stranger = one(-1, 700, OTHER, "Otra Persona")
    (found,) = refusal(ledger, stranger)
    assert found.code == "CRT-032"
    assert all(words in found.text() for words in (OTHER, "Otra Persona", PERSON, "Persona Ficticia"))
    load(ledger, stranger, otro_firmante=True)
    load(ledger, one(-1, 800))
    load(ledger, one(-1, 900, OTHER))


def test_who_signs_in_the_other_environment_is_known(ledger: Ledger) -> None:
    earnest = replace(COMPANY, ambiente="produccion")
    ledger.companies.save(earnest)
    load(ledger, one(-1, 100, OTHER), earnest)
    load(ledger, one(-1, 100))
    assert load(ledger, one(-1, 200), earnest).id


def test_a_certificate_of_another_company_is_refused(ledger: Ledger) -> None:
    for said in (False, True):
        (found,) = refusal(ledger, one(-1, 400, HOLDING, "Inversiones Ficticias S.A."), otro_firmante=said)
        assert found.code == "CRT-031"
        assert HOLDING in found.text() and COMPANY.rut in found.text()
    load(ledger, one(-1, 400, COMPANY.rut))


def test_all_that_is_against_it_is_said_at_once(ledger: Ledger) -> None:
    load(ledger, one(-1, 100))
    assert codes(refusal(ledger, one(-800, -1, OTHER))) == ["CRT-030", "CRT-032", "CRT-034"]


# --- removing -------------------------------------------------------------------------------------------------


def test_the_only_one_is_removed_by_a_word(ledger: Ledger) -> None:
    number = load(ledger, one(-1, 400)).id
    load(ledger, one(420, 700))
    with pytest.raises(Refused, match="CRT-035"):
        certificates.remove(ledger, number, NOW)
    assert in_use(ledger) == number
    assert certificates.remove(ledger, number, NOW, aunque_no_quede_otro=True).id == number
    assert in_use(ledger) == 0
    assert "certificado quitado" in [found.tipo for found in ledger.events.of()]


def test_what_does_not_sign_is_removed_without_ado(ledger: Ledger) -> None:
    now, later = load(ledger, one(-1, 400)).id, load(ledger, one(390, 900)).id
    certificates.remove(ledger, later, NOW)
    assert in_use(ledger) == now
    renewed = load(ledger, one(-1, 800)).id
    certificates.remove(ledger, renewed, NOW)
    assert in_use(ledger) == now


def test_what_is_not_there_is_not_removed(ledger: Ledger) -> None:
    with pytest.raises(Refused, match=r"CRT-036.*ninguno"):
        certificates.remove(ledger, 7, NOW)


# --- why nothing can be signed --------------------------------------------------------------------------------


def test_why_there_is_none(ledger: Ledger) -> None:
    def why(days: float) -> str:
        return certificates.why_none(ledger, COMPANY, NOW + timedelta(days=days)).code

    assert why(0) == "CRT-020"
    load(ledger, one(-1, 40))
    assert (why(-2), why(41)) == ("CRT-011", "CRT-010")
    load(ledger, one(60, 400))
    assert (why(-2), why(50), why(401)) == ("CRT-011", "CRT-037", "CRT-010")


# --- the end in sight -----------------------------------------------------------------------------------------


def told(ledger: Ledger, end: float) -> str:
    """What is said of a certificate that ends in so many days."""
    certificate = one(-1, end)
    load(ledger, certificate, aunque_venza_antes=True)
    found = certificates.expiring(ledger, COMPANY, certificate, NOW)
    return found.text() if found else ""


@pytest.mark.parametrize(
    ("end", "words"), [(61.5, ""), (60.5, "en 60 días"), (7.2, "en 7 días"), (1.1, "en 1 día"), (0.3, "hoy")]
)
def test_from_when_on_its_end_is_told(ledger: Ledger, end: float, words: str) -> None:
    text = told(ledger, end)
    assert bool(text) == bool(words)
    assert words in text
    assert not text or text.startswith("[CRT-040]")


def test_no_word_where_the_next_one_is_there(ledger: Ledger) -> None:
    load(ledger, one(19, 700))
    assert told(ledger, 20) == ""


def test_a_gap_before_the_next_one_is_told(ledger: Ledger) -> None:
    load(ledger, one(22, 700))
    assert "en 20 días" in told(ledger, 20.5)


# --- on the road ----------------------------------------------------------------------------------------------


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Installation]:
    """An installation whose certificate ends in ten days."""
    with closing(make_installation(tmp_path)) as installation:
        company = installation.company
        said = certificates.Confirmed(otro_firmante=True, aunque_venza_antes=True)
        certificates.load(installation.ledger, company, one(-1, 10.5), NOW, said)
        for old in installation.ledger.certificates.of()[:-1]:
            installation.ledger.certificates.remove(old)
        yield installation


def codes_of(made: Installation, count: int = 1, solo_validar: bool = False) -> list[list[str]]:
    files = made.ledger.connection.execute("SELECT COUNT(*) FROM archivo").fetchone()
    file = factura().replace(b"Cliente", b"Cliente %d" % files) * count  # another file each time
    outcome = made.issuer.process(made.account, file, "1", solo_validar)
    return [[found.code for found in document.problems] for document in outcome.documents]


def test_the_answer_tells_once_and_the_document_keeps_nothing_of_it(made: Installation) -> None:
    assert codes_of(made, 3) == [["CRT-040"], [], []]
    assert codes_of(made, 2, solo_validar=True) == [["CRT-040"], []]
    kept = made.ledger.connection.execute("SELECT respuesta FROM documento").fetchall()
    assert len(kept) == 3
    assert [row for row in kept if "CRT-040" in row[0]] == []


def test_the_answer_of_a_batch_tells_how_it_is_when_asked(made: Installation) -> None:
    track_id = made.send_later(factura(), "1")
    while Worker(made.issuer, 100).work_once():
        pass
    _, outcome = made.batches.state(made.account, track_id)
    assert outcome is not None
    assert [found.code for found in outcome.problems] == ["CRT-040"]
    certificates.load(made.ledger, made.company, one(-1, 700), NOW)
    _, outcome = made.batches.state(made.account, track_id)
    assert outcome is not None
    assert outcome.problems == ()


def test_a_renewal_of_another_process_is_used_at_once_and_a_removed_one_no_more(made: Installation) -> None:
    assert codes_of(made) == [["CRT-040"]]
    with closing(Ledger(made.ledger.directory)) as other:
        loaded = certificates.load(other, made.company, one(-1, 700), NOW)
        assert codes_of(made) == [[]]
        certificates.remove(other, loaded.id, NOW)
        assert codes_of(made) == [["CRT-040"]]
        certificates.remove(other, other.certificates.of()[0].id, NOW, aunque_no_quede_otro=True)
        assert codes_of(made) == [["CRT-020"]]


def test_refused_documents_tell_nothing_of_it(made: Installation) -> None:
    outcome = made.issuer.process(made.account, b"->Nada<-", "1")
    assert "CRT-040" not in [found.code for found in outcome.problems]
