"""Who calls: from which address, and by which address the caller reaches this service."""

from __future__ import annotations

from functools import lru_cache
from ipaddress import IPv6Address, ip_address
from typing import NamedTuple

from dteplanows.issuing.client import NOBODY, Client, client_of
from dteplanows.soap.asmx.addresses import called_host, origin
from dteplanows.soap.asmx.request import Environ

_FORWARDED = ("HTTP_FORWARDED", "HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_HOST", "HTTP_VIA")


class Caller(NamedTuple):
    """Who calls, as far as the connection tells."""

    ip: str
    """Address of the caller; empty when it is not known."""
    origin: str = ""
    """Scheme and host by which the caller reaches this service: what its addresses begin with."""
    client: Client = NOBODY
    """Who waits for the answer."""


def caller_of(environ: Environ, trust_forwarded: bool) -> Caller:
    """Who makes a call.

    :param trust_forwarded: believe what a proxy says of the caller.
    """
    return Caller(ip_of(environ, trust_forwarded), origin(environ, trust_forwarded), client_of(environ))


def ip_of(environ: Environ, trust_forwarded: bool) -> str:
    """Address of the caller; that of the last proxy unless the installation trusts what its own proxy says.

    A proxy adds the address that called it at the end; what stands before came from outside and may be invented.
    """
    said = str(environ.get("HTTP_X_FORWARDED_FOR", "")) if trust_forwarded else ""
    return _caller_ip(said.rpartition(",")[2]) or _caller_ip(str(environ.get("REMOTE_ADDR", "")))


def is_loopback(text: str) -> bool:
    """Whether *text* is an address of this machine itself."""
    return bool(_ip(text)) and ip_address(_ip(text)).is_loopback


def is_this_machine(environ: Environ, trust_forwarded: bool) -> bool:
    """Whether a person at this machine calls, and no proxy for others; the name that was used has to say so too."""
    host = called_host(environ)
    name = host[1 : host.index("]")] if host.startswith("[") else host.partition(":")[0]
    forwarded = any(environ.get(header) for header in _FORWARDED)
    local_name = name.lower() == "localhost" or is_loopback(name)
    return not forwarded and is_loopback(ip_of(environ, trust_forwarded)) and local_name


def _caller_ip(text: str) -> str:
    """The address in *text*, which may have a port behind it; empty for none."""
    return _ip(text) or _ip(text.rpartition(":")[0])


@lru_cache(maxsize=1024)
def _ip(text: str) -> str:
    """The address in *text*, or an empty text. One of IPv4 that a socket of IPv6 has wrapped is one of IPv4."""
    try:
        found = ip_address(text.strip().strip("[]"))
    except ValueError:
        return ""
    return str((found.ipv4_mapped if isinstance(found, IPv6Address) else None) or found)
