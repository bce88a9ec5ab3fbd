"""A day in the school office: what changes at the source between two nights."""

from dataclasses import dataclass, field, replace
from datetime import timedelta

from yellowbus.simulators.district.chance import Chance
from yellowbus.simulators.district.families import address, phone_number, surname
from yellowbus.simulators.district.people import Contact, Status, Student
from yellowbus.simulators.district.students import StudentBuilder

ADDED_SHARE = 0.02
LEAVING_SHARE = 0.02


@dataclass(frozen=True, slots=True)
class Changes:
    """What changed: student number to the names of what changed, and the numbers of those who came and
    left.
    """

    changed: dict[str, tuple[str, ...]] = field(default_factory=dict)
    added: tuple[str, ...] = ()
    transferred: tuple[str, ...] = ()


@dataclass(slots=True)
class Changer:
    students: list[Student]
    builder: StudentBuilder
    rng: Chance
    changed: dict[str, list[str]] = field(default_factory=dict)

    def run(self, share: float) -> Changes:
        """Change about `share` of the students. What one household or contact shares changes for all its
        children.
        """
        count = min(len(self.students), round(len(self.students) * share))
        for student in self.rng.sample(self.students, count):
            if len(self.changed) < count:
                self._change_one(student)
        leaving = self._leave(round(count * LEAVING_SHARE))
        added = list(self.builder.take(round(count * ADDED_SHARE)))
        self.students.extend(added)
        return Changes(
            changed={number: tuple(what) for number, what in self.changed.items()},
            added=tuple(student.number for student in added),
            transferred=tuple(leaving),
        )

    def _change_one(self, student: Student) -> None:
        kinds = (
            self._move,
            self._new_phone,
            self._home_room,
            self._contact_phone,
            self._contact_email,
            self._grade,
            self._rename,
        )
        self.rng.choices(kinds, (25, 20, 25, 15, 8, 4, 3))[0](student)

    def _note(self, what: str, *students: Student) -> None:
        for student in students:
            student.touched()
            self.changed.setdefault(student.number, []).append(what)

    def _move(self, student: Student) -> None:
        old, new = student.household.address, address(self.rng)
        student.household.address = new
        for person in {tie.contact for member in student.household.members for tie in member.ties}:
            person.homes = [
                replace(home, address=new) if home.address is old else home for home in person.homes
            ]
        self._note("address", *student.household.members)

    def _new_phone(self, student: Student) -> None:
        student.household.phone = phone_number(self.rng)
        self._note("phone", *student.household.members)

    def _home_room(self, student: Student) -> None:
        student.home_room = (
            f"N{self.rng.between(1, 60)}" if student.home_room.isdigit() else str(self.rng.between(1, 60))
        )
        self._note("home room", student)

    def _contact_phone(self, student: Student) -> None:
        people = [tie.contact for tie in student.ties if tie.contact.phones]
        if not people:
            self._home_room(student)
            return
        person = self.rng.pick(people)
        person.phones[0].number = phone_number(self.rng)
        self._note("contact phone", *_children_of(person, student))

    def _contact_email(self, student: Student) -> None:
        people = [tie.contact for tie in student.ties if tie.contact.emails]
        if not people:
            self._home_room(student)
            return
        person = self.rng.pick(people)
        person.emails[0].address = f"new{student.version}.{person.emails[0].address}"
        self._note("contact email", *_children_of(person, student))

    def _grade(self, student: Student) -> None:
        low, high = student.school.low_grade, student.school.high_grade
        if student.status is not Status.ACTIVE or low == high:
            self._home_room(student)
            return
        student.grade = student.grade + 1 if student.grade < high else student.grade - 1
        self._note("grade", student)

    def _rename(self, student: Student) -> None:
        student.last = f"{student.last}-{surname(self.rng).split('-')[0]}"[:50]
        self._note("last name", student)

    def _leave(self, count: int) -> list[str]:
        active = [student for student in self.students if student.status is Status.ACTIVE]
        leaving = self.rng.sample(active, min(count, len(active)))
        for student in leaving:
            student.status, student.exit_code = Status.TRANSFERRED, "W1"
            student.exit = student.entry + timedelta(days=self.rng.between(20, 120))
            self._note("status", student)
        return [student.number for student in leaving]


def _children_of(person: Contact, student: Student) -> list[Student]:
    """The student and those of its house who have the very same person as a contact."""
    return [
        member for member in student.household.members if any(tie.contact is person for tie in member.ties)
    ]
