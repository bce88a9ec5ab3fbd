"""Field Codes: how both sides keep what is a set, for whoever writes Match Codes (enroll-sync 4.5.7, 8.1)."""

from collections.abc import Iterator
from dataclasses import dataclass

from yellowbus.enroll import codes, students
from yellowbus.setup import connections
from yellowbus.setup.models import Connection
from yellowbus.setup.permissions import Actor, Permission

ENROLL, SIS = "enroll", "sis"
HEADINGS = ("Side", "Set", "Code", "Label")
FIELD_HEADINGS = ("Side", "Kind", "Group", "Field", "Label", "Type", "Set of codes")


@dataclass(frozen=True, slots=True)
class FieldCode:
    """One code. `side` is ENROLL or SIS."""

    side: str
    set: str
    code: str
    label: str


def field_codes(actor: Actor, connection: Connection, side: str = "") -> Iterator[FieldCode]:
    """The codes of one side, or of both, Enroll first. Those of the SIS are asked of it now."""
    actor.require(Permission.MANAGE_MAPPINGS)
    if side in ("", ENROLL):
        for known in codes.every(connection.instance_id):
            yield FieldCode(ENROLL, known.set, known.value, known.label)
    if side in ("", SIS):
        with connections.opened(connection) as (connector, _):
            for code in connector.codes():
                yield FieldCode(SIS, code.set, code.value, code.label)


@dataclass(frozen=True, slots=True)
class NamedField:
    """One field that a mapping can name. `codes` is the set that its values are of, if they are of one."""

    side: str
    kind: str
    group: str
    name: str
    label: str
    type: str
    codes: str


def fields(actor: Actor, connection: Connection, side: str) -> Iterator[NamedField]:
    """The fields of one side, the custom ones included, of schools and then of students."""
    actor.require(Permission.MANAGE_MAPPINGS)
    if side == ENROLL:
        for kind in ("schools", "students"):
            yield from _of_enroll(kind, connection.instance_id)
        return
    with connections.opened(connection) as (connector, _):
        for kind in ("schools", "students"):
            for field in connector.fields(kind):
                yield NamedField(SIS, kind, field.group, field.name, field.label, field.type, field.codes)


def _of_enroll(kind: str, instance: int) -> Iterator[NamedField]:
    for field in students.catalog_of(kind, instance).fields.values():
        yield NamedField(
            ENROLL, kind, field.section.value, field.name, field.label, field.type.value, field.codes or ""
        )
