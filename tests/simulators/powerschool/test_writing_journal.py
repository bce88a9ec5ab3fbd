"""The simulator's own journal of writes, from Python and over its hook."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx2
import pytest
from writing_client import CONTACTS, WRITE, WritingClient, new_child, writing_plugin

from yellowbus.simulators.district import District
from yellowbus.simulators.powerschool import Fault, FaultKind, serve_app


def journal(client: WritingClient, **query: Any) -> Any:
    reply = client.http.get("/simulator/journal", params=query or None)
    assert reply.status_code == 200, reply.text
    return reply.json()["writes"]


def test_a_write_is_told_with_its_names_and_never_its_values() -> None:
    client = WritingClient.of(District(students=40, seed=3), clock=lambda: 1_790_000_000.0)
    student = client.insert(client_uid="reg-7")
    assert journal(client) == [
        {
            "resource": "student",
            "action": "INSERT",
            "outcome": "SUCCESS",
            "id": student.dcid,
            "client_uid": "reg-7",
            "codes": [],
            "fields": [
                "local_id",
                "name/first_name",
                "name/last_name",
                "demographics/birth_date",
                "school_enrollment/school_number",
                "school_enrollment/grade_level",
                "school_enrollment/entry_date",
                "school_enrollment/exit_date",
            ],
            "method": "POST",
            "path": WRITE,
            "faults": [],
            "number": 1,
            "time": "2026-09-21T14:13:20+00:00",
        }
    ]


def test_every_record_of_a_batch_has_its_line_in_order(client: WritingClient) -> None:
    known = client.district.students[0]
    client.write(
        new_child(client.school, client_uid="a"),
        new_child(client.school, client_uid="b"),
        {"client_uid": "c", "action": "UPDATE", "id": known.dcid, "name": {"middle_name": "Wynn"}},
    )
    told = [(w["number"], w["client_uid"], w["action"], w["outcome"], w["codes"]) for w in journal(client)]
    assert told == [
        (1, "a", "INSERT", "SUCCESS", []),
        (2, "b", "INSERT", "ERROR", ["INVALID_LOCAL_ID"]),
        (3, "c", "UPDATE", "SUCCESS", []),
    ]


def test_contacts_and_what_belongs_to_them_are_told(client: WritingClient) -> None:
    student = client.insert()
    number = client.contact()["contactId"]
    email = client.change("POST", f"{number}/emails", {"type": "Work", "address": "a@example.org"})
    client.change("PUT", f"{number}/demographics", {"lastName": ""})
    client.change("POST", f"{number}/students", {"studentNumber": student.number})
    client.change("DELETE", f"{number}/emails/{email['_success_message']['id']}")
    client.send("PUT", f"{CONTACTS}/{number}/emails/5", {})
    told = [(w["resource"], w["action"], w["outcome"]) for w in journal(client)[1:]]
    assert told == [
        ("contact", "INSERT", "VALID"),
        ("email", "INSERT", "VALID"),
        ("contact", "UPDATE", "ERROR"),
        ("association", "INSERT", "VALID"),
        ("email", "DELETE", "VALID"),
        ("", "PUT", "REFUSED 404"),
    ]


def test_what_the_server_refused_as_a_whole_is_told_too() -> None:
    client = WritingClient.of(
        District(students=40, seed=3), upload=writing_plugin(level='<oauth accessLevelV1Api="READ"/>')
    )
    client.send("POST", WRITE, {"students": {"student": new_child(client.school)}})
    client.app.sis.tokens.revoke_all()
    client.send("POST", f"{CONTACTS}/contact", {})
    assert [(w["path"], w["outcome"]) for w in journal(client)] == [
        (WRITE, "REFUSED 401"),
        (f"{CONTACTS}/contact", "REFUSED 401"),
    ]


def test_a_write_whose_answer_was_lost_is_told_with_its_fault(client: WritingClient) -> None:
    client.app.sis.faults.add(
        Fault(FaultKind.ERROR_AFTER, WRITE), Fault(FaultKind.SERVER_ERROR, WRITE, skip=1)
    )
    for _ in range(2):
        client.send("POST", WRITE, {"students": {"student": new_child(client.school)}})
    assert [(w["outcome"], w["faults"]) for w in journal(client)] == [("SUCCESS", ["error-after"])]


def test_reading_is_not_told(client: WritingClient) -> None:
    client.get("/ws/v1/district/student")
    client.ask("/ws/contacts/contact/99999999")
    assert journal(client) == []


def test_the_journal_is_asked_by_any_of_its_names(client: WritingClient) -> None:
    first = client.insert(client_uid="a")
    client.insert(client_uid="b", local_id="904418")
    client.update(first, name={"middle_name": "Wynn"})
    assert [w["client_uid"] for w in journal(client, action="INSERT")] == ["a", "b"]
    assert [w["action"] for w in journal(client, id=first.dcid)] == ["INSERT", "UPDATE"]
    assert client.http.get("/simulator/journal?colour=red").status_code == 404
    assert [w.client_uid for w in client.app.sis.journal.all(action="INSERT", client_uid="b")] == ["b"]


def test_inserts_are_counted_by_child_whatever_its_number(client: WritingClient) -> None:
    twins = {"birth_date": "2018-03-09"}
    client.insert(name={"first_name": "Kit", "last_name": "Moss"}, demographics=twins)
    client.insert(name={"first_name": "KIT", "last_name": "moss"}, demographics=twins, local_id="904418")
    client.insert(name={"first_name": "Lee", "last_name": "Moss"}, demographics=twins, local_id="904419")
    children = client.http.get("/simulator/journal/children").json()["children"]
    assert [(c["first"], c["inserts"], c["numbers"]) for c in children] == [
        ("Kit", 2, ["904417", "904418"]),
        ("Lee", 1, ["904419"]),
    ]
    assert [len(c["ids"]) for c in children] == [2, 1]


def test_the_journal_is_cleared(client: WritingClient) -> None:
    client.insert()
    assert client.http.delete("/simulator/journal").json() == {"writes": []}
    assert client.app.sis.journal.inserted() == []
    client.insert(local_id="904418")
    assert [w["number"] for w in journal(client)] == [2]


def test_writes_from_several_connections_are_all_told_and_none_is_lost(client: WritingClient) -> None:
    """What the simulator holds outlives whoever wrote it: it is asked over HTTP as another process would."""
    running = serve_app(client.app)

    def insert(number: int) -> int:
        child = new_child(client.school, client_uid=str(number), local_id=str(number))
        with httpx2.Client(base_url=running.url, headers=client.headers, timeout=10) as http:
            return http.post(WRITE, json={"students": {"student": child}}).status_code

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(insert, [*range(904420, 904440), *range(904420, 904440)])) == {200}
    writes = httpx2.get(f"{running.url}/simulator/journal").json()["writes"]
    running.stop()
    assert [w["number"] for w in writes] == list(range(1, 41))
    assert len([w for w in writes if w["outcome"] == "SUCCESS"]) == 20
    assert len({w["id"] for w in writes if w["outcome"] == "SUCCESS"}) == 20


# --- Years & Terms by hook ---


def test_a_schools_year_is_taken_away_and_set_up_again(client: WritingClient) -> None:
    number = client.school.number
    child = new_child(client.school)
    terms = f"/ws/v1/school/{client.school.dcid}/term"
    for year in (2025, 2026, 2027):
        left = client.http.delete(f"/simulator/terms/{number}/{year}").json()
    assert left == {"number": number, "years": []}
    assert client.get(f"{terms}/count") == {"resource": {"count": 0}}
    assert client.write(child)["result"]["status"] == "ERROR"
    assert client.http.post(f"/simulator/terms/{number}/2026").json() == {"number": number, "years": [2026]}
    ids = [t["id"] for t in client.get(terms)["terms"]["term"]]
    taken = {t.dcid for s in client.district.schools[1:] for t in s.terms}
    assert (len(ids), taken & set(ids)) == (4, set())
    assert client.write(child)["result"]["status"] == "SUCCESS"


@pytest.mark.parametrize(("path", "status"), [("5/2026", 404), ("x/2026", 400), ("101", 400)])
def test_a_school_that_is_none_has_no_terms(client: WritingClient, path: str, status: int) -> None:
    assert client.http.post(f"/simulator/terms/{path}").status_code == status
