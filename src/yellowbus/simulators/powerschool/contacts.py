"""Reading /ws/contacts (powerschool dossier 10.1, 10.2): genuine JSON, bare arrays, ids of ties beside ids
of things.
"""

from collections.abc import Callable
from datetime import date
from typing import Any

from yellowbus.simulators.district import Contact, Student, Tie
from yellowbus.simulators.district.people import Detail
from yellowbus.simulators.exchange import Reply, as_json
from yellowbus.simulators.powerschool.codes import code_id
from yellowbus.simulators.powerschool.plugins import Plugin
from yellowbus.simulators.powerschool.state import Call
from yellowbus.simulators.powerschool.tables import error, no_access

Document = dict[str, Any]
# Which grants open the contacts API is not published; we ask for a column of each table that it shows (1.2).
PERSON_TABLES = ("Person", "StudentContactAssoc", "StudentContactDetail")
CHILD_TABLES = (
    "EmailAddress",
    "PersonEmailAddressAssoc",
    "PhoneNumber",
    "PersonPhoneNumberAssoc",
    "PersonAddress",
    "PersonAddressAssoc",
)


def _check_grants(plugin: Plugin, *tables: str) -> None:
    granted = {table for table, _ in plugin.granted}
    lacking = [(table, "*") for table in tables if table.lower() not in granted]
    if lacking:
        raise no_access(lacking)


def person_of(call: Call) -> Contact:
    wanted = call.number("contact")
    people = call.sis.people.by_id()
    if wanted not in people:
        raise error(404, f"No contact with id {call.path['contact']}")
    return people[wanted]


def _student(call: Call) -> Student:
    found = call.sis.district.student_by_dcid(call.number("dcid"))
    if found is None:
        raise error(404, f"No student with id {call.path['dcid']}")
    return found


# --- documents ---


def top_document(person: Contact) -> Document:
    return {
        "contactId": person.id,
        "firstName": person.first,
        "middleName": person.middle or None,
        "lastName": person.last,
        "prefix": person.prefix or None,
        "suffix": person.suffix or None,
        "gender": person.gender or None,
        "employer": person.employer or None,
        "stateContactNumber": person.state_number or None,
        "contactNumber": person.number or None,
        "stateExcludeFromReporting": person.unreported,
        "active": person.active,
    }


def _emails(_: Call, person: Contact) -> list[Document]:
    return [
        {
            "contactEmailId": email.link,
            "emailId": email.id,
            "type": email.type,
            "address": email.address,
            "primary": email.primary,
            "deleted": False,
        }
        for email in person.emails
    ]


def _phones(_: Call, person: Contact) -> list[Document]:
    return [
        {
            "contactsPhoneId": phone.link,
            "phoneNumberId": phone.id,
            "phoneType": phone.type,
            "phoneNumber": phone.number,
            "extension": phone.extension or None,
            "sms": phone.sms,
            "preferred": phone.preferred,
            "sequence": place,
            "deleted": False,
        }
        for place, phone in enumerate(person.phones, 1)
    ]


def _addresses(call: Call, person: Contact) -> list[Document]:
    def coded(kind: str, code: str) -> Any:
        return code if call.options.contact_state_as_code else code_id(kind, code)

    return [
        {
            "contactsAddressId": home.link,
            "addressId": home.id,
            "addressType": home.type,
            "street": home.address.street,
            "linetwo": home.line_two or None,
            "unit": home.address.unit or None,
            "city": home.address.city,
            "state": coded("State", home.address.state) or None,
            "country": coded("Country", home.country) or None,
            "postalcode": home.address.postal_code,
            "startDate": _iso(home.start),
            "endDate": _iso(home.end),
            "sequence": place,
            "deleted": False,
        }
        for place, home in enumerate(person.homes, 1)
    ]


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def detail_document(tie: Tie, detail: Detail) -> Document:
    return {
        "studentContactDetailId": detail.id,
        "studentContactId": tie.id,
        "relationship": detail.relationship,
        "relationshipNote": detail.note or None,
        "custodial": detail.custodial,
        "livesWith": detail.lives_with,
        "schoolPickup": detail.pickup,
        "emergency": detail.emergency,
        "receivesMail": detail.mail,
        "excludeFromStateReporting": detail.unreported,
        "active": detail.active,
        "startDate": _iso(detail.start),
        "endDate": _iso(detail.end),
        "deleted": False,
    }


