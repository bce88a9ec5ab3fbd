"""Schedules that start runs: each minute, once per local date, late if still useful."""

from datetime import UTC, date, datetime, timedelta

import structlog
from django.db import transaction
from django.db.models.functions import Now

from yellowbus.enroll.fence import beyond, within
from yellowbus.errors import YellowbusError
from yellowbus.jobs.handlers import each_minute
from yellowbus.planning.calendar import is_useful
from yellowbus.runs.exporting.order import order_export
from yellowbus.runs.importing.order import Night, order
from yellowbus.runs.models import EXPORT, Run, State, stored
from yellowbus.setup import audit, mappings, schedules
from yellowbus.setup.models import Schedule
from yellowbus.setup.permissions import scheduler

log = structlog.get_logger()


@each_minute
def start_due_now() -> None:
    start_due(datetime.now(UTC))


def start_due(now: datetime) -> int:
    """Order the run of every schedule that is due; how many were due. Two callers at once start none twice."""
    with beyond():
        ids = list(
            Schedule.objects.filter(enabled=True, suspended="", next_date__lte=_latest(now)).values_list(
                "pk", flat=True
            )
        )
    return sum(_start(schedule, now) for schedule in ids)


def _latest(now: datetime) -> date:
    """No zone is ahead of UTC by more than a day, so no later local date can be due."""
    return (now + timedelta(days=1)).date()


@transaction.atomic
def _start(schedule_id: int, now: datetime) -> bool:
    with beyond():
        schedule = (
            Schedule.objects.select_for_update(of=("self",), skip_locked=True)
            .select_related("connection__organization")
            .filter(pk=schedule_id)
            .first()
        )
    due = schedules.next_instant(schedule) if schedule else None
    night = schedule.next_date if schedule else None
    if schedule is None or night is None or due is None or due > now:
        return False
    with within(schedule.connection.organization):
        today = now.astimezone(schedules.zone_of(schedule.connection)).date()
        schedule.next_date = max(night, today) + timedelta(days=1)
        schedule.missed = None if is_useful(now, due) else night
        schedule.save(update_fields=["next_date", "missed"])
        if schedules.has_rolled_over(schedule, night):
            _suspend(schedule)
        elif is_useful(now, due):
            _order(schedule, night, now)
        else:
            audit.note(
                scheduler(schedule.connection.organization_id),
                "schedule.missed",
                str(schedule.connection),
                night=str(night),
            )
    return True


def _suspend(schedule: Schedule) -> None:
    """The year is over: nothing is imported into it any more until a person says so."""
    schedule.suspended = schedules.ROLLED_OVER
    schedule.save(update_fields=["suspended"])
    actor = scheduler(schedule.connection.organization_id)
    audit.note(actor, "schedule.rolled-over", str(schedule.connection), year=schedule.year)


def _order(schedule: Schedule, night: date, now: datetime) -> None:
    """Order the night's run. What refuses it becomes one failed run in the log, not a silence."""
    actor = scheduler(schedule.connection.organization_id)
    try:
        with transaction.atomic():
            of, connection = Night(schedule, night), schedule.connection
            if schedule.kind == EXPORT:
                order_export(actor, connection, year=schedule.year, night=of, now=now)
            else:
                order(actor, connection, schedule.kind, year=schedule.year, night=of, now=now)
    except YellowbusError as error:
        log.warning("schedule.refused", schedule=schedule.pk, detail=error.detail)
        _log_refused(schedule, night, error)


def _log_refused(schedule: Schedule, night: date, error: YellowbusError) -> None:
    try:
        mapping = mappings.current(schedule.connection, schedule.kind)
    except YellowbusError:
        return
    run = Run.objects.create(
        connection=schedule.connection,
        kind=schedule.kind,
        trigger="schedule",
        actor="schedule",
        mapping=mapping,
        school_year=schedule.year,
        today=night,
        schedule=schedule,
        local_date=night,
        state=State.FAILED,
        error_code=error.code,
        error_facts=stored(error.facts),
        ended_at=Now(),
    )
    settle(run)


def settle(run: Run) -> None:
    """After a scheduled run ended: a Sandbox schedule turns itself off, and three failures in a row are a pause."""
    if run.schedule_id is None:
        return
    schedule = Schedule.objects.select_related("connection__instance").get(pk=run.schedule_id)
    if run.state == State.FAILED:
        schedule.failures += 1
        if schedule.failures >= schedules.FAILURES_BEFORE_PAUSE:
            schedule.suspended = "failures"
    elif run.state == State.DONE:
        schedule.failures = 0
        schedule.enabled = schedule.connection.instance.environment == "production"
    schedule.save(update_fields=["failures", "suspended", "enabled"])
