"""Match Codes tables as a whole: CSV out and in, values not matched, targets gone (enroll-sync 8.4, 8.5)."""

import csv
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from io import StringIO
from typing import Final, TypeAlias

from yellowbus.errors import NeedsAdmin
from yellowbus.mapping.model import FieldRule
from yellowbus.mapping.steps import Context, Fault, Refused, TextStep, TextTransform, Transform
from yellowbus.mapping.transforms import MatchCodes

HEADINGS: Final = ("SIS value", "Enroll value")

BLANK: Final = "(blank)"
LONGEST: Final = 200
_FOLDED_HEADINGS: Final = [name.casefold() for name in HEADINGS]
# What a spreadsheet takes for a formula, and what has been made harmless already: one apostrophe more says so.
_FORMULA: Final = re.compile(r"'*[=+\-@\t\r]")

Table: TypeAlias = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a file of codes. `target` is None where nothing is chosen yet; `fault` says why it cannot be used."""

    number: int
    source: str
    target: str | None
    fault: Fault | None = None


def write_csv(rows: Iterable[Sequence[str | None]], notes: Sequence[str] = ()) -> str:
    """Pairs of SIS value and Enroll value as CSV with headings, in which no spreadsheet finds a formula.

    None as Enroll value leaves it open; blank is written BLANK. What follows in a row stands under the headings `notes`.
    """
    out = StringIO()
    written = ([_guarded(cell or "") for cell in _spoken(row)] for row in rows)
    csv.writer(out, lineterminator="\n").writerows(([*HEADINGS, *notes], *written))
    return out.getvalue()


def _spoken(row: Sequence[str | None]) -> Sequence[str | None]:
    return row if row[1] != "" else (row[0], BLANK, *row[2:])


def chosen(lines: Iterable[Line]) -> Table:
    """The lines for which an Enroll value is chosen, as a table."""
    return tuple((line.source, line.target) for line in lines if line.target is not None)


def review(text: str, step: MatchCodes, targets: Collection[str] = ()) -> list[Line]:
    """Every line of a CSV file with what is wrong with it, as a table of `step`.

    Its two headings stand in this order; further columns are notes of the person. `targets` are the Enroll values that
    there are; without any, all are. Raises NeedsAdmin where the file as a whole is not understood.
    """
    lines: list[Line] = []
    known: dict[str, int] = {}
    for number, row in _rows(text):
        source, target = _unguarded(row[0]), _target(row)
        first = known.setdefault(step.key(source), number)
        wrong = next(_faults(row, source, target or ""), None)
        if wrong is None and first != number:
            wrong = Fault("codes-line-twice", {"code": source.strip(), "first": first})
        if wrong is None and targets and target and target not in targets:
            wrong = Fault("codes-line-target", {"value": target})
        lines.append(Line(number, source, target, wrong))
    return lines


def _rows(text: str) -> list[tuple[int, list[str]]]:
    """The rows below the headings, with the line each ends on."""
    rows = csv.reader(StringIO(text.removeprefix("\ufeff")), strict=True)
    try:
        found = [(rows.line_num, row) for row in rows if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise NeedsAdmin("codes-csv", line=rows.line_num, reason="the quotes do not fit together") from error
    if not found or [cell.strip().casefold() for cell in found[0][1]][:2] != _FOLDED_HEADINGS:
        raise NeedsAdmin("codes-csv", line=1, reason=f"the headings must be {HEADINGS[0]},{HEADINGS[1]}")
    return found[1:]


def _target(row: Sequence[str]) -> str | None:
    text = _unguarded(row[1]).strip() if len(row) > 1 else ""
    return "" if text.casefold() == BLANK else text or None


def _faults(row: Sequence[str], source: str, target: str) -> Iterator[Fault]:
    if len(row) < 2:
        yield Fault("codes-line-short", {})
    if not source.strip():
        yield Fault("codes-line-blank", {})
    if max(len(source), len(target)) > LONGEST:
        yield Fault("codes-line-long", {"most": LONGEST})


def _guarded(cell: str) -> str:
    return f"'{cell}" if _FORMULA.match(cell) else cell


def _unguarded(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell


def table_of(rule: FieldRule) -> MatchCodes | None:
    """The rule's Match Codes, the last where it has several."""
    return next((step for step in reversed(rule.steps) if isinstance(step, MatchCodes)), None)


def with_table(rule: FieldRule, step: MatchCodes) -> FieldRule:
    """The rule with `step` as its Match Codes; at the end of the chain where it had none."""
    place = _place(rule.steps)
    before, after = (rule.steps[:place], rule.steps[place + 1 :]) if place is not None else (rule.steps, ())
    return replace(rule, steps=(*before, step, *after))


def _place(steps: Sequence[Transform]) -> int | None:
    places = [place for place, step in enumerate(steps) if isinstance(step, MatchCodes)]
    return places[-1] if places else None


def reaching(
    steps: Sequence[Transform], counts: Mapping[str, int], context: Context
) -> dict[str, int] | None:
    """What reaches the (last) Match Codes of a chain, given what its source field holds: {value: records}.

    None where a step before looks at other fields too, so that the source alone does not tell.
    """
    before = steps[: _place(steps)]
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
