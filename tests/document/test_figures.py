"""The figures that an answer gives are those that stand in the signed document, for every type."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest
from lxml import etree

from dteplanows.bulk.queue import Worker
from dteplanows.document.figures import Figures, of_signed
from fixtures import FIXTURES, Fixture
from tests.installation import Installation, make_installation


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    one = make_installation(tmp_path_factory.mktemp("figuras"))
    yield one
    one.close()


@pytest.mark.parametrize("one", FIXTURES, ids=str)
def test_the_figures_of_an_outcome_stand_in_the_signed_document(shared: Installation, one: Fixture) -> None:
    account, formato = shared.account, str(one.formato)
    seen = shared.issuer.process(account, one.data, formato, solo_validar=True)
    batch = shared.send_later(one.data, formato)
    assert Worker(shared.issuer, 100).work_once()
    _, later = shared.batches.state(account, batch)
    assert later is not None
    for foreseen, told in zip(seen.documents, later.documents, strict=True):
        assert told.accepted, told.problems
        xml = shared.xml(told.tipo, told.folio)
        signed = _in(xml)
        assert (told.figures, foreseen.figures, of_signed(xml)) == (signed, signed, signed)


def _in(xml: bytes) -> Figures:
    """Read once more, by other means."""
    texts = {etree.QName(node).localname: node.text or "" for node in etree.fromstring(xml).iter() if len(node) == 0}
    totals = {
        etree.QName(node).localname: node.text or ""
        for node in etree.fromstring(xml).iterfind(".//{http://www.sii.cl/SiiDte}Totales/*")
    }
    neto, exento, iva, total = (Decimal(totals.get(name, 0)) for name in ("MntNeto", "MntExe", "IVA", "MntTotal"))
    moneda = totals.get("TpoMoneda", "")
    in_pesos = Decimal(texts.get("MntTotOtrMnda", 0)) if moneda != "PESO CL" else total
    return Figures(neto, exento, iva, total, moneda, in_pesos)


def test_nothing_that_is_not_issued_has_figures(installation: Installation) -> None:
    wrong = next(one for one in FIXTURES if str(one) == "boleta39-latin1.txt").data.replace(b";", b"", 3)
    for solo_validar in (True, False):
        outcome = installation.issuer.process(installation.account, wrong, "1", solo_validar)
        assert [one.figures for one in outcome.documents] == [None]
