"""Whether a mapping is complete and can work, said in words before any run."""

import difflib
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace

from yellowbus.catalog import Catalog, Field
from yellowbus.mapping.model import EXPORT, ContactSlot, FieldRule, MappingType
from yellowbus.mapping.model import Mapping as FieldMapping
from yellowbus.mapping.steps import Fault, faults
from yellowbus.mapping.transforms import MatchCodes
from yellowbus.mapping.transforms.operands import needs_value
from yellowbus.messages import MESSAGES

_CHOOSE = "Choose a field from the list of the page."
# What the articles advise where the SIS has no such field (enroll-sync 6.1).
_ADVICE = {
    "students.sis_school_year": "Where the SIS has none, use Enroll School Year or Value Input.",
    "students_annual.sis_entrydate": "Where the SIS has none, use Today.",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to settle before a run. `field` is the canonical Enroll field, or the contact slot."""

    code: str
    field: str
    facts: Mapping[str, object]

    @property
    def sentence(self) -> str:
        return MESSAGES[self.code].sentence.format(**self.facts).strip()

    @property
    def remedy(self) -> str:
        return MESSAGES[self.code].remedy.format(**self.facts).strip()


def check_mapping(
    mapping: FieldMapping, catalog: Catalog, sources: Collection[str] | None = None
) -> list[Finding]:
    """Everything that is wrong, in the order of the page; an empty list lets a run start.

    `sources` are the fields that the SIS has, those of contacts included; without them, what a rule reads is
    not looked up.
    """
    return [
        *_required(mapping, catalog),
        *_targets(mapping, catalog),
        *_slots(mapping.contact_slots),
        *(_sources(mapping, catalog, sources) if sources is not None else ()),
    ]


def rule_faults(rule: FieldRule, target: Field) -> Iterator[Fault]:
    """What is wrong with one mapped rule by itself."""
    if not rule.source and (not rule.steps or needs_value(rule.steps[0])):
        yield Fault("source-missing", {})
    if rule.type is MappingType.TRANSFORMATION and not rule.steps:
        yield Fault("transformation-missing", {})
    if rule.type is MappingType.DIRECT and rule.steps:
        yield Fault("direct-with-steps", {})
    if rule.type is MappingType.MATCH_CODES and not (rule.steps and isinstance(rule.steps[-1], MatchCodes)):
        yield Fault("codes-empty", {})
    if rule.overwrite and target.identity:
        yield Fault("overwrite-refused", {})
    yield from faults(rule.steps)


def slot_faults(slot: ContactSlot) -> Iterator[Fault]:
    """What is wrong with how a slot chooses its contact."""
    if not slot.id_field:
        yield Fault("slot-without-id", {})
    if slot.relationships and not slot.relationship_field:
        yield Fault("slot-without-relationship", {})


def _required(mapping: FieldMapping, catalog: Catalog) -> Iterator[Finding]:
    mapped = {target for target, _ in mapping.targets()}
    for name in catalog.required:
        if name not in mapped:
            facts = {"field": catalog.fields[name].label, "advice": _ADVICE.get(name, "")}
            yield Finding("required-unmapped", name, facts)


def _targets(mapping: FieldMapping, catalog: Catalog) -> Iterator[Finding]:
    times = Counter(target for target, _ in mapping.targets())
    for target, rule in mapping.targets():
        known = catalog.fields.get(target)
        if known is None:
            near = difflib.get_close_matches(target, catalog.fields, n=1)
            advice = f"Did you mean {near[0]}?" if near else _CHOOSE
            code = "target-unknown" if mapping.kind == EXPORT else "field-unknown"
            yield Finding(code, target, {"field": target, "advice": advice})
            continue
        if times.pop(target, 1) > 1:
            yield Finding("target-twice", target, {"field": known.label})
        for fault in rule_faults(rule, known):
            yield Finding(fault.code, target, {"field": known.label, **fault.facts})


def _slots(slots: tuple[ContactSlot, ...]) -> Iterator[Finding]:
    for name, times in Counter(slot.slot for slot in slots).items():
        if times > 1:
            yield Finding("slot-twice", name, {"slot": name})
    for slot in slots:
        for fault in slot_faults(slot):
            yield Finding(fault.code, slot.slot, {"slot": slot.slot, **fault.facts})


def _sources(mapping: FieldMapping, catalog: Catalog, sources: Collection[str]) -> Iterator[Finding]:
    folded = {_folded(name): name for name in sources}
    code = "enroll-source-unknown" if mapping.kind == EXPORT else "source-unknown"
    for target, rule in mapping.targets():
        known = catalog.fields.get(target)
        for source in dict.fromkeys(rule.reads()):
            if source not in sources:
                label = known.label if known else target
                yield replace(_unknown(target, label, source, folded), code=code)
    for slot in mapping.contact_slots:
        for source in dict.fromkeys(slot.reads()):
            if source not in sources:
                yield _unknown(slot.slot, slot.slot, source, folded)


def _unknown(target: str, label: str, source: str, folded: Mapping[str, str]) -> Finding:
    near = folded.get(_folded(source))
    if near is None:
        close = difflib.get_close_matches(_folded(source), folded, n=1, cutoff=0.75)
        near = folded[close[0]] if close else None
    advice = f"Did you mean “{near}”?" if near else ""
    return Finding("source-unknown", target, {"field": label, "source": source, "advice": advice})


def _folded(name: str) -> str:
    return name.strip().casefold()
