"""Dossier 10.1 and 10.2: reading contacts."""

from collections.abc import Callable
from typing import Any

import pytest
from simulated_client import FIELDS, Client, plugin_xml

from yellowbus.simulators.district import District, Student
from yellowbus.simulators.powerschool import Options

CONTACTS = "/ws/contacts"


@pytest.fixture
def student(shared_district: District) -> Student:
    return next(
        s
        for s in shared_district.students
        if len(s.ties) > 1 and s.ties[0].contact.emails and s.ties[0].contact.phones
    )


def test_section_10_1_contacts_of_a_student_are_a_bare_array_by_priority(
    client: Client, student: Student
) -> None:
    found = client.get(f"{CONTACTS}/student/{student.dcid}")
    assert [c["contactId"] for c in found] == [tie.contact.id for tie in student.ties]
    ties = [next(t for t in c["contactStudents"] if t["dcid"] == student.dcid) for c in found]
    assert [t["sequence"] for t in ties] == list(range(1, len(ties) + 1))


def test_section_10_1_a_student_without_contacts_is_204(client: Client, shared_district: District) -> None:
    alone = next(s for s in shared_district.students if not s.ties)
    reply = client.ask(f"{CONTACTS}/student/{alone.dcid}")
    assert (reply.status_code, reply.content) == (204, b"")


def test_section_10_2_a_contact_is_real_json_with_nulls_and_booleans(
    client: Client, student: Student
) -> None:
    tie = student.ties[0]
    body = client.get(f"{CONTACTS}/contact/{tie.contact.id}")
    assert (body["firstName"], body["lastName"], body["active"]) == (
        tie.contact.first,
        tie.contact.last,
        True,
    )
    assert body["contactNumber"] is None
    shown = next(t for t in body["contactStudents"] if t["dcid"] == student.dcid)
    assert shown["studentNumber"] == student.number
    assert shown["studentDetails"] == [
        {
            "studentContactDetailId": tie.detail,
            "studentContactId": tie.id,
            "relationship": tie.relationship,
            "relationshipNote": tie.note or None,
            "custodial": tie.custodial,
            "livesWith": tie.lives_with,
            "schoolPickup": tie.pickup,
            "emergency": tie.emergency,
            "receivesMail": tie.mail,
            "excludeFromStateReporting": False,
            "active": True,
            "startDate": None,
            "endDate": None,
            "deleted": False,
        }
    ]


def test_siblings_are_tied_to_the_same_contact(client: Client, shared_district: District) -> None:
    first, second, *_ = next(
        members
        for members in (s.household.members for s in shared_district.students)
        if len(members) > 1 and members[0].ties and members[0].ties[0].contact is members[1].ties[0].contact
    )
    shared = client.get(f"{CONTACTS}/student/{first.dcid}")[0]
    assert {first.dcid, second.dcid} <= {tie["dcid"] for tie in shared["contactStudents"]}


def test_section_10_1_several_contacts_at_once(client: Client) -> None:
    assert [c["contactId"] for c in client.get(f"{CONTACTS}/contacts", contactids="3,1,99999999,x")] == [3, 1]


def test_section_10_1_demographics_have_no_children(client: Client) -> None:
    body = client.get(f"{CONTACTS}/1/demographics")
    assert body["contactId"] == 1
    assert not {"emails", "phones", "addresses", "contactStudents"} & set(body)


@pytest.mark.parametrize(
    ("child", "tie", "thing"),
    [
        ("emails", "contactEmailId", "emailId"),
        ("phones", "contactsPhoneId", "phoneNumberId"),
        ("addresses", "contactsAddressId", "addressId"),
        ("students", "studentContactId", "dcid"),
    ],
)
def test_section_10_3_a_child_is_found_by_the_id_of_its_tie_and_not_of_the_thing(
    client: Client, shared_district: District, child: str, tie: str, thing: str
) -> None:
    person = next(p for p in shared_district.contacts() if p.emails and p.phones and p.homes)
    (first, *_) = client.get(f"{CONTACTS}/{person.id}/{child}")
    assert client.get(f"{CONTACTS}/{person.id}/{child}/{first[tie]}") == first
    assert client.ask(f"{CONTACTS}/{person.id}/{child}/{first[thing]}").status_code == 404


def test_section_10_2_a_phone_is_kept_as_typed(client: Client, student: Student) -> None:
    person = student.ties[0].contact
    phones = client.get(f"{CONTACTS}/{person.id}/phones")
    assert [p["phoneNumber"] for p in phones] == [p.number for p in person.phones]


def test_section_10_1_details_of_a_tie(client: Client, student: Student) -> None:
    tie = student.ties[0]
    path = f"{CONTACTS}/{tie.contact.id}/students/{tie.id}/studentdetails"
    (detail,) = client.get(path)
    assert client.get(f"{path}/{tie.detail}") == detail
    assert client.ask(f"{path}/{tie.id}").status_code == 404


def test_section_10_1_old_contact_slots_in_use(client: Client, student: Student) -> None:
    used = client.get(f"{CONTACTS}/student/original_contact_types/in_use/{student.dcid}")
    assert used == [tie.legacy for tie in student.ties if tie.legacy]


@pytest.mark.parametrize(
    "path",
    [
        "contact/99999999",
        "student/1",
        "contact/x",
        "1/pets",
        "99999999/emails",
        "1/students/1/studentdetails",
    ],
)
def test_what_does_not_exist_is_404(client: Client, path: str) -> None:
    assert client.ask(f"{CONTACTS}/{path}").status_code == 404


def test_section_10_1_there_is_no_contacts_path_below_a_student(client: Client, student: Student) -> None:
    assert client.ask(f"{CONTACTS}/student/{student.dcid}/contacts").status_code == 404


def test_section_1_2_the_contacts_api_needs_grants(connect: Callable[..., Client]) -> None:
    client = connect(
        upload=plugin_xml(fields={name: c for name, c in FIELDS.items() if name != "phonenumber"})
    )
    reply = client.ask(f"{CONTACTS}/contact/1")
    errors: Any = reply.json()["errors"]
    assert (reply.status_code, errors) == (
        403,
        [{"resource": "PhoneNumber", "field": "*", "code": "NoAccess"}],
    )
    assert client.ask(f"{CONTACTS}/1/demographics").status_code == 200


@pytest.mark.parametrize(("as_code", "kinds"), [(True, {str}), (False, {int})])
def test_section_10_2_switch_state_and_country_as_codes_or_ids(
    connect: Callable[..., Client], shared_district: District, *, as_code: bool, kinds: set[type]
) -> None:
    client = connect(Options(contact_state_as_code=as_code))
    person = next(p for p in shared_district.contacts() if p.homes and p.homes[0].address.state)
    address = client.get(f"{CONTACTS}/{person.id}/addresses")[0]
    assert {type(address["state"]), type(address["country"])} == kinds
