"""What a note corrects, and how: by itself, and against what the company issued before."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest

from dteplanows import validator
from dteplanows.document.catalogue import problem
from dteplanows.document.model import Document
from dteplanows.document.problem import errors
from dteplanows.validator.references.own_documents import OwnDocument, OwnNote
from tests.validator import xml_documents
from tests.validator.judging import COMPANY, TODAY, codes
from tests.validator.test_references import IN_DOLLARS, RATE, judged, row, told
from tests.validator.xml_documents import line

REPARO, AVISO, ERROR = "reparo", "aviso", "error"
WORDS = {"NmbItem": "Donde dice Lota debe decir Coronel", "MontoItem": 0}
REASON = {"RazonRef": "DONDE DICE Lota DEBE DECIR Coronel"}


@pytest.mark.parametrize(
    ("tipo", "kind", "expected"),
    [
        *[(61, kind, {}) for kind in (33, 39, 43, 46, 56, 30, 55)],
        *[(56, kind, {}) for kind in (33, 39, 43, 46, 61, 60)],
        *[(tipo, kind, {"REF-049": REPARO}) for tipo in (56, 61) for kind in (32, 34, 38, 41)],
        (61, 61, {"REF-011": REPARO}),
        *[(tipo, kind, {"REF-047": ERROR}) for tipo in (56, 61, 112) for kind in (50, 52)],
        (56, 56, {"REF-011": REPARO}),
        (61, 110, {"REF-010": ERROR}),
        (56, 112, {"REF-010": ERROR}),
        (112, 110, {}),
        (112, 111, {"REF-015": REPARO}),
        (112, 33, {"REF-010": ERROR, "REF-015": REPARO}),
        (111, 110, {}),
        (111, 112, {}),
        (111, 111, {"REF-011": REPARO}),
        (111, 33, {"REF-010": ERROR}),
    ],
)
def test_which_note_corrects_what(tipo: int, kind: int, expected: dict[str, str]) -> None:
    assert told(judged(tipo, row(kind, CodRef=3))) == expected


def test_a_credit_note_of_exports_names_the_factura_beside_the_debit_note() -> None:
    assert told(judged(112, row(111, 5, CodRef=1), row(110, 4))) == {}


@pytest.mark.parametrize("code", [1, 2, 3])
def test_a_guia_is_not_corrected_by_a_note(code: int) -> None:
    (found,) = [one for one in judged(61, row(52, 345, CodRef=code, RazonRef="X")).problems if one.code == "REF-047"]
    assert "AnularGuia" in found.remedy
    assert "El SII lo rechaza (REF-3-415)." in found.text()
    assert "REF-047" not in told(judged(61, row(52, 345), row(33, CodRef=code)))
    # A program that gives CodRef to every reference: the note has a valid one.
    assert told(judged(61, row(33, CodRef=3), row(52, 345, CodRef=3))) == {"REF-011": REPARO}


@pytest.mark.parametrize(("code", "expected"), [(1, "REF-048"), (3, "REF-049")])
def test_a_note_to_what_has_no_iva_has_none(code: int, expected: str) -> None:
    exempt = [line(10000, IndExe=1)]
    for kind in (34, 41):
        assert told(judged(61, row(kind, CodRef=code))) == {expected: REPARO}
        assert told(judged(61, row(kind, CodRef=code), lines=exempt)) == {}
    assert told(judged(61, row(33, CodRef=code))) == {}
    assert told(judged(61, row(33, 1, CodRef=3), row(34, 2, CodRef=3))) == {}


@pytest.mark.parametrize("tipo", [56, 61])
def test_a_note_that_corrects_amounts_has_some(tipo: int) -> None:
    nothing = [line(0)]
    assert told(judged(tipo, row(33, CodRef=3), lines=nothing)) == {"REF-050": REPARO}
    assert told(judged(tipo, row(61 if tipo == 56 else 33, CodRef=1), lines=nothing)) == {}
    assert told(judged(tipo, row(33, CodRef=3), lines=[line(500, IndExe=2)])) == {}
    assert told(judged(tipo, row(33, CodRef=3))) == {}


@pytest.mark.parametrize(
    ("tipo", "kind", "expected"),
    [
        (56, 61, {}),
        (56, 33, {"REF-013": REPARO}),
        (111, 112, {}),
        (111, 110, {"REF-013": REPARO}),
        (61, 33, {}),
        (61, 56, {}),
    ],
)
def test_a_debit_note_annuls_credit_notes(tipo: int, kind: int, expected: dict[str, str]) -> None:
    assert told(judged(tipo, row(kind, CodRef=1))) == expected


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([], {"REF-001": ERROR}),
        ([row(33)], {"REF-002": ERROR}),
        ([row(801, CodRef=3), row(33)], {"REF-012": ERROR}),
        ([row("HES", CodRef=1)], {"REF-012": ERROR}),
        ([row(801, CodRef=3), row(33, CodRef=3)], {"REF-030": AVISO}),
        ([row(801), row(33, CodRef=3)], {}),
        ([row(33, 1, CodRef=3), row(33, 2, CodRef=3)], {}),
        ([row(33, 1, CodRef=1), row(33, 2, CodRef=1)], {"REF-008": ERROR}),
        ([row(33, 1, CodRef=3), row(33, 2, CodRef=1)], {"REF-008": ERROR}),
        ([row(33, 1, CodRef=1), row(52, 2)], {"REF-014": AVISO}),
        ([row(33, 1, CodRef=3), row(52, 2)], {}),
        ([row(39, 0, CodRef=3, IndGlobal=1, RazonRef="Boletas del 3 de noviembre")], {}),
        ([row(39, 0, CodRef=1, IndGlobal=1, RazonRef="Boletas del 3 de noviembre")], {"REF-019": REPARO}),
    ],
)
def test_a_note_names_the_one_document_it_annuls(rows: list[dict[str, object]], expected: dict[str, str]) -> None:
    assert told(judged(61, *rows)) == expected


@pytest.mark.parametrize(("tipo", "kind"), [(61, 33), (56, 61), (111, 110), (112, 110)])
def test_a_note_that_corrects_a_text_has_no_amounts(tipo: int, kind: int) -> None:
    text = row(kind, CodRef=2, **REASON)
    export = tipo > 100
    nothing = dict(WORDS, IndExe=1) if export else WORDS
    totals = {"TpoMoneda": "PESO CL", "MntTotal": 0} if export else {"MntTotal": 0}
    refs = [{"NroLinRef": 1, **text}]
    assert told(judged(tipo, text)) == {"REF-009": REPARO}
    assert told(xml_documents.judged(tipo, [nothing], totals, Referencia=refs)) == {}
    assert told(xml_documents.judged(tipo, [nothing, nothing], totals, Referencia=refs)) == {"REF-024": AVISO}
    silent = [{"NroLinRef": 1, **row(kind, CodRef=2)}]
    assert told(xml_documents.judged(tipo, [nothing], totals, Referencia=silent)) == {"REF-023": AVISO}


# --- against what was issued before ---------------------------------------------------------------------------

FACTURA = OwnDocument(date(2026, 11, 1), "22222222-2", 10000, 0, 11900, ())


@dataclass
class Own:
    """What the company issued: the factura 120; what was asked is noted."""

    document: OwnDocument | None = FACTURA
    why: str = ""
    asked: list[tuple[int, int]] = field(default_factory=list)

    def find(self, tipo: int, folio: int) -> OwnDocument | None:
        self.asked.append((tipo, folio))
        return self.document

    def without_document(self, tipo: int, folio: int) -> str:
        return self.why


def against(own: Own, *rows: dict[str, object], tipo: int = 61, amount: int = 10000, **parts: Any) -> dict[str, str]:
    """Problems of a note with these references, judged with *own*."""
    refs = [{"NroLinRef": number, **one} for number, one in enumerate(rows, 1)]
    export = tipo > 100
    lines = [line(amount, IndExe=1) if export else line(amount)]
    header = {"header": RATE} if export else {}
    totals = IN_DOLLARS if export else {}
    document = xml_documents.read(tipo, lines, totals, Referencia=refs, **header, **parts)
    validator.judge(document, COMPANY, TODAY)
    document, found = validator.with_own(document, COMPANY, own)
    document.problems[:] = found
    assert not [one for one in codes(document) if not one.startswith("REF-")]
    return told(document)


def with_notes(*notes: OwnNote) -> Own:
    return Own(FACTURA._replace(notas=notes))


def test_what_agrees_is_left_alone() -> None:
    for code in (1, 3):
        assert against(Own(), row(33, CodRef=code)) == {}


def test_another_date_or_receiver_is_told() -> None:
    assert against(Own(), row(33, CodRef=1, FchRef="2026-11-02")) == {"REF-040": AVISO}
    assert against(Own(), row(33, CodRef=1), receptor={"RUTRecep": "77777777-7"}) == {"REF-041": ERROR}


def test_the_buyer_of_a_boleta_may_be_named_later() -> None:
    nameless = Own(OwnDocument(date(2026, 11, 1), "66666666-6", 0, 0, 11900, ()))
    assert against(nameless, row(39, CodRef=1)) == {}
    named = Own(OwnDocument(date(2026, 11, 1), "77777777-7", 0, 0, 11900, ()))
    assert against(named, row(39, CodRef=1), receptor={"RUTRecep": "66666666-6"}) == {}
    assert against(named, row(39, CodRef=1)) == {"REF-041": ERROR}


@pytest.mark.parametrize(
    ("found", "amount", "code", "expected"),
    [
        (FACTURA, 20000, 1, {"REF-042": REPARO}),
        (FACTURA, 0, 1, {"REF-042": REPARO}),
        (FACTURA, 5000, 3, {}),
        (FACTURA._replace(monto_neto=9000, monto_exento=1190), 10000, 1, {"REF-042": REPARO}),
        (FACTURA._replace(monto_neto=9000, monto_exento=1190), 10000, 3, {}),
    ],
)
def test_a_note_that_annuls_has_the_same_amounts(
    found: OwnDocument, amount: int, code: int, expected: dict[str, str]
) -> None:
    assert against(Own(found), row(33, CodRef=code), amount=amount) == expected


@pytest.mark.parametrize(
    ("tipo", "kind", "amount", "code", "expected"),
    [
        (61, 33, 5000, 1, {"REF-053": AVISO}),
        (61, 33, 9999, 1, {"REF-053": AVISO}),
        (61, 33, 10000, 1, {}),
        (61, 39, 5000, 1, {"REF-053": AVISO}),
        (61, 33, 5000, 3, {}),
        # Of the debit notes: one that takes back a part of a credit note, and one that raises a factura.
        (56, 61, 5000, 1, {"REF-053": AVISO}),
        (56, 61, 10000, 1, {}),
        (56, 33, 5000, 1, {"REF-053": AVISO}),
        (56, 33, 10000, 1, {"REF-013": REPARO}),
        # What has no IVA: its own reason, by the CodRef that is issued.
        (61, 34, 5000, 1, {"REF-053": AVISO, "REF-049": REPARO}),
    ],
)
def test_a_note_of_less_than_its_document_is_a_correction(
    *, tipo: int, kind: int, amount: int, code: int, expected: dict[str, str]
) -> None:
    assert against(Own(), row(kind, CodRef=code), tipo=tipo, amount=amount) == expected


def partial(own: Own, *rows: dict[str, object], tipo: int = 61, amount: int = 5000) -> tuple[Document, Document]:
    """A note that says to annul, as it was judged and as it is issued."""
    refs = [{"NroLinRef": number, **one} for number, one in enumerate(rows, 1)]
    judged = xml_documents.read(tipo, [line(amount)], {}, Referencia=refs)
    validator.judge(judged, COMPANY, TODAY)
    return judged, validator.with_own(judged, COMPANY, own)[0]


def test_only_the_code_of_the_note_is_changed_and_only_in_what_is_issued() -> None:
    before, after = partial(Own(), row(801), row(33, 120, CodRef=1, RazonRef="Devuelve un artículo"))
    assert before.draft.count("<CodRef>1</CodRef>") == 1
    assert after.draft == before.draft.replace("<CodRef>1</CodRef>", "<CodRef>3</CodRef>")
    assert [one.text("CodRef") for one in before.root.all("Referencia")] == ["", "1"]
    assert [one.text("CodRef") for one in after.root.all("Referencia")] == ["", "3"]


def test_the_reason_says_both_amounts() -> None:
    judged, _ = partial(Own(), row(33, 120, CodRef=1))
    (found,) = [one for one in validator.with_own(judged, COMPANY, Own())[1] if one.code == "REF-053"]
    assert "tipo 33 y folio 120, que es por 11.900, y es por 5.950" in found.message
    assert found.remedy.endswith("emita la nota por 11.900.")
    assert found.place.field == "CodRef"


@pytest.mark.parametrize(
    ("own", "reference", "amount"),
    [
        (Own(None), row(33, 120, CodRef=1), 5000),
        (Own(None, "libre"), row(33, 120, CodRef=1), 5000),
        (Own(), row(33, 120, CodRef=1, RUTOtr="77777777-7"), 5000),
        (Own(), row(33, 0, CodRef=1, IndGlobal=1, RazonRef="Facturas de octubre"), 5000),
        (Own(), row(33, 120, CodRef=2, **REASON), 0),
        (Own(), row(52, 120, CodRef=1), 5000),
        (Own(), row(33, 120, CodRef=1), 10000),
        (Own(), row(33, 120, CodRef=1), 20000),
        (Own(), row(33, 120, CodRef=1), 0),
    ],
    ids=str,
)
def test_any_other_note_is_issued_as_it_was_sent(own: Own, reference: dict[str, object], amount: int) -> None:
    before, after = partial(own, reference, amount=amount)
    assert after is before


def test_a_partial_export_stays_as_it_was_sent() -> None:
    abroad = Own(FACTURA._replace(rut_receptor="55555555-5", monto_total=10**9))
    assert against(abroad, row(110, CodRef=1), tipo=112, amount=77) == {}


def test_what_is_refused_for_its_document_is_not_changed_and_nothing_is_said_of_that() -> None:
    refs = [{"NroLinRef": 1, **row(33, 120, CodRef=1)}]
    judged = xml_documents.read(61, [line(5000)], {}, Referencia=refs, receptor={"RUTRecep": "77777777-7"})
    validator.judge(judged, COMPANY, TODAY)
    document, found = validator.with_own(judged, COMPANY, Own())
    assert document is judged
    assert [one.code for one in found if one.code.startswith("REF-")] == ["REF-041"]


def test_what_is_refused_for_something_else_is_not_changed() -> None:
    refs = [{"NroLinRef": 1, **row(33, 120, CodRef=1)}]
    judged = xml_documents.read(61, [line(5000)], {"MntTotal": 99}, Referencia=refs)
    validator.judge(judged, COMPANY, TODAY)
    document, found = validator.with_own(judged, COMPANY, Own())
    assert document is judged
    assert errors(found)
    assert not [one for one in found if one.code in ("REF-042", "REF-053")]


def test_the_iva_of_a_note_to_an_exempt_document_is_told_once() -> None:
    exempt = Own(FACTURA._replace(monto_neto=0, monto_exento=11900))
    assert against(exempt, row(34, CodRef=1)) == {"REF-048": REPARO}
    assert against(exempt, row(33, CodRef=1)) == {"REF-042": REPARO}


def test_amounts_of_exports_are_not_compared() -> None:
    abroad = Own(FACTURA._replace(rut_receptor="55555555-5"))
    assert against(abroad, row(110, CodRef=1), tipo=112, amount=77) == {}


def test_what_is_annulled_is_not_corrected_again() -> None:
    annulled = with_notes(OwnNote(61, 8, 1, 11900))
    for code in (1, 3):
        assert against(annulled, row(33, CodRef=code)) == {"REF-043": REPARO}
    assert against(with_notes(OwnNote(61, 8, 2, 0)), row(33, CodRef=1)) == {}


def test_a_note_of_less_annulled_nothing_whatever_its_code() -> None:
    """As they were issued until they became corrections."""
    before = with_notes(OwnNote(61, 8, 1, 5000))
    assert against(before, row(33, CodRef=3), amount=5000) == {}
    assert against(before, row(33, CodRef=3), amount=6000) == {"REF-044": AVISO}
    assert against(before, row(33, CodRef=1), amount=5000) == {"REF-053": AVISO}
    # How much of each is not known of one that corrects several; of exports pesos do not tell.
    for note in (OwnNote(61, 8, 1, 0), OwnNote(112, 8, 1, 5000)):
        assert against(with_notes(note), row(33, CodRef=3)) == {"REF-043": REPARO}


@pytest.mark.parametrize(
    ("taken", "amount", "expected"),
    [
        ([], 10001, {}),  # 11901 of 11900
        ([], 10002, {"REF-044": AVISO}),
        ([5950, 3967], 1667, {}),  # 11901
        ([5950, 3967], 1668, {}),  # 11902, as many pesos more as a third note may take
        ([5950, 3967], 1670, {"REF-044": AVISO}),  # 11904
        ([5950, 3967], 1669, {}),  # 11903
    ],
)
def test_each_note_may_take_a_peso_more_for_its_rounding(
    taken: list[int], amount: int, expected: dict[str, str]
) -> None:
    notes = [OwnNote(61, number, 3, one) for number, one in enumerate(taken, 1)]
    assert against(with_notes(*notes), row(33, CodRef=3), amount=amount) == expected


@pytest.mark.parametrize(
    ("notes", "expected"),
    [
        ([OwnNote(61, 8, 3, 5000)], {"REF-044": AVISO}),
        ([OwnNote(61, 8, 3, 5000), OwnNote(56, 3, 3, 5000)], {}),
        ([OwnNote(56, 3, 3, 5000)], {}),
        ([OwnNote(61, 8, 2, 0)], {}),
    ],
)
def test_credit_notes_take_no_more_than_there_is(notes: list[OwnNote], expected: dict[str, str]) -> None:
    assert against(with_notes(*notes), row(33, CodRef=3)) == expected


@pytest.mark.parametrize(
    ("notes", "expected"),
    [
        ([OwnNote(61, 8, 3, 5000)], {"REF-044": AVISO}),
        ([OwnNote(61, 8, 3, 5000), OwnNote(56, 3, 3, 5000)], {}),
        ([OwnNote(56, 3, 3, 5000)], {}),
        ([OwnNote(61, 8, 2, 0)], {}),
        ([], {}),
    ],
)
def test_a_note_that_annuls_takes_no_more_than_there_is(notes: list[OwnNote], expected: dict[str, str]) -> None:
    assert against(with_notes(*notes), row(33, CodRef=1)) == expected


def test_a_note_of_too_much_that_annuls_is_told_once() -> None:
    assert against(Own(), row(33, CodRef=1), amount=20000) == {"REF-042": REPARO}


@pytest.mark.parametrize(
    ("taken", "amount", "given", "rest"),
    [
        (5000, 10000, "por 11.900,", "quedan 6.900"),
        (11900, 10000, "por 11.900,", "no queda nada"),
        (12000, 0, "por 0,", "no queda nada (se acreditaron 100 de más)"),
    ],
)
def test_what_is_left_of_a_document_is_said_as_it_is(taken: int, amount: int, given: str, rest: str) -> None:
    document = xml_documents.read(61, [line(amount)], {}, Referencia=[{"NroLinRef": 1, **row(33, 120, CodRef=3)}])
    validator.judge(document, COMPANY, TODAY)
    _, found = validator.with_own(document, COMPANY, with_notes(OwnNote(61, 8, 3, taken)))
    assert [one.message for one in found if one.code == "REF-044"] == [
        f"La nota de crédito es {given} y del documento de tipo 33 y folio 120 {rest} después de las notas anteriores."
    ]


def test_against_own_documents_nothing_is_told_twice_and_many_problems_stay_few() -> None:
    lines = [line(10000, DescuentoPct=1) for _ in range(30)]
    document = xml_documents.read(61, lines, {}, Referencia=[{"NroLinRef": 1, **row(33, 120, CodRef=3)}])
    document.problems += [problem("TXT-044", document.place, limit=1)] * 150
    validator.judge(document, COMPANY, TODAY)
    assert len(document.problems) == validator.MOST_PROBLEMS + 1
    own = with_notes(OwnNote(61, 8, 1, 11900))
    _, first = validator.with_own(document, COMPANY, own)
    assert first == validator.with_own(document, COMPANY, own)[1]
    assert len(first) == validator.MOST_PROBLEMS + 1
    assert "REF-043" in [one.code for one in first]


def test_a_note_to_several_documents_does_not_say_how_much_of_each() -> None:
    rows = row(33, 120, CodRef=3), row(33, 121, CodRef=3)
    assert against(Own(), *rows, amount=90000) == {}
    assert against(Own(), rows[0], amount=90000) == {"REF-044": AVISO}


@pytest.mark.parametrize(
    ("why", "expected"),
    [("", {}), ("libre", {"REF-045": AVISO}), ("anulado", {"REF-046": ERROR}), ("rechazado", {"REF-054": AVISO})],
)
def test_a_document_that_is_not_there(why: str, expected: dict[str, str]) -> None:
    assert against(Own(None, why), row(33, CodRef=3)) == expected


def test_only_corrections_of_own_documents_are_looked_up() -> None:
    own = Own()
    against(own, row(33, 7, CodRef=3), row(52, 9), row(801, CodRef=3), row(33, 8, CodRef=3, RUTOtr="77777777-7"))
    against(own, row(30, 5, CodRef=3))
    against(own, row(33, 0, CodRef=3, IndGlobal=1, RazonRef="Facturas de octubre"))
    against(own, row(33, "12345678901", CodRef=3))
    against(own, row(33, "A", CodRef=3))
    assert own.asked == [(33, 7)]
    against(own, row(52, 9), tipo=33)
    assert own.asked == [(33, 7)]
