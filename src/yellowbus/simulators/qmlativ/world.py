"""All rows of the instance, made from the district and its years, and made anew when either changes."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any

from yellowbus.simulators.district import Contact, District, School, Student
from yellowbus.simulators.qmlativ import keys
from yellowbus.simulators.qmlativ.codes import CUSTOM_CODES
from yellowbus.simulators.qmlativ.enrollments import Enrollments
from yellowbus.simulators.qmlativ.ids import FIRST_IDS, Ids
from yellowbus.simulators.qmlativ.kin import Kin
from yellowbus.simulators.qmlativ.places import Places
from yellowbus.simulators.qmlativ.rows import (
    Alias,
    Building,
    Device,
    Email,
    Entity,
    NameAddress,
    Person,
    Phone,
)
from yellowbus.simulators.qmlativ.setup import Setup
from yellowbus.simulators.qmlativ.years import Years

ONE_IN = 7
NO_DIGIT = re.compile(r"\D")
by_id = attrgetter("id")


@dataclass(slots=True)
class World:
    """One state of the instance. Every list is in the order of its key."""

    district: District
    years: Years
    setup: Setup
    kin: Kin
    places: Places
    enrollments: Enrollments
    names: list[Person] = field(default_factory=list)
    aliases: list[Alias] = field(default_factory=list)
    phones: list[Phone] = field(default_factory=list)
    emails: list[Email] = field(default_factory=list)
    name_addresses: list[NameAddress] = field(default_factory=list)
    devices: list[Device] = field(default_factory=list)
    entities: list[Entity] = field(default_factory=list)
    buildings: list[Building] = field(default_factory=list)

    @classmethod
    def build(cls, district: District, years: Years, ids: Ids) -> "World":
        setup = Setup(ids, years)
        setup.build(district.schools)
        enrollments = Enrollments(ids, years, setup, district.schools)
        world = cls(district, years, setup, Kin(ids), Places(ids), enrollments)
        for student in district.students:
            world._student(student)
        for contact in district.contacts():
            world._contact(contact)
        world.entities = list(_entities(district, years))
        world.buildings = [world._building(school) for school in sorted(district.schools, key=keys.building)]
        world._sort()
        return world

    def _student(self, student: Student) -> None:
        self.enrollments.add(student)
        self.kin.add(student)
        name = keys.student_name(student)
        self.names.append(Person(name, student, student=student))
        home, household = keys.home_phone(student), student.household
        if household.phone:
            self.phones.append(Phone(home, name, "Home", household.phone, "", 1))
        if student.email:
            self.emails.append(Email(keys.student_email(student), name, "School", student.email, 1))
        if student.preferred:
            self.aliases.append(Alias(keys.alias(student), name, student))
        if student.id % ONE_IN == 0:
            code = CUSTOM_CODES[student.id % len(CUSTOM_CODES)]
            self.devices.append(Device(keys.device(student), keys.student(student), code.id))
        self._homes(student, name)

    def _homes(self, student: Student, name: int) -> None:
        household = student.household
        home = self.places.of(household.address)
        away = self.places.of(household.mailing) if household.mailing else None
        if home:
            row = NameAddress(keys.home(student), name, home.id, physical=True, mailing=away is None)
            self.name_addresses.append(row)
        if away:
            row = NameAddress(keys.mailing(student), name, away.id, physical=False, mailing=True)
            self.name_addresses.append(row)

    def _contact(self, contact: Contact) -> None:
        name = keys.contact_name(contact)
        guardian = contact.id in self.kin.guardian_contacts
        emergency = contact.id in self.kin.emergency_contacts
        self.names.append(Person(name, contact, contact=contact, guardian=guardian, emergency=emergency))
        self.phones += [
            Phone(phone.link, name, phone.type, phone.number, phone.extension, rank)
            for rank, phone in enumerate(contact.phones, 1)
        ]
        self.emails += [
            Email(email.link, name, email.type, email.address, rank)
            for rank, email in enumerate(contact.emails, 1)
        ]
        for home in contact.homes:
            place = self.places.of(home.address)
            if place:
                row = NameAddress(home.link, name, place.id, physical=True, mailing=True)
                self.name_addresses.append(row)

    def _building(self, school: School) -> Building:
        place = self.places.of(school.address)
        return Building(keys.building(school), school, place.id if place else None)

    def _sort(self) -> None:
        """Rows of students and of contacts were added in turn; ids decide the order."""
        self.setup.link()
        mixed: tuple[list[Any], ...] = (
            self.names,
            self.phones,
            self.emails,
            self.name_addresses,
            self.enrollments.entries,
            self.enrollments.entity_years,
            self.kin.guardians,
            self.kin.emergency,
            self.kin.student_families,
        )
        for rows in mixed:
            rows.sort(key=by_id)


@dataclass(slots=True)
class Worlds:
    """The world as it is now."""

    district: District
    years: Years
    ids: Ids = field(default_factory=lambda: Ids(FIRST_IDS))
    version: tuple[int, int] = (0, 0)
    _world: World | None = field(default=None, repr=False)

    def now(self) -> World:
        version = (self.district.version, self.years.version)
        if self._world is None or version != self.version:
            self._world, self.version = World.build(self.district, self.years, self.ids), version
        return self._world


def digits(number: str) -> str:
    """The ten digits of a phone number (8.3).

    >>> digits("+1 480 555 0101"), digits("(480) 555-0101")
    ('4805550101', '4805550101')
    """
    return NO_DIGIT.sub("", number)[-10:]


def _entities(district: District, years: Years) -> Iterator[Entity]:
    current = years.id(years.district_current)
    yield Entity(keys.SYSTEM_ENTITY, "SYS", f"{district.name} System", current)
    yield Entity(keys.DISTRICT_ENTITY, "100", district.name, current)
    for school in sorted(district.schools, key=keys.entity):
        year = years.id(years.current[school.number])
        yield Entity(keys.entity(school), str(school.number), school.name, year, school)
