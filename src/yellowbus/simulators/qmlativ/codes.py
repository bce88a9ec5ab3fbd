"""Code tables that stay the same from year to year (qmlativ dossier 8.1, 14). The codes are invented; each
district has its own.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from yellowbus.simulators.district.people import GRADUATED_GRADE


@dataclass(frozen=True, slots=True)
class Code:
    """One row. `more` is what some tables have beside Code and Description."""

    id: int
    code: str
    description: str
    more: int = 0


def _codes(first: int, pairs: Iterable[tuple[str, str]]) -> tuple[Code, ...]:
    """Ids in steps of three, so that whoever takes a place for an id is found out."""
    return tuple(Code(first + place * 3, *pair) for place, pair in enumerate(pairs))


PHONE_TYPES = _codes(11, (("CELL", "Mobile"), ("HOME", "Home"), ("WORK", "Work")))
EMAIL_TYPES = _codes(21, (("H", "Current"), ("W", "Work"), ("S", "School")))
RELATIONSHIPS = _codes(
    41,
    (
        ("AU", "Aunt"),
        ("FA", "Father"),
        ("FP", "Foster Parent"),
        ("GP", "Grandparent"),
        ("GU", "Guardian"),
        ("MO", "Mother"),
        ("NE", "Neighbor"),
        ("SI", "Sibling"),
        ("SF", "Stepfather"),
        ("SM", "Stepmother"),
        ("UN", "Uncle"),
    ),
)
LANGUAGES = _codes(
    101,
    (
        ("ENG", "English"),
        ("SPA", "Spanish"),
        ("VIE", "Vietnamese"),
        ("NAV", "Navajo"),
        ("ARA", "Arabic"),
        ("FRE", "French"),
    ),
)
SUFFIXES = _codes(131, (("JR", "Jr."), ("II", "II"), ("III", "III")))
TITLES = _codes(151, (("MR", "Mr."), ("MS", "Ms.")))
COUNTRIES = _codes(171, (("US", "United States"), ("MX", "Mexico"), ("CA", "Canada")))
STATES = _codes(181, (("AZ", "Arizona"), ("MA", "Massachusetts"), ("NJ", "New Jersey"), ("NM", "New Mexico")))
COUNTIES = (Code(201, "", "Juniper", STATES[0].id),)
DIRECTIONALS = _codes(211, (("N", "North"), ("S", "South"), ("E", "East"), ("W", "West")))
UNITS = _codes(231, (("APT", "Apartment"),))
STUDENT_TYPES = _codes(251, (("REG", "Regular"), ("TUI", "Tuition in")))
CUSTOM_TYPES = _codes(271, (("DEV", "Device"),))
CUSTOM_CODES = tuple(
    Code(281 + place * 3, code, text, CUSTOM_TYPES[0].id)
    for place, (code, text) in enumerate((("LAP", "Laptop"), ("TAB", "Tablet")))
)
GRADE_LEVELS = tuple(
    Code(301 + place * 3, code, text, number)
    for place, (code, text, number) in enumerate(
        (
            ("PK", "Pre-Kindergarten", -1),
            ("KG", "Kindergarten", 0),
            *((f"{grade:02d}", f"Grade {grade}", grade) for grade in range(1, 13)),
        )
    )
)
GENDERS = {"F": "Female", "M": "Male", "X": "Nonbinary"}
# The district's own race codes to the Boolean of Name (8.2).
RACE_FLAGS = {"WH": "IsWhite", "BL": "IsBlack", "AI": "IsAlaskan", "5": "IsAsian", "06": "IsHawaiian"}

PHONE_TYPE_IDS = {code.description: code.id for code in PHONE_TYPES}
EMAIL_TYPE_IDS = {code.description: code.id for code in EMAIL_TYPES}
RELATIONSHIP_IDS = {code.description: code.id for code in RELATIONSHIPS}
LANGUAGE_IDS = {code.description: code.id for code in LANGUAGES}
SUFFIX_IDS = {code.description: code.id for code in SUFFIXES}
TITLE_IDS = {code.description: code.id for code in TITLES}
STATE_IDS = {code.code: code.id for code in STATES}
STATE_CODES = {code.id: code.code for code in STATES}
GRADES: Mapping[int, Code] = {code.more: code for code in GRADE_LEVELS}


def grade_of(number: int) -> Code:
    """The grade level of a grade; those who have graduated left from the last."""
    return GRADES[12 if number == GRADUATED_GRADE else number]
