"""Notices: one for each change of state of a connection, with the mails that it takes.

Each minute the conditions are looked at. One that has no open notice gets one; an open notice whose condition is gone
ends, and of a failure that ended by a good run a recovery is told.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from yellowbus.enroll import organizations
from yellowbus.enroll.fence import within
from yellowbus.jobs.handlers import each_minute
from yellowbus.runs import letters
from yellowbus.runs.conditions import Condition, Seen, look, what
from yellowbus.runs.models import Notice
from yellowbus.runs.notice_models import NoticeKind
from yellowbus.runs.told import Told, told
from yellowbus.setup import connections
from yellowbus.setup.models import Connection

RECENT = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Line:
    """A notice as it is shown."""

    connection: str
    connection_id: int
    kind: str
    word: str
    said: Told
    since: datetime
    ended_at: datetime | None
    run: UUID | None


@each_minute
def notice_now() -> None:
    notice(datetime.now(UTC))


def notice(now: datetime) -> int:
    """Look at every organization; how many notices were made."""
    made = 0
    for organization in organizations.every():
        with within(organization), transaction.atomic():
            made += _notice_here(now)
    return made


def _notice_here(now: datetime) -> int:
    """The notices of the organization at hand and their mails, in one transaction."""
    seen = look(connections.every(), now)
    # Locked, so that two that look at once do not both tell.
    opened = list(Notice.objects.select_for_update(of=("self",)).filter(ended_at=None).select_related("run"))
    present = {(each.connection, each.kind, each.topic): each for each in seen.conditions}
    fresh: list[Notice] = []
    for notice in opened:
        condition = present.get((notice.connection_id, NoticeKind(notice.kind), notice.topic))
        if condition is not None and condition.stage == notice.stage:
            del present[condition.connection, condition.kind, condition.topic]
        elif condition is not None or _is_over(notice, seen):
            fresh += _end(notice, now, recovered=condition is None and _key(notice) in seen.good)
    fresh += [_made(condition, now) for condition in present.values()]
    letters.write(fresh)
    return len(fresh)


def _key(notice: Notice) -> tuple[int, str]:
    return notice.connection_id, notice.topic


def _is_over(notice: Notice, seen: Seen) -> bool:
    """A failure is over by a good run made no earlier, and not because the failed run is taken up again or cancelled."""
    if notice.kind != NoticeKind.FAILED or notice.run is None:
        return True
    if notice.connection_id not in seen.live:
        return True
    good = seen.good.get(_key(notice))
    return good is not None and good >= notice.run.created_at


def _end(notice: Notice, now: datetime, *, recovered: bool) -> list[Notice]:
    """End a notice; the recovery that comes of it, if one does."""
    notice.ended_at = now
    notice.save(update_fields=["ended_at"])
    if notice.kind != NoticeKind.FAILED or not recovered:
        return []
    facts = {
        "what": what(notice.topic),
        "connection": notice.facts["connection"],
        "since": f"{notice.since:%Y-%m-%d}",
    }
    made = Notice(
        connection_id=notice.connection_id, kind=NoticeKind.RECOVERED, topic=notice.topic, facts=facts
    )
    made.code, made.since, made.ended_at = "notice-recovered", now, now
    made.save(force_insert=True)
    return [made]


def _made(condition: Condition, now: datetime) -> Notice:
    return Notice.objects.create(
        connection_id=condition.connection,
        kind=condition.kind,
        topic=condition.topic,
        stage=condition.stage,
        code=condition.code,
        facts=dict(condition.facts),
        run_id=condition.run,
        since=now,
    )


# --- to be shown ---


def standing(of: Sequence[Connection]) -> list[Line]:
    """What is open of these connections, the newest first. One query."""
    return _lines(of, Q(ended_at=None))


def recent(of: Sequence[Connection], now: datetime) -> list[Line]:
    """What was told of these connections in the last thirty days, open or not. One query."""
    return _lines(of, Q(ended_at=None) | Q(since__gte=now - RECENT))


def _lines(of: Sequence[Connection], which: Q) -> list[Line]:
    rows = Notice.objects.filter(which, connection__in=of).select_related("connection")
    return [
        Line(
            row.connection.name,
            row.connection_id,
            row.kind,
            NoticeKind(row.kind).label,
            told(row.code, row.facts),
            row.since,
            row.ended_at,
            row.run_id,
        )
        for row in rows.order_by("-since", "-pk")
    ]
