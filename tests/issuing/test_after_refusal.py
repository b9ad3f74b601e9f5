"""A folio that the SII refused is issued again, by whoever asks for it and nobody else; the refused one is history."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from dteplanows.archive.copies import Copies
from dteplanows.archive.export import Export, Part, export, folder_of, target_of
from dteplanows.archive.links import Copy
from dteplanows.archive.states import state_of, state_of_listed
from dteplanows.archive.totals import sales, totals
from dteplanows.bulk.queue import Worker
from dteplanows.document.outcome import DocumentOutcome
from dteplanows.folios import allocation
from dteplanows.ledger.deliveries import Step
from dteplanows.ledger.delivery_states import State
from dteplanows.ledger.finding import Wanted
from dteplanows.ledger.place import Place
from dteplanows.ledger.rows import Series, StoredDocument
from dteplanows.recovery.verification import Verification
from tests import forked
from tests.installation import COMPANY, FIRST_FOLIO, Installation, make_installation
from tests.issuing.test_issued_before import file
from tests.told import of_families

SERIES = Series("pruebas", COMPANY.rut, 33)
REASON = "(DTE-3-505) Firma DTE Incorrecta"


@pytest.fixture
def made(place: Place) -> Iterator[Installation]:
    with closing(make_installation(place)) as one:
        yield one


def process(made: Installation, data: bytes, only_judge: bool = False) -> DocumentOutcome:
    """What becomes of the one document of *data*."""
    (one,) = made.issuer.process(made.account, data, "1", solo_validar=only_judge).documents
    return one


def issued(made: Installation, data: bytes) -> StoredDocument:
    """The one document of *data* once it is issued."""
    one = process(made, data)
    assert one.accepted, one.problems
    found = made.ledger.documents.by_id(one.documento_id)
    assert found
    return found


def brought_to(made: Installation, document: StoredDocument, state: State, reasons: str = REASON) -> None:
    """Let the SII's word on *document* be *state*, as the worker writes it down."""
    for step in ("en sobre", "enviado"):
        made.ledger.deliveries.move([document.id], Step(step))
    made.ledger.deliveries.move([document.id], Step(state, reasons=reasons))
    found = made.ledger.deliveries.find(document.id)
    assert found
    assert found.estado == state


def codes(one: DocumentOutcome) -> list[str]:
    return [each.code for each in one.problems]


@pytest.mark.parametrize("neto", [1000, 2000], ids=["same", "corrected"])
def test_a_refused_folio_is_issued_again(made: Installation, neto: int) -> None:
    first = issued(made, file())
    brought_to(made, first, "rechazado")
    again = file(folio=first.folio, neto=neto)
    assert process(made, again, only_judge=True).accepted
    assert len(made.ledger.documents.history(*SERIES, first.folio)) == 1
    one = process(made, again)
    assert (one.accepted, one.folio) == (True, first.folio)
    (told,) = of_families(one.problems, "FOL-")
    assert told == "FOL-073"
    assert any(REASON in each.message for each in one.problems)
    second = made.ledger.documents.find(*SERIES, first.folio)
    assert second
    assert (second.id, second.reemplaza) == (one.documento_id, first.id)
    assert made.ledger.documents.history(*SERIES, first.folio) == [first, second]
    delivery = made.ledger.deliveries.find(second.id)
    assert delivery
    assert delivery.estado == "pendiente"
    assert "FOL-032" in codes(process(made, again))


@pytest.mark.parametrize("state", ["en sobre", "enviado", "recibido", "aceptado", "aceptado con reparos", "detenido"])
def test_a_folio_that_was_not_refused_is_not_issued_again(made: Installation, state: State) -> None:
    first = issued(made, file())
    assert codes(process(made, file(folio=first.folio, neto=2000))) == ["FOL-032"]
    brought_to(made, first, state)
    for only_judge in (True, False):
        one = process(made, file(folio=first.folio, neto=2000), only_judge)
        assert (one.accepted, codes(one)) == (False, ["FOL-032"])


