"""Step 2: write what was planned, a page a transaction."""

from django.conf import settings
from django.db import transaction

from yellowbus.enroll import bulk
from yellowbus.runs import staging, stay_put
from yellowbus.runs.claim import Claim
from yellowbus.runs.models import Run, State, Undoing
from yellowbus.runs.undoing import staged
from yellowbus.setup import schedules


def apply(run: Run, undoing: Undoing, claim: Claim) -> None:
    """Write from where the run is to the end of its plan. The undo of a whole run first suspends the schedule."""
    if undoing.whole and not undoing.redo:
        schedules.suspend_for_undo(run.connection_id, run.kind)
    through: int | None = run.applied_through
    while through is not None:
        run.applied_through = through
        with transaction.atomic():
            through = _write(run, undoing)
            if through is not None:
                claim.move(State.APPLYING, applied_through=through)


def _write(run: Run, undoing: Undoing) -> int | None:
    """Where the next page ends. A row whose student changed since the plan was made is left out."""
    instance, after, year = run.connection.instance_id, run.applied_through, run.school_year
    source = staging.page_source(run.pk, after, settings.YELLOWBUS_PAGE_ROWS)
    through, left = bulk.write(run.kind, instance, source, year=year)
    if through is None:
        return None
    if run.kind == "students":
        left += _removed(run, after, through)
    if left:
        staging.leave_out(run.pk, after, through, left, reason="undo-changed-since")
    if run.kind == "students":
        bulk.set_aside(instance, staged.set_aside_on(run.pk, after, through))
        bulk.drop_blank_years(instance, staged.put_back_on(run.pk, after, through), year=year)
        stay_put.note(run, undoing, after, through)
    return through


def _removed(run: Run, after: int, through: int) -> list[int]:
    """Remove whom the page removes; the ids of those who changed since and so stay."""
    gone = bulk.remove(run.connection.instance_id, staged.removed_on(run.pk, after, through))
    return sorted({*staged.to_remove(run.pk, after, through)} - {*gone})
