"""Step 3: write what was planned, one student after the other: look again, write, keep the ids, contacts, read back.

What changed since the plan was made, here or there, is left out and stays due. Whatever was written before a crash is
known by its receipt, or looked up (`intents`).
"""

from dataclasses import dataclass, field, replace
from typing import Any, Final

from django.db import transaction

from yellowbus.connectors.writing import Held, Receipt, Sought, StudentWrite, Writer
from yellowbus.enroll import registrations
from yellowbus.enroll.registrations import Form
from yellowbus.errors import NotUnderstood, OutcomeUnknown, RecordError
from yellowbus.mapping.compile import Mapped
from yellowbus.planning.recognise import Doubt, Nobody, Same, is_exact
from yellowbus.records import Outcome, Problem
from yellowbus.runs.claim import Claim
from yellowbus.runs.exporting import intents
from yellowbus.runs.exporting.classify import child_of, recognised, sought
from yellowbus.runs.exporting.groups import complete_groups
from yellowbus.runs.exporting.planned import Planned, lost, plain
from yellowbus.runs.exporting.read_back import compare
from yellowbus.runs.exporting.targets import Values, by_place, place_of
from yellowbus.runs.exporting.terms import Terms
from yellowbus.runs.exporting.write_contacts import Student, write_contacts
from yellowbus.runs.models import Change, Run, State

_WRITES: Final = (Outcome.CREATED.value, Outcome.UPDATED.value, Outcome.HELD.value)
_SYNC = {
    Outcome.CREATED.value: "succeeded",
    Outcome.UPDATED.value: "succeeded",
    Outcome.UNCHANGED.value: "succeeded",
    Outcome.HELD.value: "partial",
    Outcome.FAILED.value: "failed",
    Outcome.REVIEW.value: "review",
}
CHANGED_SINCE = "export-changed-since"


@dataclass(slots=True)
class Desk:
    """Everything that the writing of one run has at hand."""

    run: Run
    writer: Writer
    terms: Terms
    claim: Claim


@dataclass(slots=True)
class Result:
    """What became of one registration."""

    outcome: str
    reason: str = ""
    problems: list[Problem] = field(default_factory=list)
    left_out: str = ""


class NotDone(Exception):
    """The registration goes no further now; `result` says why."""

    def __init__(self, result: Result) -> None:
        super().__init__(result.reason)
        self.result = result


def write(run: Run, writer: Writer, terms: Terms, claim: Claim) -> None:
    """Write from where the run is to the end of its plan."""
    desk = Desk(run, writer, terms, claim)
    rows = Change.objects.filter(run=run).order_by("seq")
    while (change := rows.filter(seq__gt=run.applied_through).first()) is not None:
        change.run = run
        _keep(desk, change, _deliver(desk, change))
        run.applied_through = change.seq


def _deliver(desk: Desk, change: Change) -> Result:
    """The whole way of one registration."""
    result = Result(change.outcome, change.reason)
    try:
        if change.outcome in _WRITES:
            _send(desk, change, result)
        elif change.outcome == Outcome.UNCHANGED.value:
            _keep_known_ids(desk, change)
    except NotDone as over:
        return over.result
    except RecordError as error:
        return _refused(desk, error)
    return result


def _send(desk: Desk, change: Change, result: Result) -> None:
    form, mapped = _still_as_planned(desk, change)
    planned = Planned.of_row(change.plan)
    receipt = _student(desk, change, form, planned)
    held = _look_for(desk, receipt.remote)  # once: for its number, and to be compared
    receipt = _with_key(desk, form, receipt, held)
    student = Student(receipt.remote, receipt.key, form, planned)
    result.problems += receipt.warnings
    result.problems += write_contacts(desk, change, student, by_place(mapped.values))
    desk.claim.stay()
    result.problems += compare(desk, change, receipt.remote, held)


def _still_as_planned(desk: Desk, change: Change) -> tuple[Form, Mapped]:
    """The registration, which must be the one that was planned; so must what the mapping makes of it, given with it."""
    form = registrations.form(change.seq)
    if form is None or form.version != change.version or form.status != registrations.APPROVED:
        raise NotDone(_left_out())
    mapped = desk.terms.map(form)
    if form.school not in desk.terms.assigned or mapped.failed:
        raise NotDone(_left_out())
    return form, mapped


