"""A random key that all processes of one start of the service have, and nobody else: it is written nowhere.

By it they know again what one of them has seen, as a password that was right, of which only a digest made with this
key is kept. After a restart such a digest is worth nothing, also to whoever has stolen the database.
"""

from __future__ import annotations

import secrets

_key = secrets.token_bytes(32)


def shared_key() -> bytes:
    """The key of this process: that of the service which started it, or its own."""
    return _key


def take(key: bytes) -> None:
    """Have the key of the service that has started this process. Before anybody asks for it."""
    global _key  # noqa: PLW0603 - one for the process, as the process is one of a service
    _key = key
