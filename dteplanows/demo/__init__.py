"""The demonstration: a company of its own making, the service in front of it, and one invoice through the wire.

Nothing has to be prepared. Whatever is missing in the directory is made; what is there is used again, so a demo that
was interrupted anywhere goes on. Everything lives in ``pruebas``: nothing made here can reach the SII.
"""

from __future__ import annotations

import json
import secrets
import shlex
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from urllib.parse import urljoin

from dteplanows import portal
from dteplanows.accounts import certificates, designs
from dteplanows.demo.access import Access
from dteplanows.demo.certificate import make_certificate
from dteplanows.demo.delivered import wait_for_the_sii
from dteplanows.demo.drawn_logo import make_logo
from dteplanows.demo.examples import curl_call, zeep_call
from dteplanows.demo.folder import ACCESS_FILE, claimed
from dteplanows.demo.service import Failed, running
from dteplanows.document import clock, rut
from dteplanows.document.catalogue import problem
from dteplanows.document.company import Company
from dteplanows.document.elements import BRANCHES
from dteplanows.document.problem import Refused
from dteplanows.document.samples import samples
from dteplanows.folios.authority import TestAuthority, authority_in
from dteplanows.folios.caf import read_caf
from dteplanows.ledger.place import place_of
from dteplanows.ledger.rows import Rol, Series, Span, UserSettings
from dteplanows.ledger.store import Ledger
from dteplanows.process import secrecy
from dteplanows.settings import Settings, load
from dteplanows.signer.certificate import read_certificate, utc_now
from dteplanows.sii import simulator_process
from dteplanows.web import server, tls

Say = Callable[[str], None]

TIPOS = tuple(sorted(BRANCHES))
FIRST_FOLIO = 9920000001
FOLIOS_OF_EACH = 10_000
USUARIO = "DEMO"
_ROL: Rol = "administrador"
SAMPLE = "factura33.txt"

_EXTRA = ("requests", "zeep")
"""The libraries that only the demonstration needs, as setup.cfg has them."""

_DELIVERY = {"sii_pruebas": "simulador", "simulador_automatico": True, "sii_enviar": True, "sii_espera_facturas": 0.0}
"""Settings of every demonstration: what it issues is sent, at once, and to nobody but the simulator."""


def run(directory: Path, port: int | None, host: str | None, once: bool, say: Say) -> int:
    """Prepare what is missing, serve, issue the sample; then stop (*once*) or serve until interrupted.

    :param port: None for the usual one, or any free one where that is taken.
    :returns: exit code: 0 only when the sample was issued.
    :raises Refused: the port asked for is taken, the directory's settings are wrong, another demo runs in it (CFG-046),
        it holds the data of a service (CFG-047), or the demo's own libraries are not installed (CFG-049).
    """
    issue_sample = _client()
    with claimed(directory):
        settings = _with_free_port(load(directorio=directory, puerto=port, host=host), port, say)
        settings = _with_simulator(settings, say)
        access = prepare(settings, say)
        return _serve(settings, access, lambda: issue_sample(directory, SAMPLE, access, say), once, say)


def _client() -> Callable[[Path, str, Access, Say], bool]:
    """What sends the sample: :func:`dteplanows.demo.invoice.issue_sample`.

    :raises Refused: its libraries are not installed (CFG-049).
    """
    try:
        from dteplanows.demo.invoice import issue_sample  # noqa: PLC0415 - a service is installed without its libraries
    except ModuleNotFoundError as missing:
        if missing.name not in _EXTRA:
            raise
        order = shlex.join([sys.executable, "-m", "pip", "install", "dteplanows[demo]"])
        raise Refused([problem("CFG-049", value=missing.name, orden=order)]) from missing
    return issue_sample


def _serve(settings: Settings, access: Access, issue: Callable[[], bool], once: bool, say: Say) -> int:
    issued = False
    try:
        with running(settings) as process:
            _wait_for_simulator(settings, process.poll)
            say(f"El servicio atiende en {access.url}")
            say(f"El SII es el simulador, en {access.simulador}\n")
            issued = issue()
            if issued:
                _tell_word_of_the_sii(settings, lambda: process.poll() is not None, say)
            if issued and not once:
                _tell_how_to_go_on(settings.directorio, access, say)
                process.wait()
                raise Failed("el servicio se detuvo por su cuenta. Vea servicio.log en la carpeta de la demostración.")
    except Failed as failed:
        say(f"Error: {failed}")
        return 1
    except KeyboardInterrupt:
        say("\nLa demostración se detuvo. Los datos quedan para la próxima vez.")
    return 0 if issued else 1