def tie_document(call: Call, tie: Tie) -> Document:
    student = call.sis.district.student_by_dcid(tie.student_dcid)
    assert student is not None
    return {
        "studentContactId": tie.id,
        "sequence": tie.priority,
        "dcid": student.dcid,
        "studentNumber": student.number,
        "firstName": student.first,
        "middleName": student.middle or None,
        "lastName": student.last,
        "schoolAbbr": student.school.abbreviation,
        "schoolNumber": student.school.number,
        "originalContactType": tie.legacy or None,
        "guardianId": None,
        "canAccessData": False,
        "restrictions": [],
        "studentDetails": [detail_document(tie, detail) for detail in tie.details],
        "deleted": False,
    }


def _ties(call: Call, person: Contact) -> list[Document]:
    return [tie_document(call, tie) for tie in call.sis.people.ties(person)]


CHILDREN: dict[str, tuple[str, Callable[[Call, Contact], list[Document]]]] = {
    "emails": ("contactEmailId", _emails),
    "phones": ("contactsPhoneId", _phones),
    "addresses": ("contactsAddressId", _addresses),
    "students": ("studentContactId", _ties),
}


def child_document(call: Call, person: Contact, kind: str, link: int) -> Document:
    """One child by the id of its tie."""
    key, documents = CHILDREN[kind]
    return next(document for document in documents(call, person) if document[key] == link)


def full_document(call: Call, person: Contact) -> Document:
    return {
        **top_document(person),
        "emails": _emails(call, person),
        "phones": _phones(call, person),
        "addresses": _addresses(call, person),
        "language": None,
        "contactAccount": None,
        "contactStudents": _ties(call, person),
        "mergedIds": [],
        "mergeAccountId": None,
        "@extensions": "",
    }


# --- end points ---


def of_student(call: Call) -> Reply:
    """All contacts of a student by priority; 204 without a body when there are none (16.22)."""
    _check_grants(call.plugin, *PERSON_TABLES, *CHILD_TABLES)
    student = _student(call)
    if not student.ties:
        return Reply(204)
    return as_json(
        [full_document(call, tie.contact) for tie in sorted(student.ties, key=lambda tie: tie.priority)]
    )


def one(call: Call) -> Reply:
    _check_grants(call.plugin, *PERSON_TABLES, *CHILD_TABLES)
    return as_json(full_document(call, person_of(call)))


def several(call: Call) -> Reply:
    _check_grants(call.plugin, *PERSON_TABLES, *CHILD_TABLES)
    people = call.sis.people.by_id()
    wanted = [int(text) for text in call.request.list_of("contactids") if text.isdigit()]
    return as_json([full_document(call, people[number]) for number in wanted if number in people])


def demographics(call: Call) -> Reply:
    _check_grants(call.plugin, *PERSON_TABLES)
    return as_json(top_document(person_of(call)))


def _children(call: Call) -> tuple[str, list[Document]]:
    if call.path["child"] not in CHILDREN:
        raise error(404, "Not found")
    _check_grants(call.plugin, *PERSON_TABLES, *CHILD_TABLES)
    key, documents = CHILDREN[call.path["child"]]
    return key, documents(call, person_of(call))


def children(call: Call) -> Reply:
    return as_json(_children(call)[1])


def child(call: Call) -> Reply:
    """One child by the id of its tie; the id of the thing itself is not found (10.3)."""
    key, documents = _children(call)
    wanted = call.number("link")
    found = next((document for document in documents if document[key] == wanted), None)
    if found is None:
        raise error(404, f"No {call.path['child']} with id {call.path['link']}")
    return as_json(found)


def tie_of(call: Call) -> Tie:
    _check_grants(call.plugin, *PERSON_TABLES)
    wanted, ties = call.number("tie"), call.sis.people.ties(person_of(call))
    found = next((tie for tie in ties if tie.id == wanted), None)
    if found is None:
        raise error(404, f"No student association with id {call.path['tie']}")
    return found


def details(call: Call) -> Reply:
    tie = tie_of(call)
    return as_json([detail_document(tie, found) for found in tie.details])


def detail(call: Call) -> Reply:
    tie, wanted = tie_of(call), call.number("detail")
    found = next((detail for detail in tie.details if detail.id == wanted), None)
    if found is None:
        raise error(404, f"No detail with id {call.path['detail']}")
    return as_json(detail_document(tie, found))


def legacy_in_use(call: Call) -> Reply:
    """The old contact slots of the student that are taken."""
    _check_grants(call.plugin, *PERSON_TABLES)
    return as_json([tie.legacy for tie in _student(call).ties if tie.legacy])
