"""What the queue lost is deferred again: the truth about a run is its row, not its job."""

from django.conf import settings
from django.db.models import Q
from django.db.models.functions import Now

from yellowbus.enroll.fence import beyond
from yellowbus.jobs import port
from yellowbus.jobs.handlers import each_minute
from yellowbus.runs.claim import unclaimed
from yellowbus.runs.models import MOVING, Run


@each_minute
def defer_orphans() -> int:
    """Defer a job for every run that moves, may be tried now, and has neither a worker nor a live job. How many."""
    seconds = settings.YELLOWBUS_CLAIM_SECONDS
    due = Q(try_after=None) | Q(try_after__lte=Now())
    with beyond():
        found = list(Run.objects.filter(unclaimed(), due, state__in=MOVING).values_list("pk", flat=True))
    orphans = [run for run in found if not port.is_live("run", str(run), silent_after=seconds)]
    for run in orphans:
        port.defer("run", str(run))
    return len(orphans)
