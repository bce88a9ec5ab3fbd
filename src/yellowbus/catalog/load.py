"""The catalog from its data file, and names of fields as people and files write them."""

import difflib
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any

from yellowbus.catalog.model import Catalog, Field, FieldType, Section
from yellowbus.errors import NeedsAdmin
from yellowbus.records import WriteRule

KINDS = ("students", "schools")
SLOTS = (1, 2, 3, 4)
_CUSTOM = re.compile(r"custom\.[a-z0-9][a-z0-9_-]*")

# What else a table or a field is called: enroll-sync 14.1 (two articles differ) and 16.3 against 6.4.
_TABLE_ALIASES = {"student_annual": "students_annual"}
_FIELD_ALIASES = {"schools.code": "schools.school_code"}


def catalog(kind: str, custom: Iterable[Field] = ()) -> Catalog:
    """The fields of `kind`, then the organization's custom ones.

    Raises ValueError for an unknown kind, and for a custom field wrongly named, misplaced or given twice.
    """
    built_in = _built_in(kind)
    extra = tuple(custom)
    if not extra:
        return built_in
    fields = dict(built_in.fields)
    for field in extra:
        if not is_custom(field.name) or field.section is not Section.CUSTOM or field.name in fields:
            raise ValueError(f"not a custom field, or twice: {field.name}")
        fields[field.name] = field
    return Catalog(kind, MappingProxyType(fields))


def is_custom(name: str) -> bool:
    """Whether `name` is the canonical name of a custom field: custom.<key>, lower case.

    >>> is_custom("custom.bus_route"), is_custom("custom."), is_custom("students.fname")
    (True, False, False)
    """
    return _CUSTOM.fullmatch(name) is not None


def resolve(name: str, within: Catalog | None = None) -> str:
    """The canonical name of a field, however its name was written.

    Case and outer spaces do not count, and known aliases are taken. Without `within` the fields of all kinds
    count, and any well-formed custom name, as custom fields differ by organization. Raises
    NeedsAdmin("field-unknown") otherwise.

    >>> resolve("student_annual.guardian1_Fname"), resolve("students.DOB")
    ('students_annual.guardian1_fname', 'students.dob')
    """
    folded = name.strip().lower()
    table, dot, column = folded.partition(".")
    folded = f"{_TABLE_ALIASES.get(table, table)}{dot}{column}"
    canonical = _FIELD_ALIASES.get(folded, folded)
    known = _all_fields() if within is None else within.fields
    if canonical in known or (within is None and is_custom(canonical)):
        return canonical
    raise NeedsAdmin("field-unknown", field=name, advice=_advice(canonical, known))


def _advice(name: str, known: Mapping[str, Field]) -> str:
    if name == "students.id":
        return "Enroll gives this id itself; map students.student_district_id."
    near = difflib.get_close_matches(name, known, n=3)
    return f"Did you mean {' or '.join(near)}?" if near else "Choose a field from the list of the page."


@cache
def _all_fields() -> Mapping[str, Field]:
    return {name: field for kind in KINDS for name, field in _built_in(kind).fields.items()}


@cache
def _built_in(kind: str) -> Catalog:
    if kind not in KINDS:
        raise ValueError(f"no such kind of record: {kind}")
    sections = _data()[kind]
    fields = (
        field for name, section in sections.items() for field in _fields(Section[name.upper()], section)
    )
    return Catalog(kind, MappingProxyType({field.name: field for field in fields}))


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads(resources.files(__package__).joinpath("fields.toml").read_text("utf-8"))


def _fields(section: Section, rows: Mapping[str, dict[str, Any]]) -> Iterator[Field]:
    """The fields of one section; of a numbered pattern all of slot 1, then all of slot 2, and so on."""
    numbered = any("{n}" in name for name in rows)
    for slot in SLOTS if numbered else (0,):
        yield from (_field(name, row, section=section, slot=slot) for name, row in rows.items())


def _field(name: str, row: dict[str, Any], *, section: Section, slot: int) -> Field:
    given = dict(row)
    label = given.pop("label").format(n=slot)
    published = given.pop("published", False) or slot in given.pop("published_slots", ())
    return Field(
        name=name.format(n=slot),
        label=label,
        section=section,
        type=FieldType(given.pop("type", "text")),
        write_rule=WriteRule(given.pop("write_rule", "always")),
        published=published,
        **given,
    )
