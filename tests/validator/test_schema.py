"""The generated schema against the SII's own (the wheel's DTE_v10 and EnvioBOLETA_v11 of 06-02-2026).

There is no deliberate difference: for the unsigned ``Documento`` both must give the same verdict, always.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from random import Random

import pytest
from lxml import etree

from dteplanows.document.elements import BRANCHES, DOCUMENT_NAMES, find, structure
from dteplanows.validator.form import schema
from dteplanows.validator.form.schema import Finding, check
from tests.generate import of_element, sample, spoilings, text
from tests.validator.sii_judge import OF_PLACE, disagreements, judge, plain

TYPES = sorted(BRANCHES)

LONG = {(33, "Encabezado"), (110, "Encabezado")}
PARTS = [
    pytest.param(tipo, part.name, marks=[pytest.mark.long] if (tipo, part.name) in LONG else [])
    for tipo in (33, 39, 43, 110)
    for part in structure(tipo).children
]
"""One document type of each branch, by what stands directly below Documento."""

def compare(document: str, tipo: int) -> list[Finding]:
    """Our findings on *document*, after comparing them with the SII's schema."""
    errors, findings = judge(document, tipo), check(document, tipo)
    assert bool(errors) == bool(findings), (errors, findings)
    assert not list(disagreements(errors, findings))
    return findings


def spoiled(tipo: int, path: str, name: str) -> str:
    """A sample with the spoiling *name* of the element at *path*."""
    return next(one for one in of_element(find(tipo, path)) if one.name == name)(sample(tipo))


@pytest.mark.parametrize("tipo", TYPES)
def test_sample_has_every_element_and_is_accepted(tipo: int) -> None:
    one = sample(tipo)
    root = etree.fromstring(one)
    assert [row.path for row in structure(tipo).walk() if row.path and root.find(row.path) is None] == []
    assert judge(one, tipo) == []
    assert check(one, tipo) == []


@pytest.mark.parametrize("tipo", TYPES)
def test_chance_documents_are_accepted(tipo: int) -> None:
    for seed in range(60):
        chance = Random(seed)
        one = text(tipo, chance, likely=chance.random())
        assert judge(one, tipo) == []
        assert check(one, tipo) == []


@pytest.mark.parametrize(("tipo", "part"), PARTS)
def test_every_spoiling_of_every_element_gets_the_verdict_of_the_sii(tipo: int, part: str) -> None:
    whole = sample(tipo, seed=1)
    for element in find(tipo, part).walk():
        for one in of_element(element):
            findings = compare(one(whole), tipo)
            if one.valid is not None:
                assert bool(findings) != one.valid, (one.name, element.path)
            if one.reworded:
                assert [(plain(two.path), two.element) for two in findings] in ([], [(element.path, element)])
                assert not OF_PLACE & {two.kind for two in findings}


@pytest.mark.parametrize("tipo", TYPES)
def test_several_spoilings_of_chance_documents(tipo: int) -> None:
    every = [one for one in spoilings(tipo) if one.element.max < 100]
    refused = 0
    for seed in range(60):
        chance = Random(seed)
        root = etree.fromstring(text(tipo, chance, likely=0.6, most=2))
        for one in chance.sample(every, 12):
            if root.find(one.element.path) is not None:
                one.apply(root)
        refused += bool(compare(etree.tostring(root, encoding="unicode"), tipo))
    assert refused > 30


@pytest.mark.parametrize(
    ("path", "spoiling", "kind"),
    [
        ("Encabezado/Receptor/RznSocRecep", "dropped", "missing"),
        ("Encabezado/Receptor", "dropped", "missing"),
        ("Encabezado/Receptor/RUTRecep", "60803000-k", "pattern"),
        ("Encabezado/Receptor/RUTRecep", "123456789-2", "length"),
        ("Encabezado/Receptor/GiroRecep", "too long", "length"),
        ("Encabezado/Receptor/GiroRecep", "too often", "repeated"),
        ("Encabezado/Receptor/GiroRecep", "moved to the end", "order"),
        ("Encabezado/Receptor/GiroRecep", "unknown element inside", "unexpected"),
        ("Encabezado/Receptor", "text in a group", "unexpected"),
        ("Encabezado/Emisor/GiroEmis", "empty", "length"),
        ("Encabezado/IdDoc/TipoDTE", "unknown number", "enum"),
        ("Encabezado/IdDoc/TipoDTE", "unknown code", "type"),
        ("Encabezado/IdDoc/FchEmis", "2026-02-30", "type"),
        ("Encabezado/IdDoc/FchEmis", "1999-12-31", "range"),
        ("Encabezado/IdDoc/TipoDespacho", "zero", "enum"),
        ("Encabezado/Totales/MntTotal", "-1", "range"),
        ("Encabezado/Totales/MntTotal", "1.5", "type"),
        ("Encabezado/Totales/MntTotal", "too many digits", "digits"),
        ("Detalle/PrcItem", "too many decimals", "decimals"),
        ("Detalle/PrcItem", "too many digits", "digits"),
        ("Detalle/PrcItem", "below the lowest", "range"),
        ("Detalle/PrcItem", "1,5", "type"),
        ("Detalle/NroLinDet", "above the highest", "range"),
    ],
)
def test_kinds(path: str, spoiling: str, kind: str) -> None:
    name = repr(spoiling) if spoiling == "-1" else spoiling
    findings = check(spoiled(33, path, name), 33)
    assert kind in [one.kind for one in findings if one.path.replace("[1]", "").startswith(path)]


