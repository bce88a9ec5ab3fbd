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

from yellowbus.catalog import Catalog
from yellowbus.errors import NeedsAdmin
from yellowbus.mapping.check import rule_faults, slot_faults
from yellowbus.mapping.contacts import seat
from yellowbus.mapping.model import Mapping
from yellowbus.mapping.rules import ANSWERS, CompiledRule, FieldTrace, compile_rule
from yellowbus.mapping.slots import CompiledSlot, compile_slot, left_over_problems
from yellowbus.mapping.steps import Context, is_daily
from yellowbus.records import ABSENT, Problem, Record, Value, WriteRule

__all__ = ["Compiled", "Context", "FieldTrace", "Mapped", "compile_mapping"]

_KEYS: Final = {"students": "students.student_district_id", "schools": "schools.school_code"}
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


class Compiled:
    """The compiled mapping. It holds no state but remembered answers, so one object serves a whole run."""

    def __init__(self, kind: str, rules: tuple[CompiledRule, ...], slots: tuple[CompiledSlot, ...]) -> None:
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
            [source for rule in everything for source in rule.rule.reads()]
            + [source for slot in self._contact_slots for source in slot.reads()]
        )
        self.daily = any(
            is_daily(rule.rule.steps) for rule in everything if rule.target not in self.write_rules
        )

    def apply(self, record: Record, kept: abc.Mapping[str, str] = _NOBODY) -> Mapped:
        """The values of one record and all that is wrong with it; never raises for what a record holds.

        `kept` is the SIS contact id that Enroll now holds in each contact slot.
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
        seating = seat(self._contact_slots, record.contacts, kept)
        for slot in self._slots:
            values, wrong = slot.apply(seating.taken.get(slot.slot.slot), kept.get(slot.slot.slot, ""))
            out |= values
            problems += wrong
        return Mapped(out, (*problems, *left_over_problems(seating)))

    def trace(self, record: Record, kept: abc.Mapping[str, str] = _NOBODY) -> tuple[FieldTrace, ...]:
        """How each field came to its value, in the order of the mapping; the same values as `apply`."""
        return (*(rule.walk(record.values) for rule in self._rules), *self._trace_contacts(record, kept))

    def district_id(self, record: Record) -> Value:
        """The key of the record (Student District ID, or School Code), or None where it has no good one."""
        if self._key is None:
            return None
        try:
            value = self._key.compute(record.values)
        except ANSWERS:
            value = self._key.walk(record.values).result
        return None if value is ABSENT else value

    def _trace_contacts(self, record: Record, kept: abc.Mapping[str, str]) -> abc.Iterator[FieldTrace]:
        seating = seat(self._contact_slots, record.contacts, kept)
        for slot in self._slots:
            yield from slot.trace(seating.taken.get(slot.slot.slot), kept.get(slot.slot.slot, ""))


def compile_mapping(mapping: Mapping, catalog: Catalog, context: Context) -> Compiled:
    """Raises NeedsAdmin for a rule that cannot work. A mapping may lack required fields, for a preview."""
    _refuse_faulty(mapping, catalog)
    rules = tuple(
        compile_rule(rule, catalog.fields[rule.field], context, target=rule.field)
        for rule in mapping.rules
        if rule.mapped
    )
    slots = tuple(compile_slot(slot, catalog.fields, context) for slot in mapping.contact_slots)
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
    for slot in mapping.contact_slots:
        for fault in slot_faults(slot):
            raise NeedsAdmin(fault.code, slot=slot.slot, **fault.facts)
