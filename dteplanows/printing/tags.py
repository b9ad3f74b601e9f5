"""What the marks of pages are, for whoever has them read aloud: the structure of a tagged PDF file.

Elements are those of ISO 32000-1, 14.8.4, in the order in which they are to be read; what is in none, as lines and
repeated headings, is passed over (an artifact). Layouts open an element around what they put on a page::

    with page.tags.inside("P"):
        page.write(...)
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, get_args

from dteplanows.printing.pdf_file import File, text

Role = Literal["Document", "H1", "H2", "P", "Table", "TR", "TH", "TD", "Figure"]
Scope = Literal["", "Column", "Row"]
_NAMES = {role: role.encode("ascii") for role in get_args(Role)}
_CELLS = frozenset({"TH", "TD"})


class Piece(NamedTuple):
    """Marks of one page that belong to one element, one after the other."""

    page: int
    """The page's object."""
    number: int
    """Among those of the page, from 0."""


@dataclass(slots=True, eq=False)
class Element:
    """An element with what is in it, in order."""

    role: Role
    scope: Scope = ""
    """Of a heading of a table: which cells it is for."""
    alternative: str = ""
    """What is said in place of a picture."""
    place: tuple[float, float, float, float] | None = None
    """Of a picture, in points from the lower left corner: left, bottom, right, top."""
    inside: list[Element | Piece] = field(default_factory=list)


class _Opened:
    """An element that is open as long as something is put into it."""

    __slots__ = ("_element", "_open")

    def __init__(self, opened: list[Element | None], element: Element | None) -> None:
        self._open, self._element = opened, element

    def __enter__(self) -> None:
        self._open.append(self._element)

    def __exit__(self, *_: object) -> None:
        self._open.pop()


class Tags:
    """The elements of one file while its pages are made."""

    def __init__(self) -> None:
        self.root = Element("Document")
        self._open: list[Element | None] = [self.root]

    def owner(self, picture: str = "") -> Element | None:
        """The element of a mark that is put now: one of its own where no other is open; None for none.

        :param picture: what is said in place of a picture.
        """
        within = self._open[-1]
        if within is None:
            return None
        if picture:
            return self.new("Figure", alternative=picture)
        return self.new("P") if within is self.root else within

    def new(self, role: Role, scope: Scope = "", alternative: str = "") -> Element | None:
        """A new element in the one that is open; None where nothing is to be read."""
        within = self._open[-1]
        if within is None:
            return None
        element = Element(role, scope, alternative)
        within.inside.append(element)
        return element

    def of(self, element: Element | None) -> AbstractContextManager[object]:
        """What is put is part of *element*; None for what is not read."""
        return _Opened(self._open, element)

    def inside(self, role: Role, scope: Scope = "") -> AbstractContextManager[object]:
        """What is put is part of a new element."""
        return self.of(self.new(role, scope))

    def aside(self) -> AbstractContextManager[object]:
        """What is put is not read: it only helps the eye, or was read before."""
        return self.of(None)


class Tagged:
    """The structure of a file that is written, page by page."""

    def __init__(self, file: File, root: Element) -> None:
        self._file = file
        self._root = root
        self._page = 0
        self._pages: list[list[Element]] = []
        """Of each page the elements of its pieces."""

    def begin_page(self, number: int) -> bytes:
        """What the dictionary of the next page, the object of that *number*, says of it."""
        self._page = number
        self._pages.append([])
        return b" /StructParents %d /Tabs /S" % (len(self._pages) - 1)

    def begin(self, element: Element) -> bytes:
        """The operator that begins marks of *element* on the page that was begun last."""
        owners = self._pages[-1]
        number = len(owners)
        owners.append(element)
        element.inside.append(Piece(self._page, number))
        return b"/%b << /MCID %d >> BDC\n" % (_NAMES[element.role], number)

    def words(self) -> bytes:
        """What the root of the file says of its structure, which goes into the file."""
        file = self._file
        tree = file.reserve()
        numbers: dict[int, int] = {}
        top = self._add(self._root, tree, numbers)
        parents = b" ".join(
            b"%d [%b]" % (page, b" ".join(b"%d 0 R" % numbers[id(one)] for one in owners))
            for page, owners in enumerate(self._pages)
        )
        file.tell(
            tree,
            b"<< /Type /StructTreeRoot /K %d 0 R /ParentTree << /Nums [%b] >> /ParentTreeNextKey %d >>"
            % (top, parents, len(self._pages)),
        )
        return b"/MarkInfo << /Marked true >> /StructTreeRoot %d 0 R" % tree

    def _add(self, element: Element, parent: int, numbers: dict[int, int]) -> int:
        number = numbers[id(element)] = self._file.reserve()
        page, kids = 0, []
        for one in element.inside:
            if isinstance(one, Element):
                # A paragraph may have come to nothing; an empty cell keeps its place.
                if one.inside or one.role in _CELLS:
                    kids.append(b"%d 0 R" % self._add(one, number, numbers))
            elif not page or one.page == page:
                page = one.page
                kids.append(b"%d" % one.number)
            else:
                kids.append(b"<< /Type /MCR /Pg %d 0 R /MCID %d >>" % one)
        of_page = b" /Pg %d 0 R" % page if page else b""
        said = b"<< /S /%b /P %d 0 R%b /K [%b]" % (_NAMES[element.role], parent, of_page, b" ".join(kids))
        if element.scope:
            said += b" /A << /O /Table /Scope /%b >>" % element.scope.encode("ascii")
        if element.place:
            said += b" /A << /O /Layout /Placement /Block /BBox [%.3f %.3f %.3f %.3f] >>" % element.place
        if element.alternative:
            said += b" /Alt %b" % text(element.alternative)
        self._file.tell_small(number, said + b" >>")
        return number
