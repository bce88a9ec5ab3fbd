"""What a roster adds to the district: rooms with a teacher, and how each thing is called."""

from dataclasses import dataclass, field
from typing import Protocol

from yellowbus.simulators.district import Contact, District, School, Status, Student, Term, names
from yellowbus.simulators.district.chance import Chance


@dataclass(slots=True, eq=False)
class Room:
    """A home room: the one class that the invented district holds, with one teacher."""

    number: int
    name: str
    school: School
    first: str
    last: str
    students: list[Student] = field(default_factory=list)


class Ids(Protocol):
    """How a provider writes its sourcedIds and identifiers."""

    def district(self) -> str: ...
    def school(self, school: School) -> str: ...
    def session(self, term: Term) -> str: ...
    def course(self, room: Room) -> str: ...
    def course_org(self, school: School) -> str: ...
    def room(self, room: Room) -> str: ...
    def teacher(self, room: Room) -> str: ...
    def student(self, student: Student, school: School) -> str: ...
    def guardian(self, contact: Contact) -> str: ...
    def enrollment(self, school: School, user: str, room: str) -> str: ...
    def guardian_identifier(self, contact: Contact) -> str: ...
    def student_identifier(self, student: Student) -> str: ...
    def username(self, student: Student) -> str: ...
    def user_ids(self, student: Student) -> list[dict[str, str]] | None: ...


class ProviderIds:
    """Those of the generic provider. Ours: the specification leaves them open."""

    def district(self) -> str:
        return "org-0"

    def school(self, school: School) -> str:
        return f"org-{school.number}"

    def session(self, term: Term) -> str:
        return f"session-{term.dcid}"

    def course(self, room: Room) -> str:
        return f"course-{room.school.number}"

    def course_org(self, school: School) -> str:
        return self.school(school)

    def room(self, room: Room) -> str:
        return f"class-{room.school.number}-{room.number}"

    def teacher(self, room: Room) -> str:
        return f"t-{room.school.number}-{room.number}"

    def student(self, student: Student, school: School) -> str:
        return f"s-{student.dcid}" if school is student.school else f"s-{student.dcid}-{school.number}"

    def guardian(self, contact: Contact) -> str:
        return f"g-{contact.id}"

    def enrollment(self, school: School, user: str, room: str) -> str:
        return f"e-{school.number}-{user}-{room}"

    def guardian_identifier(self, contact: Contact) -> str:
        return str(contact.id)

    def student_identifier(self, student: Student) -> str:
        return student.number

    def username(self, student: Student) -> str:
        return student.username

    def user_ids(self, student: Student) -> list[dict[str, str]] | None:
        known = {"StudentNumber": student.number, "StateID": student.state_id}
        return [{"type": kind, "identifier": number} for kind, number in known.items() if number]


def rooms_of(district: District) -> list[Room]:
    """The home rooms of all active students, numbered within their school from 1000 on, in the order of their
    name.
    """
    found: dict[tuple[int, str], list[Student]] = {}
    for student in district.students:
        if student.status is Status.ACTIVE:
            found.setdefault((student.school.number, student.home_room), []).append(student)
    rooms: list[Room] = []
    for (_, name), students in sorted(found.items(), key=lambda item: item[0]):
        rooms.append(_room(rooms, name, students))
    return rooms


def _room(before: list[Room], name: str, students: list[Student]) -> Room:
    school = students[0].school
    number = before[-1].number + 1 if before and before[-1].school is school else 1000
    chance = Chance(f"{school.number} {name}")
    first, last = chance.pick(names.GIRLS + names.BOYS), chance.pick(names.SURNAMES)
    return Room(number, name, school, first, last, students)
