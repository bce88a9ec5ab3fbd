"""“Schedule Import: Students”: nightly at a time of day in the organization's zone, for one school year."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.db import transaction

from yellowbus.enroll import years
from yellowbus.errors import NeedsAdmin
from yellowbus.mapping.model import EXPORT
from yellowbus.planning.calendar import first_date, instant, rolls_over
from yellowbus.setup import assignments, audit, mappings
from yellowbus.setup.models import Connection, Schedule
from yellowbus.setup.permissions import Actor, Permission

FAILURES_BEFORE_PAUSE = 3
UNDONE = "undo"  # why a schedule is paused after a run was undone
ROLLED_OVER = "roll-over"  # and after its school year ended


@transaction.atomic
def set_schedule(
    actor: Actor, connection: Connection, kind: str, *, at: time, year: int, enabled: bool, now: datetime
) -> Schedule:
    """Set the slider, the time of day and the school year; turning it on also ends a pause.

    Raises NeedsAdmin where the nightly run could not work: imports off for the year, no mapping, no school assigned.
    """
    actor.require(Permission.MANAGE_SCHEDULES)
    if enabled:
        if kind != EXPORT:
            years.require_imports(connection.instance_id, year)
        mappings.current(connection, kind)
        if kind != "schools" and not assignments.codes(connection):
            raise NeedsAdmin("schedule-without-schools", connection=connection.name)
    schedule, _ = Schedule.objects.update_or_create(
        connection=connection,
        kind=kind,
        defaults={
            "at": at,
            "year": year,
            "enabled": enabled,
            "next_date": first_date(now, at, zone_of(connection)) if enabled else None,
            "failures": 0,
            "suspended": "",
            "missed": None,
            "confirmed_on": now.astimezone(zone_of(connection)).date(),
        },
    )
    audit.note(
        actor, "schedule.set", connection.name, kind=kind, at=at.isoformat("minutes"), on=enabled, year=year
    )
    return schedule


def has_rolled_over(schedule: Schedule, night: date) -> bool:
    """Whether the schedule's school year has ended since a person last set or resumed it."""
    end = rolls_over(schedule.year)
    return night >= end and (schedule.confirmed_on is None or schedule.confirmed_on < end)


def suspend_for_undo(connection: int, kind: str) -> None:
    """A run was undone: the schedule waits until a person resumes it, else the night would do it all again."""
    Schedule.objects.filter(connection=connection, kind=kind, enabled=True).update(suspended=UNDONE)


@transaction.atomic
def resume(actor: Actor, connection: Connection, kind: str, *, now: datetime) -> Schedule:
    """End a pause: the schedule goes on with its time and year. Raises NeedsAdmin if it is not paused."""
    actor.require(Permission.MANAGE_SCHEDULES)
    schedule = find(connection, kind)
    if not schedule.suspended:
        raise NeedsAdmin("schedule-not-paused", connection=connection.name)
    return set_schedule(actor, connection, kind, at=schedule.at, year=schedule.year, enabled=True, now=now)


def find(connection: Connection, kind: str) -> Schedule:
    """Raises NeedsAdmin if none was ever set."""
    found = Schedule.objects.filter(connection=connection, kind=kind).first()
    if found is None:
        raise NeedsAdmin("schedule-missing", connection=connection.name, kind=kind)
    return found


def every() -> list[Schedule]:
    """The schedules of the organization at hand."""
    rows = Schedule.objects.select_related("connection__organization").filter(connection__archived_at=None)
    return list(rows.order_by("connection__name", "kind"))


def zone_of(connection: Connection) -> ZoneInfo:
    return ZoneInfo(connection.organization.time_zone)


def next_instant(schedule: Schedule) -> datetime | None:
    """When the next run is due, in UTC; None while it is off or paused."""
    if not schedule.enabled or schedule.suspended or schedule.next_date is None:
        return None
    return instant(schedule.next_date, schedule.at, zone_of(schedule.connection))


def in_words(schedule: Schedule, now: datetime) -> str:
    """The next run as a sentence: "Next: tonight at 02:00 (America/Phoenix)."."""
    if schedule.suspended:
        return f"Paused: {why_paused(schedule)}"
    due = next_instant(schedule)
    if due is None:
        return "Off."
    zone = zone_of(schedule.connection)
    days = (due.astimezone(zone).date() - now.astimezone(zone).date()).days
    day = {0: "today", 1: "tomorrow"}.get(days, due.astimezone(zone).date().isoformat())
    late = " (late: it starts within a minute)" if due <= now else ""
    year = f"{schedule.year}–{(schedule.year + 1) % 100:02}"  # noqa: RUF001 (as the pages write a year)
    return f"Next: {day} at {schedule.at:%H:%M} ({zone.key}), school year {year}{late}."


def why_paused(schedule: Schedule) -> str:
    """The cause of a pause, and what ends it."""
    return _PAUSES[schedule.suspended]


_PAUSES = {
    "failures": f"it failed {FAILURES_BEFORE_PAUSE} times in a row. Mend the cause, then turn it on again.",
    ROLLED_OVER: "its school year is over. Choose the year that it shall import from now on and save, or resume it as it"
    " is.",
    UNDONE: "a run was undone, and the next import would bring its changes again. Mend the mapping or the SIS, plan an"
    " import and look at it, then resume.",
}
