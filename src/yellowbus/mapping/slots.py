"""One contact slot, compiled: its rules over the contact that took it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from yellowbus.catalog import Field
from yellowbus.mapping.contacts import Seating
from yellowbus.mapping.model import ContactSlot
from yellowbus.mapping.rules import ANSWERS, CompiledRule, FieldTrace, compile_rule
from yellowbus.mapping.steps import Context, Result, Values
from yellowbus.records import ABSENT, Problem, Value


@dataclass(frozen=True, slots=True)
class CompiledSlot:
    """`contact` is None where nobody took the slot; `kept` is the contact id in Enroll now, or ""."""

    slot: ContactSlot
    rules: tuple[CompiledRule, ...]

    def apply(self, contact: Values | None, kept: str) -> tuple[dict[str, Value], list[Problem]]:
        out: dict[str, Value] = {}
        problems: list[Problem] = []
        passed_on = self._passed_on(contact, kept)
        for rule in self.rules:
            try:
                value = rule.blank if contact is None else rule.compute(contact)
            except ANSWERS:
                trace = rule.walk(contact or {})
                value = trace.result
                problems += trace.problems
            value = _settled(value, passed_on=passed_on)
            if value is not ABSENT:
                out[rule.target] = value
        return out, problems

    def trace(self, contact: Values | None, kept: str) -> Iterator[FieldTrace]:
        """The same, field by field, with every step."""
        passed_on = self._passed_on(contact, kept)
        for rule in self.rules:
            if contact is None:
                yield FieldTrace(rule.target, rule.rule.source, None, (), rule.blank)
                continue
            trace = rule.walk(contact)
            yield replace(trace, result=_settled(trace.result, passed_on=passed_on))

    def _passed_on(self, contact: Values | None, kept: str) -> bool:
        return contact is not None and kept not in ("", contact.get(self.slot.id_field))


def _settled(value: Result, *, passed_on: bool) -> Result:
    """A slot passed to another person is written whole: no number of the one stays under the other's name."""
    return None if passed_on and value is ABSENT else value


def compile_slot(slot: ContactSlot, fields: Mapping[str, Field], context: Context) -> CompiledSlot:
    targets = ((rule, slot.target(rule.field)) for rule in slot.filled())
    compiled = (compile_rule(rule, fields[target], context, target=target) for rule, target in targets)
    return CompiledSlot(slot, tuple(compiled))


def left_over_problems(seating: Seating) -> Iterator[Problem]:
    """One note a group, naming SIS contact ids and never people."""
    for group, ids in seating.left_over.items():
        facts = {"group": group, "count": len(ids), "contacts": ", ".join(ids)}
        yield Problem("contacts-left-over", group, facts, warning=True, note=True)
