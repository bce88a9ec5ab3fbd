"""Faults: what the simulator does to a client, over real HTTP where the connection itself matters."""

import ssl
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx2
import pytest
from simulated_client import Client

from yellowbus.simulators.district import District
from yellowbus.simulators.powerschool import Fault, FaultKind, PowerSchool, serve, serve_app

STUDENTS = "/ws/v1/district/student"


@pytest.fixture
def wired(connect: Callable[..., Client]) -> Iterator[Client]:
    """A client that speaks over a real connection."""
    client = connect()
    running = serve_app(client.app)
    client.http = httpx2.Client(base_url=running.url, timeout=5)
    yield client
    client.http.close()
    running.stop()


def strike(client: Client, kind: FaultKind, **more: Any) -> None:
    client.app.sis.faults.add(Fault(kind, **more))


def numbers(client: Client, page: int) -> list[Any]:
    return [s.get("id") for s in client.get(STUDENTS, page=page)["students"]["student"]]


def test_a_token_expires_in_the_middle_of_reading(client: Client) -> None:
    strike(client, FaultKind.EXPIRED_TOKEN, path=STUDENTS, skip=2)
    assert [client.ask(STUDENTS, page=page).status_code for page in (1, 2, 3, 4)] == [200, 200, 401, 401]
    client.sign_in()
    assert client.ask(STUDENTS, page=3).status_code == 200


@pytest.mark.parametrize(("seconds", "header"), [(None, None), (7, "7"), (0.5, "0.5")])
def test_too_many_requests_with_and_without_retry_after(
    client: Client, seconds: float | None, header: str | None
) -> None:
    strike(client, FaultKind.TOO_MANY, seconds=seconds)
    reply = client.ask(STUDENTS)
    assert (reply.status_code, reply.headers.get("retry-after")) == (429, header)
    assert client.ask(STUDENTS).status_code == 200


def test_section_4_too_many_token_calls(client: Client) -> None:
    strike(client, FaultKind.TOO_MANY, path="/oauth/*")
    auth = (client.plugin.client_id, client.plugin.client_secret)
    assert client.http.post("/oauth/access_token", auth=auth).status_code == 429


@pytest.mark.parametrize("status", [500, 503])
def test_section_14_e9_a_server_error_is_html(client: Client, status: int) -> None:
    strike(client, FaultKind.SERVER_ERROR, status=status, times=2)
    replies = [client.ask(STUDENTS) for _ in range(3)]
    assert [r.status_code for r in replies] == [status, status, 200]
    assert replies[0].headers["content-type"].startswith("text/html")


def test_section_14_e7_maintenance_redirects_to_a_page_until_it_is_over(client: Client) -> None:
    strike(client, FaultKind.MAINTENANCE, times=None)
    for _ in range(3):
        reply = client.http.get(STUDENTS, headers=client.headers, follow_redirects=True)
        assert [r.status_code for r in reply.history] == [302]
        assert reply.status_code == 200
        assert "<title>PowerSchool page unavailable</title>" in reply.text
    client.app.sis.faults.clear()
    assert client.ask(STUDENTS).status_code == 200


def test_a_sign_in_page_where_json_was_expected(client: Client) -> None:
    strike(client, FaultKind.HTML)
    reply = client.ask(STUDENTS)
    assert (reply.status_code, reply.headers["content-type"]) == (200, "text/html;charset=UTF-8")


def test_json_that_ends_early_with_a_length_that_agrees(client: Client) -> None:
    strike(client, FaultKind.CUT_JSON)
    reply = client.ask(STUDENTS)
    assert reply.status_code == 200
    with pytest.raises(ValueError, match=r"JSON|Expecting|Unterminated|delimiter"):
        reply.json()


def test_section_14_e8_an_empty_body(client: Client) -> None:
    strike(client, FaultKind.EMPTY_BODY)
    reply = client.ask(STUDENTS)
    assert (reply.status_code, reply.content) == (200, b"")


def test_a_body_that_breaks_off(wired: Client) -> None:
    strike(wired, FaultKind.CUT_BODY)
    with pytest.raises(httpx2.RemoteProtocolError):
        wired.ask(STUDENTS)
    assert wired.ask(STUDENTS).status_code == 200


def test_a_connection_that_ends_after_the_work_was_done(wired: Client) -> None:
    strike(wired, FaultKind.DROPPED)
    with pytest.raises(httpx2.RemoteProtocolError):
        wired.ask(STUDENTS)
    assert wired.app.sis.log.entries[-1].status == 200
    assert wired.ask(STUDENTS).status_code == 200


def test_a_slow_page_takes_its_time(client: Client) -> None:
    strike(client, FaultKind.SLOW, seconds=0.15)
    begin = time.monotonic()
    assert client.ask(STUDENTS).status_code == 200
    assert time.monotonic() - begin >= 0.15


def test_a_request_that_hangs_runs_into_the_clients_time_out(wired: Client) -> None:
    strike(wired, FaultKind.HANG, seconds=30)
    with pytest.raises(httpx2.ReadTimeout):
        wired.http.get(STUDENTS, headers=wired.headers, timeout=0.2)


def test_a_page_with_fewer_than_announced(client: Client) -> None:
    strike(client, FaultKind.SHORT_PAGE, path=STUDENTS, skip=1)
    assert [len(numbers(client, page)) for page in (1, 2, 3)] == [100, 99, 100]


