"""`yellowbus undo`: put back what a run wrote."""

from typing import Annotated

import typer

from yellowbus.cli import story, verbs
from yellowbus.cli.answers import told
from yellowbus.cli.arguments import RunId
from yellowbus.cli.command import LOOK, Session, Status, command
from yellowbus.cli.following import follow

_CHANGES = 10


def register(app: typer.Typer) -> None:
    command(app, "undo", example="yellowbus undo 3f2a91c4 --student 104233", panel=LOOK)(undo)


def undo(
    at: Session,
    run_id: RunId,
    *,
    student: Annotated[
        str, typer.Option(metavar="ID", help="Only this student, by the id that the record had in the run.")
    ] = "",
    field: Annotated[str, typer.Option(metavar="NAME", help="Only this field, such as students.phone.")] = "",
    yes: Annotated[bool, typer.Option("--yes", help="Go on from the plan without asking.")] = False,
) -> Status:
    """Put back what a run wrote: all of it, one student, one field. What was changed since is named and left.

    Without --yes the plan is shown and waits: status 3, and yellowbus runs approve applies it. To undo an undo, name its
    run.
    """
    undone = verbs.log.find(run_id)
    whom = verbs.undo_orders.student_of(undone, student) if student else None
    ordered = verbs.undo_orders.order_undo(at.actor, undone, student=whom, field=field, yes=yes)
    run = follow(at, ordered)
    if run.state != "waiting":
        return told(at, run)
    data = story.as_data(run) | {"changes": story.change_data(run, _CHANGES)}
    at.answer(data, *story.plan(run, _CHANGES), *story.waiting(run))
    return Status.HELD
