"""A client that speaks to a simulated Qmlativ as an integration does."""

import base64
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import httpx2

from yellowbus.simulators.qmlativ import BASE, Access, Qmlativ

HOST = "https://qmlativ.example.org"
DISTRICT = 2


def basic(key: str, secret: str, *, encoded: bool = True) -> dict[str, str]:
    """Style A's header: key and secret URL-encoded before they are joined (4)."""
    pair = f"{quote(key, safe='')}:{quote(secret, safe='')}" if encoded else f"{key}:{secret}"
    return {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}


@dataclass
class Client:
    app: Qmlativ
    http: httpx2.Client
    access: Access
    secret: str
    headers: dict[str, str] = field(default_factory=dict)

    def token(self, **more: str) -> httpx2.Response:
        """Ask for a token in style A."""
        return self.http.post(
            f"{BASE}/oauth/token",
            headers=basic(self.access.key, self.secret),
            data={"grant_type": "client_credentials", **more},
        )

    def sign_in(self) -> None:
        self.headers = {"Authorization": f"Bearer {self.token().json()['access_token']}"}

    def ask(self, path: str, *fields: str, **query: Any) -> httpx2.Response:
        return self.http.get(BASE + path, params=pairs(fields, query), headers=self.headers)

    def get(self, path: str, *fields: str, **query: Any) -> Any:
        reply = self.ask(path, *fields, **query)
        assert reply.status_code == 200, reply.text
        return reply.json()

    def search(self, path: str, *fields: str, body: Any = None, **query: Any) -> httpx2.Response:
        return self.http.post(
            f"{BASE}{path}", params=pairs(fields, query), headers=self.headers, json=body or {}
        )

    def rows(
        self, path: str, *fields: str, body: Any = None, entity: int = DISTRICT, **query: Any
    ) -> list[dict[str, Any]]:
        """Every row of an object, page by page as Paging.Next says."""
        at: str | None = f"/Custom/{entity}/{path}/1/500"
        found: list[dict[str, Any]] = []
        while at:
            reply = self.search(at, *fields, body=body, **query)
            assert reply.status_code == 200, reply.text
            page = reply.json()
            found += page["Objects"]
            at = page["Paging"]["Next"]
        return found

    def where(self, path: str, name: str, kind: str, *given: Any, wrapper: str = "Long", **query: Any) -> Any:
        """The rows for which one condition holds, each with its key alone."""
        value = {"List": list(given)} if kind in {"List", "NotList"} else {"Value": given[0]} if given else {}
        typed = {"FieldName": name, "ConditionType": kind, **value}
        return self.rows(path, body={"SearchCondition": {f"{wrapper}SearchCondition": typed}}, **query)


def pairs(fields: tuple[str, ...], query: dict[str, Any]) -> list[tuple[str, str]]:
    """searchFields repeated, and the other parameters."""
    return [*(("searchFields", name) for name in fields), *((name, str(v)) for name, v in query.items())]
