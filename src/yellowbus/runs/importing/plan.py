"""Step 2: look at all that was read together: repeats, holds, counts, and whether a person must say yes."""

from typing import Any

from django.db import transaction
from django.db.models.functions import Now

from yellowbus.enroll import bulk
from yellowbus.errors import UnsafePlan
from yellowbus.planning.guard import MOVE_FIELDS, FieldTally, HoldKind, HoldRule, check_read, holds
from yellowbus.records import Outcome
from yellowbus.runs import held_rows, staging
from yellowbus.runs.claim import Claim
from yellowbus.runs.importing.repeats import settle
from yellowbus.runs.importing.terms import Terms
from yellowbus.runs.models import DISMISSED_HOLD, TRIAL, Hold, Run, State, stored


def plan(run: Run, terms: Terms, claim: Claim) -> None:
    """Make the plan of what is staged. It then waits for a person, or goes on if it has its yes."""
    staging.refresh_statistics(run.pk)
    with transaction.atomic():
        settle(run, terms)
        for rule in _held(run, terms):
            if rule.count > run.released.get(rule.field, 0):
                _hold(run, rule, terms)
        run.counts = staging.counts(run.pk)
        why = _waits_because(run, terms)
        replace_older(run)
        claim.move(
            State.PLANNING,
            to=State.WAITING if why else State.APPLYING,
            waits_because=why,
            planned_at=Now(),
            counts=run.counts,
            error_facts=run.error_facts,
        )


def _held(run: Run, terms: Terms) -> tuple[HoldRule, ...]:
    """Which fields wait. Where too few students are concerned for any threshold, nothing is counted."""
    moved = staging.changed_any(run.pk, MOVE_FIELDS)
    tallies = {
        field: tally
        for field, tally in staging.field_tallies(run.pk).items()
        if max(moved if field in MOVE_FIELDS else 0, *tally) >= terms.thresholds.at_least
    }
    if not tallies:
        return ()
    holding = bulk.holding(terms.kind, terms.instance, list(tallies), year=terms.year)
    return holds(
        {field: FieldTally(clears, updates, holding[field]) for field, (clears, updates) in tallies.items()},
        known=staging.matched(run.pk),
        moved=moved,
        thresholds=terms.thresholds,
    )


def _hold(run: Run, rule: HoldRule, terms: Terms) -> None:
    table = terms.tables[rule.field][0]
    held_rows.hold_field(run.pk, table, rule.field, clears=rule.kind is HoldKind.CLEARS)
    Hold.objects.create(
        run=run, rule=rule.kind.value, field=rule.field, count=rule.count, population=rule.of,
        threshold=rule.threshold, **dismissed_already(run, rule),
    )  # fmt: skip


def dismissed_already(run: Run, rule: HoldRule) -> dict[str, Any]:
    """The dismissal of the night before, where no more changes are held now than the person saw then."""
    before = Hold.objects.filter(
        run=last_good(run),
        rule=rule.kind.value,
        field=rule.field,
        state=DISMISSED_HOLD,
        part="",
        count__gte=rule.count,
    ).first()
    if before is None:
        return {}
    return {"state": before.state, "decided_by": before.decided_by, "decided_at": before.decided_at}


def _waits_because(run: Run, terms: Terms) -> str:
    """Why a person must say yes before anything is written; "" if nobody must."""
    last = last_good(run)
    if run.only is None:
        try:
            check_read(run.read, last.read if last else None, terms.thresholds)
        except UnsafePlan as unsafe:
            run.error_facts = stored(unsafe.facts)
            return unsafe.code
    if run.approved_by or (run.trigger == TRIAL and not writes(run)):
        return ""
    if last is None:
        return "first-run"
    return "" if run.schedule_id else "asked-to-plan"


_WRITTEN = {Outcome.CREATED.value, Outcome.UPDATED.value, Outcome.HELD.value}


def writes(run: Run) -> bool:
    """Whether there is something to say yes to."""
    return any(not _WRITTEN.isdisjoint(school) for school in run.counts.values())


def last_good(run: Run) -> Run | None:
    """The newest finished full run of the same connection and kind."""
    return (
        Run.objects.filter(connection=run.connection_id, kind=run.kind, state=State.DONE, only__isnull=True)
        .exclude(pk=run.pk)
        .order_by("-created_at")
        .first()
    )


def replace_older(run: Run) -> None:
    """A newer plan replaces older ones and their holds; a retry of a few records only earlier retries."""
    older = Run.objects.filter(connection=run.connection_id, kind=run.kind).exclude(pk=run.pk)
    if run.only is not None:
        older = older.filter(only__isnull=False)
    older.filter(state=State.WAITING).update(state=State.REPLACED, ended_at=Now())
    Hold.objects.filter(run__in=older, state="waiting").update(state="replaced")
