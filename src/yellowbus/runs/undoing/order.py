"""Step 0: take the order of an undo. What cannot be undone is refused here."""

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models.functions import Now

from yellowbus.enroll.students import catalog_of
from yellowbus.errors import NeedsAdmin
from yellowbus.runs.importing.order import queue
from yellowbus.runs.models import EXPORT, MOVING, UNDO, Change, Run, State, Undoing
from yellowbus.runs.undoing import staged
from yellowbus.setup import audit
from yellowbus.setup.permissions import Actor, Permission

_WRITES = ("created", "updated", "held")


@transaction.atomic
def order_undo(
    actor: Actor,
    undoes: Run,
    *,
    student: int | None = None,
    field: str = "",
    yes: bool = False,
    now: datetime | None = None,
) -> Run:
    """Order the undo of a run: of all its students or of one (its id in Enroll), of all fields or of one.

    With `yes` it goes on by itself from plan to apply; without, it stops at the plan.
    Raises NeedsAdmin for what cannot be undone: an export, a run under way, one whose rows are gone or that wrote nothing
    of the kind; and where another run of this kind is under way.
    """
    actor.require(Permission.UNDO_RUNS)
    refuse(undoes, student=student, field=field)
    zone = ZoneInfo(undoes.connection.organization.time_zone)
    run = Run(
        connection=undoes.connection,
        kind=undoes.kind,
        trigger=UNDO,
        actor=actor.name,
        mapping=undoes.mapping,
        school_year=undoes.school_year,
        today=(now or datetime.now(zone)).astimezone(zone).date(),
        approved_by=actor.name if yes else "",
        only=[],
        last_page_read=True,
    )
    _replace_older(run)
    queue(actor, run)
    before = Undoing.objects.filter(run=undoes).first()
    redo = before is not None and not before.redo
    Undoing.objects.create(run=run, undoes=undoes, student_id=student, field=field, redo=redo)
    audit.note(
        actor, "run.undo", str(undoes.pk), by=str(run.pk), student=student or "all", field=field or "all"
    )
    return run


def refuse(undoes: Run, *, student: int | None = None, field: str = "") -> None:
    """Raise NeedsAdmin where there is nothing that could be put back."""
    if undoes.kind == EXPORT:
        raise NeedsAdmin("undo-export", run=undoes.pk)
    if undoes.state in MOVING or undoes.state == State.WAITING:
        raise NeedsAdmin("undo-not-ended", run=undoes.pk)
    if field and field not in catalog_of(undoes.kind, undoes.connection.instance_id).fields:
        raise NeedsAdmin("field-unknown", field=field, advice="Choose a field that the run wrote.")
    if not _wrote(undoes, student=student):
        raise NeedsAdmin("undo-nothing", run=undoes.pk)


def _wrote(undoes: Run, *, student: int | None) -> bool:
    """Whether the run wrote something of this student, or of anyone. Raises NeedsAdmin if that is not known any more."""
    if not any(school.get(each) for school in undoes.counts.values() for each in _WRITES):
        return False
    rows = Change.objects.filter(
        run=undoes, seq__lte=undoes.applied_through, left_out="", outcome__in=_WRITES
    )
    kept = undoes.values_deleted_at is None
    if kept and (rows if student is None else rows.filter(student_id=student)).exists():
        return True
    if not staged.kept(undoes.pk):
        raise NeedsAdmin("undo-not-kept", run=undoes.pk)
    return False


def student_of(undoes: Run, key: str) -> int:
    """The student whose record had this id in the run. Raises NeedsAdmin if none had."""
    found = Change.objects.filter(run=undoes, key=key, student_id__isnull=False).order_by("seq").first()
    if found is None or found.student_id is None:
        raise NeedsAdmin("undo-nothing", run=undoes.pk)
    return found.student_id


def student_at(undoes: Run, seq: int) -> int:
    """The student of one row of the run. Raises NeedsAdmin where there is none."""
    found = Change.objects.filter(run=undoes, seq=seq, student_id__isnull=False).first()
    if found is None or found.student_id is None:
        raise NeedsAdmin("record-gone")
    return found.student_id


def may_be_undone(run: Run) -> bool:
    """Whether the page of a run has something to offer; costs one query."""
    try:
        refuse(run)
    except NeedsAdmin:
        return False
    return True


def undone_by(run: Run) -> list[Run]:
    """The undos of a run that were applied, the newest first."""
    done = Run.objects.filter(undoing__undoes=run, applied_through__gt=0).select_related("undoing")
    return list(done.order_by("-created_at"))


def undoing_of(run: UUID) -> Undoing | None:
    """What an undo takes back; None for another run."""
    return Undoing.objects.select_related("undoes").filter(run=run).first()


def _replace_older(run: Run) -> None:
    """One plan of an undo waits at a time."""
    waiting = Run.objects.filter(
        connection=run.connection_id, kind=run.kind, trigger=UNDO, state=State.WAITING
    )
    waiting.update(state=State.REPLACED, ended_at=Now())
