"""PowerSchool SIS through its plugin API."""

from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import date

import msgspec

from yellowbus.connectors.base import Check, Code, Page, ReadFilter, School, SourceField, text
from yellowbus.connectors.powerschool import (
    check,
    codes,
    contact_api,
    contact_looking,
    endpoints,
    fields,
    places,
    schools,
    student_writing,
    targets,
    wire,
)
from yellowbus.connectors.powerschool.contact_writing import ContactWriter
from yellowbus.connectors.powerschool.contacts import NoContacts, TableContacts
from yellowbus.connectors.powerschool.looking import Lookout
from yellowbus.connectors.powerschool.server import Server
from yellowbus.connectors.powerschool.students import NOBODY, Reading, StudentReader, joined
from yellowbus.connectors.powerschool.tables import needed_for
from yellowbus.connectors.powerschool.token import Token
from yellowbus.connectors.writing import (
    ContactWrite,
    Held,
    HeldContact,
    Place,
    Receipt,
    Sought,
    StudentWrite,
    TargetField,
)
from yellowbus.errors import RecordError
from yellowbus.protocols.net import Door, base_url
from yellowbus.records import Record, Value


def open(settings: Mapping[str, str], door: Door) -> "PowerSchool":  # noqa: A001 - the name of the contract
    """`settings` are the credentials of manifest.toml, and `school_year` where not today's is meant."""
    root = base_url(settings["server_url"])
    token = Token(door, root, client_id=settings["client_id"], client_secret=settings["client_secret"])
    year = int(settings.get("school_year") or schools.school_year_of(date.today()))  # noqa: DTZ011
    return PowerSchool(Server(door, root, token), year)


class PowerSchool:
    """The methods of `connectors.base.Connector`, then those of `connectors.writing.Writer`."""

    def __init__(self, server: Server, year: int) -> None:
        self._server = server
        self._year = year
        self._lookout = Lookout(server)
        self._contact_writer = ContactWriter(server)

    def check(self) -> Iterator[Check]:
        return check.checks(self._server, self._year)

    def schools(self) -> list[School]:
        return schools.listed(self._server, self._year)

    def fields(self, kind: str) -> list[SourceField]:
        if kind == "schools":
            return list(fields.known("schools"))
        extensions = fields.extension_fields(self._server)
        return [*fields.known("students"), *extensions, *fields.known("contacts")]

    def codes(self) -> Iterator[Code]:
        return codes.all_codes(self._server, self.schools())

    def find(self, key: str, fields: frozenset[str] = frozenset()) -> Record | None:
        if not wire.is_id(key):
            return None
        plan = self._plan(fields)
        asked = {"q": f"local_id=={key}", "page": "1", **plan.params}
        read = self._server.items(endpoints.STUDENTS, plan.names, asked)
        found = [raw for raw in read if text(_student(raw).get("local_id")) == key]
        if len(found) > 1:
            raise RecordError("id-repeated", column="local_id")
        return plan.decode(joined(found[0], self._contacts_of(_student(found[0]), plan))) if found else None

    def read(self, kind: str, after: str, wanted: ReadFilter) -> Iterator[Page]:
        if kind == "schools":
            yield from schools.pages(self._server, wanted.school_year or self._year)
            return
        yield from self._students(after, wanted)

    def close(self) -> None:
        pass

    def targets(self) -> list[TargetField]:
        return targets.every(self._server)

    def places(self, school_year: int) -> list[Place]:
        return places.places(self._server, school_year)

    def look(self, sought: Sought) -> list[Held]:
        return self._lookout.look(sought)

    def contacts(self, remote: str) -> list[HeldContact]:
        return contact_looking.of_student(self._server, remote)

    def contacts_like(self, values: Mapping[str, Value]) -> Iterator[HeldContact]:
        return contact_looking.like(self._server, values)

    def write(self, change: StudentWrite) -> Receipt:
        return student_writing.write(self._server, change)

    def write_contact(self, change: ContactWrite) -> Receipt:
        return self._contact_writer.write(change)

    def _students(self, after: str, wanted: ReadFilter) -> Iterator[Page]:
        plan = self._plan(wanted.fields)
        if not plan.contact_fields:
            yield from StudentReader(self._server, plan, wanted.statuses, NoContacts()).pages(after)
            return
        with closing(TableContacts(self._server, needed_for(plan.contact_fields))) as found:
            found.load()
            yield from StudentReader(self._server, plan, wanted.statuses, found).pages(after)

    def _plan(self, asked: frozenset[str]) -> Reading:
        names = asked or frozenset(field.name for field in self.fields("students"))
        return Reading.of(names, fields.contact_names())

    def _contacts_of(self, student: wire.Json, plan: Reading) -> bytes:
        dcid = text(student.get("id"))
        if not dcid or not plan.contact_fields:
            return NOBODY
        return msgspec.json.encode(contact_api.of_student(self._server, dcid))


def _student(raw: bytes) -> wire.Json:
    return wire.block(wire.value_of(raw))
