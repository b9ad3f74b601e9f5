"""Our front beside a real ASMX service: what differs has its reason written down, and nothing of ours crashes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

import pytest
from lxml import etree

from tests.interop import compare
from tests.interop.asmx.echo import Answer, ask, ours, ours_on_granian
from tests.interop.asmx.reasons import REASONS
from tests.interop.asmx.reference import MISSING
from tests.interop.asmx.variants import Variant, variants

ALL = variants()
RESULTS = re.compile(r"200 \w+Response ")


@pytest.fixture(scope="module", params=[ours, ours_on_granian], ids=["waitress", "granian"])
def port(request: pytest.FixtureRequest) -> Iterator[int]:
    if request.param is ours_on_granian:
        pytest.importorskip("granian", reason="granian has no wheel for this machine")
    with request.param() as one:
        yield one


@pytest.fixture(scope="module")
def rows() -> list[compare.Row]:
    return compare.rows()


def test_every_variant_has_its_own_name() -> None:
    assert [name for name, times in Counter(one.name for one in ALL).items() if times > 1] == []


def test_an_answer_is_a_result_or_a_reason(port: int) -> None:
    table = compare.committed()
    for one in ALL:
        answer = ask(port, one)
        assert compare.short(answer) == table[one.name], one.name
        assert list(complaints(one, answer)) == [], (one.name, answer)


def complaints(one: Variant, answer: Answer) -> Iterator[str]:
    """What no answer of ours may be: a crash, an error page, a failure without a fault, a refusal without a reason."""
    body = answer.body.decode()
    yield from (sign for sign in ("Traceback", 'File "', "lxml", "Internal Server Error") if sign in body)
    if not body and one.method != "HEAD":
        yield "nothing"
    if answer.media == "text/html" and answer.status != 200:
        yield "an error page"
    if answer.media == "text/plain" and (answer.status not in (404, 405) or "[SRV-" not in body):
        yield "a text without a reason"
    if answer.status == 500:
        faults = etree.fromstring(answer.body).findall("{*}Body/{*}Fault")
        if len(faults) != 1 or "[SRV-" not in "".join(str(part) for part in faults[0].itertext()):
            yield "a failure without a fault"


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
