"""Where a step takes its parts from: a field, a text, the value so far, steps of its own."""

from collections.abc import Callable
from dataclasses import dataclass, field, fields, is_dataclass
from typing import Any, ClassVar, TypeAlias

from yellowbus.mapping.steps import Context, Noted, Result, Step, Transform, Values, about
from yellowbus.records import ABSENT, Value


@dataclass(frozen=True, slots=True)
class FromField:
    """The value of a source field."""

    use: ClassVar[str] = "field"
    source_field: str = field(metadata=about("Source field"))

    def step(self, _context: Context, /) -> Step:
        source = self.source_field
        return lambda _value, values: values.get(source) or None


@dataclass(frozen=True, slots=True)
class Constant:
    """A fixed text; an empty one is blank."""

    use: ClassVar[str] = "text"
    text: str = field(default="", metadata=about("Text"))

    def step(self, _context: Context, /) -> Step:
        text = self.text or None
        return lambda _value, _values: text


@dataclass(frozen=True, slots=True)
class SoFar:
    """The value as the steps before this one left it."""

    use: ClassVar[str] = "value-so-far"

    def step(self, _context: Context, /) -> Step:
        return lambda value, _values: value


@dataclass(frozen=True, slots=True)
class LeaveUnmapped:
    """No value at all: what Enroll holds stays as it is."""

    use: ClassVar[str] = "leave-unmapped"

    def step(self, _context: Context, /) -> Step:
        return lambda _value, _values: ABSENT


@dataclass(frozen=True, slots=True)
class Nested:
    """Transformations of their own, starting from a source field, or from the value so far where none is
    named.
    """

    use: ClassVar[str] = "transformation"
    source_field: str | None = field(default=None, metadata=about("Source field"))
    steps: tuple[Transform, ...] = field(default=(), metadata=about("Transformations"))

    def step(self, context: Context, /) -> Step:
        start = FromField(self.source_field).step(context) if self.source_field else SoFar().step(context)
        steps = tuple(step.step(context) for step in self.steps)
        return lambda value, values: run_steps(steps, start(value, values), values)


Operand: TypeAlias = FromField | Constant | SoFar | Nested
Branch: TypeAlias = FromField | Constant | SoFar | Nested | LeaveUnmapped
OPERANDS = (FromField, Constant, SoFar, Nested)
BRANCHES = (*OPERANDS, LeaveUnmapped)


def needs_value(part: Any) -> bool:
    """Whether a step, an operand or a group of them makes use of the value so far."""
    if isinstance(part, SoFar) or getattr(part, "needs_source", False):
        return True
    if isinstance(part, Nested):
        return not part.source_field and (not part.steps or needs_value(part.steps[0]))
    if isinstance(part, tuple):
        return any(map(needs_value, part))
    return is_dataclass(part) and any(needs_value(getattr(part, argument.name)) for argument in fields(part))


def run_steps(steps: tuple[Step, ...], value: Result, values: Values) -> Result:
    """The steps one after another. What a step noted is raised at the end, with the last value, so that no
    step is lost.
    """
    noted: Noted | None = None
    for step in steps:
        if value is ABSENT:
            break
        try:
            value = step(value, values) or None
        except Noted as note:
            noted, value = note, note.result
    if noted is None:
        return value
    raise Noted(noted.code, noted.value, value, **noted.facts)


def reader(operand: Operand, context: Context) -> Callable[[Value, Values], Value]:
    """A function that reads one part for a comparison, where blank and "leave unmapped" are the same."""
    step = operand.step(context)
    if isinstance(operand, FromField):
        source = operand.source_field
        return lambda _value, values: values.get(source)

    def read(value: Value, values: Values) -> Value:
        try:
            part = step(value, values)
        except Noted as note:
            part = note.result
        return None if part is ABSENT else part

    return read
