"""Dossier 10.1 to 10.4: making and changing contacts, and how every way of reading shows it at once."""

from datetime import UTC, datetime
from typing import Any

import pytest
from writing_client import CONTACTS, WritingClient

from yellowbus.simulators.district import Contact, District, Student
from yellowbus.simulators.powerschool.options import ContactErrors

MOTHER = {
    "relationship": "Mother",
    "relationshipNote": "Weekends only",
    "custodial": True,
    "livesWith": True,
    "schoolPickup": True,
    "emergency": True,
    "receivesMail": True,
    "active": True,
}
WHOLE: dict[str, Any] = {
    "firstName": "Ada",
    "middleName": "Rose",
    "lastName": "Moss",
    "prefix": "Dr.",
    "suffix": "II",
    "gender": "F",
    "employer": "Sunrise Clinic",
    "stateContactNumber": "S-7",
    "contactNumber": "C-9",
    "stateExcludeFromReporting": True,
    "active": True,
    "emails": [{"type": "Current", "address": "ada@example.org", "primary": True}],
    "phones": [
        {
            "phoneType": "Mobile",
            "phoneNumber": "(480) 555-0144",
            "extension": "7",
            "sms": True,
            "preferred": True,
        },
        {"phoneType": "Home", "phoneNumber": "480-555-0145", "sequence": 1},
    ],
    "addresses": [
        {
            "addressType": "Home",
            "street": "9 Oak Ln",
            "linetwo": "Rear house",
            "unit": "4",
            "city": "Mesa",
            "state": "AZ",
            "country": "US",
            "postalcode": "01854",
            "startDate": "2026-01-01",
            "endDate": None,
        }
    ],
}


@pytest.fixture
def student(client: WritingClient) -> Student:
    return next(s for s in client.district.students if not s.ties)


@pytest.fixture
def person(client: WritingClient) -> Contact:
    return next(p for p in client.district.contacts() if p.emails and len(p.phones) > 1 and p.homes)


def tie(student: Student, **more: Any) -> dict[str, Any]:
    return {"studentNumber": student.number, "studentDetails": [MOTHER], **more}


def without_ids(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {k: v for k, v in row.items() if not k.endswith("Id") and k not in {"deleted", "sequence"}}
        for row in rows
    ]


# --- making ---


def test_section_10_1_a_contact_is_made_with_all_its_children(
    client: WritingClient, student: Student
) -> None:
    saved = client.contact(**WHOLE, contactStudents=[tie(student, originalContactType="mother")])
    assert {key: saved[key] for key in WHOLE if key not in {"emails", "phones", "addresses"}} == {
        key: value for key, value in WHOLE.items() if not isinstance(value, list)
    }
    assert without_ids(saved["emails"]) == WHOLE["emails"]
    assert without_ids(saved["addresses"]) == WHOLE["addresses"]
    assert [(p["phoneNumber"], p["sequence"], p["preferred"]) for p in saved["phones"]] == [
        ("480-555-0145", 1, False),
        ("(480) 555-0144", 2, True),
    ]
    (shown,) = saved["contactStudents"]
    assert (shown["dcid"], shown["sequence"], shown["originalContactType"]) == (student.dcid, 1, "mother")
    assert {key: shown["studentDetails"][0][key] for key in MOTHER} == MOTHER


def test_a_new_contact_is_seen_through_every_way_of_reading(client: WritingClient, student: Student) -> None:
    saved = client.contact(**WHOLE, contactStudents=[tie(student, originalContactType="mother")])
    number = saved["contactId"]
    assert client.get(f"{CONTACTS}/contact/{number}") == saved
    assert client.get(f"{CONTACTS}/student/{student.dcid}") == [saved]
    assert client.get(f"{CONTACTS}/student/original_contact_types/in_use/{student.dcid}") == ["mother"]
    contact = client.shown(student, "contact")["contact"]
    assert (contact["mother"], contact["guardian_email"]) == ("Moss, Ada", "ada@example.org")
    assert client.row("person", number, "firstname,lastname,isactive") == {
        "firstname": "Ada",
        "lastname": "Moss",
        "isactive": "1",
    }
    association = saved["contactStudents"][0]["studentContactId"]
    assert client.row("studentcontactassoc", association, "studentdcid,personid") == {
        "studentdcid": str(student.dcid),
        "personid": str(number),
    }
    detail = saved["contactStudents"][0]["studentDetails"][0]["studentContactDetailId"]
    assert client.row("studentcontactdetail", detail, "iscustodial,isactive,relationshipnote") == {
        "iscustodial": "1",
        "isactive": "1",
        "relationshipnote": "Weekends only",
    }


def test_section_10_4_what_a_success_says(client: WritingClient) -> None:
    reply = client.change("POST", "contact", {"lastName": "Moss"})
    number = reply["savedObject"]["contactId"]
    assert {key: reply[key] for key in reply if key != "savedObject"} == {
        "status": "VALID",
        "action": "INSERT",
        "_success_message": {"id": number, "ref": f"{CONTACTS}/contact/{number}"},
    }


