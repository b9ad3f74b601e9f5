"""What a file says to have no value: told once it is read, and refused where a date must stand."""

from __future__ import annotations

from dteplanows.document.elements import NUMBERS
from dteplanows.document.model import Absent, Group
from dteplanows.parser.reading import Nothing, Reading

_EACH = 3
"""Places of one column or element that are told one by one; of more of them only the first, with their number."""


def settle(reading: Reading) -> None:
    """Tell the words for nothing and the empty dates of a document, before anything is concluded from what it lacks."""
    same: dict[tuple[str, str, str], list[Nothing]] = {}
    for one in reading.nothing:
        if not _is_missed(reading, one):
            number = one.element is not None and one.element.kind in NUMBERS
            reading.document.nothing[one.place] = Absent(one.text, number)
            same.setdefault((one.place.section, one.place.field, one.text), []).append(one)
    for several in same.values():
        first = several[0]
        if len(several) > _EACH:
            reading.problem("TXT-086", first.place, first.text, count=len(several))
            continue
        for one in several:
            reading.problem("TXT-085", one.place, one.text)
    reading.nothing.clear()


def _is_missed(reading: Reading, one: Nothing) -> bool:
    """Whether a group that says something lacks the date without which it cannot be; told then."""
    if one.group is None or one.element is None or one.element.kind != "date" or not one.element.min:
        return False
    if not _says_something(one.group):
        return False
    reading.problem("TXT-088", one.place, one.text)
    reading.document.unread.add(one.element.name)
    one.group.unread = (*one.group.unread, one.element.name)
    return True


def _says_something(group: Group) -> bool:
    """Whether *group* has more than its number and the zeros that programs write by routine."""
    return bool(group.unread) or any(
        not name.startswith("NroLin") and any(one.text.strip("0.-") for one in fields)
        for name, fields in group.fields.items()
    )
