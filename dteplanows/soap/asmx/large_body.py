"""A large call without its file: what is left is enough to know who calls, and costs nothing to read."""

from __future__ import annotations

LARGE = 256 * 1024
"""Bytes from which on a call is large: to read one takes several times its size."""

_LONG = 64 * 1024
"""Bytes of a text that is left out: no name or password has them."""

_TAG_LIMIT = 200
"""Tags of a call that has nothing but what the contract says."""

_CDATA = b"<![CDATA["


def without_file(body: bytes) -> bytes | None:
    """*body* (XML) without the long texts between its tags; None where it has none, or more than a call has.

    It looks for the beginnings of tags alone: where a comment or an attribute makes them mean something else, what
    comes out may be no XML, and has to be thrown away.
    """
    kept: list[bytes] = []
    at = 0
    for _ in range(_TAG_LIMIT):
        following = body.find(b"<", at + 1)
        end = following if following >= 0 else len(body)
        if end - at <= _LONG:
            kept.append(body[at:end])
        elif body.startswith(_CDATA, at):
            kept.append(_CDATA + body[max(at, body.rfind(b"]]>", at, end)) : end])
        else:
            kept.append(body[at : body.find(b">", at, end) + 1])
        if following < 0:
            short = b"".join(kept)
            return short if len(short) <= LARGE else None
        at = following
    return None