def test_section_10_4_switches_of_the_answer(client: WritingClient) -> None:
    client.switch(contact_success_underscored=False, saved_object=False)
    reply = client.change("POST", "contact", {"lastName": "Moss"})
    assert set(reply) == {"status", "action", "success_message"}


@pytest.mark.parametrize(
    ("shape", "message", "inner"),
    [
        (ContactErrors.PLAIN, "error_message", "error"),
        (ContactErrors.UNDERSCORED, "_error_message", "_error"),
    ],
)
def test_section_10_4_an_error_is_200_in_both_shapes(
    client: WritingClient, shape: ContactErrors, message: str, inner: str
) -> None:
    client.switch(contact_errors=shape)
    reply = client.change("POST", "contact", {"firstName": "Ada"})
    assert reply == {
        "status": "ERROR",
        "action": "INSERT",
        message: {
            inner: [
                {
                    "field": "contact/lastName",
                    "error_code": "REQUIRED",
                    "error_description": "The value is required",
                }
            ]
        },
    }


def test_a_contact_may_wait_for_its_students(client: WritingClient, student: Student) -> None:
    number = client.contact()["contactId"]
    assert client.get(f"{CONTACTS}/contact/{number}")["contactStudents"] == []
    saved = client.change("POST", f"{number}/students", tie(student))["savedObject"]
    assert client.get(f"{CONTACTS}/{number}/students") == [saved]
    assert [c["contactId"] for c in client.get(f"{CONTACTS}/student/{student.dcid}")] == [number]


def test_when_a_person_was_made_and_changed_is_kept() -> None:
    days = iter([datetime(2026, 11, day, 12, tzinfo=UTC).timestamp() for day in (3, 4)])
    now = [next(days)]
    client = WritingClient.of(District(students=40, seed=3), clock=lambda: now[0])
    number = client.contact()["contactId"]
    now[0] = next(days)
    client.change("PUT", f"{number}/demographics", {"lastName": "Vale"})
    assert client.row("person", number, "whencreated,whenmodified,lastname") == {
        "whencreated": "2026-11-03",
        "whenmodified": "2026-11-04",
        "lastname": "Vale",
    }


# --- changing ---


def test_section_10_1_demographics_leave_the_children_alone(client: WritingClient, person: Contact) -> None:
    before = client.get(f"{CONTACTS}/contact/{person.id}")
    reply = client.change(
        "PUT", f"{person.id}/demographics", {"lastName": "Vale", "emails": [], "phones": [{}]}
    )
    after = client.get(f"{CONTACTS}/contact/{person.id}")
    assert (reply["action"], after["lastName"]) == ("UPDATE", "Vale")
    children = ("emails", "phones", "addresses", "contactStudents")
    assert {name: after[name] for name in children} == {name: before[name] for name in children}


@pytest.mark.parametrize("merges", [False, True])
def test_switch_a_put_replaces_or_merges(client: WritingClient, *, merges: bool) -> None:
    client.switch(contact_put_merges=merges)
    number = client.contact(**WHOLE)["contactId"]
    reply = client.change("PUT", f"{number}/demographics", {"lastName": "Vale"})
    kept = {
        "firstName": "Ada",
        "employer": "Sunrise Clinic",
        "gender": "F",
        "stateExcludeFromReporting": True,
    }
    gone = {"firstName": "", "employer": None, "gender": None, "stateExcludeFromReporting": False}
    assert {key: reply["savedObject"][key] for key in kept} == (kept if merges else gone)


@pytest.mark.parametrize(
    ("kind", "key", "sent", "shown"),
    [
        ("emails", "contactEmailId", {"type": "Work", "address": "new@example.org"}, {"primary": False}),
        ("phones", "contactsPhoneId", {"phoneType": "Work", "phoneNumber": "480 555 0199"}, {"sms": False}),
        ("addresses", "contactsAddressId", {"addressType": "Mailing", "city": "Mesa"}, {"street": ""}),
    ],
)
def test_children_are_added_changed_and_removed(
    client: WritingClient,
    person: Contact,
    *,
    kind: str,
    key: str,
    sent: dict[str, Any],
    shown: dict[str, Any],
) -> None:
    path = f"{person.id}/{kind}"
    before = client.get(f"{CONTACTS}/{path}")
    added = client.change("POST", path, sent)
    saved = added["savedObject"]
    link = saved[key]
    assert added["_success_message"] == {"id": link, "ref": f"{CONTACTS}/{path}/{link}"}
    assert {name: saved[name] for name in sent | shown} == sent | shown
    assert client.get(f"{CONTACTS}/{path}") == [*before, saved]
    first = next(name for name in sent if "ype" not in name)
    changed = client.change("PUT", f"{path}/{link}", {**sent, first: "Changed"})
    assert changed["savedObject"] == saved | {first: "Changed"}
    gone = client.change("DELETE", f"{path}/{link}")
    assert gone == {
        "status": "VALID",
        "action": "DELETE",
        "_success_message": {"Id": link, "ref": f"{CONTACTS}/{path}/{link}"},
    }
    assert client.get(f"{CONTACTS}/{path}") == before


