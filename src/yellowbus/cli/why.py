"""`yellowbus why` and `timeline`: where a value came from, and what happened to a student."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from yellowbus.cli import verbs
from yellowbus.cli.arguments import Instance, InstanceName, Year, instance_of, year_to_show
from yellowbus.cli.command import LOOK, Session, command, table
from yellowbus.errors import NeedsAdmin

if TYPE_CHECKING:
    from yellowbus.runs.timeline import Event
    from yellowbus.runs.why import Why

_STUDENT = Annotated[str, typer.Argument(metavar="ID", help="The Student District ID.")]


def register(app: typer.Typer) -> None:
    command(app, "why", example="yellowbus why 200003 students.dob", panel=LOOK)(why)
    command(app, "timeline", example="yellowbus timeline 200003", panel=LOOK)(timeline)


def _student(instance: int, key: str) -> int:
    found = next(verbs.students.documents(instance, 0, district_id=key), None)
    if found is None:
        raise NeedsAdmin("student-gone")
    return int(found["students.id"])


def why(
    at: Session,
    key: _STUDENT,
    field: Annotated[str, typer.Argument(help="A field by its catalog name, such as students.dob.")],
    *,
    instance: InstanceName = Instance.PRODUCTION,
    year: Year = 0,
) -> None:
    """Tell why a student has this value: the run, the record, the mapping and the value after each of its steps."""
    site = instance_of(at.organization, instance)
    found = verbs.why.why(at.actor, site, _student(site, key), field, year=year_to_show(site, year))
    at.answer(_data(found), *_told(found))


def _data(found: "Why") -> dict[str, Any]:
    run = found.run
    return {
        "field": found.name,
        "value": found.value,
        "before": found.before,
        "source": found.trace.source if found.trace else None,
        "start": found.trace.start if found.trace else None,
        "steps": [{"step": title, "value": value} for title, value in found.steps],
        "mapped_again": found.replayed,
        "run": str(run.pk) if run else None,
        "at": found.at,
        "connection": run.connection.name if run else None,
        "mapping_version": run.mapping.number if run else None,
        "mapping_author": run.mapping.author if run else None,
        "approved_by": run.approved_by if run else None,
        "note": found.note.sentence if found.note else "",
    }


def _told(found: "Why") -> Iterator[object]:
    yield f"{found.label}: {found.value or '(blank)'}"
    if found.note:
        yield f"{found.note.sentence} {found.note.remedy}"
    if found.run is None:
        return
    did = "Put back" if found.put_back else "Written"
    yield (
        f"{did} by run {found.run.pk} through {found.run.connection.name}, ended {found.at:%Y-%m-%d %H:%M} UTC;"
        f" mapping version {found.run.mapping.number} by {found.run.mapping.author};"
        f" approved by {found.run.approved_by or 'the schedule'}; before: {found.before or '(blank)'}"
    )
    if found.trace:
        start = (
            [(f"In the SIS: {found.trace.source}", found.trace.start or "(blank)")]
            if found.trace.source
            else []
        )
        yield table(("Step", "Value after it"), [*start, *found.steps])


def timeline(at: Session, key: _STUDENT, *, instance: InstanceName = Instance.PRODUCTION) -> None:
    """Tell what imports and people did to one student, the newest first."""
    site = instance_of(at.organization, instance)
    events = verbs.timeline.timeline(at.actor, site, _student(site, key))
    rows = [(f"{e.at:%Y-%m-%d %H:%M}", e.says, e.who, e.status, _fields(e)) for e in events]
    at.answer([_event(each) for each in events], table(("At (UTC)", "What", "Who", "Status", "Fields"), rows))


def _fields(event: "Event") -> str:
    wrong = [problem.sentence for problem in event.problems]
    return "; ".join(
        [*wrong, *(f"{line.label}: {line.before or ''} → {line.after or ''}" for line in event.lines)]
    )


def _event(event: "Event") -> dict[str, Any]:
    return {
        "at": event.at,
        "says": event.says,
        "who": event.who,
        "run": str(event.run.pk) if event.run else None,
        "outcome": event.outcome,
        "status": event.status,
        "fields": [asdict(line) for line in event.lines],
        "problems": [problem.sentence for problem in event.problems],
    }
