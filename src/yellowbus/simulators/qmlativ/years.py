"""School years: which are set up for which school, and which one is current (qmlativ dossier 8.1)."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from yellowbus.simulators.district import District, School

FIRST_YEAR_ID = 11
YEARS_BACK = 2


@dataclass(slots=True)
class Years:
    """Years by the calendar year in which they begin. `version` rises with every change."""

    first: int
    district_current: int
    set_up: dict[int, int]
    current: dict[int, int]
    version: int = 1
    latest: int = field(init=False)

    def __post_init__(self) -> None:
        self.latest = max(self.set_up.values())

    @classmethod
    def of(cls, district: District) -> "Years":
        """Two years back, this one, and the next for the schools that are ready for it."""
        now = district.school_year
        ready = {school.number: now + (school.year(now + 1) is not None) for school in district.schools}
        return cls(now - YEARS_BACK, now, ready, {school.number: now for school in district.schools})

    def all(self) -> range:
        """Every year with a row in SchoolYear; the last of them is set up for nobody yet."""
        return range(self.first, self.latest + 2)

    def of_school(self, school: School) -> range:
        return range(self.first, self.set_up[school.number] + 1)

    def has(self, school: School, year: int) -> bool:
        return year in self.of_school(school)

    def id(self, year: int) -> int:
        return FIRST_YEAR_ID + year - self.first

    def year(self, key: int) -> int:
        return key - FIRST_YEAR_ID + self.first

    def clone(self, *, closing: Iterable[int] = (), move: bool = True) -> int:
        """Set up one year more for every school but those that close, and make the year after the current
        one current. Returns the year that is current now (12, Roll-over).
        """
        closed = set(closing)
        self.latest += 1
        self.set_up = {
            number: year if number in closed else self.latest for number, year in self.set_up.items()
        }
        if move:
            self.district_current += 1
            self.current = {
                number: year if number in closed else self.district_current
                for number, year in self.current.items()
            }
        self.version += 1
        return self.district_current


def numeric(year: int) -> int:
    """NumericYear is the year in which a school year ends (6.1).

    >>> numeric(2025)
    2026
    """
    return year + 1


def described(year: int) -> str:
    """Description of a school year.

    >>> described(2025)
    '2025-2026'
    """
    return f"{year}-{year + 1}"
