"""The browsers by which a person came in before: those who guess at a name do not have them.

Wrong passwords are counted by the address they come from, which a whole office may share with whoever guesses. A
browser that is known is counted by itself, so that nobody else's guesses keep its person out. The cookie opens nothing.
"""

from __future__ import annotations

import hashlib
import secrets
from typing import Any

from flask import after_this_request, current_app, request
from flask.wrappers import Response
from itsdangerous import BadSignature, URLSafeSerializer

_SALT = "dteplanows.equipo"
_PERSONS = 8
"""Of one browser; above, the one that came in first is forgotten."""
_SECONDS = 180 * 86_400


def where_from(usuario: str) -> str:
    """What tells whoever types *usuario* from others: the browser where *usuario* came in before, else the address."""
    known = _shown()
    if known and _name(usuario) in known["u"]:
        return f"equipo {known['d']}"
    return request.remote_addr or ""


def remember(usuario: str) -> None:
    """Have the browser of this request be one of *usuario* from now on."""
    known = _shown() or {"d": secrets.token_urlsafe(16), "u": []}
    names = [*(one for one in known["u"] if one != _name(usuario)), _name(usuario)][-_PERSONS:]
    value = _serializer().dumps({"d": known["d"], "u": names})
    path, secure = f"{request.script_root}/", request.is_secure

    @after_this_request
    def give(response: Response) -> Response:
        response.set_cookie(
            _cookie(), value, _SECONDS, path=path, secure=secure, httponly=True, samesite="Strict"
        )
        return response


def _shown() -> dict[str, Any] | None:
    try:
        found = _serializer().loads(request.cookies.get(_cookie(), ""))
    except BadSignature:
        return None
    return found if isinstance(found, dict) else None


def _cookie() -> str:
    return f"equipo_{current_app.config['SESSION_COOKIE_NAME']}"


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt=_SALT)


def _name(usuario: str) -> str:
    return hashlib.sha256(usuario.strip().casefold().encode("utf-8", "surrogatepass")).hexdigest()[:16]