def _tell_word_of_the_sii(settings: Settings, ended: Callable[[], bool], say: Say) -> None:
    """
    :raises Failed: it does not accept the sample, or says nothing.
    """
    estado, track = wait_for_the_sii(settings, ended)
    if estado != "aceptado":
        raise Failed(f"el SII simulado no aceptó el documento: está {estado}. «dteplanows envios» dice por qué.")
    say(f"Estado en el SII: {estado} por el simulador (TRACKID {track}).\n")


def _with_free_port(settings: Settings, asked: int | None, say: Say) -> Settings:
    try:
        server.check_free(settings.host, settings.puerto)
    except Refused as refused:
        if asked is not None or refused.problems[0].code != "CFG-010":
            raise
        chosen = server.free_port(settings.host)
        say(f"El puerto {settings.puerto} está ocupado; se usa el {chosen}.")
        return settings.model_copy(update={"puerto": chosen})
    return settings


def _with_simulator(settings: Settings, say: Say) -> Settings:
    """*settings* with a simulator of the demo's own, whatever the environment says: nobody else takes what it issues.

    One at another machine's address, which somebody has set, is left to be.
    """
    wanted = settings.model_copy(update=_DELIVERY)
    place = simulator_process.place_here(settings)
    if place is None or simulator_process.who_is_at(place) == "nobody":
        return wanted
    chosen = place._replace(port=server.free_port(place.host))
    say(f"El puerto {place.port} está ocupado; el simulador del SII usa el {chosen.port}.")
    return wanted.model_copy(update={"sii_simulador": chosen.address})


def _wait_for_simulator(settings: Settings, ended: Callable[[], int | None]) -> None:
    place = simulator_process.place_here(settings)
    if place and not simulator_process.wait_until_online(place, lambda: ended() is None):
        raise Failed(f"el simulador del SII no respondió en {place.address}. Vea servicio.log en la carpeta.")


# --- What has to be there -------------------------------------------------------------------------------------


def prepare(settings: Settings, say: Say) -> Access:
    """Make what the directory lacks: company, certificate, authority, CAFs, user, samples; write ``demo.json``."""
    ledger = Ledger(place_of(settings), settings.clave_maestra)
    try:
        company = _company(ledger, say)
        if not ledger.certificates.current(company.ambiente, company.rut, utc_now()):
            _give_certificate(ledger, company)
        _give_cafs(ledger, company, authority_in(settings.autoridad_de_prueba))
        url = server.address(settings.host, settings.puerto, tls.is_used(settings))
        clave = _clave(ledger, company, settings.directorio)
    finally:
        ledger.close()
    pages = urljoin(url, f"{portal.PATH}/")
    access = Access(url, f"{url}?wsdl", USUARIO, rut.TEST_LOGIN, clave, company.rut, settings.sii_simulador, pages)
    secrecy.write_private(settings.directorio / ACCESS_FILE, json.dumps(access._asdict(), indent=2).encode())
    _copy_samples(settings.directorio / "muestras")
    return access


def random_rut(lowest: int, highest: int) -> str:
    """A RUT with a body between the two and the right check digit."""
    body = lowest + secrets.randbelow(highest - lowest + 1)
    return f"{body}-{rut.check_digit(body)}"


