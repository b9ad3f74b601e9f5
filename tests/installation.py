"""A whole installation of fictitious people in a directory: what a test needs to issue documents for real."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from pathlib import Path
from typing import Literal, NamedTuple
from unittest.mock import patch

from dteplanows.accounts import certificates
from dteplanows.accounts.callers import Account, Callers
from dteplanows.archive import Archive
from dteplanows.archive.links import Links, links_of
from dteplanows.bulk.receipt import Batches
from dteplanows.demo.certificate import make_certificate
from dteplanows.document import clock, rut
from dteplanows.document.company import Company, Reparos
from dteplanows.document.elements import BRANCHES
from dteplanows.document.outcome import Credentials, Outcome
from dteplanows.folios.authority import TestAuthority
from dteplanows.folios.caf import Caf, read_caf
from dteplanows.issuing import Issuer
from dteplanows.issuing.submission import submitted
from dteplanows.ledger import passwords
from dteplanows.ledger.place import Place
from dteplanows.ledger.rows import ReceivedFile, Series, Span
from dteplanows.ledger.store import Ledger
from dteplanows.signer.certificate import Certificate, read_certificate

TIPOS = tuple(sorted(BRANCHES))
FIRST_FOLIO = 9_870_000_001
FOLIOS_OF_EACH = 1000
USUARIO = "INTEROP"
CLAVE = "clave-ficticia-ñ"


def _rut(body: int) -> str:
    return f"{body}-{rut.check_digit(body)}"


COMPANY = Company(
    rut=_rut(76_354_771),
    ambiente="pruebas",
    razon_social="Maestranza Ñuble & Hijos Ltda.",
    giro="Fabricación de piezas",
    actecos=("259900", "331400"),
    direccion="Pasaje Los Aromos 415",
    comuna="Chillán",
    ciudad="Chillán",
)
RUT_OF_SIGNER = _rut(13_482_906)


class _Keys(NamedTuple):
    """What is slow to make: one of each for all tests of a process."""

    certificate: Certificate
    authority: TestAuthority
    cafs: dict[int, bytes]


_made: dict[str, _Keys] = {}


@dataclass(frozen=True, slots=True)
class Installation:
    """A ledger with company, certificate, CAFs and user, and the main road on it."""

    issuer: Issuer
    ledger: Ledger
    company: Company
    certificate: Certificate
    authority: TestAuthority
    usuario: str = USUARIO
    clave: str = CLAVE
    rut: str = rut.TEST_LOGIN
    """What a client writes into ``login/Rut``; the documents are the company's whatever their file names."""

    @property
    def account(self) -> Account:
        """The account that the login opens."""
        return self.callers.authenticate(Credentials((self.usuario,), self.rut, (self.clave,)))

    @property
    def callers(self) -> Callers:
        """The users of the ledger."""
        return Callers(self.ledger)

    @property
    def batches(self) -> Batches:
        """The batches of the ledger."""
        return Batches(self.issuer)

    @property
    def archive(self) -> Archive:
        """What can be asked of the company's documents."""
        return Archive(self.ledger, self.company, self.usuario)

    @property
    def links(self) -> Links:
        """The addresses of printed documents."""
        return links_of(self.ledger)

    def xml(self, tipo: int, folio: int) -> bytes:
        """The signed bytes of a document."""
        return self.archive.find(tipo, folio).xml

    def send_later(self, file: bytes, formato: str) -> int:
        """The ``TrackId`` of *file*, sent as its customer's call in bulk mode would."""
        return self.batches.receive(submitted(self.account, ReceivedFile(formato, file))).track_id

    def issue(self, file: bytes, formato: str) -> Outcome:
        """Issue *file* as its customer's call would."""
        return self.issuer.process(self.account, file, formato)

    def close(self) -> None:
        """Close the database."""
        self.ledger.close()


def make_installation(
    place: Path | Place, *, tolerante: bool = False, cafs: bool = True, reparos: Reparos | Literal[""] = ""
) -> Installation:
    """A new installation at *place*.

    :param tolerante: the company has its contradicting sums corrected and not refused.
    :param cafs: load folios from ``FIRST_FOLIO`` on for every type; without them the authority makes all on demand.
    :param reparos: ``detener`` or ``avisar``; empty for the default, which is ``avisar``.
    """
    company = replace(COMPANY, tolerante=tolerante, reparos=reparos)
    keys = _keys(company)
    ledger = Ledger(place)
    ledger.companies.save(company)
    certificates.save(ledger, company, keys.certificate)
    for file in keys.cafs.values() if cafs else ():
        load_caf(ledger, company, file, keys.authority)
    with one_salt():
        ledger.users.save(USUARIO, CLAVE, company.ambiente, company.rut)
    return Installation(Issuer(ledger, keys.authority), ledger, company, keys.certificate, keys.authority)


def load_caf(ledger: Ledger, company: Company, file: bytes, authority: TestAuthority) -> int:
    """Load a CAF file of *authority*; its id."""
    caf = _read(file, authority)
    series, span = Series.of(company, caf.tipo), Span(caf.desde, caf.hasta)
    return ledger.cafs.save(series, span, caf.fecha_autorizacion, caf.to_trusted())


# A password and its salt are derived once in a process, as its keys are made once: each test pays for two comparisons
# and twelve keys otherwise, which takes longer than most of them.
passwords._derive = lru_cache(1024)(passwords._derive)
_SALT = secrets.token_bytes(16)


@contextmanager
def one_salt() -> Iterator[None]:
    """Passwords that are set inside have a salt that other tests have too, and one that was derived is not again."""
    with patch("secrets.token_bytes", lambda size: _SALT):
        yield


@cache
def _read(file: bytes, authority: TestAuthority) -> Caf:
    return read_caf(file, authority.public_key)


def _keys(company: Company) -> _Keys:
    if company.rut not in _made:
        certificate = read_certificate(make_certificate(RUT_OF_SIGNER, "Eulalia Prueba Ñancupil", CLAVE), CLAVE)
        authority = TestAuthority.generate()
        last, today = FIRST_FOLIO + FOLIOS_OF_EACH - 1, clock.today()
        cafs = {
            tipo: authority.make_caf(company.rut, company.razon_social, tipo, Span(FIRST_FOLIO, last), today)
            for tipo in TIPOS
        }
        _made[company.rut] = _Keys(certificate, authority, cafs)
    return _made[company.rut]
