"""One run record by record, narrowed and page by page, and one record of it. Reads only.

Everything here but the sentence holds personal values: for people who may see the students.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import BooleanField, F, Func, Max, Q, QuerySet, Value

from yellowbus.enroll.students import catalog_of, of_grade
from yellowbus.errors import NeedsAdmin
from yellowbus.planning.report import summary
from yellowbus.runs import log
from yellowbus.runs.models import DISMISSED_HOLD, EXPORT, WAITING_HOLD, Change, Hold, Run
from yellowbus.runs.packed import unpack
from yellowbus.runs.told import Told

KINDS = {"fill": "New value", "change": "Changed", "clear": "Cleared", "wait": "Waits for a person"}
_TABLES = {"lasting": ("students", "schools"), "annual": ("students_annual",), "custom": ("custom",)}
_BY_PATH = {
    "fill": "strict $.* ? (@[0] == null && @[1] != null)",
    "change": "strict $.* ? (@[0] != null && @[1] != null)",
    "clear": "strict $.* ? (@[0] != null && @[1] == null)",
}


@dataclass(frozen=True, slots=True)
class Narrowed:
    """What the rows of a run are narrowed to; a word that is none narrows nothing. `text` is a record's id."""

    outcome: str = ""
    school: str = ""
    grade: str = ""
    field: str = ""
    kind: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One field of one record: what Enroll holds, and what it will hold. `decided` is what became of a held one."""

    label: str
    before: str | None = field(repr=False)
    after: str | None = field(repr=False)
    held: bool = False
    decided: str = ""

    @property
    def kind(self) -> str:
        if self.held:
            return "held"
        return "cleared" if self.after is None else ("created" if self.before is None else "updated")


@dataclass(frozen=True, slots=True)
class Row:
    """One record of a run as a page shows it. `source` is filled for one record alone."""

    seq: int
    key: str
    school: str
    outcome: str
    status: str
    name: str = field(repr=False)
    lines: Sequence[Line] = field(repr=False)
    problems: Sequence[Told] = ()
    basis: str = ""
    student: int | None = None
    source: Sequence[tuple[str, str]] = field(default=(), repr=False)

    @property
    def waits(self) -> bool:
        """Whether a value of it waits that nobody decided for this record."""
        return any(line.held and not line.decided for line in self.lines)


def sentence(run: Run, holds: Sequence[Hold]) -> str:
    """What the run would do or did, in one sentence; without a personal value."""
    held = sum(hold.count for hold in holds if hold.state in (WAITING_HOLD, DISMISSED_HOLD))
    return summary(
        log.totals(run), held_values=held, done=run.state == "done", noun=log.noun(run), run=log.word(run)
    )


def rows(run: Run, asked: Narrowed, *, start: int = 0, most: int = 50) -> tuple[list[Row], int]:
    """The records that have something to say, in the order read, and how many there are."""
    found = _narrowed(run, asked)
    shown = list(found.defer("source", "mark").order_by("seq")[start : start + most])
    labels = labels_of(run)
    named = log.with_names(run, shown)
    return [_row(run, change, name=name, labels=labels) for change, name in named], found.count()


def record(run: Run, seq: int, *, source: bool) -> Row:
    """One record; its values only where `source` says that they may be seen. Raises NeedsAdmin where there is none."""
    change = Change.objects.filter(run=run, seq=seq).first()
    if change is None:
        raise NeedsAdmin("record-gone")
    if not source:
        change.run = run
        return Row(
            seq, change.key, change.school_code, change.outcome, log.record_status(run, change), "", (),
            log.problems(change), change.basis,
        )  # fmt: skip
    ((change, name),) = log.with_names(run, [change])
    return _row(run, change, name=name, labels=labels_of(run), source=source_fields(bytes(change.source)))


def fields(run: Run) -> dict[str, str]:
    """The mapped fields of the run by name, with their labels, in the order of the mapping."""
    labels = labels_of(run)
    names = [rule["field"] for rule in run.mapping.document.get("rules", ())]
    return {name: labels.get(name, name) for name in names}


def writes(run: Run) -> int:
    """How many records the plan writes. Of a record with held values only the others are written."""
    held = Change.objects.filter(run=run, outcome="held", changes__isnull=False).exclude(changes={})
    counts = log.totals(run)
    return counts.created + counts.updated + (held.count() if counts.held else 0)


def steps(run: Run) -> int:
    """How many rows there are to apply."""
    last: int | None = Change.objects.filter(run=run).aggregate(last=Max("seq"))["last"]
    return last or 0


def seconds_left(run: Run, now: datetime) -> int | None:
    """How long the reading still takes at its pace so far; None while that cannot be told."""
    if run.state != "reading" or not run.total or not run.read or not run.started_at:
        return None
    spent = (now - run.started_at).total_seconds()
    return max(0, round(spent * (run.total - run.read) / run.read))


def _row(run: Run, change: Change, *, name: str, labels: Mapping[str, str], source: Any = ()) -> Row:
    return Row(
        change.seq,
        change.key,
        change.school_code,
        change.outcome,
        log.record_status(run, change),
        name,
        list(_lines(change, labels)),
        log.problems(change),
        change.basis,
        change.student_id if run.kind == "students" and change.outcome != "created" else None,
        source,
    )


def changed_names(change: Change) -> frozenset[str]:
    """The fields that a row changes or holds."""
    return frozenset((*log.changed_fields(change), *(change.held or {})))


def _lines(change: Change, labels: Mapping[str, str]) -> Iterator[Line]:
    """What changes and then what waits, each in the order of the Field Mapping page."""
    changed = log.changed_fields(change)
    for name in _in_order(changed, labels):
        yield Line(labels.get(name, name), *changed[name])
    held = change.held or {}
    for name in _in_order(held, labels):
        before, after = held[name]
        yield Line(
            labels.get(name, name), before, after, held=True, decided=(change.decided or {}).get(name, "")
        )


def _in_order(names: Collection[str], labels: Mapping[str, str]) -> list[str]:
    return [*(name for name in labels if name in names), *(name for name in names if name not in labels)]


def labels_of(run: Run) -> dict[str, str]:
    """What the fields that the run writes are called: those of Enroll, or those of the SIS as it called them then."""
    if run.kind == EXPORT:
        # PostgreSQL keeps the names of an object in an order of its own
        mapped = [rule["field"] for rule in run.mapping.document.get("rules", ())]
        labels: dict[str, str] = run.labels
        return {name: labels[name] for name in mapped if name in labels} | labels
    known = catalog_of(run.kind, run.connection.instance_id).fields
    return {name: described.label for name, described in known.items()}


def _narrowed(run: Run, asked: Narrowed) -> QuerySet[Change]:
    found: QuerySet[Change] = Change.objects.filter(run=run).exclude(outcome="unchanged", partial=False)
    if asked.outcome:
        found = found.filter(outcome=asked.outcome)
    if asked.school:
        found = found.filter(school_code=asked.school)
    if asked.text:
        found = found.filter(key=asked.text)
    if asked.grade:
        found = found.filter(_in_grade(run, asked.grade))
    if asked.field:
        found = found.filter(_speaks_of(asked.field))
    return _of_kind(found, asked.kind)


def _in_grade(run: Run, grade: str) -> Q:
    """Rows of students who come into this grade, or have it in Enroll. Of one that could not be read it is not known."""
    known = of_grade(run.connection.instance_id, run.school_year, grade)
    return Q(annual__grade=grade) | Q(student_id__in=known)


def _speaks_of(name: str) -> Q:
    """Rows that change or hold this field; of a record to be created every value is new."""
    table, _, short = name.partition(".")
    column = next((column for column, tables in _TABLES.items() if table in tables), "lasting")
    new = Q(changes__isnull=True, **{f"{column}__has_key": short})
    return Q(changes__has_key=name) | Q(held__has_key=name) | new


def _of_kind(found: QuerySet[Change], kind: str) -> QuerySet[Change]:
    if kind == "wait":
        return found.exclude(held__isnull=True)
    if kind not in _BY_PATH:
        return found
    some = Func(
        F("changes"),
        Value(_BY_PATH[kind]),
        template="jsonb_path_exists(%(expressions)s::jsonpath)",
        output_field=BooleanField(),
    )
    wanted = Q(some=True)
    if kind == "fill":  # of a record to be created every value is new
        wanted |= Q(outcome="created", changes__isnull=True)
    return found.alias(some=some).filter(wanted)


def source_fields(raw: bytes) -> list[tuple[str, str]]:
    """The record as the SIS has it, as name and value; one that could not be read is one row of text. Of an undo none."""
    if not raw:
        return []
    packed = unpack(raw)
    if packed is None:
        return [("Record as sent", raw.decode("utf-8", "replace"))]
    found = [(name, value) for name, value in packed.values.items() if value]
    for number, contact in enumerate(packed.contacts, 1):
        found += [(f"{name}, contact {number}", value) for name, value in contact.items() if value]
    return found
