"""A plan in sentences and as CSV, and a run reconciled school by school."""

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from yellowbus.planning.counts import Counts, Reconciliation
from yellowbus.records import Outcome, Value

BLANK = "(blank)"

# What a plan would do and what a run did, in the order in which a person wants to know. The first of the
# clauses with {n} that is told names the students; those after it can do without.
_CLAUSES = {
    Outcome.CREATED: ("creates {n}", "created {n}"),
    Outcome.UPDATED: ("changes {n}", "changed {n}"),
    Outcome.UNCHANGED: ("leaves {n} as {they_are}", "left {n} as {they_were}"),
    Outcome.SKIPPED: ("skips {n}", "skipped {n}"),
    Outcome.HELD: ("holds {values} of {students}", "held {values} of {students}"),
    Outcome.REVIEW: ("leaves {records} for a person to match", "left {records} for a person to match"),
    Outcome.FAILED: ("cannot use {records}", "could not use {records}"),
}
_PLURAL = {"they_are": "they are", "they_were": "they were"}
_SINGULAR = {"they_are": "it is", "they_were": "it was"}


def counted(count: int, noun: str) -> str:
    """A count with its noun, in the plural where it is not one.

    >>> counted(1, "student"), counted(1934, "student"), counted(0, "value")
    ('1 student', '1,934 students', '0 values')
    """
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def summary(
    counts: Counts, *, held_values: int = 0, done: bool = False, noun: str = "student", run: str = "import"
) -> str:
    """What a plan would do, or a run did, in one sentence. What does not happen is not told.

    `held_values` are the changes that wait for a person, those of `counts.held` students. `noun` is what was read, `run`
    what kind of run did it.
    """
    clauses: list[str] = []
    for outcome, forms in _CLAUSES.items():
        if count := counts[outcome]:
            students, records = counted(count, noun), counted(count, "record")
            told = forms[done].format(
                n=f"{count:,}" if clauses else students,
                students=students,
                records=records,
                values=counted(held_values, "value"),
                **(_SINGULAR if count == 1 else _PLURAL),
            )
            clauses.append(told)
    if not clauses:
        return f"This {run} {'read' if done else 'reads'} no {noun}s."
    return f"This {run} {_series(clauses)}."


def _series(clauses: list[str]) -> str:
    """One, two, or many joined as prose."""
    *leading, last = clauses
    return f"{', '.join(leading)} and {last}" if leading else last


def change_sentence(label: str, before: Value, after: Value) -> str:
    """One change of one field. It holds personal values: for people who may see the student.

    >>> change_sentence("Grade", "4", "5"), change_sentence("Suffix", "Jr", None)
    ('Grade: 4 → 5', 'Suffix: Jr → (blank)')
    """
    return f"{label}: {_shown(before)} → {_shown(after)}"


def _shown(value: Value) -> str:
    return BLANK if value is None else value


def reconciliation_line(school: Reconciliation) -> str:
    """One school after a run: `SIS 120 = Enroll 118 + 2 named differences (1 failed, 1 skipped)`.

    Where the counts do not meet, the line says so and never pretends with an equals sign.
    """
    named = {name: count for name, count in school.differences.items() if count}
    told = f"SIS {school.sis:,} {'≠' if school.unexplained else '='} Enroll {school.enroll:,}"
    if named:
        total = sum(named.values())
        details = ", ".join(f"{count:,} {name}" for name, count in named.items())
        told += f" {'-' if total < 0 else '+'} {counted(abs(total), 'named difference')} ({details})"
    if school.unexplained:
        told += f"; {abs(school.unexplained):,} not explained"
    return f"{school.school}: {told}"


@dataclass(frozen=True, slots=True)
class PlanLine:
    """One student of a plan. `changes` is {field: (before, after)}, `held` is {field: why it waits}."""

    school: str
    district_id: str
    name: str
    outcome: Outcome
    reason: str = ""
    changes: Mapping[str, tuple[Value, Value]] = field(default_factory=dict)
    held: Mapping[str, str] = field(default_factory=dict)


CSV_HEADER = ("School", "District ID", "Name", "Outcome", "Field", "Before", "After", "Reason")
# Spreadsheets take UTF-8 for what it is only behind this mark; Python reads it back with utf-8-sig.
BYTE_ORDER_MARK = "\ufeff"
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class _Echo:
    """Hands back what the csv module writes, so that a plan of any size streams."""

    def write(self, text: str) -> str:
        return text


def plan_csv(lines: Iterable[PlanLine]) -> Iterator[str]:
    """The plan as CSV for people, piece by piece: a header, then a row per student and field.

    A student without changes (failed, review, skipped) has one row without a field. A cell that a
    spreadsheet would take for a formula (it starts with = + - @, a tab or a return) gets a leading
    apostrophe: this file is to be looked at, not to be fed to another system.
    """
    row = csv.writer(_Echo()).writerow
    yield BYTE_ORDER_MARK + str(row(CSV_HEADER))
    for line in lines:
        for cells in _cells(line):
            yield str(row(harmless_row(cells)))


def _cells(line: PlanLine) -> Iterator[tuple[str, ...]]:
    student = (line.school, line.district_id, line.name, line.outcome.value)
    if not line.changes:
        yield (*student, "", "", "", line.reason)
    for name, (before, after) in line.changes.items():
        yield (*student, name, before or "", after or "", line.held.get(name, line.reason))


def harmless_row(cells: Iterable[str]) -> list[str]:
    """Cells that no spreadsheet takes for a formula."""
    return [_harmless(cell) for cell in cells]


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
