"""A running service for the tests, and a certificate for TLS that only they trust."""

from __future__ import annotations

import ipaddress
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from dteplanows.web import server
from tests import forked
from tests.clients import b64
from tests.installation import CLAVE, USUARIO

HOST = "127.0.0.1"
_SOAP = "http://schemas.xmlsoap.org/soap/envelope/"


@contextmanager
def running(directory: Path, settings: str = "", *options: str, secure: bool = False) -> Iterator[int]:
    """Serve the installation in *directory* until the block ends; the port.

    :param settings: lines for its file of settings.
    :param secure: it answers by ``https``.
    """
    file = directory / "dteplanows.toml"
    file.touch(0o600)  # where the base is named, nobody else may read it
    file.write_text(settings, "utf-8")
    port = server.free_port(HOST)
    command = [sys.executable, "-m", "dteplanows", "--dir", str(directory), "serve", "--port", str(port)]
    with (directory / "salida.txt").open("wb") as output:
        process = forked.Popen([*command, "--sin-lotes", *options], stdout=output, stderr=output)
    try:
        online = server.wait_until_online(HOST, port, lambda: process.poll() is None, secure)
        assert online, (directory / "salida.txt").read_text("utf-8")
        yield port
    finally:
        process.terminate()
        process.wait(30)


def call(file: bytes) -> str:
    """An envelope that has *file* issued and asks for the addresses of its printed copies."""
    parts = {"Usuario": USUARIO, "Rut": "1-9", "Clave": CLAVE, "Puerto": "0"}
    login = "".join(f"<{name}>{b64(text)}</{name}>" for name, text in parts.items())
    return (
        f'<s:Envelope xmlns:s="{_SOAP}"><s:Body><Procesar xmlns="http://tempuri.org"><login>{login}<IncluyeLink>1'
        f"</IncluyeLink></login><file>{b64(file)}</file><formato>1</formato></Procesar></s:Body></s:Envelope>"
    )


def trusting(certificate: str) -> requests.Session:
    """A client that trusts the certificate in that file, and none that the environment names."""
    session = requests.Session()
    session.verify, session.trust_env = certificate, False
    return session


def make_certificate(
    folder: Path, *, password: bytes = b"", days: tuple[int, int] = (-1, 30), size: int = 2048
) -> tuple[Path, Path]:
    """Files of a certificate of its own signing for this machine, and of its key.

    :param days: from when until when it is valid, from today.
    """
    key = rsa.generate_private_key(65537, size)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    today = datetime.now(UTC)
    begin, end = (today + timedelta(days=one) for one in days)
    names = x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address(HOST))])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(end)
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    files = folder / "tls-certificado.pem", folder / "tls-clave.pem"
    secret = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
    files[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    files[1].write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, secret))
    return files
