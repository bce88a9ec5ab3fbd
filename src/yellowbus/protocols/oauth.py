"""Signing in: OAuth 2 client credentials, and OAuth 1.0a without a token (oneroster dossier 1.2).

Both are `net.Signer`s, safe to call from several threads.
"""

import base64
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Final, Protocol
from urllib.parse import urlencode

import httpx2
import msgspec
from oauthlib import oauth1

from yellowbus.errors import NeedsAdmin
from yellowbus.protocols.net import Door, Reply, Signer

_HOUR: Final = 3600.0
_EARLY: Final = 60.0
# What a client learns from a refusal by RFC 6749 5.2: these say that the id or the secret is wrong.
_LOGIN: Final = frozenset({"invalid_client", "unauthorized_client", "access_denied"})


@dataclass(frozen=True, slots=True)
class Account:
    """An id and its secret. `system` is what a person calls the other side, `where` where they copy both again."""

    id: str
    secret: str = field(repr=False)
    system: str
    where: str

    def refused(self) -> NeedsAdmin:
        return NeedsAdmin("credentials-refused", system=self.system, where=self.where)


class Credentials(Signer, Protocol):
    """A signer that knows whether the other side has taken the account, so that a later 401 speaks of a right."""

    @property
    def accepted(self) -> bool: ...

    def refusal(self) -> NeedsAdmin:
        """The error for an account that is not taken."""

    def ready(self) -> None:
        """Sign in where that is a request of its own, so that its cookies go with the next one (aeries dossier 14.2)."""


class _Way(Enum):
    """How the id and the secret travel to the token endpoint."""

    BASIC = "basic"
    FORM = "form"


class ClientCredentials:
    """One bearer for all threads, asked for once and renewed when it is old or no longer taken.

    `addresses` are tried in their order until one is a token endpoint; `scopes` are asked for, and those not
    granted are in `missing_scopes`.
    """

    def __init__(
        self,
        door: Door,
        account: Account,
        *,
        addresses: Sequence[str],
        scopes: Sequence[str] = (),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._door = door
        self._account = account
        self._addresses = tuple(addresses)
        self._scopes = tuple(scopes)
        self._clock = clock
        self._lock = threading.Lock()
        self._known: tuple[str, _Way] | None = None
        self._bearer = ""
        self._until = 0.0
        self._granted: frozenset[str] | None = None

    @property
    def accepted(self) -> bool:
        return self._granted is not None

    @property
    def missing_scopes(self) -> tuple[str, ...]:
        """The scopes asked for that were not granted; an answer that names none grants all (RFC 6749 5.1)."""
        return tuple(scope for scope in self._scopes if self._granted and scope not in self._granted)

    def refusal(self) -> NeedsAdmin:
        return self._account.refused()

    def ready(self) -> None:
        self.bearer()

    def sign(self, request: httpx2.Request) -> None:
        request.headers["Authorization"] = f"Bearer {self.bearer()}"

    def refused(self, request: httpx2.Request, reply: Reply) -> bool:  # noqa: ARG002 - any 401 may be an old token
        with self._lock:
            # Another thread may have renewed it already.
            if request.headers["Authorization"] == f"Bearer {self._bearer}":
                self._bearer = ""
        return True

    def bearer(self) -> str:
        """The bearer in use. Raises NeedsAdmin where the account is not taken."""
        with self._lock:
            if not self._bearer or self._clock() >= self._until:
                self._keep(self._asked())
            return self._bearer

    def _keep(self, reply: Reply) -> None:
        answer = _object(reply)
        bearer = answer.get("access_token")
        if not isinstance(bearer, str) or not bearer:
            raise reply.not_understood("an access token")
        lasts = _seconds(answer.get("expires_in"))
        named = answer.get("scope")
        self._bearer = bearer
        self._until = self._clock() + max(lasts - _EARLY, lasts / 2)
        self._granted = frozenset(named.split()) if isinstance(named, str) else frozenset()

    def _asked(self) -> Reply:
        """The answer of the first address that gives a token, by the first way that it takes."""
        if self._known is not None:
            return self._judged(self._ask(*self._known))
        host = ""
        for address in self._addresses:
            reply = self._ask(address, _Way.BASIC)
            host = reply.host
            if _is_endpoint(reply):
                return self._settled(address, reply)
        raise NeedsAdmin("token-address", host=host)

    def _settled(self, address: str, reply: Reply) -> Reply:
        """Some take the account only as form fields (oneroster dossier 1.2), and say so as "invalid_client"."""
        if reply.status != 200 and _fault(reply) != "invalid_scope":
            in_form = self._ask(address, _Way.FORM)
            if in_form.status == 200:
                self._known = (address, _Way.FORM)
                return in_form
        judged = self._judged(reply)
        self._known = (address, _Way.BASIC)
        return judged

    def _judged(self, reply: Reply) -> Reply:
        if reply.status == 200:
            return reply
        fault = _fault(reply)
        if fault == "invalid_scope":
            names = ", ".join(scope.rpartition("/")[2] for scope in self._scopes) or "none"
            raise NeedsAdmin("scopes-refused", host=reply.host, scopes=names)
        if reply.status in {401, 403} or fault in _LOGIN:
            raise self._account.refused()
        raise reply.not_understood("an access token")

    def _ask(self, address: str, way: _Way) -> Reply:
        form = {"grant_type": "client_credentials"}
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
        if self._scopes:
            form["scope"] = " ".join(self._scopes)
        if way is _Way.BASIC:
            pair = f"{self._account.id}:{self._account.secret}".encode()
            headers["Authorization"] = f"Basic {base64.b64encode(pair).decode('ascii')}"
        else:
            form |= {"client_id": self._account.id, "client_secret": self._account.secret}
        body = urlencode(form).encode("ascii")
        return self._door.send("POST", address, content=body, headers=headers, repeat=True)


class Signature(Enum):
    """How an OAuth 1.0a request is signed."""

    SHA1 = oauth1.SIGNATURE_HMAC_SHA1
    SHA256 = oauth1.SIGNATURE_HMAC_SHA256


class SignedRequests:
    """OAuth 1.0a with a key and its secret and no token, the signature in the header."""

    accepted: Final = False

    def __init__(self, account: Account, signature: Signature) -> None:
        self._account = account
        self._signature = signature

    def refusal(self) -> NeedsAdmin:
        return self._account.refused()

    def ready(self) -> None:
        """Each request brings its own signature."""

    def sign(self, request: httpx2.Request) -> None:
        client = oauth1.Client(
            self._account.id, client_secret=self._account.secret, signature_method=self._signature.value
        )
        _, headers, _ = client.sign(str(request.url), http_method=request.method)
        request.headers["Authorization"] = headers["Authorization"]

    def refused(self, request: httpx2.Request, reply: Reply) -> bool:  # noqa: ARG002 - the contract of Signer
        return False


def _is_endpoint(reply: Reply) -> bool:
    """Whether this is the token endpoint at all.

    One live Aeries answers a bare 400 at the address without a slash (aeries dossier 14.1).
    """
    if reply.status in {404, 405} or 300 <= reply.status < 400 or reply.is_html:
        return False
    return reply.status != 400 or bool(_fault(reply))


def _fault(reply: Reply) -> str:
    named = _object(reply).get("error")
    return named if isinstance(named, str) else ""


def _object(reply: Reply) -> Mapping[str, Any]:
    try:
        value = msgspec.json.decode(reply.body)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return {}
    return value if isinstance(value, dict) else {}


def _seconds(expires_in: object) -> float:
    """A number, also as text; an hour where it is neither."""
    told = str(expires_in)
    return float(told) if told.isdigit() else _HOUR
