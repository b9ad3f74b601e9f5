"""The call to a company's own address: JSON, signed so that its receiver knows whose it is.

``X-Dteplanows-Firma`` is HMAC-SHA256, in hexadecimal, with the channel's secret, over ``X-Dteplanows-Momento`` (seconds
of Unix time), a full stop, and the body. The receiver refuses an old moment, and ignores an ``id`` that it has seen.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Sequence
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

import dteplanows
from dteplanows.document.company import Company
from dteplanows.ledger.notices import Told
from dteplanows.sii.calls import Request
from dteplanows.sii.notices.words import key_of
from dteplanows.sii.reasons import read_reason

_HERE = ("localhost", "127.0.0.1", "::1")


def new_secret() -> str:
    """A secret that nobody can guess, as text."""
    return secrets.token_urlsafe(32)


def fault_of(url: str) -> str:
    """What is wrong with an address, in words; empty where it may be called.

    Addresses of a private network are allowed over https: whoever sets one rules this machine anyway. What gives
    secrets away without any login, the link-local addresses in which clouds tell a machine of itself, is not.
    """
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return "no es una dirección"
    if parts.scheme not in ("http", "https") or not host:
        return "se esperaba una que comience con https://"
    if parts.username is not None or parts.fragment:
        return "no puede llevar usuario, clave ni «#»"
    if parts.scheme == "http" and host not in _HERE:
        return "sin https solo puede ser de este mismo equipo"
    try:
        address = ip_address(host)
    except ValueError:
        return ""
    return "las direcciones de enlace local no se admiten" if address.is_link_local else ""


def call(company: Company, url: str, secret: str, told: Sequence[Told], moment: int) -> Request:
    """The call that tells *told*.

    :param moment: now, in seconds of Unix time.
    """
    return signed(url, secret, payload(company, told), moment)


def signed(url: str, secret: str, content: dict[str, Any], moment: int) -> Request:
    """A call with *content*, signed."""
    body = json.dumps(content, ensure_ascii=False).encode()
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": f"dteplanows/{dteplanows.__version__}",
        "X-Dteplanows-Momento": str(moment),
        "X-Dteplanows-Firma": f"sha256={signature(secret, moment, body)}",
    }
    return Request("POST", url, headers, body)


def signature(secret: str, moment: int, body: bytes) -> str:
    """What proves who wrote *body* at *moment*."""
    return hmac.new(secret.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()


def payload(company: Company, told: Sequence[Told]) -> dict[str, Any]:
    """What is told, as JSON."""
    return {
        "version": 1,
        "empresa": {"rut": company.rut, "ambiente": company.ambiente},
        "avisos": [_notice(one) for one in told],
    }


def _notice(one: Told) -> dict[str, Any]:
    found = [read_reason(line) for line in one.notice.detalle.splitlines()]
    return {
        "id": key_of(one),
        "momento": one.notice.momento.isoformat(),
        "motivo": one.notice.motivo,
        "documento": {
            "tipo": one.tipo, "folio": one.folio, "fecha": one.fecha_emision, "rut_receptor": one.rut_receptor,
        },
        "archivo": {
            "sha256": one.archivo_sha256, "usuario": one.usuario, "lote": one.lote or None, "lugar": one.lugar or None,
        },
        "motivos": [
            {
                "codigo": reason.code, "texto": reason.as_it_came, "linea": reason.line or None,
                "significado": reason.known.meaning if reason.known else None,
                "remedio": reason.known.remedy if reason.known else None,
            }
            for reason in found
        ],
    }  # fmt: skip
