"""Calls to the demo's service, ready to paste into a shell."""

from __future__ import annotations

import base64
import shlex
import sys
from pathlib import Path
from urllib.request import getproxies

from dteplanows.demo.access import Access

_CURL = """\
{prefix}curl -sS -H 'Content-Type: text/xml; charset=utf-8' -H 'SOAPAction: "http://tempuri.org/Procesar"' \\
  --data-binary @- {url} <<FIN
<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>
<Procesar xmlns="http://tempuri.org">
<login><Usuario>{usuario}</Usuario><Rut>{rut}</Rut><Clave>{clave}</Clave><Puerto>{puerto}</Puerto></login>
<file>$(base64 < {file} | tr -d '\\n')</file><formato>{formato}</formato>
</Procesar></soap:Body></soap:Envelope>
FIN"""

_ZEEP = """\
{prefix}{python} - <<'FIN'
from base64 import b64encode
from pathlib import Path
import zeep

def b64(texto): return b64encode(texto.encode()).decode()

servicio = zeep.Client({wsdl!r}).service
login = dict(Usuario=b64({usuario!r}), Rut=b64({rut!r}), Clave=b64({clave!r}), Puerto=b64("0"))
archivo = b64encode(Path({file!r}).read_bytes()).decode()
print(servicio.Procesar(login=login, file=archivo, formato={formato}))
FIN"""


def curl_call(access: Access, file: Path) -> str:
    """A shell command that sends *file* with curl; the shell encodes the file when it runs."""
    return _CURL.format(
        prefix=_prefix(),
        url=shlex.quote(access.url),
        usuario=_base64(access.usuario),
        rut=_base64(access.rut),
        clave=_base64(access.clave),
        puerto=_base64("0"),
        file=shlex.quote(str(file)),
        formato=_formato(file),
    )


def zeep_call(access: Access, file: Path) -> str:
    """A shell command that sends *file* with Python and zeep, on this program's own Python."""
    return _ZEEP.format(
        prefix=_prefix(),
        python=shlex.quote(sys.executable),
        wsdl=f"{access.url}?wsdl",
        usuario=access.usuario,
        rut=access.rut,
        clave=access.clave,
        file=str(file),
        formato=_formato(file),
    )


def _prefix() -> str:
    """Keeps the call on this machine where the environment names a proxy."""
    return "no_proxy='*' " if getproxies() else ""


def _formato(file: Path) -> int:
    return 2 if file.suffix.lower() == ".xml" else 1


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()