@pytest.mark.parametrize("code", ["(DTE-3-100)", "(DTE-3-101)", "(DTE L[1] -3-100)"])
def test_nor_one_that_the_sii_has_already(made: Installation, code: str) -> None:
    first = issued(made, file())
    brought_to(made, first, "rechazado", f"{REASON}\n{code} DTE Repetido")
    assert codes(process(made, file(folio=first.folio, neto=2000))) == ["FOL-032"]


def test_automatic_numbering_leaves_a_refused_folio_alone(made: Installation) -> None:
    first = issued(made, file())
    brought_to(made, first, "rechazado")
    assert issued(made, file(neto=3000)).folio == first.folio + 1
    (caf,) = allocation.account(made.ledger, made.company, 33)
    assert (caf.emitidos, caf.siguiente) == (2, first.folio + 2)


def test_a_folio_can_be_refused_more_than_once(made: Installation) -> None:
    """The CAF's account and the check of the whole ledger still add up."""
    document = issued(made, file())
    for neto in (2000, 3000, 4000):
        brought_to(made, document, "rechazado")
        document = issued(made, file(folio=document.folio, neto=neto))
    assert [one.monto_neto for one in made.ledger.documents.history(*SERIES, document.folio)] == [
        1000, 2000, 3000, 4000,
    ]  # fmt: skip
    (caf,) = allocation.account(made.ledger, made.company, 33)
    assert caf.emitidos == 1
    assert caf.libres + caf.emitidos == caf.caf.span.size
    assert Verification(made.ledger).run().problems == []


def test_a_check_finds_what_was_replaced_without_the_siis_word(made: Installation) -> None:
    """Somebody did it beside this program, whose database refuses it."""
    first = issued(made, file())
    brought_to(made, first, "rechazado")
    issued(made, file(folio=first.folio, neto=2000))
    postgresql = made.ledger.db.backup_part.endswith("dump")
    drop = "DROP TRIGGER entrega_rechazada_es_final" + (" ON entrega" if postgresql else "")
    with made.ledger.writing():
        made.ledger.connection.execute(drop)
        made.ledger.connection.execute("UPDATE entrega SET estado = 'aceptado' WHERE documento_id = ?", (first.id,))
    assert [one.code for one in Verification(made.ledger).run().problems] == ["BAS-084"]


def test_two_documents_of_a_file_do_not_both_take_it(made: Installation) -> None:
    first = issued(made, file())
    brought_to(made, first, "rechazado")
    both = file(folio=first.folio, neto=2000) + file(folio=first.folio, neto=3000)
    for only_judge in (True, False):
        documents = made.issuer.process(made.account, both, "1", solo_validar=only_judge).documents
        assert [one.accepted for one in documents] == [True, False]
        assert codes(documents[1]) == ["FOL-032"]


# --- what else knows documents by their folio -----------------------------------------------------------------------


def test_everybody_means_the_live_document(made: Installation) -> None:
    first = issued(made, file())
    brought_to(made, first, "rechazado")
    second = issued(made, file(folio=first.folio, neto=2000))
    assert made.archive.find(33, first.folio) == made.archive.find(0, first.folio) == second
    listed = list(made.ledger.finding.found(made.company, Wanted(folio=first.folio)))
    assert [(one.id, one.reemplaza, one.has_effect) for one in listed] == [(second.id, first.id, True),
                                                                          (first.id, 0, False)]  # fmt: skip
    states = [state_of_listed(made.ledger, made.company, one) for one in listed]
    assert [one.name for one in states] == ["emitido", "rechazado"]
    assert states[1] == state_of(made.ledger, made.company, first, None)


