"""TLS of the service itself: the two files that the settings name, looked at before anything listens.

Errors: ``Refused``: one of the two is missing (CFG-025), a file does not serve (CFG-026), the web server cannot
(CFG-027).
"""

from __future__ import annotations

import ssl
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from cryptography import x509

from dteplanows.document import clock
from dteplanows.document.catalogue import problem
from dteplanows.document.problem import Place, Problem, Refused
from dteplanows.process.system_errors import in_words
from dteplanows.settings import Settings

_NAMES = ("tls_certificado", "tls_clave")


class Files(NamedTuple):
    """What a web server needs for TLS: PEM files."""

    certificate: Path
    """The certificate, and behind it those of the authorities in between."""
    key: Path


def is_used(settings: Settings) -> bool:
    """Whether the service answers by ``https``."""
    return bool(settings.tls_certificado or settings.tls_clave)


def files_of(settings: Settings, server_can: bool) -> Files | None:
    """The files that *settings* name, by their whole paths; None where they name none.

    :param server_can: the web server is one that speaks TLS.
    :raises Refused: they do not serve (CFG-025, CFG-026), or the web server cannot (CFG-027).
    """
    if not is_used(settings):
        return None
    for name, other in (_NAMES, _NAMES[::-1]):
        if not getattr(settings, name):
            raise Refused([problem("CFG-025", Place(field=name), other=other)])
    if not server_can:
        raise Refused([problem("CFG-027", Place(field=_NAMES[0]))])
    files = Files(*(settings.directorio.resolve() / getattr(settings, name) for name in _NAMES))
    for name, path in zip(_NAMES, files, strict=True):
        _must_be_readable(name, path)
    try:
        # Without a password of ours a person would be asked for one.
        ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(*files, password=lambda: "")
    except ssl.SSLError as error:
        reason = _REASONS.get(error.reason or "") or _which(files)
        raise Refused([_useless("tls_clave", files.key, reason)]) from None
    return files


def remarks(files: Files, now: datetime) -> list[Problem]:
    """What there is to say of a certificate that serves: that callers will refuse it, as it is not valid *now*."""
    certificate = x509.load_pem_x509_certificate(files.certificate.read_bytes())
    begin, end = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    if begin <= now <= end:
        return []
    dates = {"desde": clock.day(begin), "hasta": clock.day(end)}
    return [problem("CFG-028", Place(field=_NAMES[0]), str(files.certificate), **dates)]


def now() -> datetime:
    """This moment, as certificates count it."""
    return datetime.now(UTC)


_REASONS = {
    "KEY_VALUES_MISMATCH": "la clave no es la de ese certificado",
    "EE_KEY_TOO_SMALL": "la clave es demasiado corta para TLS",
    "CA_MD_TOO_WEAK": "la firma del certificado es demasiado débil para TLS",
}


def _which(files: Files) -> str:
    """Which of the two files cannot be read, and why: OpenSSL does not say."""
    if b"-----BEGIN CERTIFICATE-----" not in files.certificate.read_bytes():
        return f"{files.certificate} no contiene un certificado en formato PEM"
    if b"ENCRYPTED" in files.key.read_bytes():
        return "la clave está protegida con una contraseña"
    return "no contiene una clave privada en formato PEM que se pueda usar"


def _must_be_readable(name: str, path: Path) -> None:
    try:
        path.read_bytes()
    except FileNotFoundError:
        raise Refused([_useless(name, path, "no existe")]) from None
    except OSError as error:
        raise Refused([_useless(name, path, in_words(error))]) from None


def _useless(name: str, path: Path, reason: str) -> Problem:
    return problem("CFG-026", Place(field=name), str(path), file=path, reason=reason)
