"""The district as a whole."""

from collections.abc import Iterator
from threading import RLock

from yellowbus.simulators.district.chance import Chance
from yellowbus.simulators.district.change import Changer, Changes
from yellowbus.simulators.district.families import FamilyBuilder
from yellowbus.simulators.district.people import Contact, School, Status, Student
from yellowbus.simulators.district.schools import build_schools, graduated_school
from yellowbus.simulators.district.students import StudentBuilder


class District:
    """Schools, years, terms, students and contacts of one invented district.

    The same arguments give the same district to the letter. `lock` is held by whoever reads several things
    that must belong together, and by `change`. `version` rises with every change.

    >>> district = District(students=200, seed=7, school_year=2026)
    >>> len(district.students), district.students[0].dcid
    (200, 801)
    """

    def __init__(self, *, students: int = 2000, seed: int = 7, school_year: int = 2026) -> None:
        rng = Chance(seed)
        self.lock = RLock()
        self.seed = seed
        self.school_year = school_year
        self.version = 1
        self.name = "Juniper Flats Unified School District"
        self.state = "AZ"
        self.timezone = "America/Phoenix"
        self.schools: list[School] = build_schools(students, school_year, rng)
        self.graduated = graduated_school()
        self._families = FamilyBuilder(rng)
        self._builder = StudentBuilder(self.schools, self.graduated, school_year, rng, self._families)
        self.students: list[Student] = list(self._builder.take(students))
        self.untied: dict[int, Contact] = {}
        self._index()

    def student(self, number: str) -> Student | None:
        """The student with this number, leading zeros included."""
        return self._by_number.get(number)

    def student_by_dcid(self, dcid: int) -> Student | None:
        return self._by_dcid.get(dcid)

    def school_by_dcid(self, dcid: int) -> School | None:
        return next((school for school in (*self.schools, self.graduated) if school.dcid == dcid), None)

    def contacts(self) -> Iterator[Contact]:
        """Every grown-up once, in the order of their id."""
        tied = {tie.contact.id: tie.contact for student in self.students for tie in student.ties}
        found = self.untied | tied
        return iter([found[key] for key in sorted(found)])

    def change(self, share: float, seed: int) -> Changes:
        """Change that share of the students as a school office does in a day, admit a few and see a few
        leave.
        """
        with self.lock:
            changes = Changer(self.students, self._builder, Chance(seed)).run(share)
            self.version += 1
            self._index()
        return changes

    def touched(self, student: Student) -> None:
        """Call after changing a student by hand, so that no rendered copy of it is used again."""
        student.touched()
        self.version += 1

    def blank_student(self, school: School) -> Student:
        """A student with the next ids of whom nothing else is known. The district has it from `admit` on."""
        return self._builder.blank(school)

    def admit(self, student: Student) -> None:
        """Take in a student whom someone registered by hand."""
        self.students.append(student)
        self._by_number[student.number] = student
        self._by_dcid[student.dcid] = student
        self.version += 1

    def free_number(self) -> str:
        """A student number above all that are taken."""
        return str(max((int(number) for number in self._by_number if number.isdigit()), default=0) + 1)

    def next_id(self, kind: str) -> int:
        """The next id of one kind: people, emails, phones, homes, links, ties or details."""
        return self._families.next_id(kind)

    def of_status(self, status: Status) -> list[Student]:
        return [student for student in self.students if student.status is status]

    def _index(self) -> None:
        self._by_number = {student.number: student for student in self.students}
        self._by_dcid = {student.dcid: student for student in self.students}
