"""The body of a search: conditions, order, parameters (qmlativ dossier 5.3)."""

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, TypeAlias

from yellowbus.simulators.qmlativ.objects import Field, Getter, Type
from yellowbus.simulators.qmlativ.options import Literals, Options

Test: TypeAlias = Callable[[Any], bool]
CERTAIN = frozenset({"longsearchcondition", "stringsearchcondition", "boolsearchcondition"})
OTHERS = frozenset(
    f"{name}searchcondition"
    for name in ("date", "datetime", "decimal", "int", "short", "byte", "guid", "time")
)
GROUP = "searchconditiongroup"
BOOLEANS = {"true": True, "1": True, "false": False, "0": False}
COMPARED: Mapping[str, Callable[[Any, Any], bool]] = {
    "equal": operator.eq,
    "notequal": operator.ne,
    "less": operator.lt,
    "lessequal": operator.le,
    "greater": operator.gt,
    "greaterequal": operator.ge,
}
BETWEEN: Mapping[str, Callable[[Any, Any, Any], bool]] = {
    "betweeninclusive": lambda value, low, high: low <= value <= high,
    "notbetweeninclusive": lambda value, low, high: not low <= value <= high,
    "betweenexclusive": lambda value, low, high: low < value < high,
    "notbetweenexclusive": lambda value, low, high: not low < value < high,
}
WORDED: Mapping[str, Callable[[str, str], bool]] = {
    "begins": str.startswith,
    "contains": operator.contains,
    "ends": str.endswith,
    "like": lambda text, pattern: _like(pattern).fullmatch(text) is not None,
}


class BadSearchError(ValueError):
    """The body is no search. The text says why."""


@dataclass(frozen=True, slots=True)
class Search:
    """`test` is None where every row is wanted."""

    test: Test | None = None
    order: Sequence[tuple[Field, bool]] = ()
    parameters: Mapping[str, Any] = field(default_factory=dict)


def lowered(document: Any) -> Any:
    """The same with the names of every object in lower case: they are matched in any case (5)."""
    if isinstance(document, dict):
        return {str(name).lower(): lowered(value) for name, value in document.items()}
    return [lowered(item) for item in document] if isinstance(document, list) else document


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads a search of one object. `find` gives the field of a name or refuses it."""

    options: Options
    find: Callable[[str], Field]

    def read(self, body: Any) -> Search:
        document = lowered(body)
        if not isinstance(document, dict):
            raise BadSearchError("The search must be an object")
        condition = document.get("searchcondition")
        return Search(
            test=self._condition(condition, depth=0) if condition else None,
            order=[self._order(item) for item in document.get("searchsort") or ()],
            parameters=document.get("searchparameters") or {},
        )

    def _order(self, item: Any) -> tuple[Field, bool]:
        if not isinstance(item, dict) or "fieldname" not in item:
            raise BadSearchError("SearchSort needs FieldName")
        return self.find(str(item["fieldname"])), str(item.get("descending", False)).lower() == "true"

    def _condition(self, document: Any, *, depth: int) -> Test:
        if not isinstance(document, dict) or len(document) != 1:
            raise BadSearchError("A condition is one typed condition or a SearchConditionGroup")
        ((name, inside),) = document.items()
        if name == GROUP:
            return self._group(inside, depth=depth)
        if name not in CERTAIN | (OTHERS if self.options.other_wrappers else frozenset()):
            raise BadSearchError(f"Unknown condition {name}")
        return self._typed(inside)

    def _group(self, inside: Any, *, depth: int) -> Test:
        if depth and not self.options.nested_groups:
            raise BadSearchError("A group cannot stand in a group")
        kind = str(inside.get("conditiongrouptype", "")).lower()
        tests = [self._condition(item, depth=depth + 1) for item in inside.get("conditions") or ()]
        if kind not in {"and", "or"} or not tests:
            raise BadSearchError("A group needs ConditionGroupType And or Or, and Conditions")
        if kind == "and":
            return lambda row: all(test(row) for test in tests)
        return lambda row: any(test(row) for test in tests)

    def _typed(self, inside: Any) -> Test:
        kind = str(inside.get("conditiontype", "")).lower()
        column = self.find(str(inside.get("fieldname", "")))
        given = inside.get("list") if inside.get("list") is not None else inside.get("value")
        values = given if isinstance(given, list) else [given]
        return _test(kind, column, values, comparable(column, self.options))


def comparable(column: Field, options: Options) -> Getter:
    """What a condition compares: nothing is None, text in lower case as the database has it (inferred)."""
    get = column.get
    if column.type is Type.ENUM:
        place = 1 if options.literals is Literals.WORDS else 0
        return lambda row: (found[place].casefold() or None) if (found := get(row)) else None
    if column.type in {Type.TEXT, Type.GUID}:
        return lambda row: str(found).casefold() if (found := get(row)) else None
    return get


def parsed(column: Field, given: Any) -> Any:
    """A value of the search as the field's own type, whatever the wrapper said (5.3, leniency)."""
    text = str(given).strip()
    try:
        if column.type in {Type.ID, Type.INT}:
            return int(text)
        if column.type is Type.BOOL:
            return BOOLEANS[text.lower()]
        if column.type is Type.DATE:
            return date.fromisoformat(text[:10])
        if column.type is Type.TIME:
            return datetime.fromisoformat(text).replace(tzinfo=None).isoformat()
        return float(text) if column.type is Type.DECIMAL else text.casefold()
    except (ValueError, KeyError) as problem:
        raise BadSearchError(f"The value does not fit {column.name}") from problem


def _test(kind: str, column: Field, given: Sequence[Any], get: Getter) -> Test:
    if kind in {"null", "notnull"}:
        return lambda row: (get(row) is None) is (kind == "null")
    if kind in {"list", "notlist"}:
        wanted = {parsed(column, value) for value in given}
        return lambda row: (value := get(row)) is not None and (value in wanted) is (kind == "list")
    if kind in BETWEEN and len(given) == 2:
        low, high = (parsed(column, value) for value in given)
        between = BETWEEN[kind]
        return lambda row: (value := get(row)) is not None and between(value, low, high)
    if kind in COMPARED and len(given) == 1:
        compare, other = COMPARED[kind], parsed(column, given[0])
        return lambda row: (value := get(row)) is not None and compare(value, other)
    if kind.removeprefix("not") in WORDED and len(given) == 1:
        return _worded(kind, str(given[0]).casefold(), get)
    raise BadSearchError(f"ConditionType {kind} does not fit {column.name}")


def _worded(kind: str, other: str, get: Getter) -> Test:
    word, wanted = WORDED[kind.removeprefix("not")], not kind.startswith("not")
    return lambda row: (value := get(row)) is not None and word(str(value), other) is wanted


def _like(pattern: str) -> re.Pattern[str]:
    return re.compile(".*".join(re.escape(part) for part in pattern.split("%")), re.DOTALL)
