"""One contact slot as the boxes of the panel say it."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from django.http import QueryDict

from yellowbus.catalog import Catalog, Field, FieldType
from yellowbus.connectors.base import SourceField
from yellowbus.errors import NeedsAdmin
from yellowbus.mapping.match_codes import LONGEST
from yellowbus.mapping.model import ContactSlot, FieldRule, MappingType
from yellowbus.mapping.transforms import MatchCodes, PhoneNumber
from yellowbus.web.codes_upload import clean
from yellowbus.web.mapping_sight import Sight

KEPT_BY_ITSELF = "sis_contact_id"  # follows from the slot's id field


def parts_of(catalog: Catalog, slot: str) -> Iterator[tuple[str, Field]]:
    """The last parts of the Enroll fields of a slot that can be filled, each with its field."""
    prefix = f"students_annual.{slot}_"
    for name, field in catalog.fields.items():
        part = name.removeprefix(prefix)
        if name.startswith(prefix) and part != KEPT_BY_ITSELF:
            yield part, field


def read_slot(slot: ContactSlot, catalog: Catalog, given: QueryDict, seen: Sight) -> ContactSlot:
    """The slot after its boxes; as it was where the form did not have it."""
    at = slot.slot
    if f"{at}.id" not in given:
        return slot
    fields = [field for field in seen.fields.fields if field.contact]
    flags = (*given.getlist(f"{at}.flag"), given.get(f"{at}.flag_more", ""))
    relationships = (*given.getlist(f"{at}.rel"), *given.get(f"{at}.rel_more", "").split(","))
    return replace(
        slot,
        flags=_each(_field(name, fields) for name in flags),
        relationships=_each(map(_short, relationships)),
        relationship_field=_field(given.get(f"{at}.rel_field", ""), fields),
        sort=_each(_field(name, fields) for name in given.getlist(f"{at}.sort")),
        id_field=_field(given.get(f"{at}.id", ""), fields),
        rules=_rules(slot, catalog, given, fields),
    )


def _rules(
    slot: ContactSlot, catalog: Catalog, given: QueryDict, fields: Sequence[SourceField]
) -> tuple[FieldRule, ...]:
    """The rules after the boxes; those that have no box stay, and so do the steps of one with another source."""
    rules = {rule.field: rule for rule in slot.rules}
    for part, field in parts_of(catalog, slot.slot):
        box = f"{slot.slot}.from.{part}"
        if box not in given:
            continue
        source = _field(given.get(box, ""), fields)
        rule = rules.get(part) or _first(part, field)
        if not source and (rule.source or part not in rules):
            rules.pop(part, None)
            continue
        rules[part] = replace(
            rule, source=source or None, overwrite=part in given.getlist(f"{slot.slot}.overwrite")
        )
    return tuple(rules.values())


def _first(part: str, field: Field) -> FieldRule:
    """A rule as it begins: codes are matched, and phone numbers written as Enroll has them."""
    if field.type is FieldType.CODE:
        return FieldRule(part, MappingType.MATCH_CODES, steps=(MatchCodes(),))
    if field.type is FieldType.PHONE:
        return FieldRule(part, MappingType.TRANSFORMATION, steps=(PhoneNumber(),))
    return FieldRule(part, MappingType.DIRECT)


def _field(text: str, fields: Sequence[SourceField]) -> str:
    """The name of the contact field that was typed: its name, or its label where only one field has it."""
    typed = _short(text)
    if not typed or any(field.name == typed for field in fields):
        return typed
    folded = typed.casefold()
    named = [field.name for field in fields if folded in (field.name.casefold(), field.label.casefold())]
    return named[0] if len(named) == 1 else typed


def _each(texts: Iterator[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for text in texts if text))


def _short(text: str) -> str:
    kept = clean(text).strip()
    if len(kept) > LONGEST:
        raise NeedsAdmin("codes-line-long", most=LONGEST)
    return kept
