"""Step 4: note what stays due, and close the run with its counts."""

from django.db import transaction

from yellowbus.runs import staging
from yellowbus.runs.claim import Claim
from yellowbus.runs.closing import close
from yellowbus.runs.models import Run


@transaction.atomic
def finish(run: Run, claim: Claim) -> None:
    """What failed, waits or was left out stays due, and the run ends."""
    staging.note_due(run.pk, run.connection_id, run.kind)
    close(run, claim)
