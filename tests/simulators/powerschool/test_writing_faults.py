"""What goes wrong around a write, before it is done and after; over real HTTP where the connection matters."""

from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from writing_client import CONTACTS, WRITE, WritingClient, errors, new_child

from yellowbus.simulators.powerschool import Fault, FaultKind, serve_app


@pytest.fixture
def wired(client: WritingClient) -> Iterator[WritingClient]:
    """A client that speaks over a real connection."""
    running = serve_app(client.app)
    client.http = httpx2.Client(base_url=running.url, timeout=5)
    yield client
    client.http.close()
    running.stop()


def strike(client: WritingClient, kind: FaultKind, **more: Any) -> None:
    more.setdefault("path", WRITE)
    client.app.sis.faults.add(Fault(kind, method="POST", **more))


def attempt(client: WritingClient, number: str = "904417") -> int | None:
    """Insert one child; the status of the answer, or None where none came."""
    try:
        body = {"students": {"student": new_child(client.school, local_id=number)}}
        return client.send("POST", WRITE, body).status_code
    except (httpx2.TransportError, httpx2.TimeoutException):
        return None


@pytest.mark.parametrize(
    ("kind", "more", "status", "written"),
    [
        (FaultKind.DROPPED, {}, None, True),
        (FaultKind.DROPPED_BEFORE, {}, None, False),
        (FaultKind.ERROR_AFTER, {"status": 500}, 500, True),
        (FaultKind.SERVER_ERROR, {"status": 500}, 500, False),
        (FaultKind.SERVER_ERROR, {"status": 503}, 503, False),
        (FaultKind.HANG_AFTER, {"seconds": 0.01}, None, True),
        (FaultKind.HANG, {"seconds": 0.01}, None, False),
        (FaultKind.CUT_BODY, {}, None, True),
        (FaultKind.EMPTY_BODY, {}, 200, True),
        (FaultKind.SLOW, {"seconds": 0.01}, 200, True),
    ],
)
def test_what_the_caller_sees_and_what_was_written(
    wired: WritingClient, kind: FaultKind, *, more: dict[str, Any], status: int | None, written: bool
) -> None:
    strike(wired, kind, **more)
    assert attempt(wired) == status
    assert (wired.district.student("904417") is not None) is written
    assert wired.app.sis.faults.waiting() == ()


def test_a_caller_that_waits_no_longer_has_still_written(wired: WritingClient) -> None:
    wired.http.timeout = 0.2
    strike(wired, FaultKind.HANG_AFTER)
    assert attempt(wired) is None
    assert wired.district.student("904417") is not None
    wired.app.sis.faults.clear()


def test_trying_again_after_a_lost_answer_makes_a_second_child_or_is_refused(wired: WritingClient) -> None:
    """What a client must guard against: the number guards it only where it sends one."""
    strike(wired, FaultKind.DROPPED)
    assert [attempt(wired), attempt(wired)] == [None, 200]
    assert len(wired.app.sis.journal.inserted()) == 1
    strike(wired, FaultKind.DROPPED, times=1)
    child = new_child(wired.school)
    del child["local_id"]
    with pytest.raises(httpx2.TransportError):
        wired.write(child)
    wired.write(child)
    assert len(wired.app.sis.journal.inserted()) == 3


def test_a_fault_meets_so_many_requests_and_lets_others_pass_first(wired: WritingClient) -> None:
    strike(wired, FaultKind.DROPPED, skip=1, times=2)
    numbers = [str(number) for number in range(904420, 904424)]
    assert [attempt(wired, number) for number in numbers] == [200, None, None, 200]
    assert [wired.district.student(number) is not None for number in numbers] == [True] * 4


# --- faults of records ---


def test_a_locked_record_is_refused_so_many_times_and_the_others_go_on(client: WritingClient) -> None:
    first, second = client.district.students[:2]
    strike(client, FaultKind.LOCKED, what=str(first.dcid), times=2)
    record = {"action": "UPDATE", "name": {"middle_name": "Wynn"}}
    batch = [
        {**record, "client_uid": "a", "id": first.dcid},
        {**record, "client_uid": "b", "id": second.dcid},
    ]
    replies = [client.write(*batch)["result"] for _ in range(3)]
    assert [[r["status"] for r in reply] for reply in replies] == [
        ["ERROR", "SUCCESS"],
        ["ERROR", "SUCCESS"],
        ["SUCCESS", "SUCCESS"],
    ]
    assert errors(replies[0][0]) == [("student/id", "RECORD_LOCKED")]


