"""One Enroll field, compiled: a fast function for runs, and a walk through the same steps that says what each
one gave.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeAlias, cast

from yellowbus.catalog import Field, FieldType, ValueRefused, checker
from yellowbus.mapping.model import FieldRule
from yellowbus.mapping.steps import Context, Noted, Refused, Result, Step, TextStep, TextTransform, Values
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
                value, trace = note.result, self._with(trace, self._problem(note, warning=True))
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

    def _problem(self, refused: Refused, *, warning: bool = False) -> Problem:
        facts = {"field": self.label, **refused.facts}
        return Problem(refused.code, self.target, facts, refused.value, warning=warning or not self.grave)

    @staticmethod
    def _with(trace: FieldTrace, problem: Problem) -> FieldTrace:
        return replace(trace, problems=(*trace.problems, problem))


def compile_rule(rule: FieldRule, field: Field, context: Context, *, target: str) -> CompiledRule:
    """`target` is the canonical name that the values are given under; for a contact slot it is not
    `rule.field`.
    """
    check = checker(field)
    return CompiledRule(
        target=target,
        label=field.label,
        rule=rule,
        grave=field.required or field.identity,
        required=field.required,
        steps=tuple((step.title, step.step(context)) for step in rule.steps),
        check=check,
        compute=_compute(rule, field, context),
    )


def _compute(rule: FieldRule, field: Field, context: Context) -> Compute:
    """The fastest function that gives what `CompiledRule.walk` gives."""
    finish = _finisher(rule, field)
    texts = [step for step in rule.steps if isinstance(step, TextTransform)]
    if rule.source is None or len(texts) < len(rule.steps) or any(step.blank() for step in texts):
        return _from_record(rule, context, finish)
    functions = tuple(step.function(context) for step in texts)
    if field.type in _FEW_VALUES or any(step.repeats for step in texts):
        return _remembering(rule.source, _chain(functions, finish))
    return _from_source(rule.source, functions, finish)


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


def _chain(functions: tuple[TextStep, ...], finish: Callable[[Result], Result]) -> Callable[[Value], Result]:
    def chain(value: Value) -> Result:
        for function in functions:
            if not value:
                break
            value = function(value)
        return finish(value or None)

    return chain


class _Memory(dict[Value, Result]):
    """Answers by input. An input that is refused is asked again each time."""

    def __init__(self, compute: Callable[[Value], Result]) -> None:
        super().__init__()
        self._compute = compute

    def __missing__(self, value: Value) -> Result:
        result = self._compute(value)
        if len(self) >= _REMEMBERED:
            self.clear()
        self[value] = result
        return result


def _remembering(source: str, chain: Callable[[Value], Result]) -> Compute:
    memory = _Memory(chain)
    return lambda values: memory[values.get(source)]


def _from_source(source: str, functions: tuple[TextStep, ...], finish: Callable[[Result], Result]) -> Compute:
    if not functions:
        return lambda values: finish(values.get(source) or None)
    if len(functions) > 1:
        chain = _chain(functions, finish)
        return lambda values: chain(values.get(source))
    function = functions[0]

    def compute(values: Values) -> Result:
        value = values.get(source)
        return finish((function(value) or None) if value else None)

    return compute


def _from_record(rule: FieldRule, context: Context, finish: Callable[[Result], Result]) -> Compute:
    steps, source = tuple(step.step(context) for step in rule.steps), rule.source

    def compute(values: Values) -> Result:
        value: Result = (values.get(source) or None) if source else None
        for step in steps:
            if value is ABSENT:
                break
            value = step(value, values) or None
        return finish(value)

    return compute
