"""`yellowbus export`, and what belongs to it: approved registrations go to the SIS."""

from dataclasses import asdict, replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from yellowbus.cli import verbs
from yellowbus.cli.answers import show_plan, told
from yellowbus.cli.arguments import ConnectionName, Year, year_to_show
from yellowbus.cli.command import EXPORT, Session, Status, command
from yellowbus.cli.following import follow
from yellowbus.planning.enrolling import EnrollAs, Returning
from yellowbus.planning.report import counted

if TYPE_CHECKING:
    from yellowbus.setup.export_options import ExportOptions
    from yellowbus.setup.models import Connection


class Site(StrEnum):
    """Whose records stand in the SIS."""

    PRODUCTION = "production"
    TEST = "test"


_CSV = Annotated[Path | None, typer.Option("--csv", help="Write the whole plan to this file.")]


def register(app: typer.Typer) -> None:
    command(app, "export", example="yellowbus export PowerSchool --plan", panel=EXPORT)(export)
    decide_example = "yellowbus export-decide PowerSchool R-1001 --student 200003"
    command(app, "export-decide", example=decide_example, panel=EXPORT)(decide)
    options_example = "yellowbus export-options PowerSchool --status pre-registered"
    command(app, "export-options", example=options_example, panel=EXPORT)(options)


def export(
    at: Session,
    name: ConnectionName,
    *,
    year: Year = 0,
    only: Annotated[
        list[str] | None, typer.Option("--only", help="Only this registration, by its id; repeat it.")
    ] = None,
    plan: Annotated[
        bool, typer.Option("--plan", help="Stop at the plan: nothing is written to the SIS.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Go on from the plan without asking.")] = False,
    csv: _CSV = None,
) -> Status:
    """Export the approved registrations of the connection's schools: plan, write, read back.

    Without --yes a person is asked to look at the plan first. Status 3 says that it waits: yellowbus runs approve.
    """
    connection = verbs.connections.find(name)
    run = verbs.exports.order_export(
        at.actor,
        connection,
        year=year_to_show(connection.instance_id, year),
        yes=yes and not plan,
        only=only or None,
    )
    follow(at, run)
    if run.state == "waiting" and (plan or at.interactive):
        show_plan(at, run, changes=10 if plan else 5, csv=csv)
        if plan:
            return Status.DONE
        if at.confirm(f"Write {counted(verbs.detail.writes(run), 'student')} to the SIS?"):
            verbs.order.approve(at.actor, run.pk)
            follow(at, run)
    return told(at, run)


def send_registration(
    at: Session, connection: "Connection", key: str, *, year: int, yes: bool, name: str
) -> Status:
    """Send Record of one registration: planned, shown, confirmed; towards a production SIS with the student's name."""
    found = verbs.intake.find(connection.instance_id, key)
    run = verbs.exports.order_export(at.actor, connection, year=year or found.year, trial=key)
    if follow(at, run).state != "waiting":
        return told(at, run)
    if at.interactive or not (yes or name):
        show_plan(at, run, changes=1)
    typed = name
    if not typed and at.interactive and verbs.exports.must_type_name(connection):
        typed = typer.prompt(f"Type the student's name to send the record ({found.name})", err=True)
    if not (typed or yes or at.confirm("OK, Continue?")):
        return Status.HELD
    verbs.exports.approve_trial(at.actor, run.pk, name=typed, expected=found.name)
    return told(at, follow(at, run))


def decide(
    at: Session,
    name: ConnectionName,
    key: Annotated[str, typer.Argument(metavar="ID", help="The registration's id.")],
    *,
    student: Annotated[
        str, typer.Option(help="It is this student of the SIS, by the number that people see.")
    ] = "",
    new: Annotated[bool, typer.Option("--new", help="It is none of those shown.")] = False,
    returning: Annotated[
        Returning | None, typer.Option(help="What to do with a student who comes back.")
    ] = None,
) -> None:
    """Say who the child of a registration is in the SIS, or what to do with a student who comes back. Kept for later."""
    connection = verbs.connections.find(name)
    if not (student or new or returning):
        found = verbs.identities.waiting(connection, key)
        at.answer(asdict(found), *(each.sentence for each in found.candidates))
        return
    said = student or ("" if new else None)
    verbs.identities.decide(at.actor, connection, key, student=said, returning=returning)
    at.answer({"registration": key}, f"Registration {key} is decided; the next export goes by it.")


def options(
    at: Session,
    name: ConnectionName,
    *,
    status: Annotated[EnrollAs | None, typer.Option(help="The status of a new student.")] = None,
    returning: Annotated[
        Returning | None, typer.Option(help="What to do with a student who comes back.")
    ] = None,
    accept_exact: Annotated[
        bool | None,
        typer.Option(help="Take the one student with the same names and birth date without asking."),
    ] = None,
    sis: Annotated[Site | None, typer.Option(help="Whose records stand in the SIS.")] = None,
    allow_sandbox: Annotated[
        bool | None, typer.Option(help="Let a Sandbox of Enroll write into a production SIS.")
    ] = None,
) -> None:
    """Show how a connection exports, or set what is named."""
    connection = verbs.connections.find(name)
    before = verbs.export_options.read_export_options(connection)
    given: dict[str, Any] = {
        "status": status, "returning": returning, "accept_exact": accept_exact, "allow_sandbox": allow_sandbox,
        "sis": verbs.export_options.SisSite(sis.value) if sis else None,
    }  # fmt: skip
    after = replace(before, **{name: value for name, value in given.items() if value is not None})
    if after != before:
        verbs.export_options.set_export_options(at.actor, connection, after)
    at.answer(_as_data(after), *_told(after))


def _as_data(options: "ExportOptions") -> dict[str, Any]:
    return {name: getattr(value, "value", value) for name, value in asdict(options).items()}


def _told(options: "ExportOptions") -> list[str]:
    exact = "is taken" if options.accept_exact else "is shown to a person"
    sandbox = "may" if options.allow_sandbox else "may not"
    return [
        f"New students: {options.status.value}. Students who come back: {options.returning.value}.",
        f"One student with the same names and birth date {exact}.",
        f"The SIS is {options.sis.value}; a Sandbox of Enroll {sandbox} write into production.",
    ]
