"""A client that speaks to a simulated OneRoster provider, by OAuth 2 or by a signature of oauthlib's making."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import httpx2
from oauthlib import oauth1

from yellowbus.simulators.oneroster import OneRoster
from yellowbus.simulators.oneroster.clients import READING, Client, scope_uri

BASES = {"1.1": "/ims/oneroster/v1p1", "1.2": "/ims/oneroster/rostering/v1p2"}
HOST = "https://roster.example.org"


@dataclass
class RosterClient:
    app: OneRoster
    http: httpx2.Client
    client: Client
    version: str = "1.1"
    headers: dict[str, str] = field(default_factory=dict)

    def token(self, *, scopes: tuple[str, ...] = READING, **more: Any) -> httpx2.Response:
        uris = [scope_uri(name, version) for name in scopes for version in self.app.sis.options.versions]
        data = {"grant_type": "client_credentials", "scope": " ".join(uris), **more}
        return self.http.post("/oauth/token", auth=(self.client.id, self.client.secret), data=data)

    def sign_in(self, **more: Any) -> None:
        self.headers = {"Authorization": f"Bearer {self.token(**more).json()['access_token']}"}

    def ask(self, path: str, **query: Any) -> httpx2.Response:
        return self.http.get(BASES[self.version] + path, params=query or None, headers=self.headers)

    def get(self, path: str, **query: Any) -> Any:
        reply = self.ask(path, **query)
        assert reply.status_code == 200, reply.text
        return reply.json()

    def signed(self, path: str, method: str = oauth1.SIGNATURE_HMAC_SHA256, **query: Any) -> httpx2.Response:
        signer = oauth1.Client(self.client.id, client_secret=self.client.secret, signature_method=method)
        text = f"?{urlencode(query)}" if query else ""
        url, headers, _ = signer.sign(f"{HOST}{BASES[self.version]}{path}{text}")
        return self.http.get(url, headers=headers)


def ids(rows: list[dict[str, Any]]) -> list[str]:
    return [row["sourcedId"] for row in rows]
