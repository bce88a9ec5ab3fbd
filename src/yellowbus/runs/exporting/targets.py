"""What the SIS takes, as a catalog that a mapping can fill: fields of the student, and of contacts in numbered places."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from types import MappingProxyType
from typing import Final, TypeAlias, TypeVar

from yellowbus.catalog import Catalog, Field, FieldType, Section
from yellowbus.connectors.writing import TargetField
from yellowbus.mapping.model import EXPORT
from yellowbus.planning.contact_match import Roles
from yellowbus.records import Value

Values: TypeAlias = dict[str, Value]
Pair: TypeAlias = list[Value]  # [before, after], as a row keeps it
T = TypeVar("T")

SLOTS: Final = tuple(range(1, 9))
_SLOT = re.compile(r"([1-9][0-9]?) - (.+)")
_LONGEST = 4000
_NO = "false"
_NOT_DIGITS, _DIGITS = re.compile(r"\D"), 7
_TYPES = {each.value: each for each in FieldType if each is not FieldType.CODE}
# A contact's name, e-mail and phone are known by what every SIS calls them: Contacts.FirstName, Contacts.Emails1.
_FIRST, _LAST = re.compile(r"first_?name$", re.IGNORECASE), re.compile(r"last_?name$", re.IGNORECASE)
_EMAIL = re.compile(r"e_?mails?_?\d*(address)?$", re.IGNORECASE)
_PHONE = re.compile(r"phones?_?(home|mobile|cell|work)?_?\d*(number)?$", re.IGNORECASE)


@dataclass(frozen=True)
class Targets:
    """The fields of one SIS by name, those of contacts without a place."""

    fields: Mapping[str, TargetField]

    @classmethod
    def of(cls, fields: Iterable[TargetField]) -> "Targets":
        return cls(MappingProxyType({field.name: field for field in fields}))

    @cached_property
    def catalog(self) -> Catalog:
        """The same for the mapping engine. A blank contact field fails its contact alone, so none is required there."""
        student = {name: _field(field) for name, field in self.fields.items() if not field.contact}
        placed = {
            placed_name(slot, name): _field(
                replace(field, name=placed_name(slot, name), label=f"{slot} - {field.label}", required=False)
            )
            for slot in SLOTS
            for name, field in self.fields.items()
            if field.contact
        }
        return Catalog(EXPORT, MappingProxyType(student | placed))

    @cached_property
    def roles(self) -> Roles:
        names = [name for name, field in self.fields.items() if field.contact]
        return Roles(
            first=next((name for name in names if _FIRST.search(name)), ""),
            last=next((name for name in names if _LAST.search(name)), ""),
            emails=tuple(name for name in names if _EMAIL.search(name)),
            phones=tuple(name for name in names if _PHONE.search(name)),
        )

    @cached_property
    def required_of_contact(self) -> tuple[str, ...]:
        return tuple(name for name, field in self.fields.items() if field.contact and field.required)

    @cached_property
    def together(self) -> Mapping[str, tuple[str, ...]]:
        """The student's fields that are sent all or none, by the name of their group."""
        groups: dict[str, tuple[str, ...]] = {}
        for name, field in self.fields.items():
            if field.together and not field.contact:
                groups[field.together] = (*groups.get(field.together, ()), name)
        return groups

    @cached_property
    def lists(self) -> tuple[tuple[str, ...], ...]:
        """The places of each list of a contact, in their order."""
        found: dict[str, list[str]] = {}
        for name, field in self.fields.items():
            if field.contact and field.listed:
                found.setdefault(field.listed, []).append(name)
        return tuple(tuple(names) for names in found.values())

    def beside(self, base: str) -> tuple[str, ...]:
        """What stands beside one place of a list, such as its type."""
        return tuple(name for name, field in self.fields.items() if field.beside == (base,))

    def same(self, name: str, held: Value, sent: Value) -> bool:
        """As `same`; and a mark that nobody set says no."""
        known = self.fields.get(place_of(name)[1])
        if known is not None and known.type == FieldType.BOOLEAN.value:
            return (held or _NO) == (sent or _NO)
        return same(name, held, sent)

    def as_written(self, values: Mapping[str, Value], current: Mapping[str, Value]) -> Values:
        """The values, those that say the same as what the SIS holds in its own writing."""
        return {
            name: current.get(name) if self.same(name, current.get(name), value) else value
            for name, value in values.items()
        }

    def label(self, name: str) -> str:
        known = self.catalog.fields.get(name)
        return known.label if known else name

    def right(self, name: str) -> str:
        """The right that the SIS asks for before it keeps a value of the field; "" where it is not known."""
        known = self.fields.get(place_of(name)[1])
        return known.needs_right if known else ""


def placed_name(slot: int, name: str) -> str:
    """How Contact Mapping names a field (enroll-sync 6.8.3).

    >>> placed_name(1, "Contacts.FirstName"), place_of("1 - Contacts.FirstName"), place_of("name.first_name")
    ('1 - Contacts.FirstName', (1, 'Contacts.FirstName'), (0, 'name.first_name'))
    """
    return f"{slot} - {name}"


def place_of(name: str) -> tuple[int, str]:
    """The place and the name without it; place 0 is the student."""
    found = _SLOT.fullmatch(name)
    return (int(found[1]), found[2]) if found else (0, name)


def by_place(values: Mapping[str, T]) -> dict[int, dict[str, T]]:
    """Values, or changes, by place: 0 the student's own, the others a contact each, in the order of their numbers."""
    found: dict[int, dict[str, T]] = {0: {}}
    for name, value in values.items():
        slot, bare = place_of(name)
        found.setdefault(slot, {})[bare] = value
    return dict(sorted(found.items()))


def same(name: str, held: Value, sent: Value) -> bool:
    """Whether two values say the same: blanks around them, and the punctuation of a phone number, do not count.

    >>> same("Contacts.Phones1", "480-555-0101", "(480) 555-0101"), same("bus", "12 ", "12"), same("bus", None, "12")
    (True, True, False)
    """
    held, sent = (held or "").strip(), (sent or "").strip()
    if held == sent:
        return True
    digits = _NOT_DIGITS.sub("", held)
    return len(digits) >= _DIGITS and "phone" in name.casefold() and digits == _NOT_DIGITS.sub("", sent)


def _field(target: TargetField) -> Field:
    return Field(
        name=target.name,
        label=target.label,
        section=Section.GUARDIAN if target.contact else Section.STUDENT,
        type=_TYPES.get(target.type, FieldType.TEXT),
        required=target.required,
        max_length=target.longest or _LONGEST,
    )
