"""Which addresses the product may connect to, decided on the address that is really connected to.

A name is resolved once and the connection is made to the very address that was judged, so a name that answers
differently the second time (DNS rebinding) gains nothing.
"""

import ipaddress
import socket
import ssl
from collections.abc import Callable, Iterable

import httpcore2
import httpx2

from yellowbus.errors import NeedsAdmin

_NAT64 = ipaddress.ip_network("64:ff9b::/96")

Resolve = Callable[[str, int], list[str]]


def resolve(host: str, port: int) -> list[str]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def is_public(address: str) -> bool:
    """Whether the internet could reach `address`; of an IPv4 address inside an IPv6 one, that is judged.

    >>> is_public("93.184.215.14"), is_public("10.0.0.4"), is_public("::ffff:127.0.0.1")
    (True, False, False)
    """
    judged = _innermost(ipaddress.ip_address(address.partition("%")[0]))
    return judged.is_global and not judged.is_multicast


def _innermost(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or address


class GuardedBackend(httpcore2.NetworkBackend):
    """Connects to public addresses alone, unless `allow_private`; raises NeedsAdmin for others."""

    def __init__(self, *, allow_private: bool, resolve: Resolve = resolve) -> None:
        self._allow_private = allow_private
        self._resolve = resolve
        self._sockets = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        failure: Exception = httpcore2.ConnectError("no address")
        for address in self._allowed(host, port):
            try:
                return self._sockets.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                failure = error
        raise failure

    def _allowed(self, host: str, port: int) -> list[str]:
        try:
            addresses = self._resolve(host, port)
        except (OSError, UnicodeError) as error:
            raise httpcore2.ConnectError("the name is not known") from error
        allowed = [address for address in addresses if self._allow_private or is_public(address)]
        if addresses and not allowed:
            raise NeedsAdmin("address-refused", host=host)
        return allowed


def guarded_transport(
    backend: GuardedBackend, *, context: ssl.SSLContext, connections: int
) -> httpx2.HTTPTransport:
    """httpx2's own transport, on a pool whose every connection is made by `backend`."""
    transport = httpx2.HTTPTransport(verify=context)
    # httpx2 offers no public way to give its pool a network backend.
    transport._pool = httpcore2.ConnectionPool(  # noqa: SLF001
        ssl_context=context,
        max_connections=connections,
        keepalive_expiry=30,
        network_backend=backend,
    )
    return transport
