"""The children themselves: families of one to four, twins, namesakes, and those who have left or not yet
come.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from yellowbus.simulators.district import calendar, names
from yellowbus.simulators.district.chance import Chance, spread
from yellowbus.simulators.district.families import NO_ADDRESS, FamilyBuilder, household, plain
from yellowbus.simulators.district.people import (
    GRADUATED_GRADE,
    NO_DAY,
    PRE_KINDERGARTEN,
    Household,
    School,
    Status,
    Student,
)

STATUSES = spread(
    {
        Status.ACTIVE: 88,
        Status.PRE_REGISTERED: 3,
        Status.TRANSFERRED: 4,
        Status.GRADUATED: 2,
        Status.INACTIVE: 2,
        Status.HISTORICAL: 1,
    }
)
CHILDREN = spread({1: 52, 2: 33, 3: 11, 4: 4})
RACES = spread(names.RACE_WEIGHTS)
RACES_PER_STUDENT = spread({0: 6, 1: 80, 2: 14})
TWIN_SHARE = 0.06
ENTERED_TWICE = 0.04
NAMESAKE_EVERY = 150
GRADES = range(PRE_KINDERGARTEN, 13)
YEARS_BACK = {Status.ACTIVE: 0, Status.PRE_REGISTERED: -1, Status.TRANSFERRED: 0, Status.GRADUATED: 1}


@dataclass(slots=True)
class StudentBuilder:
    schools: list[School]
    graduated: School
    school_year: int
    rng: Chance
    families: FamilyBuilder
    by_grade: dict[int, list[School]] = field(default_factory=dict)
    made: int = 0
    last: Student | None = None

    def __post_init__(self) -> None:
        self.by_grade = {
            grade: [school for school in self.schools if school.low_grade <= grade <= school.high_grade]
            for grade in GRADES
        }

    def take(self, count: int) -> Iterator[Student]:
        """Exactly so many more students, family by family; the last family is cut short if it must be."""
        while count > 0:
            children = self.household()[:count]
            count -= len(children)
            children[0].household.members[:] = children
            yield from children

    def household(self) -> list[Student]:
        home = household(self.rng)
        grown_ups = self.families.grown_ups(home)
        children = [self._child(home)]
        for _ in range(self.rng.pick(CHILDREN) - 1):
            children.append(self._twin(children[0]) if self.rng.random() < TWIN_SHARE else self._child(home))
        self.families.tie(children[0], grown_ups)
        for child in children[1:]:
            twice = self.rng.random() < ENTERED_TWICE
            self.families.tie(child, self.families.again(grown_ups) if twice else grown_ups)
        return children

    def _child(self, home: Household) -> Student:
        status = self.rng.pick(STATUSES)
        grade = GRADES[-1] if status is Status.GRADUATED else self.rng.pick(GRADES)
        birth = calendar.birthday(
            grade, self.school_year - YEARS_BACK.get(status, 2), self.rng.between(0, 365)
        )
        student = self.student(home, status, grade, birth)
        if self.made % NAMESAKE_EVERY == 0 and self.last is not None and self.last.birth != birth:
            student.first, student.last, student.middle = self.last.first, self.last.last, self.last.middle
        self.last = student
        return student

    def _twin(self, other: Student) -> Student:
        grade = other.grade if other.grade in GRADES else 12
        twin = self.student(other.household, other.status, grade, other.birth)
        twin.last, twin.school, twin.home_room = other.last, other.school, other.home_room
        while twin.first == other.first:
            twin.first = self.rng.pick(names.GIRLS)
        return twin

    def student(self, home: Household, status: Status, grade: int, birth: date) -> Student:
        """A new student with the next numbers. Ids of the different kinds never agree (powerschool dossier
        13.1).
        """
        rng, self.made = self.rng, self.made + 1
        girl = rng.random() < 0.49
        first = (
            rng.pick(names.DOUBLE_FIRST)
            if rng.random() < 0.03
            else rng.pick(names.GIRLS if girl else names.BOYS)
        )
        school = self.graduated if status is Status.GRADUATED else rng.pick(self.by_grade[grade])
        entry, leave = self._dates(status)
        began = max(PRE_KINDERGARTEN, grade - rng.between(0, 5))
        district_entry = calendar.first_day(entry.year - (grade - began))
        preferred = first[:3] if rng.random() < 0.08 else ""
        return Student(
            dcid=800 + self.made,
            id=4000 + self.made,
            person_id=900_000 + self.made,
            number=self._number(),
            state_id=self._state_id(),
            username=self._username(first, home.surname),
            first=first,
            middle=rng.pick(names.MIDDLES) if rng.random() < 0.6 else "",
            last=home.surname,
            suffix=rng.pick(names.SUFFIXES) if not girl and rng.random() < 0.03 else "",
            preferred=preferred,
            birth=birth,
            gender="X" if rng.random() < 0.005 else "MF"[girl],
            grade=GRADUATED_GRADE if status is Status.GRADUATED else grade,
            status=status,
            school=school,
            entry=entry,
            exit=leave,
            entry_code=rng.pick(names.ENTRY_CODES)[0],
            exit_code=_exit_code(status),
            home_room=str(rng.between(1, 60))
            if rng.random() < 0.7
            else f"{rng.pick('ABC')}{rng.between(1, 30)}",
            household=home,
            hispanic=rng.random() < 0.3,
            races=self._races(),
            email="" if rng.random() < 0.2 else f"s{self.made}@students.example.org",
            district_entry=district_entry,
            district_entry_grade=began,
            school_entry=max(district_entry, calendar.first_day(entry.year - 1)),
            graduation_year=self.school_year + 1 + 12 - grade,
            next_school=0 if status is not Status.ACTIVE else self._next_school(school, grade),
            lunch_id=20_000 + self.made,
        )

    def blank(self, school: School) -> Student:
        """A student with the next ids of whom nothing else is known."""
        self.made += 1
        nowhere = Household("", NO_ADDRESS, None, "", "")
        student = Student(
            dcid=800 + self.made,
            id=4000 + self.made,
            person_id=900_000 + self.made,
            number="",
            state_id="",
            username="",
            first="",
            middle="",
            last="",
            suffix="",
            preferred="",
            birth=NO_DAY,
            gender="",
            grade=0,
            status=Status.ACTIVE,
            school=school,
            entry=NO_DAY,
            exit=NO_DAY,
            entry_code="",
            exit_code="",
            home_room="",
            household=nowhere,
            hispanic=False,
            races=(),
            email="",
            district_entry=NO_DAY,
            district_entry_grade=0,
            school_entry=NO_DAY,
            graduation_year=0,
            next_school=0,
            lunch_id=20_000 + self.made,
        )
        nowhere.members.append(student)
        return student

    def _dates(self, status: Status) -> tuple[date, date]:
        """(entry, exit); exit is the day after the last day in class (powerschool dossier 5.4)."""
        year = self.school_year - YEARS_BACK.get(status, 2)
        begin, end = calendar.first_day(year), calendar.last_day(year) + timedelta(days=1)
        if self.rng.random() < 0.08:
            begin += timedelta(days=self.rng.between(1, 60))
        if status in {Status.TRANSFERRED, Status.INACTIVE}:
            end = begin + timedelta(days=self.rng.between(5, 90))
        return begin, end

    def _number(self) -> str:
        """One in twenty carries leading zeros; as numbers they are all different."""
        if self.made % 20 == 0:
            return f"{10_000 + self.made:07d}"
        return str(200_000 + self.made * 3)

    def _state_id(self) -> str:
        chance = self.rng.random()
        if chance < 0.05:
            return ""
        return (
            f"A{self.made:07d}"
            if chance < 0.3
            else f"{self.made * 7:08d}"
            if chance < 0.5
            else str(31_000_000 + self.made)
        )

    def _username(self, first: str, last: str) -> str:
        return (
            str(7_000_000 + self.made)
            if self.made % 17 == 0
            else f"{plain(first)[:1]}{plain(last)}{self.made}"[-20:]
        )

    def _races(self) -> tuple[str, ...]:
        count = self.rng.pick(RACES_PER_STUDENT)
        return tuple(dict.fromkeys(self.rng.pick(RACES) for _ in range(count)))

    def _next_school(self, school: School, grade: int) -> int:
        if grade < school.high_grade:
            return school.number
        return self.rng.pick(self.by_grade[grade + 1]).number if grade < GRADES[-1] else self.graduated.number


def _exit_code(status: Status) -> str:
    return {Status.TRANSFERRED: "W1", Status.INACTIVE: "W2", Status.GRADUATED: "G"}.get(status, "")
