"""The certificates of a company: which may be loaded, which one signs now, and when it has to be renewed.

A company may have several. Of those that are valid, the one loaded last signs; one whose time has not come waits for
it. So a renewal can be loaded before the old one expires, and nobody has to be there on the day.

Only the SII knows who may sign for a company: it keeps the list of its *usuarios autorizados*. What can be known here:
a certificate of another company never signs for this one; and where somebody signs already, the file of somebody else
is mostly the wrong file, so that a person has to confirm it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from dteplanows.document import clock, rut
from dteplanows.document.catalogue import problem
from dteplanows.document.company import Company
from dteplanows.document.problem import NOWHERE, Problem, Refused
from dteplanows.ledger.rows import NewCertificate, StoredCertificate
from dteplanows.ledger.store import Ledger
from dteplanows.signer.certificate import Certificate, Dated, usable

WARNING_DAYS = (60, 30, 7)
"""Days before the end at which a warning begins, grows, and is one of today: to renew takes a visit and some days."""

_FIRST_COMPANY = 50_000_000
"""Bodies of RUT from here on are of companies; below, of persons."""


class Kept(NamedTuple):
    """A certificate that a company has, and what it is for at this moment."""

    certificate: StoredCertificate
    estado: Literal["en uso", "de reserva", "espera su fecha", "vencido"]
    dias: int
    """Whole days that it is still valid; 0 for one that is expired."""


def kept(ledger: Ledger, moment: datetime, company: Company | None = None) -> list[Kept]:
    """The certificates of *company*, or all of them, in the order in which they were saved.

    :param moment: now, naive UTC.
    """
    owner = (company.ambiente, company.rut) if company else (None, None)
    return [_kept(ledger, one, moment) for one in ledger.certificates.of(*owner)]


def _kept(ledger: Ledger, one: StoredCertificate, moment: datetime) -> Kept:
    dias = max(0, days_left(one, moment))
    if one.valid_until < moment:
        return Kept(one, "vencido", dias)
    if one.valid_from > moment:
        return Kept(one, "espera su fecha", dias)
    signs = one.id == ledger.certificates.current(one.ambiente, one.rut, moment)
    return Kept(one, "en uso" if signs else "de reserva", dias)


class Loaded(NamedTuple):
    """What became of a certificate that was to be loaded."""

    id: int
    ya_estaba: bool
    """It was there before, and nothing was changed."""
    primera_vez: bool
    """Nobody signed for the company before, so that nothing is known of who may."""


class Confirmed(NamedTuple):
    """What a person has said of a certificate that otherwise would not be loaded."""

    otro_firmante: bool = False
    """The signer is another one than so far."""
    aunque_venza_antes: bool = False
    """It is to sign instead of one that is valid longer."""


NOTHING = Confirmed()


def load(
    ledger: Ledger, company: Company, certificate: Certificate, moment: datetime, confirmed: Confirmed = NOTHING
) -> Loaded:
    """Save *certificate* for *company*.

    :param moment: now, naive UTC.
    :raises Refused: all that is against it: it is expired (CRT-030), of another company (CRT-031), of somebody who has
        not signed for this one (CRT-032), or would replace one that is valid longer (CRT-034).
    """
    with ledger.writing():
        stored = ledger.certificates.of(company.ambiente, company.rut)
        same = next((one for one in stored if _is_same(one, certificate)), None)
        others = [one for one in stored if one is not same]
        found = [
            *_expired(certificate, moment),
            *([] if same else _foreign(ledger, company, stored, certificate, confirmed.otro_firmante)),
            *([] if confirmed.aunque_venza_antes else _shorter(others, certificate)),
        ]
        if same and not confirmed.aunque_venza_antes and not _expired(certificate, moment):
            return Loaded(same.id, ya_estaba=True, primera_vez=False)
        if found:
            raise Refused(found)
        if same:
            ledger.certificates.remove(same)
        saved = save(ledger, company, certificate)
    return Loaded(saved, ya_estaba=False, primera_vez=not stored)


def save(ledger: Ledger, company: Company, certificate: Certificate) -> int:
    """Save *certificate* for *company*, whatever is against it. Gives its id.

    :raises Refused: there is no such company (AUT-004).
    """
    new = NewCertificate(
        company.ambiente, company.rut, certificate.rut, certificate.titular, certificate.valid_from,
        certificate.valid_until, certificate.to_trusted(),
    )  # fmt: skip
    return ledger.certificates.save(new)


def remove(
    ledger: Ledger, certificate_id: int, moment: datetime, *, aunque_no_quede_otro: bool = False
) -> StoredCertificate:
    """Forget a certificate with its key; what is known of it.

    :raises Refused: there is none of that id (CRT-036), or it is the only one with which its company can sign
        (CRT-035) and nobody said *aunque_no_quede_otro*.
    """
    with ledger.writing():
        one = ledger.certificates.find(certificate_id)
        if one is None:
            known = ", ".join(str(other.id) for other in ledger.certificates.of())
            raise Refused([problem("CRT-036", value=str(certificate_id), known=known or "ninguno")])
        others = [other for other in ledger.certificates.of(one.ambiente, one.rut) if other.id != one.id]
        if not usable(one, moment) and all(usable(other, moment) for other in others) and not aunque_no_quede_otro:
            raise Refused([problem("CRT-035", value=one.titular, rut=one.rut, ambiente=one.ambiente)])
        ledger.certificates.remove(one)
    return one


def why_none(ledger: Ledger, company: Company, moment: datetime) -> Problem:
    """Why *company* has no certificate to sign with at *moment*: none at all (CRT-020), the last one expired (CRT-010),
    the first one is not valid yet (CRT-011), or both (CRT-037)."""
    stored = ledger.certificates.of(company.ambiente, company.rut)
    past = max((one for one in stored if one.valid_until < moment), key=lambda one: one.valid_until, default=None)
    coming = min((one for one in stored if one.valid_from > moment), key=lambda one: one.valid_from, default=None)
    if past and coming:
        fecha, desde = clock.day(past.valid_until), clock.day(coming.valid_from)
        return problem("CRT-037", value=past.titular, fecha=fecha, desde=desde, otro=coming.titular)
    one = past or coming
    found = usable(one, moment) if one else None
    return found or problem("CRT-020", value=company.rut, name=company.razon_social)


def days_left(certificate: Dated, moment: datetime) -> int:
    """Whole days that *certificate* is still valid; negative when it is expired."""
    return (certificate.valid_until - moment) // timedelta(days=1)


def lasts_until(stored: Sequence[StoredCertificate], moment: datetime) -> datetime | None:
    """Until when one or other of *stored* can sign without a gap from *moment* on; None when none can now."""
    end: datetime | None = None
    for one in sorted(stored, key=lambda one: one.valid_from):
        if one.valid_from <= (end or moment) and one.valid_until >= (end or moment):
            end = one.valid_until
    return end


def expiring(ledger: Ledger, company: Company, certificate: Certificate, moment: datetime) -> Problem | None:
    """The aviso that *certificate*, with which *company* signs now, has to be renewed (CRT-040).

    None while there is time, and where the one to follow it is loaded.
    """
    if days_left(certificate, moment) > WARNING_DAYS[0]:
        return None
    end = lasts_until(ledger.certificates.of(company.ambiente, company.rut), moment) or certificate.valid_until
    left = (end - moment) // timedelta(days=1)
    if left > WARNING_DAYS[0]:
        return None
    return problem("CRT-040", value=certificate.titular, fecha=clock.day(end), plazo=in_days(left))


def in_days(days: int) -> str:
    """*days* from today in words."""
    return "hoy" if days <= 0 else "en 1 día" if days == 1 else f"en {days} días"


def _expired(certificate: Certificate, moment: datetime) -> list[Problem]:
    if moment <= certificate.valid_until:
        return []
    return [problem("CRT-030", value=certificate.titular, fecha=clock.day(certificate.valid_until))]


def _foreign(
    ledger: Ledger, company: Company, stored: Sequence[StoredCertificate], certificate: Certificate, said: bool
) -> list[Problem]:
    signer = certificate.rut
    if signer == company.rut:
        return []
    if rut.body(signer) >= _FIRST_COMPANY:
        names = {"empresa": company.razon_social, "rut_empresa": company.rut}
        return [problem("CRT-031", NOWHERE, certificate.titular, rut=signer, **names)]
    known = {one.rut_firmante for one in ledger.certificates.of(rut=company.rut)}
    if said or not stored or signer in known:
        return []
    persons = ", ".join(dict.fromkeys(f"{one.titular} ({one.rut_firmante})" for one in stored))
    return [problem("CRT-032", value=certificate.titular, rut=signer, empresa=company.razon_social, known=persons)]


def _shorter(others: Sequence[StoredCertificate], certificate: Certificate) -> list[Problem]:
    """What says that *certificate* would sign in the place of one that is valid longer."""
    end = certificate.valid_until
    longer = [one for one in others if one.valid_from <= end < one.valid_until]
    if not longer:
        return []
    best = max(longer, key=lambda one: one.valid_until)
    facts = {"fecha": clock.day(end), "otro": best.titular, "hasta": clock.day(best.valid_until)}
    return [problem("CRT-034", NOWHERE, certificate.titular, **facts)]


def _is_same(stored: StoredCertificate, certificate: Certificate) -> bool:
    dates = (certificate.rut, certificate.valid_from, certificate.valid_until)
    if (stored.rut_firmante, stored.valid_from, stored.valid_until) != dates:
        return False
    return Certificate.from_trusted(stored.certificate).x509_base64 == certificate.x509_base64
