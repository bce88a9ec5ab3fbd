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
    while (
        through := staging.page_end(run.pk, run.applied_through, settings.YELLOWBUS_PAGE_ROWS)
    ) is not None:
        with transaction.atomic():
            _write(run, terms, through)
            claim.move(State.APPLYING, applied_through=through)
        run.applied_through = through


def _write(run: Run, terms: Terms, through: int) -> None:
    """A row whose student changed since the plan was made is left out, and so stays due."""
    source = staging.page_source(run.pk, run.applied_through, through)
    written = bulk.write(terms.kind, terms.instance, source, year=terms.year)
    staging.leave_out(run.pk, run.applied_through, through, written)
