"""A run and its plan in sentences."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING

from yellowbus.cli import verbs
from yellowbus.planning.report import change_sentence, counted, reconciliation_line, summary
from yellowbus.records import Outcome

if TYPE_CHECKING:
    from yellowbus.connectors.base import Check
    from yellowbus.planning.report import PlanLine
    from yellowbus.runs.models import Run

SIGNS = {
    Outcome.CREATED: "+", Outcome.UPDATED: "~", Outcome.HELD: "‖", Outcome.FAILED: "!", Outcome.REVIEW: "?",
    Outcome.UNCHANGED: "=", Outcome.SKIPPED: "-",
}  # fmt: skip
_SHOWN_FIELDS = 6


def sentence(run: "Run", *, done: bool) -> str:
    """What the run would do or did, in one sentence."""
    noun = "school" if run.kind == "schools" else "student"
    held = sum(hold.count for hold in verbs.log.holds(run) if hold.state == "waiting")
    return summary(verbs.log.totals(run), held_values=held, done=done, noun=noun)


def changes(run: "Run", limit: int) -> Iterator[str]:
    """The first changes of a plan, a paragraph each. They hold personal values."""
    labels = {
        name: field.label
        for name, field in verbs.students.catalog_of(run.kind, run.connection.instance_id).fields.items()
    }
    for line in islice(verbs.log.plan_lines(run), limit):
        yield _told(line, labels)


def _told(line: "PlanLine", labels: dict[str, str]) -> str:
    head = f"{SIGNS[line.outcome]} {line.district_id} {line.name}".rstrip()
    if line.outcome in (Outcome.FAILED, Outcome.REVIEW):
        return f"{head}: {line.reason}"
    if line.outcome is Outcome.CREATED:
        return f"{head}, {counted(len(line.changes), 'value')}"
    told = [change_sentence(labels.get(name, name), *pair) for name, pair in line.changes.items()]
    return f"{head}: {_some(told)}"


def _some(parts: Iterable[str]) -> str:
    told = list(parts)
    more = len(told) - _SHOWN_FIELDS
    return "; ".join(told[:_SHOWN_FIELDS]) + (f"; and {more} more" if more > 0 else "")


def check_sign(check: "Check") -> str:
    return "✓" if check.ok else ("~" if check.warning else "!")


def plan(run: "Run", limit: int) -> Iterator[str]:
    """What the plan would do: the sentence, why it waits, what is held, what is wrong, and its first changes."""
    yield sentence(run, done=False)
    yield from causes(run)
    yield from changes(run, limit)


def result(run: "Run") -> Iterator[str]:
    """What the run did, with its sync log."""
    yield sentence(run, done=True)
    yield from causes(run)
    yield from map(reconciliation_line, verbs.reconciling.reconciled(run))
    yield effort(run)


def causes(run: "Run") -> Iterator[str]:
    """What waits and what is wrong, each cause once with its number of records and its remedy."""
    for hold in verbs.log.holds(run):
        if hold.state == "waiting":
            yield f"‖ {verbs.log.hold_sentence(hold).sentence}"
    for cause in verbs.causes.causes(run):
        example = "For example: " if cause.example else ""
        yield f"{SIGNS[cause.outcome]} {counted(cause.count, 'record')}. {example}{cause.sentence}"
        if cause.remedy:
            yield f"  {cause.remedy}"


def effort(run: "Run") -> str:
    """How much work the run was."""
    seconds = (run.ended_at - run.started_at).total_seconds() if run.ended_at and run.started_at else 0.0
    return f"{counted(run.requests, 'request')} to the SIS, {counted(run.read, 'record')} read, {seconds:.1f} seconds."
