"""Codes. The letters of statuses, languages and relationships are a district's own (aeries dossier 4, 6.5): these
are ours, but for those that the dossier's recordings show.
"""

from yellowbus.simulators.district import Status
from yellowbus.simulators.district.people import GRADUATED_GRADE, PRE_KINDERGARTEN

# 4: blank is active, an asterisk pre-enrolled, other letters are inactive.
STATUS_LETTERS = {
    Status.ACTIVE: "",
    Status.PRE_REGISTERED: "*",
    Status.INACTIVE: "I",
    Status.TRANSFERRED: "T",
    Status.GRADUATED: "G",
    Status.HISTORICAL: "N",
}
STATUS_NAMES = (
    ("*", "Pre-enrolled"),
    ("I", "Inactive"),
    ("T", "Transferred"),
    ("G", "Graduated"),
    ("N", "Not in the district any more"),
)
RACE_CODES = {"WH": "700", "BL": "600", "AI": "100", "5": "299", "06": "399"}
RACE_NAMES = (
    ("100", "American Indian or Alaska Native"),
    ("299", "Other Asian"),
    ("399", "Other Pacific Islander"),
    ("600", "Black or African American"),
    ("700", "White"),
)
LANGUAGE_CODES = {
    "English": "00",
    "Spanish": "01",
    "Vietnamese": "02",
    "Arabic": "11",
    "French": "17",
    "Navajo": "90",
}
# 6.5: "11" father and "13" stepmother were recorded; the others are ours.
RELATIONSHIP_CODES = {
    "Mother": "10",
    "Father": "11",
    "Stepfather": "12",
    "Stepmother": "13",
    "Guardian": "16",
    "Foster Parent": "18",
    "Grandparent": "20",
    "Aunt": "23",
    "Uncle": "25",
    "Sibling": "30",
    "Neighbor": "99",
    "Not Set": "",
}
PROGRAMS = {
    "101": "Section 504 plan",
    "127": "Gifted and talented",
    "144": "Special education",
    "181": "Free meal",
    "182": "Reduced meal",
}
GRADE_NAMES = {
    -2: ("PS", "Preschool"),
    -1: ("TK", "Transitional Kindergarten"),
    0: ("K", "Kindergarten"),
    **{
        number: (str(number), f"{word} Grade")
        for number, word in enumerate(
            (
                "First",
                "Second",
                "Third",
                "Fourth",
                "Fifth",
                "Sixth",
                "Seventh",
                "Eighth",
                "Ninth",
                "Tenth",
                "Eleventh",
                "Twelfth",
            ),
            1,
        )
    },
    13: ("13", "Graduated"),
}
YES_NO = (("Y", "Yes"), ("N", "No"))
LANGUAGES = tuple((code, name) for name, code in LANGUAGE_CODES.items())
OBJECTS = {"student": "STU", "contact": "CON", "contacts": "CON", "program": "PGM"}
# (table, column) to the property's name and its codes.
SETS: dict[tuple[str, str], tuple[str, tuple[tuple[str, str], ...]]] = {
    ("STU", "GN"): ("Gender", (("F", "Female"), ("M", "Male"), ("X", "Non-binary"))),
    ("STU", "GR"): ("Grade", tuple(GRADE_NAMES.values())),
    ("STU", "TG"): ("InactiveStatusCode", STATUS_NAMES),
    ("STU", "ETH"): ("EthnicityCode", (("Y", "Hispanic or Latino"), ("N", "Not Hispanic or Latino"))),
    **{("STU", f"RC{place}"): (f"RaceCode{place}", RACE_NAMES) for place in range(1, 6)},
    ("STU", "HL"): ("HomeLanguageCode", LANGUAGES),
    ("STU", "CL"): ("CorrespondenceLanguageCode", LANGUAGES),
    ("STU", "LF"): ("LanguageFluencyCode", (("E", "English only"), ("L", "English learner"))),
    ("CON", "RL"): (
        "RelationshipToStudentCode",
        tuple((code, name) for name, code in RELATIONSHIP_CODES.items() if code),
    ),
    ("CON", "CL"): ("CorrespondenceLanguageCode", LANGUAGES),
    ("CON", "LW"): ("LivesWithStudentIndicator", YES_NO),
    ("PGM", "CD"): ("ProgramCode", tuple(PROGRAMS.items())),
}
# 3: names of Windows devices cannot stand in an address.
DEVICES = frozenset(
    ["con", "prn", "aux", "nul", *(f"{name}{number}" for name in ("com", "lpt") for number in range(1, 10))]
)


def grade_of(grade: int) -> int:
    """The district's grade as Aeries counts: pre-kindergarten is -2 (4)."""
    if grade == GRADUATED_GRADE:
        return 12
    return -2 if grade == PRE_KINDERGARTEN else grade


def rows(table: str, name: str) -> list[dict[str, object]]:
    """Code rows of a column, by the names that 5 allows; none for what has no codes."""
    wanted = OBJECTS.get(table.lower(), table.upper())
    for (owner, column), (prop, codes) in SETS.items():
        names = {column.lower(), prop.lower(), prop.removesuffix("Code").lower()}
        if owner == wanted and name.lower() in names:
            return [_row(owner, column, place, pair) for place, pair in enumerate(codes, 1)]
    return []


def _row(table: str, column: str, place: int, pair: tuple[str, str]) -> dict[str, object]:
    code, description = pair
    grade = next((str(g) for g, names in GRADE_NAMES.items() if column == "GR" and names[0] == code), "")
    blank = {
        f"{name}{number}": ""
        for number in range(1, 7)
        for name in ("CorrespondenceLanguageCode", "DescriptionForLanguage")
    }
    return {
        "Table": table,
        "Field": column,
        "Code": code,
        "Description": description,
        "Category": "",
        "SortOrder": place,
        "Status": "",
        "AeriesCode": grade,
        "NumericValue": 0.0,
        **blank,
    }
