"""What an administrator sets on Configure Mapping, as values."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from yellowbus.mapping.steps import Transform, reads
from yellowbus.records import WriteRule


class MappingType(Enum):
    """The four Mapping Types (enroll-sync 4.7). A field nobody touched is DO_NOT_MAP."""

    DIRECT = "direct"
    TRANSFORMATION = "transformation"
    MATCH_CODES = "match-codes"
    DO_NOT_MAP = "do-not-map"


@dataclass(frozen=True, slots=True)
class FieldRule:
    """How one Enroll field gets its value: from `source`, through `steps` in their order.

    `overwrite` lets a blank Mapped Value clear what Enroll holds; without it a blank leaves Enroll alone.
    """

    field: str
    type: MappingType = MappingType.DO_NOT_MAP
    source: str | None = None
    steps: tuple[Transform, ...] = ()
    overwrite: bool = False
    write_rule: WriteRule = WriteRule.ALWAYS

    @property
    def mapped(self) -> bool:
        return self.type is not MappingType.DO_NOT_MAP

    def reads(self) -> Iterator[str]:
        """The source fields that the value comes from."""
        if self.source:
            yield self.source
        yield from reads(self.steps)


@dataclass(frozen=True, slots=True)
class ContactSlot:
    """One numbered place for a contact in Enroll, and which of the SIS's contacts may take it (enroll-sync
    6.8.6).

    A contact fits when each field of `flags` is true and, if `relationships` is given, its
    `relationship_field` is one of them. Those that fit are taken in the order of the `sort` fields, then by
    `id_field`. `rules` fill the slot: their `field` is the last part of the target ("fname" of
    students_annual.guardian1_fname), their `source` a contact field.
    """

    slot: str
    rules: tuple[FieldRule, ...] = ()
    flags: tuple[str, ...] = ()
    relationships: tuple[str, ...] = ()
    relationship_field: str = ""
    sort: tuple[str, ...] = ()
    id_field: str = ""

    @property
    def group(self) -> str:
        """The slot without its number: a contact takes at most one slot of a group."""
        return self.slot.rstrip("0123456789")

    def reads(self) -> Iterator[str]:
        """The contact fields that choose the contact."""
        yield from (*self.flags, *self.sort)
        if self.relationships and self.relationship_field:
            yield self.relationship_field
        if self.id_field:
            yield self.id_field

    def target(self, part: str) -> str:
        return f"students_annual.{self.slot}_{part}"


@dataclass(frozen=True, slots=True)
class Mapping:
    """The whole Field Mapping of one kind of record, "students" or "schools"."""

    kind: str
    rules: tuple[FieldRule, ...] = ()
    contact_slots: tuple[ContactSlot, ...] = ()

    def targets(self) -> Iterator[tuple[str, FieldRule]]:
        """Each mapped Enroll field with the rule that fills it; those of contact slots after the others."""
        for rule in self.rules:
            if rule.mapped:
                yield rule.field, rule
        for slot in self.contact_slots:
            for rule in slot.rules:
                if rule.mapped:
                    yield slot.target(rule.field), rule
