"""The per-year tables: School, EntitySchool, Calendar, EntryCode, WithdrawalCode, GradeReference, Homeroom,
with other ids in every year (qmlativ dossier 8.1).
"""

from dataclasses import dataclass, field, replace
from typing import TypeVar

from yellowbus.simulators.district import School, Student
from yellowbus.simulators.district.names import ENTRY_CODES, EXIT_CODES
from yellowbus.simulators.qmlativ import keys
from yellowbus.simulators.qmlativ.codes import GRADE_LEVELS
from yellowbus.simulators.qmlativ.ids import Ids
from yellowbus.simulators.qmlativ.rows import CodeRow, GradeRow, Homeroom, SchoolRow, YearRow
from yellowbus.simulators.qmlativ.years import Years

Row = TypeVar("Row", bound=YearRow)


@dataclass(slots=True)
class Setup:
    ids: Ids
    years: Years
    schools: list[SchoolRow] = field(default_factory=list)
    entity_schools: list[SchoolRow] = field(default_factory=list)
    calendars: list[SchoolRow] = field(default_factory=list)
    entry_codes: list[CodeRow] = field(default_factory=list)
    exit_codes: list[CodeRow] = field(default_factory=list)
    grades: list[GradeRow] = field(default_factory=list)
    district_years: list[YearRow] = field(default_factory=list)
    homerooms: dict[int, Homeroom] = field(default_factory=dict)

    def build(self, schools: list[School]) -> None:
        for year in range(self.years.first, self.years.latest + 1):
            self._district_year(year)
            for school in [school for school in schools if self.years.has(school, year)]:
                self._school_year(school, year)

    def homeroom(self, student: Student, school: School, year: int) -> int | None:
        if not student.home_room:
            return None
        key = self.ids.of("Homeroom", school.number, student.home_room, year)
        if key not in self.homerooms:
            base = self._base("Homeroom", school.number, student.home_room, year=year)
            self.homerooms[key] = Homeroom(*base, entity_id=keys.entity(school), code=student.home_room)
        return key

    def link(self) -> None:
        """Tell each row of its clones. Call when all are there."""
        self.district_years = self._linked("DistrictSchoolYear", self.district_years)
        self.schools = self._linked("School", self.schools)
        self.entity_schools = self._linked("EntitySchool", self.entity_schools)
        self.calendars = self._linked("Calendar", self.calendars)
        self.entry_codes = self._linked("EntryCode", self.entry_codes)
        self.exit_codes = self._linked("WithdrawalCode", self.exit_codes)
        self.grades = self._linked("GradeReference", self.grades)
        rooms = self._linked("Homeroom", list(self.homerooms.values()))
        self.homerooms = {row.id: row for row in sorted(rooms, key=lambda row: row.id)}

    def _linked(self, kind: str, rows: list[Row]) -> list[Row]:
        known = self.ids.known
        return [
            replace(
                row,
                earlier=known(kind, *row.thing, row.year - 1),
                later=known(kind, *row.thing, row.year + 1),
            )
            for row in rows
        ]

    def _district_year(self, year: int) -> None:
        self.district_years.append(YearRow(*self._base("DistrictSchoolYear", year=year)))
        self.entry_codes += [
            CodeRow(*self._base("EntryCode", code, year=year), code=code, description=text)
            for code, text in ENTRY_CODES
        ]
        self.exit_codes += [
            CodeRow(*self._base("WithdrawalCode", code, year=year), code=code, description=text)
            for code, text in EXIT_CODES
        ]
        self.grades += [
            GradeRow(*self._base("GradeReference", grade.code, year=year), grade=grade)
            for grade in GRADE_LEVELS
        ]

    def _school_year(self, school: School, year: int) -> None:
        entity, number = keys.entity(school), school.number
        key = self.ids.of("School", number, year)
        for kind, rows in (
            ("School", self.schools),
            ("EntitySchool", self.entity_schools),
            ("Calendar", self.calendars),
        ):
            base = self._base(kind, number, year=year)
            rows.append(SchoolRow(*base, school=school, entity_id=entity, school_id=key))

    def _base(self, kind: str, *thing: str | int, year: int) -> tuple[int, int, int, tuple[str | int, ...]]:
        return self.ids.of(kind, *thing, year), year, self.years.id(year), thing
