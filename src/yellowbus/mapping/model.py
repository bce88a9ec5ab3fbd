"""What an administrator sets on Configure Mapping, as values.

In an import a rule fills a field of Enroll from one of the SIS; in an export one of the SIS from one of Enroll.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum
from typing import Final

from yellowbus.mapping.steps import Transform, reads
from yellowbus.records import WriteRule

EXPORT: Final = "export"


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

    @property
    def choice(self) -> tuple[object, ...]:
        """Equal for slots that choose alike."""
        return (self.flags, self.relationships, self.relationship_field, self.sort, self.id_field)

    def reads(self) -> Iterator[str]:
        """The contact fields that choose the contact."""
        yield from (*self.flags, *self.sort)
        if self.relationships and self.relationship_field:
            yield self.relationship_field
        if self.id_field:
            yield self.id_field

    def filled(self) -> Iterator[FieldRule]:
        """The mapped rules, and one for the SIS contact id, which keeps the contact in its slot between runs.

        A rule of one's own for that id must be Direct from `id_field`; another is one too many, so refused.
        """
        mapped = [rule for rule in self.rules if rule.mapped]
        yield from mapped
        own = FieldRule("sis_contact_id", MappingType.DIRECT, self.id_field)
        if self.id_field and not any(
            (rule.field, rule.source, rule.steps) == (own.field, own.source, ()) for rule in mapped
        ):
            yield replace(own, overwrite=any(rule.overwrite for rule in mapped))

    def target(self, part: str) -> str:
        return f"students_annual.{self.slot}_{part}"


@dataclass(frozen=True, slots=True)
class Mapping:
    """The whole Field Mapping of one kind of record: "students", "schools", or EXPORT for what goes to the SIS."""

    kind: str
    rules: tuple[FieldRule, ...] = ()
    contact_slots: tuple[ContactSlot, ...] = ()

    def targets(self) -> Iterator[tuple[str, FieldRule]]:
        """Each mapped Enroll field with the rule that fills it; those of contact slots after the others."""
        for rule in self.rules:
            if rule.mapped:
                yield rule.field, rule
        for slot in self.contact_slots:
            for rule in slot.filled():
                yield slot.target(rule.field), rule
