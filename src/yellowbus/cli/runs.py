"""`yellowbus runs`: what happened, what waits, and what to do about it."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from yellowbus.cli import story, verbs
from yellowbus.cli.answers import show_plan, told
from yellowbus.cli.arguments import Limit, RunId
from yellowbus.cli.command import LOOK, Session, Status, command, print_csv, table
from yellowbus.cli.following import follow
from yellowbus.planning.report import counted

if TYPE_CHECKING:
    from yellowbus.runs.log import RecordLine

_LOG_HEADINGS = ("Id", "Name", "School", "Status", "Outcome", "Reason", "What to do")
_SCHOOL = Annotated[str, typer.Option("--school", help="Only of records of this School Code.")]
_RECORDS = Annotated[
    list[str] | None, typer.Option("--record", help="Only of the record with this id; may repeat.")
]
_FIELDS = Annotated[
    list[str] | None, typer.Argument(metavar="[FIELD]...", help="Enroll fields; without one, all.")
]


def register(app: typer.Typer) -> None:
    group = typer.Typer(no_args_is_help=True)
    command(group, "list", example="yellowbus runs list --connection PowerSchool")(list_)
    command(group, "show", example="yellowbus runs show 3f2a91c4")(show)
    command(group, "log", example="yellowbus runs log 3f2a91c4 --outcome failed --csv")(log)
    command(group, "approve", example="yellowbus runs approve 3f2a91c4")(approve)
    command(group, "cancel", example="yellowbus runs cancel 3f2a91c4")(cancel)
    command(group, "resume", example="yellowbus runs resume 3f2a91c4")(resume)
    command(group, "retry", example="yellowbus runs retry 3f2a91c4")(retry)
    command(group, "release", example="yellowbus runs release 3f2a91c4 students.phone")(release)
    command(group, "dismiss", example="yellowbus runs dismiss 3f2a91c4 students.phone")(dismiss)
    app.add_typer(
        group,
        name="runs",
        help="Runs and their Sync Log: list, show, log, approve, cancel, resume, retry, release, dismiss.",
        rich_help_panel=LOOK,
    )


def list_(
    at: Session,
    *,
    connection: Annotated[str, typer.Option(help="Only the runs of this connection.")] = "",
    limit: Limit = 20,
) -> None:
    """List runs, the newest first."""
    only = verbs.connections.find(connection).pk if connection else None
    rows = [verbs.log.row(run) for run in verbs.log.newest(limit, connection=only)]
    headings = ("Run", "Connection", "Kind", "Started", "Status", "State", "Counts")
    at.answer(rows, table(headings, [_cells(row) for row in rows]))


def _cells(row: dict[str, Any]) -> tuple[str, ...]:
    counts = ", ".join(f"{count:,} {outcome}" for outcome, count in row["counts"].items())
    started = f"{row['created_at']:%Y-%m-%d %H:%M}"
    return row["id"][:8], row["connection"], row["kind"], started, row["status"], row["state"], counts


def show(
    at: Session,
    run_id: RunId,
    *,
    changes: Annotated[int, typer.Option(min=0, help="How many changes to show.")] = 5,
) -> None:
    """Show one run: its plan while it waits, else what it did, its causes and its schools."""
    run = verbs.log.find(run_id)
    if run.state == "waiting":
        show_plan(at, run, changes=changes)
        return
    at.answer(story.as_data(run), story.headline(run), *story.whatever(run))


def log(
    at: Session,
    run_id: RunId,
    *,
    outcome: Annotated[
        str, typer.Option(help="Only failed, review, held, created, updated, unchanged or skipped.")
    ] = "",
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV.")] = False,
) -> None:
    """The Sync Log record by record, with reasons and remedies. Records without anything to say are only counted."""
    run = verbs.log.find(run_id)
    lines = verbs.log.records(run, outcome=outcome)
    if as_csv:
        print_csv(_LOG_HEADINGS, map(_log_cells, lines))
        return
    if at.json:
        at.stream(_log_data(lines))
        return
    at.answer(None, table(_LOG_HEADINGS, map(_log_cells, lines)))


def _log_data(lines: "Iterator[RecordLine]") -> Iterator[dict[str, Any]]:
    for line in lines:
        yield asdict(line) | {"sentence": line.sentence, "remedy": line.remedy}


def _log_cells(line: "RecordLine") -> tuple[str, ...]:
    return line.key, line.name, line.school, line.status, line.outcome, line.sentence, line.remedy


def approve(at: Session, run_id: RunId) -> Status:
    """Say yes to a plan that waits: exactly its rows are applied."""
    run = verbs.log.find(run_id)
    verbs.order.approve(at.actor, run.pk)
    return told(at, follow(at, run))


def cancel(at: Session, run_id: RunId) -> None:
    """Stop a run. What is applied stays, the rest stays due."""
    run = verbs.log.find(run_id)
    verbs.order.cancel(at.actor, run.pk)
    at.answer({"run": str(run.pk), "cancelled": True}, f"Run {str(run.pk)[:8]} is cancelled.")


def resume(at: Session, run_id: RunId) -> Status:
    """Take a failed run up again where it stopped."""
    run = verbs.log.find(run_id)
    verbs.order.resume(at.actor, run.pk)
    return told(at, follow(at, run))


def retry(at: Session, run_id: RunId) -> Status:
    """Import again only what is due because of a run: failed, partial and held records."""
    again = verbs.outstanding.retry(at.actor, verbs.log.find(run_id))
    return told(at, follow(at, again))


def release(
    at: Session, run_id: RunId, fields: _FIELDS = None, *, school: _SCHOOL = "", records: _RECORDS = None
) -> Status:
    """Let held changes go. While the plan waits they join it; afterwards a new run takes them up."""
    run = verbs.log.find(run_id)
    if school or records:
        part = verbs.holding.part_of(run, school=school, keys=records or ())
        released = verbs.holding.release_part(at.actor, run, part, fields or ())
    else:
        released = verbs.outstanding.release_holds(at.actor, run, fields or ())
    if released.pk == run.pk:
        run.refresh_from_db()
        show_plan(at, run, changes=0)
        return Status.DONE
    return told(at, follow(at, released))


def dismiss(
    at: Session, run_id: RunId, fields: _FIELDS = None, *, school: _SCHOOL = "", records: _RECORDS = None
) -> None:
    """Say that held changes are not to be made. Enroll keeps what it has, and their records are due no more."""
    run = verbs.log.find(run_id)
    if school or records:
        part = verbs.holding.part_of(run, school=school, keys=records or ())
        count = verbs.holding.dismiss_part(at.actor, run, part, fields or ())
    else:
        count = verbs.outstanding.dismiss_holds(at.actor, run, fields or ())
    at.answer({"dismissed": count}, f"{counted(count, 'held change')} dismissed. Enroll keeps what it has.")
