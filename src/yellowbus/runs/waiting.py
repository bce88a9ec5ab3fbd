"""What is due across all runs, by cause and in the order to mend it; and what a person dismisses, with the reason."""

# ruff: noqa: S608 (our own relations are put together; every value is a parameter)

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as attribute
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection as database
from django.db import transaction
from django.db.models import Count, Min
from django.db.models.functions import Now

from yellowbus.catalog import catalog
from yellowbus.errors import NeedsAdmin
from yellowbus.runs import log
from yellowbus.runs.models import EXPORT, MOVING, TRIAL, UNDO, Change, Due, Run, State
from yellowbus.runs.told import Told, told
from yellowbus.setup import audit
from yellowbus.setup.models import Connection
from yellowbus.setup.permissions import Actor, Permission

LONGEST = 200
_APART = 3  # a cause whose facts differ more often is told once, with one of them as the example
_FIRST = frozenset(
    {"school-unknown", "school-not-assigned"}
)  # mending these may mend others of the same student


@dataclass(frozen=True, slots=True)
class Cause:
    """One thing that is wrong with `count` records that are due; with `alone` of them nothing else is.

    `key` names the cause while what is due stays as it is, `run` is the newest run that met it. `example` says that the
    facts of one record stand for many.
    """

    key: str
    connection: int
    connection_name: str
    kind: str
    code: str
    field: str
    count: int
    alone: int
    since: datetime
    sentence: str
    remedy: str
    run: UUID
    example: bool


@dataclass(frozen=True, slots=True)
class Stopped:
    """A run that as a whole failed, or waits for a person: until it is mended nothing of its kind comes."""

    connection: int
    connection_name: str
    kind: str
    run: UUID
    failed: bool
    why: Told


@dataclass(frozen=True, slots=True)
class Waiting:
    """One record that is due, with all that is wrong with it."""

    connection: str
    key: str
    outcome: str
    since: datetime
    run: UUID
    seq: int | None
    problems: Sequence[Told]
    name: str = attribute(repr=False, default="")


@dataclass(frozen=True, slots=True)
class Dismissed:
    """Records that one person dismissed at once; `key` is for taking it back."""

    key: int
    connection_name: str
    kind: str
    count: int
    reason: str
    by: str
    at: datetime | None
    because: str


def stopped(connections: Sequence[Connection]) -> list[Stopped]:
    """The newest run of each connection and kind where it failed or waits as a whole. One query."""
    names = {each.pk: each.name for each in connections}
    rows = (
        Run.objects.filter(connection__in=names).exclude(trigger__in=(TRIAL, UNDO)).exclude(state__in=MOVING)
    )
    newest = rows.order_by("connection", "kind", "-created_at", "pk").distinct("connection", "kind")
    found = []
    for run in newest.only("connection", "kind", "state", "error_code", "error_facts", "waits_because"):
        code = {State.FAILED.value: run.error_code, State.WAITING.value: run.waits_because}.get(run.state)
        if code:
            why, failed = told(code, run.error_facts), run.state == State.FAILED
            found.append(Stopped(run.connection_id, names[run.connection_id], run.kind, run.pk, failed, why))
    return sorted(found, key=lambda each: (not each.failed, each.connection_name, each.kind))


def causes(connections: Sequence[Connection]) -> list[Cause]:
    """What is wrong, what is to be mended first coming first. One query.

    Schools come before students, and what stands in the way of more records before what stands in the way of fewer.
    """
    names = {each.pk: each.name for each in connections}
    found = [_cause(names, *row) for row in _all(_CAUSES, _given(names))]
    return sorted(found, key=_place)


def _place(cause: Cause) -> tuple[bool, bool, int, int, str, str]:
    return (
        cause.kind != "schools",
        cause.code not in _FIRST,
        -cause.alone,
        -cause.count,
        cause.connection_name,
        cause.sentence,
    )


def _cause(names: Mapping[int, str], key: str, connection: int, kind: str, code: str, *rest: Any) -> Cause:
    field, facts, variants, count, alone, since, run = rest
    known = facts if isinstance(facts, dict) else msgspec.json.decode(facts)
    if code == "waits-held":
        known = {"field": _label(kind, field)}
    message = told(code, known)
    return Cause(
        key, connection, names[connection], kind, code, field, count, alone, since, message.sentence,
        message.remedy, run, example=variants > _APART,
    )  # fmt: skip


