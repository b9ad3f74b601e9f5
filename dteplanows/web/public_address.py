"""The address by which the outside reaches this service, where it is not the one that a call brings.

Three say it: the setting ``url_publica``, which wins over all; a proxy of one's own, with ``X-Forwarded-Prefix``; and
otherwise the call itself. A prefix that the proxy has left in the path is taken off.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from dteplanows.soap.asmx.addresses import PUBLIC

_PREFIX = re.compile(r"(?:/[A-Za-z0-9_~-][A-Za-z0-9._~-]{0,60}){1,8}")
"""A path that is shown in addresses; nothing in it could be taken for anything else."""


class PublicAddress:
    """Notes in the environment of a call what :func:`dteplanows.soap.asmx.addresses.origin` then answers."""

    def __init__(self, url: str, *, trust_forwarded: bool) -> None:
        """:param url: scheme, host and path by which the outside reaches the service; empty where calls tell it.
        :param trust_forwarded: believe ``X-Forwarded-Prefix``.
        """
        self._url = url.rstrip("/")
        self._prefix = urlsplit(self._url).path
        self._trust_forwarded = trust_forwarded

    @property
    def is_needed(self) -> bool:
        """Whether calls alone do not tell."""
        return bool(self._url) or self._trust_forwarded

    def note(self, environ: dict[str, Any]) -> None:
        """Note the address in *environ*, and take its prefix off the path."""
        if self._url:
            environ[PUBLIC] = self._url
        prefix = self._prefix or self._said(environ)
        if not prefix:
            return
        if not self._url:
            environ["SCRIPT_NAME"] = prefix
        path = environ.get("PATH_INFO", "")
        if f"{path}/".startswith(f"{prefix}/"):
            environ["PATH_INFO"] = path[len(prefix) :]

    def _said(self, environ: dict[str, Any]) -> str:
        """What the proxy says; empty for nothing, or nothing that is a path."""
        if not self._trust_forwarded:
            return ""
        said = str(environ.get("HTTP_X_FORWARDED_PREFIX", "")).partition(",")[0].strip().rstrip("/")
        return said if _PREFIX.fullmatch(said) else ""
