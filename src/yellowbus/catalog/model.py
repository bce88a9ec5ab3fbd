"""What a field of the Enroll side is."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from yellowbus.records import WriteRule


class Section(Enum):
    """The accordions of the Field Mapping tab, in its order."""

    STUDENT = "Student Information"
    GUARDIAN = "Guardian Information"
    EMERGENCY = "Emergency Contacts Information"
    CUSTOM = "Custom Mapping"
    SCHOOL = "School Information"


class FieldType(Enum):
    """How a value of the field is written. Every value is text; the type says which text is right."""

    TEXT = "text"
    DATE = "date"  # YYYY-MM-DD
    YEAR = "year"  # the starting year, four digits
    BOOLEAN = "boolean"  # true or false
    INTEGER = "integer"
    EMAIL = "email"
    PHONE = "phone"
    CODE = "code"  # one of the field's code set


@dataclass(frozen=True, slots=True)
class Field:
    """A field of Enroll. `name` is canonical: table.field in lower case, as in "students.fname".

    `published` says whether the vendor's articles name the field or we invented the name (enroll-sync 16).
    `write_rule` is the rule a new mapping starts with. `personal` values are never logged.
    """

    name: str
    label: str
    section: Section
    type: FieldType = FieldType.TEXT
    codes: str = ""
    required: bool = False
    identity: bool = False
    personal: bool = True
    published: bool = False
    write_rule: WriteRule = WriteRule.ALWAYS
    max_length: int = 255

    @property
    def table(self) -> str:
        return self.name.partition(".")[0]

    @property
    def column(self) -> str:
        return self.name.partition(".")[2]


@dataclass(frozen=True, slots=True)
class Catalog:
    """The fields of one kind ("students" or "schools") by canonical name, in the order of the pages."""

    kind: str
    fields: Mapping[str, Field]

    @property
    def required(self) -> tuple[str, ...]:
        return tuple(name for name, field in self.fields.items() if field.required)