def test_paths_are_numbered_where_an_element_may_repeat() -> None:
    root = etree.fromstring(sample(33))
    line = root.find("Detalle")
    assert line is not None
    second = etree.fromstring(etree.tostring(line))
    line.addnext(second)
    for one, value in ((line, "x"), (second, "y")):
        quantity = one.find("QtyItem")
        assert quantity is not None
        quantity.text = value
    found = check(etree.tostring(root, encoding="unicode"), 33)
    assert [(one.path, one.value) for one in found] == [("Detalle[1]/QtyItem", "x"), ("Detalle[2]/QtyItem", "y")]
    alone = check(spoiled(33, "Detalle/QtyItem", "abc"), 33)
    assert [one.path for one in alone] == ["Detalle[1]/QtyItem"]


def test_everything_is_found_in_one_pass() -> None:
    """Also what libxml2 leaves out after a missing or unknown element, and in the order of the document."""
    root = etree.fromstring(sample(33))
    for path, value in (("Encabezado/Receptor/DirRecep", "x" * 71), ("Encabezado/Totales/IVA", "1.5")):
        node = root.find(path)
        assert node is not None
        node.text = value
    receptor = root.find("Encabezado/Receptor")
    assert receptor is not None
    receptor.remove(receptor[2])
    receptor[0].addprevious(etree.Element("Otro"))
    receptor[1].addprevious(etree.Element("Otro"))
    found = check(etree.tostring(root, encoding="unicode"), 33)
    assert [(one.kind, one.path.rpartition("/")[2]) for one in found] == [
        ("missing", "RznSocRecep"), ("unexpected", "Otro"), ("unexpected", "Otro[2]"), ("length", "DirRecep"),
        ("type", "IVA"),
    ]  # fmt: skip


@pytest.mark.parametrize(("tipo", "other"), [(33, "39"), (39, "33"), (52, "43"), (41, "110"), (110, "33"), (43, "61")])
def test_type_of_the_other_branch_is_refused(tipo: int, other: str) -> None:
    assert [one.kind for one in compare(_with_type(tipo, other), tipo)] == ["enum"]


def _with_type(tipo: int, other: str) -> str:
    return sample(tipo).replace(f"<TipoDTE>{tipo}<", f"<TipoDTE>{other}<")


@pytest.mark.parametrize("broken", ["", "<Documento ID='a'>", "<Documento ID='a'>\x01</Documento>", "texto"])
def test_text_that_is_no_xml(broken: str) -> None:
    assert [(one.path, one.kind) for one in check(broken, 33)] == [("", "syntax")]


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        (lambda one: one.replace("<Documento ID=", "<Documento Id="), "missing"),
        (lambda one: re.sub('ID="F', 'ID="1', one), "type"),
        (lambda one: one.replace("Documento", "Liquidacion"), "unexpected"),
        (lambda one: one.replace("<Documento ", "<Documento version='1.0' "), "unexpected"),
    ],
)
def test_documento_itself(change: Callable[[str], str], kind: str) -> None:
    changed = change(sample(33))
    assert judge(changed, 33) != []
    findings = check(changed, 33)
    assert kind in [one.kind for one in findings]
    assert {one.path for one in findings} == {""}


def test_unknown_type_is_a_programming_error() -> None:
    with pytest.raises(KeyError):
        check(sample(33), 30)


def test_threads_do_not_mix_their_findings() -> None:
    paths = ["Encabezado/IdDoc/Folio", "Encabezado/Totales/IVA", "Encabezado/Totales/MntTotal", ""]
    documents = [spoiled(33, path, "abc") if path else sample(33) for path in paths] * 100
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda one: [finding.path for finding in check(one, 33)], documents))
    assert found == [[path] if path else [] for path in paths] * 100


@pytest.mark.parametrize("tipo", TYPES)
def test_messages_are_sentences(tipo: int) -> None:
    assert tipo in DOCUMENT_NAMES
    for path in ("Encabezado/IdDoc/FchEmis", "Encabezado/Receptor/RUTRecep", "Detalle/NmbItem", "Detalle/PrcItem"):
        for one in of_element(find(tipo, path)):
            for finding in check(one(sample(tipo)), tipo):
                assert re.fullmatch(r"[A-ZÁÉÍÓÚa-z].*\.", finding.message), finding
                assert finding.path.rpartition("/")[2].partition("[")[0] in finding.message


def test_two_threads_never_compile_a_schema_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """libxml2's table of types is made without a lock: a service that begins under load broke a call, or ended."""
    at_once = most = 0

    class Slow(etree.XMLSchema):  # type: ignore[misc, unused-ignore]
        def __init__(self, tree: etree._Element) -> None:
            nonlocal at_once, most
            at_once += 1
            most = max(most, at_once)
            time.sleep(0.02)
            super().__init__(tree)
            at_once -= 1

    monkeypatch.setattr(etree, "XMLSchema", Slow)
    monkeypatch.setattr(schema, "_JUDGES", {})
    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(partial(check, "<DTE/>"), [33, 39, 43, 110] * 2))
    assert most == 1
