"""A mapping made ready to run: one object that previews, tests, plans and runs.

>>> from datetime import date
>>> from yellowbus.catalog import catalog
>>> from yellowbus.mapping.model import FieldRule, Mapping, MappingType
>>> from yellowbus.records import Record
>>> mapping = Mapping("students", (FieldRule("students.mname", MappingType.DIRECT, source="Middle"),))
>>> compiled = compile_mapping(mapping, catalog("students"), Context(date(2025, 9, 1), 2025))
>>> compiled.apply(Record({"Middle": "Ada"})).values
{'students.mname': 'Ada'}
"""

from collections import abc
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from yellowbus.catalog import Catalog, Field
from yellowbus.errors import NeedsAdmin
from yellowbus.mapping.check import rule_faults
from yellowbus.mapping.contacts import Seating, seat
from yellowbus.mapping.model import ContactSlot, FieldRule, Mapping, MappingType
from yellowbus.mapping.rules import ANSWERS, CompiledRule, FieldTrace, compile_rule
from yellowbus.mapping.steps import Context, Values, reads
from yellowbus.records import ABSENT, Problem, Record, Value, WriteRule

__all__ = ["Compiled", "Context", "FieldTrace", "Mapped", "compile_mapping"]

_KEYS: Final = {"students": "students.student_district_id", "schools": "schools.school_code"}
_CONTACT_ID: Final = "sis_contact_id"
_NOBODY: Final[abc.Mapping[str, str]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Mapped:
    """What the mapping makes of one record.

    A field that is not in `values` is left alone; None clears it, and only a rule with Overwrite gives None.
    (One exception: a contact slot that passes to another person is written whole, so that no one's number
    stays under another's name.) Every text is already checked and canonical.
    """

    values: dict[str, Value]
    problems: tuple[Problem, ...] = ()

    @property
    def failed(self) -> bool:
        """Whether a required or identity field has a problem: such a record is not imported."""
        return any(not problem.warning for problem in self.problems)


@dataclass(frozen=True, slots=True)
class _Slot:
    slot: ContactSlot
    rules: tuple[CompiledRule, ...]

    def moved(self, contact: Values, kept: abc.Mapping[str, str]) -> bool:
        """Whether Enroll holds another person here."""
        return kept.get(self.slot.slot, "") not in ("", contact.get(self.slot.id_field))


class Compiled:
    """The compiled mapping. It holds no state but remembered answers, so one object serves a whole run."""

    def __init__(self, kind: str, rules: tuple[CompiledRule, ...], slots: tuple[_Slot, ...]) -> None:
        self._rules = rules
        self._slots = slots
        self._remembered = tuple(
            (rule.target, rule.memory.source, rule.memory) for rule in rules if rule.memory is not None
        )
        self._computed = tuple((rule.target, rule.compute) for rule in rules if rule.memory is None)
        self._contact_slots = tuple(slot.slot for slot in slots)
        self._key = next((rule for rule in rules if rule.target == _KEYS.get(kind)), None)
        everything = (*rules, *(rule for slot in slots for rule in slot.rules))
        self.write_rules: abc.Mapping[str, WriteRule] = {
            rule.target: rule.rule.write_rule
            for rule in everything
            if rule.rule.write_rule is not WriteRule.ALWAYS
        }
        self.sources: frozenset[str] = frozenset(
            [source for rule in everything for source in _sources(rule.rule)]
            + [source for slot in self._contact_slots for source in _slot_sources(slot)]
        )

    def apply(self, record: Record, kept: abc.Mapping[str, str] = _NOBODY) -> Mapped:
        """The values of one record and all that is wrong with it. `kept` is the SIS contact id now in each
        slot.

        Never raises for what a record holds.
        """
        values, absent = record.values, ABSENT
        get = values.get
        out: dict[str, Value] = {}
        try:
            for target, source, memory in self._remembered:
                value = memory[get(source)]
                if value is not absent:
                    out[target] = value
            for target, compute in self._computed:
                value = compute(values)
                if value is not absent:
                    out[target] = value
        except ANSWERS:
            return self._apply_with_problems(record, kept)
        if self._slots:
            return self._with_contacts(out, [], record, kept)
        return Mapped(out)

    def _apply_with_problems(self, record: Record, kept: abc.Mapping[str, str]) -> Mapped:
        """The same for a record that has something wrong: rule by rule, in the order of the mapping."""
        out: dict[str, Value] = {}
        problems: list[Problem] = []
        for rule in self._rules:
            try:
                value = rule.compute(record.values)
            except ANSWERS:
                trace = rule.walk(record.values)
                value = trace.result
                problems += trace.problems
            if value is not ABSENT:
                out[rule.target] = value
        return self._with_contacts(out, problems, record, kept)

    def _with_contacts(
        self, out: dict[str, Value], problems: list[Problem], record: Record, kept: abc.Mapping[str, str]
    ) -> Mapped:
        for trace in self._trace_contacts(record, kept, problems):
            problems += trace.problems
            if trace.result is not ABSENT:
                out[trace.field] = trace.result
        return Mapped(out, tuple(problems))

    def trace(self, record: Record, kept: abc.Mapping[str, str] = _NOBODY) -> tuple[FieldTrace, ...]:
        """How each field came to its value, in the order of the mapping; the same values as `apply`."""
        return (*(rule.walk(record.values) for rule in self._rules), *self._trace_contacts(record, kept, []))

    def district_id(self, record: Record) -> Value:
        """The key of the record (Student District ID, or School Code), or None where it has no good one."""
        if self._key is None:
            return None
        try:
            value = self._key.compute(record.values)
        except ANSWERS:
            return None
        return None if value is ABSENT else value

    def _trace_contacts(
        self, record: Record, kept: abc.Mapping[str, str], problems: list[Problem]
    ) -> abc.Iterator[FieldTrace]:
        seating = seat(self._contact_slots, record.contacts, kept)
        problems += _left_over(seating)
        for slot in self._slots:
            contact = seating.taken.get(slot.slot.slot)
            yield from _empty_slot(slot) if contact is None else _filled_slot(slot, contact, kept)


def compile_mapping(mapping: Mapping, catalog: Catalog, context: Context) -> Compiled:
    """Raises NeedsAdmin for a rule that cannot work. A mapping may lack required fields: a preview is made
    early.
    """
    _refuse_faulty(mapping, catalog)
    rules = tuple(
        compile_rule(rule, catalog.fields[rule.field], context, target=rule.field)
        for rule in mapping.rules
        if rule.mapped
    )
    slots = tuple(_compile_slot(slot, catalog.fields, context) for slot in mapping.contact_slots)
    return Compiled(mapping.kind, rules, slots)


def _refuse_faulty(mapping: Mapping, catalog: Catalog) -> None:
    seen: set[str] = set()
    for target, rule in mapping.targets():
        field = catalog.fields.get(target)
        if field is None:
            raise NeedsAdmin(
                "field-unknown", field=target, advice="Choose a field from the list of the page."
            )
        if target in seen:
            raise NeedsAdmin("target-twice", field=field.label)
        seen.add(target)
        for fault in rule_faults(rule, field):
            raise NeedsAdmin(fault.code, field=field.label, **fault.facts)


def _compile_slot(slot: ContactSlot, fields: abc.Mapping[str, Field], context: Context) -> _Slot:
    """The slot with its rules, and one for the SIS contact id, which keeps the contact in its slot between
    runs.
    """
    rules = [rule for rule in slot.rules if rule.mapped]
    if slot.target(_CONTACT_ID) in fields and all(rule.field != _CONTACT_ID for rule in rules):
        overwrite = any(rule.overwrite for rule in rules)
        rules.append(FieldRule(_CONTACT_ID, MappingType.DIRECT, source=slot.id_field, overwrite=overwrite))
    targets = [slot.target(rule.field) for rule in rules]
    compiled = (
        compile_rule(rule, fields[target], context, target=target)
        for rule, target in zip(rules, targets, strict=True)
    )
    return _Slot(slot, tuple(compiled))


def _filled_slot(slot: _Slot, contact: Values, kept: abc.Mapping[str, str]) -> abc.Iterator[FieldTrace]:
    moved = slot.moved(contact, kept)
    for rule in slot.rules:
        trace = rule.walk(contact)
        if moved and trace.result is ABSENT:
            trace = FieldTrace(trace.field, trace.source, trace.start, trace.steps, None, trace.problems)
        yield trace


def _empty_slot(slot: _Slot) -> abc.Iterator[FieldTrace]:
    for rule in slot.rules:
        yield FieldTrace(rule.target, rule.rule.source, None, (), rule.blank)


def _left_over(seating: Seating) -> list[Problem]:
    return [
        Problem(
            "contacts-left-over",
            group,
            {"group": group, "count": len(ids), "contacts": ", ".join(ids)},
            warning=True,
        )
        for group, ids in seating.left_over.items()
    ]


def _sources(rule: FieldRule) -> abc.Iterator[str]:
    if rule.source:
        yield rule.source
    yield from reads(rule.steps)


def _slot_sources(slot: ContactSlot) -> abc.Iterator[str]:
    yield from (*slot.flags, *slot.sort)
    yield from (name for name in (slot.id_field, slot.relationship_field) if name)
