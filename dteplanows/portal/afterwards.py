"""What the next page says of what was done: a form answers with the way to a page, so that loading it again does
nothing twice.

It travels in the browser's own cookie and is shown once, as the link of an invitation must be.
"""

from __future__ import annotations

from flask import session

from dteplanows.document.problem import Problem
from dteplanows.portal.navigation import sees
from dteplanows.portal.orders import on_page
from dteplanows.portal.texts import t

_KEY = "hecho"


def say(key: str, kind: str = "ok", link: str = "", **facts: object) -> None:
    """Have the next page say the text *key*.

    :param kind: of the alert: ``ok``, ``info``, ``warn`` or ``bad``.
    :param link: an address that is shown with it, to be handed over.
    """
    _say(t(key, **facts), kind, link)


def say_problem(one: Problem, about: str = "") -> None:
    """Have the next page say what there is to know of something that was done all the same.

    :param about: what it was done to.
    """
    words = " ".join(filter(None, (one.message, on_page(one.expected, sees), on_page(one.remedy, sees))))
    _say(f"{about}: {words}" if about else words, "warn")


def said() -> list[dict[str, str]]:
    """What is to be said now; nothing the next time."""
    found: list[dict[str, str]] = session.pop(_KEY, [])
    return found


def _say(text: str, kind: str, link: str = "") -> None:
    session[_KEY] = [*session.get(_KEY, []), {"text": text, "link": link, "kind": kind}]