def test_a_batch_tells_what_it_issued_itself(made: Installation) -> None:
    """Also where another document has its folio by now, and where an older version did not name its documents."""
    track = made.send_later(file(), "1")
    while Worker(made.issuer, 1000).work_once():
        pass
    (first,) = made.ledger.documents.history(*SERIES, FIRST_FOLIO)
    brought_to(made, first, "rechazado")
    issued(made, file(folio=first.folio, neto=2000))
    for named in (True, False):
        if not named:
            with made.ledger.writing("lotes"):
                made.ledger.connection.execute("UPDATE lote_documento SET documento_id = 0")
        _, outcome = made.batches.state(made.account, track)
        assert outcome
        (one,) = outcome.documents
        assert (one.folio, one.figures and one.figures.neto) == (first.folio, 1000)


def test_refused_documents_are_in_no_total(made: Installation) -> None:
    """With or without one that took their folio: the SII counts neither among the sales."""
    documents = [issued(made, file(neto=neto)) for neto in (1000, 2000, 3000)]
    for one in documents[:2]:
        brought_to(made, one, "rechazado")
    issued(made, file(folio=documents[0].folio, neto=1100))
    for wanted in (Wanted(), Wanted(receptor="22222222-2"), Wanted(usuario=made.usuario)):
        (found,) = totals(made.ledger, made.company, wanted)
        assert (found.documentos, found.neto, found.rechazados, found.anuladas) == (2, 4100, 2, 0)
        assert sales([found]).neto == 4100
    assert totals(made.ledger, made.company, Wanted(tipo=34)) == []


def test_an_annulled_guia_that_the_sii_refused_is_taken_off_once(made: Installation) -> None:
    data = file(52).replace(b";0;0;22222222-2", b";1;2;22222222-2")
    guias = [issued(made, data), issued(made, data)]
    for one in guias:
        made.archive.annul(52, one.folio)
    brought_to(made, guias[0], "rechazado")
    (found,) = totals(made.ledger, made.company, Wanted(tipo=52))
    assert (found.documentos, found.neto, found.rechazados, found.anuladas) == (0, 0, 1, 1)


def test_an_address_opens_the_document_that_counts(made: Installation) -> None:
    """As long as it is for the same receiver: whoever had the address of one sale learns nothing of another's."""
    copies = Copies(made.ledger)
    same, other = issued(made, file()), issued(made, file())
    before = copies.pdf(Copy(same.id))
    for one in (same, other):
        brought_to(made, one, "rechazado")
    assert copies.pdf(Copy(same.id)) == before
    live = issued(made, file(folio=same.folio, neto=2000))
    issued(made, file(folio=other.folio, rut="11111111-1"))
    assert copies.pdf(Copy(same.id)) == copies.pdf(Copy(live.id)) != before
    assert copies.pdf(Copy(other.id)) is None


def test_an_export_has_the_document_that_counts(made: Installation, tmp_path: Path) -> None:
    first = issued(made, file())
    folder = folder_of(made.company, tmp_path)
    order = Export(made.ledger, made.company, Wanted(), folder, frozenset({Part.XML}), Copies(made.ledger))
    path = target_of(folder, first.fecha_emision, 33, first.folio, Part.XML)
    list(export(order))
    assert path.read_bytes() == first.xml
    brought_to(made, first, "rechazado")
    assert list(export(order)) == []
    second = issued(made, file(folio=first.folio, neto=2000))
    list(export(order))
    assert path.read_bytes() == second.xml


def test_a_note_to_a_refused_document_is_remarked_upon(made: Installation) -> None:
    first = issued(made, file())
    brought_to(made, first, "rechazado")
    note = process(made, file(61, (33, first.folio, 1)))
    assert (note.accepted, of_families(note.problems, "REF-")) == (True, {"REF-054"})
    issued(made, file(folio=first.folio))
    note = process(made, file(61, (33, first.folio, 1)))
    assert "REF-054" not in codes(note)


def test_a_refused_note_frees_its_reference(made: Installation) -> None:
    factura = issued(made, file())
    note = issued(made, file(61, (33, factura.folio, 1)))
    assert "REF-043" in codes(process(made, file(61, (33, factura.folio, 1)), only_judge=True))
    brought_to(made, note, "rechazado")
    assert not of_families(process(made, file(61, (33, factura.folio, 1)), only_judge=True).problems, "REF-")
    again = process(made, file(61, (33, factura.folio, 1), folio=note.folio))
    assert (again.accepted, again.folio) == (True, note.folio)
    assert "REF-043" in codes(process(made, file(61, (33, factura.folio, 1)), only_judge=True))


