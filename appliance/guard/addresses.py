"""Which addresses belong to the public internet. Pure judgement; nothing is asked."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

Address = IPv4Address | IPv6Address

# After the special-purpose registries of IANA (RFC 6890 and what came later), so that no version of Python decides. The
# first row that holds an address names it.
_V4 = tuple(
    (IPv4Network(network), words)
    for network, words in (
        ("0.0.0.0/8", "an address of no machine in particular"),
        ("127.0.0.0/8", "an address of this machine"),
        ("10.0.0.0/8", "an address of the private network"),
        ("172.16.0.0/12", "an address of the private network"),
        ("192.168.0.0/16", "an address of the private network"),
        ("169.254.0.0/16", "an address of the local link"),
        ("100.64.0.0/10", "an address inside a provider's network"),
        ("192.0.0.0/24", "an address kept for protocols"),
        ("192.0.2.0/24", "an address for documentation"),
        ("198.51.100.0/24", "an address for documentation"),
        ("203.0.113.0/24", "an address for documentation"),
        ("192.31.196.0/24", "an address kept for protocols"),
        ("192.52.193.0/24", "an address kept for protocols"),
        ("192.88.99.0/24", "an address kept for protocols"),
        ("192.175.48.0/24", "an address kept for protocols"),
        ("198.18.0.0/15", "an address for measurements"),
        ("224.0.0.0/4", "an address of a group of machines"),
        ("255.255.255.255/32", "an address of all machines nearby"),
        ("240.0.0.0/4", "a reserved address"),
    )
)
_V6 = tuple(
    (IPv6Network(network), words)
    for network, words in (
        ("::/128", "an address of no machine in particular"),
        ("::1/128", "an address of this machine"),
        ("fc00::/7", "an address of the private network"),
        ("fec0::/10", "an address of the private network"),
        ("fe80::/10", "an address of the local link"),
        ("ff00::/8", "an address of a group of machines"),
        ("64:ff9b:1::/48", "an address of the private network"),
        ("2001:db8::/32", "an address for documentation"),
        ("3fff::/20", "an address for documentation"),
        ("2001:2::/48", "an address for measurements"),
        ("2001::/23", "an address kept for protocols"),
        ("2620:4f:8000::/48", "an address kept for protocols"),
    )
)
_GLOBAL_V6 = IPv6Network("2000::/3")  # all that was ever given out for single machines
_NAT64 = IPv6Network("64:ff9b::/96")
_ISATAP = (0x00005EFE, 0x02005EFE)  # the third quarter of an address that carries an IPv4 one


def allowed(address: Address) -> bool:
    """Whether it is the address of one machine on the public internet."""
    return not trouble(address)


def trouble(address: Address) -> str:
    """Why the address is refused, as in "an address of this machine"; empty when it is a public one.

    An address that carries others (mapped, NAT64, 6to4, Teredo, ISATAP) is as good as the worst of them.
    """
    if isinstance(address, IPv4Address):
        return _named(address)
    if address.scope_id:
        return "an address of the local link"
    if carried := _carried(address):
        inside = next((found for each in carried if (found := trouble(each))), "")
        tunnel = address.ipv4_mapped or address in _NAT64 or address.teredo
        return inside or ("" if tunnel else _named(address))
    return _named(address)


def plain(address: Address) -> Address:
    """The IPv4 address of one that is only mapped into IPv6; any other as it is."""
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return address if mapped is None else mapped


def _named(address: Address) -> str:
    if isinstance(address, IPv4Address):
        return next((words for network, words in _V4 if address in network), "")
    known = next((words for network, words in _V6 if address in network), "")
    return known or ("" if address in _GLOBAL_V6 else "a reserved address")


def _carried(address: IPv6Address) -> tuple[IPv4Address, ...]:
    """The IPv4 addresses inside an IPv6 one."""
    whole = int(address)
    if address.ipv4_mapped is not None:
        return (address.ipv4_mapped,)
    if address in _NAT64:
        return (IPv4Address(whole & 0xFFFFFFFF),)
    if address.sixtofour is not None:
        return (address.sixtofour,)
    if address.teredo is not None:
        return address.teredo
    if (whole >> 32) & 0xFFFFFFFF in _ISATAP:
        return (IPv4Address(whole & 0xFFFFFFFF),)
    return ()
