from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.domain.errors import BadInput, Transient
from appliance.guard import Guard
from appliance.guard.addresses import allowed

NAMES = {
    "public.test": ("93.184.215.14", "2606:4700::1111"),
    "half.test": ("93.184.215.14", "10.0.0.7"),
    "nas.test": ("192.168.1.20",),
    "mapped.test": ("::ffff:192.168.1.20",),
    "nobody.test": (),
}


def known(host: str, _port: int) -> tuple[str, ...]:
    """A name server of our own."""
    if host not in NAMES:
        raise OSError(host)
    return NAMES[host]


GUARD = Guard(resolve=known)


def test_a_public_host_passes_with_all_its_addresses() -> None:
    """The addresses are the only ones that may be connected to."""
    checked = GUARD.check("https://Public.TEST./watch?v=1")
    assert (checked.host, checked.port, checked.addresses) == ("public.test", 443, NAMES["public.test"])


@pytest.mark.parametrize("host", ["half.test", "nas.test", "mapped.test"])
def test_one_unfit_address_is_enough_to_refuse(host: str) -> None:
    """The message names the host and the address, the hint the setting."""
    with pytest.raises(BadInput, match=rf"{host} leads to .*an address of the private network") as caught:
        GUARD.check(f"http://{host}/")
    assert "allow_private" in caught.value.hint


@pytest.mark.parametrize("named", ["nas.test", "NAS.test.", "192.168.1.20", "192.168.1.0/24"])
def test_a_host_that_the_person_named_passes(named: str) -> None:
    """By its name, its address, or the network it is in."""
    assert Guard(allow_private=(named,), resolve=known).check("http://nas.test:8096/a.mp4").addresses == (
        "192.168.1.20",
    )


@pytest.mark.parametrize("named", ["test", "as.test", "192.168.1.2", "192.168.2.0/24", "xnas.test", "*.test", ""])
def test_a_name_that_is_only_alike_opens_nothing(named: str) -> None:
    """Neither parts of names nor neighbouring networks count."""
    with pytest.raises(BadInput):
        Guard(allow_private=(named,), resolve=known).check("http://nas.test/")


def test_a_host_that_was_named_opens_no_other_with_the_same_address() -> None:
    """Naming a host allows that name; another name for its address is refused."""
    with pytest.raises(BadInput, match=r"mapped\.test"):
        Guard(allow_private=("nas.test",), resolve=known).check("http://mapped.test/")


@pytest.mark.parametrize("host", ["unknown.test", "nobody.test"])
def test_a_name_that_nobody_knows_is_worth_another_try(host: str) -> None:
    """It is told as such, not as refused."""
    with pytest.raises(Transient, match="could not be looked up"):
        GUARD.check(f"http://{host}/")


ODD = """
http://127.0.0.1/ http://127.1/ http://0x7f.1/ http://0x7f000001/ http://2130706433/ http://0177.0.0.1/ http://0/ http://0.0.0.0/
http://127.0.0.1./ http://localhost/ http://LOCALHOST:8080/ http://[::1]/ http://[::]/ http://[::ffff:127.0.0.1]/
http://[::ffff:7f00:1]/ http://[0:0:0:0:0:ffff:7f00:1]/ http://[64:ff9b::127.0.0.1]/ http://[2002:7f00:1::]/ http://[fe80::1]/
http://[fe80::1%25lo]/ http://169.254.169.254/latest/meta-data http://[fd00:ec2::254]/ http://127.0.0.1:80@8.8.8.8/ http://a@8.8.8.8/
http://8.8.8.8:22/ http://8.8.8.8:6379/ http://8.8.8.8:0/ http://8.8.8.8:65536/ http://8.8.8.8:x/ http://８.8.8.8:25/
http://①②⑦.0.0.1/ http://127。0。0。1/ http://ⓛocalhost/ http://127.0.0.1%00.example/ http://127.0.0.1%2f@8.8.8.8/ http://8.8.8.8\\@127.0.0.1/
http:///etc/passwd http:127.0.0.1 http://[::1 http://a..b/ http://-/ file:///etc/passwd file://127.0.0.1/etc/passwd
ftp://8.8.8.8/ gopher://127.0.0.1:6379/_x data:text/plain,hello javascript:alert(1) //127.0.0.1/ dict://127.0.0.1:11211/
jar:http://127.0.0.1!/ http+unix://%2Ftmp%2Fsock/
""".split()


@pytest.mark.parametrize(
    "url", [*ODD, "http://8.8.8.8/ x", "http://8.8.8.8\r\nHost: a/", "", "http://8.8.8.8/" + "a" * 9000]
)
def test_odd_spellings_lead_nowhere(url: str) -> None:
    """However this machine, its names or a non-public place are written, the link is bad input with a next step."""
    with pytest.raises(BadInput) as caught:
        Guard().check(url)
    assert caught.value.hint


@given(st.text(max_size=60))
def test_whatever_is_given_is_judged(said: str) -> None:
    """Any text is refused or leads to public addresses; nothing else comes out."""
    guard = Guard(resolve=lambda _host, _port: ("10.1.2.3",))
    for url in (said, f"http://{said}/", f"https://{said}"):
        with pytest.raises(BadInput):
            guard.check(url)


@given(st.lists(st.ip_addresses(), min_size=1, max_size=4))
def test_a_host_is_as_good_as_its_worst_address(addresses: list[object]) -> None:
    """It passes exactly when all its addresses do."""
    said = tuple(str(address) for address in addresses)
    guard = Guard(resolve=lambda _host, _port: said)
    if all(allowed(address) for address in addresses):  # type: ignore[arg-type]
        assert guard.check("https://a.test/").port == 443
    else:
        with pytest.raises(BadInput):
            guard.check("https://a.test/")
