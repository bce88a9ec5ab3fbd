"""The rule of one Enroll field, wherever it stands: among the rules, or in the contact slot that fills the field."""

from collections.abc import Iterator
from dataclasses import replace

from yellowbus.mapping.model import ContactSlot, FieldRule, Mapping


def rule_at(mapping: Mapping, target: str) -> FieldRule | None:
    """The rule that fills `target`; of a contact slot its `field` is the last part of the target only."""
    own = (rule for rule in mapping.rules if rule.field == target)
    return next(own, None) or next((rule for _, rule in _in_slots(mapping, target)), None)


def with_rule_at(mapping: Mapping, target: str, rule: FieldRule) -> Mapping:
    """The mapping with `rule` in the place of the one that `rule_at` gives. Nothing changes where there is none."""
    if any(each.field == target for each in mapping.rules):
        return replace(mapping, rules=tuple(rule if each.field == target else each for each in mapping.rules))
    holding = {slot.slot for slot, _ in _in_slots(mapping, target)}
    slots = (_with(slot, rule) if slot.slot in holding else slot for slot in mapping.contact_slots)
    return replace(mapping, contact_slots=tuple(slots))


def part_of(mapping: Mapping, target: str) -> str:
    """The part of the mapping that fills `target`: the field itself, or the contact slot."""
    return next((slot.slot for slot, _ in _in_slots(mapping, target)), target)


def _in_slots(mapping: Mapping, target: str) -> Iterator[tuple[ContactSlot, FieldRule]]:
    return (
        (slot, rule)
        for slot in mapping.contact_slots
        for rule in slot.rules
        if slot.target(rule.field) == target
    )


def _with(slot: ContactSlot, rule: FieldRule) -> ContactSlot:
    return replace(slot, rules=tuple(rule if each.field == rule.field else each for each in slot.rules))
