"""The schools of an invented district: how many, where, which grades, which years are set up."""

from yellowbus.simulators.district import names
from yellowbus.simulators.district.calendar import TermBuilder
from yellowbus.simulators.district.chance import Chance
from yellowbus.simulators.district.people import Address, Level, School

GRADUATED_SCHOOL_NUMBER = 999999
# Level: share of the students, students per school, the least number of schools, first number, grades, word
# in the name.
SIZES = {
    Level.ELEMENTARY: (0.50, 450, 2, 101, (-1, 5), "Elementary"),
    Level.MIDDLE: (0.22, 600, 1, 401, (6, 8), "Middle"),
    Level.HIGH: (0.28, 1200, 1, 701, (9, 12), "High"),
}


def build_schools(students: int, school_year: int, rng: Chance) -> list[School]:
    """Schools in the order of their number, each with last, this and next year; one or two lack next year's
    terms.
    """
    schools: list[School] = []
    for level, (share, size, least, first_number, _, _) in SIZES.items():
        count = max(least, round(students * share / size))
        schools += [_school(level, first_number + place, rng) for place in range(count)]
    dcids = list(range(3, 3 + len(schools)))
    rng.shuffle(dcids)
    for school, dcid in zip(schools, dcids, strict=True):
        school.dcid = dcid
    _set_up_years(schools, school_year, rng)
    return schools


def graduated_school() -> School:
    """The school that is none: where a SIS keeps those who left with a diploma."""
    school = _school(Level.GRADUATED, GRADUATED_SCHOOL_NUMBER, Chance(0))
    school.dcid, school.name, school.abbreviation = 2, "Graduated Students", "GRAD"
    return school


def _set_up_years(schools: list[School], school_year: int, rng: Chance) -> None:
    unready = set(rng.sample(range(len(schools)), 2 if len(schools) > 8 else 1))
    terms = TermBuilder()
    for place, school in enumerate(schools):
        last = school_year if place in unready else school_year + 1
        for year in range(school_year - 1, last + 1):
            terms.add_year(school, year)


def _school(level: Level, number: int, rng: Chance) -> School:
    low, high, word = _grades(level)
    tree, land = rng.pick(names.TREES), rng.pick(names.LANDS)
    city, postal_code = rng.pick(names.CITIES)
    first, last = rng.pick(names.GIRLS + names.BOYS), rng.pick(names.SURNAMES)
    return School(
        dcid=0,
        number=number,
        name=f"{tree} {land} {word}",
        abbreviation=f"{tree[:2]}{land[:2]}{number}".upper(),
        level=level,
        low_grade=low,
        high_grade=high,
        state_id=f"AZ-{number}",
        address=Address(f"{rng.between(1, 999)} {rng.pick(names.STREETS)} Rd", "", city, "AZ", postal_code),
        phone=f"480-555-01{number % 100:02d}",
        fax=f"480-555-01{(number + 50) % 100:02d}",
        principal_first=first,
        principal_last=last,
        principal_email=f"principal{number}@schools.example.org",
    )


def _grades(level: Level) -> tuple[int, int, str]:
    if level is Level.GRADUATED:
        return 99, 99, ""
    (low, high), word = SIZES[level][4:]
    return low, high, word
