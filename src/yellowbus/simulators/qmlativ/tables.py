"""Every object of the instance, and what an integration may do with all of it."""

from collections.abc import Mapping

from yellowbus.simulators.qmlativ import (
    code_tables,
    demographics,
    family_objects,
    organisation,
    student_objects,
)
from yellowbus.simulators.qmlativ.objects import Field, Table, Writing, guid
from yellowbus.simulators.qmlativ.permissions import FieldGrant, ObjectGrant, Permissions
from yellowbus.simulators.qmlativ.skysys import catalogue

_PLAIN = (
    *demographics.TABLES,
    *code_tables.TABLES,
    *organisation.TABLES,
    *student_objects.TABLES,
    *family_objects.TABLES,
)
_ALL = (*_PLAIN, *catalogue(_PLAIN))
TABLES: Mapping[str, Table] = {table.path.lower(): table for table in _ALL}
MODULES: Mapping[str, str] = {table.module.lower(): table.module for table in _ALL}


def everything() -> Permissions:
    """A permission file that grants the reading of every field and no writing, as almost all of a known file
    does (3.3).
    """
    return Permissions.of(_granted(table) for table in _ALL)


def _granted(table: Table) -> ObjectGrant:
    fields = {name: _field(table, found) for name, found in table.fields.items()}
    return ObjectGrant(table.module, table.name, table.guid, fields=fields)


def _field(table: Table, found: Field) -> FieldGrant:
    return FieldGrant(found.name, guid(f"{table.path}.{found.name}"), read=True)


def markers(found: Field) -> tuple[str, ...]:
    """The words that the catalogue says of a field (6.2)."""
    words = (
        ("PrimaryKey", found.primary),
        ("ReadOnly", found.writing is Writing.READ_ONLY),
        ("Required", found.writing is Writing.REQUIRED),
    )
    return tuple(word for word, is_so in words if is_so)
