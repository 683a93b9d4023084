from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.guard.addresses import allowed, plain, trouble

V4 = st.ip_addresses(v=4)
V6 = st.ip_addresses(v=6)


def _inside(prefix: int, address: IPv4Address, shift: int) -> IPv6Address:
    return IPv6Address(prefix | int(address) << shift)


@given(V4)
def test_what_python_calls_private_is_refused(address: IPv4Address) -> None:
    """No IPv4 address is let through that the standard library holds for anything but a public one."""
    if not address.is_global or address.is_multicast or address.is_reserved:
        assert not allowed(address)


@given(V6)
def test_only_addresses_that_were_given_out_are_let_through(address: IPv6Address) -> None:
    """No IPv6 address outside 2000::/3 is let through, but for those that carry a public IPv4 one."""
    if allowed(address) and address.ipv4_mapped is None and int(address) >> 32 != 0x64FF9B << 64:
        assert int(address) >> 125 == 1
        assert address.is_global or address.teredo is not None


@given(V4)
def test_an_address_in_another_is_judged_as_itself(address: IPv4Address) -> None:
    """Mapped, NAT64 and 6to4 addresses are exactly as good as the IPv4 address inside."""
    for prefix, shift in ((0xFFFF << 32, 0), (0x64FF9B << 96, 0), (0x2002 << 112, 80)):
        assert allowed(_inside(prefix, address, shift)) == allowed(address)
    assert plain(_inside(0xFFFF << 32, address, 0)) == address


@given(V4, V4)
def test_a_teredo_address_is_as_good_as_the_worse_of_its_two(server: IPv4Address, client: IPv4Address) -> None:
    """The server is written plainly in it and the client inverted; both have to be public."""
    address = IPv6Address(0x20010000 << 96 | int(server) << 64 | int(client) ^ 0xFFFFFFFF)
    assert allowed(address) == (allowed(server) and allowed(client))


PRIVATE = """
0.0.0.0 0.1.2.3 10.0.0.1 100.64.0.1 100.127.255.255 127.0.0.1 127.255.255.254 169.254.169.254 172.16.0.1 172.31.255.255
192.0.0.1 192.0.0.9 192.0.2.1 192.88.99.1 192.168.0.1 198.18.0.1 198.19.255.255 198.51.100.1 203.0.113.1 224.0.0.1
239.255.255.255 240.0.0.1 255.255.255.255 :: ::1 ::7f00:1 ::808:808 ::ffff:127.0.0.1 ::ffff:10.0.0.1 64:ff9b::7f00:1
64:ff9b::a9fe:a9fe 64:ff9b:1::808:808 100::1 2001::1 2001:2::1 2001:db8::1 2002:7f00:1:: 2002:c0a8:101::1 3fff::1 5f00::1
fc00::1 fd12:3456::1 fe80::1 fe80::1%eth0 2606:4700::1111%1 fec0::1 ff02::1 2606:4700::200:5efe:10.0.0.1
""".split()
PUBLIC = """
1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 126.1.1.1 128.0.0.1 172.15.1.1 172.32.0.1 192.167.1.1
223.255.255.255 2606:4700::1111 2a00:1450:4001::200e 2001:4860:4860::8888 ::ffff:8.8.8.8 64:ff9b::808:808 2002:808:808::1
""".split()


@pytest.mark.parametrize("said", PRIVATE)
def test_every_kind_of_unfit_address_is_named(said: str) -> None:
    """Each is refused, with words that fit behind "leads to"."""
    assert trouble(ip_address(said)).startswith(("an address", "a reserved address"))


@pytest.mark.parametrize("said", PUBLIC)
def test_public_addresses_pass(said: str) -> None:
    """Neighbours of the refused ranges, and public ones in any dress."""
    assert trouble(ip_address(said)) == ""
