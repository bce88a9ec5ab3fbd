"""Contacts of one student, by the contacts API (powerschool dossier 10), named as those of the tables.

For an example or a Send Record alone: a run reads the tables.
"""

from collections.abc import Mapping
from typing import Final

from yellowbus.connectors.base import text
from yellowbus.connectors.powerschool import endpoints, wire
from yellowbus.connectors.powerschool.reach import Contact, add_email, add_phone
from yellowbus.connectors.powerschool.server import Server


def of_student(server: Server, student: str) -> list[Contact]:
    """In the order of their priority, those no longer active left out."""
    reply = server.answered(endpoints.CONTACTS_OF.format(student=student))
    if reply.status == 204:  # no contacts (dossier 10.1)
        return []
    found = [_from_api(item, student) for item in wire.blocks(wire.value_of(reply.body))]
    return [contact for contact in sorted(found, key=_order) if contact]


def _order(contact: Contact) -> tuple[int, int]:
    return _number(contact.get("contact.priority")), _number(contact.get("contact.student_contact_id"))


def _number(value: str | None) -> int:
    return int(value) if value and value.isdigit() else 0


_API_PERSON: Final = {
    "id": "contactId",
    "first_name": "firstName",
    "middle_name": "middleName",
    "last_name": "lastName",
    "prefix": "prefix",
    "suffix": "suffix",
    "gender": "gender",
    "employer": "employer",
}
_API_LINK: Final = {"student_contact_id": "studentContactId", "priority": "sequence"}
_API_DETAIL: Final = {
    "relationship": "relationship",
    "relationship_note": "relationshipNote",
    "custodial": "custodial",
    "lives_with": "livesWith",
    "school_pickup": "schoolPickup",
    "emergency": "emergency",
    "receives_mail": "receivesMail",
}
_API_ADDRESS: Final = {
    "street": "street",
    "line_two": "linetwo",
    "unit": "unit",
    "city": "city",
    "state": "state",
    "postal_code": "postalcode",
    "country": "country",
    "type": "addressType",
}


def _from_api(item: wire.Json, student: str) -> Contact:
    links = [link for link in wire.blocks(item, "contactStudents") if text(link.get("dcid")) == student]
    details = [
        detail
        for link in links[:1]
        for detail in wire.blocks(link, "studentDetails")
        if detail.get("active") is not False
    ]
    if item.get("active") is False or not details:
        return {}
    named = _named(item, _API_PERSON) | _named(links[0], _API_LINK) | _named(details[0], _API_DETAIL)
    contact = {f"contact.{key}": value for key, value in named.items()}
    for email in sorted(wire.blocks(item, "emails"), key=lambda email: email.get("primary") is not True):
        add_email(contact, text(email.get("address")), text(email.get("type")))
    for phone in sorted(wire.blocks(item, "phones"), key=_phone_order):
        number, extension = text(phone.get("phoneNumber")), text(phone.get("extension"))
        add_phone(contact, number, text(phone.get("phoneType")), extension)
    for address in sorted(wire.blocks(item, "addresses"), key=_sequence):
        _add_address(contact, _named(address, _API_ADDRESS))
    return contact


def _add_address(contact: Contact, found: Contact) -> None:
    if not any(name.startswith("contact.address") for name in contact):
        contact.update({f"contact.address_{key}": value for key, value in found.items()})


def _named(item: wire.Json, names: Mapping[str, str]) -> Contact:
    held = {key: text(item.get(name)) for key, name in names.items()}
    return {key: value for key, value in held.items() if value is not None}


def _phone_order(phone: wire.Json) -> tuple[bool, int]:
    return phone.get("preferred") is not True, _sequence(phone)


def _sequence(item: wire.Json) -> int:
    return _number(text(item.get("sequence")))