# --- many at once, and a crash --------------------------------------------------------------------------------------

PROCESS = """
import sys
from pathlib import Path
from dteplanows.accounts.callers import Callers
from dteplanows.issuing import Issuer
from dteplanows.ledger.place import Place
from dteplanows.ledger.store import Ledger
from tests.installation import COMPANY
from tests.issuing.test_issued_before import file
issuer = Issuer(Ledger(Place(Path(sys.argv[1]), sys.argv[2])))
account = Callers(issuer.ledger).operator("pruebas", COMPANY.rut)
print("listo", flush=True)
sys.stdin.readline()
for folio in range(int(sys.argv[3]), int(sys.argv[4])):
    (one,) = issuer.process(account, file(folio=folio, neto=2000), "1").documents
    print(folio, one.accepted, *(each.code for each in one.problems if each.refuses), flush=True)
"""
FOLIOS = 12


def started(place: Place) -> subprocess.Popen[str]:
    """A process that is about to issue every refused folio again."""
    command = [sys.executable, "-c", PROCESS, str(place.directory), place.base]
    one = forked.Popen(
        [*command, str(FIRST_FOLIO), str(FIRST_FOLIO + FOLIOS)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert one.stdout
    assert one.stdout.readline() == "listo\n"
    return one


def go(one: subprocess.Popen[str]) -> None:
    assert one.stdin
    one.stdin.write("\n")
    one.stdin.flush()


def refuse_all(made: Installation) -> None:
    for _ in range(FOLIOS):
        brought_to(made, issued(made, file()), "rechazado")


def chains(made: Installation) -> Counter[int]:
    """How many documents each folio has."""
    return Counter(folio for (folio,) in made.ledger.connection.execute("SELECT folio FROM documento WHERE tipo = 33"))


def test_of_two_processes_one_gets_each_folio(made: Installation, place: Place) -> None:
    refuse_all(made)
    both = [started(place), started(place)]
    for one in both:
        go(one)
    lines = [line for one in both for line in one.communicate(timeout=120)[0].splitlines()]
    told = sorted(lines)
    folios = range(FIRST_FOLIO, FIRST_FOLIO + FOLIOS)
    assert told == sorted([*(f"{one} True" for one in folios), *(f"{one} False FOL-032" for one in folios)])
    assert set(chains(made).values()) == {2}


def test_of_many_threads_one_gets_a_folio(made: Installation) -> None:
    brought_to(made, issued(made, file()), "rechazado")
    outcomes: list[DocumentOutcome] = []

    def again(neto: int) -> None:
        outcomes.append(process(made, file(folio=FIRST_FOLIO, neto=neto)))
        made.ledger.close()

    threads = [threading.Thread(target=again, args=(1000 + number,)) for number in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(one.accepted for one in outcomes) == [False] * 7 + [True]
    assert chains(made) == {FIRST_FOLIO: 2}


@pytest.mark.parametrize("after", [0.05, 0.15, 0.3])
def test_a_killed_process_leaves_each_folio_whole(made: Installation, place: Place, after: float) -> None:
    """What it had answered is there; what it had not is issued by whoever asks next."""
    refuse_all(made)
    first = started(place)
    go(first)
    time.sleep(after)
    os.kill(first.pid, signal.SIGKILL)
    told = {int(line.split()[0]) for line in first.communicate()[0].splitlines() if line.endswith(" True")}
    there = {folio for folio, count in chains(made).items() if count > 1}
    assert told <= there
    second = started(place)
    go(second)
    rest = {int(line.split()[0]) for line in second.communicate(timeout=120)[0].splitlines() if line.endswith(" True")}
    assert rest.isdisjoint(there)
    assert set(chains(made).values()) == {2}
    assert made.ledger.db.full_check() == []
