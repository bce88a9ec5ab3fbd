"""Dossier 10.2, 10.3, 3.4: what the contacts API refuses, and what the plugin may not write."""

from typing import Any

import pytest
from writing_client import CONTACTS, WritingClient, writing_plugin

from yellowbus.simulators.district import Contact, District, Student, Tie

MOTHER = {"relationship": "Mother", "active": True}
LAST_YEAR = {"startDate": "2025-07-01", "endDate": "2026-06-30"}
THIS_YEAR = {"startDate": "2026-07-01"}


@pytest.fixture
def student(client: WritingClient) -> Student:
    return next(s for s in client.district.students if len(s.ties) > 1)


@pytest.fixture
def person(client: WritingClient) -> Contact:
    return next(p for p in client.district.contacts() if p.emails and len(p.phones) > 1 and p.homes)


def codes(reply: Any) -> list[tuple[str, str]]:
    assert reply["status"] == "ERROR", reply
    return [(e["field"], e["error_code"]) for e in reply["error_message"]["error"]]


def refused(client: WritingClient, **fields: Any) -> list[tuple[str, str]]:
    """The errors of a contact that must not leave anything behind."""
    before = len(list(client.district.contacts()))
    reply = client.change("POST", "contact", {"firstName": "Ada", "lastName": "Moss", **fields})
    found = codes(reply)
    assert len(list(client.district.contacts())) == before
    return found


