"""Whatever is done with CAFs and folios: every folio is free, issued, void or held back, and they add up."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import count
from typing import NamedTuple

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dteplanows.document.company import Company
from dteplanows.document.problem import Refused
from dteplanows.folios import allocation
from dteplanows.folios.age import MAXIMUM_DAYS
from dteplanows.folios.held_back import hold, release
from dteplanows.folios.loading import load
from dteplanows.folios.voiding import void
from dteplanows.ledger.rows import Series, Span
from dteplanows.ledger.store import Ledger
from tests.folios.support import caf, issue
from tests.ledger.example import REAL, TODAY, rut

_BODIES = count(60_000_000)


class Range(NamedTuple):
    """A CAF as the model knows it."""

    number: int
    """In the order of loading."""
    desde: int
    hasta: int
    age: int
    key: int

    @property
    def folios(self) -> range:
        return range(self.desde, self.hasta + 1)


@dataclass
class Model:
    """The rules once more, folio by folio. What is refused changes nothing."""

    cafs: list[Range] = field(default_factory=list)
    state: dict[int, str] = field(default_factory=dict)
    """``issued``, ``void`` or ``held`` of the folios that are not free."""

    def owner(self, folio: int) -> Range | None:
        """The CAF that stamps it: the one authorized last; of one day, the one loaded last."""
        having = [one for one in self.cafs if folio in one.folios]
        return max(having, key=lambda one: (-one.age, one.number), default=None)

    def own(self, one: Range) -> list[int]:
        return [folio for folio in one.folios if self.owner(folio) is one]

    def load(self, desde: int, hasta: int, age: int, key: int, first: int) -> bool:
        crossing = [one for one in self.cafs if one.desde <= hasta and desde <= one.hasta]
        if (first and not desde <= first <= hasta) or any(one.key == key for one in crossing):
            return False
        self.cafs.append(Range(len(self.cafs), desde, hasta, age, key))
        for folio in range(desde, first):
            if self.state.get(folio) != "issued":
                self.state[folio] = "void"
        return True

    def hold(self, desde: int, hasta: int) -> bool:
        for folio in range(desde, hasta + 1):
            self.state.setdefault(folio, "held")
        return desde >= 1 and desde <= hasta

    def release(self, desde: int, hasta: int) -> bool:
        found = [one for one in range(desde, hasta + 1) if self.state.get(one) == "held"]
        for folio in found:
            del self.state[folio]
        return bool(found)

    def void(self, desde: int, hasta: int) -> bool:
        folios = range(desde, hasta + 1)
        if not folios or any(self.owner(one) is None or self.state.get(one) == "issued" for one in folios):
            return False
        self.state.update(dict.fromkeys(folios, "void"))
        return True

    def issue(self, folio: int) -> tuple[int, int]:
        """Folio and number of the CAF; two zeros when it is refused."""
        usable = self.numbering() if not folio else iter([folio])
        for one in usable:
            owner = self.owner(one)
            if owner and owner.age <= MAXIMUM_DAYS and one not in self.state:
                self.state[one] = "issued"
                return one, owner.number
        return 0, 0

    def numbering(self) -> Iterator[int]:
        for one in sorted(self.cafs, key=lambda one: (-one.age, one.number)):
            yield from self.own(one)


_FOLIO = st.integers(-1, 32)
_LOAD = st.tuples(
    st.just("load"),
    st.integers(1, 25), st.integers(0, 8), st.sampled_from([0, 3, 9, 9, 180, 181]), st.integers(0, 9),
    st.one_of(st.just(0), st.integers(0, 9)),
)  # fmt: skip
_ACTIONS = st.lists(
    st.one_of(
        _LOAD,
        st.tuples(st.just("automatic")),
        st.tuples(st.just("automatic")),
        st.tuples(st.just("explicit"), _FOLIO),
        st.tuples(st.sampled_from(["void", "hold", "release"]), _FOLIO, st.integers(-1, 9)),
        st.tuples(st.just("failed"), st.one_of(st.just(0), _FOLIO)),
    ),
    max_size=40,
)


class _Undone(Exception):  # noqa: N818 - rolls back; nothing failed
    pass


def _fail(ledger: Ledger, company: Company, folio: int) -> None:
    """A document that is not recorded after all."""
    with suppress(Refused, _Undone), ledger.transaction():
        allocation.take(ledger, company, 33, folio, TODAY)
        raise _Undone


def _act(ledger: Ledger, company: Company, model: Model, ids: dict[int, int], action: tuple[object, ...]) -> None:
    """Do it to both, and see that both do or refuse the same."""
    name, *numbers = action
    facts = [one for one in numbers if isinstance(one, int)]
    if name == "load":
        desde, length, age, key, offset = facts
        first = desde + offset - 1 if offset else 0
        one = caf(key, desde, desde + length, age, company)
        expected = model.load(desde, desde + length, age, key, first)
        with suppress(Refused):
            load(ledger, company, one, TODAY - timedelta(days=age), first)
            assert expected, action
            ids[max(stored.id for stored in ledger.cafs.of(company.ambiente, company.rut))] = len(model.cafs) - 1
            expected = False
        assert not expected, action
    elif name in ("void", "hold", "release"):
        desde, length = facts
        span = Span(desde, desde + length)
        expected = desde >= 1 and getattr(model, str(name))(*span)
        series = Series(company.ambiente, company.rut, 33)
        with suppress(Refused):
            if name == "void":
                void(ledger, Series.of(company, 33), span, "prueba")
            elif name == "hold":
                hold(ledger, series, span, "prueba")
            else:
                release(ledger, series, span, "ana", "prueba")
            assert expected, action
            expected = False
        assert not expected, action
    elif name == "failed":
        _fail(ledger, company, facts[0])
    else:
        folio = facts[0] if facts else 0
        wanted, given = model.issue(folio), (0, 0)
        with suppress(Refused):
            taken = issue(ledger, folio, company)
            given = taken.folio, ids[taken.caf_id]
        assert given == wanted, action


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(_ACTIONS)
def test_free_issued_void_and_held_add_up(shared: Ledger, actions: list[tuple[object, ...]]) -> None:
    company = replace(REAL, rut=rut(next(_BODIES)))
    shared.companies.save(company)
    model, ids = Model(), dict[int, int]()
    for action in actions:
        _act(shared, company, model, ids, action)
    accounts = allocation.account(shared, company, 33)
    for one in accounts:
        known = model.cafs[ids[one.caf.id]]
        own = model.own(known)
        states = [model.state.get(folio, "free") for folio in own]
        counts = [one.libres, one.emitidos, one.anulados, one.retenidos]
        assert [states.count(state) for state in ("free", "issued", "void", "held")] == counts
        assert one.en_otro == len(known.folios) - len(own)
        assert sum(counts) + one.en_otro == len(known.folios)
        assert one.siguiente == next((folio for folio in own if folio not in model.state), 0)
    every = {folio for one in model.cafs for folio in one.folios}
    assert sum(one.libres + one.emitidos + one.anulados + one.retenidos for one in accounts) == len(every)
    names = {"": "free", "emitido": "issued", "anulado": "void", "otro sistema": "void", "retenido": "held"}
    series = Series(company.ambiente, company.rut, 33)
    for folio in every:
        assert names[shared.folios.use(series, folio).estado] == model.state.get(folio, "free")
