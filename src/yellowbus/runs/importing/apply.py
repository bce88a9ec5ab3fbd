"""Step 3: write what was planned, row by row as shown, a page a transaction."""

from django.conf import settings
from django.db import transaction

from yellowbus.enroll import bulk
from yellowbus.runs import staging
from yellowbus.runs.claim import Claim
from yellowbus.runs.importing.terms import Terms
from yellowbus.runs.models import Run, State


def apply(run: Run, terms: Terms, claim: Claim) -> None:
    """Write from where the run is to the end of its plan."""
    through: int | None = run.applied_through
    while through is not None:
        run.applied_through = through
        with transaction.atomic():
            through = _write(run, terms)
            if through is not None:
                claim.move(State.APPLYING, applied_through=through)


def _write(run: Run, terms: Terms) -> int | None:
    """Where the next page ends. A row whose student changed since the plan was made is left out, and so stays due."""
    source = staging.page_source(run.pk, run.applied_through, settings.YELLOWBUS_PAGE_ROWS)
    through, left = bulk.write(terms.kind, terms.instance, source, year=terms.year)
    if left and through is not None:
        staging.leave_out(run.pk, run.applied_through, through, left)
    return through
