"""The ledger: everything an installation must not lose, in one database.

Opened by any number of processes and threads at once. What happens inside :meth:`Ledger.transaction` is durable when it
returns, and did not happen when it raises. Secrets are sealed by the vault before they reach the database.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path

from dteplanows.document.problem import Refused
from dteplanows.ledger.answers import Answers
from dteplanows.ledger.batches import Batches
from dteplanows.ledger.books import Books
from dteplanows.ledger.bought import Bought
from dteplanows.ledger.cafs import Cafs
from dteplanows.ledger.certificates import Certificates
from dteplanows.ledger.companies import Companies
from dteplanows.ledger.day_sums import DaySums
from dteplanows.ledger.deliveries import Deliveries
from dteplanows.ledger.designs import Designs
from dteplanows.ledger.documents import Documents
from dteplanows.ledger.engines.base import DATABASE, Connection, Database, Part
from dteplanows.ledger.envelopes import Envelopes
from dteplanows.ledger.events import Events
from dteplanows.ledger.exports import Exports
from dteplanows.ledger.files import Files
from dteplanows.ledger.finding import Finding
from dteplanows.ledger.folios import Folios
from dteplanows.ledger.held import Held
from dteplanows.ledger.invitations import Invitations
from dteplanows.ledger.kept_settings import KeptSettings
from dteplanows.ledger.login_attempts import LoginAttempts
from dteplanows.ledger.logins import Logins
from dteplanows.ledger.mailbox import Mail
from dteplanows.ledger.marks import Marks
from dteplanows.ledger.notices import Notices
from dteplanows.ledger.opening import New, open_database
from dteplanows.ledger.pages import Pages
from dteplanows.ledger.place import Place
from dteplanows.ledger.portal_sessions import PortalSessions
from dteplanows.ledger.print_agents import PrintAgents
from dteplanows.ledger.printers import Printers
from dteplanows.ledger.prints import Prints
from dteplanows.ledger.received import Received
from dteplanows.ledger.references import References
from dteplanows.ledger.second_factors import SecondFactors
from dteplanows.ledger.secrets import Secrets, open_vault
from dteplanows.ledger.sessions import Sessions
from dteplanows.ledger.undelivered import Undelivered
from dteplanows.ledger.upgrade import Upgrade, save_before
from dteplanows.ledger.usage import Usage
from dteplanows.ledger.users import Users
from dteplanows.ledger.vault import Vault
from dteplanows.ledger.watermark import Watermark

__all__ = ["DATABASE_FILE", "Ledger", "New"]

DATABASE_FILE = DATABASE
"""Name of the database in its directory."""


class Ledger:
    """One installation's data, subject by subject."""

    upgrade: Upgrade | None = None
    """What opening it changed, for the person to know."""

    def __init__(
        self,
        place: Path | Place,
        clave_maestra: str = "",
        new: New = New.IN_EMPTY,
        *,
        keep_before_upgrade: bool = True,
    ) -> None:
        """Open the ledger at *place*; directory, database and master key are made when they are not there.

        :param clave_maestra: master key or phrase that seals the secrets; without it, the file ``clave-maestra``.
        :param new: whether they may be made.
        :param keep_before_upgrade: back an older database up before its form is changed.
        :raises Refused: the database is newer than this program (AUT-020) or unusable (AUT-023, AUT-024), it is not
            there and may not be made (BAS-010, BAS-011), the master key is another one (AUT-021) or lost (AUT-022), the
            database is being replaced (BAS-041), or it is older and cannot be backed up (BAS-042); of PostgreSQL also:
            what it needs is not installed (BAS-072), it cannot be reached (BAS-070), or has another encoding (BAS-071).
        :raises OSError: the directory cannot be made or written to.
        """
        place = place if isinstance(place, Place) else Place(place)
        self.place = place
        self.directory = place.directory
        self.path = place.directory / DATABASE_FILE
        db = open_database(place, new)
        try:
            with db.forming():
                if keep_before_upgrade:
                    self.upgrade = save_before(db, self.directory)
                db.migrate()
                vault = open_vault(KeptSettings(db, Events(db)), place.directory, clave_maestra)
        except Refused:
            db.close()
            raise
        self._compose(db, vault)

    def _compose(self, db: Database, vault: Vault) -> None:
        self.db = db
        self.events = Events(db)
        self.settings = KeptSettings(db, self.events)
        self.secrets = Secrets(self.settings, vault)
        self.companies = Companies(db, self.events)
        self.designs = Designs(db, self.events, self.companies)
        self.logins = Logins(db)
        self.login_attempts = LoginAttempts(db)
        self.users = Users(db, self.events, self.companies, self.logins)
        self.invitations = Invitations(db, self.events, self.companies)
        self.second_factors = SecondFactors(db, self.events, self.secrets)
        self.certificates = Certificates(db, self.events, self.companies, vault)
        self.cafs = Cafs(db, self.events, self.companies, vault)
        self.folios = Folios(db, self.events)
        self.held = Held(db, self.events)
        self.files = Files(db)
        self.references = References(db)
        self.documents = Documents(db, self.files, self.references)
        self.received = Received(db, self.files, self.events)
        self.books = Books(db, self.files, self.events)
        self.batches = Batches(db, self.files)
        self.marks = Marks(db, self.events)
        self.finding = Finding(db)
        self.pages = Pages(db)
        self.day_sums = DaySums(db)
        self.exports = Exports(db, self.events)
        self.bought = Bought(db)
        self.usage = Usage(db)
        self.answers = Answers(db)
        self.deliveries = Deliveries(db)
        self.envelopes = Envelopes(db, self.deliveries)
        self.sessions = Sessions(db, self.secrets)
        self.undelivered = Undelivered(db, self.usage)
        self.mail = Mail(db)
        self.notices = Notices(db, self.events)
        self.portal_sessions = PortalSessions(db)
        self.printers = Printers(db, self.events)
        self.prints = Prints(db, self.events)
        self.print_agents = PrintAgents(db, self.events)

    @property
    def watermark(self) -> Watermark:
        """How far each series had come, beside the database."""
        return self.db.watermark

    @property
    def connection(self) -> Connection:
        """The calling thread's connection, for statements that no subject has."""
        return self.db.connection

    def transaction(self, *parts: Part) -> AbstractContextManager[None]:
        """As :meth:`Database.transaction`."""
        return self.db.transaction(*parts)

    def writing(self, *parts: Part) -> AbstractContextManager[None]:
        """As :meth:`Database.writing`."""
        return self.db.writing(*parts)

    def reading(self) -> AbstractContextManager[None]:
        """As :meth:`Database.reading`."""
        return self.db.reading()

    def close(self) -> None:
        """Close the calling thread's connection; those of other threads close when their threads end."""
        self.db.close()