def _left_out() -> Result:
    return Result(Outcome.SKIPPED.value, CHANGED_SINCE, left_out=CHANGED_SINCE)


def _refused(desk: Desk, error: RecordError) -> Result:
    """The SIS refused the student: every field that it named is told."""
    label = desk.terms.targets.label
    problems = [
        Problem("export-field-refused", name, {"field": label(name), "code": code}, warning=False)
        for name, code in error.refused
    ]
    whole = Problem(error.code, "", error.facts)
    return Result(Outcome.FAILED.value, error.code, [whole, *problems])


# --- the student ---


def _student(desk: Desk, change: Change, form: Form, planned: Planned) -> Receipt:
    """The student as it now stands in the SIS, its ids kept in Enroll."""
    earlier = intents.done(desk.run.pk, form.id, 0)
    if planned.remote:
        return earlier or _update(desk, change, form, planned)
    # A receipt from before a crash: what comes after it may be missing.
    receipt = earlier or _create(desk, change, form, planned)
    if intents.is_open(desk.terms.connection, form.id):
        _refuse_two(desk, form)
    return receipt


def _with_key(desk: Desk, form: Form, receipt: Receipt, held: Held | None) -> Receipt:
    """With the number that people see, which not every SIS tells at once; kept in Enroll as well."""
    if receipt.key:
        return receipt
    if held is None:
        raise NotDone(_left_out())
    whole = replace(receipt, key=held.key)
    _refuse_conflict(_keeper(desk, form)(whole))
    return whole


def _create(desk: Desk, change: Change, form: Form, planned: Planned) -> Receipt:
    """Nobody like the child may be there now, as nobody was when it was planned."""
    unanswered = intents.unanswered_create(desk.terms.connection, form.id)
    seen = desk.writer.look(sought(form))
    if unanswered and (found := _made_already(desk, form, planned, seen)):
        return found
    if not unanswered and not isinstance(recognised(form, seen, desk.terms), Nobody):
        raise NotDone(_left_out())
    values = {name: pair[1] for name, pair in _own(change).items()}
    enrollment = planned.enrollment(form.school, form.year)
    student = StudentWrite("", values, enrollment=enrollment)
    return _written(desk, form, student, creates=True, planned=planned)


def _written(desk: Desk, form: Form, change: StudentWrite, *, creates: bool, planned: Planned) -> Receipt:
    """Send it once. Without an answer it is looked up at once; if not there, later once more, before another try.

    So it is after an answer that cannot be understood, which ends the run if nobody is there.
    """
    if intents.is_endless(desk.run.pk, form.id, 0):
        problem = Problem("export-outcome-unknown", "", {})
        raise NotDone(Result(Outcome.FAILED.value, problem.code, [problem]))
    writing = intents.Writing(desk.claim, desk.terms.connection, desk.run.pk, form.id, 0, creates)
    try:
        receipt, conflict = writing.send(
            lambda token: desk.writer.write(replace(change, token=token)), kept=_keeper(desk, form)
        )
    except (OutcomeUnknown, NotUnderstood) as error:
        if not creates:
            raise
        found = _made_already(desk, form, planned, desk.writer.look(sought(form)))
        if found is None:
            intents.raise_again(error)
        return found
    _refuse_conflict(conflict)
    return receipt


def _made_already(desk: Desk, form: Form, planned: Planned, seen: list[Held]) -> Receipt | None:
    """The student that a write without an answer made, kept as if it had one. Raises NotDone where that is unclear."""
    apart = {*planned.seen, *_others(desk, form, seen)}
    found = intents.found_after(child_of(form), seen, school=form.school, apart=apart)
    if isinstance(found, Doubt):
        raise NotDone(_in_doubt(found.reason, found.remotes))
    if not isinstance(found, Same):
        return None
    held = next(each for each in seen if each.remote == found.remote)
    receipt = Receipt(held.remote, held.key)
    conflict = intents.adopt(desk.terms.connection, form.id, 0, receipt, kept=_keeper(desk, form))
    _refuse_conflict(conflict)
    return receipt


