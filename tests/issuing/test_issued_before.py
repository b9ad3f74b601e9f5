"""Notes against the documents that the same company issued before."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from dteplanows.bulk.queue import Worker
from dteplanows.commands.one_document import facts_of
from dteplanows.document import clock
from dteplanows.document.outcome import DocumentOutcome
from dteplanows.folios import voiding
from dteplanows.ledger.engines.errors import violations
from dteplanows.ledger.place import Place
from dteplanows.ledger.rows import Series, Span, StoredReference
from fixtures import FIXTURES
from tests.installation import COMPANY, FIRST_FOLIO, Installation, make_installation
from tests.ledger.example import everything
from tests.told import of_families

FILE = """->Encabezado<-
{tipo};{folio};{today};0;0;{rut};Cliente Ficticio;Comercio;Calle 1;Lota;Lota;;
->Totales<-
0;0;0;0;{neto};0;19;{iva};{total};
->Detalle<-
1;A;Clavos;1;{neto};0;0;0;0;0;{neto};INT1;UN;;
"""
REFERENCE = "->Referencia<-\n{number};{tipo};{folio};{day};{code};motivo;\n"


@pytest.fixture
def made(place: Place) -> Iterator[Installation]:
    with closing(make_installation(place, reparos="avisar")) as one:
        yield one


def file(tipo: int = 33, *corrected: tuple[int, int, int], neto: int = 1000, folio: int = 0,
         rut: str = "22222222-2", day: date | None = None) -> bytes:  # fmt: skip
    """A document; *corrected* are type, folio and CodRef of its references."""
    iva = neto * 19 // 100
    today = clock.today()
    text = FILE.format(tipo=tipo, folio=folio, today=today, rut=rut, neto=neto, iva=iva, total=neto + iva)
    for number, (kind, other, code) in enumerate(corrected, 1):
        text += REFERENCE.format(number=number, tipo=kind, folio=other, day=day or today, code=code)
    return text.encode()


def issue(made: Installation, data: bytes, only_judge: bool = False) -> tuple[int, list[str]]:
    """Folio of the last document of *data*, and what was said of its references."""
    one = made.issuer.process(made.account, data, "1", solo_validar=only_judge).documents[-1]
    assert one.accepted, one.problems
    return one.folio, sorted(of_families(one.problems, "REF-"))


def refused(made: Installation, data: bytes, only_judge: bool) -> list[str]:
    """Why *data* is not issued."""
    (one,) = made.issuer.process(made.account, data, "1", solo_validar=only_judge).documents
    assert not one.accepted
    return [each.code for each in one.problems if each.refuses]


def test_a_note_that_agrees_is_not_remarked_upon(made: Installation) -> None:
    factura, _ = issue(made, file())
    note, said = issue(made, file(61, (33, factura, 1)))
    assert said == []
    assert made.ledger.references.notes_in_force("pruebas", COMPANY.rut, 33, factura) == [
        StoredReference(61, note, 1, 1190)
    ]
    assert made.ledger.references.notes_in_force("produccion", COMPANY.rut, 33, factura) == []


def test_a_note_that_does_not_agree_is_issued_with_remarks(made: Installation) -> None:
    factura, _ = issue(made, file())
    other = file(61, (33, factura, 1), neto=1100, day=date(2026, 1, 5))
    assert sorted(issue(made, other)[1]) == ["REF-040", "REF-042"]


def code_of(made: Installation, tipo: int, folio: int) -> str:
    """CodRef of the one reference of a document as it was signed."""
    stored = made.ledger.documents.find("pruebas", COMPANY.rut, tipo, folio)
    assert stored
    (found,) = re.findall(rb"<CodRef>(\d)</CodRef>", stored.xml)
    return bytes(found).decode()


def test_partial_returns_are_corrections_and_the_second_one_too(made: Installation) -> None:
    """CodRef 1 on every note, as a till's program writes it."""
    factura, _ = issue(made, file())
    notes = []
    for neto, told in ((400, []), (600, []), (100, ["REF-044"])):
        assert issue(made, file(61, (33, factura, 1), neto=neto), only_judge=True)[1] == [*told, "REF-053"]
        note, said = issue(made, file(61, (33, factura, 1), neto=neto))
        assert said == [*told, "REF-053"]
        assert code_of(made, 61, note) == "3"
        notes.append(StoredReference(61, note, 3, neto + neto * 19 // 100))
    assert made.ledger.references.notes_in_force("pruebas", COMPANY.rut, 33, factura) == notes
    stored = made.ledger.documents.find("pruebas", COMPANY.rut, 33, factura)
    assert stored
    assert facts_of(made.ledger, made.company, stored)["estado"] == "emitido"


def test_a_note_over_a_document_that_is_not_here_stays_as_sent(made: Installation) -> None:
    for folio, told in ((77, []), (FIRST_FOLIO + 7, ["REF-045"])):
        note, said = issue(made, file(61, (33, folio, 1), neto=400))
        assert (said, code_of(made, 61, note)) == (told, "1")


def test_a_credit_note_that_is_taken_back_in_part_annuls_no_more(made: Installation) -> None:
    factura, _ = issue(made, file())
    note, said = issue(made, file(61, (33, factura, 1)))
    assert (said, code_of(made, 61, note)) == ([], "1")
    back, said = issue(made, file(56, (61, note, 1), neto=300))
    assert (said, code_of(made, 56, back)) == (["REF-053"], "3")
    in_force = made.ledger.references.notes_in_force("pruebas", COMPANY.rut, 33, factura)
    assert in_force == [StoredReference(61, note, 1, 1190 - 357)]
    assert issue(made, file(61, (33, factura, 1), neto=300))[1] == ["REF-053"]
    # All of it taken back, in two parts: the credit note is in force no more.
    issue(made, file(56, (61, note, 3), neto=700))
    assert [one.folio for one in made.ledger.references.notes_in_force("pruebas", COMPANY.rut, 33, factura)] == [
        note + 1
    ]


def test_two_partial_notes_at_once_are_judged_one_after_the_other(made: Installation) -> None:
    """Four of 400 over 1000: whichever come first, the third and the fourth take more than there is."""
    factura, _ = issue(made, file())
    said: list[list[str]] = []

    def post(number: int) -> None:
        # No two files are the same: the same one again would be told what the first was.
        said.append(issue(made, file(61, (33, factura, 1), neto=400) + b"\n" * number)[1])

    threads = [threading.Thread(target=post, args=(number,)) for number in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(60)
    assert sorted(said) == [["REF-044", "REF-053"]] * 2 + [["REF-053"]] * 2


def test_a_transaction_that_is_repeated_judges_the_note_as_it_was_sent(tmp_path: Path) -> None:
    """The CAF of the note is made between the two tries."""
    with closing(make_installation(tmp_path, cafs=False)) as made:
        data = file(folio=50) + file(61, (33, 50, 1), neto=400)
        outcomes = made.issuer.process(made.account, data, "1").documents
        assert [[each.code for each in one.problems] for one in outcomes] == [[], ["REF-053"]]
        assert code_of(made, 61, outcomes[1].folio) == "3"


def test_a_document_is_annulled_once_unless_the_note_is_annulled(made: Installation) -> None:
    factura, _ = issue(made, file())
    note, _ = issue(made, file(61, (33, factura, 1)))
    assert issue(made, file(61, (33, factura, 1)), only_judge=True)[1] == ["REF-043"]
    assert issue(made, file(56, (61, note, 1)))[1] == []
    assert issue(made, file(61, (33, factura, 1)))[1] == []


def test_credit_notes_add_up(made: Installation) -> None:
    factura, _ = issue(made, file())
    assert issue(made, file(61, (33, factura, 3), neto=600))[1] == []
    assert issue(made, file(61, (33, factura, 3), neto=600), only_judge=True)[1] == ["REF-044"]
    assert issue(made, file(56, (33, factura, 3), neto=300))[1] == []
    assert issue(made, file(61, (33, factura, 3), neto=600))[1] == []


def test_a_note_to_several_documents_takes_nothing_from_either(made: Installation) -> None:
    first, second = issue(made, file())[0], issue(made, file())[0]
    assert issue(made, file(61, (33, first, 3), (33, second, 3), neto=2000))[1] == []
    assert issue(made, file(61, (33, first, 3)))[1] == []


def test_a_folio_without_document(made: Installation) -> None:
    unused, void, unknown = FIRST_FOLIO + 5, FIRST_FOLIO + 6, 77
    voiding.void(made.ledger, Series.of(COMPANY, 33), Span(void, void), "prueba")
    assert issue(made, file(61, (33, unused, 3)))[1] == ["REF-045"]
    assert issue(made, file(61, (33, unknown, 3)))[1] == []
    for only_judge in (True, False):
        assert refused(made, file(61, (33, void, 3)), only_judge) == ["REF-046"]
    assert made.ledger.documents.with_folio("pruebas", COMPANY.rut, FIRST_FOLIO + 2) == []


def test_what_another_system_issued_may_be_corrected(made: Installation) -> None:
    """Its folios are void here, and they have documents."""
    span = Span(FIRST_FOLIO, FIRST_FOLIO + 4)
    for folio in span:
        assert issue(made, file(61, (33, folio, 3)))[1] == ["REF-045"]
    voiding.void(made.ledger, Series.of(COMPANY, 33), span, "usados en el sistema anterior", otro_sistema=True)
    note, said = issue(made, file(61, (33, FIRST_FOLIO + 2, 1), neto=400))
    assert (said, code_of(made, 61, note)) == ([], "1")


def test_a_note_to_another_receiver_is_refused(made: Installation) -> None:
    factura, _ = issue(made, file())
    for only_judge in (True, False):
        assert refused(made, file(61, (33, factura, 3), rut="77777777-7"), only_judge) == ["REF-041"]
    assert issue(made, file(61, (33, factura, 3)))[1] == []


# --- documents of the same file -------------------------------------------------------------------------------

FACTURA = FIRST_FOLIO + 5
"""Folio that the factura of a file asks for."""


def said_of_each(made: Installation, files: list[bytes], way: str) -> list[tuple[bool, list[str]]]:
    """Whether each document of *files*, together one file unless *way* says ``apart``, is accepted, and what is said
    of its references and folio."""
    outcomes: list[DocumentOutcome] = []
    for one in files if way == "apart" else [b"".join(files)]:
        if way == "bulk":
            track_id = made.send_later(one, "1")
            while Worker(made.issuer, 1000).work_once():
                pass
            outcome = made.batches.state(made.account, track_id)[1]
            assert outcome
        else:
            outcome = made.issuer.process(made.account, one, "1", solo_validar=way == "judged")
        outcomes += outcome.documents
    return [
        (one.accepted, [each.code for each in one.problems if each.code[:4] in ("REF-", "FOL-")]) for one in outcomes
    ]


WAYS = pytest.mark.parametrize("way", ["apart", "together", "judged", "bulk"])


@WAYS
@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ([file(folio=FACTURA), file(61, (33, FACTURA, 3))], [[], []]),
        ([file(61, (33, FACTURA, 3)), file(folio=FACTURA)], [["REF-045"], []]),
        ([file(folio=FACTURA), file(61, (33, FACTURA, 1)), file(61, (33, FACTURA, 1))], [[], [], ["REF-043"]]),
        ([file(folio=FACTURA), file(61, (33, FACTURA, 3), neto=400), file(61, (33, FACTURA, 1))],
         [[], [], ["REF-044"]]),
        ([file(folio=FACTURA), file(61, (33, FACTURA, 1), folio=FIRST_FOLIO), file(56, (61, FIRST_FOLIO, 1)),
          file(61, (33, FACTURA, 1))], [[], [], [], []]),
        ([file(folio=FACTURA), file(61, (33, FACTURA, 1), day=date(2026, 1, 5))], [[], ["REF-040"]]),
        ([file(folio=FACTURA), file(61, (33, FACTURA, 1), neto=400), file(61, (33, FACTURA, 1), neto=601)],
         [[], ["REF-053"], ["REF-053"]]),
        ([file(folio=FACTURA), file(61, (33, FACTURA, 1), neto=400), file(61, (33, FACTURA, 1), neto=700)],
         [[], ["REF-053"], ["REF-044", "REF-053"]]),
    ],
)  # fmt: skip
def test_the_judgement_does_not_depend_on_how_files_are_packed(
    made: Installation, way: str, files: list[bytes], expected: list[list[str]]
) -> None:
    assert said_of_each(made, files, way) == [(True, codes) for codes in expected]


@pytest.mark.parametrize("way", ["together", "judged", "bulk"])
def test_nor_on_which_documents_are_committed_together(made: Installation, way: str) -> None:
    factura, annulling = file(folio=FACTURA), file(61, (33, FACTURA, 1))
    found = said_of_each(made, [factura, annulling, *[factura] * 60, annulling], way)
    assert found == [(True, []), (True, []), *[(False, ["FOL-032"])] * 60, (True, ["REF-043"])]


@WAYS
def test_what_was_refused_counts_for_nothing(made: Installation, way: str) -> None:
    taken, _ = issue(made, file(61, (33, 77, 3), folio=FIRST_FOLIO + 8))
    files = [
        file(folio=FACTURA),
        file(61, (33, FACTURA, 1), folio=taken),  # refused for its folio
        file(61, (33, FACTURA, 1)).replace(b";1190;", b";9190;"),  # refused for its total
        file(61, (33, FACTURA, 1)),
        file(folio=FACTURA),
        file(61, (33, FIRST_FOLIO + 6, 3)),
    ]
    assert said_of_each(made, files, way) == [
        (True, []), (False, ["FOL-032"]), (False, ["REF-042"]), (True, []), (False, ["FOL-032"]), (True, ["REF-045"]),
    ]  # fmt: skip


@WAYS
def test_a_reparo_on_a_document_of_the_same_file_stops_where_reparos_do(tmp_path: Path, way: str) -> None:
    with closing(make_installation(tmp_path, reparos="detener")) as made:
        annulling = file(61, (33, FACTURA, 1))
        found = said_of_each(made, [file(folio=FACTURA), annulling, annulling, annulling], way)
        assert [accepted for accepted, _ in found] == [True, True, False, False]
        assert made.ledger.documents.with_folio("pruebas", COMPANY.rut, FIRST_FOLIO + 1) == []


@WAYS
def test_cafs_made_on_demand_do_not_change_what_is_said(tmp_path: Path, way: str) -> None:
    with closing(make_installation(tmp_path, cafs=False, reparos="avisar")) as made:
        annulling = file(61, (33, 120, 1))
        found = said_of_each(made, [file(folio=120), annulling, annulling, file(folio=120), file(folio=121)], way)
        assert found == [(True, []), (True, []), (True, ["REF-043"]), (False, ["FOL-032"]), (True, [])]
        assert bool(made.ledger.cafs.of("pruebas", COMPANY.rut)) is (way != "judged")


def test_a_note_that_is_only_judged_is_not_named_by_a_folio_it_does_not_have(made: Installation) -> None:
    data = file(folio=FACTURA) + file(61, (33, FACTURA, 1)) * 2
    for only_judge, name in ((True, "que va antes en el mismo archivo"), (False, f"y folio {FIRST_FOLIO}.")):
        one = made.issuer.process(made.account, data, "1", solo_validar=only_judge).documents[-1]
        (found,) = [each for each in one.problems if each.code == "REF-043"]
        assert f"ya está anulado por la nota de tipo 61 {name}" in found.message


def test_validating_a_file_leaves_nothing_in_the_ledger(made: Installation) -> None:
    before = everything(made.ledger)
    said_of_each(made, [file(folio=FACTURA), file(61, (33, FACTURA, 1)), file(), file()], "judged")
    assert everything(made.ledger) == before


def test_the_notes_of_real_programs_have_no_reparo(tmp_path: Path) -> None:
    with closing(make_installation(tmp_path, tolerante=True)) as made:
        for one in FIXTURES:
            outcome = made.issuer.process(made.account, one.data, str(one.formato), solo_validar=True)
            assert outcome.accepted
            severe = [each.code for each in outcome.problems if each.severity != "aviso"]
            assert [code for code in severe if code.startswith("REF-")] == [], str(one)


def test_only_notes_are_recorded_and_only_to_own_documents(made: Installation) -> None:
    factura, _ = issue(made, file(33, (52, 9, 0)))
    count = "SELECT COUNT(*) FROM referencia"
    assert made.ledger.connection.execute(count).fetchone() == (0,)
    elsewhere = file(61, (33, factura, 3)).replace(b";motivo;", b";motivo;0;77777777-7;")
    issue(made, elsewhere)
    assert made.ledger.connection.execute(count).fetchone() == (0,)


def test_what_a_note_corrects_stays(made: Installation) -> None:
    factura, _ = issue(made, file())
    issue(made, file(61, (33, factura, 1)))
    for statement in ("UPDATE referencia SET codigo = 3", "DELETE FROM referencia"):
        with pytest.raises(violations()):
            made.ledger.connection.execute(statement)
