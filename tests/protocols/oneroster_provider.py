"""A small OneRoster provider for one test at a time, in the shapes of oneroster dossier 1, with invented people."""

import base64
import threading
from urllib.parse import parse_qs

import httpx2

from yellowbus.protocols.net import Door, Timing

HOST = "roster.example.org"
ROOT = f"https://{HOST}/api"
ID, SECRET = "consumer", "s3cret&/+= canary"


class Provider:
    """`lists` are what it holds by resource; `answers` replaces the answer to a path; `tokens_live` ends tokens early."""

    def __init__(self, key="v1p1"):
        self.base = "/api/ims/oneroster/" + ("v1p1" if key == "v1p1" else "rostering/v1p2")
        self.key = key
        self.lists = {}
        self.answers = {}
        self.token_path = "/api/token"
        self.form_only = False
        self.scopes = None
        self.most = 10_000
        self.headers = lambda resource, offset, rows: {}
        self.asked = []
        self.tokens = []
        self.live = set()
        self.grants = []
        self._lock = threading.Lock()

    def door(self):
        timing = Timing(clock=lambda: 0.0, now=lambda: 0.0, sleep=lambda _: None, jitter=lambda: 0.5)
        return Door(per_second=1e9, transport=httpx2.MockTransport(self.handle), timing=timing)

    def paths(self):
        return [path.removeprefix(self.base) for path, _ in self.asked if path.startswith(self.base)]

    def handle(self, request):
        path = request.url.path
        with self._lock:
            self.asked.append((path, dict(request.url.params)))
        if path in self.answers:
            return self.answers[path](request)
        if path == self.token_path:
            return self.token(request)
        if path.startswith(self.base + "/"):
            return self.signed(request, path.removeprefix(self.base + "/"))
        return httpx2.Response(404, text="no such page")

    def token(self, request):
        form = {name: values[0] for name, values in parse_qs(request.content.decode()).items()}
        basic = base64.b64encode(f"{ID}:{SECRET}".encode()).decode()
        sent = request.headers.get("authorization") == f"Basic {basic}" and not self.form_only
        sent = sent or (form.get("client_id"), form.get("client_secret")) == (ID, SECRET)
        if not sent:
            return httpx2.Response(401, json={"error": "invalid_client"})
        asked = form.get("scope", "").split()
        self.grants.append(asked)
        if any(f"/{self.key}/" not in scope for scope in asked):
            return httpx2.Response(400, json={"error": "invalid_scope"})
        with self._lock:
            token = f"token-{len(self.tokens) + 1}"
            self.tokens.append(token)
            self.live.add(token)
        granted = asked if self.scopes is None else self.scopes
        body = {
            "access_token": token,
            "token_type": "bearer",
            "expires_in": 21600,
            "scope": " ".join(granted),
        }
        return httpx2.Response(200, json=body)

    def signed(self, request, resource):
        if request.headers.get("authorization", "").removeprefix("Bearer ") not in self.live:
            return httpx2.Response(401, json={"statusInfoSet": [{"imsx_codeMajor": "failure"}]})
        return self.resource(request, resource)

    def resource(self, request, resource):
        name, _, one = resource.partition("/")
        rows = self.lists.get(name)
        if rows is None:
            return httpx2.Response(404, json={"imsx_codeMinor": "unknownobject"})
        key = {"students": "users", "schools": "orgs"}.get(name, name)
        if one:
            found = [row for row in rows if row["sourcedId"] == one]
            return httpx2.Response(200, json={key[:-1]: found[0]}) if found else httpx2.Response(404, json={})
        return self.listed(request, name, key, rows)

    def listed(self, request, name, key, rows):
        params = request.url.params
        offset, limit = int(params.get("offset", 0)), min(int(params.get("limit", 100)), self.most)
        rows = [row for row in rows if _matches(row, params.get("filter", ""))]
        shown = rows[offset : offset + limit]
        return httpx2.Response(200, json={key: shown}, headers=self.headers(name, offset, rows))


def _matches(row, told):
    clauses = [clause.partition("=") for clause in told.split(" AND ")] if told else []
    return all(str(row.get(field)) == value[1:-1].replace("''", "'") for field, _, value in clauses)


def student(number, **more):
    return {
        "sourcedId": f"u-{number:03}",
        "status": "active",
        "dateLastModified": "2026-08-20T17:00:00.000Z",
        "givenName": f"First{number}",
        "familyName": f"Last{number}",
        "role": "student",
        "identifier": f"{200_000 + number}",
        "orgs": [{"href": "~/ims/oneroster/v1p1/orgs/210", "sourcedId": "210", "type": "org"}],
        "grades": ["04"],
    } | more
