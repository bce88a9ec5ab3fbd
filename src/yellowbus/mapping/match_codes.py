"""Match Codes tables as a whole: CSV out and in, values not matched, targets gone (enroll-sync 8.4, 8.5)."""

import csv
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from io import StringIO
from itertools import takewhile
from typing import Final, TypeAlias

from yellowbus.errors import NeedsAdmin
from yellowbus.mapping.model import FieldRule
from yellowbus.mapping.steps import Context, Refused, TextStep, TextTransform, Transform
from yellowbus.mapping.transforms import MatchCodes

HEADINGS: Final = ("SIS value", "Enroll value")

Table: TypeAlias = tuple[tuple[str, str], ...]


def write_csv(table: Table) -> str:
    """The table as CSV with its headings."""
    out = StringIO()
    csv.writer(out, lineterminator="\n").writerows((HEADINGS, *table))
    return out.getvalue()


def read_csv(text: str) -> Table:
    """A table from CSV with the two headings, in this order; further columns are notes of the person.

    Raises NeedsAdmin with the line of the first thing that is not understood.
    """
    rows = csv.reader(StringIO(text.removeprefix("\ufeff")), strict=True)
    try:
        found = tuple(_pair(row, rows.line_num) for row in rows if any(cell.strip() for cell in row))
    except csv.Error as error:
        raise NeedsAdmin("codes-csv", line=rows.line_num, reason="the quotes do not fit together") from error
    if not found or [cell.strip().casefold() for cell in found[0]] != [name.casefold() for name in HEADINGS]:
        raise NeedsAdmin("codes-csv", line=1, reason=f"the headings must be {HEADINGS[0]},{HEADINGS[1]}")
    return found[1:]


def _pair(row: list[str], line: int) -> tuple[str, str]:
    if len(row) < 2:
        raise NeedsAdmin("codes-csv", line=line, reason="there must be two columns")
    return row[0], row[1].strip()


def table_of(rule: FieldRule) -> MatchCodes | None:
    """The rule's Match Codes, the first where it has several."""
    return next((step for step in rule.steps if isinstance(step, MatchCodes)), None)


def reaching(
    steps: Sequence[Transform], counts: Mapping[str, int], context: Context
) -> dict[str, int] | None:
    """What reaches the Match Codes of a chain, given what its source field holds: {value: records}.

    None where a step before looks at other fields too, so that the source alone does not tell.
    """
    before = list(takewhile(lambda step: not isinstance(step, MatchCodes), steps))
    functions = [step.function(context) for step in before if isinstance(step, TextTransform)]
    if len(functions) < len(before):
        return None
    found: Counter[str] = Counter()
    for value, times in counts.items():
        if reached := _through(functions, value):
            found[reached] += times
    return dict(found)


def _through(functions: Sequence[TextStep], value: str) -> str | None:
    reached: str | None = value
    for function in functions:
        try:
            reached = function(reached) if reached else None
        except Refused:
            return None
    return reached


def unmatched(step: MatchCodes, counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """The values of `counts` (each distinct value with its number of records) that the table does not list.

    Those that the table would take as the same count as one, written as first met. Most frequent first.
    """
    known = {step.key(source) for source, _ in step.table}
    written: dict[str, str] = {}
    found: Counter[str] = Counter()
    for part, times in _parts(step, counts):
        key = step.key(part)
        if key and key not in known:
            found[written.setdefault(key, part.strip())] += times
    return sorted(found.items(), key=lambda item: (-item[1], item[0]))


def matched(step: MatchCodes, counts: Mapping[str, int]) -> dict[str, int]:
    """How many records of `counts` have each value of the table, by the value's key."""
    known = {step.key(source) for source, _ in step.table}
    found: Counter[str] = Counter()
    for part, times in _parts(step, counts):
        if (key := step.key(part)) in known:
            found[key] += times
    return dict(found)


def gone(step: MatchCodes, targets: Collection[str]) -> list[str]:
    """The Enroll values of the table that are not among `targets` (any more), each once, in its order."""
    return [
        target
        for target in dict.fromkeys(target for _, target in step.table)
        if target and target not in targets
    ]


def _parts(step: MatchCodes, counts: Mapping[str, int]) -> Iterator[tuple[str, int]]:
    for value, times in counts.items():
        for part in value.split(step.separator) if step.separator else (value,):
            yield part, times
