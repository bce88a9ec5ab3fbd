"""The q parameter: `field op value` joined by `;`, all of which must hold (powerschool dossier 7)."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from operator import ge, gt, le, lt
from typing import Any

CONDITION = re.compile(
    r"\s*(?P<field>[A-Za-z0-9_.$]+)\s*(?P<op>==|=gt=|=ge=|=lt=|=le=)\s*(?P<value>.*?)\s*", re.DOTALL
)
ORDER: dict[str, Callable[[Any, Any], bool]] = {"=gt=": gt, "=ge=": ge, "=lt=": lt, "=le=": le}
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")


class Kind(Enum):
    TEXT = "text"
    ANY_CASE = "any-case"
    NUMBER = "number"
    DATE = "date"
    CLOB = "clob"


@dataclass(frozen=True, slots=True)
class Condition:
    field: str
    op: str
    values: tuple[str, ...]

    @property
    def exact(self) -> bool:
        """Can only be one of the values, as they stand?"""
        return self.op == "==" and not any("*" in value for value in self.values)


class BadQueryError(ValueError):
    """The text cannot be read as conditions."""


def parse(text: str) -> list[Condition]:
    """The conditions of a q text; raises BadQueryError for anything else.

    >>> parse("school_enrollment.enroll_status==(A,P);local_id=gt=5")[0].values
    ('A', 'P')
    """
    return [_condition(part) for part in text.split(";") if part.strip()]


def _condition(part: str) -> Condition:
    found = CONDITION.fullmatch(part)
    if found is None:
        raise BadQueryError(part)
    value = found["value"]
    if value.startswith("(") and value.endswith(")"):
        if found["op"] != "==":
            raise BadQueryError(part)
        return Condition(found["field"], "==", tuple(item.strip() for item in value[1:-1].split(",")))
    return Condition(found["field"], found["op"], (value,))


def fits(kind: Kind, value: str) -> bool:
    """Can a field of this kind be compared with the value? A blank asks for blanks and fits all."""
    if kind is Kind.NUMBER:
        return not value or "*" in value or NUMBER.fullmatch(value) is not None
    if kind is Kind.DATE:
        return not value or DATE.fullmatch(value) is not None
    return True


def test_of(condition: Condition, kind: Kind) -> Callable[[str], bool]:
    """The condition as a function of a field's text. Blanks never satisfy an order."""
    key = key_of(kind)
    if condition.op != "==":
        limit, compare = key(condition.values[0]), ORDER[condition.op]
        return lambda text: bool(text) and limit is not None and compare(key(text), limit)
    plain = {key(value) for value in condition.values if "*" not in value}
    patterns = [_pattern(value, kind) for value in condition.values if "*" in value]
    if not patterns:
        return lambda text: key(text) in plain
    return lambda text: key(text) in plain or any(pattern.fullmatch(text) for pattern in patterns)


def _pattern(value: str, kind: Kind) -> re.Pattern[str]:
    case = re.IGNORECASE if kind is Kind.ANY_CASE else re.NOFLAG
    return re.compile(".*".join(re.escape(part) for part in value.split("*")), re.DOTALL | case)


def key_of(kind: Kind) -> Callable[[str], Any]:
    """What two texts of this kind have in common when they are equal."""
    if kind is Kind.NUMBER:
        return lambda text: float(text) if text else None
    if kind is Kind.ANY_CASE:
        return str.casefold
    return lambda text: text
