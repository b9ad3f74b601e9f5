"""What a company has issued so far, by type and case, for whoever joins a system to the service."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import resources
from itertools import islice
from typing import NamedTuple

from lxml import etree

from dteplanows.document.company import Company
from dteplanows.document.elements import BRANCHES, DOCUMENT_NAMES, ROOTS, at
from dteplanows.document.samples import samples, type_of
from dteplanows.ledger.finding import Wanted
from dteplanows.ledger.store import Ledger

MOST_LOOKED_AT = 100
"""Documents of each type, the newest ones, that are looked at: the page is as quick however many there are."""


class Case(NamedTuple):
    """One case, as ``cases.toml`` has it."""

    key: str
    """Under which its text stands."""
    paths: tuple[str, ...]
    values: tuple[str, ...] = ()
    least: int = 1
    types: tuple[int, ...] = ()

    def belongs_to(self, tipo: int) -> bool:
        """Whether documents of *tipo* can show it."""
        if self.types:
            return tipo in self.types
        elements = [at(BRANCHES[tipo], path) for path in self.paths]
        return any(one is not None and one.obliged(tipo) != 0 for one in elements)

    def is_in(self, root: etree._Element) -> bool:
        """Whether the document *root* shows it."""
        for path in self.paths:
            found = root.findall("/".join(f"{{*}}{step}" for step in path.split("/")))
            said = [one for one in found if not self.values or (one.text or "").strip() in self.values]
            if len(said) >= self.least:
                return True
        return False


class TypeView(NamedTuple):
    """One type of document."""

    tipo: int
    name: str
    issued: int
    """Documents issued, of those looked at, without those that the SII refused."""
    more: bool
    """There are older ones, which were not looked at."""
    done: tuple[Case, ...]
    untried: tuple[Case, ...]
    examples: tuple[str, ...]
    """Names of example files."""


@cache
def cases() -> tuple[Case, ...]:
    """All cases, in the order of the page."""
    text = resources.files("dteplanows.portal.integration").joinpath("cases.toml").read_text("utf-8")
    return tuple(
        Case(key, tuple(row["paths"]), tuple(row.get("values", ())), row.get("least", 1),
             tuple(row.get("types", ())))
        for key, row in tomllib.loads(text).items()
    )  # fmt: skip


def types_of(ledger: Ledger, company: Company) -> list[TypeView]:
    """Every type that can be issued, those that *company* has issued first."""
    examples = _examples(samples())
    found = [_type(ledger, company, tipo, examples.get(tipo, ())) for tipo in sorted(BRANCHES)]
    return sorted(found, key=lambda one: not one.issued)


def _examples(names: Iterable[str]) -> Mapping[int, tuple[str, ...]]:
    found: dict[int, tuple[str, ...]] = {}
    for name in names:
        found[type_of(name)] = (*found.get(type_of(name), ()), name)
    return found


def _type(ledger: Ledger, company: Company, tipo: int, examples: tuple[str, ...]) -> TypeView:
    own = [one for one in cases() if one.belongs_to(tipo)]
    done: set[str] = set()
    listed = list(islice(ledger.finding.found(company, Wanted(tipo=tipo)), MOST_LOOKED_AT + 1))
    issued = [one for one in listed[:MOST_LOOKED_AT] if one.has_effect]
    for one in issued:
        open_cases = [case for case in own if case.key not in done]
        stored = ledger.documents.by_id(one.id) if open_cases else None
        root = _root(stored.xml) if stored else None
        if root is not None:
            done |= {case.key for case in open_cases if case.is_in(root)}
    tried = tuple(one for one in own if one.key in done)
    untried = tuple(one for one in own if one.key not in done)
    return TypeView(tipo, DOCUMENT_NAMES[tipo], len(issued), len(listed) > MOST_LOOKED_AT, tried, untried, examples)


def _root(xml: bytes) -> etree._Element | None:
    """The element that holds the document, in the signed *xml*."""
    tree = etree.fromstring(xml)
    return next((one for name in set(ROOTS.values()) for one in tree.iter(f"{{*}}{name}")), None)