def _label(kind: str, field: str) -> str:
    """What the pages call a field; one of the SIS or of the instance alone goes by its own name."""
    known = None if kind == EXPORT else catalog(kind).fields.get(field)
    return known.label if known else field


def due_with(connections: Sequence[Connection], cause: str) -> list[int]:
    """The rows of Due that have this cause, the oldest first."""
    return [row for _, _, row, _ in _records(connections, cause)]


def _records(connections: Sequence[Connection], cause: str) -> list[tuple[int, str, int, bool]]:
    return _all(_RECORDS, _given([each.pk for each in connections]) | {"cause": cause})


def records(actor: Actor, rows: Sequence[int]) -> list[Waiting]:
    """These rows of Due with the records that their runs met, in this order. Two queries for each of their runs."""
    actor.require(Permission.VIEW_STUDENTS)
    by_id = Due.objects.select_related("connection", "run", "run__connection").in_bulk(list(rows))
    due = [by_id[row] for row in rows if row in by_id]
    changes = Change.objects.filter(run__in={row.run_id for row in due}, key__in={row.key for row in due})
    met: dict[tuple[UUID, str], Change] = {}
    for change in changes.defer("source", "mark").order_by("-seq"):
        met[change.run_id, change.key] = change
    names = _names(due, met)
    return [_waiting(row, met.get((row.run_id, row.key)), names=names) for row in due]


def _waiting(row: Due, change: Change | None, *, names: Mapping[tuple[UUID, int], str]) -> Waiting:
    wrong = log.problems(change) if change else (told(row.reason, {}),)
    name = names.get((change.run_id, change.seq), "") if change else ""
    return Waiting(
        row.connection.name,
        row.key,
        row.outcome,
        row.since,
        row.run_id,
        change.seq if change else None,
        wrong,
        name,
    )


def _names(due: Sequence[Due], met: Mapping[tuple[UUID, str], Change]) -> dict[tuple[UUID, int], str]:
    """The names of the students, by run and row."""
    runs = {row.run_id: row.run for row in due}
    found: dict[tuple[UUID, int], str] = {}
    for pk, run in runs.items():
        page = [change for (of, _), change in met.items() if of == pk]
        found |= {(pk, change.seq): name for change, name in log.with_names(run, page)}
    return found


@transaction.atomic
def dismiss(actor: Actor, connections: Sequence[Connection], cause: str, *, because: str) -> tuple[int, int]:
    """Dismiss the records with which nothing but this cause is wrong: how many, and how many others stay due.

    Raises NeedsAdmin without a reason, if nothing is due for this cause, and if each of its records has another one too.
    """
    actor.require(Permission.RELEASE_HOLDS)
    why = given_reason(because)
    records = _records(connections, cause)
    if not records:
        raise NeedsAdmin("cause-gone")
    alone = [row for _, _, row, only in records if only]
    if not alone:
        raise NeedsAdmin("cause-shared", count=len(records))
    rows = Due.objects.filter(pk__in=alone, dismissed_by="")
    count = rows.update(dismissed_by=actor.name, dismissed_at=Now(), because=why)
    audit.note(actor, "due.dismiss", cause, records=count, because=why)
    return count, len(records) - count


def given_reason(because: str) -> str:
    """The reason as it is kept. Raises NeedsAdmin if there is none."""
    why = " ".join(because.split())[:LONGEST]
    if not why:
        raise NeedsAdmin("dismiss-without-reason")
    return why


def dismissed(connections: Sequence[Connection]) -> list[Dismissed]:
    """What was dismissed, together what was dismissed together, the newest first. One query."""
    names = {each.pk: each.name for each in connections}
    rows = Due.objects.filter(connection__in=names).exclude(dismissed_by="")
    groups = rows.values(*_TOGETHER).annotate(key=Min("pk"), count=Count("pk"), reason=Min("reason"))
    return [
        Dismissed(
            each["key"], names[each["connection"]], each["kind"], each["count"], told(each["reason"], {}).code,
            each["dismissed_by"], each["dismissed_at"], each["because"],
        )
        for each in groups.order_by("-dismissed_at", "key")
    ]  # fmt: skip


