"""Held values released or dismissed in parts: of one school, or of single records.

The part becomes a hold of its own, so that the counts of all holds of a field stay the count of its held values. A value
that is dismissed so in an import stays put (`stay_put`): later nights leave it alone while the SIS has it.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from yellowbus.errors import NeedsAdmin
from yellowbus.planning.guard import HoldKind
from yellowbus.planning.report import counted
from yellowbus.runs import held_rows, outstanding, staging
from yellowbus.runs.four_eyes import require_second
from yellowbus.runs.held_rows import IN_PART, Part
from yellowbus.runs.models import (
    DISMISSED_HOLD,
    EXPORT,
    RELEASED_HOLD,
    WAITING_HOLD,
    Change,
    Hold,
    Run,
    State,
)
from yellowbus.setup import audit
from yellowbus.setup.permissions import Actor, Permission

Met = Mapping[bool, int]
"""How many held values of a field a part has: those that clear it, and the others."""


def part_of(run: Run, *, school: str = "", keys: Sequence[str] = (), seqs: Sequence[int] = ()) -> Part:
    """A part by what people name. Raises NeedsAdmin where no record of the run is meant."""
    if keys:
        rows = Change.objects.filter(run=run, key__in=keys, held__isnull=False)
        seqs = [*seqs, *rows.values_list("seq", flat=True)]
    if not seqs and (keys or not school):
        raise NeedsAdmin("hold-part-none")
    return Part(school, tuple(sorted(set(seqs))))


@transaction.atomic
def dismiss_part(actor: Actor, run: Run, part: Part, fields: Sequence[str] = ()) -> int:
    """Say of a part of what is held, of these fields or of all, that it is not to be written. How many values."""
    actor.require(Permission.RELEASE_HOLDS)
    met = _met(run, part, fields, (WAITING_HOLD,))
    for field, counts in met.items():
        if run.kind == "students":
            _stay_put(run, part, field)
        _decide(run, part, field, DISMISSED_HOLD)
        _split(actor, run, field, counts, to=DISMISSED_HOLD, part=part)
    held_rows.dismiss_held(run.pk, run.connection_id, run.kind)
    return _noted(actor, "hold.dismiss", run, part, met)


@transaction.atomic
def release_part(actor: Actor, run: Run, part: Part, fields: Sequence[str] = ()) -> Run:
    """Let a part of what is held go, of these fields or of all; the run to follow. As `outstanding.release_holds`.

    Records that are named singly go also where they had been dismissed.
    """
    actor.require(Permission.RELEASE_HOLDS)
    require_second(actor, run)
    locked = Run.objects.select_for_update(of=("self",)).get(pk=run.pk)
    if part.seqs:
        _take_back(run, part, fields)
    met = _met(run, part, fields, (WAITING_HOLD, DISMISSED_HOLD))
    if locked.state == State.WAITING:
        tables = dict.fromkeys(met, "") if run.kind == EXPORT else outstanding.tables_of(run)
        for field in met:
            held_rows.release_field(run.pk, tables[field], field, part)
        Run.objects.filter(pk=run.pk).update(counts=staging.counts(run.pk))
        follow = run
    else:
        follow = outstanding.order_again(actor, run, _keys(run, part, met), released=_allowed(met))
        for field in met:
            _decide(run, part, field, RELEASED_HOLD)
    for field, counts in met.items():
        _split(actor, run, field, counts, to=RELEASED_HOLD, part=part)
    _noted(actor, "hold.release", run, part, met)
    return follow


def _allowed(met: Mapping[str, Met]) -> dict[str, int]:
    return {field: sum(counts.values()) for field, counts in met.items()}


def _noted(actor: Actor, verb: str, run: Run, part: Part, met: Mapping[str, Met]) -> int:
    values = sum(_allowed(met).values())
    audit.note(actor, verb, str(run.pk), fields=sorted(met), part=_label(part), values=values)
    return values


def _label(part: Part) -> str:
    records = counted(len(part.seqs), "record") if part.seqs else ""
    return ", ".join(filter(None, (f"school {part.school}" if part.school else "", records)))


# --- the rows ---


def _met(run: Run, part: Part, fields: Sequence[str], states: tuple[str, ...]) -> dict[str, Met]:
    """Of each field asked for that the part holds: how many values. Raises NeedsAdmin if it holds none."""
    holds = Hold.objects.filter(run=run, state__in=states, part="")
    names = [
        name for name in dict.fromkeys(holds.values_list("field", flat=True)) if not fields or name in fields
    ]
    counts: dict[str, Met] = {name: dict(_rows(_COUNT, run, part, name)) for name in names}
    if not any(counts.values()):
        raise NeedsAdmin("hold-part-none")
    return {name: met for name, met in counts.items() if met}


def _keys(run: Run, part: Part, met: Mapping[str, Met]) -> list[str]:
    return sorted({key for field in met for (key,) in _rows(_KEYS, run, part, field)})


def _decide(run: Run, part: Part, field: str, word: str) -> None:
    _do(_DECIDE, run, part, field, word=word)


def _stay_put(run: Run, part: Part, field: str) -> None:
    _do(_STAY_PUT, run, part, field)


_COUNT = f"""
SELECT held -> %(field)s ->> 1 IS NULL, count(*) FROM runs_change WHERE run_id = %(run)s {IN_PART} GROUP BY 1
"""  # noqa: S608 (ours; every value is a parameter)
_KEYS = f"SELECT key FROM runs_change WHERE run_id = %(run)s {IN_PART}"  # noqa: S608 (as above)
_DECIDE = f"""
UPDATE runs_change SET decided = coalesce(decided, '{{}}') || jsonb_build_object(%(field)s::text, %(word)s::text)
WHERE run_id = %(run)s {IN_PART}
"""  # noqa: S608 (as above)
_STAY_PUT = f"""
INSERT INTO runs_stayput (connection_id, student_id, field, value, undo)
SELECT %(connection)s, student_id, %(field)s, held -> %(field)s ->> 1, run_id FROM runs_change
WHERE run_id = %(run)s AND student_id IS NOT NULL {IN_PART}
ON CONFLICT (connection_id, student_id, field)
DO UPDATE SET value = excluded.value, undo = excluded.undo, lifted_by = NULL
"""  # noqa: S608 (as above)
_DISMISSED = """
  run_id = %(run)s AND seq = ANY(%(seqs)s) AND (%(school)s = '' OR school_code = %(school)s)
  AND decided ->> %(field)s = 'dismissed'
