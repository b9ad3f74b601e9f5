"""The simulator's own sums beside this project's: what breaks no rule of ours gets no remark there."""

from __future__ import annotations

from random import Random

import pytest
from lxml import etree

from dteplanows.document import clock
from dteplanows.simulator.review.amounts import amount_remarks
from dteplanows.simulator.review.document import BOLETAS, Document
from tests.valid_documents import as_file, make

TIPOS = (33, 34, 39, 41, 43, 46, 52, 56, 61, 110, 111, 112)


@pytest.mark.parametrize("tipo", TIPOS)
def test_documents_that_add_up(tipo: int) -> None:
    """But for boletas with a movement for the whole, which the SII remarks on though they add up."""
    for seed in range(40):
        document = Document(etree.fromstring(as_file(make(tipo, Random(seed), clock.today()))))
        codes = [one.code for one in amount_remarks(document)]
        remarked = tipo in BOLETAS and document.has("DscRcgGlobal")
        assert codes == (["HED-2-260"] if remarked else []), seed
