"""One Enroll field, compiled: a fast function for runs, and a walk through the same steps that says what each
one gave.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeAlias, cast

from yellowbus.catalog import Field, FieldType, ValueRefused, checker
from yellowbus.mapping.model import FieldRule
from yellowbus.mapping.steps import (
    Context,
    Noted,
    Refused,
    Result,
    Step,
    TextStep,
    TextTransform,
    Values,
)
from yellowbus.records import ABSENT, Problem, Value

Compute: TypeAlias = Callable[[Values], Result]

# More distinct dates or codes than this are not worth the memory.
_REMEMBERED = 20_000
_FEW_VALUES = frozenset({FieldType.DATE, FieldType.CODE, FieldType.BOOLEAN, FieldType.YEAR})

ANSWERS = (Refused, ValueRefused)
"""What a compiled rule raises where a value is not simply right; `walk` then says what is wrong."""


@dataclass(frozen=True, slots=True)
class FieldTrace:
    """How one field came to its value. `steps` are (title, value after it); `result` is the Mapped Value as
    applied.
    """

    field: str
    source: str | None
    start: Value
    steps: tuple[tuple[str, Result], ...]
    result: Result
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class CompiledRule:
    """`compute` gives the field's final value for the values of a record, or raises one of ANSWERS."""

    target: str
    label: str
    rule: FieldRule
    grave: bool
    required: bool
    steps: tuple[tuple[str, Step], ...]
    check: TextStep
    compute: Compute
    memory: "Memory | None"

    @property
    def blank(self) -> Result:
        return None if self.rule.overwrite else ABSENT

    def walk(self, values: Values) -> FieldTrace:
        """The same as `compute`, slowly: every step's value is kept, and what is wrong becomes a problem."""
        source = self.rule.source
        start = (values.get(source) or None) if source else None
        trace, value = FieldTrace(self.target, source, start, (), ABSENT), cast("Result", start)
        for title, step in self.steps:
            if value is ABSENT:
                break
            try:
                value = step(value, values) or None
            except Noted as note:
                value, trace = note.result, self._with(trace, self._problem(note, note=True))
            except Refused as refused:
                return self._with(trace, self._problem(refused))
            trace = replace(trace, steps=(*trace.steps, (title, value)))
        return self._finish(trace, value)

    def _finish(self, trace: FieldTrace, value: Result) -> FieldTrace:
        if value is ABSENT or value is None or value.isspace():
            if self.required:
                return self._with(trace, Problem("required-blank", self.target, {"field": self.label}))
            return replace(trace, result=ABSENT if value is ABSENT else self.blank)
        try:
            return replace(trace, result=self.check(value))
        except ValueRefused as refused:
            problem = Problem(refused.code, self.target, refused.facts, value, warning=not self.grave)
            return self._with(trace, problem)

    def _problem(self, refused: Refused, *, note: bool = False) -> Problem:
        facts = {"field": self.label, **refused.facts}
        warning = note or not self.grave
        return Problem(refused.code, self.target, facts, refused.value, warning=warning, note=note)

    @staticmethod
    def _with(trace: FieldTrace, problem: Problem) -> FieldTrace:
        return replace(trace, problems=(*trace.problems, problem))


def compile_rule(rule: FieldRule, field: Field, context: Context, *, target: str) -> CompiledRule:
    """`target` is the canonical name that the values are given under; for a contact slot not `rule.field`."""
    compute = _compute(rule, field, context)
    memory = _memory(rule, field, compute)
    ready = compute if memory is None else _recall(memory)
    return replace(walkable(rule, field, context, target=target), compute=ready, memory=memory)


def walkable(rule: FieldRule, field: Field, context: Context, *, target: str) -> CompiledRule:
    """A rule that is only walked, for a page: `compute` and `memory`, which make a run fast, are not made."""
    return CompiledRule(
        target=target,
        label=field.label,
        rule=rule,
        grave=field.required or field.identity,
        required=field.required,
        steps=tuple((step.title, step.step(context)) for step in rule.steps),
        check=checker(field),
        compute=_not_made,
        memory=None,
    )


def _not_made(_values: Values) -> Result:
    raise NotImplementedError


def _compute(rule: FieldRule, field: Field, context: Context) -> Compute:
    """The fastest function that gives what `CompiledRule.walk` gives."""
    finish = _finisher(rule, field)
    texts = [step for step in rule.steps if isinstance(step, TextTransform) and not step.blank()]
    if len(texts) < len(rule.steps) or rule.source is None:
        return _from_record(rule, context, finish)
    functions = tuple(step.function(context) for step in texts)
    if not functions:
        return _direct(rule.source, checker(field), finish)
    if len(functions) > 1:
        return _from_source(rule.source, functions, finish)
    check = str if texts[0].gives() is field.type else checker(field)
    return _one_step(rule.source, functions[0], check, finish)


def _finisher(rule: FieldRule, field: Field) -> Callable[[Result], Result]:
    """What comes after the last step: blank and unmapped values settled, others checked."""
    check, required = checker(field), field.required
    blank: Result = None if rule.overwrite else ABSENT

    def finish(value: Result) -> Result:
        if value is not None and value is not ABSENT and not value.isspace():
            return check(value)
        if required:
            raise Refused("required-blank", None)
        return ABSENT if value is ABSENT else blank

    return finish


def _direct(source: str, check: TextStep, finish: Callable[[Result], Result]) -> Compute:
    def compute(values: Values) -> Result:
        value = values.get(source)
        return check(value) if value and not value.isspace() else finish(None)

    return compute


def _one_step(source: str, step: TextStep, check: TextStep, finish: Callable[[Result], Result]) -> Compute:
    def compute(values: Values) -> Result:
        value = values.get(source)
        if value:
            value = step(value)
        return check(value) if value and not value.isspace() else finish(None)

    return compute


def _from_source(source: str, steps: tuple[TextStep, ...], finish: Callable[[Result], Result]) -> Compute:
    def compute(values: Values) -> Result:
        value = values.get(source)
        for step in steps:
            if not value:
                break
            value = step(value)
        return finish(value or None)

    return compute


def _from_record(rule: FieldRule, context: Context, finish: Callable[[Result], Result]) -> Compute:
    steps, source = tuple(step.step(context) for step in rule.steps), rule.source
    if source is None and len(steps) == 1:
        step = steps[0]
        return lambda values: finish(step(None, values) or None)

    def compute(values: Values) -> Result:
        value: Result = (values.get(source) or None) if source else None
        for step in steps:
            if value is ABSENT:
                break
            value = step(value, values) or None
        return finish(value)

    return compute


class Memory(dict[Value, Result]):
    """The answers of a rule that reads one `source` only. A refused input is asked again each time."""

    def __init__(self, source: str, compute: Compute) -> None:
        super().__init__()
        self.source = source
        self._compute = compute

    def __missing__(self, value: Value) -> Result:
        result = self._compute({self.source: value})
        if len(self) >= _REMEMBERED:
            self.clear()
        self[value] = result
        return result


def _memory(rule: FieldRule, field: Field, compute: Compute) -> Memory | None:
    """A memory where few distinct inputs can be expected. A rule that reads nothing has one answer."""
    named = set(rule.reads())
    few = field.type in _FEW_VALUES or any(getattr(step, "repeats", False) for step in rule.steps)
    if len(named) > 1 or (named and not few):
        return None
    return Memory(named.pop() if named else "", compute)


def _recall(memory: Memory) -> Compute:
    source = memory.source
    return lambda values: memory[values.get(source)]
