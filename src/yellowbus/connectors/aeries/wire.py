"""Aeries's JSON: blanks that are "" or 0, dates with an empty time, names that changed (aeries dossier 3, 6, 12.1)."""

import re
from collections.abc import Iterable
from typing import Any, Final

import msgspec

from yellowbus.connectors.base import text
from yellowbus.records import Value

Json = dict[str, Any]

# A number stays as it was written: 12.0000 must not become 12.0.
_ANY: Final = msgspec.json.Decoder(float_hook=str)
_MIDNIGHT: Final = re.compile(r"(\d{4}-\d{2}-\d{2})T00:00:00(?:\.0+)?")
_NO_DATE: Final = "0001-01-01"
# Numbers where 0 is no number: in Grade and NextGrade it is Kindergarten.
_ZERO_IS_BLANK: Final = frozenset(
    (
        *("OldStudentID", "StateStudentID", "FamilyKey", "NextSchoolCode", "CounselorNumber", "LockerNumber"),
        *("HomeRoomTeacherNumber", "LastSchool", "ResidenceSchool", "NextResidenceSchool", "NextSchool"),
        *("ReportingSchoolCode", "EndOfYearNextSchool", "SummerWithdrawalNextSchool", "PortalAccountID"),
    )
)
# What older builds call the same thing.
_OLDER: Final = {
    "CorrespondenceLanguageCode": "CorrespondanceLanguageCode",
    "EarlyWarningPoints": "AtRiskPoints",
}


def parsed(raw: bytes) -> Json | None:
    """The object in `raw`, or None where it is damaged or no object."""
    try:
        value = _ANY.decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None
    return value if isinstance(value, dict) else None


def cell(name: str, value: object) -> Value:
    """One value as source text.

    >>> cell("Birthdate", "2015-03-09T00:00:00"), cell("Grade", 0), cell("FamilyKey", 0), cell("Track", " ")
    ('2015-03-09', '0', None, None)
    """
    told = value if isinstance(value, str) else text(value) if isinstance(value, int) else None
    if not told or told.isspace() or (told == "0" and name in _ZERO_IS_BLANK):
        return None
    midnight = _MIDNIGHT.fullmatch(told) if "T00:00:00" in told else None
    if midnight:
        return None if midnight[1] == _NO_DATE else midnight[1]
    return told


def cells(told: Json, names: Iterable[tuple[str, str]]) -> dict[str, Value]:
    """The value of each property under the name of its field; `names` are pairs of the two."""
    found: dict[str, Value] = {}
    for field, name in names:
        value = told.get(name)
        if value is None and name in _OLDER:
            value = told.get(_OLDER[name])
        # Most cells of a student are blank, and a call for each is what a large district would wait for.
        found[field] = None if value is None or value == "" else cell(name, value)
    return found


def number(told: Json, name: str) -> str | None:
    """An id as text; 0 and blank are none."""
    value = text(told.get(name))
    return None if value in {None, "0"} else value


def school_code(raw: bytes) -> str | None:
    return text((parsed(raw) or {}).get("SchoolCode"))


class _Keys(msgspec.Struct):
    StudentID: int | str | None = None
    StudentNumber: int | str | None = None


_KEYS: Final = msgspec.json.Decoder(_Keys)


def row_key(raw: bytes) -> str:
    """What tells the records of one school apart; "" where there is nothing."""
    try:
        keys = _KEYS.decode(raw)
    except msgspec.MsgspecError:
        return ""
    return f"{keys.StudentID} {keys.StudentNumber}" if keys.StudentID is not None else ""
