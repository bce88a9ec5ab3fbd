"""Lead an export from step to step; `importing.drive` holds the claim and catches what goes wrong."""

from django.db.models.functions import Now

from yellowbus.runs.claim import Claim
from yellowbus.runs.exporting.choose import choose
from yellowbus.runs.exporting.classify import Sis
from yellowbus.runs.exporting.finish import finish
from yellowbus.runs.exporting.plan import plan
from yellowbus.runs.exporting.terms import terms_of
from yellowbus.runs.exporting.write import write
from yellowbus.runs.models import Run, State
from yellowbus.setup import connections
from yellowbus.setup.export_options import refuse_sandbox
from yellowbus.setup.writable import writer_of


def export(run: Run, taken: Claim) -> None:
    """From wherever the run is to its end, or to where it waits for a person."""
    refuse_sandbox(run.connection)
    if run.state == State.QUEUED:
        taken.move(State.QUEUED, to=State.READING, started_at=Now())
        run.state = State.READING
    with connections.opened(run.connection) as (connector, door):
        try:
            writer = writer_of(connector, run.connection)
            terms = terms_of(run, writer)
            if run.state == State.READING:
                choose(run, Sis(writer, run.school_year), terms, taken)
                taken.move(State.READING, to=State.PLANNING)
                run.state = State.PLANNING
            if run.state == State.PLANNING:
                plan(run, terms, taken)
                run.refresh_from_db(fields=["state"])
            if run.state == State.APPLYING:
                write(run, writer, terms, taken)
                finish(run, taken)
        finally:
            taken.count_requests(door.requests)
