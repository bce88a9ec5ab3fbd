"""Records that wait for a person to say who they are, and what was said. A decision is kept for every later run."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from yellowbus.enroll import bulk
from yellowbus.errors import NeedsAdmin
from yellowbus.runs.models import Change, Decision, Due, Run, State
from yellowbus.runs.told import told
from yellowbus.setup import audit
from yellowbus.setup.models import Connection
from yellowbus.setup.permissions import Actor, Permission

_REVIEW = "review"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A student of Enroll that the record may be; `student` is 0 for one that the same run would add."""

    student: int
    district_id: str
    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Review:
    """One record that nobody has settled yet; `decided` once a person has, until a run has taken it up."""

    connection: str
    key: str
    school: str
    run: str
    remedy: str
    candidates: tuple[Candidate, ...]
    decided: bool


def reviews(connections: Sequence[Connection]) -> list[Review]:
    """The open reviews of these connections: those of finished runs, and those of plans that wait."""
    found: list[Review] = []
    for connection in connections:
        found += _reviews(connection)
    return found


def _reviews(connection: Connection) -> list[Review]:
    due = Due.objects.filter(connection=connection, kind="students", outcome=_REVIEW, dismissed_by="")
    waiting = Run.objects.filter(connection=connection, kind="students", state=State.WAITING)
    runs = {*due.values_list("run_id", flat=True), *waiting.values_list("pk", flat=True)}
    changes = (
        Change.objects.filter(run__in=runs, outcome=_REVIEW)
        .defer("source")
        .order_by("run__created_at", "seq")
    )
    newest = {change.key: change for change in changes}
    decided = set(
        Decision.objects.filter(connection=connection, key__in=newest).values_list("key", flat=True)
    )
    ids = {problem["facts"]["student"] for change in newest.values() for problem in change.problems or ()}
    held = bulk.held_by_id("students", connection.instance_id, ids, year=0)
    return [_review(connection, change, held, decided=change.key in decided) for change in newest.values()]


def _review(connection: Connection, change: Change, held: dict[int, bulk.Held], *, decided: bool) -> Review:
    candidates = tuple(_candidate(problem, held) for problem in change.problems or ())
    return Review(
        connection=connection.name,
        key=change.key,
        school=change.school_code,
        run=str(change.run_id),
        remedy=told(change.reason, {}).remedy,
        candidates=candidates,
        decided=decided,
    )


def _candidate(problem: dict[str, dict[str, int]], held: dict[int, bulk.Held]) -> Candidate:
    student = problem["facts"]["student"]
    known = held.get(student)
    names = (known.values.get("students.fname"), known.values.get("students.lname")) if known else ()
    reason = told(str(problem["code"]), problem["facts"]).sentence
    return Candidate(student, known.key if known else "", " ".join(filter(None, names)), reason)


@transaction.atomic
def decide(actor: Actor, connection: Connection, key: str, student: int | None) -> None:
    """Say that a record is this student of Enroll, or with None that nobody knew it. The next run goes by it.

    Raises NeedsAdmin if no record of that id waits, or if Enroll has no such student.
    """
    actor.require(Permission.RELEASE_HOLDS)
    if key not in {review.key for review in _reviews(connection)}:
        raise NeedsAdmin("review-unknown")
    if student is not None and not bulk.held_by_id("students", connection.instance_id, [student], year=0):
        raise NeedsAdmin("student-unknown", student=student)
    Decision.objects.update_or_create(
        connection=connection, key=key, defaults={"student_id": student, "actor": actor.name}
    )
    audit.note(actor, "match.decide", connection.name, student=student or "new")
