"""What a run is, did or would do, as values for a page, a command or a file. Reads only.

Words: `status` is one of the article's five (enroll-sync 11.1), `state` the finer one of ours. A record's sentence is
made anew from its code and the facts kept with it, so that a mended message is mended for old runs too.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from yellowbus.enroll import bulk, registrations
from yellowbus.errors import NeedsAdmin
from yellowbus.planning.counts import Counts
from yellowbus.planning.report import PlanLine
from yellowbus.records import Outcome, Value
from yellowbus.runs.models import EXPORT, UNDO, Change, Hold, Run, State
from yellowbus.runs.told import Told, told

PENDING, IN_PROGRESS, FAILED, PARTIAL, SUCCEEDED = (
    "Pending", "In Progress", "Failed", "Partial Sync", "Succeeded",
)  # fmt: skip
STATE_WORDS = {
    State.QUEUED: "Queued",
    State.READING: "Reading",
    State.PLANNING: "Planning",
    State.WAITING: "Waits for a person",
    State.APPLYING: "Applying",
    State.DONE: "Done",
    State.FAILED: "Failed",
    State.CANCELLED: "Cancelled",
    State.REPLACED: "Replaced by a newer plan",
}
_STATUS = {
    State.QUEUED: PENDING,
    State.WAITING: PENDING,
    State.READING: IN_PROGRESS,
    State.PLANNING: IN_PROGRESS,
    State.APPLYING: IN_PROGRESS,
}
_OPEN = (Outcome.FAILED.value, Outcome.REVIEW.value, Outcome.HELD.value)
_PAGE = 1_000


def word(run: Run) -> str:
    """What the run is called."""
    if run.trigger == UNDO:
        return "undo"
    return "export" if run.kind == EXPORT else "import"


def noun(run: Run) -> str:
    """What its records are called."""
    return "school" if run.kind == "schools" else "student"


def find(text: str) -> Run:
    """A run by its id or by the beginning of it that no other has. Raises NeedsAdmin otherwise."""
    runs = Run.objects.select_related("connection", "connection__organization", "mapping")
    try:
        found = list(runs.filter(pk=UUID(text)))
    except ValueError:
        found = [
            run for run in runs.order_by("-created_at") if text and str(run.pk).startswith(text.lower())
        ][:2]
    if len(found) != 1:
        raise NeedsAdmin("run-unknown", run=text)
    return found[0]


def newest(limit: int, *, connection: int | None = None) -> list[Run]:
    runs = Run.objects.select_related("connection").order_by("-created_at", "pk")
    return list((runs.filter(connection=connection) if connection else runs)[:limit])


def outcomes(run: Run) -> dict[str, int]:
    """{outcome: n} of the whole run, the gravest first; outcomes that did not occur are left out."""
    summed = {
        outcome.value: sum(school.get(outcome.value, 0) for school in run.counts.values())
        for outcome in Outcome
    }
    return {outcome: count for outcome, count in summed.items() if count}


def totals(run: Run) -> Counts:
    return Counts(read=run.read, **outcomes(run))


def status(run: Run) -> str:
    """The article's word for a run."""
    if run.state in _STATUS:
        return _STATUS[State(run.state)]
    if run.state != State.DONE:
        return FAILED
    counts = outcomes(run)
    still_open = sum(counts.get(outcome, 0) for outcome in _OPEN)
    if not still_open and not run.partial:
        return SUCCEEDED
    return FAILED if counts.get(Outcome.FAILED.value, 0) == sum(counts.values()) else PARTIAL


def row(run: Run) -> dict[str, Any]:
    """A run as one line of a list. Costs no query where the run came with its connection."""
    error = told(run.error_code, run.error_facts) if run.error_code else None
    return {
        "id": str(run.pk),
        "connection": run.connection.name,
        "kind": run.kind,
        "trigger": run.trigger,
        "actor": run.actor,
        "school_year": run.school_year,
        "status": status(run),
        "state": STATE_WORDS[State(run.state)],
        "waits_because": told(run.waits_because, run.error_facts).sentence if run.waits_because else "",
        "read": run.read,
        "total": run.total,
        "counts": outcomes(run),
        "requests": run.requests,
        "error": {"code": error.code, "sentence": error.sentence, "remedy": error.remedy} if error else None,
        "created_at": run.created_at,
        "started_at": run.started_at,
        "planned_at": run.planned_at,
        "ended_at": run.ended_at,
    }


# --- records ---


@dataclass(frozen=True, slots=True)
class RecordLine:
    """One record of a run. `problems` are all that was wrong, the one that decided first."""

    key: str
    name: str
    school: str
    status: str
    outcome: str
    reason: str
    problems: tuple[Told, ...]

    @property
    def sentence(self) -> str:
        return self.problems[0].sentence if self.problems else ""

    @property
    def remedy(self) -> str:
        return self.problems[0].remedy if self.problems else ""


