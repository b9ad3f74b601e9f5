"""Calls of the operations on issued documents, and the answers of its orders."""

from __future__ import annotations

import re

from tests.installation import CLAVE, USUARIO
from tests.soap.soap_support import Answer, Caller, b64, envelope

LOGIN = f"<login><Usuario>{b64(USUARIO)}</Usuario><Rut>{b64('1-9')}</Rut><Clave>{b64(CLAVE)}</Clave></login>"


def call(caller: Caller, operation: str, login: str = LOGIN, *, plain: bool = False, **parameters: object) -> Answer:
    """Call with the parameters in base64, as clients do, or plain."""
    texts = {name: str(value) if plain else b64(str(value)) for name, value in parameters.items()}
    inner = "".join(f"<{name}>{text}</{name}>" for name, text in texts.items())
    content = f'<{operation} xmlns="http://tempuri.org">{inner}{login}</{operation}>'
    return caller.post(envelope(content), HTTP_HOST="facturas.ejemplo.cl")


def order(answer: Answer) -> str:
    """Mensaje/Resultado, as the PHP clients read the answer of EliminarDoc."""
    found = re.fullmatch(
        r'<\?xml version="1.0"\?><WSPLANO><Mensaje><Resultado>(.*)</Resultado></Mensaje></WSPLANO>', answer.result()
    )
    assert found
    return found[1]
