"""Runs as lists: the Sync Logs, the last run of each connection, and the picture of the last nights. Reads only."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import BigIntegerField, F, Func, Q, QuerySet

from yellowbus.errors import NeedsAdmin
from yellowbus.planning.counts import Counts
from yellowbus.runs import log
from yellowbus.runs.models import TRIAL, Change, Run, State
from yellowbus.setup.models import Connection

NIGHTS = 30
STATUSES = (log.PENDING, log.IN_PROGRESS, log.FAILED, log.PARTIAL, log.SUCCEEDED)
_STOPPED = (State.FAILED, State.CANCELLED, State.REPLACED)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the Sync Logs are narrowed to. The days are those of the organization's zone, both included.

    `student` is a Student District ID: runs with something to say of its record.
    """

    connection: int = 0
    status: str = ""
    student: str = ""
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Night:
    """One day of a connection: what its imports wrote, and whether one of them failed."""

    day: date
    imports: int = 0
    changes: int = 0
    failed: bool = False


def find(instance: int, key: UUID) -> Run:
    """A run of this site. Raises NeedsAdmin for what is not there."""
    runs = Run.objects.select_related("connection__organization", "connection__instance", "mapping")
    found = runs.filter(connection__instance=instance, pk=key).first()
    if found is None:
        raise NeedsAdmin("run-gone")
    return found


def runs(
    instance: int, asked: Asked, *, zone: ZoneInfo, start: int = 0, most: int = 50
) -> tuple[list[Run], int]:
    """The runs of a site, newest first, and how many there are."""
    rows = narrowed(instance, asked, zone=zone)
    return list(rows[start : start + most]), rows.count()


def narrowed(instance: int, asked: Asked, *, zone: ZoneInfo) -> QuerySet[Run]:
    rows = Run.objects.filter(connection__instance=instance).select_related("connection")
    if asked.connection:
        rows = rows.filter(connection=asked.connection)
    if asked.student:
        of_student = Change.objects.filter(key=asked.student, run__connection__instance=instance)
        rows = rows.filter(pk__in=of_student.values("run"))
    if asked.since:
        rows = rows.filter(created_at__gte=datetime.combine(asked.since, time.min, zone))
    if asked.until:
        rows = rows.filter(created_at__lt=datetime.combine(asked.until + timedelta(days=1), time.min, zone))
    return _of_status(rows, asked.status).order_by("-created_at", "pk")


def _counted(*outcomes: str) -> Func:
    """How many records of a run came out so, over all its schools."""
    names = ", ".join(f"'{name}'" for name in outcomes)
    return Func(
        F("counts"),
        template=f"(SELECT coalesce(sum(each.value::bigint), 0) FROM jsonb_each(%(expressions)s) AS school,"  # noqa: S608 (our own names)
        f" jsonb_each_text(school.value) AS each WHERE each.key IN ({names}))",
        output_field=BigIntegerField(),
    )


def _of_status(rows: QuerySet[Run], status: str) -> QuerySet[Run]:
    """The runs for which `log.status` gives this word; its rule, as the database can ask it."""
    if status not in STATUSES:
        return rows
    wanted = {
        log.PENDING: Q(state__in=(State.QUEUED, State.WAITING)),
        log.IN_PROGRESS: Q(state__in=(State.READING, State.PLANNING, State.APPLYING)),
        log.SUCCEEDED: Q(state=State.DONE, still_open=0, partial=0),
        log.PARTIAL: Q(state=State.DONE)
        & (Q(still_open__gt=0) & ~Q(failed=F("every")) | Q(still_open=0, partial__gt=0)),
        log.FAILED: Q(state__in=_STOPPED) | Q(state=State.DONE, still_open__gt=0, failed=F("every")),
    }
    return rows.alias(
        failed=_counted("failed"),
        still_open=_counted("failed", "review", "held"),
        every=_counted(*(name for name in Counts.__slots__ if name != "read")),
    ).filter(wanted[status])


def latest(connections: Sequence[Connection]) -> dict[int, Run]:
    """The newest import of each connection, by its id. A Send Record is none. One query."""
    rows = Run.objects.filter(connection__in=connections).exclude(trigger=TRIAL).select_related("connection")
    return {
        run.connection_id: run
        for run in rows.order_by("connection", "-created_at", "pk").distinct("connection")
    }


def nights(connections: Sequence[Connection], *, until: date) -> dict[int, list[Night]]:
    """The last NIGHTS days of each connection, by its id, the oldest first. One query."""
    first = until - timedelta(days=NIGHTS - 1)
    rows = Run.objects.filter(connection__in=connections, today__gte=first).exclude(trigger=TRIAL)
    found = rows.filter(state__in=(State.DONE, State.FAILED)).only(
        "connection", "today", "state", "counts", "partial"
    )
    by_day: dict[tuple[int, date], list[Run]] = {}
    for run in found:
        by_day.setdefault((run.connection_id, run.today), []).append(run)
    days = [first + timedelta(days=number) for number in range(NIGHTS)]
    return {each.pk: [_night(day, by_day.get((each.pk, day), ())) for day in days] for each in connections}


def _night(day: date, found: Iterable[Run]) -> Night:
    runs_ = list(found)
    counts = [log.outcomes(run) for run in runs_]
    return Night(
        day,
        imports=len(runs_),
        changes=sum(each.get("created", 0) + each.get("updated", 0) for each in counts),
        failed=any(log.status(run) == log.FAILED for run in runs_),
    )


CSV_HEADER = (
    "Connection", "Kind", "Started by", "Ordered at", "Ended at", "Status", "State", "Read", "Created", "Changed", "Held",
    "To review", "Failed", "Unchanged", "Skipped", "Run",
)  # fmt: skip


def cells(rows: QuerySet[Run], zone: ZoneInfo) -> Iterator[tuple[str, ...]]:
    """The Sync Logs as rows of a file."""
    for run in rows.iterator(500):
        row, counts = log.row(run), log.totals(run)
        times = (run.created_at, run.ended_at)
        yield (
            row["connection"], run.kind, f"{run.trigger} ({run.actor})",
            *(at.astimezone(zone).isoformat(" ", "seconds") if at else "" for at in times),
            row["status"], row["state"], str(run.read), str(counts.created), str(counts.updated), str(counts.held),
            str(counts.review), str(counts.failed), str(counts.unchanged), str(counts.skipped), str(run.pk),
        )  # fmt: skip
