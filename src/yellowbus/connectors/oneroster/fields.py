"""The fields of fields.toml, and the code sets of the standard."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Final

from yellowbus.connectors.base import Code, SourceField

_NUMBERED: Final = tuple((f"{number:02}", f"Grade {number}") for number in range(1, 13))
_SETS: Final = {
    "status": (("active", "Active"), ("tobedeleted", "Deleted")),
    "sex": (("male", "Male"), ("female", "Female"), ("unspecified", "Not said"), ("other", "Another")),
    # CEDS grade levels (oneroster dossier 1.6).
    "grade": (
        *(("IT", "Infant or toddler"), ("PR", "Preschool"), ("PK", "Pre-kindergarten")),
        *(("TK", "Transitional kindergarten"), ("KG", "Kindergarten"), *_NUMBERED),
        *(("13", "Grade 13"), ("PS", "Postsecondary"), ("UG", "Ungraded"), ("Other", "Other")),
    ),
    "race": (
        ("americanIndianOrAlaskaNative", "American Indian or Alaska Native"),
        ("asian", "Asian"),
        ("blackOrAfricanAmerican", "Black or African American"),
        ("nativeHawaiianOrOtherPacificIslander", "Native Hawaiian or Other Pacific Islander"),
        ("white", "White"),
        ("two-or-more", "Two or more races"),
    ),
    "contact_role": (("parent", "Parent"), ("guardian", "Guardian"), ("relative", "Relative")),
    "residence_status": (
        ("01652", "Resident of the administrative unit and usual attendance area"),
        ("01653", "Resident of the administrative unit, another attendance area"),
        ("01654", "Resident of the state, another administrative unit"),
        ("01655", "Resident of an administrative unit that crosses a state boundary"),
        ("01656", "Resident of another state"),
    ),
}
FIXED: Final = tuple(Code(name, value, label) for name, codes in _SETS.items() for value, label in codes)
RACES: Final = tuple(value for value, _ in _SETS["race"][:-1])


@cache
def known(kind: str) -> tuple[SourceField, ...]:
    """The fields of one kind: "students", "contacts" or "schools"."""
    file = resources.files(__package__).joinpath("fields.toml")
    groups = tomllib.loads(file.read_text("utf-8"))[kind]
    return tuple(
        _field(name, told, group, contact=kind == "contacts")
        for group, fields in groups.items()
        for name, told in fields.items()
    )


def _field(name: str, told: str | Mapping[str, str], group: str, *, contact: bool) -> SourceField:
    facts = {"label": told} if isinstance(told, str) else dict(told)
    return SourceField(name=name, group=group, contact=contact, **facts)


@cache
def names(kind: str) -> frozenset[str]:
    return frozenset(field.name for field in known(kind))
