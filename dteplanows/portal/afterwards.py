"""What the next page says of what was done: a form answers with the way to a page, so that loading it again does
nothing twice.

It travels in the browser's own cookie and is shown once, as the link of an invitation must be.
"""

from __future__ import annotations

from flask import session

from dteplanows.portal.texts import t

_KEY = "hecho"


def say(key: str, link: str = "", kind: str = "ok", **facts: object) -> None:
    """Have the next page say the text *key*.

    :param link: an address that is shown with it, to be handed over.
    :param kind: of the alert: ``ok``, ``info``, ``warn`` or ``bad``.
    """
    session[_KEY] = [*session.get(_KEY, []), {"text": t(key, **facts), "link": link, "kind": kind}]


def said() -> list[dict[str, str]]:
    """What is to be said now; nothing the next time."""
    found: list[dict[str, str]] = session.pop(_KEY, [])
    return found
