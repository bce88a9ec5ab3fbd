"""Checking a request signed by OAuth 1.0a without a token (oneroster dossier 1.2)."""

import base64
import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from yellowbus.simulators.exchange import Request
from yellowbus.simulators.oneroster.clients import Client, Clients
from yellowbus.simulators.oneroster.options import Options, Signing

DIGESTS: Mapping[str, Callable[..., "hashlib._Hash"]] = {
    Signing.SHA1.value: hashlib.sha1,
    Signing.SHA256.value: hashlib.sha256,
}
DEFAULT_PORTS = {"http": ":80", "https": ":443"}


def _percent(text: str) -> str:
    return quote(text, safe="-._~")


def header_parameters(header: str) -> dict[str, str]:
    """The parts of `OAuth k="v", …`; empty for another scheme."""
    scheme, _, rest = header.partition(" ")
    if scheme.lower() != "oauth":
        return {}
    pairs = (part.strip().partition("=") for part in rest.split(","))
    return {unquote(name): unquote(value.strip('"')) for name, _, value in pairs if name}


def base_string(method: str, url: str, pairs: list[tuple[str, str]]) -> str:
    """RFC 5849, 3.4.1: what is signed. Scheme and host in lower case, the default port and the query dropped."""
    parts = urlsplit(url)
    host = parts.netloc.lower().removesuffix(DEFAULT_PORTS.get(parts.scheme, ":"))
    coded = sorted((_percent(name), _percent(value)) for name, value in pairs if name != "oauth_signature")
    listed = "&".join(f"{name}={value}" for name, value in coded if name != "realm")
    return "&".join(
        _percent(part) for part in (method.upper(), f"{parts.scheme}://{host}{parts.path}", listed)
    )


def signature(text: str, secret: str, method: str) -> str:
    """The signing key is the secret, percent-encoded, and an ampersand: there is no token."""
    digest = hmac.new(f"{_percent(secret)}&".encode(), text.encode(), DIGESTS[method])
    return base64.b64encode(digest.digest()).decode()


@dataclass(slots=True)
class Signatures:
    clients: Clients
    options: Options
    clock: Callable[[], float]
    _nonces: set[tuple[str, str]] = field(default_factory=set, repr=False)

    def client(self, request: Request) -> Client | None:
        """Who signed this request, or None where the signature is not right."""
        given = header_parameters(request.headers.get("authorization", ""))
        client = self.clients.by_id(given.get("oauth_consumer_key", ""))
        method = given.get("oauth_signature_method", "")
        if client is None or method not in {each.value for each in self.options.signing}:
            return None
        pairs = [*given.items(), *parse_qsl(request.raw_query, keep_blank_values=True)]
        text = base_string(request.method, self._url(request), pairs)
        right = signature(text, client.secret, method)
        if not hmac.compare_digest(right.encode(), given.get("oauth_signature", "").encode()):
            return None
        return client if self._fresh(given) else None

    def _url(self, request: Request) -> str:
        """As seen from outside (1.2)."""
        return (self.options.outer_url or request.base_url) + quote(request.path, safe="/-._~:@")

    def _fresh(self, given: Mapping[str, str]) -> bool:
        stamp, window = given.get("oauth_timestamp", ""), self.options.timestamp_window
        if not stamp.isdigit() or (window and abs(self.clock() - int(stamp)) > window):
            return False
        once = (given.get("oauth_nonce", ""), stamp)
        if self.options.nonce_once and once in self._nonces:
            return False
        self._nonces.add(once)
        return True
