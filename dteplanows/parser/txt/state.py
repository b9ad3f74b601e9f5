"""Where the reader of the flat TXT is in one document, and what it has found of it."""

from __future__ import annotations

from dteplanows.document.model import Document, Group
from dteplanows.document.problem import Place
from dteplanows.parser.reading import Reading
from dteplanows.parser.report import Report
from dteplanows.parser.txt.layout import Section, structure_of
from dteplanows.parser.txt.plan import NO_PLAN, plan_of


class State:
    """Where the reader is in one document."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.early: Document | None = None
        """Holds what was found before the document began."""
        self.current: Reading | None = None
        self.section: Section | None = None
        self.ignoring = False
        """The rows of a section that cannot be used follow."""
        self.plan = NO_PLAN
        self.structure = ""
        """Structure of the current document."""
        self.header: Section | None = None
        self.filling = 0
        """Separators behind the section's mark."""
        self.csv = False
        """The document's rows come from a CSV writer."""
        self.lost = False
        """Another document began in an unreadable way: what follows is not this one's."""

    def use(self, section: Section) -> None:
        """The rows of *section* follow."""
        self.section, self.ignoring = section, False
        self.plan = plan_of(section, self.structure)

    def anew(self, place: Place) -> Group:
        """The group that a row of the current section makes."""
        assert self.current is not None
        group = self.current.document.root
        for step in self.plan.above:
            group = group.group(step)
        return group.add_group(self.plan.makes, place)

    def singleton(self, path: tuple[str, ...], line: int) -> Group:
        """The group of *path*, which a document has once; *line* is where its totals stand."""
        assert self.current is not None and self.section is not None
        group = self.current.document.root
        for name in path:
            group = group.group(name)
        if path[-1] == "Totales":
            group.place = Place(line, self.section.name)
        return group

    def so_far(self) -> Document:
        """The document, or what holds the problems found before it began."""
        if self.current:
            return self.current.document
        self.early = self.early or Document(0)
        return self.early

    def tell(self, code: str, place: Place, value: str = "", **facts: object) -> None:
        """Report the problem *code* of the document."""
        document = self.so_far()
        self.report.tell(document, code, place, value, **facts)

    def said(self, code: str) -> bool:
        """Whether *code* was told of the document."""
        document = self.so_far()
        return any(one.code == code for one in document.problems)

    def unread(self, section: Section) -> None:
        """Nothing depends on what stands in *section* any more: it was not interpreted."""
        if self.current and section.branch:
            names = {step.name for step in plan_of(section, self.structure or structure_of(section)).steps if step}
            self.current.document.unread.update(names - {"TipoDTE", "Folio"})
