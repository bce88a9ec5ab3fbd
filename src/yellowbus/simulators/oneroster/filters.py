"""`filter` and `sort` (oneroster dossier 1.4)."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from yellowbus.simulators.oneroster.documents import Ref, Tree

CLAUSE = re.compile(r"\s*([A-Za-z.]+)\s*(!=|>=|<=|=|>|<|~)\s*'((?:[^']|'')*)'")
JOIN = re.compile(r"\s+(AND|OR)\s+")
# 1.4: at most two clauses, joined by one word.
MOST_CLAUSES = 2


class BadFilterError(ValueError):
    """What was written is no filter."""


@dataclass(frozen=True, slots=True)
class Clause:
    field: str
    operator: str
    value: str

    def holds(self, tree: Tree) -> bool:
        """Does it hold for any of the values that the field has?"""
        values = list(values_of(tree, self.field)) or [""]
        if self.operator == "!=":
            return all(_compare("=", value, self.value) is False for value in values)
        return any(_compare(self.operator, value, self.value) for value in values)


@dataclass(frozen=True, slots=True)
class Filter:
    clauses: tuple[Clause, ...]
    word: str = "AND"

    @property
    def fields(self) -> tuple[str, ...]:
        return tuple(clause.field for clause in self.clauses)

    def holds(self, tree: Tree) -> bool:
        held = (clause.holds(tree) for clause in self.clauses)
        return any(held) if self.word == "OR" else all(held)


def parse(text: str) -> Filter:
    """`field op 'value'`, two at most; a quote in a value is doubled. Raises BadFilterError.

    >>> parse("familyName='O''Neil' AND status='active'").clauses[0]
    Clause(field='familyName', operator='=', value="O'Neil")
    """
    first, place = _clause(text, 0)
    if place == len(text.rstrip()):
        return Filter((first,))
    joined = JOIN.match(text, place)
    if joined is None:
        raise BadFilterError("The filter is not understood.")
    second, place = _clause(text, joined.end())
    if place != len(text.rstrip()):
        raise BadFilterError(f"A filter has {MOST_CLAUSES} clauses at most.")
    return Filter((first, second), joined[1])


def _clause(text: str, place: int) -> tuple[Clause, int]:
    found = CLAUSE.match(text, place)
    if found is None:
        raise BadFilterError("The filter is not understood.")
    return Clause(found[1], found[2], found[3].replace("''", "'")), found.end()


def values_of(tree: Any, path: str) -> Iterator[Any]:
    """Every value that a dotted path leads to; a list gives each of its own."""
    if isinstance(tree, list):
        for item in tree:
            yield from values_of(item, path)
    elif not path:
        yield tree
    elif isinstance(tree, dict):
        name, _, rest = path.partition(".")
        yield from values_of(tree.get(name), rest)
    elif isinstance(tree, Ref):
        yield from values_of({"sourcedId": tree.id, "type": tree.type}, path)


def as_text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()
    return value.id if isinstance(value, Ref) else "" if value is None else str(value)


COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "=": lambda one, other: one == other,
    ">": lambda one, other: one > other,
    ">=": lambda one, other: one >= other,
    "<": lambda one, other: one < other,
    "<=": lambda one, other: one <= other,
}


def _compare(operator: str, value: Any, wanted: str) -> bool:
    if isinstance(value, datetime):
        return COMPARISONS[operator](value, moment(wanted)) if operator in COMPARISONS else False
    if operator == "~":
        return wanted.casefold() in as_text(value).casefold()
    return COMPARISONS[operator](as_text(value), wanted)


def moment(text: str) -> datetime:
    """A date or a time; a bare date is its midnight (1.4, Moodle)."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise BadFilterError("A date is written as 2026-01-01 or 2026-01-01T00:00:00.000Z.") from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def in_order(trees: Sequence[tuple[Any, Tree]], field: str, order: str) -> list[tuple[Any, Tree]]:
    """By one field; sourcedId settles what is equal."""
    return sorted(
        trees,
        key=lambda pair: (_text(pair[1], field), pair[1]["sourcedId"]),
        reverse=order == "desc",
    )


def _text(tree: Tree, field: str) -> str:
    return " ".join(as_text(value) for value in values_of(tree, field))
