"""Contacts as PowerSchool holds them, by the names of the targets (powerschool dossier 10.1, 10.2)."""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from yellowbus.connectors.base import text
from yellowbus.connectors.powerschool import contact_api, endpoints, targets, wire
from yellowbus.connectors.powerschool.looking import spelt
from yellowbus.connectors.powerschool.server import Server
from yellowbus.connectors.powerschool.tables import PEOPLE, Person
from yellowbus.connectors.writing import HeldContact
from yellowbus.records import Value

_PERSONS: Final = next(table for table in PEOPLE if table.row is Person)
_AT_ONCE: Final = 25
_MOST_PAGES: Final = 5
_DIGITS: Final = 10  # of a phone, without the country
_FIRST: Final = "Contacts.FirstName"
_LAST: Final = "Contacts.LastName"
_EMAILS: Final = tuple(f"Contacts.Emails{number}" for number in (1, 2, 3))
_PHONES: Final = tuple(f"Contacts.Phones{place}" for place in ("Home", "Mobile", "Work", 1, 2, 3))


def of_student(server: Server, student: str) -> list[HeldContact]:
    """Those of one student, by DCID; one that PowerSchool no longer uses too, so that it is not made a second time."""
    items = contact_api.items_of(server, student) if wire.is_id(student) else []
    found = [(tie, held(item, tie)) for item in items for tie in contact_api.ties_of(item, student)[:1]]
    return [contact for _, contact in sorted(found, key=lambda each: contact_api.sequence(each[0]))]


def like(server: Server, values: Mapping[str, Value]) -> Iterator[HeldContact]:
    """Those of the same name who have an e-mail address or a phone of `values`; tied to nobody in particular."""
    reach = _reach(values)
    ids = _namesakes(server, values) if reach else []
    for begin in range(0, len(ids), _AT_ONCE):
        asked = {"contactids": ",".join(ids[begin : begin + _AT_ONCE])}
        reply = server.answered(endpoints.SOME_CONTACTS, asked)
        items = [] if reply.status == 204 else contact_api.items_in(server, reply)
        found = [held(item, {}) for item in items if item.get("active") is not False]
        yield from (contact for contact in found if reach & _reach(contact.values))


def held(item: wire.Json, tie: wire.Json) -> HeldContact:
    told = contact_api.told(item, tie, contact_api.detail_of(tie))
    return HeldContact(
        remote=text(item.get("contactId")) or "",
        link=text(tie.get("studentContactId")) or "",
        values={name: told.get(target.reads) for name, target in targets.contacts().items()},
        children=len({text(each.get("dcid")) for each in contact_api.kept(item, "contactStudents")}),
    )


def _namesakes(server: Server, values: Mapping[str, Value]) -> list[str]:
    """The ids of contacts with this first and last name, written as it is or in capitals."""
    first, last = (values.get(name) or "" for name in (_FIRST, _LAST))
    asked = dict.fromkeys(
        f"lastname=={spelt(last)};firstname=={spelt(first)}"
        for last, first in ((last, first), (last.upper(), first.upper()))
        if spelt(last) and spelt(first)
    )
    size = server.metadata.page_size("schema_table_query")
    people = {person.id: person for q in asked for person in _people(server, q, size)}
    ours = (first.strip().casefold(), last.strip().casefold())
    return [str(number) for number, person in sorted(people.items()) if _name(person) == ours]


def _people(server: Server, q: str, size: int) -> Iterator[Person]:
    for page in range(1, _MOST_PAGES + 1):
        rows = server.rows(_PERSONS, page=page, size=size, q=q)
        yield from rows
        if len(rows) < size:
            return


def _name(person: Person) -> tuple[str, str]:
    return (person.firstname or "").strip().casefold(), (person.lastname or "").strip().casefold()


def _reach(values: Mapping[str, Value]) -> frozenset[str]:
    """E-mail addresses and phones in a form in which equal ones are equal."""
    emails = {(values.get(name) or "").strip().casefold() for name in _EMAILS}
    phones = {re.sub(r"\D", "", values.get(name) or "")[-_DIGITS:] for name in _PHONES}
    return frozenset(emails | phones) - {""}
