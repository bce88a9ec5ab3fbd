"""`yellowbus registrations`: what families have registered, and feeding it from another enrollment platform."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TextIO

import typer

from yellowbus.cli import verbs
from yellowbus.cli.arguments import Instance, InstanceName, Limit, instance_of
from yellowbus.cli.command import LOOK, Session, Status, command, table
from yellowbus.errors import NeedsAdmin
from yellowbus.planning.report import counted

if TYPE_CHECKING:
    from yellowbus.enroll.intake import Fault, Taken
    from yellowbus.enroll.registrations import Row

_ID = Annotated[str, typer.Argument(metavar="ID", help="The registration's id.")]
_HEADINGS = ("Id", "Name", "School", "Grade", "Year", "Type", "Status", "Last sync", "Student number")


def register(app: typer.Typer) -> None:
    group = typer.Typer(no_args_is_help=True)
    command(group, "list", example="yellowbus registrations list --status approved --sync failed")(list_)
    command(group, "import", example="yellowbus registrations import registrations.jsonl")(import_)
    command(group, "set-status", example="yellowbus registrations set-status R-1001 approved")(set_status)
    command(group, "set-entry-date", example="yellowbus registrations set-entry-date R-1001 2026-09-01")(
        set_entry_date
    )
    app.add_typer(
        group,
        name="registrations",
        help="What families have registered: list, import, set-status, set-entry-date.",
        rich_help_panel=LOOK,
    )


def list_(
    at: Session,
    *,
    instance: InstanceName = Instance.PRODUCTION,
    year: Annotated[int, typer.Option(help="Only of this school year, by its starting year.")] = 0,
    school: Annotated[str, typer.Option(help="Only of this School Code.")] = "",
    grade: Annotated[str, typer.Option(help="Only of this grade.")] = "",
    status: Annotated[
        str, typer.Option(help="in-progress, submitted, approved, denied, withdrawn or superseded.")
    ] = "",
    sync: Annotated[
        str, typer.Option(help="State of the last sync: succeeded, partial, failed, review or never.")
    ] = "",
    text: Annotated[str, typer.Option(help="Part of a name, or the beginning of an id.")] = "",
    limit: Limit = 50,
) -> None:
    """List registrations, the newest first, with the state of their last sync."""
    wanted = verbs.registrations.Wanted(text, year, school, grade, status, sync)
    rows, total = verbs.registrations.listed(instance_of(at.organization, instance), wanted, most=limit)
    at.answer([asdict(row) for row in rows], table(_HEADINGS, map(_cells, rows)))
    if total > len(rows):
        at.say(f"{total - len(rows):,} more; --limit shows them.")


def _cells(row: "Row") -> tuple[object, ...]:
    kind, sync = ("returning" if row.returning else "new"), row.sync_state or "never"
    return row.external_id, row.name, row.school, row.grade, row.year, kind, row.status, sync, row.sis_key


def import_(
    at: Session,
    file: Annotated[Path, typer.Argument(help="JSON lines, a registration each; - is standard input.")],
    *,
    instance: InstanceName = Instance.PRODUCTION,
) -> Status:
    """Take registrations in from another enrollment platform. With any fault in the file nothing is kept."""
    site = instance_of(at.organization, instance)
    with _lines(file) as lines:
        taken = verbs.intake.take_in_lines(at.actor, site, lines)
    at.answer(_data(taken), *_told(taken))
    return Status.FAILED if taken.faults else Status.DONE


@contextmanager
def _lines(file: Path) -> Iterator[TextIO]:
    try:
        with nullcontext(sys.stdin) if str(file) == "-" else file.open(encoding="utf-8") as opened:
            yield opened
    except OSError as error:
        raise NeedsAdmin("document-not-read", file=file, reason=error.strerror) from None
    except UnicodeDecodeError:
        raise NeedsAdmin("document-not-read", file=file, reason="it is not in UTF-8") from None


def _data(taken: "Taken") -> dict[str, Any]:
    faults = [
        {"line": each.line, "field": each.field, "code": each.code, "sentence": _sentence(each)}
        for each in taken.faults
    ]
    counts = {"created": taken.created, "updated": taken.updated, "unchanged": taken.unchanged}
    return counts | {"faults": faults}


def _told(taken: "Taken") -> Iterator[str]:
    for each in taken.faults:
        yield f"line {each.line}{f', {each.field}' if each.field else ''}: {_sentence(each)}"
    if taken.faults:
        yield f"{counted(len(taken.faults), 'fault')}. Nothing was kept."
        return
    yield f"{counted(taken.created, 'registration')} new, {taken.updated:,} changed, {taken.unchanged:,} as before."


def _sentence(fault: "Fault") -> str:
    message = verbs.told.told(fault.code, fault.facts)
    return f"{message.sentence} {message.remedy}".strip()


def set_status(
    at: Session,
    key: _ID,
    status: Annotated[
        str, typer.Argument(help="in-progress, submitted, approved, denied, withdrawn or superseded.")
    ],
    *,
    instance: InstanceName = Instance.PRODUCTION,
) -> None:
    """Approve a registration, withdraw it, and so on. Nothing is ever deleted in the SIS for it."""
    verbs.intake.set_status(at.actor, instance_of(at.organization, instance), key, status)
    at.answer({"registration": key, "status": status}, f"Registration {key} is {status} now.")


def set_entry_date(
    at: Session,
    key: _ID,
    day: Annotated[str, typer.Argument(help="YYYY-MM-DD, or none for the rule.")],
    *,
    instance: InstanceName = Instance.PRODUCTION,
) -> None:
    """Choose the day of entry into the school; none lets the rule decide: first day of school, or today."""
    try:
        chosen = None if day == "none" else date.fromisoformat(day)
    except ValueError:
        raise typer.BadParameter("A day is written YYYY-MM-DD.", param_hint="DAY") from None
    verbs.intake.set_entry_date(at.actor, instance_of(at.organization, instance), key, chosen)
    at.answer(
        {"registration": key, "entry_date": chosen},
        f"Registration {key} enters on {chosen or 'the day of the rule'}.",
    )
