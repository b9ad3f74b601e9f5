"""Networks that a setting names: addresses, or ranges as 192.168.0.0/16, with blanks or commas between them."""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Network = IPv4Network | IPv6Network


def networks(text: str) -> tuple[Network, ...]:
    """The networks in *text*.

    :raises ValueError: one is none.
    """
    return tuple(ip_network(one, strict=False) for one in text.replace(",", " ").split())


def is_within(address: str, among: tuple[Network, ...]) -> bool:
    """Whether *address* is one of those networks'; what is no address is of none.

    >>> is_within("192.168.1.7", networks("10.0.0.0/8, 192.168.1.0/24")), is_within("10.0.0.1", ())
    (True, False)
    """
    try:
        found = ip_address(address)
    except ValueError:
        return False
    # A server that listens on IPv6 sees those of IPv4 so.
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return any((mapped or found) in one for one in among)