def records(run: Run, *, outcome: str = "") -> Iterator[RecordLine]:
    """Every record that has a row: all that was not simply unchanged or skipped. Streamed, two queries a page."""
    for change, name in _named_changes(run, outcome=outcome):
        yield RecordLine(
            key=change.key,
            name=name,
            school=change.school_code,
            status=record_status(run, change),
            outcome=change.outcome,
            reason=change.reason,
            problems=problems(change),
        )


def record_status(run: Run, change: Change) -> str:
    """The article's word for a record: written is Succeeded, written with something missing is Partial Sync."""
    if change.outcome == Outcome.FAILED.value:
        return FAILED
    if change.outcome == Outcome.REVIEW.value or change.left_out or change.seq > run.applied_through:
        return PENDING
    return PARTIAL if change.outcome == Outcome.HELD.value or change.partial else SUCCEEDED


def problems(change: Change) -> tuple[Told, ...]:
    """All that was wrong with a record, the one that decided first."""
    kept = [told(problem["code"], problem["facts"]) for problem in change.problems or ()]
    if not change.reason or any(problem.code == change.reason for problem in kept):
        return tuple(kept)
    return (told(change.reason, {}), *kept)


def plan_lines(run: Run) -> Iterator[PlanLine]:
    """The plan record by record, what waits included; for people who may see the students."""
    waits = {hold.field: told(f"hold-{hold.rule}", _hold_facts(hold)).sentence for hold in holds(run)}
    for change, name in _named_changes(run):
        if change.outcome == Outcome.UNCHANGED.value and not change.partial:
            continue
        held = {field: tuple(pair) for field, pair in (change.held or {}).items()}
        wrong = problems(change)
        yield PlanLine(
            school=change.school_code,
            district_id=change.key,
            name=name,
            outcome=Outcome(change.outcome),
            reason=wrong[0].sentence if wrong else "",
            changes=changed_fields(change) | held,
            held={field: waits.get(field, "Waits for a person.") for field in held},
        )


def changed_fields(change: Change) -> dict[str, tuple[Value, Value]]:
    """{field: (before, after)} of one change; of a student to be created every value is new."""
    if change.changes is not None:
        return {field: (before, after) for field, (before, after) in change.changes.items()}
    lasting = "schools" if change.run.kind == "schools" else "students"
    tables = ((lasting, change.lasting), ("students_annual", change.annual), ("custom", change.custom))
    return {f"{table}.{name}": (None, value) for table, row in tables for name, value in (row or {}).items()}


def holds(run: Run) -> list[Hold]:
    return list(Hold.objects.filter(run=run).order_by("pk"))


def hold_sentence(hold: Hold, *, label: str = "") -> Told:
    """Why these values wait; with `label` the field is called as the pages call it."""
    facts = _hold_facts(hold) | {"part": hold.part} | ({"field": label} if label else {})
    return told("hold-part" if hold.part else f"hold-{hold.rule}", facts)


def _hold_facts(hold: Hold) -> dict[str, object]:
    return {
        "field": hold.field, "count": f"{hold.count:,}", "of": f"{hold.population:,}", "threshold": f"{hold.threshold:g}",
    }  # fmt: skip


def _named_changes(run: Run, *, outcome: str = "") -> Iterator[tuple[Change, str]]:
    """The rows of a run in their order with the name of the student or the school."""
    rows: QuerySet[Change] = Change.objects.filter(run=run).defer("source", "mark").order_by("seq")
    if outcome:
        rows = rows.filter(outcome=outcome)
    after = 0
    while page := list(rows.filter(seq__gt=after)[:_PAGE]):
        yield from with_names(run, page)
        after = page[-1].seq


def with_names(run: Run, page: Sequence[Change]) -> Iterator[tuple[Change, str]]:
    """These rows of `run`, each with the name of its student or school. One query."""
    names = _names(run, page)
    for change in page:
        change.run = run
        yield change, names.get(change.student_id or 0) or _own_name(change)


def _names(run: Run, page: Iterable[Change]) -> dict[int, str]:
    known = [
        change.student_id
        for change in page
        if change.student_id and (run.kind == EXPORT or change.outcome != Outcome.CREATED.value)
    ]
    if not known:
        return {}
    if run.kind == EXPORT:
        return registrations.names(known)
    held = bulk.held_by_id(run.kind, run.connection.instance_id, known, year=run.school_year)
    return {row: _name(run.kind, each.values) for row, each in held.items()}


def _own_name(change: Change) -> str:
    if not change.lasting:
        return ""
    if change.run.kind == "schools":
        return change.lasting.get("name") or ""
    return " ".join(filter(None, (change.lasting.get("fname"), change.lasting.get("lname"))))


def _name(kind: str, values: Mapping[str, str]) -> str:
    if kind == "schools":
        return values.get("schools.name", "")
    return " ".join(filter(None, (values.get("students.fname"), values.get("students.lname"))))
