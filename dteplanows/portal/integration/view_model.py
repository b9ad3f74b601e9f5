"""What a company has issued so far, by type and case, for whoever joins a system to the service."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import resources
from itertools import islice
from typing import NamedTuple

from lxml import etree

from dteplanows.archive.totals import totals
from dteplanows.document.company import Company
from dteplanows.document.elements import BRANCHES, DOCUMENT_NAMES, ROOTS, at
from dteplanows.document.samples import samples, type_of
from dteplanows.ledger.finding import Wanted
from dteplanows.ledger.store import Ledger

MOST_LOOKED_AT = 200
"""Documents of each type, the newest ones, in which cases are sought."""


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
    """Documents issued, without those that the SII refused."""
    looked_at: int
    """How many of them, the newest ones, were looked at for their cases."""
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
    counts: dict[int, int] = {}
    for one in totals(ledger, company, Wanted()):
        counts[one.tipo] = counts.get(one.tipo, 0) + one.documentos
    examples = _examples(samples())
    found = [_type(ledger, company, tipo, counts.get(tipo, 0), examples.get(tipo, ())) for tipo in sorted(BRANCHES)]
    return sorted(found, key=lambda one: not one.issued)


def _examples(names: Iterable[str]) -> Mapping[int, tuple[str, ...]]:
    found: dict[int, tuple[str, ...]] = {}
    for name in names:
        found[type_of(name)] = (*found.get(type_of(name), ()), name)
    return found


def _type(ledger: Ledger, company: Company, tipo: int, count: int, examples: tuple[str, ...]) -> TypeView:
    own = [one for one in cases() if one.belongs_to(tipo)]
    done: set[str] = set()
    looked_at = 0
    if count:
        for listed in islice(ledger.finding.found(company, Wanted(tipo=tipo)), MOST_LOOKED_AT):
            stored = ledger.documents.by_id(listed.id) if listed.has_effect else None
            if stored is None:
                continue
            looked_at += 1
            root = _root(stored.xml)
            done |= {one.key for one in own if one.key not in done and root is not None and one.is_in(root)}
            if len(done) == len(own):
                break
    tried = tuple(one for one in own if one.key in done)
    return TypeView(tipo, DOCUMENT_NAMES[tipo], count, looked_at, tried,
                    tuple(one for one in own if one.key not in done), examples)  # fmt: skip


def _root(xml: bytes) -> etree._Element | None:
    """The element that holds the document, in the signed *xml*."""
    tree = etree.fromstring(xml)
    return next((one for name in set(ROOTS.values()) for one in tree.iter(f"{{*}}{name}")), None)
