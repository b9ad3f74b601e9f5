"""What the forms of pages hold, read so that what is wrong is told as any problem: with what was expected."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, cast

from flask import request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage

from dteplanows.document.catalogue import problem, shown
from dteplanows.document.elements import BRANCHES, DOCUMENT_NAMES
from dteplanows.document.problem import Problem, Refused
from dteplanows.log import call
from dteplanows.validator.report import money

_LONGEST_NAME = 120

TYPES = [(tipo, f"{tipo} {DOCUMENT_NAMES[tipo]}") for tipo in sorted(BRANCHES)]
"""What a choice of the types of document offers."""


class Given(NamedTuple):
    """A file of a form."""

    name: str
    content: bytes


def files(name: str) -> list[Given]:
    """The files chosen in the field *name*, which can be read once."""
    chosen = [one for one in request.files.getlist(name) if one.filename]
    return [Given(_name(one), one.stream.read()) for one in chosen]


def some_files(name: str) -> list[Given]:
    """The same, of which there has to be one.

    :raises Refused: there is none (SRV-252).
    """
    found = files(name)
    if not found:
        raise Refused([problem("SRV-252")])
    return found


def text(name: str) -> str:
    """What stands in the field *name*, without blanks around it."""
    return request.form.get(name, "").strip()


def needed(name: str, label: str, wanted: str) -> str:
    """The same, where something has to stand.

    :param label: as the page calls the field.
    :param wanted: what is expected, in words.
    :raises Refused: nothing does (SRV-251).
    """
    found = text(name)
    if not found:
        raise Refused([problem("SRV-251", campo=label, wanted=wanted)])
    return found


def is_checked(name: str) -> bool:
    """Whether the box *name* is marked."""
    return name in request.form


def number(written: str, label: str, least: int, most: int, *, empty: int | None = None) -> int:
    """A whole number of a form; dots between its thousands do no harm.

    :param empty: what nothing written means; None where a number has to be there.
    :raises Refused: it is none, or out of its bounds (SRV-250), or missing (SRV-251).
    """
    wanted = f"un número entre {money(least)} y {money(most)}"
    digits = written.strip().replace(".", "")
    if not digits:
        if empty is not None:
            return empty
        raise Refused([problem("SRV-251", campo=label, wanted=wanted)])
    if not (digits.isascii() and digits.isdecimal() and len(digits) <= 18 and least <= int(digits) <= most):
        raise Refused([problem("SRV-250", value=written.strip(), campo=label, wanted=wanted)])
    return int(digits)


def choice(name: str, label: str, among: Sequence[str]) -> str:
    """One of the values *among* which the field *name* lets choose.

    :raises Refused: it is none of them (SRV-250).
    """
    found = text(name)
    if found not in among:
        raise Refused([problem("SRV-250", value=shown(found), campo=label, wanted=" o ".join(filter(None, among)))])
    return found


def refused(page: str, problems: Sequence[Problem]) -> ResponseReturnValue:
    """The answer to a form that was not taken: *page*, which tells the problems."""
    call.note_refused(problems)
    return page, 400


def _name(file: FileStorage) -> str:
    """The name of *file* without folders, which some browsers send, and not longer than a page can show."""
    return cast(str, file.filename).replace("\\", "/").rpartition("/")[2][:_LONGEST_NAME]
