"""A form that was sent when the session had ended: it travels with the login, and is sent again after it.

Only a form of our own pages gets so far, for what forges one is refused before. It is sent again by a click of the
person, and not by itself: somebody else may have come in.
"""

from __future__ import annotations

import json
from typing import NamedTuple

from flask import current_app, request
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

_MOST = 512 * 1024
"""Characters of a form that is kept."""

_NOT_KEPT = ("csrf_token",)


class KeptForm(NamedTuple):
    """What was sent, and where to."""

    path: str
    """Below the portal's own path, with its query."""
    fields: list[tuple[str, str]]
    had_files: bool
    """Files were sent too, which have to be chosen again."""


def of_request() -> str:
    """The form of the request under way as text; empty for one that is too long, or holds a password."""
    fields = [(name, value) for name, value in request.form.items(multi=True) if name not in _NOT_KEPT]
    if any("clave" in name for name, _ in fields):
        return ""
    path = request.full_path.rstrip("?")
    text = json.dumps(KeptForm(path, fields, bool(request.files))._asdict())
    return text if len(text) <= _MOST else ""


def read(text: str) -> KeptForm | None:
    """What :func:`of_request` gave; None for anything else, or an address that takes no form."""
    try:
        found = json.loads(text)
        fields = [(str(name), str(value)) for name, value in found["fields"]]
        kept = KeptForm(str(found["path"]), fields, bool(found["had_files"]))
    except (ValueError, KeyError, TypeError):
        return None
    return kept if is_ours(kept.path, "POST") else None


def is_ours(path: str, method: str) -> bool:
    """Whether *path*, below the portal's own, is an address of the portal, and of nothing else.

    :param method: it answers to that.
    """
    bare = path.partition("?")[0]
    if not bare.startswith("/") or bare.startswith("//") or "\\" in path or not path.isprintable():
        return False
    try:
        current_app.url_map.bind("").match(bare, method)
    except (HTTPException, RequestRedirect):
        return False
    return True
