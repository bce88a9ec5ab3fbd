"""Writing contacts and their e-mails, phones and addresses (powerschool dossier 10.1 to 10.4)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from yellowbus.simulators.district import Contact
from yellowbus.simulators.district.families import NO_ADDRESS
from yellowbus.simulators.district.people import Email, Home, Phone
from yellowbus.simulators.exchange import Reply
from yellowbus.simulators.faults import FaultKind
from yellowbus.simulators.powerschool import contacts
from yellowbus.simulators.powerschool.contact_answers import (
    DELETE,
    HALF,
    INSERT,
    UPDATE,
    Target,
    failed,
    valid,
)
from yellowbus.simulators.powerschool.contact_fields import (
    ADDRESS,
    DETAIL,
    EMAIL,
    PERSON,
    PHONE,
    TIE_STUDENT,
    Shape,
)
from yellowbus.simulators.powerschool.contact_rights import check_any, check_whole
from yellowbus.simulators.powerschool.contact_rows import Row, body_of, read_row, today, touch
from yellowbus.simulators.powerschool.contact_ties import Wanted, drop_tie, make_tie, mark_repeated, read_tie
from yellowbus.simulators.powerschool.state import Call
from yellowbus.simulators.powerschool.tables import error
from yellowbus.simulators.powerschool.write_codes import Flaw

# Path of the children: shape, word of the journal, list of the person, flag that only one of them has.
KINDS: Mapping[str, tuple[Shape, str, str, str]] = {
    "emails": (EMAIL, "email", "emails", "primary"),
    "phones": (PHONE, "phone", "phones", "preferred"),
    "addresses": (ADDRESS, "address", "homes", ""),
}
NOT_SAVED = Flaw("contact", "CONTACT_NOT_SAVED", "The contact could not be saved")
HALF_SAVED = Flaw("contactStudents", "CONTACT_NOT_SAVED", "The students of the contact could not be saved")
LOCKED = Flaw("contact", "RECORD_LOCKED", "Another user has this record open")


# --- contacts ---


@dataclass(slots=True)
class Sent:
    """A whole contact as it was sent: its own row, its children by kind, and its students."""

    person: Row
    children: list[tuple[str, Row, Any]] = field(default_factory=list)
    ties: list[Wanted] = field(default_factory=list)

    @property
    def flaws(self) -> list[Flaw]:
        rows: list[Row | Wanted] = [self.person, *(row for _, row, _ in self.children), *self.ties]
        return [flaw for row in rows for flaw in row.flaws]


def create(call: Call) -> Reply:
    """Make a contact, with its e-mails, phones, addresses and students where they were sent along."""
    body = body_of(call)
    _check_rights(call, body)
    sent, target = _read(call, body), Target("contact", INSERT)
    flaws = sent.flaws or _struck(call, body)
    if flaws:
        return failed(call, target, flaws)
    person = _make(call, sent)
    done = Target("contact", INSERT, person.id, f"/ws/contacts/contact/{person.id}")
    if call.sis.faults.strike(FaultKind.HALF_CONTACT, *_names(body)):
        return failed(call, done, [HALF_SAVED], outcome=HALF)
    for wanted in sent.ties:
        make_tie(call, person, wanted)
    return valid(call, done, contacts.full_document(call, person), fields=tuple(body))


def _check_rights(call: Call, body: Mapping[str, Any]) -> None:
    check_whole(call, PERSON)
    for kind, (shape, _, _, _) in KINDS.items():
        if body.get(kind):
            check_whole(call, shape)
    if body.get("contactStudents"):
        check_whole(call, DETAIL, more=(TIE_STUDENT,))


def _read(call: Call, body: Mapping[str, Any]) -> Sent:
    sent = Sent(read_row(call, PERSON, body))
    for kind in KINDS:
        sent.children += [(kind, _read_child(call, kind, item), item) for item in _items(body, kind)]
    sent.ties = [read_tie(call, item, None) for item in _items(body, "contactStudents")]
    mark_repeated(sent.ties)
    return sent


def _items(body: Mapping[str, Any], name: str) -> list[Any]:
    found = body.get(name)
    return found if isinstance(found, list) else []


def _struck(call: Call, body: Mapping[str, Any]) -> list[Flaw]:
    struck = call.sis.faults.strike(FaultKind.CONTACT_FAILED, *_names(body))
    return [NOT_SAVED] if struck else []


def _names(body: Mapping[str, Any]) -> tuple[str, ...]:
    """By which a fault may mean this contact."""
    first, last = (str(body.get(name) or "") for name in ("firstName", "lastName"))
    return last, f"{first} {last}"


def _make(call: Call, sent: Sent) -> Contact:
    district, day = call.sis.district, today(call)
    person = Contact(
        district.next_id("people"), "", "", "", "", "", "", "", [], [], [], created=day, modified=day
    )
    sent.person.put(person)
    district.untied[person.id] = person
    district.version += 1
    for kind, row, item in sent.children:
        _add(call, person, (kind, row, item))
    return person


def demographics(call: Call) -> Reply:
    """The contact's own row; children that are sent along are ignored (10.1)."""
    person, body = contacts.person_of(call), body_of(call)
    check_any(call, PERSON)
    target = Target("contact", UPDATE, person.id, f"/ws/contacts/{person.id}/demographics")
    if call.sis.faults.strike(FaultKind.LOCKED, str(person.id), person.last):
        return failed(call, target, [LOCKED])
    row = read_row(call, PERSON, body, person)
    if row.flaws:
        return failed(call, target, row.flaws)
    row.put(person)
    touch(call, person)
    return valid(call, target, contacts.top_document(person), fields=row.stored)


