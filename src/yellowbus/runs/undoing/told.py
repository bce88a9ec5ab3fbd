"""An undo in sentences, for its page and for the command line. Without a personal value. Reads only."""

from collections.abc import Iterator

from yellowbus.planning.report import counted
from yellowbus.runs import detail, log
from yellowbus.runs.models import Run, Undoing
from yellowbus.runs.undoing import staged
from yellowbus.runs.undoing.order import undoing_of
from yellowbus.setup.models import Schedule

_DOES = {
    staged.VALUES: "Values of {records} are put back.",
    staged.REMOVES: "{records} that the run added and that nothing else touched: removed.",
    staged.ARCHIVES: "{records} that the run added and that something else touched since: archived.",
    staged.RETURNS: "{records} that the undo removed: brought back.",
    staged.UNARCHIVES: "{records} that the undo archived: active again.",
}


def sentences(run: Run) -> list[str]:
    """What an undo takes back, what that comes to, and what happens next. Nothing of another run."""
    undoing = undoing_of(run.pk)
    if undoing is None:
        return []
    return [_takes_back(run, undoing), *_comes_to(run), *_next(run, undoing)]


def _takes_back(run: Run, undoing: Undoing) -> str:
    label = detail.labels_of(run).get(undoing.field, undoing.field)
    what = f"“{label}”" if undoing.field else "every field"
    whom = f"all {log.noun(run)}s" if undoing.student_id is None else f"one {log.noun(run)}"
    if undoing.undoes is None:
        return f"It takes back {what} of {whom}; the run that it undoes is no longer on record."
    of = log.word(undoing.undoes)
    started = f"{undoing.undoes.created_at:%Y-%m-%d %H:%M} UTC"
    return f"It takes back {what} of {whom} in the {of} of {started} by {undoing.undoes.actor}."


def _comes_to(run: Run) -> Iterator[str]:
    if run.planned_at is None:
        return
    does = staged.counted(run.pk)
    for basis, sentence in _DOES.items():
        if count := does.get(basis, 0):
            yield sentence.format(records=counted(count, log.noun(run)))
    skipped = log.outcomes(run).get("skipped", 0)
    if skipped:
        yield f"{counted(skipped, log.noun(run))} cannot be put back and stay as they are; the causes name why."


def _next(run: Run, undoing: Undoing) -> Iterator[str]:
    if undoing.redo:
        yield "What the undo had kept back flows again as the SIS has it."
    elif not undoing.whole:
        yield "These values stay put until the SIS has other ones; the schedule goes on."
        yield from _added_again(run)
    else:
        if Schedule.objects.filter(connection=run.connection_id, kind=run.kind, enabled=True).exists():
            yield "The schedule is paused until a person resumes it."
        yield "The next import would bring the changes of that run again: mend the mapping or the SIS first."


def _added_again(run: Run) -> Iterator[str]:
    if staged.counted(run.pk).get(staged.REMOVES):
        yield "A student that is removed is added again by the next import while the SIS has it."
