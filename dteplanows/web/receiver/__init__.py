"""The page of a document for its receiver: who has the address sees what it is, and nobody needs a password."""

from dteplanows.web.receiver.page import Receiver

__all__ = ["Receiver"]
