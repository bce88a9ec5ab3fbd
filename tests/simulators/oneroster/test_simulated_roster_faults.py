"""Faults, the log and the hooks of the OneRoster provider; over a real connection where that matters."""

import ssl
from collections.abc import Callable, Iterator
from typing import Any

import httpx2
import pytest
from simulated_roster_client import BASES, HOST, RosterClient, ids

from yellowbus.simulators.district import District
from yellowbus.simulators.oneroster import Fault, FaultKind, OneRoster, Options, serve, serve_app
from yellowbus.simulators.oneroster.clients import READING, ROSTER

Connect = Callable[..., RosterClient]


def strike(client: RosterClient, kind: FaultKind, **more: Any) -> None:
    client.app.sis.faults.add(Fault(kind, **more))


@pytest.fixture
def wired(connect: Connect) -> Iterator[RosterClient]:
    client = connect()
    running = serve_app(client.app)
    client.http = httpx2.Client(base_url=running.url, timeout=5)
    yield client
    client.http.close()
    running.stop()


def test_a_token_expires_between_pages(client: RosterClient) -> None:
    strike(client, FaultKind.EXPIRED_TOKEN, skip=2)
    assert [client.ask("/students", limit=10, offset=each).status_code for each in (0, 10, 20, 30)] == [
        200,
        200,
        401,
        401,
    ]
    client.sign_in()
    assert client.ask("/students").status_code == 200


def test_a_fault_without_a_path_spares_the_token(client: RosterClient) -> None:
    strike(client, FaultKind.TOO_MANY, seconds=3)
    assert client.token().status_code == 200
    reply = client.ask("/students")
    assert (reply.status_code, reply.headers["retry-after"]) == (429, "3")


@pytest.mark.parametrize(
    ("kind", "start"),
    [(FaultKind.HTML, "<!DOCTYPE html>"), (FaultKind.XML, "<?xml"), (FaultKind.EMPTY_BODY, "")],
)
def test_a_reply_may_be_no_json_with_200(client: RosterClient, kind: FaultKind, start: str) -> None:
    strike(client, kind)
    reply = client.ask("/students")
    assert (reply.status_code, reply.text[: len(start) or None]) == (200, start)


def test_a_page_may_lack_its_last_row_or_begin_with_the_one_before(client: RosterClient) -> None:
    usual = ids(client.get("/students", limit=11, offset=9)["users"])
    strike(client, FaultKind.SHORT_PAGE)
    assert ids(client.get("/students", limit=10, offset=10)["users"]) == usual[1:-1]
    strike(client, FaultKind.REPEATED)
    assert ids(client.get("/students", limit=10, offset=10)["users"]) == [usual[0], *usual[2:]]


def test_a_row_may_come_without_its_id(client: RosterClient) -> None:
    strike(client, FaultKind.NO_ID)
    assert ["sourcedId" in row for row in client.get("/students", limit=3)["users"]] == [False, True, True]


@pytest.mark.parametrize("kind", [FaultKind.DROPPED, FaultKind.CUT_BODY])
def test_a_connection_breaks(wired: RosterClient, kind: FaultKind) -> None:
    strike(wired, kind)
    with pytest.raises(httpx2.TransportError):
        wired.ask("/students")
    assert wired.ask("/students").status_code == 200


def test_it_speaks_tls() -> None:
    running = serve(District(students=30, seed=3), tls=True, options=Options(root="/api"))
    context = ssl.create_default_context(cadata=running.certificate)
    with httpx2.Client(base_url=running.url, verify=context) as http:
        assert http.get(f"/api{BASES['1.2']}/orgs").status_code == 401
        assert http.get(f"{BASES['1.2']}/orgs").status_code == 404
    running.stop()


# --- hooks ---


@pytest.fixture
def http(roster_district: District) -> httpx2.Client:
    """A test in another process, before any client is made."""
    app = OneRoster(roster_district)
    return httpx2.Client(transport=httpx2.WSGITransport(app=app), base_url=HOST)


def test_a_client_is_made_by_a_hook_and_signs_in(http: httpx2.Client) -> None:
    made = http.post("/simulator/clients", json={"name": "Sync"}).json()
    assert (made["scopes"], made["enabled"]) == (sorted(READING), True)
    assert http.get("/simulator/clients").json() == {"clients": [made]}
    scope = "https://purl.imsglobal.org/spec/or/v1p2/scope/roster.readonly"
    form = {"grant_type": "client_credentials", "scope": scope}
    auth = (made["client_id"], made["client_secret"])
    token = http.post("/oauth/token", auth=auth, data=form).json()["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    assert http.get(f"{BASES['1.2']}/orgs", headers=headers).status_code == 200
    changed = http.patch(f"/simulator/clients/{made['client_id']}", json={"enabled": False}).json()
    assert changed == {**made, "enabled": False}
    assert http.get(f"{BASES['1.2']}/orgs", headers=headers).status_code == 401


def test_scopes_may_be_taken_away(client: RosterClient) -> None:
    path = f"/simulator/clients/{client.client.id}"
    assert client.ask("/demographics").status_code == 200
    client.http.patch(path, json={"scopes": [ROSTER]})
    assert (client.ask("/demographics").status_code, client.ask("/students").status_code) == (403, 200)


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "clients", {"scopes": ["everything"]}, 400),
        ("PATCH", "clients/nobody", {}, 404),
        ("GET", "clients/nobody", None, 404),
        ("GET", "shoes", None, 404),
        ("PATCH", "options", {"href": "sideways"}, 400),
    ],
)
def test_a_hook_that_is_not_understood_says_so(
    http: httpx2.Client, method: str, path: str, body: Any, status: int
) -> None:
    reply = http.request(method, f"/simulator/{path}", json=body)
    assert (reply.status_code, list(reply.json())) == (status, ["message"])


def test_switches_are_turned_while_it_runs(client: RosterClient) -> None:
    before = client.get("/students/s-801")["user"]["grades"]
    shown = client.http.patch("/simulator/options", json={"grades": "words", "maximum_limit": 5}).json()
    assert (shown["grades"], shown["maximum_limit"]) == ("words", 5)
    assert client.get("/students/s-801")["user"]["grades"] != before
    assert len(client.get("/students")["users"]) == 5


def test_the_log_counts_by_pattern_and_holds_no_id(client: RosterClient) -> None:
    client.http.delete("/simulator/log")
    for path in ("/students/s-801", "/students/s-802", "/schools/org-701/classes/class-701-1000/students"):
        client.get(path)
    client.ask("/shoes")
    base = BASES["1.1"]
    assert client.http.get("/simulator/log").json()["counts"] == {
        "GET (unknown)": 1,
        f"GET {base}/schools/{{schools}}/classes/{{classes}}/students": 1,
        f"GET {base}/students/{{id}}": 2,
    }
    assert "s-801" not in client.http.get("/simulator/log").text


def test_tokens_are_revoked_by_a_hook(client: RosterClient) -> None:
    assert client.http.delete("/simulator/tokens").json() == {"revoked": 1}
    assert client.ask("/orgs").status_code == 401