@pytest.mark.parametrize("what", ["904417", "c1", ""])
def test_a_record_that_is_to_be_locked_is_named_by_number_or_uid_or_not_at_all(
    client: WritingClient, what: str
) -> None:
    strike(client, FaultKind.LOCKED, what=what)
    assert errors(client.write(new_child(client.school))["result"]) == [("student/id", "RECORD_LOCKED")]
    assert client.write(new_child(client.school))["insert_count"] == 1


@pytest.mark.parametrize("what", ["phones/main/number", "student/phones/main/number"])
def test_one_field_is_ignored_without_a_word(client: WritingClient, what: str) -> None:
    strike(client, FaultKind.IGNORED_FIELD, what=what)
    sent: dict[str, Any] = {
        "phones": {"main": {"number": "480-555-0144"}},
        "contact_info": {"email": "k@example.org"},
    }
    student = client.insert(**sent)
    shown = client.shown(student, "phones", "contact_info")
    assert (shown["phones"], shown["contact_info"]) == ("", {"email": "k@example.org"})
    client.update(student, **sent)
    assert client.shown(student, "phones")["phones"] == sent["phones"]


def test_one_field_of_a_contact_is_ignored_without_a_word(client: WritingClient) -> None:
    strike(client, FaultKind.IGNORED_FIELD, what="employer")
    saved = client.contact(employer="Sunrise Clinic", middleName="Rose")
    assert (saved["employer"], saved["middleName"]) == (None, "Rose")
    assert client.contact(employer="Sunrise Clinic")["employer"] == "Sunrise Clinic"


@pytest.mark.parametrize("what", ["Vale", "Cy Vale"])
def test_the_student_is_written_and_one_of_its_contacts_is_not(client: WritingClient, what: str) -> None:
    student = client.insert()
    strike(client, FaultKind.CONTACT_FAILED, what=what)
    names = (("Ada", "Moss"), ("Cy", "Vale"))
    tie = {"studentNumber": student.number}
    replies = [
        client.change("POST", "contact", {"firstName": first, "lastName": last, "contactStudents": [tie]})
        for first, last in names
    ]
    assert [reply["status"] for reply in replies] == ["VALID", "ERROR"]
    assert replies[1]["error_message"]["error"][0]["error_code"] == "CONTACT_NOT_SAVED"
    assert [c["lastName"] for c in client.get(f"{CONTACTS}/student/{student.dcid}")] == ["Moss"]


def test_half_a_contact_is_a_person_without_its_student(client: WritingClient) -> None:
    student = client.insert()
    strike(client, FaultKind.HALF_CONTACT)
    before = {person.id for person in client.district.contacts()}
    body = {"lastName": "Vale", "contactStudents": [{"studentNumber": student.number}]}
    assert client.change("POST", "contact", body)["status"] == "ERROR"
    (number,) = {person.id for person in client.district.contacts()} - before
    assert client.get(f"{CONTACTS}/contact/{number}")["contactStudents"] == []
    assert client.ask(f"{CONTACTS}/student/{student.dcid}").status_code == 204


def test_a_locked_contact(client: WritingClient) -> None:
    number = client.contact()["contactId"]
    strike(client, FaultKind.LOCKED, what=str(number))
    body = {"lastName": "Vale"}
    replies = [client.change("PUT", f"{number}/demographics", body)["status"] for _ in range(2)]
    assert replies == ["ERROR", "VALID"]


def test_records_that_pass_first_are_counted_as_records(client: WritingClient) -> None:
    strike(client, FaultKind.LOCKED, skip=2)
    children = [new_child(client.school, client_uid=f"c{n}", local_id=str(904420 + n)) for n in range(4)]
    statuses = [result["status"] for result in client.write(*children)["result"]]
    assert statuses == ["SUCCESS", "SUCCESS", "ERROR", "SUCCESS"]


def test_a_fault_of_records_is_set_by_the_hook_as_any_other(client: WritingClient) -> None:
    fault = {"kind": "locked", "what": "c1", "times": 2}
    assert client.http.post("/simulator/faults", json=fault).status_code == 200
    assert client.write(new_child(client.school))["result"]["status"] == "ERROR"
    (left,) = client.http.get("/simulator/faults").json()["faults"]
    assert (left["kind"], left["what"], left["times"]) == ("locked", "c1", 1)
