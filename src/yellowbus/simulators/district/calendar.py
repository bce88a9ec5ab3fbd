"""School years and terms: pure functions of the year."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from yellowbus.simulators.district.people import Level, School, Term

TERMS_BY_LEVEL = {Level.ELEMENTARY: (3,), Level.MIDDLE: (4,), Level.HIGH: (2, 4)}
PORTION_NAMES = {2: ("Semester", "S"), 3: ("Trimester", "T"), 4: ("Quarter", "Q")}
MONDAY, FRIDAY = 0, 4


@cache
def first_day(start_year: int) -> date:
    """The first Monday on or after the third of August."""
    day = date(start_year, 8, 3)
    return day + timedelta(days=(MONDAY - day.weekday()) % 7)


@cache
def last_day(start_year: int) -> date:
    """The last Friday on or before the 28th of May."""
    day = date(start_year + 1, 5, 28)
    return day - timedelta(days=(day.weekday() - FRIDAY) % 7)


def birthday(grade: int, school_year: int, offset: int) -> date:
    """A birth date that fits the grade: five years old on the first of September for kindergarten.

    >>> birthday(0, 2026, 0)
    datetime.date(2020, 9, 2)
    """
    return date(school_year - 6 - grade, 9, 2) + timedelta(days=offset % 365)


@dataclass(slots=True)
class TermBuilder:
    """Hands out the ids of terms in the order built."""

    next_dcid: int = 71

    def add_year(self, school: School, start_year: int) -> None:
        label = f"{start_year}-{start_year + 1}"
        short = f"{start_year % 100:02d}-{(start_year + 1) % 100:02d}"
        spans = [(1, label, short, first_day(start_year), last_day(start_year))]
        for portion in TERMS_BY_LEVEL[school.level]:
            spans += self._parts(start_year, portion)
        for place, span in enumerate(spans):
            school.terms.append(self._term(school, start_year, place, span))

    def _term(
        self, school: School, start_year: int, place: int, span: tuple[int, str, str, date, date]
    ) -> Term:
        portion, name, abbreviation, begin, end = span
        self.next_dcid += 3
        # powerschool dossier 13.4: yearid = start year - 1990, term id = yearid * 100 + n.
        number = (start_year - 1990) * 100 + place
        return Term(
            dcid=self.next_dcid,
            number=number,
            school_number=school.number,
            school_dcid=school.dcid,
            start_year=start_year,
            portion=portion,
            name=name,
            abbreviation=abbreviation,
            first_day=begin,
            last_day=end,
        )

    def _parts(self, start_year: int, portion: int) -> list[tuple[int, str, str, date, date]]:
        begin, end = first_day(start_year), last_day(start_year)
        word, letter = PORTION_NAMES[portion]
        days = (end - begin).days + 1
        edges = [begin + timedelta(days=days * part // portion) for part in range(portion)] + [
            end + timedelta(days=1)
        ]
        return [
            (
                portion,
                f"{word} {part + 1}",
                f"{letter}{part + 1}",
                edges[part],
                edges[part + 1] - timedelta(days=1),
            )
            for part in range(portion)
        ]