def _company(ledger: Ledger, say: Say) -> Company:
    found = [one for one in ledger.companies.all() if one.ambiente == "pruebas"]
    if found:
        say(f"Empresa de prueba: {found[0].razon_social}, RUT {found[0].rut}.")
        if ledger.designs.outline(found[0]) is None:
            # The run that made the company was ended before its logo.
            designs.put_logo(ledger, found[0], make_logo())
        return found[0]
    made = Company(
        rut=random_rut(76_000_000, 77_999_999),
        ambiente="pruebas",
        razon_social="Comercial Demostración SpA",
        giro="Venta al por menor de artículos de prueba",
        actecos=("477399",),
        direccion="Calle de la Prueba 123",
        comuna="Santiago",
        ciudad="Santiago",
        telefono="22 555 0000",
        correo="ventas@demostracion.example",
        unidad_sii="SANTIAGO CENTRO",
        fecha_resolucion=date(2026, 1, 5),
    )
    ledger.companies.save(made)
    designs.put_logo(ledger, made, make_logo())
    say(f"Empresa de prueba creada: {made.razon_social}, RUT {made.rut} (inventado).")
    return made


def _give_certificate(ledger: Ledger, company: Company) -> None:
    clave = secrets.token_urlsafe(12)
    made = make_certificate(random_rut(10_000_000, 19_999_999), "Persona de Prueba", clave)
    one = read_certificate(made, clave)
    certificates.save(ledger, company, one)


def _give_cafs(ledger: Ledger, company: Company, maker: TestAuthority) -> None:
    today = clock.today()
    last = FIRST_FOLIO + FOLIOS_OF_EACH - 1
    for tipo in TIPOS:
        if ledger.cafs.of(company.ambiente, company.rut, tipo):
            continue
        file = maker.make_caf(company.rut, company.razon_social, tipo, Span(FIRST_FOLIO, last), today)
        caf = read_caf(file, maker.public_key)
        ledger.cafs.save(Series.of(company, tipo), Span(caf.desde, caf.hasta), caf.fecha_autorizacion, caf.to_trusted())


def _clave(ledger: Ledger, company: Company, directory: Path) -> str:
    """The user's password from the last run; a new one when that is gone or opens nothing any more."""
    try:
        clave = str(json.loads((directory / ACCESS_FILE).read_bytes())["clave"])
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        clave = ""
    known = [one for one in ledger.logins.open([USUARIO], [clave]) if one.company.rut == company.rut] if clave else []
    if known:
        if known[0].rol != _ROL:
            ledger.users.set_rol(USUARIO, company.ambiente, company.rut, _ROL)
        return clave
    clave = secrets.token_urlsafe(9)
    ledger.users.save(USUARIO, clave, company.ambiente, company.rut, UserSettings(rol=_ROL))
    ledger.users.enable(USUARIO, company.ambiente, company.rut)
    return clave


def _copy_samples(folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    for name, data in samples().items():
        (folder / name).write_bytes(data)


# --- What the person reads ------------------------------------------------------------------------------------


def _tell_how_to_go_on(directory: Path, access: Access, say: Say) -> None:
    samples = directory.resolve() / "muestras"
    order = [sys.executable, "-m", "dteplanows", "--dir", str(directory.resolve())]
    judge = shlex.join([*order, "validar", str(samples / "factura33-con-errores.txt")])
    say(
        "\nDatos para conectar un sistema (también en "
        f"{directory / ACCESS_FILE}):\n"
        f"  Dirección: {access.url}\n  WSDL:      {access.wsdl}\n  Usuario:   {access.usuario}\n"
        f"  Rut:       {access.rut}  (ambiente de pruebas; emite {access.rut_empresa})\n  Clave:     {access.clave}\n"
        f"  SII:       {access.simulador}  (el simulador; no llega nada al SII)\n"
        f"\nPortal: {access.portal}  (con el mismo usuario y clave)\nManual: {urljoin(access.url, '/manual/')}\n"
    )
    say(f"Emitir una boleta con curl:\n\n{curl_call(access, samples / 'boleta39.txt')}\n")
    say(f"Emitir una nota de crédito con Python y zeep:\n\n{zeep_call(access, samples / 'nota-credito61.txt')}\n")
    say(f"Ver cómo se explican los problemas de un archivo:\n\n{judge}\n")
    say(
        f"Crear una impresora es de quien administra la instalación, y no de {access.usuario}; aquí, con la orden:\n\n"
        f"{shlex.join([*order, 'impresora', 'crear', '--help'])}\n\n"
        "En el portal puede quien tiene el rol operador: invítelo con «usuario invitar ANA --rol operador».\n"
    )
    say("Ctrl-C para terminar.")
