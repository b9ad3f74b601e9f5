"""The page that a person sees who opens the address of the service in a browser."""

from __future__ import annotations

from collections.abc import Container
from html import escape

import dteplanows
from dteplanows.soap.published import PATH, operations

_STYLE = (
    "body{font:16px/1.5 sans-serif;max-width:46em;margin:2em auto;padding:0 1em;color:#222}"
    "code{background:#eee;padding:.1em .3em}dt{font-weight:bold;margin-top:.8em}dd{margin-left:1.5em}"
)


def render(address: str, callable_by_get: Container[str]) -> bytes:
    """The service page: what this is, where the WSDL is, and the operations as the WSDL describes them.

    :param address: address of the service as the caller reaches it.
    :param callable_by_get: names of the operations that a browser can call.
    """
    shown = escape(address)
    relative = escape(PATH.rpartition("/")[2])
    entries = "".join(
        f"<dt>{_name(one.name, relative, callable_by_get)}</dt><dd>{escape(one.documentation)}</dd>"
        for one in operations()
    )
    return (
        '<!DOCTYPE html><html lang="es"><head><meta charset="utf-8"><title>Servicio wsplano</title>'
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style></head><body>'
        "<h1>Servicio wsplano</h1>"
        f"<p>Este servicio recibe documentos tributarios por SOAP 1.1 y SOAP 1.2 en <code>{shown}</code>. "
        f'Su descripción para programas está en <a href="{relative}?wsdl">{shown}?wsdl</a>.</p>'
        '<p>Cómo usarlo, campo por campo y regla por regla: <a href="../manual/">manual para integradores</a>.</p>'
        f"<h2>Operaciones</h2><dl>{entries}</dl>"
        f"<p>Versión {escape(dteplanows.__version__)}</p></body></html>"
    ).encode()


def _name(name: str, relative: str, callable_by_get: Container[str]) -> str:
    text = escape(name)
    return f'<a href="{relative}/{text}">{text}</a>' if name in callable_by_get else text