"""
_FLOW_AGAIN = f"""
DELETE FROM runs_stayput AS note USING (SELECT student_id FROM runs_change WHERE {_DISMISSED}) AS row
WHERE note.connection_id = %(connection)s AND note.field = %(field)s AND note.undo = %(run)s
  AND note.student_id = row.student_id
"""  # noqa: S608 (as above)
_WAIT_AGAIN = f"""
WITH again AS (
  UPDATE runs_change SET decided = nullif(decided - %(field)s::text, '{{}}') WHERE {_DISMISSED}
  RETURNING held -> %(field)s ->> 1 IS NULL AS clears
) SELECT clears, count(*) FROM again GROUP BY 1
"""  # noqa: S608 (as above)


def _do(statement: str, run: Run, part: Part, field: str, **more: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, _parameters(run, part, field, **more))


def _rows(statement: str, run: Run, part: Part, field: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, _parameters(run, part, field))
        return list(cursor.fetchall())


def _parameters(run: Run, part: Part, field: str, **more: str) -> dict[str, Any]:
    return {"run": run.pk, "connection": run.connection_id, "field": field, **part.parameters, **more}


# --- the holds ---


def _split(actor: Actor, run: Run, field: str, met: Met, *, to: str, part: Part) -> None:
    """Take the part out of the holds it waits in, and keep it as a hold of its own."""
    for clears, count in met.items():
        source = _hold_of(run, field, clears=clears)
        _shrink(source, count)
        Hold.objects.create(
            run=run, rule=source.rule, field=field, count=count, population=source.population,
            threshold=source.threshold, state=to, part=_label(part), decided_by=actor.name, decided_at=timezone.now(),
        )  # fmt: skip


def _hold_of(run: Run, field: str, *, clears: bool) -> Hold:
    """The hold in which such a value waits: a clear in that of the clears, where there is one."""
    open_ = Hold.objects.select_for_update().filter(
        run=run, field=field, part="", state__in=(WAITING_HOLD, DISMISSED_HOLD)
    )
    holds = list(open_.order_by("-state", "pk"))
    like = [hold for hold in holds if (hold.rule == HoldKind.CLEARS.value) == clears]
    return (like or holds)[0]


def _shrink(hold: Hold, count: int) -> None:
    """Take so many values out of a hold; one that is empty goes."""
    hold.count -= count
    if hold.count > 0:
        hold.save(update_fields=["count"])
    else:
        hold.delete()


def _take_back(run: Run, part: Part, fields: Sequence[str]) -> None:
    """Let records named singly, of which a value was dismissed, wait again: the decision that follows is about them."""
    settled = Hold.objects.filter(~Q(part=""), run=run, state=DISMISSED_HOLD)
    for field in dict.fromkeys(settled.values_list("field", flat=True)):
        if fields and field not in fields:
            continue
        _do(_FLOW_AGAIN, run, part, field)
        for clears, count in _rows(_WAIT_AGAIN, run, part, field):
            _return(run, field, count, clears=clears)


def _return(run: Run, field: str, count: int, *, clears: bool) -> None:
    """Put so many values from the dismissed parts back into the hold that waits, which may have to be made again."""
    parts = Hold.objects.select_for_update().filter(~Q(part=""), run=run, field=field, state=DISMISSED_HOLD)
    like = [hold for hold in parts.order_by("pk") if (hold.rule == HoldKind.CLEARS.value) == clears] or list(
        parts
    )
    waiting, _ = Hold.objects.get_or_create(
        run=run, field=field, rule=like[0].rule, part="", state=WAITING_HOLD,
        defaults={"count": 0, "population": like[0].population, "threshold": like[0].threshold},
    )  # fmt: skip
    waiting.count += count
    waiting.save(update_fields=["count"])
    for hold in like:
        taken = min(count, hold.count)
        count -= taken
        if taken:
            _shrink(hold, taken)
