"""Suggestions by what is known of a system, which no reading of names could find."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from yellowbus.catalog import code_sets
from yellowbus.mapping.model import ContactSlot, FieldRule, MappingType
from yellowbus.mapping.suggest.making import pairs
from yellowbus.mapping.suggest.model import Asked, Known, Suggestion
from yellowbus.mapping.transforms import MatchCodes

_KNOWN, _WITHOUT_SOURCE = 0.99, 0.9


def by_knowledge(asked: Asked, open_fields: frozenset[str]) -> Iterator[Suggestion]:
    """For each open field the first known rule that this installation of the system can fill."""
    there = {source.name for source in asked.sources}
    done: set[str] = set()
    for name, rule, slot in _known(asked):
        reads = {*rule.reads(), *(slot.reads() if slot else ())}
        if name in done or name not in open_fields or not reads <= there:
            continue
        whole = _with_codes(asked, name, rule)
        if whole is not None:
            done.add(name)
            yield Suggestion(name, whole, *_says(asked.known, whole), slot)


def _known(asked: Asked) -> Iterator[tuple[str, FieldRule, ContactSlot | None]]:
    for mapping in asked.known.mappings:
        for rule in mapping.rules:
            yield rule.field, rule, None
        for slot in mapping.contact_slots:
            for rule in slot.rules:
                yield slot.target(rule.field), rule, replace(slot, rules=())


def _with_codes(asked: Asked, name: str, rule: FieldRule) -> FieldRule | None:
    """A rule that leaves its codes open gets those of this installation; None where none can be told."""
    if not rule.mapped:
        return None
    last = rule.steps[-1] if rule.steps else None
    if rule.type is not MappingType.MATCH_CODES or not isinstance(last, MatchCodes) or last.table:
        return rule
    source = next((each for each in asked.sources if each.name == rule.source), None)
    codes: Mapping[str, Sequence[tuple[str, str]]] = asked.codes
    set_name = asked.catalog.fields[name].codes
    if source is None or set_name not in code_sets() or source.codes not in codes:
        return None
    table = pairs(set_name, (), codes[source.codes])
    return replace(rule, steps=(*rule.steps[:-1], replace(last, table=table))) if table else None


def _says(known: Known, rule: FieldRule) -> tuple[float, str]:
    if rule.source and rule.source in known.named:
        return _KNOWN, f"The connection names this column: {known.named[rule.source]}."
    if any(rule.reads()):
        return _KNOWN, f"It is where {known.system} keeps this."
    return _WITHOUT_SOURCE, f"{known.system} has no field for it; this value is the usual one."
