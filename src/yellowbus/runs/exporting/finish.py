"""Step 4: count again, note what stays due, close the run."""

from django.db import transaction
from django.db.models.functions import Now

from yellowbus.runs import staging
from yellowbus.runs.claim import Claim
from yellowbus.runs.due import settle
from yellowbus.runs.models import Run, State


def finish(run: Run, claim: Claim) -> None:
    """The counts as they came true, and the end of the run."""
    with transaction.atomic():
        run.counts, run.partial = staging.counts(run.pk), staging.partial(run.pk)
        staging.note_due(run.pk, run.connection_id, run.kind)
        claim.move(
            State.APPLYING,
            to=State.DONE,
            counts=run.counts,
            partial=run.partial,
            ended_at=Now(),
            claim=None,
        )
        run.state = State.DONE
        settle(run)
