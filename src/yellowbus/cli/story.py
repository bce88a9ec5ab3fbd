"""A run and its plan in sentences."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any

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
    held = sum(hold.count for hold in verbs.log.holds(run) if hold.state == "waiting")
    totals, noun, word = verbs.log.totals(run), verbs.log.noun(run), verbs.log.word(run)
    return summary(totals, held_values=held, done=done, noun=noun, run=word)


def changes(run: "Run", limit: int) -> Iterator[str]:
    """The first changes of a plan, a paragraph each. They hold personal values."""
    labels = verbs.detail.labels_of(run)
    for line in islice(verbs.log.plan_lines(run), limit):
        yield _told(line, labels)


def _told(line: "PlanLine", labels: dict[str, str]) -> str:
    head = f"{SIGNS[line.outcome]} {line.district_id} {line.name}".rstrip()
    if not line.changes:
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
    yield from verbs.undos.sentences(run)
    yield from causes(run)
    yield from changes(run, limit)


def result(run: "Run") -> Iterator[str]:
    """What the run did, with its sync log."""
    yield sentence(run, done=True)
    yield from verbs.undos.sentences(run)
    yield from causes(run)
    yield from schools(run)
    yield effort(run)


def schools(run: "Run") -> Iterator[str]:
    """One line a school: what the SIS has, what Enroll has, and the differences by name."""
    yield from map(reconciliation_line, verbs.reconciling.reconciled(run))


def records(run: "Run", limit: int) -> Iterator[str]:
    """The first records of the log, a line each."""
    for line in islice(verbs.log.records(run), limit):
        yield f"{line.key} {line.name}: {line.status}, {line.outcome}. {line.sentence}".rstrip()


def causes(run: "Run") -> Iterator[str]:
    """What waits and what is wrong, each cause once with its number of records and its remedy."""
    for hold in verbs.log.holds(run):
        if hold.state == "waiting":
            yield f"‖ {verbs.log.hold_sentence(hold).sentence}"
    for cause in verbs.causes.causes(run):
        sign = "·" if cause.outcome is Outcome.UNCHANGED else SIGNS[cause.outcome]
        example = "For example: " if cause.example else ""
        yield f"{sign} {counted(cause.count, 'record')}. {example}{cause.sentence}"
        if cause.remedy:
            yield f"  {cause.remedy}"


def effort(run: "Run") -> str:
    """How much work it was to read and plan; a person may have taken a day to say yes."""
    seconds = (run.planned_at - run.started_at).total_seconds() if run.planned_at and run.started_at else 0.0
    told = f"{counted(run.read, 'record')} read with {counted(run.requests, 'request')} to the SIS"
    return f"{told} and planned in {seconds:.1f} seconds."


def headline(run: "Run") -> str:
    row = verbs.log.row(run)
    by = f"{row['trigger']} ({row['actor']})"
    word = verbs.log.word(run)
    what = {"export": "Export to", "undo": "Undo through"}.get(word, f"{row['kind'].capitalize()} import of")
    return f"{what} {row['connection']}, {row['status']}: {row['state']}. Started by {by}."


def whatever(run: "Run") -> Iterator[str]:
    """What there is to say of a run that does not wait."""
    if run.state == "done":
        yield from result(run)
    elif run.state == "failed":
        yield from failure(run)
    elif run.planned_at:
        yield sentence(run, done=False)


def waiting(run: "Run") -> Iterator[str]:
    """Why the plan waits, and how to say yes."""
    message = verbs.told.told(run.waits_because, run.error_facts)
    yield message.sentence
    short = str(run.pk)[:8]
    yield f"Look at it: yellowbus runs show {short}. Apply exactly this: yellowbus runs approve {short}"


def failure(run: "Run") -> Iterator[str]:
    """What stopped the run."""
    if run.error_code:
        message = verbs.told.told(run.error_code, run.error_facts)
        yield f"{message.sentence} {message.remedy}".rstrip()
    else:
        yield f"The run is at an end: {verbs.log.row(run)['state']}."


def later(run: "Run") -> Iterator[str]:
    yield from failure(run)
    yield f"No worker is alive; `yellowbus worker` goes on with it after {run.try_after:%H:%M:%S} UTC."


def looks_dangerous(run: "Run") -> bool:
    """Whether the plan waits for more than the usual yes."""
    return run.waits_because == "read-shrank" or any(hold.state == "waiting" for hold in verbs.log.holds(run))


def as_data(run: "Run") -> dict[str, Any]:
    """A run with its holds, causes and schools, for JSON."""
    holds = [
        {
            "field": hold.field,
            "rule": hold.rule,
            "count": hold.count,
            "of": hold.population,
            "state": hold.state,
        }
        for hold in verbs.log.holds(run)
    ]
    causes_ = [
        {
            "code": cause.code, "outcome": cause.outcome.value, "count": cause.count, "sentence": cause.sentence,
            "remedy": cause.remedy,
        }
        for cause in verbs.causes.causes(run)
    ]  # fmt: skip
    counted_schools = [
        {
            "school": line.school, "sis": line.sis, "enroll": line.enroll, "differences": dict(line.differences),
            "unexplained": line.unexplained,
        }
        for line in verbs.reconciling.reconciled(run)
    ]  # fmt: skip
    return verbs.log.row(run) | {"holds": holds, "causes": causes_, "schools": counted_schools}


def change_data(run: "Run", limit: int) -> list[dict[str, Any]]:
    """The first changes of a plan, for JSON."""
    return [
        {
            "school": line.school,
            "id": line.district_id,
            "name": line.name,
            "outcome": line.outcome.value,
            "reason": line.reason,
            "changes": {
                field: {"before": before, "after": after} for field, (before, after) in line.changes.items()
            },
            "held": dict(line.held),
        }
        for line in islice(verbs.log.plan_lines(run), limit)
    ]
