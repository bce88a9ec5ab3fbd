"""Invented families that are registered in a PowerSchool, and what each of them has to say there.

One function says it of a child that is to be written and of the child that the simulator then holds, so that both are
compared by the names of the targets.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import Any

from yellowbus.connectors.base import ReadFilter
from yellowbus.connectors.powerschool.plugin import plugin_xml
from yellowbus.connectors.registry import open_connector
from yellowbus.connectors.writing import ContactWrite, Enrollment, Held, Sought, Standing, StudentWrite
from yellowbus.protocols.net import Door
from yellowbus.records import Record, Value
from yellowbus.simulators.district import Contact, District, Status, Student, Tie
from yellowbus.simulators.district.people import NO_DAY, Address
from yellowbus.simulators.powerschool import Options, PowerSchool, serve_app

YEAR = 2026
Values = Mapping[str, Value]
MORE = {
    "contact.guardian_email": "guardianemail",
    "contact.emergency_contact_name1": "emerg_contact_1",
    "contact.emergency_phone1": "emerg_phone_1",
    "contact.doctor_name": "doctor_name",
    "contact.doctor_phone": "doctor_phone",
    "school_enrollment.entry_comment": "transfercomment",
    "_extension.studentcorefields.prevschool": "prevschool",
}


class Written:
    """A simulated PowerSchool over HTTP with `students` of its own, and the connector to it."""

    def __init__(self, options: Options | None = None, *, writes: bool = True, students: int = 30) -> None:
        self.app = PowerSchool(District(students=students, seed=7, school_year=YEAR), options)
        plugin = self.app.sis.plugins.install(plugin_xml(access_level=True, writes=writes).encode())
        self.app.sis.plugins.enable(plugin)
        self.running = serve_app(self.app)
        self.door = Door(in_flight=4, per_second=1e6, allow_private=True)
        settings = {
            "server_url": self.running.url,
            "client_id": plugin.client_id,
            "client_secret": plugin.client_secret,
            "school_year": str(YEAR),
        }
        self.connector: Any = open_connector("powerschool", settings, self.door)
        self.people: dict[int, str] = {}  # id of an invented contact -> the id that PowerSchool gave it

    def close(self) -> None:
        self.door.close()
        self.running.stop()

    def create(self, child: Student) -> Held:
        """The child as it is found by its receipt."""
        values = {name: value for name, value in said(child).items() if value is not None}
        receipt = self.connector.write(
            StudentWrite(f"new-{child.dcid}", values, enrollment=self.enrollment(child))
        )
        (held,) = self.connector.look(Sought(remote=receipt.remote))
        return held

    def enrollment(self, child: Student) -> Enrollment:
        school = next(each for each in self.app.sis.district.schools if each.number == child.school.number)
        year = school.year(YEAR)
        assert year is not None
        standing = Standing(child.status.value)
        return Enrollment(
            str(school.number), YEAR, year.first_day, year.last_day + timedelta(days=1), standing
        )

    def give_contacts(self, child: Student, held: Held) -> None:
        """The contacts of a child; one that a sibling brought is tied."""
        for tie in child.ties:
            known = self.people.get(tie.contact.id, "")
            values = {name: value for name, value in contact_said(tie).items() if value is not None}
            written = ContactWrite(
                f"tie-{tie.id}", held.remote, held.key, tie.priority, values, contact=known
            )
            self.people[tie.contact.id] = self.connector.write_contact(written).remote

    def stored(self, held: Held) -> Student:
        found = self.app.sis.district.student_by_dcid(int(held.remote))
        assert found is not None
        return found

    def read(self) -> dict[str, Record]:
        """Every student as the reading side has it, by the DCID."""
        pages = self.connector.read("students", "", ReadFilter(school_year=YEAR))
        records = (page.decode(raw) for page in pages for raw in page.records)
        return {str(record.values["id"]): record for record in records}


def registered(students: int = 45, seed: int = 23) -> list[Student]:
    """Children of an invented district as families register them, active or pre-registered, twins among them."""
    district = District(students=students, seed=seed, school_year=YEAR)
    children = [
        child for child in district.students if child.status in {Status.ACTIVE, Status.PRE_REGISTERED}
    ]
    one, other = next((a, b) for a, b in pairwise(children) if a.household is b.household)
    other.birth, other.grade, other.school = one.birth, one.grade, one.school
    children[0].household.phone = ""
    for place, child in enumerate(children):
        child.status = Status.ACTIVE if place % 3 else Status.PRE_REGISTERED
        child.number = f"{7_000_000 + place:08d}" if place % 3 == 0 else ""
        if not complete(child.household.address):
            child.household.address = children[0].household.address
        child.more |= {
            "guardianemail": f"home{place}@example.org",
            "prevschool": "" if place % 2 else "Elm Day",
        }
        if place % 4 == 0:
            child.more |= {"doctor_name": "Dr. Fintan Lund", "doctor_phone": "480-555-0177"}
            child.more |= {"transfercomment": "Moved in; wants the bus, says: \u201cEl niño\u201d"}
    return children


def complete(address: Address | None) -> bool:
    return address is not None and bool(address.street and address.city)


def said(student: Student) -> dict[str, Value]:
    """What is written of a child. The place of a name and of a value in PowerSchool is powerschool dossier 9.3."""
    values = {
        "local_id": student.number,
        "state_province_id": student.state_id,
        "name.first_name": student.first,
        "name.middle_name": student.middle,
        "name.last_name": student.last,
        "demographics.birth_date": "" if student.birth == NO_DAY else student.birth.isoformat(),
        "demographics.gender": student.gender,
        "demographics.projected_graduation_year": str(student.graduation_year or ""),
        "school_enrollment.grade_level": str(student.grade),
        "school_enrollment.entry_code": student.entry_code,
        "contact_info.email": student.email,
        "phones.main.number": student.household.phone,
        "schedule_setup.home_room": student.home_room,
        "schedule_setup.next_school": str(student.next_school or ""),
        "schedule_setup.sched_next_year_grade": _next_grade(student),
        "ethnicity_race.federal_ethnicity": "YES" if student.hispanic else "NO",
        "ethnicity_race.races": ",".join(student.races),
        "_extension.u_students_extension.preferredname": student.preferred,
        **_address("physical", student.household.address),
        **_address("mailing", student.household.mailing),
        **{name: student.more.get(column, "") for name, column in MORE.items()},
    }
    return {name: value or None for name, value in values.items()}


def _next_grade(student: Student) -> str:
    grade = 99 if student.grade == 12 else student.grade + 1
    return student.more.get("sched_nextyeargrade", str(grade) if student.next_school else "")


def _address(block: str, address: Address | None) -> dict[str, str]:
    parts = ("street", "city", "state_province", "postal_code")
    if address is None or not address.city:
        return {f"addresses.{block}.{part}": "" for part in parts}
    street = f"{address.street} {address.unit}".strip()
    told = (street, address.city, address.state, address.postal_code)
    return {f"addresses.{block}.{part}": value for part, value in zip(parts, told, strict=True)}


def contact_said(tie: Tie) -> dict[str, Value]:
    """What is written of a contact, in the slots of its lists (powerschool dossier 10.2)."""
    values = _person(tie.contact) | {
        "Relationship": tie.relationship,
        "RelationshipNote": tie.note,
        "Custodial": str(tie.custodial).lower(),
        "LivesWith": str(tie.lives_with).lower(),
        "SchoolPickup": str(tie.pickup).lower(),
        "Emergency": str(tie.emergency).lower(),
        "ReceivesMail": str(tie.mail).lower(),
    }
    return {f"Contacts.{name}": value or None for name, value in values.items()}


def _person(person: Contact) -> dict[str, str]:
    named = {
        "FirstName": person.first,
        "MiddleName": person.middle,
        "LastName": person.last,
        "Prefix": person.prefix,
        "Suffix": person.suffix,
        "Gender": person.gender,
        "Employer": person.employer,
    }
    return named | dict(_reached(person))


def _reached(person: Contact) -> Iterator[tuple[str, str]]:
    for place, email in enumerate(sorted(person.emails, key=lambda each: not each.primary), 1):
        yield from ((f"Emails{place}", email.address), (f"Emails{place}Type", email.type))
    for place, phone in enumerate(person.phones, 1):
        yield from ((f"Phones{place}", phone.number), (f"Phones{place}Type", phone.type))
        yield f"Phones{place}Ext", phone.extension
    for home in person.homes[:1]:
        at = home.address
        told = {"Street": at.street, "Unit": at.unit, "City": at.city, "State": at.state}
        told |= {"PostalCode": at.postal_code, "Country": home.country, "Type": home.type}
        yield from ((f"Address{name}", value) for name, value in told.items())


def differences(sent: Values, held: Values) -> dict[str, tuple[Value, Value]]:
    """Name to (sent, held) for what is not as it was sent."""
    return {name: (value, held.get(name)) for name, value in sent.items() if held.get(name) != value}


def renamed(contact: Values, reads: Mapping[str, str]) -> dict[str, Value]:
    """A contact of the reading side by the names of the targets."""
    return {target: contact.get(name) for target, name in reads.items()}


def moved(child: Student, other: Student) -> Student:
    """The same child with the names, the home and the lists of another."""
    kept = ("dcid", "number", "grade", "entry_code", "school", "status", "ties")
    return replace(other, **{name: getattr(child, name) for name in kept})