# --- values ---


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"lastName": ""}, [("contact/lastName", "REQUIRED")]),
        ({"prefix": "Sir"}, [("contact/prefix", "INVALID_CODE")]),
        ({"gender": "Q"}, [("contact/gender", "INVALID_CODE")]),
        ({"active": "maybe"}, [("contact/active", "FIELD_VALIDATION_ERROR")]),
        ({"active": {}}, [("contact/active", "FIELD_VALIDATION_ERROR")]),
        ({"firstName": {}}, [("contact/firstName", "FIELD_VALIDATION_ERROR")]),
        ({"emails": [{"type": "Current"}]}, [("emails/address", "REQUIRED")]),
        ({"emails": [{"type": "Fax", "address": "a@example.org"}]}, [("emails/type", "INVALID_CODE")]),
        ({"phones": [{"phoneType": "Mobile", "phoneNumber": ""}]}, [("phones/phoneNumber", "REQUIRED")]),
        ({"phones": [{"phoneNumber": "1"}]}, [("phones/phoneType", "REQUIRED")]),
        ({"addresses": [{"addressType": "Home"}]}, [("addresses/street", "REQUIRED")]),
        (
            {"addresses": [{"addressType": "Home", "city": "M", "state": "ZZ"}]},
            [("addresses/state", "INVALID_CODE")],
        ),
        (
            {"addresses": [{"addressType": "Home", "city": "M", "startDate": "soon"}]},
            [("addresses/startDate", "INVALID_DATE_VALUE")],
        ),
        ({"contactStudents": [{}]}, [("contactStudents/studentNumber", "REQUIRED")]),
        (
            {"contactStudents": [{"studentNumber": "1"}]},
            [("contactStudents/studentNumber", "INVALID_STUDENT_NUMBER")],
        ),
    ],
)
def test_one_bad_value_and_nothing_is_made(
    client: WritingClient, fields: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    assert refused(client, **fields) == expected


def test_all_that_is_wrong_is_told_at_once(client: WritingClient) -> None:
    assert refused(client, lastName=None, emails=[{}]) == [
        ("contact/lastName", "REQUIRED"),
        ("emails/type", "REQUIRED"),
        ("emails/address", "REQUIRED"),
    ]


def test_switch_a_type_may_be_left_out(client: WritingClient) -> None:
    client.switch(types_required=False)
    saved = client.contact(phones=[{"phoneNumber": "1"}], emails=[{"address": "a@example.org"}])
    assert (saved["phones"][0]["phoneType"], saved["emails"][0]["type"]) == ("Not Set", "Current")


@pytest.mark.parametrize("relationship", ["Godmother", "mother"])
def test_section_10_2_an_unknown_relationship_is_rejected(
    client: WritingClient, student: Student, relationship: str
) -> None:
    tie = {"studentNumber": student.number, "studentDetails": [{"relationship": relationship}]}
    assert refused(client, contactStudents=[tie]) == [("studentDetails/relationship", "INVALID_RELATIONSHIP")]


# --- ties ---


def test_section_10_3_a_tie_without_a_detail_gets_one(client: WritingClient, student: Student) -> None:
    saved = client.contact(contactStudents=[{"studentNumber": student.number}])
    (detail,) = saved["contactStudents"][0]["studentDetails"]
    assert (detail["relationship"], detail["active"]) == ("Not Set", True)


def test_a_student_is_found_whatever_the_zeros_of_its_number(client: WritingClient) -> None:
    zeros = next(s for s in client.district.students if s.number[0] == "0")
    saved = client.contact(contactStudents=[{"studentNumber": int(zeros.number)}])
    assert saved["contactStudents"][0]["dcid"] == zeros.dcid


def test_section_10_2_an_old_slot_is_used_once(client: WritingClient, student: Student) -> None:
    taken = next(tie.legacy for tie in student.ties if tie.legacy)
    at = "contactStudents/originalContactType"
    tie = {"studentNumber": student.number, "studentDetails": [MOTHER]}
    assert refused(client, contactStudents=[{**tie, "originalContactType": taken}]) == [
        (at, "ORIGINAL_CONTACT_TYPE_IN_USE")
    ]
    assert refused(client, contactStudents=[{**tie, "originalContactType": "aunt"}]) == [
        (at, "INVALID_ORIGINAL_CONTACT_TYPE")
    ]


def test_a_contact_is_tied_to_a_student_once(client: WritingClient, student: Student) -> None:
    person = student.ties[0].contact
    reply = client.change("POST", f"{person.id}/students", {"studentNumber": student.number})
    assert codes(reply) == [("contactStudents/studentNumber", "STUDENT_ALREADY_ASSOCIATED")]


def test_one_request_ties_a_student_once_and_siblings_together(client: WritingClient) -> None:
    first, second = next(
        s.household.members[:2] for s in client.district.students if len(s.household.members) > 1
    )
    twice = [{"studentNumber": first.number}, {"studentNumber": first.number}]
    assert refused(client, contactStudents=twice) == [
        ("contactStudents/studentNumber", "STUDENT_ALREADY_ASSOCIATED")
    ]
    saved = client.contact(contactStudents=[{"studentNumber": s.number} for s in (first, second)])
    assert [tie["dcid"] for tie in saved["contactStudents"]] == [first.dcid, second.dcid]


def test_a_taken_place_makes_room(client: WritingClient, student: Student) -> None:
    before = [tie.contact.id for tie in sorted(student.ties, key=lambda tie: tie.priority)]
    new = client.contact(contactStudents=[{"studentNumber": student.number, "sequence": 1}])["contactId"]
    listed = client.get(f"{CONTACTS}/student/{student.dcid}")
    assert [c["contactId"] for c in listed] == [new, *before]
    last = client.contact(contactStudents=[{"studentNumber": student.number}])["contactId"]
    assert [c["contactId"] for c in client.get(f"{CONTACTS}/student/{student.dcid}")] == [new, *before, last]


def test_section_10_1_a_put_of_a_tie_ignores_its_details(client: WritingClient, student: Student) -> None:
    first, second = sorted(student.ties, key=lambda tie: tie.priority)[:2]
    path = f"{second.contact.id}/students/{second.id}"
    relationship = second.relationship
    body = {"sequence": 1, "studentDetails": [{"relationship": "Godmother"}], "studentNumber": "1"}
    reply = client.change("PUT", path, body)
    assert (reply["status"], second.priority, first.priority, second.relationship, second.legacy) == (
        "VALID",
        1,
        2,
        relationship,
        "",
    )
    reply = client.change("PUT", path, {"originalContactType": first.legacy})
    assert codes(reply) == [("contactStudents/originalContactType", "ORIGINAL_CONTACT_TYPE_IN_USE")]


def test_a_text_in_an_old_column_gives_way_to_a_contact(client: WritingClient) -> None:
    student = next(s for s in client.district.students if not s.ties)
    client.update(student, contact={"mother": "Vale, Cy"})
    assert client.shown(student, "contact")["contact"]["mother"] == "Vale, Cy"
    client.contact(contactStudents=[{"studentNumber": student.number, "originalContactType": "mother"}])
    assert client.shown(student, "contact")["contact"]["mother"] == "Moss, Ada"


def test_a_tie_is_removed_and_the_contact_stays(client: WritingClient, student: Student) -> None:
    tie = next(t for t in student.ties if t.priority == 1)
    ties = client.get(f"{CONTACTS}/{tie.contact.id}/students")
    client.change("DELETE", f"{tie.contact.id}/students/{tie.id}")
    left = [t for t in ties if t["studentContactId"] != tie.id]
    assert client.get(f"{CONTACTS}/contact/{tie.contact.id}")["contactStudents"] == left
    assert tie not in student.ties


# --- details ---


@pytest.fixture
def tie(student: Student) -> Tie:
    return student.ties[0]


def at(tie: Tie, detail: int | str = "") -> str:
    return f"{tie.contact.id}/students/{tie.id}/studentdetails/{detail}".rstrip("/")


def test_section_10_3_the_only_detail_cannot_be_deleted(client: WritingClient, tie: Tie) -> None:
    assert codes(client.change("DELETE", at(tie, tie.detail))) == [("studentDetails", "ONLY_DETAIL")]
    assert len(tie.details) == 1


def test_section_10_3_the_only_detail_stays_active(client: WritingClient, tie: Tie) -> None:
    body = {"relationship": "Mother", "active": False}
    assert codes(client.change("PUT", at(tie, tie.detail), body)) == [
        ("studentDetails/active", "ONE_ACTIVE_DETAIL")
    ]
    assert tie.current.active


def test_section_10_3_details_do_not_overlap(client: WritingClient, tie: Tie) -> None:
    reply = client.change("POST", at(tie), {"relationship": "Guardian", "active": False, **LAST_YEAR})
    assert codes(reply) == [("studentDetails/startDate", "OVERLAPPING_DETAILS")]
    reply = client.change(
        "POST", at(tie), {"relationship": "Guardian", "startDate": "2026-07-02", "endDate": "2026-07-01"}
    )
    assert ("studentDetails/endDate", "INVALID_DATE_VALUE") in codes(reply)
    assert len(tie.details) == 1


@pytest.mark.parametrize("strict", [False, True])
def test_switch_a_second_active_detail_puts_the_first_out_of_force(
    client: WritingClient, tie: Tie, *, strict: bool
) -> None:
    client.switch(second_active_detail_refused=strict)
    client.change("PUT", at(tie, tie.detail), {"relationship": "Mother", **LAST_YEAR})
    old = tie.detail
    reply = client.change("POST", at(tie), {"relationship": "Guardian", "custodial": True, **THIS_YEAR})
    if strict:
        assert codes(reply) == [("studentDetails/active", "ONE_ACTIVE_DETAIL")]
        return
    new = reply["savedObject"]["studentContactDetailId"]
    assert [(d.id, d.active) for d in tie.details] == [(old, False), (new, True)]
    shown = client.get(f"{CONTACTS}/{at(tie)}")
    assert [(d["relationship"], d["active"]) for d in shown] == [("Mother", False), ("Guardian", True)]
    assert codes(client.change("DELETE", at(tie, new))) == [("studentDetails/active", "ONE_ACTIVE_DETAIL")]
    assert client.change("DELETE", at(tie, old))["action"] == "DELETE"
    assert [d.id for d in tie.details] == [new]


def test_a_detail_is_changed_by_its_own_id(client: WritingClient, tie: Tie) -> None:
    body = {"relationship": "Guardian", "livesWith": True, "relationshipNote": "Since May"}
    saved = client.change("PUT", at(tie, tie.detail), body)["savedObject"]
    assert (saved["relationship"], saved["livesWith"], saved["custodial"]) == ("Guardian", True, False)
    assert (tie.relationship, tie.note) == ("Guardian", "Since May")
    replies = [client.send(method, f"{CONTACTS}/{at(tie, tie.id)}", body) for method in ("PUT", "DELETE")]
    assert [reply.status_code for reply in replies] == [404, 404]


# --- rights ---


def limited(**plugin: Any) -> WritingClient:
    return WritingClient.of(District(students=40, seed=3), upload=writing_plugin(**plugin))


def test_section_16_a_column_that_may_only_be_read_is_dropped_without_a_word() -> None:
    client = limited(view_only="person.employer studentcontactdetail.iscustodial phonenumber.issms")
    student = client.district.students[0]
    saved = client.contact(
        employer="Sunrise Clinic",
        phones=[{"phoneType": "Mobile", "phoneNumber": "1", "sms": True}],
        contactStudents=[
            {"studentNumber": student.number, "studentDetails": [{**MOTHER, "custodial": True}]}
        ],
    )
    detail = saved["contactStudents"][0]["studentDetails"][0]
    assert (saved["employer"], saved["phones"][0]["sms"], detail["custodial"]) == (None, False, False)


def test_what_may_only_be_read_keeps_its_value_in_a_put() -> None:
    client = limited(view_only="person.employer")
    person = next(p for p in client.district.contacts() if p.employer)
    before = person.employer
    client.change("PUT", f"{person.id}/demographics", {"lastName": "Vale", "employer": "Other"})
    assert (person.last, person.employer) == ("Vale", before)


def test_switch_a_column_that_may_only_be_read_is_403() -> None:
    client = limited(view_only="person.employer")
    client.switch(ungranted_refused=True)
    body = {"lastName": "Vale", "employer": "Other"}
    reply = client.send("POST", f"{CONTACTS}/contact", body)
    assert (reply.status_code, reply.json()["errors"]) == (
        403,
        [{"resource": "Person", "field": "Employer", "code": "NoAccess"}],
    )
    assert client.send("POST", f"{CONTACTS}/contact", {"lastName": "Vale"}).status_code == 200


def test_making_needs_more_than_changing() -> None:
    client = limited(view_only="person.lastname emailaddress.emailaddress")
    person = next(p for p in client.district.contacts() if p.emails)
    email, last = person.emails[0], person.last
    assert client.send("POST", f"{CONTACTS}/contact", {"lastName": "Vale"}).status_code == 403
    assert client.send("DELETE", f"{CONTACTS}/{person.id}").status_code == 403
    assert client.send("POST", f"{CONTACTS}/{person.id}/emails", {}).status_code == 403
    changed = {"firstName": "Ada", "lastName": "Vale"}
    assert client.change("PUT", f"{person.id}/demographics", changed)["status"] == "VALID"
    assert (person.first, person.last) == ("Ada", last)
    path, address = f"{person.id}/emails/{email.link}", email.address
    client.change("PUT", path, {"type": "Work", "address": "new@example.org"})
    assert (email.type, email.address) == ("Work", address)


def test_a_plugin_that_may_only_read_writes_nothing() -> None:
    upload = writing_plugin().replace(b"FullAccess", b"ViewOnly")
    client = WritingClient.of(District(students=40, seed=3), upload=upload)
    person = next(p for p in client.district.contacts() if p.phones)
    tie = next(t for s in client.district.students for t in s.ties)
    calls = [
        ("POST", "contact"),
        ("PUT", f"{person.id}/demographics"),
        ("PUT", f"{person.id}/phones/{person.phones[0].link}"),
        ("DELETE", f"{person.id}/phones/{person.phones[0].link}"),
        ("POST", f"{person.id}/students"),
        ("DELETE", f"{tie.contact.id}/students/{tie.id}"),
        ("PUT", at(tie, tie.detail)),
        ("POST", at(tie)),
    ]
    assert [client.send(method, f"{CONTACTS}/{path}", {}).status_code for method, path in calls] == [403] * 8
    assert client.ask(f"{CONTACTS}/contact/{person.id}").status_code == 200
