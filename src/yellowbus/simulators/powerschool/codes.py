"""Codes: enroll status (powerschool dossier 13.2) and the district's code sets (10.2, 13.3)."""

from dataclasses import dataclass

from yellowbus.simulators.district import names
from yellowbus.simulators.district.people import Status

# Status: number, letter, meaning.
STATUS_CODES = {
    Status.ACTIVE: (0, "A", "Active"),
    Status.PRE_REGISTERED: (-1, "P", "Pre-registered"),
    Status.INACTIVE: (1, "I", "Inactive"),
    Status.TRANSFERRED: (2, "T", "Transferred Out"),
    Status.GRADUATED: (3, "G", "Graduated"),
    Status.HISTORICAL: (4, "H", "Imported as Historical"),
}
ETHNICITY_OF_RACE = {"WH": "W", "BL": "B", "AI": "I", "5": "A", "06": "P"}
ETHNICITIES = (
    ("W", "White"),
    ("B", "Black"),
    ("I", "American Indian"),
    ("A", "Asian"),
    ("P", "Pacific Islander"),
    ("H", "Hispanic"),
    ("M", "Two or more"),
)


@dataclass(frozen=True, slots=True)
class CodeRow:
    id: int
    type: str
    code: str
    description: str


CODES = {
    "Prefix": ("Mr.", "Ms.", "Mx.", "Dr."),
    "Suffix": names.SUFFIXES,
    "Gender": ("F", "M", "X"),
    "Email": ("Current", "Work"),
    "Phone": ("Mobile", "Home", "Work", "Not Set"),
    "Address": ("Home", "Mailing"),
    "State": ("AZ", "MA", "NJ", "NM"),
    "Country": ("US",),
    "Relationship": names.RELATIONSHIPS,
}
_ROWS = tuple(
    CodeRow(1000 + 100 * section + place, kind, code, code)
    for section, (kind, codes) in enumerate(CODES.items())
    for place, code in enumerate(codes)
)
_IDS = {(row.type, row.code): row.id for row in _ROWS}


def code_rows() -> tuple[CodeRow, ...]:
    return _ROWS


def code_id(kind: str, code: str) -> int | None:
    """The row id of a code; None for a blank one."""
    return _IDS.get((kind, code))
