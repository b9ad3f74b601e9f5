"""What the operations need of the main road, and how a caller comes to it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Generic, NamedTuple, Protocol, TypeVar

from dteplanows.archive import Archive
from dteplanows.archive.links import Copy, Links
from dteplanows.bulk.receipt import Receipt
from dteplanows.document.outcome import Credentials, Outcome
from dteplanows.issuing.client import NOBODY, Client
from dteplanows.soap.limits import Limits
from dteplanows.soap.login_limits import LoginLimits

Account = TypeVar("Account")


class Batch(Protocol):
    """How far a file is that was received in bulk mode."""

    @property
    def id(self) -> int:
        """Its ``TrackId``."""

    @property
    def total(self) -> int:
        """Its documents; 0 until they are counted."""

    @property
    def con_enlaces(self) -> bool:
        """Whoever sent the file asked for the addresses of its documents."""

    @property
    def hechos(self) -> int:
        """How many of them are done."""

    @property
    def rechazados(self) -> int:
        """How many of those were refused."""


class Issuer(Protocol[Account]):
    """The main road."""

    @property
    def links(self) -> Links:
        """The addresses of printed documents."""

    def authenticate(self, credentials: Credentials) -> Account:
        """Who calls. Raises ``Refused``."""

    def token(self, credentials: Credentials) -> str:
        """A token that stands for *credentials* for a day. Raises ``Refused``."""

    def bearer(self, token: str) -> Account:
        """Who calls with *token*. Raises ``Refused``."""

    def name(self, account: Account) -> str:
        """The user name of *account*."""

    def tells_avisos(self, account: Account) -> bool:
        """Whether the answers to *account* carry avisos, what does not keep a document from being issued."""

    def process(
        self, account: Account, file: bytes, formato: str, solo_validar: bool = False, client: Client = NOBODY
    ) -> Outcome:
        """Judge a file and, unless *solo_validar*, issue its documents for *client*. Raises ``Refused``."""

    def receive(
        self, account: Account, file: bytes, formato: str, con_enlaces: bool = False, client: Client = NOBODY
    ) -> Receipt:
        """Store a file durably, to be issued later. Raises ``Refused``."""

    def batch(self, account: Account, batch_id: int) -> tuple[Batch, Outcome | None]:
        """How far that file is, and its outcome once it is done. Raises ``Refused``."""

    def xml(self, account: Account, tipo: int, folio: int, boletas: bool | None = None) -> bytes:
        """The signed document, found as ``Archive.find`` does. Raises ``Refused``."""

    def archive(self, account: Account) -> Archive:
        """What can be asked of documents once they are issued."""

    def printed(self, copy: Copy) -> bytes | None:
        """The PDF file of *copy*; None when there is no such copy."""

    def printed_name(self, copy: Copy) -> str:
        """What the PDF file of *copy*, which is there, is called."""


class Whence(NamedTuple):
    """Where a call comes from."""

    remote: str
    """Address of the caller; empty when it is not known."""
    origin: str = ""
    """Scheme and host by which the caller reaches this service: what its addresses begin with."""
    client: Client = NOBODY
    """Who waits for the answer."""


class Desk(Generic[Account]):
    """Where every operation that needs a login begins."""

    def __init__(self, issuer: Issuer[Account], limits: Limits) -> None:
        self.issuer = issuer
        self.limits = limits
        self._logins = LoginLimits(limits)

    def admit(self, who: Credentials, whence: Whence) -> Account:
        """The account that *who* opens.

        :raises Refused: it opens none, or has failed too often.
        """
        with self._logins.trying(who, whence.remote):
            return self.issuer.authenticate(who)

    @contextmanager
    def served(self, who: Credentials, whence: Whence) -> Iterator[Account]:
        """The account that *who* opens, while its call is under way.

        :raises Refused: it opens none, or has failed or called too often.
        """
        account = self.admit(who, whence)
        with self._logins.calling(self.issuer.name(account)):
            yield account

    def token(self, who: Credentials, whence: Whence) -> str:
        """A token for the account that *who* opens.

        :raises Refused: it opens none, or has failed too often.
        """
        with self._logins.trying(who, whence.remote):
            return self.issuer.token(who)

    @contextmanager
    def bearing(self, token: str) -> Iterator[Account]:
        """The account that *token* opens, while its call is under way.

        Nobody guesses a token, so that failures are not counted.

        :raises Refused: it opens none, or its user has too many calls under way.
        """
        account = self.issuer.bearer(token)
        with self._logins.calling(self.issuer.name(account)):
            yield account