def test_a_record_without_an_id(client: Client) -> None:
    strike(client, FaultKind.NO_ID, path=STUDENTS)
    assert numbers(client, 1)[:2] == [None, 802]
    assert numbers(client, 1)[:2] == [801, 802]


def test_section_16_27_the_same_student_on_two_pages(client: Client) -> None:
    strike(client, FaultKind.REPEATED, path=STUDENTS, times=None)
    one, two = numbers(client, 1), numbers(client, 2)
    assert one[-1] == two[0] == 900
    assert two[1] == 902


@pytest.mark.parametrize("kind", [FaultKind.SHORT_PAGE, FaultKind.NO_ID, FaultKind.REPEATED])
def test_table_rows_suffer_the_same(client: Client, kind: FaultKind) -> None:
    path = "/ws/schema/table/students"
    good = client.get(path, projection="dcid", page=2)["record"]
    strike(client, kind, path=path)
    bad = client.get(path, projection="dcid", page=2)["record"]
    assert (len(good), len(bad)) == (100, 99 if kind is FaultKind.SHORT_PAGE else 100)
    assert bad != good


def test_expansions_that_are_silently_ignored(client: Client) -> None:
    strike(client, FaultKind.IGNORED_EXPANSIONS)
    body = client.get("/ws/v1/student/801", expansions="phones")["student"]
    assert "phones" not in body


def test_a_fault_waits_for_its_path_method_and_turn(client: Client) -> None:
    strike(client, FaultKind.HTML, path="/ws/v1/school/*/term", method="GET", skip=1)
    strike(client, FaultKind.HTML, path=STUDENTS, method="POST")
    assert client.ask(STUDENTS).headers["content-type"].startswith("application/json")
    kinds = [client.ask("/ws/v1/school/5/term").headers["content-type"][:9] for _ in range(3)]
    assert kinds == ["applicati", "text/html", "applicati"]
    assert client.app.sis.faults.waiting() == (Fault(FaultKind.HTML, path=STUDENTS, method="POST"),)


def test_faults_strike_one_request_together_up_to_one_that_ends_it(client: Client) -> None:
    strike(client, FaultKind.SLOW, seconds=0.1)
    strike(client, FaultKind.SERVER_ERROR, status=500)
    begin = time.monotonic()
    strike(client, FaultKind.HTML)
    assert client.ask(STUDENTS).status_code == 500
    assert [fault.kind for fault in client.app.sis.faults.waiting()] == [FaultKind.HTML]
    assert time.monotonic() - begin >= 0.1


# --- serving ---


def until(true: Callable[[], bool]) -> None:
    """Wait for something that another thread does."""
    deadline = time.monotonic() + 20
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_requests_are_answered_side_by_side(wired: Client) -> None:
    strike(wired, FaultKind.SLOW, seconds=20, times=4)
    with ThreadPoolExecutor(4) as pool:
        replies = [pool.submit(wired.http.get, STUDENTS, headers=wired.headers, timeout=30) for _ in range(4)]
        until(lambda: wired.app.sis.log.in_flight == 4)
        wired.app.sis.faults.clear()
        assert [reply.result().status_code for reply in replies] == [200] * 4
    assert wired.app.sis.log.most_in_flight == 4


def test_a_connection_is_kept_for_the_next_request(wired: Client) -> None:
    ports = set()
    for _ in range(3):
        reply = wired.ask("/ws/v1/metadata")
        ports.add(reply.extensions["network_stream"].get_extra_info("client_addr"))
    assert len(ports) == 1


def test_tls_with_a_certificate_of_its_own(shared_district: District, tmp_path: Any) -> None:
    running = serve(shared_district, tls=True)
    try:
        trusted = tmp_path / "simulator.pem"
        trusted.write_text(running.certificate)
        context = ssl.create_default_context(cafile=str(trusted))
        with httpx2.Client(verify=context) as http:
            assert http.get(running.url + "/ws/v1/time").status_code == 200
        with httpx2.Client() as http, pytest.raises(httpx2.ConnectError):
            http.get(running.url + "/ws/v1/time")
    finally:
        running.stop()
    assert running.url.startswith("https://127.0.0.1:")


def test_a_stopped_server_answers_no_more_and_can_be_stopped_again(shared_district: District) -> None:
    running = serve(shared_district)
    with httpx2.Client() as http:
        assert http.get(running.url + "/ws/v1/time").status_code == 200
    running.stop()
    running.stop()
    with pytest.raises(httpx2.ConnectError):
        httpx2.get(running.url + "/ws/v1/time")


def test_stopping_frees_a_request_that_hangs(shared_district: District) -> None:
    app = PowerSchool(shared_district)
    app.sis.faults.add(Fault(FaultKind.HANG, seconds=60))
    running = serve_app(app)
    failed: list[Exception] = []

    def ask() -> None:
        try:
            httpx2.get(running.url + "/ws/v1/time", timeout=30)
        except httpx2.TransportError as error:
            failed.append(error)

    thread = threading.Thread(target=ask)
    thread.start()
    until(lambda: app.sis.log.in_flight == 1)
    running.stop()
    thread.join(10)
    assert len(failed) == 1