def _others(desk: Desk, form: Form, seen: list[Held]) -> set[str]:
    terms = desk.terms
    return registrations.of_others(terms.instance, terms.connection, form, [each.remote for each in seen])


def _in_doubt(reason: str, remotes: tuple[str, ...]) -> Result:
    problems = [Problem(reason, "", {"student": remote}) for remote in remotes]
    return Result(Outcome.REVIEW.value, reason, problems)


def _refuse_two(desk: Desk, form: Form) -> None:
    """After a second try the first one may have arrived late: two are a person's to merge."""
    child, seen = child_of(form), desk.writer.look(replace(sought(form), remote="", key=""))
    exact = [each.remote for each in seen if is_exact(child, each)]
    if len(exact) > 1:
        raise NotDone(_in_doubt("export-several", tuple(exact)))


def _update(desk: Desk, change: Change, form: Form, planned: Planned) -> Receipt:
    """Only what differs still is sent. A student with a value that the plan did not know is left out."""
    held = _look_for(desk, planned.remote)
    if held is None:
        raise NotDone(_left_out())
    receipt = Receipt(planned.remote, planned.key or held.key)
    intents.close(desk.terms.connection, form.id, 0, receipt)
    values: Values = {}
    for name, (before, after) in _own(change).items():
        now = held.values.get(name) or None
        if now not in (before, after):
            raise NotDone(_left_out())
        if now != after:
            values[name] = after
    if not values and planned.entering is None:
        _refuse_conflict(_keeper(desk, form)(receipt))
        return receipt
    whole = complete_groups(values, held.values, desk.terms.targets)
    enrollment = planned.enrollment(form.school, form.year)
    student = StudentWrite("", whole, planned.remote, enrollment)
    receipt = _written(desk, form, student, creates=False, planned=planned)
    return _with_key(desk, form, receipt, held)


def _look_for(desk: Desk, remote: str) -> Held | None:
    found = desk.writer.look(Sought(remote=remote))
    return next((each for each in found if each.remote == remote), None)


def _own(change: Change) -> dict[str, list[str | None]]:
    """The changes of the student itself, without those of contacts."""
    return {name: pair for name, pair in (change.changes or {}).items() if not place_of(name)[0]}


# --- what is kept in Enroll ---


def _keeper(desk: Desk, form: Form) -> Any:
    """Writes the ids back, in the transaction of the receipt."""

    def keep(receipt: Receipt) -> str:
        return registrations.write_back(
            form.id, desk.terms.connection, sis_id=receipt.remote, sis_key=receipt.key
        )

    return keep


def _refuse_conflict(conflict: str) -> None:
    if conflict:
        raise NotDone(Result(Outcome.REVIEW.value, conflict, [Problem(conflict, "", {})]))


def _keep_known_ids(desk: Desk, change: Change) -> None:
    """A student who is as it should be keeps its ids in Enroll all the same."""
    planned = Planned.of_row(change.plan)
    form = registrations.form(change.seq) if planned.remote else None
    if form is not None:
        _refuse_conflict(_keeper(desk, form)(Receipt(planned.remote, planned.key)))


def _keep(desk: Desk, change: Change, result: Result) -> None:
    """The result, the registration's sync state and the run's position, in one transaction."""
    written = result.outcome in (*_WRITES, Outcome.UNCHANGED.value)
    kept = (
        [*(change.problems or ()), *map(plain, result.problems)]
        if written
        else list(map(plain, result.problems))
    )
    if not written and result.outcome == change.outcome:
        kept = change.problems or []
    partial = written and (change.partial or lost(result.problems))
    mark = bytes(change.mark) if change.mark and written and not partial else None
    first = result.reason or next((problem["code"] for problem in kept if not problem["note"]), "")
    with transaction.atomic():
        Change.objects.filter(run=desk.run, seq=change.seq).update(
            outcome=result.outcome,
            reason=first,
            problems=kept or None,
            partial=partial,
            left_out=result.left_out,
        )
        state = _SYNC.get(result.outcome)
        if state is not None:
            registrations.note_sync(
                change.seq, state="partial" if partial else state, reason=first, run=desk.run.pk, mark=mark
            )
        desk.claim.move(State.APPLYING, applied_through=change.seq)
