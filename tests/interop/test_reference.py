"""Our front beside a real ASMX service: what differs has its reason written down, and nothing of ours crashes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

import pytest
from lxml import etree

from tests.interop import compare
from tests.interop.asmx.echo import ask, ours
from tests.interop.asmx.reasons import REASONS
from tests.interop.asmx.reference import MISSING
from tests.interop.asmx.variants import Variant, variants

ALL = variants()
RESULTS = re.compile(r"200 \w+Response ")


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with ours() as one:
        yield one


@pytest.fixture(scope="module")
def rows() -> list[compare.Row]:
    return compare.rows()


def test_every_variant_has_its_own_name() -> None:
    assert [name for name, times in Counter(one.name for one in ALL).items() if times > 1] == []


@pytest.mark.parametrize("one", ALL, ids=[each.name for each in ALL])
def test_an_answer_is_a_result_or_a_reason(port: int, one: Variant) -> None:
    answer = ask(port, one)

    assert answer.body or one.method == "HEAD"
    for sign in (b"Traceback", b'File "', b"lxml", b"Internal Server Error"):
        assert sign not in answer.body
    assert (answer.media == "text/html") <= (answer.status == 200)
    if answer.media == "text/plain":
        assert answer.status in (404, 405)
        assert "[SRV-" in answer.body.decode()
    if answer.status == 500:
        (fault,) = etree.fromstring(answer.body).iterfind("{*}Body/{*}Fault")
        assert "[SRV-" in "".join(str(part) for part in fault.itertext())


@pytest.mark.skipif(bool(MISSING), reason=MISSING)
class TestBesideTheReference:
    """What only shows beside a real ASMX service."""

    def test_every_difference_has_a_reason(self, rows: list[compare.Row]) -> None:
        assert {one for one in rows if one.differs and one.name not in REASONS} == set()

    def test_every_reason_has_a_difference(self, rows: list[compare.Row]) -> None:
        assert set(REASONS) - {one.name for one in rows if one.differs} == set()

    def test_the_same_result_is_the_same_bytes(self, rows: list[compare.Row]) -> None:
        same = [one for one in rows if not one.differs and RESULTS.match(one.ours)]
        assert len(same) > 40
        assert [one.name for one in same if not one.same_bytes] == []

    def test_the_table_is_of_today(self, rows: list[compare.Row]) -> None:
        expected = {one.name: one.ours for one in rows}
        assert compare.committed() == expected, "python -m tests.interop.compare writes it anew"
