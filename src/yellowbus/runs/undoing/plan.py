"""Step 1: turn the rows round, and wait for a person."""

from django.db import transaction
from django.db.models.functions import Now

from yellowbus.catalog import Catalog
from yellowbus.enroll.students import catalog_of
from yellowbus.errors import NeedsAdmin
from yellowbus.runs import staging
from yellowbus.runs.claim import Claim
from yellowbus.runs.models import Run, State, Undoing
from yellowbus.runs.undoing import staged


def plan(run: Run, undoing: Undoing, claim: Claim) -> None:
    """Make the plan of an undo. It then waits for a person, or goes on if it has its yes."""
    if undoing.undoes is None or not staged.kept(undoing.undoes.pk):
        raise NeedsAdmin("undo-not-kept", run=undoing.undoes_id or "")
    known = catalog_of(run.kind, run.connection.instance_id)
    labels = {name: field.label for name, field in known.fields.items()}
    with transaction.atomic():
        staged.stage(run, undoing, required=_required(known, undoing), labels=labels)
        if run.kind == "students":
            staged.name_again(run)
        run.counts = staging.counts(run.pk)
        claim.move(
            State.PLANNING,
            to=State.APPLYING if run.approved_by else State.WAITING,
            waits_because="" if run.approved_by else "undo-planned",
            planned_at=Now(),
            counts=run.counts,
            read=sum(sum(school.values()) for school in run.counts.values()),
        )


def _required(known: Catalog, undoing: Undoing) -> list[str]:
    """The fields that are not blanked. A school year that the run began goes as a whole, so there they may."""
    return [name for name in known.required if undoing.field or known.fields[name].table != "students_annual"]
