"""What state each connection is in, as its rows say it now. Reads only.

A condition is seen, never remembered: so nothing that ends a run, pauses a schedule or misses a night can forget to tell.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from statistics import median
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet, Sum

from yellowbus.connectors.registry import ending
from yellowbus.errors import YellowbusError
from yellowbus.planning.report import counted
from yellowbus.runs import log
from yellowbus.runs.models import EXPORT, TRIAL, UNDO, WAITING_HOLD, Hold, Run, State
from yellowbus.runs.notice_models import NoticeKind
from yellowbus.runs.told import told
from yellowbus.setup import schedules
from yellowbus.setup.models import Connection, Schedule

LATE = timedelta(minutes=15)
USUAL_WITHIN, USUAL_RUNS, USUAL_LEAST = timedelta(days=30), 7, 3
FAR_SHARE, FAR_LEAST = 0.10, 10
# What a person who stands before it ordered needs no notice.
_BY_HAND = ("asked-to-plan", "first-run", "export-first-run", "undo-planned")


@dataclass(frozen=True, slots=True)
class Condition:
    """One state that a connection is in. `facts` and `code` say it; `stage` makes it worth saying again."""

    connection: int
    kind: NoticeKind
    topic: str
    code: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    stage: str = ""
    run: UUID | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """The conditions of the connections that are `live`.

    `good` says of a connection and a kind of run when the newest run that ended was made, if it is good.
    """

    live: frozenset[int]
    conditions: Sequence[Condition]
    good: Mapping[tuple[int, str], datetime]


def what(kind: str) -> str:
    """A kind of run in words."""
    return "export" if kind == EXPORT else f"import of {kind}"


def look(connections: Sequence[Connection], now: datetime) -> Seen:
    """The state of these connections; the number of queries does not grow with them."""
    names = {each.pk: each.name for each in connections}
    ended = list(_newest(connections, state__in=(State.DONE, State.FAILED)))
    failing = [run for run in ended if log.status(run) == log.FAILED]
    set_up = list(
        Schedule.objects.filter(connection__in=connections).select_related("connection__organization")
    )
    found = [
        *(_failed(run, names) for run in failing),
        *_held(connections, [run.pk for run in ended], names),
        *_unusual(connections, names, now),
        *(_paused(each) for each in set_up if each.enabled and each.suspended),
        *_late(set_up, now),
        *_expiring(connections, now),
    ]
    good = {(run.connection_id, run.kind): run.created_at for run in ended if run not in failing}
    return Seen(frozenset(names), found, good)


def _whole(connections: Sequence[Connection]) -> QuerySet[Run]:
    """Runs of everything: neither a retry nor a Send Record nor an undo."""
    rows = Run.objects.filter(connection__in=connections, only__isnull=True)
    return rows.exclude(trigger__in=(TRIAL, UNDO))


def _newest(connections: Sequence[Connection], **wanted: Any) -> QuerySet[Run]:
    rows = _whole(connections).filter(**wanted)
    return rows.order_by("connection", "kind", "-created_at", "pk").distinct("connection", "kind")


def _failed(run: Run, names: Mapping[int, str]) -> Condition:
    facts = {"what": what(run.kind), "connection": names[run.connection_id]}
    if run.state == State.DONE:
        return Condition(
            run.connection_id, NoticeKind.FAILED, run.kind, "notice-all-failed", facts, run=run.pk
        )
    error = told(run.error_code, run.error_facts)
    facts |= {"because": error.sentence, "remedy": error.remedy}
    return Condition(run.connection_id, NoticeKind.FAILED, run.kind, "notice-failed", facts, run=run.pk)


def _held(
    connections: Sequence[Connection], ended: Sequence[UUID], names: Mapping[int, str]
) -> Iterator[Condition]:
    """Plans that wait, where nobody ordered them to, else values that the newest run left waiting."""
    by_hand = Q(waits_because__in=_BY_HAND, schedule=None)
    plans = {
        (run.connection_id, run.kind): run
        for run in _whole(connections).filter(~by_hand, state=State.WAITING).order_by("created_at")
    }
    for run in plans.values():
        facts = {"what": what(run.kind), "connection": names[run.connection_id]}
        facts["because"] = told(run.waits_because, run.error_facts).sentence
        yield Condition(run.connection_id, NoticeKind.HELD, run.kind, "notice-held", facts, run=run.pk)
    waiting = Hold.objects.filter(run__in=ended, run__state=State.DONE, state=WAITING_HOLD)
    totals = waiting.values_list("run", "run__connection", "run__kind").annotate(values=Sum("count"))
    for key, connection, kind, values in totals.order_by():
        if (connection, kind) not in plans:
            facts = {
                "what": what(kind),
                "connection": names[connection],
                "count": counted(values, "held value"),
            }
            yield Condition(connection, NoticeKind.HELD, kind, "notice-held-values", facts, run=key)


def _unusual(
    connections: Sequence[Connection], names: Mapping[int, str], now: datetime
) -> Iterator[Condition]:
    """Where the newest plan or import read far more or fewer than the good ones before it."""
    rows = _whole(connections).filter(
        created_at__gte=now - USUAL_WITHIN, state__in=(State.DONE, State.WAITING)
    )
    history: dict[tuple[int, str], list[tuple[UUID, str, int]]] = defaultdict(list)
    for key, connection, kind, state, read in rows.order_by("-created_at").values_list(
        "pk", "connection", "kind", "state", "read"
    ):
        history[connection, kind].append((key, state, read))
    for (connection, kind), runs in history.items():
        newest, *before = runs
        good = [read for _, state, read in before if state == State.DONE][:USUAL_RUNS]
        if len(good) >= USUAL_LEAST and is_far(newest[2], usual := median(good)):
            facts = {"what": what(kind), "connection": names[connection]}
            facts |= {"read": f"{newest[2]:,}", "usual": f"{usual:,.0f}"}
            yield Condition(connection, NoticeKind.UNUSUAL, kind, "notice-unusual", facts, run=newest[0])


def is_far(read: int, usual: float) -> bool:
    """Whether a count is far from the usual one.

    >>> is_far(900, 1000), is_far(899, 1000), is_far(1101, 1000), is_far(20, 30), is_far(21, 30)
    (False, True, True, True, False)
    """
    apart = abs(read - usual)
    return apart >= FAR_LEAST and apart > usual * FAR_SHARE


def _paused(schedule: Schedule) -> Condition:
    facts = {
        "what": what(schedule.kind),
        "connection": schedule.connection.name,
        "because": schedules.why_paused(schedule),
    }
    return Condition(schedule.connection_id, NoticeKind.PAUSED, schedule.kind, "notice-paused", facts)


def _late(set_up: Sequence[Schedule], now: datetime) -> Iterator[Condition]:
    """Nights that were missed, are overdue, or whose run found no worker."""
    queued = Run.objects.filter(schedule__in=set_up, state=State.QUEUED, created_at__lt=now - LATE)
    unstarted = dict(queued.filter(started_at=None, attempts=0).values_list("schedule", "local_date"))
    for schedule in set_up:
        due = schedules.next_instant(schedule)
        overdue = schedule.next_date if due and due < now - LATE else None
        night = schedule.missed or overdue or unstarted.get(schedule.pk)
        if night and due:
            facts = {"what": what(schedule.kind), "connection": schedule.connection.name, "night": str(night)}
            yield Condition(schedule.connection_id, NoticeKind.LATE, schedule.kind, "notice-late", facts)


def _expiring(connections: Sequence[Connection], now: datetime) -> Iterator[Condition]:
    for connection in connections:
        today = now.astimezone(schedules.zone_of(connection)).date()
        try:
            found = ending(connection.system, connection.settings, today)
        except YellowbusError:
            continue  # a date that cannot be read is told where it is entered
        if found is not None:
            facts = {"connection": connection.name, "day": str(found.day), "left": counted(found.days, "day")}
            code = "notice-expired" if found.days < 0 else "notice-expiring"
            yield Condition(connection.pk, NoticeKind.EXPIRING, "", code, facts, stage=str(found.stage))
