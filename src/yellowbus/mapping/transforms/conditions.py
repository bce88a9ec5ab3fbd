"""The conditions of If Then Else: comparisons, alone or in AND and OR groups."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import ClassVar, TypeAlias, Union

from yellowbus.mapping import date_formats
from yellowbus.mapping.steps import Context, Fault, Refused, Values, about
from yellowbus.mapping.transforms.operands import Constant, Operand, SoFar, reader
from yellowbus.records import Value

Holds: TypeAlias = Callable[[Value, Values], bool]
_Compare: TypeAlias = Callable[[str, str], bool]

_NUMBER = re.compile(r"[+-]?[0-9]{1,30}(\.[0-9]{1,30})?")


class Operator(Enum):
    EQUALS = "equals"
    NOT_EQUALS = "not-equals"
    CONTAINS = "contains"
    STARTS = "starts-with"
    IN_LIST = "in-list"
    EMPTY = "empty"
    NOT_EMPTY = "not-empty"
    LESS = "less-than"
    GREATER = "greater-than"
    BEFORE = "before"
    AFTER = "after"


def _number(value: str) -> Decimal:
    if not _NUMBER.fullmatch(value.strip()):
        raise Refused("not-a-number", value)
    return Decimal(value.strip())


def _day(value: str) -> date:
    day = _iso_day(value.strip())
    if day is None:
        raise Refused("not-a-date", value)
    return day


_iso_day = date_formats.parser(date_formats.ISO_DATE, pivot=0)
_BY_TEXT: dict[Operator, _Compare] = {
    Operator.EQUALS: lambda left, right: left == right,
    Operator.NOT_EQUALS: lambda left, right: left != right,
    Operator.CONTAINS: lambda left, right: right != "" and right in left,
    Operator.STARTS: lambda left, right: right != "" and left.startswith(right),
}
# A blank is neither less nor greater, before nor after.
_BY_SIZE: dict[Operator, _Compare] = {
    Operator.LESS: lambda left, right: _number(left) < _number(right),
    Operator.GREATER: lambda left, right: _number(left) > _number(right),
    Operator.BEFORE: lambda left, right: _day(left) < _day(right),
    Operator.AFTER: lambda left, right: _day(left) > _day(right),
}


@dataclass(frozen=True, slots=True)
class Condition:
    """Texts are compared trimmed and, unless `match_case`, without regard to case, as in Match Codes."""

    use: ClassVar[str] = "condition"
    left: Operand = field(default=SoFar(), metadata=about("Value"))
    operator: Operator = field(default=Operator.EQUALS, metadata=about("Operator"))
    right: Operand = field(default=Constant(), metadata=about("Compared with"))
    listed: tuple[str, ...] = field(default=(), metadata=about("List", "For “in list”."))
    match_case: bool = field(default=False, metadata=about("Case must match"))

    def holds(self, context: Context) -> Holds:
        """A function that says whether the condition holds for a record. It may raise Refused."""
        left, operator = reader(self.left, context), self.operator
        if operator is Operator.EMPTY:
            return lambda value, values: not (left(value, values) or "").strip()
        if operator is Operator.NOT_EMPTY:
            return lambda value, values: bool((left(value, values) or "").strip())
        if operator in _BY_SIZE:
            return self._by_size(context)
        return self._by_text(context)

    def _by_size(self, context: Context) -> Holds:
        left, right, compare = (
            reader(self.left, context),
            reader(self.right, context),
            _BY_SIZE[self.operator],
        )

        def holds(value: Value, values: Values) -> bool:
            one, other = left(value, values), right(value, values)
            if not (one and other) or one.isspace() or other.isspace():
                return False
            return compare(one, other)

        return holds

    def _by_text(self, context: Context) -> Holds:
        left, fold = reader(self.left, context), _as_written if self.match_case else _folded
        if self.operator is Operator.IN_LIST:
            listed = frozenset(fold(item) for item in self.listed)
            return lambda value, values: fold(left(value, values)) in listed
        compare = _BY_TEXT[self.operator]
        if isinstance(self.right, Constant):
            text = fold(self.right.text)
            return lambda value, values: compare(fold(left(value, values)), text)
        right = reader(self.right, context)
        return lambda value, values: compare(fold(left(value, values)), fold(right(value, values)))

    def faults(self) -> Iterator[Fault]:
        if self.operator is Operator.IN_LIST and not self.listed:
            yield Fault("argument-missing", {"title": "If Then Else", "argument": "List"})


@dataclass(frozen=True, slots=True)
class Group:
    """Conditions of which all must hold (AND), or with `any_of` one (OR)."""

    use: ClassVar[str] = "group"
    any_of: bool = field(default=False, metadata=about("Any of these", "Otherwise all of these."))
    conditions: tuple[Union[Condition, "Group"], ...] = field(default=(), metadata=about("Conditions"))

    def holds(self, context: Context) -> Holds:
        inner = tuple(condition.holds(context) for condition in self.conditions)
        combine = any if self.any_of else all
        return lambda value, values: combine(holds(value, values) for holds in inner)

    def faults(self) -> Iterator[Fault]:
        if not self.conditions:
            yield Fault("argument-missing", {"title": "If Then Else", "argument": "Conditions"})


Test: TypeAlias = Condition | Group


def _folded(value: Value) -> str:
    return value.strip().casefold() if value else ""


def _as_written(value: Value) -> str:
    return value.strip() if value else ""
