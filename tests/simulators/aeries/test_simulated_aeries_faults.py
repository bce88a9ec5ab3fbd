"""Aeries dossier 15: faults, the log, the hooks; over a real connection where that matters."""

import ssl
from collections.abc import Callable, Iterator
from typing import Any

import httpx2
import pytest
from simulated_aeries_client import AeriesClient

from yellowbus.simulators.aeries import Aeries, Fault, FaultKind, Options, serve, serve_app
from yellowbus.simulators.district import District

Connect = Callable[..., AeriesClient]
STUDENTS = "/schools/701/students"


@pytest.fixture
def wired(connect: Connect) -> Iterator[AeriesClient]:
    """A client that speaks over a real connection."""
    client = connect()
    running = serve_app(client.app)
    client.http = httpx2.Client(base_url=running.url, timeout=5)
    yield client
    client.http.close()
    running.stop()


def strike(client: AeriesClient, kind: FaultKind, **more: Any) -> None:
    client.app.sis.faults.add(Fault(kind, **more))


@pytest.mark.parametrize("status", [500, 501, 502, 503, 504])
def test_section_10_a_server_error_strikes_once(client: AeriesClient, status: int) -> None:
    strike(client, FaultKind.SERVER_ERROR, status=status)
    assert [client.ask(STUDENTS).status_code for _ in range(2)] == [status, 200]


@pytest.mark.parametrize(("seconds", "header"), [(None, None), (7, "7")])
def test_too_many_requests_with_and_without_retry_after(
    client: AeriesClient, seconds: float | None, header: str | None
) -> None:
    strike(client, FaultKind.TOO_MANY, seconds=seconds)
    reply = client.ask(STUDENTS)
    assert (reply.status_code, reply.headers.get("retry-after")) == (429, header)


def test_section_1_a_login_page_comes_with_200(client: AeriesClient) -> None:
    strike(client, FaultKind.HTML)
    reply = client.ask(STUDENTS)
    assert (reply.status_code, reply.headers["content-type"]) == (200, "text/html;charset=UTF-8")


def test_xml_comes_where_json_was_asked_for(client: AeriesClient) -> None:
    strike(client, FaultKind.XML)
    assert client.ask(STUDENTS).text.startswith("<?xml")


def test_section_10_an_error_may_echo_the_certificate(client: AeriesClient) -> None:
    strike(client, FaultKind.ECHOED_SECRET)
    reply = client.ask(STUDENTS)
    assert (reply.status_code, client.product.certificate in reply.json()["Message"]) == (401, True)
    assert client.ask(STUDENTS).status_code == 200


def test_a_short_page_and_a_repeated_row(client: AeriesClient) -> None:
    usual = client.get(STUDENTS, StartingRecord=11, EndingRecord=20)
    before = client.get(STUDENTS, StartingRecord=10, EndingRecord=10)
    strike(client, FaultKind.SHORT_PAGE)
    assert client.get(STUDENTS, StartingRecord=11, EndingRecord=20) == usual[:-1]
    strike(client, FaultKind.REPEATED)
    assert client.get(STUDENTS, StartingRecord=11, EndingRecord=20) == [*before, *usual[1:]]


def test_a_student_may_come_without_an_id(client: AeriesClient) -> None:
    strike(client, FaultKind.NO_ID)
    rows = client.get(STUDENTS)
    assert ["StudentID" in row for row in rows[:3]] == [False, True, True]


def test_a_roster_token_expires_in_the_middle(client: AeriesClient) -> None:
    strike(client, FaultKind.EXPIRED_TOKEN, path="*/students", skip=1)
    assert [client.roster("/students", offset=each).status_code for each in (0, 1, 2)] == [200, 401, 401]
    client.bearer = ""
    assert client.roster("/students").status_code == 200


def test_maintenance_leads_to_a_page(client: AeriesClient) -> None:
    strike(client, FaultKind.MAINTENANCE)
    reply = client.ask(STUDENTS)
    assert reply.status_code == 302
    assert "Aeries page unavailable" in client.http.get(reply.headers["location"]).text


@pytest.mark.parametrize("kind", [FaultKind.DROPPED, FaultKind.CUT_BODY])
def test_a_connection_breaks(wired: AeriesClient, kind: FaultKind) -> None:
    strike(wired, kind)
    with pytest.raises(httpx2.TransportError):
        wired.ask(STUDENTS)
    assert wired.ask(STUDENTS).status_code == 200


def test_an_answer_that_does_not_come(wired: AeriesClient) -> None:
    strike(wired, FaultKind.HANG)
    with pytest.raises(httpx2.ReadTimeout):
        wired.http.get(f"/aeries/api/v5{STUDENTS}", timeout=0.2)


def test_section_15_it_speaks_tls() -> None:
    running = serve(District(students=30, seed=3), tls=True)
    context = ssl.create_default_context(cadata=running.certificate)
    with httpx2.Client(base_url=running.url, verify=context) as http:
        assert http.get("/aeries/api/v5/systeminfo").json()["DatabaseYear"] == "2026-2027"
    running.stop()


# --- log and hooks ---


def test_the_log_counts_by_pattern_and_holds_no_id(client: AeriesClient) -> None:
    for number in (200003, 200006):
        client.ask(f"/schools/701/students/{number}")
    client.roster("/students/STU_200003")
    client.http.get("/nowhere")
    assert client.http.get("/simulator/log").json()["counts"] == {
        "GET (unknown)": 1,
        "GET /aeries/api/v5/schools/{school}/students/{student}": 2,
        "GET /aeries/ims/oneroster/v1p1/students/{id}": 1,
        "POST /aeries/token": 1,
    }


def test_switches_are_turned_by_a_hook(client: AeriesClient) -> None:
    assert client.http.patch("/simulator/options", json={"student_by_id_scope": "school"}).status_code == 200
    assert client.app.sis.options == Options(student_by_id_scope=client.app.sis.options.student_by_id_scope)
    student = client.get(STUDENTS)[0]["StudentID"]
    assert client.get(f"/schools/900/students/{student}") == []
    inner = client.http.get("/simulator/options").json()["oneroster"]
    reply = client.http.patch("/simulator/options", json={"oneroster": {**inner, "with_total": False}})
    assert reply.status_code == 200
    assert "x-total-count" not in client.roster("/orgs").headers


def test_faults_and_changes_are_set_by_hooks() -> None:
    app = Aeries(District(students=60, seed=3))
    http = httpx2.Client(
        transport=httpx2.WSGITransport(app=app), base_url="https://sis.example.org/simulator/"
    )
    shown = http.post("faults", json={"kind": "html"}).json()["faults"]
    assert [(fault["kind"], fault["path"]) for fault in shown] == [("html", "*/api/v*")]
    changes = http.post("change", json={"share": 0.2, "seed": 5}).json()
    assert len(changes["changed"]) >= 12
    assert http.delete("tokens").json() == {"revoked": 0}
    assert http.get("district").json()["students"] == len(app.sis.district.students)
