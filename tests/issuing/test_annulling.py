"""The note that annuls a document: of every type, refused where it would be wrong, and issued once."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing

import pytest

from dteplanows.archive import previews
from dteplanows.archive.states import state_of
from dteplanows.document import clock
from dteplanows.document.outcome import Outcome
from dteplanows.document.problem import Refused
from dteplanows.document.samples import WRONG, samples, type_of
from dteplanows.folios.voiding import void
from dteplanows.issuing import Issuer
from dteplanows.issuing.annulling import annul, rehearse
from dteplanows.issuing.annulling_note import LONGEST_REASON, note_type, prepare
from dteplanows.ledger.deliveries import Step
from dteplanows.ledger.place import Place
from dteplanows.ledger.rows import Series, Span, StoredDocument
from tests.installation import COMPANY, TIPOS, Installation, make_installation
from tests.issuing.test_after_refusal import brought_to, issued
from tests.issuing.test_issued_before import file
from tests.sii.documents import issue

RAZON = "Anula por error en el receptor"


@pytest.fixture
def made(place: Place) -> Iterator[Installation]:
    with closing(make_installation(place)) as one:
        yield one


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    with closing(make_installation(tmp_path_factory.mktemp("anular") / "datos")) as one:
        yield one


def annulled(made: Installation, stored: StoredDocument, razon: str = RAZON) -> StoredDocument:
    """The note that annuls *stored*."""
    (one,) = annul(made.issuer, made.account, stored, razon).documents
    found = made.ledger.documents.by_id(one.documento_id)
    assert found
    return found


def codes(refused: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [one.code for one in refused.value.problems]


@pytest.mark.parametrize("tipo", [one for one in TIPOS if one != 52])
def test_every_type_is_annulled_by_its_note(shared: Installation, tipo: int) -> None:
    for seed in (1, 2, 4):
        stored = issue(shared, tipo, range(seed, 40))
        rehearsed = rehearse(shared.issuer, shared.account, stored, RAZON)
        assert rehearsed.stopping == []
        before = shared.ledger.documents.find("pruebas", COMPANY.rut, rehearsed.note.tipo, 0)
        assert before is None, "a rehearsal takes nothing"
        note = annulled(shared, stored)
        assert (note.tipo, note.monto_total) == (rehearsed.note.tipo, stored.monto_total)
        assert note.rut_receptor == stored.rut_receptor
        state = state_of(shared.ledger, shared.company, stored, None)
        assert (state.name, state.nota and state.nota.folio) == ("anulado", note.folio)


@pytest.mark.parametrize("name", [one for one in samples() if type_of(one) not in (0, 52)])
def test_the_samples_are_annulled_with_their_amounts(shared: Installation, name: str) -> None:
    data = samples()[name]
    (one,) = shared.issue(data, "2" if name.endswith("xml") else "1").documents
    stored = shared.ledger.documents.by_id(one.documento_id)
    assert stored
    rehearsed = rehearse(shared.issuer, shared.account, stored, RAZON)
    assert rehearsed.outcome.problems == (), "nothing is left to be said of a note that is made here"
    assert annulled(shared, stored).monto_total == stored.monto_total


def test_a_document_is_annulled_once(made: Installation) -> None:
    stored = issued(made, file())
    note = annulled(made, stored)
    with pytest.raises(Refused) as refused:
        annulled(made, stored)
    assert codes(refused) == ["REF-043"]
    assert f"61 y folio {note.folio}" in str(refused.value)
    assert rehearse(made.issuer, made.account, stored, RAZON).stopping == list(refused.value.problems)
    (event,) = [one for one in made.ledger.events.of(stored.id) if one.tipo == "anulado por una nota"]
    assert event.detalle == f"tipo 61, folio {note.folio}: {RAZON}"
    # The note in its turn is annulled by a debit note, and then the document stands again.
    assert annulled(made, note).tipo == 56
    assert state_of(made.ledger, made.company, stored, None).name == "emitido"


def test_of_many_at_once_one_gets_a_note(made: Installation) -> None:
    stored = issued(made, file())
    done: list[Outcome] = []
    start = threading.Barrier(4)

    def ask(number: int) -> None:
        start.wait()
        try:
            done.append(annul(made.issuer, made.account, stored, f"Anula {number}"))
        except Refused as refused:
            assert [one.code for one in refused.problems] == ["REF-043"]

    threads = [threading.Thread(target=ask, args=(one,)) for one in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(60)
    assert len(done) == 1
    assert len(made.ledger.references.notes_in_force("pruebas", COMPANY.rut, 33, stored.folio)) == 1


def test_what_needs_no_note_gets_none(made: Installation) -> None:
    refused_one, discarded = issued(made, file()), issued(made, file())
    brought_to(made, refused_one, "rechazado")
    for step in ("detenido", "descartado"):
        made.ledger.deliveries.move([discarded.id], Step(step))
    for stored, code in ((refused_one, "REF-054"), (discarded, "REF-055")):
        with pytest.raises(Refused) as refused:
            annulled(made, stored)
        assert codes(refused) == [code]


def test_less_than_the_document_is_no_annulment(made: Installation) -> None:
    stored = issued(made, file(neto=1000))
    issued(made, file(61, (33, stored.folio, 3), neto=400))
    with pytest.raises(Refused) as refused:
        annulled(made, stored)
    assert codes(refused) == ["REF-044"]


def test_without_folios_nothing_is_issued(made: Installation) -> None:
    stored = issued(made, file())
    series = Series.of(COMPANY, 61)
    (caf,) = made.ledger.cafs.of(*series)
    void(made.ledger, series, Span(caf.desde, caf.hasta), "prueba")
    without = Issuer(made.ledger, None)
    assert [one.code for one in rehearse(without, made.account, stored, RAZON).stopping] == ["FOL-035"]
    with pytest.raises(Refused) as refused:
        annul(without, made.account, stored, RAZON)
    assert codes(refused) == ["FOL-035"]


@pytest.mark.parametrize("razon", ["", "  ", "x" * (LONGEST_REASON + 1)])
def test_the_reason_fits_the_note(shared: Installation, razon: str) -> None:
    stored = issue(shared, 33)
    with pytest.raises(Refused) as refused:
        prepare(stored, razon, clock.today())
    assert codes(refused) == ["REF-061"]


def test_a_guia_is_annulled_by_no_note(shared: Installation) -> None:
    assert note_type(52) == 0
    with pytest.raises(Refused) as refused:
        prepare(issue(shared, 52), RAZON, clock.today())
    assert codes(refused) == ["REF-060"]


def test_a_file_is_looked_at_as_it_would_be_printed(shared: Installation) -> None:
    good, wrong = samples()["factura33.txt"], samples()[WRONG]
    for data, number, there in ((good, 1, True), (wrong, 1, True), (good, 2, False), (b"nada", 1, False)):
        draft = shared.issuer.draft(shared.account, data, "1", number)
        assert (draft is not None) is there
        if draft:
            assert previews.preview(shared.ledger, shared.company, draft).startswith(b"%PDF")
            assert previews.shown(draft).folio == "por asignar"
