"""Lead an undo through its steps, from wherever it is. Called under the claim by `importing.drive`."""

from django.db import transaction
from django.db.models.functions import Now

from yellowbus.errors import NeedsAdmin
from yellowbus.runs.claim import Claim
from yellowbus.runs.closing import close
from yellowbus.runs.models import Run, State
from yellowbus.runs.undoing.apply import apply
from yellowbus.runs.undoing.order import undoing_of
from yellowbus.runs.undoing.plan import plan


def undo(run: Run, taken: Claim) -> None:
    undoing = undoing_of(run.pk)
    if undoing is None:
        raise NeedsAdmin("undo-not-kept", run=run.pk)
    if run.state == State.QUEUED:
        taken.move(State.QUEUED, to=State.PLANNING, started_at=Now())
        run.state = State.PLANNING
    if run.state == State.PLANNING:
        plan(run, undoing, taken)
        run.refresh_from_db(fields=["state"])
    if run.state == State.APPLYING:
        apply(run, undoing, taken)
        with transaction.atomic():
            close(run, taken)
