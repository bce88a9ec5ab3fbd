"""Who was where and when: EntryWithdrawal and StudentEntityYear from the district's students (qmlativ dossier
8.2).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from yellowbus.simulators.district import School, Status, Student
from yellowbus.simulators.district.calendar import first_day, last_day
from yellowbus.simulators.qmlativ import keys
from yellowbus.simulators.qmlativ.codes import Code, grade_of
from yellowbus.simulators.qmlativ.ids import Ids
from yellowbus.simulators.qmlativ.rows import EntityYear, Entry, Pupil
from yellowbus.simulators.qmlativ.setup import Setup
from yellowbus.simulators.qmlativ.years import Years

JULY = 7
LAST_GRADE = 12


@dataclass(frozen=True, slots=True)
class Span:
    year: int
    grade: Code
    begin: date
    end: date | None
    exit_code: str = ""


@dataclass(slots=True)
class Enrollments:
    ids: Ids
    years: Years
    setup: Setup
    schools: Sequence[School]
    pupils: list[Pupil] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    entity_years: list[EntityYear] = field(default_factory=list)

    def add(self, student: Student) -> None:
        school = self._school(student)
        spans = list(self._spans(student, school))
        entries = [self._entry(student, school, span) for span in spans if self.years.has(school, span.year)]
        self.entries += entries
        self.entity_years += [
            EntityYear(keys.entity_year(student, e.year_id), student, e.entity_id, e.year_id, e, e.active)
            for e in entries
        ]
        latest = entries[-1] if entries else None
        year_id = latest.year_id if latest else self.years.id(spans[-1].year)
        entity = keys.entity(school)
        if latest is None:
            key = keys.entity_year(student, year_id)
            self.entity_years.append(EntityYear(key, student, entity, year_id, None, active=False))
        self.pupils.append(
            Pupil(
                student=student,
                school=school,
                name_id=keys.student_name(student),
                grade=grade_of(student.grade),
                entity_id=entity,
                year_id=year_id,
                latest=latest,
                active=student.status is Status.ACTIVE,
            )
        )

    def _school(self, student: Student) -> School:
        """Graduates are in no school any more; their last enrollment was in a high school."""
        if student.school.number in self.years.set_up:
            return student.school
        high = [school for school in self.schools if school.high_grade == LAST_GRADE]
        return high[student.id % len(high)]

    def _spans(self, student: Student, school: School) -> Iterator[Span]:
        begin = school_year_of(student.entry)
        if student.status is not Status.ACTIVE:
            yield Span(begin, grade_of(student.grade), student.entry, _end(student), student.exit_code)
            return
        now = max(begin, self.years.current[school.number])
        if student.school_entry < first_day(begin) and student.grade > school.low_grade:
            yield Span(begin - 1, grade_of(student.grade - 1), first_day(begin - 1), last_day(begin - 1))
        for year in range(begin, now + 1):
            start = student.entry if year == begin else first_day(year)
            yield Span(year, grade_of(student.grade), start, None if year == now else last_day(year))

    def _entry(self, student: Student, school: School, span: Span) -> Entry:
        year, year_id = span.year, self.years.id(span.year)
        left = span.exit_code
        return Entry(
            id=keys.entry(student, year_id),
            student=student,
            entity_id=keys.entity(school),
            year=year,
            year_id=year_id,
            school_id=self.ids.of("School", school.number, year),
            calendar_id=self.ids.of("Calendar", school.number, year),
            grade=span.grade,
            grade_id=self.ids.of("GradeReference", span.grade.code, year),
            entry_code_id=self.ids.of("EntryCode", student.entry_code, year),
            exit_code_id=self.ids.of("WithdrawalCode", left, year) if left else None,
            begin=span.begin,
            end=span.end,
            active=span.end is None and student.status is Status.ACTIVE,
            homeroom_id=self.setup.homeroom(student, school, year),
        )


def school_year_of(day: date) -> int:
    """The year in which the school year of this day began."""
    return day.year if day.month >= JULY else day.year - 1


def _end(student: Student) -> date | None:
    """EndDate is the last day in class; the district keeps the day after. One who is still to come has
    none.
    """
    return None if student.status is Status.PRE_REGISTERED else student.exit - timedelta(days=1)
