"""Step 4: list who was missing, note what stays due, and close the run with its counts."""

from django.db import transaction

from yellowbus.enroll import bulk
from yellowbus.records import Outcome
from yellowbus.runs import differing, held_rows, staging, stay_put
from yellowbus.runs.claim import Claim
from yellowbus.runs.closing import close
from yellowbus.runs.importing.terms import Terms
from yellowbus.runs.models import Run

MANY = 1_000


def finish(run: Run, terms: Terms, claim: Claim) -> None:
    """The counts as they came true, and the end of the run with what its schedule makes of it."""
    with transaction.atomic():
        if run.only is None and terms.kind == "students" and _list_missing(run, terms):
            differing.note_perhaps(run, terms)
        due = bulk.ids_by_key(terms.kind, terms.instance, staging.due_keys(run.connection_id, run.kind))
        staging.forget_confirmed(run.pk, run.connection_id, run.kind, due)
        staging.note_due(run.pk, run.connection_id, run.kind)
        held_rows.dismiss_held(run.pk, run.connection_id, run.kind)
        stay_put.forget_lifted(run.pk)
        if terms.kind == "students":
            differing.follow(run, terms)
        close(run, claim)
    if sum(outcomes.get(Outcome.CREATED.value, 0) for outcomes in run.counts.values()) >= MANY:
        bulk.refresh_statistics(terms.kind)


def _list_missing(run: Run, terms: Terms) -> int:
    return staging.list_missing(run.pk, bulk.of_schools(terms.instance, terms.year, terms.assigned))
