"""Lead a run from step to step until it ends, waits for a person, or is to be tried later."""

from contextlib import suppress
from datetime import timedelta
from uuid import UUID

import structlog
from django.db import DatabaseError, connection, transaction
from django.db.models import Value
from django.db.models.functions import Now

from yellowbus.connectors.base import Connector
from yellowbus.enroll import years
from yellowbus.enroll.fence import beyond, within
from yellowbus.errors import NeedsAdmin, NotUnderstood, TryLater, YellowbusError
from yellowbus.jobs import port
from yellowbus.jobs.handlers import handles
from yellowbus.runs.claim import Claim, LostClaimError, StoppingError, claim
from yellowbus.runs.due import settle
from yellowbus.runs.exporting.drive import export
from yellowbus.runs.importing.apply import apply
from yellowbus.runs.importing.finish import finish
from yellowbus.runs.importing.plan import plan
from yellowbus.runs.importing.read import read_all
from yellowbus.runs.importing.terms import Terms, terms_of
from yellowbus.runs.models import EXPORT, UNDO, Run, State, stored
from yellowbus.runs.undoing.drive import undo
from yellowbus.runs.unforeseen import database_is_away, database_is_full, our_fault
from yellowbus.setup import connections

log = structlog.get_logger()

TRIES = 5
PAUSE_SECONDS = 30.0
MOST_ATTEMPTS = 30  # in one place, whatever ended each of them: a crash as well as an error


@handles("run")
def drive(of: str) -> None:
    """Work on the run of this id if it moves and nobody else works on it."""
    run_id = UUID(of)
    taken = claim(run_id)
    if taken is None:
        return
    with beyond():
        run = Run.objects.select_related("connection", "connection__organization", "mapping").get(pk=run_id)
    with within(run.connection.organization):
        _drive(run, taken)


def _drive(run: Run, taken: Claim) -> None:
    try:
        _steps(run, taken)
    except LostClaimError:
        log.info("run.left", run=str(run.pk))
    except StoppingError:
        log.info("run.handed-on", run=str(run.pk))
        taken.leave()
        port.defer("run", str(run.pk))
    except TryLater as error:
        _later(run, taken, error)
    except (NeedsAdmin, NotUnderstood) as error:
        _stop(run, taken, error)
    except Exception as error:
        if full := database_is_full(error):
            _stop(run, taken, full)
            return
        if not database_is_away(error):
            # A fault of ours stops this run and says so; it is not repeated each minute.
            _stop(run, taken, our_fault(error))
            return
        # The job fails; the minute's tick takes the run up from its last page.
        connection.close()
        with suppress(DatabaseError):
            taken.leave()
        raise


def _steps(run: Run, taken: Claim) -> None:
    if run.attempts > MOST_ATTEMPTS:
        raise NeedsAdmin("run-stuck", tries=MOST_ATTEMPTS)
    (undo if run.trigger == UNDO else export if run.kind == EXPORT else _import)(run, taken)
    taken.leave()
    log.info("run.at", run=str(run.pk), state=run.state)


def _import(run: Run, taken: Claim) -> None:
    years.require_imports(run.connection.instance_id, run.school_year)
    terms = terms_of(run)
    if run.state == State.QUEUED:
        taken.move(State.QUEUED, to=State.READING, started_at=Now())
        run.state = State.READING
    if run.state == State.READING:
        _read(run, terms, taken)
        taken.move(State.READING, to=State.PLANNING)
        run.state = State.PLANNING
    if run.state == State.PLANNING:
        plan(run, terms, taken)
        run.refresh_from_db(fields=["state"])
    if run.state == State.APPLYING:
        apply(run, terms, taken)
        finish(run, terms, taken)


def _read(run: Run, terms: Terms, taken: Claim) -> None:
    with connections.opened(run.connection) as (connector, door):
        try:
            _refuse_lacking(connector, terms)
            read_all(run, connector, terms, taken)
        finally:
            taken.count_requests(door.requests)


def _refuse_lacking(connector: Connector, terms: Terms) -> None:
    """A field that the SIS no longer gives would read as blank for everybody: stop before anything is read."""
    given = {field.name for field in connector.fields(terms.kind)}
    if lacking := sorted(terms.compiled.sources - given):
        raise NeedsAdmin("source-fields-lacking", fields=", ".join(lacking))


def _later(run: Run, taken: Claim, error: TryLater) -> None:
    """Try again after the delay the error names, or a growing one; after five tries in one place it is a failure."""
    run.refresh_from_db(fields=["attempts"])  # a page since then has set it back
    if run.attempts >= TRIES:
        _stop(run, taken, error)
        return
    pause = error.after if error.after is not None else PAUSE_SECONDS * 2 ** max(run.attempts - 1, 0)
    log.warning("run.later", run=str(run.pk), detail=error.detail, seconds=pause)
    taken.leave(
        try_after=Now() + Value(timedelta(seconds=pause)),
        error_code=error.code,
        error_facts=stored(error.facts),
    )


def _stop(run: Run, taken: Claim, error: YellowbusError) -> None:
    log.error("run.failed", run=str(run.pk), detail=error.detail)
    failed = {"state": State.FAILED, "error_code": error.code, "error_facts": stored(error.facts)}
    with transaction.atomic():
        if taken.leave(**failed, ended_at=Now()):
            run.state = State.FAILED
            settle(run)
