"""OAuth tokens: POST /oauth/access_token and who a bearer is (powerschool dossier 4)."""

import base64
import binascii
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import parse_qs

from yellowbus.simulators.exchange import RefusedError, Reply, Request, as_json
from yellowbus.simulators.powerschool.options import Options
from yellowbus.simulators.powerschool.plugins import Plugin, Plugins

EXPIRED = "The access token has expired"


@dataclass(frozen=True, slots=True)
class Token:
    text: str
    plugin: Plugin
    client_id: str
    ends: float


class Tokens:
    def __init__(self, plugins: Plugins, options: Options, clock: Callable[[], float]) -> None:
        self._plugins = plugins
        self.options = options
        self._clock = clock
        self._known: dict[str, Token] = {}

    def answer(self, request: Request) -> Reply:
        """The token end point."""
        plugin = self._plugins.by_credentials(*_basic(request))
        if plugin is None:
            return as_json(
                {"error": "invalid_client", "error_description": "Client authentication failed"}, 401
            )
        if parse_qs(request.body.decode("utf-8", "replace")).get("grant_type") != ["client_credentials"]:
            return as_json({"error": "unsupported_grant_type"}, 400)
        token = self._token(plugin)
        seconds = int(token.ends - self._clock())
        body: dict[str, object] = {"access_token": token.text}
        if self.options.with_token_type:
            body["token_type"] = "Bearer"  # noqa: S105  the kind of token, not one
        body["expires_in"] = str(seconds) if self.options.expires_in_as_text else seconds
        return as_json(body)

    def bearer(self, request: Request) -> Plugin:
        """The plugin that asks; raises RefusedError with the 401 of 4 where the token is missing, old or
        unknown.
        """
        scheme, _, text = request.headers.get("authorization", "").partition(" ")
        token = self._known.get(text.strip()) if scheme.lower() == "bearer" else None
        if token is None or not self._valid(token):
            raise RefusedError(refusal())
        return token.plugin

    def revoke_all(self) -> int:
        """Every token is worth nothing from now on; how many that were."""
        count = len(self._known)
        self._known.clear()
        return count

    def _valid(self, token: Token) -> bool:
        plugin = token.plugin
        return token.ends > self._clock() and plugin.enabled and plugin.client_id == token.client_id

    def _token(self, plugin: Plugin) -> Token:
        for token in self._known.values():
            if self.options.same_token and token.plugin is plugin and self._valid(token):
                return token
        token = Token(
            self._plugins.uuid(), plugin, plugin.client_id, self._clock() + self.options.token_lifetime
        )
        self._known[token.text] = token
        return token


def refusal() -> Reply:
    """Expired or unknown bearer: 401 with the header and an empty body (14, E2)."""
    says = f'Bearer error="invalid_token",realm="PowerSchool",error_description="{EXPIRED}"'
    return Reply(401, headers=(("WWW-Authenticate", says),))


def _basic(request: Request) -> tuple[str, str]:
    scheme, _, coded = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return "", ""
    try:
        client_id, _, secret = base64.b64decode(coded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return client_id, secret