_TOGETHER = ("connection", "kind", "dismissed_by", "dismissed_at", "because")


@transaction.atomic
def take_back(actor: Actor, connections: Iterable[Connection], key: int) -> int:
    """Make due again what was dismissed together with this row. How many records."""
    actor.require(Permission.RELEASE_HOLDS)
    rows = Due.objects.filter(connection__in=list(connections)).exclude(dismissed_by="")
    row = rows.filter(pk=key).first()
    if row is None:
        raise NeedsAdmin("dismissal-gone")
    same = {name: getattr(row, name) for name in _TOGETHER}
    count = rows.filter(**same).update(dismissed_by="", dismissed_at=None, because="")
    audit.note(actor, "due.take-back", row.connection.name, records=count)
    return count


def _given(connections: Iterable[int]) -> dict[str, Any]:
    return {"connections": list(connections), "apart": _APART}


def _all(query: str, parameters: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    with database.cursor() as cursor:
        cursor.execute(query, parameters)
        return list(cursor.fetchall())


# Each record that is due with all that is wrong with it, as its newest run noted it.
DUE = """
due AS MATERIALIZED (
  SELECT due.id, due.connection_id, due.kind, due.key, due.since, due.outcome, due.reason, due.run_id,
    change.problems, change.held
  FROM runs_due AS due LEFT JOIN LATERAL (
    SELECT problems, held FROM runs_change WHERE run_id = due.run_id AND key = due.key ORDER BY seq LIMIT 1
  ) AS change ON true
  WHERE due.connection_id = ANY(%(connections)s) AND due.dismissed_by = ''
)"""
_NAMED = f"""
WITH {DUE}, wrong AS (
  SELECT id, problem ->> 'code' AS code, problem ->> 'field' AS field, problem -> 'facts' AS facts
  FROM due, jsonb_array_elements(problems) AS problem
  WHERE outcome <> 'review' AND problems IS NOT NULL AND NOT (problem ->> 'note')::boolean
  UNION SELECT id, reason, '', '{{}}' FROM due WHERE reason <> '' AND outcome NOT IN ('review', 'held')
    AND (problems IS NULL OR NOT problems @> jsonb_build_array(jsonb_build_object('code', reason)))
  UNION SELECT id, 'waits-review', '', '{{}}' FROM due WHERE outcome = 'review'
  UNION SELECT id, 'waits-held', field, jsonb_build_object('field', field)
  FROM due, jsonb_object_keys(held) AS field WHERE outcome = 'held'
), alike AS (
  SELECT connection_id, kind, code, field, facts, count(*) AS n,
    count(*) OVER (PARTITION BY connection_id, kind, code, field) AS variants
  FROM wrong JOIN due USING (id) GROUP BY 1, 2, 3, 4, 5
), named AS MATERIALIZED (
  SELECT due.*, alike.code, alike.field, alike.facts, alike.n, alike.variants, md5(concat_ws('|', connection_id, kind,
    code, field, CASE WHEN variants <= %(apart)s THEN facts::text END)) AS cause
  FROM wrong JOIN due USING (id) JOIN alike USING (connection_id, kind, code, field, facts)
), every AS (
  SELECT id, count(DISTINCT cause) AS causes FROM named GROUP BY 1
)"""
_CAUSES = f"""
{_NAMED}
SELECT cause, connection_id, kind, code, field, (array_agg(facts ORDER BY n DESC, facts::text))[1], min(variants),
  count(DISTINCT id), count(DISTINCT id) FILTER (WHERE causes = 1), min(since),
  (array_agg(run_id ORDER BY id DESC))[1]
FROM named JOIN every USING (id) GROUP BY 1, 2, 3, 4, 5
"""
_RECORDS = f"""
{_NAMED}
SELECT DISTINCT connection_id, key, id, causes = 1 FROM named JOIN every USING (id) WHERE cause = %(cause)s
ORDER BY id
"""
