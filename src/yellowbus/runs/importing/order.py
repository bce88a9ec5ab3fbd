"""Step 0: take the order. What cannot run is refused here, before anything is read."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.db.models.functions import Now

from yellowbus.enroll import students, years
from yellowbus.errors import NeedsAdmin
from yellowbus.jobs import port
from yellowbus.mapping.check import check_mapping
from yellowbus.mapping.document import from_document
from yellowbus.runs.held_rows import release_field
from yellowbus.runs.models import ENDED, EXPORT, MOVING, TRIAL, UNDO, Hold, Run, State
from yellowbus.runs.staging import counts
from yellowbus.setup import audit, mappings
from yellowbus.setup.export_options import is_production
from yellowbus.setup.models import Connection, MappingVersion, Schedule
from yellowbus.setup.permissions import EXPORTS, Actor, Permission


@dataclass(frozen=True, slots=True)
class Night:
    """The night of a schedule that a run belongs to: no night runs twice."""

    schedule: Schedule
    local_date: date


def order(
    actor: Actor,
    connection: Connection,
    kind: str,
    *,
    year: int,
    yes: bool = False,
    only: Iterable[str] | None = None,
    released: Mapping[str, int] | None = None,
    night: Night | None = None,
    trial: str = "",
    now: datetime | None = None,
) -> Run:
    """Order an import. With `yes` it goes on by itself from plan to apply; without, it stops at the plan.

    `only` are the keys to take up again, for a retry. `released` allows, by field, up to so many changes that would
    wait: what a person saw is the ceiling, and the SIS is read afresh. `trial` is the id of the one student of a
    Send Record.
    Raises NeedsAdmin: imports off for the year, mapping missing or incomplete, another such run under way.
    """
    actor.require(Permission.RUN_IMPORTS)
    kept = ready_to_order(connection, kind, year=year)
    zone = ZoneInfo(connection.organization.time_zone)
    run = Run(
        connection=connection,
        kind=kind,
        trigger=_trigger(night, only, trial),
        actor=actor.name,
        mapping=kept,
        school_year=year,
        today=(now or datetime.now(zone)).astimezone(zone).date(),
        approved_by=actor.name if yes else "",
        only=[trial] if trial else (None if only is None else sorted(only)),
        released=dict(released or {}),
        schedule=night.schedule if night else None,
        local_date=night.local_date if night else None,
    )
    return queue(actor, run)


def ready_to_order(connection: Connection, kind: str, *, year: int) -> MappingVersion:
    """The mapping that an import would go by. Raises NeedsAdmin for what would refuse the order, save
    that the connection is archived or that a run is under way.
    """
    years.require_imports(connection.instance_id, year)
    kept = mappings.current(connection, kind)
    faults = check_mapping(from_document(kept.document), students.catalog_of(kind, connection.instance_id))
    if faults:
        raise NeedsAdmin("mapping-not-ready", number=len(faults), first=faults[0].sentence)
    return kept


def _trigger(night: Night | None, only: Iterable[str] | None, trial: str) -> str:
    if trial:
        return TRIAL
    return "schedule" if night else ("retry" if only is not None else "user")


def queue(actor: Actor, run: Run) -> Run:
    """Keep the run and ask for its job, in one transaction."""
    with _one_at_a_time(run), transaction.atomic():
        _refuse_archived(run.connection_id)
        run.save(force_insert=True)
        port.defer("run", str(run.pk))
        audit.note(actor, "run.order", str(run.connection), run=str(run.pk), kind=run.kind)
    return run


def _refuse_archived(connection: int) -> None:
    """Lock the connection for this transaction and raise NeedsAdmin if it was put away; see `runs.archiving`."""
    held = Connection.objects.select_for_update().get(pk=connection)
    if held.archived_at is not None:
        raise NeedsAdmin("connection-archived", name=held.name)


@contextmanager
def _one_at_a_time(run: Run) -> Iterator[None]:
    """The database lets one run of a kind move for each connection; say which one that is."""
    try:
        yield
    except IntegrityError:
        same = Run.objects.filter(connection=run.connection_id, kind=run.kind)
        moving = same.filter(state__in=MOVING).exclude(pk=run.pk).first()
        if moving is None:
            raise
        raise NeedsAdmin("run-under-way", kind=run.kind, run=moving.pk) from None


def approve(actor: Actor, run_id: UUID, *, named: bool = False) -> None:
    """Say yes to a waiting plan: exactly its rows are applied. Raises NeedsAdmin if it does not wait.

    `named` says that the student's name was typed, which a Send Record into a production SIS asks for.
    """
    run = _found(run_id)
    _require_may(actor, run)
    if run.kind == EXPORT and run.trigger == TRIAL and not named and is_production(run.connection):
        raise NeedsAdmin("export-name-not-typed")
    _require_switch(run)
    with _one_at_a_time(run), transaction.atomic():
        _refuse_archived(run.connection_id)
        changed = Run.objects.filter(pk=run_id, state=State.WAITING).update(
            state=State.APPLYING, approved_by=actor.name, claim=None, waits_because=""
        )
        if not changed:
            raise NeedsAdmin("run-not-waiting", run=run_id)
        port.defer("run", str(run_id))
        audit.note(actor, "run.approve", str(run_id))


def cancel(actor: Actor, run_id: UUID) -> None:
    """Stop a run. What is applied stays applied, and the rest stays due."""
    _require_may(actor, _found(run_id))
    with transaction.atomic():
        changed = (
            Run.objects.filter(pk=run_id)
            .exclude(state__in=ENDED)
            .update(state=State.CANCELLED, ended_at=Now(), claim=None)
        )
        if not changed:
            raise NeedsAdmin("run-ended", run=run_id)
        audit.note(actor, "run.cancel", str(run_id))


def resume(actor: Actor, run_id: UUID) -> None:
    """Take a failed run up again where it stopped. Its plan, if it had one, is what is applied."""
    run = _found(run_id)
    _require_may(actor, run)
    _require_switch(run)
    _refuse_older_plan(run)
    with _one_at_a_time(run), transaction.atomic():
        _refuse_archived(run.connection_id)
        changed = Run.objects.filter(pk=run_id, state=State.FAILED).update(
            state=_stopped_at(run), ended_at=None, claim=None, attempts=0, try_after=None, error_code="",
            error_facts={},
        )  # fmt: skip
        if not changed:
            raise NeedsAdmin("run-not-failed", run=run_id)
        port.defer("run", str(run_id))
        audit.note(actor, "run.resume", str(run_id))


def require_may_run(actor: Actor, kind: str) -> None:
    """Raise NeedsAdmin if the actor may not start, approve or stop a run of this kind."""
    for permission in EXPORTS if kind == EXPORT else (Permission.RUN_IMPORTS,):
        actor.require(permission)


def _require_may(actor: Actor, run: Run) -> None:
    if run.trigger == UNDO:
        actor.require(Permission.UNDO_RUNS)
    else:
        require_may_run(actor, run.kind)


def _require_switch(run: Run) -> None:
    """The switch of the year is one for imports; an export takes nothing in, and an undo nothing from the SIS."""
    if run.kind != EXPORT and run.trigger != UNDO:
        years.require_imports(run.connection.instance_id, run.school_year)


def _found(run_id: UUID) -> Run:
    run = Run.objects.select_related("connection").filter(pk=run_id).first()
    if run is None:
        raise NeedsAdmin("run-unknown", run=run_id)
    return run


def _refuse_older_plan(run: Run) -> None:
    """A plan that a newer one has replaced is never applied. An undo's rows each look whether they still fit."""
    if run.planned_at is None or run.trigger == UNDO:
        return
    same = Run.objects.filter(connection=run.connection_id, kind=run.kind, only__isnull=run.only is None)
    newer = same.exclude(trigger=UNDO).filter(planned_at__gt=run.planned_at).order_by("-planned_at").first()
    if newer is not None:
        raise NeedsAdmin("run-replaced", run=run.pk, newer=newer.pk)


def _stopped_at(run: Run) -> State:
    if run.planned_at:
        return State.APPLYING if run.approved_by or run.schedule_id else State.WAITING
    if run.last_page_read:
        return State.PLANNING
    return State.READING if run.started_at else State.QUEUED


@transaction.atomic
def release(actor: Actor, run_id: UUID, fields: Iterable[str], *, tables: dict[str, str]) -> int:
    """Release held fields of a plan that still waits: what was shown is then written with the rest.

    Raises NeedsAdmin if the plan no longer waits. The number of values released.
    """
    actor.require(Permission.RELEASE_HOLDS)
    run = Run.objects.select_for_update().get(pk=run_id)
    if run.state != State.WAITING:
        raise NeedsAdmin("run-not-waiting", run=run_id)
    released = 0
    for field in fields:
        released += release_field(run_id, tables[field], field)
        Hold.objects.filter(run=run_id, field=field, part="").update(
            state="released", decided_by=actor.name, decided_at=Now()
        )
    Run.objects.filter(pk=run_id).update(counts=counts(run_id))
    audit.note(actor, "hold.release", str(run_id), values=released)
    return released
