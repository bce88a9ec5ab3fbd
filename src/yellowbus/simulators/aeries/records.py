"""Student records (STU) of one database, which is one school year (aeries dossier 3, 4).

A student has one StudentID everywhere and one record in each school, with a StudentNumber of that school.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from yellowbus.simulators.aeries.codes import STATUS_LETTERS, grade_of
from yellowbus.simulators.district import District, School, Status, Student
from yellowbus.simulators.district import calendar as school_calendar
from yellowbus.simulators.district.people import GRADUATED_GRADE, PRE_KINDERGARTEN, Level

INACTIVE_SCHOOL = 999
PRE_ENROLLED_EVERY, MOVED_EVERY = 10, 25
HERE_LAST_YEAR = frozenset({Status.ACTIVE, Status.TRANSFERRED, Status.GRADUATED})


@dataclass(frozen=True, slots=True)
class Record:
    """One row of STU. `letter` is InactiveStatusCode, `number` StudentNumber."""

    student: Student
    school_code: int
    number: int
    grade: int
    letter: str
    enter: date
    leave: date | None
    next_school: int
    next_grade: int

    @property
    def student_id(self) -> int:
        return int(self.student.number)


@dataclass(slots=True)
class Database:
    """The records of one year, by school and by StudentID."""

    year: int
    by_school: dict[int, list[Record]] = field(default_factory=dict)
    by_student: dict[int, list[Record]] = field(default_factory=dict)

    def add(self, record: Record) -> None:
        self.by_school.setdefault(record.school_code, []).append(record)
        self.by_student.setdefault(record.student_id, []).append(record)

    def of_school(self, code: int) -> Sequence[Record]:
        return self.by_school.get(code, ())

    def of_student(self, student_id: int) -> Sequence[Record]:
        return self.by_student.get(student_id, ())


@dataclass(slots=True)
class Databases:
    """The current year and those before it, each kept until the district changes."""

    district: District
    earlier: int
    several_records: bool
    _kept: dict[int, tuple[int, Database]] = field(default_factory=dict)

    @property
    def years(self) -> list[int]:
        """The newest first."""
        this = self.district.school_year
        return [this - back for back in range(self.earlier + 1)]

    def of(self, text: str) -> Database:
        """The database asked for; what is no available year gives the default one without a word (3)."""
        year = int(text) if text.isdigit() and int(text) in self.years else self.district.school_year
        version, database = self._kept.get(year, (0, Database(year)))
        if version != self.district.version:
            database = self._build(year)
            self._kept[year] = (self.district.version, database)
        return database

    def _build(self, year: int) -> Database:
        database, back = Database(year), self.district.school_year - year
        for student in self.district.students:
            for record in self._records(student, back):
                database.add(record)
        return database

    def _records(self, student: Student, back: int) -> Iterator[Record]:
        if back:
            earlier = _earlier(student, self.district, back)
            yield from (earlier,) if earlier else ()
            return
        record = _current(student)
        yield record
        if self.several_records and student.status is Status.ACTIVE:
            yield from _others(record, self.district)


def school_code(school: School) -> int:
    """Those who left with a diploma lie in school 999 (12.2)."""
    return INACTIVE_SCHOOL if school.level is Level.GRADUATED else school.number


def _serial(student: Student) -> int:
    """Two StudentNumbers for each student, so that a second record has one of its own."""
    return (student.dcid - 800) * 2


def _current(student: Student) -> Record:
    present = student.status in {Status.ACTIVE, Status.PRE_REGISTERED}
    grade = grade_of(student.grade)
    after = 13 if student.grade in {12, GRADUATED_GRADE} else max(0, grade + 1)
    return Record(
        student=student,
        school_code=school_code(student.school),
        number=_serial(student),
        grade=grade,
        letter=STATUS_LETTERS[student.status],
        enter=student.entry,
        leave=None if present else student.exit,
        next_school=student.next_school if student.next_school <= INACTIVE_SCHOOL else 0,
        next_grade=after if present else 0,
    )


def _others(record: Record, district: District) -> Iterator[Record]:
    """A record in another school: pre-enrolled for next year (8), or left behind by a move in this year (4)."""
    student, serial = record.student, record.number + 1
    other = record.next_school not in {0, record.school_code}
    if other and student.dcid % PRE_ENROLLED_EVERY == 0:
        begin = school_calendar.first_day(district.school_year + 1)
        # 8: the copied record keeps the old grade.
        yield Record(
            student, record.next_school, serial, record.grade, "*", begin, None, 0, record.next_grade
        )
    elif student.dcid % MOVED_EVERY == 0:
        schools = [s for s in district.schools if s.level is student.school.level and s is not student.school]
        if schools:
            left = schools[student.dcid % len(schools)].number
            begin = record.enter - timedelta(days=30)
            yield Record(student, left, serial, record.grade, "T", begin, record.enter, 0, 0)


def _earlier(student: Student, district: District, back: int) -> Record | None:
    """The record of a year before, for one who was here then, as far as the district knows."""
    year = district.school_year - back
    grade = 13 - back if student.grade == GRADUATED_GRADE else student.grade - back
    begun = student.district_entry <= school_calendar.last_day(year)
    if not begun or grade < PRE_KINDERGARTEN or student.status not in HERE_LAST_YEAR:
        return None
    school = _school_of(grade, student, district)
    return Record(
        student=student,
        school_code=school.number,
        number=_serial(student),
        grade=grade_of(grade),
        letter="",
        enter=max(school_calendar.first_day(year), student.district_entry),
        leave=None,
        next_school=school_code(student.school) if back == 1 else school.number,
        next_grade=13 if grade == 12 else max(0, grade_of(grade) + 1),
    )


def _school_of(grade: int, student: Student, district: District) -> School:
    if student.school.low_grade <= grade <= student.school.high_grade:
        return student.school
    fitting = [school for school in district.schools if school.low_grade <= grade <= school.high_grade]
    return fitting[student.dcid % len(fitting)]


def history(student: Student, district: District) -> Iterator[Record]:
    """One record for each year that Enrollment History knows, the newest first; none for one still to come."""
    if student.status is not Status.PRE_REGISTERED:
        yield _current(student)
    yield from filter(None, (_earlier(student, district, back) for back in range(1, 14)))
