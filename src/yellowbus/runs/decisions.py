"""Records that wait for a person to say who they are, and what was said.

A decision is kept for every later run, until it is taken back. Taking it back undoes nothing that an import did by it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from yellowbus.enroll import bulk
from yellowbus.errors import NeedsAdmin
from yellowbus.runs.models import Change, Decision, Due, Run, State
from yellowbus.setup import audit
from yellowbus.setup.models import Connection
from yellowbus.setup.permissions import Actor, Permission

REVIEW = "review"
_STUDENTS = "students"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A record that nobody has settled; where its row stands, and the students it may be, the likeliest first."""

    key: str
    run: UUID
    seq: int
    school: str
    reason: str
    candidates: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Kept:
    """What a person said of a record: it is `student`, or with None nobody whom Enroll knew."""

    key: str
    student: int | None
    actor: str
    at: datetime


def waiting(connection: Connection, keys: Sequence[str] | None = None) -> list[Waiting]:
    """The open reviews of a connection, or those among `keys`: of finished runs, and of plans that wait."""
    rows = Due.objects.filter(connection=connection, kind=_STUDENTS, outcome=REVIEW, dismissed_by="")
    due = set(rows.values_list("run_id", "key"))
    plans = Run.objects.filter(connection=connection, kind=_STUDENTS, state=State.WAITING)
    planned = set(plans.values_list("pk", flat=True))
    runs = planned.union(run for run, _ in due)
    changes = Change.objects.filter(run__in=runs, outcome=REVIEW).order_by("run__created_at", "seq")
    if keys is not None:
        changes = changes.filter(key__in=keys)
    columns = changes.values_list("key", "run_id", "seq", "school_code", "reason", "problems")
    newest = {row[0]: row for row in columns if row[1] in planned or (row[1], row[0]) in due}
    return [Waiting(*row[:5], _candidates(row[5])) for row in newest.values()]


def _candidates(problems: list[dict[str, dict[str, int]]] | None) -> tuple[int, ...]:
    """Those of Enroll; 0 stood for one that the same run would add."""
    return tuple(student for problem in problems or () if (student := problem["facts"]["student"]))


def undecided(connection: Connection) -> list[Waiting]:
    """Those of whom nobody has said anything yet."""
    found = waiting(connection)
    said = kept(connection, [each.key for each in found])
    return [each for each in found if each.key not in said]


def kept(connection: Connection, keys: Sequence[str] | None = None) -> dict[str, Kept]:
    """What was said of these records, or of all, the newest first."""
    rows = Decision.objects.filter(connection=connection).order_by("-at", "-pk")
    if keys is not None:
        rows = rows.filter(key__in=keys)
    return {row.key: Kept(row.key, row.student_id, row.actor, row.at) for row in rows}


@transaction.atomic
def decide(actor: Actor, connection: Connection, key: str, student: int | None) -> None:
    """Say that a record is this student of Enroll, or with None that nobody knew it. The next run goes by it.

    Raises NeedsAdmin if no record of that id waits, or if Enroll has no such student.
    """
    decide_all(actor, connection, {key: student})


@transaction.atomic
def decide_all(actor: Actor, connection: Connection, said: dict[str, int | None]) -> None:
    """The same of several records at once, or of none of them."""
    actor.require(Permission.RELEASE_HOLDS)
    if said.keys() - {review.key for review in waiting(connection, list(said))}:
        raise NeedsAdmin("review-unknown")
    students = {student for student in said.values() if student is not None}
    known = bulk.held_by_id(_STUDENTS, connection.instance_id, students, year=0)
    if missing := students - known.keys():
        raise NeedsAdmin("student-unknown", student=min(missing))
    Decision.objects.filter(connection=connection, key__in=said).delete()
    Decision.objects.bulk_create(
        Decision(connection=connection, key=key, student_id=student, actor=actor.name)
        for key, student in said.items()
    )
    for student in said.values():
        audit.note(actor, "match.decide", connection.name, student=student or "new")


@transaction.atomic
def take_back(actor: Actor, connection: Connection, key: str) -> None:
    """Forget what was said of a record: the next run asks again, unless it was carried out by then.

    Raises NeedsAdmin if nothing was said.
    """
    actor.require(Permission.RELEASE_HOLDS)
    taken, _ = Decision.objects.filter(connection=connection, key=key).delete()
    if not taken:
        raise NeedsAdmin("decision-unknown")
    audit.note(actor, "match.take-back", connection.name)
