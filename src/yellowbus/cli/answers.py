"""What a command that runs something answers: the plan while it waits, else what became of it."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from yellowbus.cli import story, verbs
from yellowbus.cli.command import Session, Status
from yellowbus.cli.following import put_off

if TYPE_CHECKING:
    from yellowbus.runs.models import Run


def show_plan(at: Session, run: "Run", *, changes: int, csv: Path | None = None) -> None:
    """The plan in sentences with its first changes; all of it into a file where one is named."""
    if csv is not None:
        with csv.open("w", encoding="utf-8", newline="") as file:
            file.writelines(verbs.report.plan_csv(verbs.log.plan_lines(run)))
        at.say(f"The whole plan is in {csv}.")
    data = story.as_data(run) | {"changes": story.change_data(run, changes)}
    at.answer(data, *story.plan(run, changes))


def told(at: Session, run: "Run") -> Status:
    """What became of a run, and the exit status that says so."""
    if run.state == "waiting":
        at.answer(story.as_data(run), *story.plan(run, 0), *story.waiting(run))
        return Status.HELD
    if run.state == "done":
        at.answer(story.as_data(run), *story.result(run))
        return Status.DONE
    data: dict[str, Any] = story.as_data(run)
    at.answer(data, *(story.later(run) if put_off(run) else story.failure(run)))
    return Status.FAILED
