"""A client that speaks to a simulated Aeries server as a product of its API Security page does."""

from dataclasses import dataclass
from typing import Any

import httpx2

from yellowbus.simulators.aeries import Aeries, Product
from yellowbus.simulators.aeries.records import Record
from yellowbus.simulators.oneroster.clients import READING, scope_uri

HOST = "https://district.aeries.example.org"
ROSTER = "/ims/oneroster/v1p1"


@dataclass
class AeriesClient:
    app: Aeries
    http: httpx2.Client
    product: Product
    roster_product: Product
    root: str = "/aeries"
    bearer: str = ""

    def ask(
        self, path: str, *, certificate: str | None = None, version: int = 5, **more: Any
    ) -> httpx2.Response:
        headers = {"AERIES-CERT": self.product.certificate if certificate is None else certificate}
        headers |= more.pop("headers", {})
        return self.http.get(f"{self.root}/api/v{version}{path}", params=more or None, headers=headers)

    def get(self, path: str, **more: Any) -> Any:
        reply = self.ask(path, **more)
        assert reply.status_code == 200, reply.text
        return reply.json()

    def token(
        self, path: str = "/token", *, scopes: tuple[str, ...] = READING, **data: str
    ) -> httpx2.Response:
        client = self.roster_product.client
        assert client is not None
        asked = " ".join(scope_uri(name, "1.1") for name in scopes)
        form = {"grant_type": "client_credentials", "scope": asked, **data}
        return self.http.post(self.root + path, auth=(client.id, client.secret), data=form)

    def roster(self, path: str, **query: Any) -> httpx2.Response:
        self.bearer = self.bearer or self.token().json()["access_token"]
        headers = {"Authorization": f"Bearer {self.bearer}"}
        return self.http.get(f"{self.root}{ROSTER}{path}", params=query or None, headers=headers)

    def records(self, year: str = "") -> list[Record]:
        """What the simulator itself holds, school by school."""
        database = self.app.sis.databases.of(year)
        return [record for records in database.by_school.values() for record in records]
