"""Faults, over real HTTP where the connection itself matters."""

import ssl
from collections.abc import Callable, Iterator
from typing import Any

import httpx2
import pytest
from qmlativ_client import Client

from yellowbus.simulators.district import District
from yellowbus.simulators.qmlativ import BASE, Fault, FaultKind, Options, serve, serve_app

STUDENTS = "/Custom/2/Student/Student"


@pytest.fixture
def wired(connect: Callable[..., Client]) -> Iterator[Client]:
    """A client that speaks over a real connection."""
    client = connect()
    running = serve_app(client.app)
    client.http = httpx2.Client(base_url=running.url.removesuffix(BASE), timeout=5)
    yield client
    client.http.close()
    running.stop()


def strike(client: Client, kind: FaultKind, **more: Any) -> None:
    client.app.sis.faults.add(Fault(kind, **more))


def keys(client: Client, page: int) -> list[Any]:
    return [
        row.get("StudentID") for row in client.get(f"{STUDENTS}/{page}/100", "StudentID", "Grade")["Objects"]
    ]


@pytest.mark.parametrize("status", [403, 401, 500])
def test_section_4_a_token_expires_in_the_middle_of_reading(
    connect: Callable[..., Client], status: int
) -> None:
    client = connect(Options(expired_status=status))
    strike(client, FaultKind.EXPIRED_TOKEN, skip=2)
    replies = [client.ask(f"{STUDENTS}/{page}/100") for page in (1, 2, 3, 4)]
    assert [reply.status_code for reply in replies] == [200, 200, status, status]
    assert replies[2].json() == replies[3].json() == {"error": "Token has expired"}
    client.sign_in()
    assert client.ask(f"{STUDENTS}/3/100").status_code == 200


def test_a_fault_without_a_path_spares_tokens_and_metadata(client: Client) -> None:
    strike(client, FaultKind.HTML, times=None)
    assert client.token().status_code == 200
    assert client.ask("/Custom/GetSystemMetadata").headers["content-type"].startswith("application/json")
    for root in ("Custom", "Generic"):
        assert client.ask(f"/{root}/2/Student/Student/1/5").headers["content-type"].startswith("text/html")


@pytest.mark.parametrize("status", [500, 503, 504])
def test_section_6_5_overload_and_maintenance_are_html(client: Client, status: int) -> None:
    strike(client, FaultKind.SERVER_ERROR, status=status)
    replies = [client.ask(f"{STUDENTS}/1/5") for _ in range(2)]
    assert [reply.status_code for reply in replies] == [status, 200]
    assert replies[0].headers["content-type"].startswith("text/html")


def test_too_many_requests(client: Client) -> None:
    strike(client, FaultKind.TOO_MANY, seconds=7)
    reply = client.ask(f"{STUDENTS}/1/5")
    assert (reply.status_code, reply.headers["retry-after"]) == (429, "7")


def test_a_page_with_a_row_fewer(client: Client) -> None:
    strike(client, FaultKind.SHORT_PAGE, skip=1)
    assert [len(keys(client, page)) for page in (1, 2, 3)] == [100, 99, 100]


def test_a_row_without_its_key(client: Client) -> None:
    strike(client, FaultKind.NO_ID)
    assert keys(client, 1)[:2] == [None, 4002]
    assert keys(client, 1)[:2] == [4001, 4002]


def test_the_same_row_on_two_pages(client: Client) -> None:
    strike(client, FaultKind.REPEATED, times=None)
    one, two = keys(client, 1), keys(client, 2)
    assert (one[-1], two[0], two[1]) == (4100, 4100, 4102)


def test_a_connection_that_ends_after_the_work_was_done(wired: Client) -> None:
    strike(wired, FaultKind.DROPPED)
    with pytest.raises(httpx2.RemoteProtocolError):
        wired.ask(f"{STUDENTS}/1/5")
    assert wired.app.sis.log.entries[-1].status == 200
    assert wired.ask(f"{STUDENTS}/1/5").status_code == 200


def test_a_body_that_breaks_off(wired: Client) -> None:
    strike(wired, FaultKind.CUT_BODY)
    with pytest.raises(httpx2.RemoteProtocolError):
        wired.ask(f"{STUDENTS}/1/5")


def test_faults_are_set_by_a_hook(client: Client) -> None:
    reply = client.http.post("/simulator/faults", json={"kind": "server-error", "status": 503})
    assert reply.json()["faults"][0]["path"] == f"{BASE}/[CG]*/*/*/*"
    assert client.search(f"{STUDENTS}/1/5").status_code == 503
    assert client.http.get("/simulator/faults").json() == {"faults": []}


def test_served_the_url_is_the_api_base(whole_district: District) -> None:
    running = serve(whole_district, options=Options(api_roots=frozenset({"Generic"})))
    try:
        with httpx2.Client(base_url=running.url) as http:
            made = http.post("/simulator/accesses", json={"name": "Yellowbus"}).json()
            form = {
                "grant_type": "client_credentials",
                "client_id": made["key"],
                "client_secret": made["secret"],
            }
            token = http.post("/oauth/token", data=form).json()["access_token"]
            headers = {"Authorization": f"Bearer {token}"}
            assert http.get("/Generic/GetSystemMetadata", headers=headers).status_code == 200
            assert http.get("/Custom/GetSystemMetadata", headers=headers).status_code == 404
    finally:
        running.stop()
    assert running.url.endswith(BASE)


def test_served_with_tls(whole_district: District, tmp_path: Any) -> None:
    running = serve(whole_district, tls=True)
    try:
        trusted = tmp_path / "simulator.pem"
        trusted.write_text(running.certificate)
        context = ssl.create_default_context(cafile=str(trusted))
        with httpx2.Client(verify=context) as http:
            assert http.get(f"{running.url}/simulator/district").status_code == 200
    finally:
        running.stop()
    assert running.url.startswith("https://127.0.0.1:")
