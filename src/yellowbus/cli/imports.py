"""`yellowbus plan` and `yellowbus import`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from yellowbus.cli import story, verbs
from yellowbus.cli.answers import show_plan, told
from yellowbus.cli.arguments import ConnectionName, Kind, KindName, Year, year_for_import
from yellowbus.cli.command import IMPORT, Session, Status, command
from yellowbus.cli.exports import send_registration
from yellowbus.cli.following import follow
from yellowbus.planning.report import counted

if TYPE_CHECKING:
    from yellowbus.runs.models import Run

_CSV = Annotated[Path | None, typer.Option("--csv", help="Write the whole plan to this file.")]
_CHANGES = Annotated[int, typer.Option("--changes", min=0, help="How many changes to show.")]


def register(app: typer.Typer) -> None:
    command(app, "plan", example="yellowbus plan PowerSchool --csv plan.csv", panel=IMPORT)(plan)
    command(app, "send-record", example="yellowbus send-record PowerSchool 104233", panel=IMPORT)(send_record)
    command(app, "import", example="yellowbus import PowerSchool --yes", panel=IMPORT)(import_)


def plan(
    at: Session,
    name: ConnectionName,
    *,
    kind: KindName = Kind.STUDENTS,
    year: Year = 0,
    csv: _CSV = None,
    changes: _CHANGES = 10,
) -> Status:
    """Read the SIS and show what an import would do. Nothing is written to Enroll.

    Status 3 says that a part of the plan looks like an accident and waits for a person.
    """
    run = follow(at, _ordered(at, name, kind, year, yes=False))
    if run.state != "waiting":
        return told(at, run)
    show_plan(at, run, changes=changes, csv=csv)
    at.say(f"Apply exactly this: yellowbus runs approve {str(run.pk)[:8]}")
    return Status.HELD if story.looks_dangerous(run) else Status.DONE


def import_(
    at: Session,
    name: ConnectionName,
    *,
    kind: KindName = Kind.STUDENTS,
    year: Year = 0,
    yes: Annotated[bool, typer.Option("--yes", help="Go on from the plan without asking.")] = False,
) -> Status:
    """Import schools or students: read, plan, apply. Without --yes a person is asked to look at the plan first.

    Status 3 says that the plan waits for a person: yellowbus runs approve.
    """
    run = follow(at, _ordered(at, name, kind, year, yes=yes))
    if run.state == "waiting" and at.interactive:
        show_plan(at, run, changes=5)
        if at.confirm(f"Apply {counted(verbs.detail.writes(run), 'change')}?"):
            verbs.order.approve(at.actor, run.pk)
            follow(at, run)
    return told(at, run)


def send_record(
    at: Session,
    name: ConnectionName,
    student: Annotated[
        str,
        typer.Argument(help="The id that people see in the SIS; with --export the registration's id."),
    ],
    *,
    year: Year = 0,
    yes: Annotated[bool, typer.Option("--yes", help="OK, Continue: send it without asking.")] = False,
    export: Annotated[
        bool, typer.Option("--export", help="Send one registration to the SIS instead.")
    ] = False,
    typed: Annotated[
        str, typer.Option("--name", help="The student's name, which a production SIS asks for.")
    ] = "",
) -> Status:
    """Send one student the whole way, shown field by field before it goes. Logged as a test.

    Status 3 says that it waits for a yes: yellowbus runs approve.
    """
    connection = verbs.connections.find(name)
    if export:
        return send_registration(at, connection, student, year=year, yes=yes, name=typed)
    chosen = year_for_import(connection.instance_id, year)
    run = follow(at, verbs.order.order(at.actor, connection, "students", year=chosen, trial=student))
    if run.state != "waiting":
        return told(at, run)
    if not (yes or at.interactive):
        show_plan(at, run, changes=1)
        return Status.HELD
    if at.interactive:
        show_plan(at, run, changes=1)
    if yes or at.confirm("OK, Continue?"):
        verbs.order.approve(at.actor, run.pk)
        follow(at, run)
    return told(at, run)


def _ordered(at: Session, name: str, kind: Kind, year: int, *, yes: bool) -> "Run":
    connection = verbs.connections.find(name)
    chosen = year_for_import(connection.instance_id, year)
    return verbs.order.order(at.actor, connection, kind.value, year=chosen, yes=yes)
