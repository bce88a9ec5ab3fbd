import httpcore2
import pytest

from yellowbus.errors import NeedsAdmin
from yellowbus.protocols.addresses import GuardedBackend, is_public


@pytest.mark.parametrize("address", ["8.8.8.8", "93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"])
def test_public_addresses_are_public(address):
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.0.0.1",
        "172.16.3.4",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "fe80::1",
        "fe80::1%eth0",
        "fd00::1",
        "::ffff:127.0.0.1",
        "64:ff9b::10.0.0.1",
        "2002:7f00:1::",
    ],
)
def test_other_addresses_are_not(address):
    assert not is_public(address)


def test_a_name_is_resolved_once_and_that_address_is_connected_to():
    asked = []

    def rebinding(host, port):
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["8.8.8.8"]

    backend = GuardedBackend(allow_private=False, resolve=rebinding)
    with pytest.raises(NeedsAdmin) as raised:
        backend.connect_tcp("sis.example.org", 443)
    assert (asked, raised.value.code) == (["sis.example.org"], "address-refused")


def test_a_private_address_among_public_ones_is_left_out():
    backend = GuardedBackend(allow_private=False, resolve=lambda host, port: ["8.8.8.8", "10.0.0.1"])
    assert backend._allowed("sis.example.org", 443) == ["8.8.8.8"]


def test_a_name_with_no_address_is_no_connection():
    backend = GuardedBackend(allow_private=False, resolve=lambda host, port: [])
    with pytest.raises(httpcore2.ConnectError):
        backend.connect_tcp("sis.example.org", 443)
