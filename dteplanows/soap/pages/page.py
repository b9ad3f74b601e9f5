"""The pages that a person sees who opens the address of the service in a browser."""

from __future__ import annotations

from html import escape

import dteplanows
from dteplanows.soap.asmx.addresses import PATH
from dteplanows.soap.contract.rows import OPERATIONS

_STYLE = (
    "body{font:16px/1.5 sans-serif;max-width:46em;margin:2em auto;padding:0 1em;color:#222}"
    "code{background:#eee;padding:.1em .3em}dt{font-weight:bold;margin-top:.8em}dd{margin-left:1.5em}"
    "pre{background:#eee;padding:.6em;overflow-x:auto}textarea{width:100%;height:12em}"
)


def render(address: str) -> bytes:
    """The service page: what this is, where the WSDL is, and the operations as the WSDL describes them.

    :param address: address of the service as the caller reaches it.
    """
    shown = escape(address)
    relative = escape(PATH.rpartition("/")[2])
    entries = "".join(
        f'<dt><a href="{relative}?op={escape(one.name)}">{escape(one.name)}</a></dt>'
        f"<dd>{escape(one.text)}</dd>"
        for one in OPERATIONS.values()
    )
    return whole(
        "<h1>Servicio wsplano</h1>"
        f"<p>Este servicio recibe documentos tributarios por SOAP 1.1 y SOAP 1.2 en <code>{shown}</code>. "
        f'Su descripción para programas está en <a href="{relative}?wsdl">{shown}?wsdl</a>.</p>'
        '<p>Cómo usarlo, campo por campo y regla por regla: <a href="../manual/">manual</a>.</p>'
        f"<h2>Operaciones</h2><dl>{entries}</dl>"
        f"<p>Versión {escape(dteplanows.__version__)}</p>"
    )


def whole(inside: str, title: str = "Servicio wsplano") -> bytes:
    """A page with *inside* as its body."""
    return (
        f'<!DOCTYPE html><html lang="es"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style></head><body>{inside}</body></html>'
    ).encode()
