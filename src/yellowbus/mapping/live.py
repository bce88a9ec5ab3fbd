"""A mapping while it is edited: a rule that cannot work yet does not keep the others from being shown.

A run compiles the mapping as a whole and refuses a faulty one (`compile`); this is for the page, with the same steps.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from yellowbus.catalog import Catalog, Field
from yellowbus.mapping.check import rule_faults, slot_faults
from yellowbus.mapping.contacts import seat
from yellowbus.mapping.model import ContactSlot, FieldRule
from yellowbus.mapping.model import Mapping as FieldMapping
from yellowbus.mapping.rules import FieldTrace, walkable
from yellowbus.mapping.slots import compile_slot
from yellowbus.mapping.steps import Context, faults
from yellowbus.records import Record


def traces(
    mapping: FieldMapping, catalog: Catalog, context: Context, record: Record, *, kept: Mapping[str, str]
) -> dict[str, FieldTrace]:
    """How each mapped field that can work comes to its value, by its name.

    `kept` is the SIS contact id that Enroll now holds in each contact slot.
    """
    rules = (trace_rule(rule, catalog.fields.get(rule.field), context, record) for rule in mapping.rules)
    found = {trace.field: trace for trace in rules if trace is not None}
    return found | {
        trace.field: trace for trace in _slots(mapping, catalog, context, record=record, kept=kept)
    }


def trace_rule(rule: FieldRule, field: Field | None, context: Context, record: Record) -> FieldTrace | None:
    """The same for one rule. None for a field that is not mapped or not known, and for a rule that cannot work."""
    if field is None or not rule.mapped or any(rule_faults(rule, field)):
        return None
    return walkable(rule, field, context, target=rule.field).walk(record.values)


def trace_steps(rule: FieldRule, field: Field, context: Context, record: Record) -> FieldTrace:
    """The steps of a rule up to the first that cannot work, whatever else is wrong with it."""
    good: list[object] = []
    for step in rule.steps:
        if any(faults(step)):
            break
        good.append(step)
    sound = replace(rule, steps=rule.steps[: len(good)])
    return walkable(sound, field, context, target=rule.field).walk(record.values)


def _slots(
    mapping: FieldMapping, catalog: Catalog, context: Context, *, record: Record, kept: Mapping[str, str]
) -> Iterator[FieldTrace]:
    sound = [_sound(slot, catalog) for slot in mapping.contact_slots if not any(slot_faults(slot))]
    seating = seat(sound, record.contacts, kept)
    for slot in sound:
        compiled = compile_slot(slot, catalog.fields, context)
        yield from compiled.trace(seating.taken.get(slot.slot), kept.get(slot.slot, ""))


def _sound(slot: ContactSlot, catalog: Catalog) -> ContactSlot:
    """The slot without the rules that cannot work."""
    good = tuple(rule for rule in slot.rules if _is_sound(rule, catalog.fields.get(slot.target(rule.field))))
    return replace(slot, rules=good)


def _is_sound(rule: FieldRule, field: Field | None) -> bool:
    return field is not None and not any(rule_faults(rule, field))