@pytest.mark.parametrize(
    ("kind", "thing"), [("emails", "emailId"), ("phones", "phoneNumberId"), ("addresses", "addressId")]
)
def test_section_10_3_the_id_of_the_thing_itself_is_not_found(
    client: WritingClient, person: Contact, kind: str, thing: str
) -> None:
    before = client.get(f"{CONTACTS}/{person.id}/{kind}")
    path = f"{CONTACTS}/{person.id}/{kind}/{before[0][thing]}"
    assert [client.send(method, path, {}).status_code for method in ("PUT", "DELETE")] == [404, 404]
    assert client.get(f"{CONTACTS}/{person.id}/{kind}") == before


def test_one_email_is_primary_and_one_phone_preferred(client: WritingClient, person: Contact) -> None:
    client.change(
        "POST", f"{person.id}/emails", {"type": "Work", "address": "a@example.org", "primary": True}
    )
    client.change("POST", f"{person.id}/phones", {"phoneType": "Work", "phoneNumber": "1", "preferred": True})
    assert [e.primary for e in person.emails] == [*([False] * (len(person.emails) - 1)), True]
    assert [p.preferred for p in person.phones] == [*([False] * (len(person.phones) - 1)), True]


@pytest.mark.parametrize("as_code", [True, False])
def test_section_10_2_state_and_country_are_taken_as_codes_and_as_ids(
    client: WritingClient, *, as_code: bool
) -> None:
    ids = {
        row["tables"]["codeset"]["code"]: row["id"]
        for row in client.get("/ws/schema/table/codeset", projection="code", q="codetype==State")["record"]
    }
    state = "NM" if as_code else ids["NM"]
    saved = client.contact(addresses=[{"addressType": "Home", "city": "Fernbank", "state": state}])
    assert saved["addresses"][0]["state"] == "NM"


def test_a_contact_that_is_deleted_is_gone_everywhere(client: WritingClient) -> None:
    student = next(s for s in client.district.students if len(s.ties) > 1)
    person = student.ties[0].contact
    left = [t.contact.id for t in student.ties if t.contact is not person]
    assert client.change("DELETE", str(person.id))["_success_message"]["Id"] == person.id
    assert client.ask(f"{CONTACTS}/contact/{person.id}").status_code == 404
    assert [c["contactId"] for c in client.get(f"{CONTACTS}/student/{student.dcid}")] == left
    assert client.ask(f"/ws/schema/table/person/{person.id}", projection="id").status_code == 404


def test_a_change_of_a_shared_contact_is_seen_at_every_child(client: WritingClient) -> None:
    first, second, *_ = next(
        members
        for members in (s.household.members for s in client.district.students)
        if len(members) > 1 and members[0].ties and members[0].ties[0].contact is members[1].ties[0].contact
    )
    person = first.ties[0].contact
    slot = {"Mother": "mother", "Father": "father"}[first.ties[0].relationship]
    assert client.shown(second, "contact")["contact"][slot] == f"{person.last}, {person.first}"
    client.get("/ws/v1/district/student", expansions="contact")
    client.change("PUT", f"{person.id}/demographics", {"firstName": person.first, "lastName": "Renamed"})
    listed = client.get("/ws/v1/district/student", expansions="contact")["students"]["student"]
    shown = {s["id"]: s["contact"][slot] for s in listed if s["id"] in {first.dcid, second.dcid}}
    assert shown == dict.fromkeys((first.dcid, second.dcid), f"Renamed, {person.first}")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PUT", "99999999/demographics"),
        ("PUT", "contact/1/demographics"),
        ("DELETE", "99999999"),
        ("POST", "99999999/emails"),
        ("POST", "1/pets"),
        ("PUT", "1/emails/5"),
        ("PUT", "1/students/5"),
        ("DELETE", "1/students/5"),
        ("POST", "1/students/5/studentdetails"),
    ],
)
def test_what_does_not_exist_is_404(client: WritingClient, method: str, path: str) -> None:
    assert client.send(method, f"{CONTACTS}/{path}", {}).status_code == 404


@pytest.mark.parametrize("body", [[], "x", None])
def test_a_body_that_is_no_object_is_400(client: WritingClient, body: Any) -> None:
    headers = {**client.headers, "Content-Type": "application/json"}
    content = b"{" if body is None else None
    reply = client.http.post(f"{CONTACTS}/contact", headers=headers, content=content, json=body)
    assert reply.status_code == 400


def test_section_5_1_another_content_type_is_415(client: WritingClient) -> None:
    headers = {**client.headers, "Content-Type": "text/plain"}
    assert client.http.post(f"{CONTACTS}/contact", headers=headers, content=b"{}").status_code == 415
