"""What is older than an organization keeps it is deleted at night: first the values of records, much later whole runs.

Once per local date and organization, in passes of a bounded number of rows, each with its audit event in its own
transaction; a pass cut off is done again. Rows of records that are still due stay until they are settled.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Now

from yellowbus.enroll import organizations
from yellowbus.enroll.directory import Organization
from yellowbus.enroll.fence import within
from yellowbus.jobs.handlers import each_minute
from yellowbus.runs.models import ENDED, Change, Due, Intent, Page, Run, State
from yellowbus.setup import audit, policies
from yellowbus.setup.permissions import Actor, retention

ROWS_A_PASS, RUNS_A_PASS = 20_000, 50


@dataclass(frozen=True, slots=True)
class Limits:
    """The first local days of which values and runs are kept, in the organization's zone."""

    values_since: date
    runs_since: date
    zone: ZoneInfo

    def values_before(self) -> datetime:
        return datetime.combine(self.values_since, time.min, self.zone)

    def runs_before(self) -> datetime:
        return datetime.combine(self.runs_since, time.min, self.zone)


@dataclass(frozen=True, slots=True)
class Deleted:
    """What a purge deleted, or would: rows of records, the runs whose values these were, and whole runs."""

    rows: int = 0
    emptied: int = 0
    runs: int = 0

    def __add__(self, other: "Deleted") -> "Deleted":
        return Deleted(self.rows + other.rows, self.emptied + other.emptied, self.runs + other.runs)


def limits(organization: Organization, day: date) -> Limits:
    """What the purge of this local date goes by."""
    kept = policies.kept()
    values, runs = (day - timedelta(days=days) for days in (kept.values_days, kept.runs_days))
    return Limits(values, runs, ZoneInfo(organization.time_zone))


def tonight(organization: Organization, now: datetime) -> Limits:
    """What the purge of the coming night goes by."""
    return limits(organization, _local(organization, now) + timedelta(days=1))


def today(organization: Organization, now: datetime) -> Limits:
    """What a purge that is asked for now goes by."""
    return limits(organization, _local(organization, now))


def present() -> datetime:
    return datetime.now(UTC)


def _local(organization: Organization, now: datetime) -> date:
    return now.astimezone(ZoneInfo(organization.time_zone)).date()


# --- each night ---


@each_minute
def purge_now() -> None:
    purge_due(present())


def purge_due(now: datetime) -> Deleted:
    """One pass for every organization that is not done for its present local date."""
    total = Deleted()
    for organization in organizations.every():
        with within(organization):
            total += _pass_if_due(organization, _local(organization, now))
    return total


def _pass_if_due(organization: Organization, day: date) -> Deleted:
    """An organization met for the first time is left a day, in which its people can see the dates and change them."""
    done = policies.policy().purged_on
    if done is None:
        policies.purged(organization.pk, day)
    elif done < day:
        return purge_pass(retention(organization.pk), organization, day)
    return Deleted()


def purge(actor: Actor, organization: Organization, now: datetime) -> Deleted:
    """Pass after pass until nothing is left that is too old."""
    day, total = _local(organization, now), Deleted()
    while (deleted := purge_pass(actor, organization, day)) != Deleted():
        total += deleted
    return total


@transaction.atomic
def purge_pass(actor: Actor, organization: Organization, day: date) -> Deleted:
    """Delete what is too old on this local date, up to the bounds of a pass. Nothing found: done for that date."""
    limit = limits(organization, day)
    rows, emptied = _delete_values(limit)
    deleted = Deleted(rows, emptied, _delete_runs(limit))
    if deleted == Deleted():
        policies.purged(organization.pk, day)
        return deleted
    audit.note(
        actor,
        "purge",
        "old runs",
        rows=deleted.rows,
        of_runs=deleted.emptied,
        runs=deleted.runs,
        values_before=str(limit.values_since),
        runs_before=str(limit.runs_since),
    )
    return deleted


def would_delete(organization: Organization, now: datetime) -> Deleted:
    """What `purge` would delete now, counted."""
    limit = today(organization, now)
    old = [run.pk for run in _with_old_values(limit)]
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, {"runs": old})
        rows = int(cursor.fetchone()[0])
    return Deleted(rows, len(old), _unreferenced(limit).count())


# --- values ---

# A record that nobody dismissed and that is due because of this very run still needs its row.
_NOT_DUE = """
NOT EXISTS (SELECT FROM runs_due AS due
  WHERE due.run_id = change.run_id AND due.key = change.key AND due.dismissed_by = '')
"""
_TOO_OLD = f"change.run_id = ANY(%(runs)s) AND {_NOT_DUE}"
_COUNT = f"SELECT count(*) FROM runs_change AS change WHERE {_TOO_OLD}"  # noqa: S608 (as below)
_DELETE = f"""
DELETE FROM runs_change WHERE (run_id, seq) IN (
  SELECT run_id, seq FROM runs_change AS change WHERE {_TOO_OLD} LIMIT %(most)s
)
"""  # noqa: S608 (the condition is ours; every value is a parameter)


def _with_old_values(limit: Limits) -> QuerySet[Run]:
    """Runs that ended before the limit and still have values that nobody needs."""
    still_due = Due.objects.filter(run=OuterRef("run"), key=OuterRef("key"), dismissed_by="")
    settled = Change.objects.filter(run=OuterRef("pk")).exclude(Exists(still_due))
    pages = Page.objects.filter(run=OuterRef("pk"))
    old = Run.objects.filter(state__in=ENDED, created_at__lt=limit.values_before())
    return old.filter(Exists(settled) | Exists(pages)).order_by("created_at")


def _delete_values(limit: Limits) -> tuple[int, int]:
    """How many rows went, and of how many runs."""
    old = [run.pk for run in _with_old_values(limit)[:RUNS_A_PASS]]
    if not old:
        return 0, 0
    with connection.cursor() as cursor:
        cursor.execute(_DELETE, {"runs": old, "most": ROWS_A_PASS})
        rows = int(cursor.rowcount)
    Page.objects.filter(run__in=old).delete()
    Run.objects.filter(pk__in=old, values_deleted_at=None).update(values_deleted_at=Now())
    return rows, len(old)


# --- whole runs ---


def _unreferenced(limit: Limits) -> QuerySet[Run]:
    """Old runs that nothing rests on: nothing due, no write of unknown outcome, and a newer good run to compare with."""
    run = OuterRef("pk")
    newer = Run.objects.filter(
        connection=OuterRef("connection"),
        kind=OuterRef("kind"),
        state=State.DONE,
        only__isnull=True,
        created_at__gt=OuterRef("created_at"),
    )
    good = Run.objects.filter(pk=run, state=State.DONE, only__isnull=True)
    old = Run.objects.filter(state__in=ENDED, created_at__lt=limit.runs_before())
    free = old.exclude(Exists(Due.objects.filter(run=run))).exclude(
        Exists(Intent.objects.filter(run=run, state__in=Intent.OPEN))
    )
    return free.filter(~Exists(good) | Exists(newer)).order_by("created_at")


def _delete_runs(limit: Limits) -> int:
    """Runs whose values are gone already, with their holds and their lists."""
    rows = Change.objects.filter(run=OuterRef("pk"))
    gone = [run.pk for run in _unreferenced(limit).exclude(Exists(rows))[:RUNS_A_PASS]]
    Run.objects.filter(pk__in=gone).delete()
    return len(gone)
