"""Contacts of one student, by the contacts API (powerschool dossier 10), named as those of the tables.

For an example, a Send Record or an export: an import reads the tables.
"""

from collections.abc import Mapping
from typing import Final

import msgspec

from yellowbus.connectors.base import text
from yellowbus.connectors.powerschool import endpoints, wire
from yellowbus.connectors.powerschool.reach import Contact, add_email, add_phone
from yellowbus.connectors.powerschool.server import Server
from yellowbus.protocols.net import Reply


def of_student(server: Server, student: str) -> list[Contact]:
    """In the order of their priority, those no longer active left out."""
    found = [_from_api(item, student) for item in items_of(server, student)]
    return [contact for contact in sorted(found, key=_order) if contact]


def items_of(server: Server, student: str) -> list[wire.Json]:
    """The contacts of a student as the API sends them."""
    reply = server.answered(endpoints.CONTACTS_OF.format(student=student))
    if reply.status == 204:  # no contacts (dossier 10.1)
        return []
    return items_in(server, reply)


def items_in(server: Server, reply: Reply) -> list[wire.Json]:
    """The contacts of a bare array, or a bare object, each state and country as the code that it is written by."""
    try:
        answer = wire.value_of(reply.body)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        raise reply.not_understood("contacts") from None
    if not isinstance(answer, list | dict):
        raise reply.not_understood("contacts")
    items = wire.blocks(answer)
    for address in (address for item in items for address in wire.blocks(item, "addresses")):
        address.update(_coded(server, address))
    return items


def _coded(server: Server, address: wire.Json) -> wire.Json:
    """A state or country that is shown as the number of its row in the code sets (dossier 10.2 leaves it open)."""
    shown = {key: text(address.get(key)) or "" for key in _NUMBERED}
    numbers = {key: int(value) for key, value in shown.items() if wire.is_id(value)}
    return {key: server.code_words.get(number, shown[key]) for key, number in numbers.items()}


def _order(contact: Contact) -> tuple[int, int]:
    return _number(contact.get("contact.priority")), _number(contact.get("contact.student_contact_id"))


def _number(value: str | None) -> int:
    return int(value) if value and value.isdigit() else 0


_NUMBERED: Final = ("state", "country")
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
    ties = ties_of(item, student)
    details = [detail for tie in ties[:1] for detail in wire.blocks(tie, "studentDetails") if _active(detail)]
    if not _active(item) or not details:
        return {}
    return told(item, ties[0], details[0])


def _active(item: wire.Json) -> bool:
    return item.get("active") is not False


def ties_of(item: wire.Json, student: str) -> list[wire.Json]:
    """What ties a contact to one student, by DCID."""
    return [tie for tie in kept(item, "contactStudents") if text(tie.get("dcid")) == student]


def detail_of(tie: wire.Json) -> wire.Json:
    """What a tie says of the two: the detail that is active, else the last one, else {}."""
    details = kept(tie, "studentDetails")
    return next(filter(_active, details), details[-1] if details else {})


def told(item: wire.Json, tie: wire.Json, detail: wire.Json) -> Contact:
    """A contact by the names of the reading side; `tie` and `detail` are {} where it is nobody's in particular."""
    named = _named(item, _API_PERSON) | _named(tie, _API_LINK) | _named(detail, _API_DETAIL)
    contact = {f"contact.{key}": value for key, value in named.items()}
    for email in emails(item):
        add_email(contact, text(email.get("address")), text(email.get("type")))
    for phone in phones(item):
        number, extension = text(phone.get("phoneNumber")), text(phone.get("extension"))
        add_phone(contact, number, text(phone.get("phoneType")), extension)
    for address in addresses(item)[:1]:
        found = _named(address, _API_ADDRESS)
        contact.update({f"contact.address_{key}": value for key, value in found.items()})
    return contact


def kept(item: wire.Json, kind: str) -> list[wire.Json]:
    return [child for child in wire.blocks(item, kind) if child.get("deleted") is not True]


def emails(item: wire.Json) -> list[wire.Json]:
    """The primary one first. Position n is contact.email{n}."""
    filled = [email for email in kept(item, "emails") if text(email.get("address"))]
    return sorted(filled, key=lambda email: email.get("primary") is not True)


def phones(item: wire.Json) -> list[wire.Json]:
    """The preferred one first. Position n is contact.phone{n}."""
    filled = [phone for phone in kept(item, "phones") if text(phone.get("phoneNumber"))]
    return sorted(filled, key=_phone_order)


def addresses(item: wire.Json) -> list[wire.Json]:
    filled = [address for address in kept(item, "addresses") if _named(address, _API_ADDRESS)]
    return sorted(filled, key=sequence)


def _named(item: wire.Json, names: Mapping[str, str]) -> Contact:
    held = {key: text(item.get(name)) for key, name in names.items()}
    return {key: value for key, value in held.items() if value is not None}


def _phone_order(phone: wire.Json) -> tuple[bool, int]:
    return phone.get("preferred") is not True, sequence(phone)


def sequence(item: wire.Json) -> int:
    return _number(text(item.get("sequence")))
