"""One student's story: what each run did to it and what a person decided of it, the newest first. Reads only."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Q

from yellowbus.enroll import directory
from yellowbus.enroll.students import catalog_of
from yellowbus.errors import NeedsAdmin
from yellowbus.records import Outcome
from yellowbus.runs import log
from yellowbus.runs.detail import Line
from yellowbus.runs.models import UNDO, Change, Decision, Run
from yellowbus.runs.told import Told
from yellowbus.setup.permissions import Actor, Permission

MOST = 200


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened to a student. `lines` are the fields that a run changed, or would have."""

    at: datetime
    says: str
    who: str
    run: Run | None = None
    seq: int = 0
    outcome: str = ""
    status: str = ""
    lines: tuple[Line, ...] = field(default=(), repr=False)
    problems: tuple[Told, ...] = ()


def timeline(actor: Actor, instance: int, student: int) -> list[Event]:
    """The last MOST events, the newest first. Raises NeedsAdmin for a student that is not there."""
    actor.require(Permission.VIEW_STUDENTS)
    child = directory.student(instance, student)
    if child is None:
        raise NeedsAdmin("student-gone")
    events = [*_of_runs(instance, student), *_decided(instance, student)]
    return sorted(events, key=lambda event: event.at, reverse=True)[:MOST]


def _of_runs(instance: int, student: int) -> Iterator[Event]:
    labels = {name: each.label for name, each in catalog_of("students", instance).fields.items()}
    rows = Change.objects.select_related("run__connection").defer("source", "mark")
    ours = rows.filter(run__connection__instance=instance, run__kind="students", student_id=student)
    told_of = ours.exclude(Q(outcome=Outcome.UNCHANGED.value, partial=False))
    for change in told_of.order_by("-run__created_at", "-seq")[:MOST]:
        run = change.run
        yield Event(
            at=run.ended_at or run.planned_at or run.created_at,
            says=f"{_did(change)} through {run.connection.name}",
            who=run.approved_by or run.actor,
            run=run,
            seq=change.seq,
            outcome=change.outcome,
            status=log.record_status(run, change),
            lines=tuple(
                Line(labels.get(name, name), *pair) for name, pair in log.changed_fields(change).items()
            ),
            problems=log.problems(change),
        )


def _did(change: Change) -> str:
    if change.run.trigger == UNDO:
        return f"{'Left out' if change.outcome == Outcome.SKIPPED.value else 'Put back'} by the undo of a run"
    return f"{_DID[change.outcome]} by an import"


_DID = {
    Outcome.CREATED.value: "Created",
    Outcome.UPDATED.value: "Changed",
    Outcome.HELD.value: "Changed in part, the rest held,",
    Outcome.UNCHANGED.value: "Left as it was, with a value lost,",
    Outcome.FAILED.value: "Not taken",
    Outcome.REVIEW.value: "Left for a review",
    Outcome.SKIPPED.value: "Left out",
}


def _decided(instance: int, student: int) -> Iterator[Event]:
    rows = Decision.objects.select_related("connection").filter(
        connection__instance=instance, student_id=student
    )
    for decision in rows:
        yield Event(
            at=decision.at,
            says=f"Record {decision.key} of {decision.connection.name} was matched to this student",
            who=decision.actor,
        )
