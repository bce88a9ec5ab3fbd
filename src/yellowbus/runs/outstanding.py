"""What stays due, and taking it up again: retries, dismissals, and holds released after their run ended."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from itertools import islice
from operator import or_

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now

from yellowbus.errors import NeedsAdmin
from yellowbus.runs import held_rows
from yellowbus.runs.exporting.order import order_export
from yellowbus.runs.four_eyes import require_second
from yellowbus.runs.importing.order import order, release
from yellowbus.runs.importing.terms import terms_of
from yellowbus.runs.log import problems
from yellowbus.runs.models import DISMISSED_HOLD, EXPORT, WAITING_HOLD, Change, Due, Hold, Run, State
from yellowbus.runs.told import told
from yellowbus.setup import audit
from yellowbus.setup.models import Connection
from yellowbus.setup.permissions import Actor, Permission

_PAGE = 500


@dataclass(frozen=True, slots=True)
class DueLine:
    """One record that is due, and why."""

    connection: str
    kind: str
    key: str
    outcome: str
    reason: str
    sentence: str
    remedy: str
    since: datetime
    run: str
    dismissed_by: str


def due(connections: Sequence[Connection], *, dismissed: bool = False) -> Iterator[DueLine]:
    """What is due in these connections, the oldest first; streamed. With `dismissed` what was dismissed instead."""
    rows = Due.objects.filter(connection__in=connections).select_related("connection").order_by("since", "pk")
    found = (rows.exclude(dismissed_by="") if dismissed else rows.filter(dismissed_by="")).iterator(_PAGE)
    while page := list(islice(found, _PAGE)):
        yield from _lines(page)


def _lines(page: Sequence[Due]) -> Iterator[DueLine]:
    """A page with what its runs noted of each record; one query."""
    keys, runs = {row.key for row in page}, {row.run_id for row in page}
    changes = Change.objects.filter(run__in=runs, key__in=keys).defer("source")
    noted = {(change.run_id, change.key): problems(change) for change in changes}
    for row in page:
        wrong = noted.get((row.run_id, row.key), ())
        message = wrong[0] if wrong else told(row.reason, {})
        yield DueLine(
            row.connection.name, row.kind, row.key, row.outcome, row.reason, message.sentence, message.remedy,
            row.since, str(row.run_id), row.dismissed_by,
        )  # fmt: skip


@transaction.atomic
def dismiss(
    actor: Actor, connection: Connection, keys: Iterable[str], *, kind: str = "students", because: str = ""
) -> int:
    """Say that these need no attention as they are; one comes back when its reason changes. How many were due."""
    actor.require(Permission.RELEASE_HOLDS)
    rows = Due.objects.filter(connection=connection, kind=kind, key__in=list(keys), dismissed_by="")
    dismissed = rows.update(dismissed_by=actor.name, dismissed_at=Now(), because=because[:200])
    if not dismissed:
        raise NeedsAdmin("due-unknown")
    audit.note(actor, "due.dismiss", connection.name, records=dismissed)
    return dismissed


def retry(actor: Actor, run: Run) -> Run:
    """Order another run of only the records that are due because of `run`. Raises NeedsAdmin if none is."""
    keys = list(Due.objects.filter(run=run, dismissed_by="").values_list("key", flat=True))
    if not keys:
        raise NeedsAdmin("nothing-due", run=run.pk)
    return order_again(actor, run, keys, released={})


def retry_keys(actor: Actor, connection: Connection, kind: str, keys: Sequence[str]) -> Run:
    """Order another run of these records, which are due; of the school year of the newest run that left one so."""
    due = Due.objects.filter(connection=connection, kind=kind, key__in=keys, dismissed_by="")
    newest = (
        Run.objects.filter(pk__in=due.values("run"))
        .select_related("connection")
        .order_by("-created_at")
        .first()
    )
    if newest is None:
        raise NeedsAdmin("nothing-due", run="")
    return order_again(actor, newest, keys, released={})


def order_again(actor: Actor, run: Run, keys: Iterable[str], *, released: Mapping[str, int]) -> Run:
    """A run like that one, of these records alone."""
    if run.kind == EXPORT:
        return order_export(
            actor, run.connection, year=run.school_year, yes=True, only=keys, released=released
        )
    return order(
        actor, run.connection, run.kind, year=run.school_year, yes=True, only=keys, released=released
    )


@transaction.atomic
def dismiss_holds(actor: Actor, run: Run, fields: Sequence[str] = ()) -> int:
    """Say that held changes, of these fields or of all, are not to be made. How many changes.

    Enroll keeps its values, and a record that waits for nothing else is due no more. While later nights hold no more
    changes of the field they are taken for dismissed too; more than were seen wait again.
    """
    actor.require(Permission.RELEASE_HOLDS)
    waiting = Hold.objects.select_for_update().filter(run=run, state=WAITING_HOLD)
    chosen = {hold.field: hold.count for hold in waiting if not fields or hold.field in fields}
    if not chosen or any(field not in chosen for field in fields):
        raise NeedsAdmin("nothing-held", run=run.pk, fields=", ".join(fields) or "any field")
    waiting.filter(field__in=chosen).update(state=DISMISSED_HOLD, decided_by=actor.name, decided_at=Now())
    held_rows.dismiss_held(run.pk, run.connection_id, run.kind)
    audit.note(actor, "hold.dismiss", str(run.pk), fields=sorted(chosen))
    return sum(chosen.values())


def release_holds(actor: Actor, run: Run, fields: Sequence[str] = ()) -> Run:
    """Let held changes go, of these fields or of all; named ones also after they were dismissed. The run to follow.

    While the plan waits they join it, and the plan still needs its yes. After the run ended a new one takes up the
    records concerned; as many changes as were shown are allowed, and the SIS is read afresh.
    """
    actor.require(Permission.RELEASE_HOLDS)
    require_second(actor, run)
    states = (WAITING_HOLD, DISMISSED_HOLD) if fields else (WAITING_HOLD,)
    waiting = Hold.objects.filter(run=run, state__in=states, part="")
    held = {hold.field: hold.count for hold in waiting if not fields or hold.field in fields}
    if not held or any(field not in held for field in fields):
        raise NeedsAdmin("nothing-held", run=run.pk, fields=", ".join(fields) or "any field")
    if run.state == State.WAITING:
        tables = dict.fromkeys(held, "") if run.kind == EXPORT else tables_of(run)
        release(actor, run.pk, held, tables=tables)
        return run
    return _release_later(actor, run, held)


def tables_of(run: Run) -> dict[str, str]:
    """The column of Change that carries each field of an import."""
    return {name: column for name, (column, _) in terms_of(run).tables.items()}


@transaction.atomic
def _release_later(actor: Actor, run: Run, held: dict[str, int]) -> Run:
    still = [Q(held__has_key=name) & ~Q(decided__has_key=name) for name in held]
    rows = Change.objects.filter(reduce(or_, still), run=run)
    ordered = order_again(actor, run, rows.values_list("key", flat=True), released=held)
    Hold.objects.filter(run=run, field__in=held, part="").update(
        state="released", decided_by=actor.name, decided_at=Now()
    )
    audit.note(actor, "hold.release", str(run.pk), fields=sorted(held))
    return ordered
