"""Accepted suggestions laid into a mapping."""

from collections.abc import Iterable
from dataclasses import replace

from yellowbus.mapping.model import ContactSlot, FieldRule, Mapping
from yellowbus.mapping.suggest.model import Suggestion


def lay(mapping: Mapping, accepted: Iterable[Suggestion]) -> Mapping:
    """The mapping with the rules of the suggestions, each in the place of a rule that says Do Not Map.

    A field that is mapped by now is left alone, and a contact slot that the mapping has keeps its own way of choosing.
    """
    filled = {target for target, _ in mapping.targets()}
    for each in accepted:
        if each.field in filled:
            continue
        mapping = _in_slot(mapping, each, each.slot) if each.slot else _in_rules(mapping, each)
    return mapping


def _in_rules(mapping: Mapping, suggestion: Suggestion) -> Mapping:
    return replace(mapping, rules=_with(mapping.rules, suggestion.rule))


def _in_slot(mapping: Mapping, suggestion: Suggestion, chosen: ContactSlot) -> Mapping:
    if all(slot.slot != chosen.slot for slot in mapping.contact_slots):
        mapping = replace(mapping, contact_slots=(*mapping.contact_slots, chosen))
    slots = (
        replace(slot, rules=_with(slot.rules, suggestion.rule)) if slot.slot == chosen.slot else slot
        for slot in mapping.contact_slots
    )
    return replace(mapping, contact_slots=tuple(slots))


def _with(rules: tuple[FieldRule, ...], rule: FieldRule) -> tuple[FieldRule, ...]:
    if any(each.field == rule.field for each in rules):
        return tuple(rule if each.field == rule.field else each for each in rules)
    return (*rules, rule)
