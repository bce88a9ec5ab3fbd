"""The held values among the rows of a plan: which wait, which go, which a person dismissed."""

# ruff: noqa: S608 (column names are ours; every value is a parameter)

from dataclasses import dataclass
from uuid import UUID

from yellowbus.runs.staging import changed_rows


@dataclass(frozen=True, slots=True)
class Part:
    """Which of a run's held rows are meant: those of a school, or single ones by their `seqs`; as it is, all."""

    school: str = ""
    seqs: tuple[int, ...] = ()

    @property
    def parameters(self) -> dict[str, object]:
        return {"school": self.school, "seqs": list(self.seqs) or None}


WHOLE = Part()
# Rows of `part` whose field waits still: what a person decided of it apart from others is settled.
IN_PART = """
  AND (%(school)s = '' OR school_code = %(school)s) AND (%(seqs)s::bigint[] IS NULL OR seq = ANY(%(seqs)s))
  AND held ? %(field)s AND NOT coalesce(decided, '{}') ? %(field)s
"""


def hold_field(run: UUID, table: str, field: str, *, clears: bool) -> int:
    """Move the changes of one field from what will be written to what waits; the number of rows.

    With `clears` those that lose their value, else those that get another; a first value never waits.
    `table` is the column of Change that carries the field, "" where the changes alone do. The row keeps no mark, so the
    record stays due.
    """
    column = field.partition(".")[2]
    kept = f"{table} = nullif({table} - %(column)s::text, '{{}}')," if table else ""
    after = "IS NULL" if clears else "IS NOT NULL"
    return changed_rows(
        f"""
UPDATE runs_change SET held = coalesce(held, '{{}}') || jsonb_build_object(%(field)s::text, changes -> %(field)s),
  changes = changes - %(field)s::text, {kept}
  outcome = 'held', mark = NULL
WHERE run_id = %(run)s AND outcome IN ('updated', 'held') AND changes -> %(field)s ->> 0 IS NOT NULL
  AND changes -> %(field)s ->> 1 {after}""",
        {"run": run, "field": field, "column": column},
    )


def release_field(run: UUID, table: str, field: str, part: Part = WHOLE) -> int:
    """Put the waiting changes of one field back into what will be written, of `part` alone; the number of rows."""
    column = field.partition(".")[2]
    value = "jsonb_build_object(%(column)s::text, held -> %(field)s -> 1)"
    back = f"{table} = coalesce({table}, '{{}}') || {value}," if table else ""
    return changed_rows(
        f"""
UPDATE runs_change SET changes = coalesce(changes, '{{}}') || jsonb_build_object(%(field)s::text, held -> %(field)s),
  {back} held = nullif(held - %(field)s::text, '{{}}'),
  outcome = CASE WHEN held - %(field)s::text = '{{}}' THEN 'updated' ELSE 'held' END
WHERE run_id = %(run)s {IN_PART}""",
        {"run": run, "field": field, "column": column, **part.parameters},
    )


def dismiss_held(run: UUID, connection_id: int, kind: str) -> int:
    """What waits for nothing but holds of `run` that a person dismissed is due no more. How many records."""
    return changed_rows(_DISMISS_HELD, {"run": run, "connection": connection_id, "kind": kind})


_DISMISS_HELD = """
WITH dismissed AS (
  SELECT field, decided_by, decided_at, part FROM runs_hold WHERE run_id = %(run)s AND state = 'dismissed'
)
UPDATE runs_due AS due SET
  (dismissed_by, dismissed_at) = (SELECT decided_by, decided_at FROM dismissed ORDER BY decided_at DESC LIMIT 1)
FROM runs_change AS change
WHERE due.run_id = %(run)s AND due.connection_id = %(connection)s AND due.kind = %(kind)s AND due.dismissed_by = ''
  AND change.run_id = %(run)s AND change.key = due.key AND change.outcome = 'held'
  AND change.left_out = '' AND NOT change.partial AND EXISTS (SELECT FROM dismissed)
  AND NOT EXISTS (SELECT FROM jsonb_object_keys(change.held) AS name
    WHERE name NOT IN (SELECT field FROM dismissed WHERE part = '') AND NOT coalesce(change.decided, '{}') ? name)
"""
