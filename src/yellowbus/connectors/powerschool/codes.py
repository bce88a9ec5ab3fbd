"""The code sets of PowerSchool, for Field Codes and Match Codes (powerschool dossier 8, 10.2, 13)."""

from collections.abc import Iterator
from typing import Final

from yellowbus.connectors.base import Code, School, text
from yellowbus.connectors.powerschool import endpoints, wire
from yellowbus.connectors.powerschool.server import Server
from yellowbus.connectors.powerschool.tables import CodeSet

_GRADES: Final = (
    ("-2", "Pre-school, earlier level"),
    ("-1", "Pre-kindergarten"),
    ("0", "Kindergarten"),
    *((str(grade), f"Grade {grade}") for grade in range(1, 13)),
    ("99", "Graduated"),
)
_STATUSES: Final = (
    ("A", "0", "Active"),
    ("P", "-1", "Pre-registered"),
    ("T", "2", "Transferred out"),
    ("G", "3", "Graduated"),
    ("H", "4", "Historical"),
    ("I", "1", "Inactive"),
)
FIXED: Final = (
    *(Code("gender", value, label) for value, label in (("F", "Female"), ("M", "Male"))),
    *(Code("grade", value, label) for value, label in _GRADES),
    *(Code("enroll_status", letter, label) for letter, _, label in _STATUSES),
    *(Code("enroll_status_code", number, label) for _, number, label in _STATUSES),
    *(Code("federal_ethnicity", value, value.capitalize()) for value in ("YES", "NO")),
)
# Our set -> the block of the district record and the element inside it.
_DISTRICT_SETS: Final = {
    "entry_code": ("entry_codes", "entry_code"),
    "exit_code": ("exit_codes", "exit_code"),
    "race": ("district_race_codes", "district_race_code"),
    "ethnicity": ("scheduling_reporting_ethnicities", "scheduling_reporting_ethnicity"),
    "federal_race": ("federal_race_categories", "federal_race_category"),
    "district_of_residence": ("districts_of_residence", "district_of_residence"),
}
# A contact's gender is a code set of its own; a student's is not.
_RENAMED: Final = {"gender": "contact_gender"}


def all_codes(server: Server, schools: list[School]) -> Iterator[Code]:
    yield from FIXED
    yield from (Code("school", school.code, school.name) for school in schools)
    yield from _district(server)
    yield from code_sets(server)


def _district(server: Server) -> Iterator[Code]:
    answer = server.ask(endpoints.DISTRICT, {"expansions": ",".join(endpoints.DISTRICT_EXPANSIONS)})
    for name, (block, element) in _DISTRICT_SETS.items():
        for item in wire.blocks(answer, "district", block, element):
            code = text(item.get("code"))
            if code is not None:
                yield Code(name, code, text(item.get("description")) or code)


def code_sets(server: Server) -> Iterator[Code]:
    """The rows of the table codeset; none where the plugin was not granted it, which the check tells."""
    return map(_code, server.code_rows())


def _code(row: CodeSet) -> Code:
    name, code = (row.codetype or "").lower(), row.code or ""
    return Code(_RENAMED.get(name, name), code, row.description or code)
