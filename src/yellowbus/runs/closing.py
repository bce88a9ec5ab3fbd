"""The end of a run that went through, whatever it did: import, export or undo."""

from django.db.models.functions import Now

from yellowbus.runs import staging
from yellowbus.runs.claim import Claim
from yellowbus.runs.due import settle
from yellowbus.runs.models import Run, State


def close(run: Run, claim: Claim) -> None:
    """The counts as they came true, the end, and what the run's schedule makes of it. In the caller's transaction."""
    run.counts, run.partial = staging.counts(run.pk), staging.partial(run.pk)
    claim.move(
        State.APPLYING, to=State.DONE, counts=run.counts, partial=run.partial, ended_at=Now(), claim=None
    )
    run.state = State.DONE
    settle(run)