def delete(call: Call) -> Reply:
    person = contacts.person_of(call)
    check_whole(call, PERSON)
    for tie in list(call.sis.people.ties(person)):
        drop_tie(call, tie)
    call.sis.district.untied.pop(person.id, None)
    call.sis.district.version += 1
    return valid(call, Target("contact", DELETE, person.id, f"/ws/contacts/contact/{person.id}"))


# --- e-mails, phones, addresses ---


def _kind(call: Call) -> str:
    if call.path["child"] not in KINDS:
        raise error(404, "Not found")
    return call.path["child"]


def _child_target(person: Contact, kind: str, action: str, link: int | None) -> Target:
    return Target(KINDS[kind][1], action, link, f"/ws/contacts/{person.id}/{kind}/{link or ''}")


def add_child(call: Call) -> Reply:
    person, kind, body = contacts.person_of(call), _kind(call), body_of(call)
    check_whole(call, KINDS[kind][0])
    row = _read_child(call, kind, body)
    if row.flaws:
        return failed(call, _child_target(person, kind, INSERT, None), row.flaws)
    made = _add(call, person, (kind, row, body))
    touch(call, person)
    target = _child_target(person, kind, INSERT, made.link)
    return valid(call, target, contacts.child_document(call, person, kind, made.link), fields=row.stored)


def change_child(call: Call) -> Reply:
    """By the id of the tie; the id of the thing itself is not found (10.3)."""
    person, kind, body = contacts.person_of(call), _kind(call), body_of(call)
    check_any(call, KINDS[kind][0])
    thing = _thing(call, person, kind)
    target = _child_target(person, kind, UPDATE, thing.link)
    row = _read_child(call, kind, body, thing)
    if row.flaws:
        return failed(call, target, row.flaws)
    row.put(thing)
    _settle(person, kind, thing, body)
    touch(call, person)
    return valid(call, target, contacts.child_document(call, person, kind, thing.link), fields=row.stored)


def remove_child(call: Call) -> Reply:
    person, kind = contacts.person_of(call), _kind(call)
    check_whole(call, KINDS[kind][0])
    thing = _thing(call, person, kind)
    getattr(person, KINDS[kind][2]).remove(thing)
    touch(call, person)
    return valid(call, _child_target(person, kind, DELETE, thing.link))


def _read_child(call: Call, kind: str, sent: Any, before: Any = None) -> Row:
    row = read_row(call, KINDS[kind][0], sent, before)
    if kind == "addresses" and before is None:
        row.flaws += _flaws_of_address(row)
    return row


def _flaws_of_address(row: Row) -> Iterator[Flaw]:
    if not any(row[name] for name in ("street", "city", "postalcode")):
        yield Flaw("addresses/street", "REQUIRED", "The value is required")


def _thing(call: Call, person: Contact, kind: str) -> Any:
    wanted = call.number("link")
    found = next((thing for thing in getattr(person, KINDS[kind][2]) if thing.link == wanted), None)
    if found is None:
        raise error(404, f"No {kind} with id {call.path['link']}")
    return found


def _add(call: Call, person: Contact, sent: tuple[str, Row, Any]) -> Any:
    kind, row, item = sent
    thing = _blank(call, kind)
    row.put(thing)
    getattr(person, KINDS[kind][2]).append(thing)
    _settle(person, kind, thing, item)
    return thing


def _blank(call: Call, kind: str) -> Email | Phone | Home:
    district = call.sis.district
    link = district.next_id("links")
    if kind == "emails":
        return Email(district.next_id("emails"), link, "", "", primary=False)
    if kind == "phones":
        return Phone(district.next_id("phones"), link, "", "", "", sms=False, preferred=False)
    return Home(district.next_id("homes"), link, "", NO_ADDRESS, country="")


def _settle(person: Contact, kind: str, thing: Any, item: Any) -> None:
    """One place in the row for each, and one that is first of all."""
    _, _, name, only = KINDS[kind]
    things = getattr(person, name)
    sequence = item.get("sequence") if isinstance(item, dict) and kind != "emails" else None
    if isinstance(sequence, int) and sequence > 0:
        things.remove(thing)
        things.insert(sequence - 1, thing)
    for other in things:
        if only and getattr(thing, only) and other is not thing:
            setattr(other, only, False)
