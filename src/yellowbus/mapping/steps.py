"""What one step of a transformation is.

A transformation is a frozen dataclass whose fields are its arguments, with one pure method that makes a
function: `function` where the step needs only the value so far, `step` where it also looks at the record. The
compiled mapping calls these functions; preview and "why" call the same ones.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from typing import Any, ClassVar, TypeAlias

from yellowbus.catalog import FieldType
from yellowbus.records import Absent, Value

Values: TypeAlias = Mapping[str, Value]
Result: TypeAlias = Value | Absent
Step: TypeAlias = Callable[[Value, Values], Result]
TextStep: TypeAlias = Callable[[str], Value]


@dataclass(frozen=True, slots=True)
class Context:
    """What is fixed once for a run: today in the organization's time zone, and the year set in Enroll (it
    starts in).
    """

    today: date
    school_year: int


class Refused(Exception):
    """A step cannot give a value for this input. `value` is that input: personal, never logged."""

    def __init__(self, code: str, value: Value, **facts: object) -> None:
        super().__init__(code)
        self.code = code
        self.value = value
        self.facts = facts


class Noted(Refused):
    """A step gives `result`, and there is something to say about it."""

    def __init__(self, code: str, value: Value, result: Result, **facts: object) -> None:
        super().__init__(code, value, **facts)
        self.result = result


@dataclass(frozen=True, slots=True)
class Fault:
    """An argument that cannot work. `code` is a message code, `facts` what its sentence names beside the
    field.
    """

    code: str
    facts: Mapping[str, object]


def about(label: str, help_text: str = "") -> dict[str, str]:
    """Metadata of one argument: the form, the docs and the check of arguments name it so."""
    return {"label": label, "help": help_text}


@dataclass(frozen=True, slots=True)
class Transform:
    """`use` is its name in a stored mapping, `title` on the page, `says` one sentence of help."""

    use: ClassVar[str]
    title: ClassVar[str]
    says: ClassVar[str]
    needs_source: ClassVar[bool] = True
    daily: ClassVar[bool] = False
    """Whether the same record may give another value on another day."""

    def step(self, context: Context, /) -> Step:
        """The function of this step: (value so far, record) -> value. Raises Refused or Noted."""
        raise NotImplementedError

    def faults(self) -> Iterator[Fault]:
        """What is wrong with the arguments themselves."""
        yield from ()


@dataclass(frozen=True, slots=True)
class TextTransform(Transform):
    """A step that needs only the value so far. Blank in, blank out, unless `blank` says otherwise.

    `repeats` marks those whose inputs are few over a district, so that remembering the answers is worth it.
    """

    repeats: ClassVar[bool] = False

    def function(self, context: Context, /) -> TextStep:
        """The function of this step for a value that is not blank."""
        raise NotImplementedError

    def blank(self) -> Value:
        return None

    def gives(self) -> FieldType | None:
        """A type of field whose checker takes every value that the function gives, so need not be asked."""
        return None

    def step(self, context: Context, /) -> Step:
        function, blank = self.function(context), self.blank()

        def step(value: Value, _values: Values) -> Result:
            return function(value) if value else blank

        return step


def reads(part: Any) -> Iterator[str]:
    """The source fields that an argument, a step or a whole tree of them reads, in order.

    An argument says so by having `source_field`; everything else is walked.
    """
    named = getattr(part, "source_field", None)
    if named:
        yield named
    if isinstance(part, tuple):
        for item in part:
            yield from reads(item)
    elif is_dataclass(part):
        for argument in fields(part):
            yield from reads(getattr(part, argument.name))


def is_daily(part: Any) -> bool:
    """Whether a step, or anything nested in it, gives another value on another day."""
    if isinstance(part, tuple):
        return any(is_daily(item) for item in part)
    if not is_dataclass(part):
        return False
    nested = (getattr(part, argument.name) for argument in fields(part))
    return getattr(part, "daily", False) or any(is_daily(argument) for argument in nested)


def faults(part: Any) -> Iterator[Fault]:
    """What is wrong with the arguments of a step, and of all that is nested in it."""
    if isinstance(part, tuple):
        for item in part:
            yield from faults(item)
    elif is_dataclass(part):
        yield from getattr(part, "faults", tuple)()
        for argument in fields(part):
            yield from faults(getattr(part, argument.name))
