"""A call to the SII as plain values: what is asked, and what came back or how it broke."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Literal, NamedTuple, Protocol

from dteplanows.sii.outcomes import OUTCOMES, Outcome

USER_AGENT = "Mozilla/4.0 (compatible; PROG 1.0; dteplanows)"
"""Without the words ``PROG 1.0`` the SII answers 401, a page, or a receipt written as a page."""

HIDDEN = "(token)"
"""What stands in a kept request where its token was."""


@dataclass(frozen=True, slots=True)
class Request:
    """What is sent, whole; nothing is added but ``Host``, ``Connection`` and ``Content-Length``."""

    method: Literal["GET", "POST"]
    url: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(default=b"", repr=False)
    token: str = field(default="", repr=False)
    """The one in its headers or body; empty for none."""

    def without_token(self) -> str:
        """Head and body as text, for people and for keeping: what stood for the token is hidden."""
        lines = [f"{self.method} {self.url}", *(f"{name}: {value}" for name, value in self.headers.items())]
        text = "\n".join([*lines, "", self.body.decode("latin-1")])
        return text.replace(self.token, HIDDEN) if self.token else text


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back, whole."""

    status: int
    headers: Mapping[str, str]
    """Their names in small letters."""
    body: bytes

    @property
    def retry_after(self) -> int:
        """Seconds that the SII asks to wait (``Retry-After``, ``X-Retry-After``, or a day and hour); 0 for nothing."""
        said = (self.headers.get("retry-after") or self.headers.get("x-retry-after") or "").strip()
        if re.fullmatch(r"[0-9]{1,7}", said):
            return int(said)
        until = _moment(said)
        return max(0, int((until - (self.date or datetime.now(UTC))).total_seconds())) if until else 0

    @property
    def date(self) -> datetime | None:
        """The clock of the server, in UTC; None when it does not say it."""
        return _moment(self.headers.get("date", ""))


class Broken(NamedTuple):
    """No whole answer came."""

    outcome: Outcome
    detail: str
    """What the system or the library said, for whoever looks closer."""
    part: bytes = b""
    """What had come of the answer."""


Answer = Reply | Broken


class Http(Protocol):
    """Whoever carries a request: the network, or something between that keeps or counts what passes."""

    def send(self, request: Request) -> Answer:
        """Send it once; never raises because of what the network or the other side does."""


def broken(name: str, detail: str = "", part: bytes = b"") -> Broken:
    """A call that broke with the outcome *name*."""
    return Broken(OUTCOMES[name], detail, part)


def _moment(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError):
        return None
    return found.replace(tzinfo=found.tzinfo or UTC).astimezone(UTC)
