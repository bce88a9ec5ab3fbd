"""`yellowbus schedule`: Schedule Import, nightly at a time of day."""

from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, Annotated, Any

import typer

from yellowbus.cli import verbs
from yellowbus.cli.arguments import ConnectionName, Kind, KindName, Year, year_for_import
from yellowbus.cli.command import SET_UP, Session, command, table

if TYPE_CHECKING:
    from yellowbus.setup.models import Schedule

_AT = Annotated[
    str, typer.Option("--at", metavar="HH:MM", help="The time of day in the organization's zone.")
]


def register(app: typer.Typer) -> None:
    group = typer.Typer(no_args_is_help=True)
    command(group, "set", example="yellowbus schedule set PowerSchool --at 02:00")(set_)
    command(group, "off", example="yellowbus schedule off PowerSchool")(off)
    command(group, "resume", example="yellowbus schedule resume PowerSchool")(resume)
    command(group, "show", example="yellowbus schedule show")(show)
    app.add_typer(
        group, name="schedule", help="Schedule Import: set, off, resume, show.", rich_help_panel=SET_UP
    )


def set_(
    at: Session, name: ConnectionName, *, time_of_day: _AT, kind: KindName = Kind.STUDENTS, year: Year = 0
) -> None:
    """Import every night at a time of day. A Sandbox schedule turns itself off after one import."""
    connection = verbs.connections.find(name)
    chosen = year_for_import(connection.instance_id, year)
    _set(at, name, kind, _parsed(time_of_day), chosen, enabled=True)


def _parsed(text: str) -> time:
    try:
        return datetime.strptime(text, "%H:%M").time()  # noqa: DTZ007 (a time of day, in the organization's zone)
    except ValueError:
        raise typer.BadParameter("A time of day is written as 02:00.", param_hint="--at") from None


def off(at: Session, name: ConnectionName, *, kind: KindName = Kind.STUDENTS) -> None:
    """Turn a schedule off; its time and year are kept."""
    known = verbs.schedules.find(verbs.connections.find(name), kind.value)
    _set(at, name, kind, known.at, known.year, enabled=False)


def resume(at: Session, name: ConnectionName, *, kind: KindName = Kind.STUDENTS) -> None:
    """End the pause of a schedule, after a run was undone or after failures; its time and year are kept."""
    now = datetime.now(UTC)
    schedule = verbs.schedules.resume(at.actor, verbs.connections.find(name), kind.value, now=now)
    at.answer(_as_data(schedule, now), verbs.schedules.in_words(schedule, now))


def _set(at: Session, name: str, kind: Kind, moment: time, year: int, *, enabled: bool) -> None:
    now = datetime.now(UTC)
    schedule = verbs.schedules.set_schedule(
        at.actor, verbs.connections.find(name), kind.value, at=moment, year=year, enabled=enabled, now=now
    )
    at.answer(_as_data(schedule, now), verbs.schedules.in_words(schedule, now))


def show(at: Session) -> None:
    """List the schedules with their next run."""
    now = datetime.now(UTC)
    found = verbs.schedules.every()
    rows = [(s.connection.name, s.kind, f"{s.at:%H:%M}", verbs.schedules.in_words(s, now)) for s in found]
    at.answer([_as_data(each, now) for each in found], table(("Connection", "Kind", "At", "Next run"), rows))


def _as_data(schedule: "Schedule", now: datetime) -> dict[str, Any]:
    return {
        "connection": schedule.connection.name,
        "kind": schedule.kind,
        "at": f"{schedule.at:%H:%M}",
        "year": schedule.year,
        "on": schedule.enabled,
        "next": verbs.schedules.next_instant(schedule),
        "told": verbs.schedules.in_words(schedule, now),
    }
