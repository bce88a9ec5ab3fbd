"""`yellowbus notices` and `purge`: what changed with the connections, and what is older than it is kept."""

from dataclasses import asdict
from typing import Annotated, Any

import typer

from yellowbus.cli import verbs
from yellowbus.cli.command import LOOK, PROGRAM, Session, command, table
from yellowbus.planning.report import counted


def register(app: typer.Typer) -> None:
    command(app, "notices", example="yellowbus notices --all", panel=LOOK)(notices)
    command(app, "purge", example="yellowbus purge --dry-run", panel=PROGRAM)(purge)


def notices(
    at: Session,
    *,
    every: Annotated[bool, typer.Option("--all", help="Also what is over, of the last 30 days.")] = False,
) -> None:
    """Say which connections failed, wait, are paused, late or about to lose their access; each change once."""
    known, now = verbs.connections.every(), verbs.purging.present()
    lines = verbs.notices.recent(known, now) if every else verbs.notices.standing(known)
    rows = [
        (x.connection, x.word, f"{x.since:%Y-%m-%d %H:%M}", _ended(x), str(x.run or "")[:8], x.said.sentence)
        for x in lines
    ]
    told = table(("Connection", "Notice", "Since", "Over", "Run", "What"), rows)
    at.answer([_data(line) for line in lines], told if rows else "Nothing to tell.")
    if not verbs.letters.is_on():
        at.say("No mail server is named (YELLOWBUS_SMTP), so notices are not mailed.")


def _ended(line: Any) -> str:
    return f"{line.ended_at:%Y-%m-%d %H:%M}" if line.ended_at else "open"


def _data(line: Any) -> dict[str, Any]:
    return {
        "connection": line.connection,
        "kind": line.kind,
        "since": line.since,
        "ended_at": line.ended_at,
        "run": str(line.run) if line.run else None,
        **asdict(line.said),
    }


def purge(
    at: Session,
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only count, delete nothing.")] = False,
) -> None:
    """Delete now what the coming nights would: values of records and runs that are older than they are kept.

    Without this command it is done each night. What is still due, waits or is under way stays.
    """
    now = verbs.purging.present()
    if dry_run:
        found = verbs.purging.would_delete(at.organization, now)
    else:
        found = verbs.purging.purge(at.actor, at.organization, now)
    limit = verbs.purging.today(at.organization, now)
    did = "Would delete" if dry_run else "Deleted"
    at.answer(
        {
            "dry_run": dry_run,
            **asdict(found),
            "values_before": limit.values_since,
            "runs_before": limit.runs_since,
        },
        f"{did} the values of {counted(found.rows, 'record')} of {counted(found.emptied, 'run')}"
        f" before {limit.values_since}, and {counted(found.runs, 'whole run')} before {limit.runs_since}.",
    )
