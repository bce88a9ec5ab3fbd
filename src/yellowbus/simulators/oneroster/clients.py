"""Who may ask: clients with their id, secret and scopes, and the tokens given to them (oneroster dossier 1.2)."""

import base64
import binascii
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random
from urllib.parse import parse_qs

import msgspec

from yellowbus.simulators.exchange import RefusedError, Reply, Request
from yellowbus.simulators.oneroster.options import Options

SCOPE_BASE = "https://purl.imsglobal.org/spec/or"
SCOPE_VERSIONS = {"1.1": "v1p1", "1.2": "v1p2"}
CORE, ROSTER, DEMOGRAPHICS = "roster-core.readonly", "roster.readonly", "roster-demographics.readonly"
SCOPES = (
    ROSTER,
    CORE,
    DEMOGRAPHICS,
    "resource.readonly",
    "gradebook.readonly",
    "gradebook.createput",
    "gradebook.delete",
)
READING = (ROSTER, CORE, DEMOGRAPHICS)


def scope_uri(name: str, version: str) -> str:
    return f"{SCOPE_BASE}/{SCOPE_VERSIONS[version]}/scope/{name}"


@dataclass(slots=True, eq=False)
class Client:
    id: str
    secret: str
    name: str
    scopes: frozenset[str]
    enabled: bool = True


@dataclass(slots=True)
class Clients:
    seed: int
    digits: int = 64
    _known: dict[str, Client] = field(default_factory=dict)
    _chance: Random = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._chance = Random(f"clients-{self.seed}")

    def add(self, name: str, scopes: tuple[str, ...] = READING) -> Client:
        """A new client with an id and a secret of 64 hex digits each (aeries dossier 13)."""
        if unknown := set(scopes) - set(SCOPES):
            raise ValueError(f"There are no scopes {sorted(unknown)}; there are {', '.join(SCOPES)}.")
        client = Client(self.code(), self.code(), name, frozenset(scopes))
        self._known[client.id] = client
        return client

    def code(self) -> str:
        return f"{self._chance.getrandbits(4 * self.digits):0{self.digits}x}"

    def by_id(self, client_id: str) -> Client | None:
        client = self._known.get(client_id)
        return client if client is not None and client.enabled else None

    def all(self) -> list[Client]:
        return list(self._known.values())


@dataclass(frozen=True, slots=True)
class Token:
    text: str
    client: Client
    scopes: frozenset[str]
    ends: float


@dataclass(slots=True)
class Tokens:
    clients: Clients
    options: Options
    clock: Callable[[], float]
    _known: dict[str, Token] = field(default_factory=dict, repr=False)

    def answer(self, request: Request) -> Reply:
        """The token address: client credentials by Basic header or form, with scopes."""
        form = {key: values[0] for key, values in parse_qs(request.body.decode("utf-8", "replace")).items()}
        client = self._client(request, form)
        # aeries dossier 14.2: older clients got a token with Basic alone and an empty body.
        if form.get("grant_type", "" if self.options.scope_required else "client_credentials") != (
            "client_credentials"
        ):
            raise _refuse("unsupported_grant_type")
        token = self._give(client, self._scopes(client, form.get("scope", "")))
        body = {
            "access_token": token.text,
            "token_type": "bearer",
            "expires_in": self.options.token_lifetime,
            "scope": " ".join(sorted(token.scopes)),
        }
        return Reply(200, msgspec.json.encode(body), "application/json")

    def bearer(self, request: Request) -> Token | None:
        """The token that a request brings, if it is a good one."""
        scheme, _, text = request.headers.get("authorization", "").partition(" ")
        token = self._known.get(text.strip()) if scheme.lower() == "bearer" else None
        if token is None or token.ends <= self.clock() or self.clients.by_id(token.client.id) is None:
            return None
        return token

    def revoke_all(self) -> int:
        """Every token is worth nothing from now on; how many that were."""
        count = len(self._known)
        self._known.clear()
        return count

    def _client(self, request: Request, form: Mapping[str, str]) -> Client:
        for client_id, secret in (self._basic(request), self._form(form)):
            client = self.clients.by_id(client_id)
            if client is not None and client.secret == secret:
                return client
        raise _refuse("invalid_client", 401)

    def _basic(self, request: Request) -> tuple[str, str]:
        return basic(request) if self.options.token_basic else ("", "")

    def _form(self, form: Mapping[str, str]) -> tuple[str, str]:
        return (
            (form.get("client_id", ""), form.get("client_secret", ""))
            if self.options.token_form
            else ("", "")
        )

    def _scopes(self, client: Client, asked: str) -> frozenset[str]:
        """Those of the asked that the client has; without any, all where that is let through."""
        granted = {scope_uri(name, version) for name in client.scopes for version in self.options.versions}
        if not asked.strip() and not self.options.scope_required:
            return frozenset(granted)
        found = granted & set(asked.split())
        if not found:
            raise _refuse("invalid_scope")
        return frozenset(found)

    def _give(self, client: Client, scopes: frozenset[str]) -> Token:
        text = self.clients.code()[:32]
        token = Token(text, client, scopes, self.clock() + self.options.token_lifetime)
        self._known[text] = token
        return token


def basic(request: Request) -> tuple[str, str]:
    """Name and password of a Basic header, both blank where there is none."""
    scheme, _, coded = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return "", ""
    try:
        name, _, secret = base64.b64decode(coded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return name, secret


def _refuse(error: str, status: int = 400) -> RefusedError:
    """RFC 6749 (aeries dossier 14.2)."""
    return RefusedError(Reply(status, msgspec.json.encode({"error": error}), "application/json"))
